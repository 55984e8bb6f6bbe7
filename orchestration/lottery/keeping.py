"""Lotteries of a home: a folder each, ``lotteries/NAME`` with the list and the result. A list is
closed once and drawn once: whoever could draw again could choose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sluice.activations.private_files import write_private
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.keys import signing_key
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.lottery.drawing import draw, entry_of, list_hash, list_text, read_list
from sluice.orchestration.recovery.besides import LOTTERIES
from sluice.orchestration.warehouse.base import MissingTableError
from sluice.orchestration.warehouse.reader import query

ENTRIES, RESULT = "entries.txt", "result.json"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
MEMBERS = "select contact_id from segments.segment_members where segment = $1"
# of the contacts of today, and of ids that were merged since the list was closed
CONTACTS = """
select contact_id, contact_id from contacts.dim_contacts
union all select retired_contact_id, contact_id from identity.contact_aliases"""


@dataclass(frozen=True)
class Closed:
    """A list that is closed."""

    folder: str
    entries: int
    list_hash: str


@dataclass(frozen=True)
class Result:
    """A draw. ``winners``: entries, the first prize first. ``drawn_at``: UTC, to the second."""

    lottery: str
    seed: str
    list_hash: str
    entries: int
    winners: list[str]
    drawn_at: str


def close(settings: Settings, lottery: str, segment: str) -> Closed:
    """Write the list of a segment's members of the last run. Raises ConfigurationError for a list
    that is closed already, and for a segment without members.
    """
    folder = _folder(settings, lottery)
    secret = signing_key(settings).encode()
    text = list_text(entry_of(secret, lottery, one) for one in _members(settings, segment))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        write_private(folder / ENTRIES, text, is_new=True)
    except FileExistsError as error:
        raise ConfigurationError(
            f"the list of the lottery {lottery} is closed already",
            f"draw it with `sluice lottery draw {lottery}`, or close another one",
        ) from error
    return Closed(str(folder / ENTRIES), len(text.split()), list_hash(text))


def draw_once(settings: Settings, lottery: str, seed: str, winners: int) -> Result:
    """Draw a closed list, and keep the result; the same draw again gives what is kept. Raises
    ConfigurationError for a list that is not closed, and for another draw of the same list.
    """
    folder = _folder(settings, lottery)
    entries = _read(folder / ENTRIES, lottery)
    if not seed.strip() or not 1 <= winners <= len(entries.split()):
        raise ConfigurationError(
            "a draw needs a seed, and at least one winner and at most as many as entries",
            f"the list has {len(entries.split())} entries: give --seed and --winners",
        )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    found = draw(entries, seed, winners)
    made = Result(lottery, seed, list_hash(entries), len(entries.split()), found, now)
    try:  # of two draws at once, one is kept
        text = json.dumps(asdict(made), indent=2, ensure_ascii=False) + "\n"
        write_private(folder / RESULT, text, is_new=True)
        return made
    except FileExistsError as error:
        kept = Result(**json.loads((folder / RESULT).read_text(encoding="utf-8")))
        if (kept.seed, kept.list_hash, kept.winners) != (seed, made.list_hash, found):
            raise ConfigurationError(
                f"the lottery {lottery} was drawn already, at {kept.drawn_at}",
                "publish that result: a list is drawn once",
            ) from error
        return kept


def contacts_of(settings: Settings, result: Result) -> dict[str, int]:
    """The contact of each winner, under today's id; one who was erased is missing."""
    secret, wanted = signing_key(settings).encode(), set(result.winners)
    rows = query(settings.warehouse, CONTACTS, [])
    return {
        entry: int(today)
        for then, today in rows
        if (entry := entry_of(secret, result.lottery, int(then))) in wanted
    }


def check(folder: Path) -> Mapping[str, Any]:
    """Whether a published list and result belong together. Raises ConfigurationError for files that
    cannot be read.
    """
    try:
        text = (folder / ENTRIES).read_text(encoding="utf-8")
        read_list(text)
        said = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        found = draw(text, said["seed"], len(said["winners"]))
        return {
            "list_hash": list_hash(text),
            "is_list_right": list_hash(text) == said["list_hash"],
            "is_draw_right": found == said["winners"],
            "winners": found,
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{folder} holds no draw that can be read ({type(error).__name__})",
            f"give the folder with {ENTRIES} and {RESULT}, as they were published",
        ) from error


def _members(settings: Settings, segment: str) -> list[int]:
    try:
        found = [int(row[0]) for row in query(settings.warehouse, MEMBERS, [segment])]
    except MissingTableError:
        found = []
    if not found:
        raise ConfigurationError(
            f"the segment {segment} has no members",
            "`sluice segments list` names those of the last run; run `sluice run` first",
        )
    return found


def _folder(settings: Settings, lottery: str) -> Path:
    if not NAME.fullmatch(lottery):
        raise ConfigurationError(
            "the name of a lottery is made of a-z, 0-9, _ and -", "such as may_2026"
        )
    folder: Path = settings.home / LOTTERIES / lottery
    return folder


def _read(path: Path, lottery: str) -> str:
    try:
        text = path.read_text(encoding="utf-8")
        read_list(text)
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"the list of the lottery {lottery} is not closed",
            f"close it with `sluice lottery close {lottery} --segment SEGMENT`",
        ) from error
    except ValueError as error:
        raise ConfigurationError(
            f"the list of the lottery {lottery} was changed ({error})", "restore it from a backup"
        ) from error
    return text
