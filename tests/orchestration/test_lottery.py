"""A lottery that anybody can draw again: the list is closed once, drawn once, and a shell draws the
same.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.lottery import keeping
from sluice.orchestration.lottery.drawing import draw, entry_of, list_hash, list_text
from sluice.orchestration.lottery.keeping import Result, check, close, contacts_of, draw_once
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.conftest import ROOT

SECRET, SEED = b"s" * 32, "03 08 17 22 29 + 07"


@pytest.fixture
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home whose segment `fans` has ten members; 105 was merged into 104 since then."""
    monkeypatch.setenv("SLUICE_HOME", str(home))
    found = load_settings()
    with open_warehouse(found.warehouse, read_only=False) as session:
        for sql in (
            "create schema segments",
            "create table segments.segment_members (contact_id bigint, segment varchar)",
            "insert into segments.segment_members select 100 + n, 'fans' from range(10) as r(n)",
            "create schema contacts",
            "create table contacts.dim_contacts as select 100 + n as contact_id from range(5) as r(n)",
            "create schema identity",
            "create table identity.contact_aliases as"
            " select 105 as retired_contact_id, 104 as contact_id",
        ):
            session.execute(sql)
    return found


def test_the_same_list_and_seed_give_the_same_winners() -> None:
    text = list_text(entry_of(SECRET, "may", one) for one in (3, 1, 2, 2))
    assert len(text.split()) == 3
    found = draw(text, SEED, 3)
    assert sorted(found) == text.split()
    assert draw(text, SEED, 1) == found[:1]  # more prizes leave the first ones as they are
    orders = {tuple(draw(text, str(seed), 3)) for seed in range(60)}
    assert len(orders) == 6
    assert entry_of(SECRET, "may", 1) != entry_of(SECRET, "june", 1)


def test_every_entry_wins_as_often_as_another() -> None:
    text = list_text(entry_of(SECRET, "may", one) for one in range(5))
    wins = [draw(text, f"seed {n}", 1)[0] for n in range(2_000)]
    counts = [wins.count(entry) for entry in text.split()]
    assert min(counts) > 330
    assert max(counts) < 470  # 400 is expected, and 18 the standard deviation


def test_a_shell_draws_the_same(tmp_path: Path) -> None:
    """The lines of docs/lottery.md, as they stand there."""
    text = list_text(entry_of(SECRET, "may", one) for one in range(40))
    (tmp_path / "entries.txt").write_text(text, encoding="utf-8")
    page = (ROOT / "docs" / "lottery.md").read_text(encoding="utf-8")
    script = page.partition("```bash\nseed=")[2].partition("```")[0]
    ran = subprocess.run(
        ["bash", "-c", f"seed={script}"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == draw(text, SEED, 3)


def test_a_list_is_closed_and_drawn_once(settings: Settings) -> None:
    closed = close(settings, "may", "fans")
    folder = Path(closed.folder).parent
    assert (closed.entries, list_hash(Path(closed.folder).read_text())) == (10, closed.list_hash)
    with pytest.raises(ConfigurationError, match="closed already"):
        close(settings, "may", "fans")
    result = draw_once(settings, "may", SEED, 10)
    assert draw_once(settings, "may", SEED, 10) == result
    with pytest.raises(ConfigurationError, match="was drawn already"):
        draw_once(settings, "may", "another seed", 10)
    contacts = contacts_of(settings, result)
    assert sorted(contacts.values()) == [100, 101, 102, 103, 104, 104]  # four are erased
    found = check(folder)
    assert (found["is_list_right"], found["is_draw_right"]) == (True, True)
    said = json.loads((folder / "result.json").read_text())
    (folder / "result.json").write_text(json.dumps(said | {"winners": said["winners"][::-1]}))
    assert check(folder)["is_draw_right"] is False


def test_of_two_draws_at_once_one_is_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(settings, "may", "fans")
    first: list[Result] = []

    def meanwhile(made: Result) -> dict[str, Any]:
        if not first:
            first.append(made)
            first[0] = draw_once(settings, "may", "another seed", 1)
        return asdict(made)

    monkeypatch.setattr(keeping, "asdict", meanwhile)
    with pytest.raises(ConfigurationError, match="was drawn already"):
        draw_once(settings, "may", SEED, 1)
    assert draw_once(settings, "may", "another seed", 1) == first[0]


@pytest.mark.parametrize(
    ("lottery", "segment", "seed", "winners", "words"),
    [
        ("../may", "fans", SEED, 1, "the name of a lottery"),
        ("may", "nobody", SEED, 1, "has no members"),
        ("may", "fans", " ", 1, "needs a seed"),
        ("may", "fans", SEED, 11, "the list has 10 entries"),
        ("may", "", SEED, 1, "is not closed"),
    ],
)
def test_what_is_refused(
    settings: Settings, lottery: str, segment: str, seed: str, winners: int, words: str
) -> None:
    def run() -> None:
        if segment:
            close(settings, lottery, segment)
        draw_once(settings, lottery, seed, winners)

    with pytest.raises(ConfigurationError) as error:
        run()
    assert words in f"{error.value.message} {error.value.fix}"


def test_a_list_that_was_changed_is_not_drawn(settings: Settings) -> None:
    file = Path(close(settings, "may", "fans").folder)
    file.write_text(file.read_text() + "0000000000000000\n")
    with pytest.raises(ConfigurationError, match="was changed"):
        draw_once(settings, "may", SEED, 1)
