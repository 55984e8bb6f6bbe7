"""QR codes: where a scan leads and what is kept of it; the people of one code shared out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from sluice.activations.inbox.codes import routes
from sluice.activations.inbox.codes.definition import CodeError, Codes, read_code
from sluice.activations.inbox.codes.turns import Turns
from sluice.orchestration.serving.codes import taken_since
from tests.activations.inbox.serving import NOW, Reply, Running, serving_inbox

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003231)"
)
SHOP = "https://www.shop.example/june"
SALES = {
    "campaign": "june",
    "targets": [
        {"owner": "wang", "to": "https://card.example/wang", "daily": 2},
        {"owner": "li", "to": "https://card.example/li?x=1", "daily": 1},
    ],
    "fallback": "https://card.example/all",
}
Serve = Callable[[], AbstractContextManager[Running]]


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def serve(tmp_path: Path, clock: Clock) -> Serve:
    """The service for the codes of ``tmp_path/qr``, each time as a new process would begin."""

    def begin() -> AbstractContextManager[Running]:
        running: list[Running] = []
        turns = Turns(lambda day: taken_since(running[0].inbox, day), "Asia/Shanghai")
        context = serving_inbox(
            tmp_path,
            lambda commit, _: routes.routes(Codes(tmp_path), turns, commit, is_https=True),
            clock=clock,
        )

        class Kept(AbstractContextManager[Running]):
            def __enter__(self) -> Running:
                running.append(context.__enter__())
                return running[0]

            def __exit__(self, *error: object) -> None:
                context.__exit__(*error)  # type: ignore[arg-type]

        return Kept()

    return begin


def write(folder: Path, name: str, values: object) -> None:
    (folder / "qr").mkdir(exist_ok=True)
    text = values if isinstance(values, str) else yaml.safe_dump(values)
    (folder / "qr" / f"{name}.yml").write_text(text)


def scan(service: Running, path: str, **headers: str) -> Reply:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return service.call("GET", path, None, {"user-agent": PHONE, **named})


def test_a_scan_is_kept_and_leads_to_its_target(serve: Serve, tmp_path: Path) -> None:
    write(tmp_path, "stand", {"to": f"{SHOP}?a=1&utm_source=own#top", "campaign": "夏 &", "channel": "fair", "owner": "wang"})  # fmt: skip
    with serve() as service:
        answer = scan(service, "/q/stand")
        again = scan(service, "/q/stand", cookie=answer.headers["set-cookie"].split(";")[0])
        rows = service.rows()
    assert (answer.status, answer.headers["location"]) == (
        302,
        f"{SHOP}?a=1&utm_source=own&utm_medium=qr&utm_campaign=%E5%A4%8F+%26&qr=stand#top",
    )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("sluice_id=")
    assert cookie.endswith("Path=/; Max-Age=31536000; SameSite=Lax; Secure")
    assert again.status == 302
    assert [(row["source"], row["kind"]) for row in rows] == [("qr", "scan")] * 2
    body = rows[0]["body"]
    assert body["anonymousId"] == rows[1]["body"]["anonymousId"] == cookie[10:].split(";")[0]
    assert (body["qr"], body["owner"], body["agent"]) == ("stand", "wang", "wechat")
    assert body["context"]["campaign"] == {"source": "fair", "medium": "qr", "name": "夏 &"}


@pytest.mark.parametrize(
    "path",
    [
        "/q/none",
        "/q/STAND",
        "/q/..%2f..%2fsluice",
        "/q/%2e%2e",
        "/q/stand%00",
        "/q/<script>",
        "/q/stand.yml",
        "/q/broken",
        "/q/" + "a" * 300,
    ],
)
def test_what_is_no_code_is_a_page_that_helps(serve: Serve, tmp_path: Path, path: str) -> None:
    write(tmp_path, "stand", {"to": SHOP})
    write(tmp_path, "broken", {"to": SHOP, "unknown": 1})
    with serve() as service:
        answer = scan(service, path)
        assert scan(service, "/q/stand").status == 302  # the others go on
        assert len(service.rows()) == 1
    assert (answer.status, "location" in answer.headers) == (404, False)
    assert b"<script>" not in answer.body


def test_no_address_of_a_request_is_followed(serve: Serve, tmp_path: Path) -> None:
    write(tmp_path, "stand", {"to": SHOP})
    with serve() as service:
        for query in ("to=https://evil.example", "fallback=//evil.example", "utm_source=x&qr=y"):
            answer = scan(service, f"/q/stand?{query}", host="evil.example")
            assert answer.headers["location"].startswith(SHOP)
            assert "evil" not in answer.headers["location"]


def test_a_file_that_changes_holds_at_once(serve: Serve, tmp_path: Path) -> None:
    write(tmp_path, "stand", {"to": SHOP})
    with serve() as service:
        assert scan(service, "/q/stand").headers["location"].startswith(SHOP)
        write(tmp_path, "stand", {"to": "https://new.example/page"})
        assert scan(service, "/q/stand").headers["location"].startswith("https://new.example/")
        (tmp_path / "qr" / "stand.yml").unlink()
        assert scan(service, "/q/stand").status == 404


def test_people_are_shared_out_up_to_the_limits_of_a_day(
    serve: Serve, tmp_path: Path, clock: Clock
) -> None:
    write(tmp_path, "sales", SALES)
    with serve() as service:
        leads = [scan(service, "/q/sales") for _ in range(2)]
    with serve() as service:  # a new process counts on
        leads += [scan(service, "/q/sales") for _ in range(2)]
        places = [answer.headers["location"].split("?")[0][21:] for answer in leads]
        assert places == ["wang", "li", "wang", "all"]
        turn = f"sluice_turn=1; {leads[1].headers['set-cookie'].split(';')[0]}"
        same = scan(service, "/q/sales", cookie=turn)
        assert same.headers["location"].startswith("https://card.example/li?x=1&")
        clock.now = NOW + timedelta(hours=3)  # midnight in Shanghai is 16:00 UTC
        assert scan(service, "/q/sales").headers["location"].startswith("https://card.example/wang")
        kept = [(row["body"]["owner"], row["body"]["isNew"]) for row in service.rows()]
    assert kept == [
        ("wang", True), ("li", True), ("wang", True), (None, False), ("li", False), ("wang", True),
    ]  # fmt: skip


@pytest.mark.parametrize("turn", ["2", "-1", "x", "９", "99999999999", ""])
def test_a_turn_that_is_made_up_is_none(serve: Serve, tmp_path: Path, turn: str) -> None:
    write(tmp_path, "sales", SALES)
    with serve() as service:
        answer = service.call("GET", "/q/sales", None, {"cookie": f"sluice_turn={turn}".encode().decode("latin-1"), "user-agent": PHONE})  # fmt: skip
        assert answer.headers["location"].startswith("https://card.example/wang")


def test_a_program_takes_nobodys_place(serve: Serve, tmp_path: Path) -> None:
    write(tmp_path, "sales", SALES)
    with serve() as service:
        for agent in ("curl/8.5.0", "Slackbot-LinkExpanding 1.0", ""):
            assert scan(service, "/q/sales", user_agent=agent).status == 302
        assert service.call("HEAD", "/q/sales").status == 302
        places = [scan(service, "/q/sales").headers["location"][21:23] for _ in range(3)]
        bodies = [row["body"] for row in service.rows()]
    assert places == ["wa", "li", "wa"]
    assert [body["isMachine"] for body in bodies] == [True] * 3 + [False] * 3


@pytest.mark.parametrize("header", ["dnt", "sec-gpc"])
def test_who_asks_not_to_be_tracked_gets_no_cookie(
    serve: Serve, tmp_path: Path, header: str
) -> None:
    write(tmp_path, "sales", SALES)
    with serve() as service:
        answer = scan(service, "/q/sales", **{header: "1"})
        (row,) = service.rows()
    assert (answer.status, "set-cookie" in answer.headers) == (302, False)
    assert row["body"]["anonymousId"] is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "give to, or targets"),
        ({"to": SHOP, "targets": [{"to": SHOP}]}, "give to, or targets"),
        ({"to": "javascript:alert(1)"}, "to: write a whole web address"),
        ({"to": "//evil.example"}, "to: write a whole web address"),
        ({"to": "https://shop.example\r\nX: 1"}, "to: write a whole web address"),
        ({"to": "https://user:pass@shop.example"}, "to: write a whole web address"),
        ({"to": SHOP, "chanel": "fair"}, "chanel: Extra inputs"),
        ({"targets": [{"to": SHOP, "daily": 1}]}, "fallback is needed"),
        ({"targets": [{"to": SHOP, "daily": 0}]}, "targets.0.daily"),
        ({"targets": [{"to": SHOP}], "owner": "wang"}, "owner goes with to"),
        ("- a\n- b", "valid dictionary"),
        ("a: [", "not YAML"),
    ],
)
def test_a_file_that_is_wrong_says_what(tmp_path: Path, values: object, reason: str) -> None:
    write(tmp_path, "x", values)
    with pytest.raises(CodeError, match=rf"x\.yml: .*{reason}"):
        read_code(tmp_path / "qr" / "x.yml")


def test_a_day_begins_in_the_zone_of_the_schedule() -> None:
    asked: list[datetime] = []

    def taken(moment: datetime) -> list[tuple[str, int]]:
        asked.append(moment.astimezone(UTC))
        return []

    code = read_code_of(SALES)
    turns = Turns(taken, "Asia/Shanghai")
    for hour in (15, 16, 17):
        turns.take("x", code, datetime(2026, 6, 29, hour, tzinfo=UTC))
    assert asked == [datetime(2026, 6, 28, 16, tzinfo=UTC), datetime(2026, 6, 29, 16, tzinfo=UTC)]


def read_code_of(values: object) -> routes.Code:
    return routes.Code.model_validate(values)
