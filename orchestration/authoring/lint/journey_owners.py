"""What the owners of a team serve, where it stands in a seed: values that no contact ever has, by
file and line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from sluice.models.journey import PREFIX
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.journey_pools import seeds_of
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.installation.project import PACKAGE_PROJECT

RULE, TEAM, SERVES = "journey", "owners_", "serves"
# the seed of the package that knows the values of a column of dim_contacts; in it, the column of
# what is written there, and that of other spellings
KNOWN = {
    "province": ("normalise/cn_region_keys.csv", "province", "region_key"),
    "city": ("normalise/cn_region_keys.csv", "city", "region_key"),
    "country": ("country_names.csv", "country", "country_key"),
    "language": ("language_names.csv", "language", "language_key"),
}
HAN = re.compile(r"[一-鿿]")
CLOSED = ("country", "language")  # codes: there are no others


def check_owners(project: RawProject) -> Iterator[Finding]:
    """A value of ``serves`` that dim_contacts writes otherwise, or that is none, of the attribute
    that a journey assigns by. Attributes of the project's own may hold anything.
    """
    for team, by in sorted(_assigned(project)):
        model = project.models.get(TEAM + team)
        if model is None or by not in KNOWN:
            continue
        for seed in seeds_of(project, model):
            for line, value in _served(seed):
                if (words := _wrong(value, by)) is not None:
                    fix = f"write it as dim_contacts.{by} has it, or leave it empty: serves anyone"
                    yield project.finding(seed, line, RULE, words, fix)


def _assigned(project: RawProject) -> set[tuple[str, str]]:
    """(team, attribute) of each assignment of a journey."""
    metas = [project.meta(name, "journey") for name in project.models if name.startswith(PREFIX)]
    nodes = [meta.mapping.get("nodes") for meta in metas if meta is not None]
    bodies = [body for one in nodes if isinstance(one, Mapping) for body in one.values()]
    actions = [body.get("action") for body in bodies if isinstance(body, Mapping)]
    given = [one.get("assign") for one in actions if isinstance(one, Mapping)]
    return {
        (str(one.get("team")), str(one.get("by")))
        for one in given
        if isinstance(one, Mapping) and one.get("by")
    }


def _served(seed: Path) -> list[tuple[int, str]]:
    with seed.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        return [(rows.line_num, value) for row in rows if (value := row.get(SERVES))]


def _wrong(value: str, by: str) -> str | None:
    written, spellings = _known(by)
    if value in written:
        return None
    text = f"no contact has the {by} '{value}'"
    meant = spellings.get(re.sub(r"[\W_]", "", value).lower()) or spellings.get(
        re.sub(r"[省市]$", "", value)
    )
    if meant:
        return f"{text}: it is written '{meant}' there"
    return f"{text} that an owner serves" if by in CLOSED or HAN.search(value) else None


@cache
def _known(by: str) -> tuple[frozenset[str], Mapping[str, str]]:
    """The values as they are written, and by their other spellings."""
    name, column, key = KNOWN[by]
    with (PACKAGE_PROJECT / "seeds" / name).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[column]]
    return frozenset(row[column] for row in rows), {row[key]: row[column] for row in rows}
