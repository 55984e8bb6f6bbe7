"""Kannel against the real gateway of Debian: what people get, what they reply, what is reported."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from sluice.activations.addresses import address_hash
from sluice.activations.content import LIBRARY
from sluice.activations.content.sms_templates import body_sms
from sluice.activations.content.sms_text import alphabet_of, segments, signed
from tests.activations.destinations.sms.kannel_session import CHINESE, ENGLISH, FAKESMSC
from tests.conftest import ROOT

pytestmark = pytest.mark.counterparts
ARRIVED = re.compile(
    r"Got message \d+: <10690000 (?P<to>\S+) (?:udh \S+ )?(?P<type>\S+) (?P<text>.*)>$",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def happened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One session with the gateway, in a network of its own."""
    if not shutil.which("bearerbox") or not Path(FAKESMSC).is_file() or not shutil.which("unshare"):
        pytest.skip("needs Kannel: make services")
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine allows no network namespaces")
    command = [
        "unshare",
        "-rn",
        sys.executable,
        "-m",
        "tests.activations.destinations.sms.kannel_session",
        str(tmp_path_factory.mktemp("kannel")),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def arrived(happened: dict[str, Any], number: str, coding: str) -> list[str]:
    """The parts that arrived at a number; the link writes all but a short text with escapes."""
    parts = [part for part in ARRIVED.finditer(happened["arrived"]) if part["to"] == number]
    return [
        part["text"]
        if part["type"] == "text"
        else unquote_to_bytes(part["text"].replace("+", "%20")).decode(coding)
        for part in parts
    ]


def test_all_are_accepted_and_reported_as_delivered(happened: dict[str, Any]) -> None:
    messages = CHINESE + ENGLISH
    assert happened["results"] == [[message.delivery_id, "accepted", None] for message in messages]
    receipts = [one[1:] for one in happened["reported"] if one[0] == "Receipt"]
    assert sorted(receipts) == [["delivered", m.delivery_id, None] for m in messages]


@pytest.mark.parametrize("message", CHINESE, ids=["plain", "odd characters", "long"])
def test_chinese_arrives_whole_and_in_as_many_parts_as_we_count(
    happened: dict[str, Any], message: Any
) -> None:
    text = signed(body_sms(message, LIBRARY), "示例商店")
    parts = arrived(happened, message.address, "utf-16-be")
    assert "".join(parts) == text
    assert len(parts) == segments(text)


@pytest.mark.parametrize("message", ENGLISH, ids=["short", "long with brackets", "euro sign"])
def test_english_goes_out_in_gsm7_and_in_as_many_parts_as_we_count(
    happened: dict[str, Any], message: Any
) -> None:
    text = body_sms(message, LIBRARY)
    parts = arrived(happened, message.address, "utf-8")
    assert alphabet_of(text) == "gsm7"
    assert "".join(parts) == text
    assert len(parts) == segments(text)


def test_replies_that_say_no_are_withdrawals(happened: dict[str, Any]) -> None:
    withdrawn = [one[3] for one in happened["reported"] if one[0] == "Withdrawal"]
    assert withdrawn == [
        address_hash("sms", "+8613800001001"),
        address_hash("sms", "+8613800001003"),
    ]
    assert set(happened["statuses"]) == {200}


def test_wrong_login_fails_nobody(happened: dict[str, Any]) -> None:
    assert happened["wrong_login"] == [["retry", "http_403"]]
