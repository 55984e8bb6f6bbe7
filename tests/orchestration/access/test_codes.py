"""One-time codes: by the RFC, once, within a minute and a half, and not by guessing."""

from __future__ import annotations

import re
import stat
from base64 import b32decode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from sluice.activations.ledger.tables import approvals
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.access import rights
from sluice.orchestration.access.codes import STEP, Codes, code_of
from sluice.orchestration.access.keys import make_key
from sluice.orchestration.cli.main import app
from sluice.orchestration.installation import settings as settings_module
from sluice.orchestration.recovery.past import replay_home
from sluice.orchestration.runs.state import open_ledger
from tests.orchestration.access.test_access import become, settings_of

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
KEY = b"12345678901234567890"  # of the RFC's appendix B


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    return {name: make_key(tmp_path / name) for name in ("wang", "li", "zhao")}


@pytest.fixture
def codes(tmp_path: Path) -> Codes:
    made = Codes(tmp_path)
    made.enrol("wang", "Sluice acme")
    return made


def shown(codes: Codes, moment: datetime, person: str = "wang") -> str:
    """What the app of a person shows at a moment."""
    secret = b32decode(codes._read(person).secret)
    return code_of(secret, int(moment.timestamp() // STEP))


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert code_of(KEY, seconds // STEP, digits=8) == code


def test_a_code_counts_once_and_none_before_it(codes: Codes) -> None:
    earlier, now = (shown(codes, NOW - timedelta(seconds=one)) for one in (STEP, 0))
    codes.accept("wang", f"{now[:3]} {now[3:]}", NOW)
    for used in (now, earlier):
        with pytest.raises(BlockedError, match="was used before"):
            codes.accept("wang", used, NOW)


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(codes: Codes, steps: int, counts: bool) -> None:
    code = shown(codes, NOW + timedelta(seconds=steps * STEP))
    if counts:
        codes.accept("wang", code, NOW)
    else:
        with pytest.raises(BlockedError, match="wrong, too old"):
            codes.accept("wang", code, NOW)


def test_guessing_ends_after_five_codes(codes: Codes) -> None:
    for _ in range(5):
        with pytest.raises(BlockedError, match="wrong"):
            codes.accept("wang", "x", NOW)
    with pytest.raises(BlockedError, match="5 wrong codes"):
        codes.accept("wang", shown(codes, NOW), NOW)
    later = NOW + timedelta(minutes=15)
    codes.accept("wang", shown(codes, later), later)


def test_a_secret_is_its_owners_alone(codes: Codes) -> None:
    (file,) = codes.folder.glob("*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(codes.folder.stat().st_mode) == 0o700
    for name in ("../wang", ".wang", "wang li"):
        with pytest.raises(ConfigurationError, match="cannot name a file"):
            codes.enrol(name, "Sluice acme")
        assert not codes.has(name)  # and `sluice access show` goes on


def test_an_approval_by_code_counts_while_codes_are_on(
    tmp_path: Path, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path, keys, codes=True)
    codes, ledger = Codes(settings.home), open_ledger(settings)
    codes.enrol("wang", "Sluice acme")
    become(monkeypatch, "wang", None)
    monkeypatch.setenv("SLUICE_CODE", shown(codes, datetime.now(UTC)))
    assert rights.require(settings, "approve") == "wang"
    ledger.approve("sale", "approval", "wang", "agreed", NOW, size=100)
    with pytest.raises(BlockedError, match="asks for the key"):
        rights.require(settings, "release")  # codes are for approvals alone
    assert [row["size"] for row in ledger.approvals()] == [100]
    monkeypatch.setattr(rights, "_used", set())  # the next command
    with pytest.raises(BlockedError, match="was used before"):
        rights.require(settings, "approve")
    off = settings_of(tmp_path, keys)
    assert open_ledger(off).approvals() == []
    with ledger.engine.begin() as connection:
        connection.execute(sa.update(approvals).values(size=100_000))
    assert ledger.approvals() == []


def test_an_approval_by_code_counts_in_the_copy_for_a_past_day(
    tmp_path: Path, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path, keys, codes=True)
    codes, ledger = Codes(settings.home), open_ledger(settings)
    codes.enrol("wang", "Sluice acme")
    become(monkeypatch, "wang", None)
    monkeypatch.setenv("SLUICE_CODE", shown(codes, datetime.now(UTC)))
    ledger.approve("sale", "approval", "wang", "agreed", NOW, size=100)
    with replay_home(settings, ledger) as copy:
        assert copy.home != settings.home
        assert [row["size"] for row in open_ledger(copy).approvals()] == [100]
        assert not (copy.home / "access").exists()  # a secret is in one place


def test_who_enrols_holds_the_key(
    tmp_path: Path,
    keys: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings_of(tmp_path, keys, codes=True)
    monkeypatch.setattr(settings_module, "load_settings", lambda: settings)
    become(monkeypatch, "wang", tmp_path / "li")
    with pytest.raises(BlockedError, match="not that of wang"):
        app(["access", "code"], standalone_mode=False)
    become(monkeypatch, "wang", tmp_path / "wang")
    app(["access", "code"], standalone_mode=False)
    address = capsys.readouterr().out.strip()
    assert re.fullmatch(
        r"otpauth://totp/Sluice%20bare%3Awang\?secret=[A-Z2-7]{32}&issuer=Sluice%20bare", address
    )
    monkeypatch.setattr(settings_module, "load_settings", lambda: settings_of(tmp_path, keys))
    with pytest.raises(ConfigurationError, match="codes are off"):
        app(["access", "code"], standalone_mode=False)
