"""What did not change is not sent again, and no sync stops another: a history of several runs,
looked at from many sides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from sluice.orchestration.plan.sync_plans import bad_keys
from tests.dbt_project.sync_project import Operations, SyncProject

pytestmark = pytest.mark.slow
PEOPLE = "id bigint, email varchar, city varchar, note varchar, nick varchar"
FIRST = [
    (1, "a@x.example", "", "n1", "\u3000"),
    (2, "b@x.example", None, "n2", ""),
    (3, "c@x.example", "Bern", "n3", "Kim"),
]
THEN = [
    (1, "a@x.example", "Rome", "n1", None),
    (2, "b@x.example", "Oslo", "n2", " "),
    (3, "c@x.example", "Bern", "", ""),
]
FLOATS = "id bigint, email varchar, total double, mean double, parts double[], price float"
EDGE = 1.000000000005  # half a step of the 12th digit: the two numbers beside it are rounded apart
KEYED = "person_key varchar, email varchar"
KEYS = [
    "6b1d9f0e-0000-4000-8000-000000000001",
    "6b1d9f0e-0000-4000-8000-00000000000A",
    "17",
    "0017",
    "名 x",
    'it\'s "it"',
]
STOPPED = {
    "by_fraction": "its key is neither a whole number nor a text",
    "by_typo": "its key is no column of the SQL",
    "by_hash": "two keys stand for one number",
    "by_twice": "1 keys are there more than once",
    "by_blank": "2 rows have no key",
}
HASH_OF_A = "(select cast(cast('0x' || substr(md5('a'), 1, 15) as bigint) as varchar))"


def floats(noise: float, mean: float) -> list[tuple[Any, ...]]:
    total = 300123456.78 * (1 + noise)
    return [
        (101, "d@x.example", total, mean, [total, 0.5], 0.1),
        (102, "e@x.example", 0.1 + 0.2 + noise, 7.0, [], 2.5),
    ]


def keyed(keys: list[str]) -> list[tuple[str, str]]:
    return [(key, f"k{KEYS.index(key)}@x.example") for key in keys]


@dataclass
class History:
    """What each run sent, and what the CRM held after it."""

    project: SyncProject
    sent: list[dict[str, Operations]] = field(default_factory=list)
    held: list[dict[str, dict[str, Any]]] = field(default_factory=list)
    stopped: list[list[str]] = field(default_factory=list)

    def run(self) -> None:
        self.sent.append(self.project.run())
        self.held.append(self.project.at_the_crm())
        self.stopped.append(bad_keys(self.project.settings.warehouse))

    def fill(self, people: list[Any], numbers: list[Any], keys: list[str]) -> None:
        self.project.set_rows("people", PEOPLE, people)
        self.project.set_rows("floats", FLOATS, numbers)
        self.project.set_rows("keyed", KEYED, keyed(keys))
        self.project.set_rows("steady", "id bigint, email varchar", [(401, "s@x.example")])


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    folder = tmp_path_factory.mktemp("stability")
    (home := folder / "home").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(home))
        project = SyncProject(folder / "project", home)
        write_syncs(project)
        made = History(project)
        made.fill(FIRST, floats(0, math.nextafter(EDGE, 0)), KEYS)
        made.run()
        profile = project.folder / "profiles.yml"
        profile.write_text(profile.read_text().replace("TimeZone: UTC", "TimeZone: Asia/Shanghai"))
        made.fill(THEN, floats(2e-14, math.nextafter(EDGE, 2)), KEYS)
        made.run()
        project.settings.warehouse.path.unlink()
        made.fill(THEN, floats(0, math.nextafter(EDGE, 0)), KEYS[2:])
        made.run()
        made.fill(THEN, floats(0, 1.0001), KEYS[2:])
        made.run()
        yield made


def write_syncs(project: SyncProject) -> None:
    project.write_sync("steady", "select id, email from input.steady")
    columns = {"city": {"write": "if_empty"}, "nick": {"write": "overwrite"}}
    project.write_sync("people", "select * from input.people", columns=columns)
    project.write_sync("floats", "select * from input.floats")

    project.write_sync(
        "moments",
        "select 201 as id, 'm@x.example' as email, timestamptz '2026-01-01 10:00:00+08' as seen_at",
    )
    project.write_sync("keyed", "select * from input.keyed", key="person_key")
    project.write_sync("reserved", "select 301 as \"order\", 'r@x.example' as email", key="order")
    project.write_sync(
        "quoted", 'select 302 as "Kunden-Nr ""x""", \'q@x.example\' as email', key='kunden-nr "x"'
    )
    project.write_sync("wide", "select 303::hugeint as id, 'w@x.example' as email")
    project.write_sync(
        "nested", "select 304 as id, 'n@x.example' as email, {'a': 1} as obj, 'x'::blob as raw"
    )
    project.write_sync("by_fraction", "select 1.5::double as id, 'f@x.example' as email")
    project.write_sync("by_typo", "select 305 as id, 't@x.example' as email", key="idd")
    project.write_sync("by_hash", f"select 'a' as id, 1 as n union all select {HASH_OF_A}, 2")
    project.write_sync(
        "by_twice", "select 'ann@shop.example' as id, 1 as n union all select 'ann@shop.example', 2"
    )
    project.write_sync("by_blank", "select ' ' as id, 1 as n union all select null, 2")


