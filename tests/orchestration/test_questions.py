"""The questions of people who write no SQL: each is answered by the command its page names."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.conftest import ROOT, WorldRun, sluice

ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| `sluice ([^`]+)` \| ([^|]+) \|$", re.M)
LANGUAGES = {"en": "questions.md", "zh": "questions.zh-CN.md"}
SECTION = re.compile(r"^(?:section |版块：)(.+)$")
# what a command prints when it answers, by the number of its question; sections answer for themselves
ANSWERS = {
    1: r"Messages decided.*(suppress|hold)\s+\w+",
    2: r"Score, point by point.*reason_en",
    3: r"Consents.*proof.*(granted|withdrawn|denied)",
    4: r"Stages.*entered_at",
    13: r"no alert is open|Alerts",
    14: r"dormant_customers",
    15: r"members.*churn_warnings",
    16: r"2026-0",
    17: r"accepted",
    18: r"",
    19: r"nothing was approved|Approvals",
    20: r"nothing is paused",
}


def rows(language: str) -> list[tuple[int, str, str, str]]:
    """Number, question, command and place of each row of a page."""
    text = (ROOT / "docs" / LANGUAGES[language]).read_text(encoding="utf-8")
    return [(int(n), q.strip(), c.strip(), p.strip()) for n, q, c, p in ROW.findall(text)]


def titles(language: str) -> dict[str, str]:
    """The models of the report by the title of their section."""
    found = {}
    for path in (ROOT / "dbt_project" / "models" / "reports").glob("rpt_*.yml"):
        (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
        meta = (model["config"].get("meta") or {}).get("report")
        if meta:
            found[meta["title"][language]] = model["name"]
    return found


def model_of(place: str, language: str) -> str | None:
    match = SECTION.match(place)
    return titles(language)[match[1]] if match else None


def test_both_pages_have_the_same_twenty_questions() -> None:
    english, chinese = rows("en"), rows("zh")
    assert [number for number, *_ in english] == list(range(1, 21))
    assert [(n, c, model_of(p, "en")) for n, _, c, p in english] == [
        (n, c, model_of(p, "zh")) for n, _, c, p in chinese
    ]


@pytest.fixture(scope="module")
def someone(world: WorldRun) -> str:
    """Somebody who has a score and stages, and got nothing."""
    sql = """select cast(min(m.contact_id) as varchar) from activation.message_decisions as m
        inner join scoring.score_contributions as s on m.contact_id = s.contact_id
        inner join lifecycle.contact_lifecycle as l on m.contact_id = l.contact_id
        inner join contacts.contact_consents as c on m.contact_id = c.contact_id
        where m.decision <> 'send'"""
    with duckdb.connect(str(world.home / "warehouse.duckdb"), read_only=True) as connection:
        return str(connection.execute(sql).fetchall()[0][0])


def test_each_question_is_answered(world: WorldRun, someone: str, tmp_path: Path) -> None:
    printed: dict[str, str] = {}
    for number, question, command, place in rows("en"):
        folder = tmp_path / re.sub(r"\W", "_", command)
        model = model_of(place, "en")
        if command not in printed:
            more = ["--format", "csv", "--output", str(folder)] if model else []
            arguments = shlex.split(command.replace("KEY", someone))
            done = sluice(*arguments, *more, home=world.home)
            assert done.code == 0, (question, done.stderr)
            printed[command] = done.stdout
        if model is None:
            assert re.search(ANSWERS[number], printed[command], re.S), (question, printed[command])
        else:
            with (folder / f"{model}.csv").open(encoding="utf-8-sig", newline="") as file:
                assert len(list(csv.reader(file))) > 1, question
