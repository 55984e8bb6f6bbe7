"""The page's data and switches: who received what, nothing of it as HTML, and no other site gets at
it.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from sluice.activations.destinations.registry import build
from sluice.activations.sandbox.page import mail
from sluice.activations.sandbox.records import Records
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Outcome
from tests.activations.destinations.test_conformance import message, operation
from tests.conftest import ROOT, sluice

MAIL = "From: a@x.example\r\nContent-Type: {}; charset=utf-8\r\n\r\n{}"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["hubspot"]) as running:
        yield running


def call(
    sandbox: Sandbox, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any, dict[str, str]]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.page.url).netloc, timeout=5)
    text = body if isinstance(body, str | None) else json.dumps(body)
    given = {
        "Content-Type": "application/json",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    connection.request(method, path, text, given)
    answer = connection.getresponse()
    content, kept = answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    return (
        answer.status,
        json.loads(content) if kept["content-type"].startswith("application/json") else content,
        kept,
    )


def people(sandbox: Sandbox, words: str = "") -> list[dict[str, Any]]:
    return list(call(sandbox, "GET", f"/api/people?q={quote(words)}")[1]["people"])


def fill(sandbox: Sandbox) -> None:
    """王芳 has a mail, an SMS and a record that holds both addresses together; somebody else has a
    WeChat card.
    """
    record = operation(7, email="fang@shop.example", full_name="王芳", phone="+8613800138000")
    for name, item in (("smtp", message(1, "fang@shop.example")), ("hubspot", record)):
        client = build(name, sandbox.endpoints())
        client.send([item])
        client.close()
    sandbox.store.add_received("aliyun", "sms", "+8613800138000", "<b>hi</b>", title="Shop")
    sandbox.store.add_received("wechat", "wechat", "oOpenid1", "paid", title="Order")
    sandbox.store.add_received("meta_audiences", "audience", "7", "{}", title="POST")
    sandbox.store.add_received("meta_audiences", "audience", "8", "{}", title="POST")


def test_fields_of_a_crm_name_a_person_and_hold_the_openid(sandbox: Sandbox) -> None:
    fields = {"LastName": "李雷", "Email": "lei@shop.example", "openid__c": "oLei"}
    Records(sandbox.store, sandbox.clock, "salesforce").create("Lead", "9", fields)
    sandbox.store.add_received("wechat", "wechat", "oLei", "hi")
    (person,) = people(sandbox)
    assert (person["name"], person["addresses"]) == ("李雷", ["lei@shop.example", "oLei"])


def test_addresses_of_one_record_are_one_person(sandbox: Sandbox) -> None:
    fill(sandbox)
    assert {(p["name"], tuple(p["channels"])) for p in people(sandbox)} == {
        ("王芳", ("audience", "email", "sms")), ("oOpenid1", ("wechat",)),
    }  # fmt: skip
    for address in ("fang@shop.example", "+8613800138000", "7"):
        person = call(sandbox, "GET", f"/api/person?address={quote(address)}")[1]
        assert [item["channel"] for item in person["items"]] == ["email", "sms", "audience"]
        assert person["records"][0]["properties"]["full_name"] == "王芳"
        assert person["addresses"] == ["fang@shop.example", "+8613800138000"]


def test_records_of_every_crm_are_there_and_lists_are_nobody(sandbox: Sandbox) -> None:
    salesforce = Records(sandbox.store, sandbox.clock, "salesforce")
    salesforce.create("Contact", "7", {"Name": "Fang Wang", "Email": "fang@shop.example"})
    salesforce.create("Lead", None, {"Name": "No Address"})
    Records(sandbox.store, sandbox.clock, "hubspot").create("lists", "VIP", {"name": "VIP"})
    fill(sandbox)
    assert {person["name"] for person in people(sandbox)} == {"王芳", "oOpenid1", "No Address"}
    records = call(sandbox, "GET", "/api/person?address=fang@shop.example")[1]["records"]
    assert [record["vendor"] for record in records] == ["hubspot", "salesforce"]


@pytest.mark.parametrize("words", ["王", "FANG@", "138001", "  王芳 "])
def test_search_finds_by_name_and_by_any_address(sandbox: Sandbox, words: str) -> None:
    fill(sandbox)
    assert [person["name"] for person in people(sandbox, words)] == ["王芳"]


def test_nobody_is_found_by_other_words(sandbox: Sandbox) -> None:
    fill(sandbox)
    assert people(sandbox, "' or 1=1 --") == []
    assert call(sandbox, "GET", "/api/person?address=nobody")[0] == 404


def test_a_mail_is_shown_in_a_frame_that_runs_and_loads_nothing(sandbox: Sandbox) -> None:
    fill(sandbox)
    status, content, headers = call(sandbox, "GET", "/mail/1")
    assert status == 200
    assert "王芳".encode() in content
    policy = headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert "allow-scripts" not in policy


def test_a_mail_through_an_api_is_shown_as_one_by_smtp(sandbox: Sandbox) -> None:
    page = "List-Unsubscribe: <https://shop.example/u>\n<!doctype html><h1>芳</h1>"
    sandbox.store.add_received(
        "sendgrid", "email", "fang@shop.example", "芳", title="Hi", source=page
    )
    sandbox.store.add_received("ses", "email", "fang@shop.example", "only text", source="[]")
    shown, plain = call(sandbox, "GET", "/api/person?address=fang@shop.example")[1]["items"]
    status, content, headers = call(sandbox, "GET", f"/mail/{shown['id']}")
    assert (shown["kind"], plain["kind"], status) == ("mail", "card", 200)
    assert content == "<!doctype html><h1>芳</h1>".encode()
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize(
    "number", ["0", "99", "x", "-1", "1%20or%201", "9" * 30, "api-1", "api-", "api-api-1"]
)
def test_a_mail_there_is_none_of(sandbox: Sandbox, number: str) -> None:
    assert call(sandbox, "GET", f"/mail/{number}")[0] == 404


def test_a_mail_of_text_is_text() -> None:
    assert b"&lt;script&gt;" in mail.to_html(MAIL.format("text/plain", "<script>alert(1)</script>"))
    assert b"&lt;script&gt;" in mail.to_html(
        "Content-Type: text/html; charset=nobody\r\n\r\n<script>"
    )
    assert b"<h1>" in mail.to_html(MAIL.format("text/html", "<h1>x</h1>"))


def test_the_page_itself_loads_nothing_from_elsewhere(sandbox: Sandbox) -> None:
    for path in ("/", "/page.js", "/words.js", "/page.css"):
        status, content, headers = call(sandbox, "GET", path)
        assert status == 200
        assert b"innerHTML" not in content
        assert b"http://" not in content
        assert b"https://" not in content
        assert "script-src 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/page.py", "/api/nothing", "/%2e%2e/server.py"]
)
def test_no_other_file_is_served(sandbox: Sandbox, path: str) -> None:
    assert call(sandbox, "GET", path)[0] == 404


def test_the_clock_is_set_and_given_back(sandbox: Sandbox) -> None:
    assert call(sandbox, "POST", "/api/clock", {"now": "2026-06-29T21:00:00+08:00"})[0] == 200
    assert abs(sandbox.clock.now() - datetime(2026, 6, 29, 13, tzinfo=UTC)) < timedelta(seconds=5)
    call(sandbox, "POST", "/api/clock", {"now": None})
    assert abs(sandbox.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_faults_are_scripted_and_met(sandbox: Sandbox) -> None:
    reported = {"http": ["429"], "mail": {"nobody": "550 5.1.1 User unknown"}, "drop_after_data": 1}
    assert call(sandbox, "POST", "/api/faults", reported)[1] == reported
    client = build("hubspot", sandbox.endpoints())
    assert client.send([operation(1)])[0].outcome is Outcome.RETRY
    client.close()
    assert call(sandbox, "GET", "/api/faults")[1]["http"] == []
    assert call(sandbox, "POST", "/api/faults", {"clear": True})[1] == {
        "http": [],
        "mail": {},
        "drop_after_data": 0,
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/api/clock", {"now": "tomorrow"}), ("/api/clock", {}), ("/api/clock", [1]), ("/api/clock", "{no json"),
        ("/api/faults", {"http": ["explode"]}), ("/api/faults", {"http": "500"}),
        ("/api/faults", {"mail": {"a": "550 x\r\n250 y"}}),
        ("/api/faults", {"mail": {"": "550 x"}}), ("/api/faults", {"drop_after_data": -1}), ("/api/faults", {"other": 1}),
        ("/api/faults", {"clear": True, "http": ["explode"]}),
    ],
)  # fmt: skip
def test_a_wrong_switch_changes_nothing(sandbox: Sandbox, path: str, value: Any) -> None:
    sandbox.faults.http.append("500")
    status, said, _ = call(sandbox, "POST", path, value)
    assert status == 400
    assert said["error"]
    assert list(sandbox.faults.http) == ["500"]
    assert abs(sandbox.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example"},
    ],
    ids=str,
)
def test_another_site_switches_nothing(sandbox: Sandbox, headers: dict[str, str]) -> None:
    assert call(sandbox, "POST", "/api/faults", {"http": ["500"]}, **headers)[0] == 403
    assert list(sandbox.faults.http) == []


def test_a_name_bound_to_loopback_reads_nothing(sandbox: Sandbox) -> None:
    fill(sandbox)
    assert call(sandbox, "GET", "/api/people", Host="evil.example")[0] == 403


def test_the_commands_work_on_a_running_sandbox(home: Path) -> None:
    environment = {**os.environ, "SLUICE_HOME": str(home)}
    command = [sys.executable, "-m", "sluice.orchestration.cli.main", "sandbox", "up"]
    running = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        assert any(line.startswith("page   http://127.0.0.1:") for line in running.stdout)
        assert (
            sluice("sandbox", "clock", "2026-06-29T13:00:00", "--json", home=home)
            .json["now"]
            .startswith("2026-06-29T13:00")
        )
        assert sluice("sandbox", "fault", "429", "drop_after_accept", "--json", home=home).json[
            "http"
        ] == [
            "429",
            "drop_after_accept",
        ]
        wrong = sluice("sandbox", "fault", "explode", home=home)
        assert (wrong.code, "drop_after_accept" in wrong.stderr) == (2, True)
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=20)
    assert sluice("sandbox", "clock", home=home).code == 2
