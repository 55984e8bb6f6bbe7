"""A small company as a whole project: a raw file, people, a segment with its history, a sync to a
CRM, a campaign by mail and a report. A run of it takes seconds, and goes through every step that a
run of a large one goes through.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.conftest import ROOT
from tests.dbt_project.message_project import INPUTS, SEEDS

DBT = ROOT / "dbt_project"
FIRST_DAY = datetime(2026, 6, 1, 12, tzinfo=UTC)  # 20:00 in Shanghai: no quiet hours
PEOPLE, MOVES = (
    700,
    12,
)  # at first: above the 500 from which shares are looked at; and what changes a day
SOURCE = """
sources:
  - name: crm
    schema: raw
    tables:
      - name: src_people
        description: One row per person.
        columns:
          - {name: contact_id, data_type: bigint, description: The person., config: {meta: {required: true}}}
          - {name: email, data_type: varchar, description: An address.}
          - {name: full_name, data_type: varchar, description: A name.}
          - {name: city, data_type: varchar, description: A city.}
          - {name: is_reader, data_type: boolean, description: Whether the campaign is to them.}
"""
KEPT_OF_SEGMENTS = (
    "int_segment_memberships",
    "segment_changes",
    "int_audience_members",
    "segment_members",
    "segment_rules",
    "segment_holdouts",
)
# as a part of what reads them: a node of dbt costs a tenth of a second
INLINE = (
    "int_country_hours",
    "int_recipient_countries",
    "int_message_hours",
    "int_campaign_ramps",
    "int_campaign_approvals",
)
TABLES = ("dim_contacts", "contact_aliases")
EPHEMERAL = "{{ config(materialized='ephemeral') }}\n"
SEED_LINES = 4  # of each seed: nobody here has a country
REPORT = (
    "select activation, state, count(*) as receipts from {{ source('receipts', 'receipts') }} group"
    " by activation, state"
)
REAL = {
    "dim_contacts": {
        "contact_id": "contact_id",
        "email": "email",
        "full_name": "full_name",
        "language": "'en'",
        "is_deleted": "false",
    },
    "contact_consents": {
        "contact_id": "contact_id",
        "channel": "'email'",
        "purpose": "'marketing'",
        "status": "'granted'",
    },
}
SYNC = "select contact_id, email, full_name, city from {{ source('crm', 'src_people') }}"
SYNC_YML = """
models:
  - name: sync_people
    description: Everybody. One row per contact.
    config: {meta: {sync: {destination: hubspot, key: contact_id, mode: mirror, guardrails: {first_sync: allowed}}}}
"""
CAMPAIGN = """
select m.contact_id, 'once' as occurrence, '{"company": "Shop", "visits": 1, "last_visit_date": "2026-06-28"}' as context
from {{ sluice.members_of('readers') }} as m
"""
CAMPAIGN_YML = """
models:
  - name: campaign_welcome
    description: A welcome to readers. One row per contact.
    config:
      meta:
        campaign: {channel: email, destination: smtp, purpose: marketing, template: price_page_follow_up, segment: readers}
"""


def write_project(folder: Path) -> Path:
    """Write the dbt project into a folder that is not there yet."""
    ignored = shutil.ignore_patterns("target", "logs", "models", "seeds", "tests")
    shutil.copytree(DBT, folder, ignore=ignored)
    shutil.copytree(
        DBT / "macros", folder / "macros", dirs_exist_ok=True
    )  # one of its folders is called seeds
    shutil.copytree(DBT / "tests" / "generic", folder / "tests" / "generic")
    for path in _kept():
        text = path.read_text(encoding="utf-8")
        _write(folder / path.relative_to(DBT), EPHEMERAL + text if path.stem in INLINE else text)
    for name in SEEDS:
        lines = (
            (DBT / "seeds" / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        )
        _write(folder / f"seeds/{name}.csv", "".join(lines[:SEED_LINES]))
    _write(folder / "models/staging/crm/_crm__sources.yml", SOURCE)
    for name, columns in INPUTS.items():
        if not (folder / f"models/segments/{name}.sql").exists():
            model = _input(columns, REAL.get(name, {}))
            _write(
                folder / f"models/inputs/{name}.sql", model if name in TABLES else EPHEMERAL + model
            )
    _write(
        folder / "models/segments/seg_readers.sql",
        "select contact_id from {{ source('crm', 'src_people') }} where is_reader",
    )
    _write(folder / "models/reports/rpt_receipts.sql", REPORT)
    shutil.copytree(ROOT / "content", folder / "content")
    _write(folder / "sluice.yml", "format: 1\nname: shop\n")
    for name, sql, described in (
        ("sync_people", SYNC, SYNC_YML),
        ("campaign_welcome", CAMPAIGN, CAMPAIGN_YML),
    ):
        _write(folder / f"models/activation/{name}.sql", sql)
        _write(folder / f"models/activation/{name}.yml", described)
    return folder


@dataclass
class Shop:
    """The people of the company, day by day; the same seed gives the same days. ``raw`` is the
    folder of its file.
    """

    raw: Path
    seed: int = 1
    day: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.people: dict[int, tuple[str, str, str, bool]] = {}
        self._add(PEOPLE)
        self._write()

    @property
    def readers(self) -> set[int]:
        """To whom the campaign is today."""
        return {one for one, person in self.people.items() if person[3]}

    @property
    def as_of(self) -> datetime:
        """The logical time of the day."""
        return FIRST_DAY + timedelta(days=self.day)

    def next_day(self) -> None:
        """Some come, some go, some move."""
        self.day += 1
        gone = self.random.sample(sorted(self.people), MOVES // 3)
        for one in gone:
            del self.people[one]
        for one in self.random.sample(sorted(self.people), MOVES):
            email, name, _, is_reader = self.people[one]
            self.people[one] = (email, name, f"city {self.day}", is_reader)
        self._add(MOVES)
        self._write()

    def _add(self, count: int) -> None:
        first = max(self.people, default=0) + 1
        for one in range(first, first + count):
            self.people[one] = (
                f"u{one}@shop.example",
                f"Name {one}",
                "city 0",
                self.random.random() < 0.5,
            )

    def _write(self) -> None:
        self.raw.mkdir(parents=True, exist_ok=True)
        columns = list(zip(*self.people.values(), strict=True))
        table = pa.table(
            {
                "contact_id": list(self.people),
                **dict(
                    zip(
                        ("email", "full_name", "city", "is_reader"), map(list, columns), strict=True
                    )
                ),
            }
        )
        pq.write_table(table, self.raw / "src_people.parquet")


def _kept() -> Iterator[Path]:
    """The models of the product that the project has; without their tests, which take half of the
    time.
    """
    sql = [
        path
        for path in (DBT / "models/activation").glob("*.sql")
        if not path.name.startswith(("campaign_", "sync_"))
    ]
    yield from (*sql, DBT / "models/activation/_ledger__sources.yml")
    yield from (DBT / "models/segments" / f"{name}.sql" for name in KEPT_OF_SEGMENTS)
    yield DBT / "models/reports/_receipts__sources.yml"


def _input(columns: str, real: Mapping[str, str]) -> str:
    """A model of these columns: of the people, or empty."""
    named = [tuple(column.strip().split(" ", 1)) for column in columns.split(",")]
    chosen = ", ".join(
        f"cast({real.get(name, 'null')} as {kind}) as {name}" for name, kind in named
    )
    return (
        f"select {chosen} from {{{{ source('crm', 'src_people') }}}}"
        f" {'' if real else 'where false'}"
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