def test_the_first_run_sends_all_that_can_be_sent(history: History) -> None:
    counts = {name: len(operations) for name, operations in history.sent[0].items() if operations}
    assert counts == {
        "steady": 1,
        "people": 3,
        "floats": 2,
        "moments": 1,
        "keyed": 6,
        "reserved": 1,
        "quoted": 1,
        "wide": 1,
    }


@pytest.mark.parametrize(
    "name", ["steady", "floats", "moments", "keyed", "reserved", "quoted", "wide"]
)
def test_nothing_changed_and_nothing_is_sent_in_another_zone_or_with_noise_in_a_sum(
    history: History, name: str
) -> None:
    assert history.sent[1][name] == []


def test_a_blank_is_nothing_for_each_way_to_write(history: History) -> None:
    first, then = history.held[0], history.held[1]
    assert ("city" in first["1"], "nick" in first["1"], first["3"]["nick"]) == (False, True, "Kim")
    assert first["1"]["nick"] == ""
    assert history.sent[1]["people"] == [(1, "changed"), (2, "changed"), (3, "changed")]
    assert [then[key]["city"] for key in "123"] == ["Rome", "Oslo", "Bern"]
    assert [then[key]["note"] for key in "123"] == [
        "n1",
        "n2",
        "n3",
    ]  # an empty note leaves the CRM's alone
    assert then["3"]["nick"] == ""


def test_keys_are_texts_at_the_destination_and_an_exit_finds_them_without_a_warehouse(
    history: History,
) -> None:
    assert {key for key in history.held[0] if not key.isdigit() or key in {"17", "0017"}} == set(
        KEYS
    )
    assert [operation for _, operation in history.sent[2]["keyed"]] == ["exited", "exited"]
    assert not set(KEYS[:2]) & set(history.held[2])
    assert set(KEYS[2:]) <= set(history.held[2])


def test_a_lost_warehouse_sends_nothing_else_again(history: History) -> None:
    assert [name for name, operations in history.sent[2].items() if operations] == ["keyed"]


def test_a_changed_number_is_sent(history: History) -> None:
    assert {name: operations for name, operations in history.sent[3].items() if operations} == {
        "floats": [(101, "changed")]
    }


@pytest.mark.parametrize("name", STOPPED)
def test_a_sync_with_a_wrong_key_is_stopped_and_named_without_a_value(
    history: History, name: str
) -> None:
    (reported,) = [words for words in history.stopped[0] if words.startswith(f"sync {name}:")]
    assert reported.startswith(f"sync {name}: {STOPPED[name]}, nothing of it was sent -> ")
    assert "@" not in reported
    assert history.sent[0][name] == []
    assert len(history.stopped[0]) == len(STOPPED)


def test_a_sync_whose_values_have_no_form_is_stopped_and_its_columns_named(
    history: History,
) -> None:
    assert history.sent[0]["nested"] == []
    assert (
        history.project.refused["nested"]
        == "its destination has no form for the values of obj (STRUCT(a INTEGER)), raw (BLOB)"
    )
