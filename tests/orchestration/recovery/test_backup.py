"""A backup is of one moment, checked, and never put over files that somebody may still need."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from sluice.activations.inbox.events import Event
from sluice.activations.ledger.store import Ledger
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.doctor import checks
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.recovery.adopting import adopt
from sluice.orchestration.recovery.backup import back_up
from sluice.orchestration.recovery.besides import LOTTERIES, restore_besides
from sluice.orchestration.recovery.restoring import restore
from sluice.orchestration.recovery.standing import require_same_ledger
from sluice.orchestration.rights.secret import (
    SECRET_FILE,
    erased_keys,
    keep_keys,
    secret_of,
)
from tests.activations.ledger.ledger_steps import NOW
from tests.orchestration.recovery.small_home import SmallHome


@pytest.fixture
def small(home: Path) -> SmallHome:
    return SmallHome(home)


@pytest.fixture
def saved(small: SmallHome, tmp_path: Path) -> Path:
    """A backup of the second day."""
    (small.home / "journal" / "segments.segment_changes").mkdir(parents=True)
    (small.home / "journal" / "segments.segment_changes" / "columns.json").write_text("[]")
    folder = tmp_path / "saved"
    back_up(small.settings, folder)
    return folder


def receipts(small: SmallHome) -> tuple[int, int]:
    """How many receipts the ledger holds, and how many the warehouse."""
    held = sum(len(batch) for batch in Ledger(small.settings.ledger).receipts_after(0))
    return held, small.query("select count(*) from ledger.receipts")[0][0]


def test_a_backup_says_what_it_holds(saved: Path, small: SmallHome) -> None:
    manifest = json.loads((saved / "manifest.json").read_text())
    assert (manifest["last_receipt"], manifest["last_as_of"], manifest["mode"]) == (
        3,
        "2026-07-01T13:01:00Z",
        "sandbox",
    )
    assert set(manifest["files"]) == {
        "warehouse.duckdb",
        "ledger.sqlite",
        "journal/segments.segment_changes/columns.json",
    }
    assert stat.S_IMODE((saved / "ledger.sqlite").stat().st_mode) == 0o600


def test_both_come_back_as_they_were(saved: Path, small: SmallHome) -> None:
    small.ledger.engine.dispose()
    for path in [*small.home.glob("ledger.sqlite*"), small.settings.warehouse.path]:
        path.unlink()
    restore(small.settings, saved)
    assert receipts(small) == (3, 3)
    require_same_ledger(small.settings, Ledger(small.settings.ledger))  # nothing was recorded since


def test_an_older_backup_waits_for_a_person_and_keeps_who_said_no(
    saved: Path, small: SmallHome
) -> None:
    small.run_day(3, [4])
    small.ledger.engine.dispose()
    _, aside = restore(small.settings, saved, is_forced=True)
    assert aside is not None
    assert {"ledger.sqlite", "warehouse.duckdb", "journal"} <= {
        path.name for path in aside.iterdir()
    }
    ledger = Ledger(small.settings.ledger)
    with pytest.raises(BlockedError, match="restored from a backup"):
        require_same_ledger(small.settings, ledger)
    assert {row["address_hash"] for row in ledger.suppressions()} == {"no1", "no2", "no3"}
    adopt(small.settings, ledger, "nothing was sent on that day", "li")
    require_same_ledger(small.settings, ledger)


def test_a_new_machine_waits_for_a_person(
    saved: Path, small: SmallHome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path / "new"))
    settings = load_settings(small.settings.project)
    restore(settings, saved)
    with pytest.raises(BlockedError, match="restored from a backup"):
        require_same_ledger(settings, Ledger(settings.ledger))


def test_a_warehouse_alone_needs_nobody(saved: Path, small: SmallHome) -> None:
    small.run_day(3, [4])
    small.settings.warehouse.path.write_bytes(b"broken")
    restore(small.settings, saved, "warehouse", is_forced=True)
    assert receipts(small) == (4, 3)
    small.run_day(4, [5])
    assert receipts(small) == (5, 5)


@pytest.mark.parametrize(
    ("only", "is_forced", "words"),
    [
        pytest.param(
            "", False, "warehouse.duckdb and ledger.sqlite would be replaced", id="files in the way"
        ),
        pytest.param("ledger", False, "ledger.sqlite would be replaced", id="one in the way"),
        pytest.param("journal", True, "there is no part 'journal'", id="no such part"),
    ],
)
def test_what_is_not_restored(
    saved: Path, small: SmallHome, only: str, is_forced: bool, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        restore(small.settings, saved, only, is_forced=is_forced)
    assert receipts(small) == (3, 3)


@pytest.mark.parametrize(
    "name",
    [
        "warehouse.duckdb",
        "ledger.sqlite",
        "manifest.json",
        "journal/segments.segment_changes/columns.json",
    ],
)
@pytest.mark.parametrize("how", ["cut", "gone"])
def test_a_backup_that_is_not_whole_touches_nothing(
    saved: Path, small: SmallHome, name: str, how: str
) -> None:
    content = (saved / name).read_bytes()
    (saved / name).unlink() if how == "gone" else (saved / name).write_bytes(
        content[: len(content) // 2]
    )
    with pytest.raises(ConfigurationError, match="backup"):
        restore(small.settings, saved, is_forced=True)
    assert receipts(small) == (3, 3)


def test_a_folder_that_holds_something_is_not_written_to(saved: Path, small: SmallHome) -> None:
    with pytest.raises(ConfigurationError, match="not empty"):
        back_up(small.settings, saved)


def test_a_ledger_on_a_server_has_its_own_backup(small: SmallHome, tmp_path: Path) -> None:
    settings = small.settings.model_copy(
        update={"ledger_url": "postgresql+psycopg2://sluice@127.0.0.1/sluice"}
    )
    with pytest.raises(ConfigurationError, match="on a server") as refused:
        back_up(settings, tmp_path / "other")
    assert "pg_dump" in refused.value.fix


def test_a_backup_of_the_other_mode_is_refused(saved: Path, small: SmallHome) -> None:
    with pytest.raises(BlockedError, match="is of sandbox"):
        restore(small.settings.model_copy(update={"delivery": "live"}), saved, is_forced=True)


def test_doctor_tells_of_files_ledger_and_backup(small: SmallHome, tmp_path: Path) -> None:
    found = {one.check: one.state for one in checks.examine(small.settings)}
    assert (found["files"], found["ledger"], found["backup"]) == ("ok", "ok", "warning")
    back_up(small.settings, tmp_path / "saved")
    small.lose_ledger("yesterday")
    found = {one.check: one.state for one in checks.examine(small.settings)}
    assert (found["ledger"], found["backup"]) == ("failed", "ok")
    small.settings.warehouse.path.write_bytes(small.settings.warehouse.path.read_bytes()[:300_000])
    assert {one.check: one.state for one in checks.examine(small.settings)}["files"] == "failed"


def test_who_was_erased_stays_out_after_an_older_ledger_is_put_back(
    saved: Path, small: SmallHome, tmp_path: Path
) -> None:
    secret = secret_of(small.settings, may_make=True)
    number = small.ledger.begin_erasure(b"", [("id", "a hash")], "me", None, NOW)
    small.ledger.finish_erasure(number, "{}", NOW)
    keep_keys(small.settings, small.ledger)
    newer = tmp_path / "newer"
    back_up(small.settings, newer)
    small.ledger.engine.dispose()
    restore(small.settings, saved, "ledger", is_forced=True)
    ledger = Ledger(small.settings.ledger)
    assert ledger.erased_hashes() == []
    assert erased_keys(small.settings, ledger).hashes == {("id", "a hash")}
    (small.home / SECRET_FILE).unlink()
    with pytest.raises(ConfigurationError, match="erasure"):
        erased_keys(small.settings, ledger)
    ledger.engine.dispose()
    restore(small.settings, newer, "ledger", is_forced=True)
    assert secret_of(small.settings, may_make=False) == secret
    assert (small.home / SECRET_FILE).stat().st_mode & 0o777 == 0o600


def test_the_inbox_and_the_keys_come_back_where_they_are_missing(small: SmallHome) -> None:
    from sluice.orchestration.installation.keys import signing_key
    from sluice.orchestration.landing.inbox import open_inbox

    key = signing_key(small.settings)
    with open_inbox(small.settings) as inbox:
        inbox.keep([Event("website", "track", "1", NOW, {})], NOW)
    folder = small.home.parent / "kept"
    back_up(small.settings, folder)
    with open_inbox(small.settings) as inbox:
        inbox.keep([Event("website", "track", "2", NOW, {})], NOW)
    restore(small.settings, folder, is_forced=True)
    with open_inbox(small.settings) as inbox:
        assert inbox.count() == 2  # what came since the backup stays
    for path in [*small.home.glob("inbox.sqlite*"), small.home / "secret.key"]:
        path.unlink()
    restore(small.settings, folder, is_forced=True)
    with open_inbox(small.settings) as inbox:
        assert inbox.count() == 1
    assert signing_key(small.settings) == key
    assert (small.home / "inbox.sqlite").stat().st_mode & 0o077 == 0


def test_a_lottery_comes_back_beside_a_newer_one(home: Path, tmp_path: Path) -> None:
    for folder, name in ((tmp_path / "saved", "may"), (home, "june")):
        (folder / LOTTERIES / name).mkdir(parents=True)
        (folder / LOTTERIES / name / "entries.txt").write_text(name)
    (tmp_path / "saved" / LOTTERIES / "june").mkdir()
    restore_besides(load_settings(), tmp_path / "saved")
    found = sorted((home / LOTTERIES).glob("*/*"))
    assert [file.read_text() for file in found] == ["june", "may"]
