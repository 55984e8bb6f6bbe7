"""The destination of Tryton against a real server: the conformance suite, and two that make one
party at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.destinations.crm.tokens import forget_accounts
from sluice.activations.destinations.registry import build
from sluice.models.delivery import Outcome
from tests.activations.destinations.crm.test_crm_conformance import TestTryton as OfTryton
from tests.activations.destinations.test_conformance import operation
from tests.counterparts.tryton import BINARIES, RealTryton, make_template, private_tryton

pytestmark = [
    pytest.mark.counterparts,
    pytest.mark.skipif(
        not (BINARIES / "trytond").is_file(), reason="Tryton is not installed: run `make services`"
    ),
]
ACCEPTED = Outcome.ACCEPTED


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("tryton"))


@pytest.fixture
def sandbox(template: Path, tmp_path: Path) -> Iterator[RealTryton]:
    with private_tryton(template, tmp_path) as port, RealTryton(port) as real:
        yield real
    forget_accounts()


class TestRealTryton(OfTryton):
    """All that the simulated one does."""

    @pytest.fixture
    def sandbox(self, template: Path, tmp_path: Path) -> Iterator[Any]:
        with private_tryton(template, tmp_path) as port, RealTryton(port) as real:
            yield real
        forget_accounts()

    def received(self, sandbox: Any) -> int:
        return len(parties(sandbox))

    def arrived(self, sandbox: Any) -> str:
        return "\n".join(str(one["name"]) for one in parties(sandbox, "name"))


def parties(sandbox: RealTryton, *fields: str) -> list[dict[str, Any]]:
    """The parties there are, whether they are active or not."""
    client = build("tryton", sandbox.endpoints())
    found: list[dict[str, Any]] = client._read(
        "party.party", [["code", "!=", None]], ["code", *fields]
    )  # type: ignore[attr-defined]
    client.close()
    return found


def ways(sandbox: RealTryton) -> list[tuple[str, str]]:
    client = build("tryton", sandbox.endpoints())
    rows = client._read("party.contact_mechanism", [], ["type", "value"])  # type: ignore[attr-defined]
    client.close()
    return sorted((row["type"], row["value"]) for row in rows)


def test_party_is_made_changed_left_and_is_back(sandbox: RealTryton) -> None:
    tryton = build("tryton", sandbox.endpoints())
    (made,) = tryton.send([operation(1, name="王芳", email="a@b.cn", phone="+86 138 0000 0000")])
    (changed,) = tryton.send([operation(1, "changed", name="王方", email="c@b.cn", phone=None)])
    assert (changed.outcome, changed.vendor_id) == (ACCEPTED, made.vendor_id)
    assert parties(sandbox, "name", "active") == [
        {"id": int(made.vendor_id or 0), "code": "1", "name": "王方", "active": 1}
    ]
    assert ways(sandbox) == [("email", "c@b.cn")]
    for vendor_id, key in ((made.vendor_id, 1), ("999", 2), (None, 3)):
        (left,) = tryton.send([replace(operation(key, "exited"), vendor_id=vendor_id)])
        assert left.outcome is ACCEPTED
    assert [bool(one["active"]) for one in parties(sandbox, "active")] == [False]
    (back,) = tryton.send([operation(1, name="王芳")])
    assert (back.vendor_id, [bool(one["active"]) for one in parties(sandbox, "active")]) == (
        made.vendor_id,
        [True],
    )


def test_if_empty_leaves_what_people_typed(sandbox: RealTryton) -> None:
    tryton = build("tryton", sandbox.endpoints())
    tryton.send([operation(1, name="typed by sales", email="sales@b.cn")])
    soft = replace(
        operation(1, "changed", name="ours", email="ours@b.cn", website="b.cn"),
        if_empty=frozenset({"name", "email"}),
    )
    assert [one.outcome for one in tryton.send([soft])] == [ACCEPTED]
    assert [one["name"] for one in parties(sandbox, "name")] == ["typed by sales"]
    assert ways(sandbox) == [("email", "sales@b.cn"), ("website", "b.cn")]


def test_two_who_make_one_party_at_once(sandbox: RealTryton) -> None:
    """Both looked and saw nobody; the server refuses the second, who changes the party of the
    first.
    """
    clients = [build("tryton", sandbox.endpoints()) for _ in range(4)]
    items = [operation(key, name="王芳", email=f"u{key}@b.cn") for key in range(1, 6)]
    with ThreadPoolExecutor(4) as pool:
        results = [
            one for found in pool.map(lambda client: client.send(items), clients) for one in found
        ]
    again = [one for one in results if one.outcome is not ACCEPTED]
    assert {one.outcome for one in again} <= {Outcome.RETRY}
    assert [one.outcome for one in clients[0].send(items)] == [ACCEPTED] * 5
    assert sorted(one["code"] for one in parties(sandbox)) == ["1", "2", "3", "4", "5"]


def test_key_taken_between_the_two_calls_is_changed(
    sandbox: RealTryton, monkeypatch: pytest.MonkeyPatch
) -> None:
    tryton = build("tryton", sandbox.endpoints())
    build("tryton", sandbox.endpoints()).send([operation(1, name="of another")])
    monkeypatch.setattr(
        tryton, "find", lambda *given: monkeypatch.undo() or {}
    )  # it was not there when we looked
    assert [one.outcome for one in tryton.send([operation(1, name="ours")])] == [ACCEPTED]
    assert [one["name"] for one in parties(sandbox, "name")] == ["ours"]


def test_field_that_is_not_there_fails_no_row(sandbox: RealTryton) -> None:
    (result,) = build("tryton", sandbox.endpoints()).send(
        [operation(1, name="王芳", city="上海市")]
    )
    assert (result.outcome, result.reason) == (Outcome.RETRY, "field_does_not_exist")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"password": "other"}, "login_refused"),
        ({"rpc_path": "/{database}/"}, "rpc_path_not_right"),
        ({"objects": {"contacts": "no.model"}}, "field_does_not_exist"),
    ],
)
def test_settings_that_are_wrong_fail_no_row(
    sandbox: RealTryton, settings: dict[str, Any], reason: str
) -> None:
    (result,) = build("tryton", {"tryton": {**sandbox.endpoints()["tryton"], **settings}}).send(
        [operation(1, name="王芳")]
    )
    assert (result.outcome, result.reason) == (Outcome.RETRY, reason)
