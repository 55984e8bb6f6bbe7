"""Rows that are left out are named by file and line, without what stands in them."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from sluice.orchestration.inspection.row_issues import (
    NAMED,
    describe_issues,
    describe_seeds,
    with_lines,
)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ({"tag": "vip", "action": "give", "tagged_by": None}, 3),
        ({"tag": "b", "action": "add", "tagged_by": "ann"}, 5),
        ({"tag": "gone", "action": "add", "tagged_by": None}, None),
    ],
    ids=["spaces and an empty cell", "the second of two", "changed since"],
)
def test_a_bad_row_of_a_seed_has_its_line(
    tmp_path: Path, row: dict[str, str | None], line: int | None
) -> None:
    (tmp_path / "manual_tags.csv").write_text(
        "tag,action,tagged_by\na,add,\nvip, give ,\nb,add,ann\nb,add,ann\n"
    )
    fault = {
        "seed": "manual_tags",
        "fault": "action is none of add, remove",
        "row_text": json.dumps(row),
    }
    expected = {"file": "seeds/manual_tags.csv", "line": line, "fault": fault["fault"]}
    assert with_lines([fault], [tmp_path]) == [expected]


def test_a_bad_row_of_the_projects_own_is_named_by_its_file(tmp_path: Path) -> None:
    own, ours = tmp_path / "acme", tmp_path / "package"
    for folder, name in ((own, "my_manual_tags"), (ours, "manual_tags")):
        folder.mkdir()
        (folder / f"{name}.csv").write_text("tag,action\nvip,give\n")
    row = json.dumps({"tag": "vip", "action": "give"})
    fault = {"seed": "manual_tags", "fault": "action is wrong", "row_text": row}
    (found,) = with_lines([fault], [own, ours])
    assert (found["file"], found["line"]) == ("seeds/my_manual_tags.csv", 2)


@pytest.mark.parametrize(
    ("record_id", "contact", "shown"),
    [
        ("C5", None, "C5"),
        ("ann@firm.example", None, "(hidden)"),
        ("13812340001", None, "(hidden)"),
        ("13812340001", 7, "13812340001"),
    ],
)
def test_an_id_that_may_be_an_address_is_not_shown(
    record_id: str, contact: int | None, shown: str
) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema contacts")
        connection.execute(
            "create table contacts.consent_issues as select 'm' as stated_in, 'crm' as record_source, $1 as record_id,"
            " 'matches_nobody' as issue, null as channel, $2::bigint as contact_id, null as stated_at, 1 as row_key,"
            " false as is_holding",
            [record_id, contact],
        )
        assert connection.execute(NAMED, {"shown": 5}).fetchall()[0][2] == shown


def test_a_home_without_decisions_has_nothing_to_name(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "w.duckdb")).close()
    assert describe_issues(tmp_path / "w.duckdb") == describe_seeds(tmp_path / "w.duckdb") == []
