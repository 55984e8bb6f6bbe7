"""Refusals and caps over true persons, where identity left some of their records apart: a sample
company, ten daily runs of two mails and an SMS to everybody. ``python -m
benchmarks.cautious_consent``.

Nothing is sent: what is due counts as accepted in the ledger. A person has refused when any of
their records that are known by then withdrew consent on the channel, or unsubscribed, before the
run; who they are is known from the generator. ``held_back_wrongly_share``: contacts held back for
a probable match though their person refused nothing there, of the contacts that got messages.
``caps_broken_share``: messages beyond two a day to one person, of all messages.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import yaml

from benchmarks.figures import Figure, show
from benchmarks.identity_scale import generate
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import ItemResult, Message, Outcome
from sluice.models.run import Run
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.landing.files import land_files
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.landing.tables import raw_tables
from sluice.orchestration.warehouse.reader import query
from tests.projects import sample_project

FIRST_DAY, BATCH = datetime(2026, 6, 20, 11, tzinfo=UTC), 5_000
CAMPAIGNS = {
    "news": ("email", "smtp", 1),
    "offer": ("sms", "aliyun_sms", 2),
    "tips": ("email", "smtp", 3),
}
EVERYBODY = """select contact_id, cast(cast({{ sluice.as_of() }} as date) as varchar) as occurrence,
    '{}' as context from {{ ref('dim_contacts') }}"""
DUE = """select message_id, contact_id, address, address_hash, channel, template, language,
    address_key from activation.out_messages where campaign = $1 order by message_id"""
HELD = """select contact_id, channel from activation.message_decisions
    where reason = 'withdrawn_by_probable_match'"""
REFUSED = """create table refused as
    select source, record_id, channel, cast(changed_at as timestamp) - interval 8 hour as refused_at
    from '{raw}/consent.parquet' where status = 'withdrawn'
    union all
    select 'crm', crm_id, 'email', ts from '{raw}/ev_email.parquet'
    where event_type = 'unsubscribe'"""
FIGURES = """
with persons as (
    select contact_id, day, list(distinct person_id) as person_ids, min(person_id) as person_id
    from records group by all
),
messages as (
    -- to whom the address belongs, else who the contact is
    select s.*, coalesce(a.person_id, p.person_id) as person_id
    from sent as s
    inner join persons as p using (contact_id, day)
    left join owners as a on a.address = lower(s.address)
),
refusals as (
    select distinct k.person_id, r.channel, k.day
    from refused as r inner join records as k using (source, record_id) where r.refused_at <= k.day
),
refusing as (select m.* from messages as m inner join refusals using (person_id, channel, day)),
wrongly as (
    select distinct h.contact_id from held as h inner join persons as p using (contact_id, day)
    where not exists (select 1 from refusals as r where r.channel = h.channel
        and r.day = h.day and list_contains(p.person_ids, r.person_id))
),
days as (select person_id, day, count(*) as messages from messages group by all)
select (select count(*) from messages), (select count(*) from refusing),
    (select count(distinct person_id) from refusing), (select count(*) from wrongly),
    (select count(distinct contact_id) from held),
    (select count(distinct contact_id) from messages),
    (select sum(greatest(messages - 2, 0)) from days)"""


def write_campaigns(project: Path) -> None:
    """Three campaigns of every day, to all contacts."""
    for name, (channel, destination, priority) in CAMPAIGNS.items():
        settings = {
            "channel": channel,
            "destination": destination,
            "purpose": "marketing",
            "template": "price_page_follow_up",
            "priority": priority,
            "approval_above": 10_000_000,
        }
        model = {"name": f"campaign_{name}", "config": {"meta": {"campaign": settings}}}
        target = project / "models" / "activation" / f"campaign_{name}"
        target.with_suffix(".sql").write_text(EVERYBODY, encoding="utf-8")
        target.with_suffix(".yml").write_text(yaml.safe_dump({"models": [model]}))


def accept(settings: Settings, ledger: Ledger, name: str, run: Run) -> list[tuple[object, ...]]:
    """Have the due messages of a campaign accepted. Returns contact, channel, address and day."""
    channel, destination, _ = CAMPAIGNS[name]
    push = ledger.open_push(("message", name, destination), run, "hold", channel)
    sent = []
    for batch in batches(
        [Message(*row[:7], address_key=row[7]) for row in query(settings.warehouse, DUE, [name])]
    ):
        claimed = ledger.claim(push, batch, run.as_of)
        results = [ItemResult(item.delivery_id, Outcome.ACCEPTED) for item in claimed.items]
        ledger.record(claimed, results, run.as_of)
        sent += [
            (i.contact_id, i.channel, i.address, run.as_of.replace(tzinfo=None))
            for i in claimed.items
        ]
    return sent


def batches(messages: list[Message]) -> Iterator[list[Message]]:
    """The messages, some thousand at a time."""
    for start in range(0, len(messages), BATCH):
        yield messages[start : start + BATCH]


def measure(
    folder: Path, people: int, days: int, seed: int, policy: str = "share", *, linkage: bool = False
) -> dict[str, Figure]:
    """The figures."""
    raw, home = folder / "raw", folder / "home"
    generate(people, seed, raw)
    home.mkdir()
    project = sample_project(folder / "project", raw)
    write_campaigns(project)
    with (project / "dbt_project.yml").open("a", encoding="utf-8") as file:
        file.write(
            f"\nvars:\n  probabilistic_linkage: {str(linkage).lower()}\n"
            f"  probable_match_policy: {{refusals: {policy}, caps: {policy}}}\n"
        )
    os.environ |= {"SLUICE_HOME": str(home), "SLUICE_PROJECT": str(project)}
    settings = load_settings()
    dbt, ledger = Dbt(settings), Ledger(settings.ledger)
    land_files(settings.warehouse, raw, raw_tables(dbt.manifest), run_id="raw", landed_at=FIRST_DAY)
    with duckdb.connect(str(folder / "truth.duckdb")) as truth:
        prepare(truth, raw)
        for number in range(days):
            a_day(truth, settings, dbt, ledger, FIRST_DAY + timedelta(days=number))
        found = truth.execute(FIGURES).fetchall()[0]
    messages, refused, persons, wrongly, held, recipients, beyond = map(int, found)
    return {
        "people": people,
        "days": days,
        "messages": messages,
        "to_refused_persons": refused,
        "refused_persons": persons,
        "per_10000": 10_000 * refused / messages,
        "recipients": recipients,
        "held_back": held,
        "held_back_wrongly": wrongly,
        "held_back_wrongly_share": wrongly / recipients,
        "caps_broken": beyond,
        "caps_broken_share": beyond / messages,
    }


def prepare(truth: duckdb.DuckDBPyConnection, raw: Path) -> None:
    """Tables of who refused when, of whose address is whose, and of what the runs do."""
    truth.execute(REFUSED.format(raw=raw))
    truth.execute(
        "create table owners as select address, min(person_id) as person_id from ("
        f"select lower(clean_email) as address, person_id from '{raw}/truth_record.parquet'"
        f" union select '+86' || clean_mobile, person_id from '{raw}/truth_record.parquet'"
        " where phone_kind = 'own') where address is not null group by address"
    )
    truth.execute(
        "create table sent (contact_id bigint, channel varchar, address varchar, day timestamp)"
    )
    truth.execute("create table held (contact_id bigint, channel varchar, day timestamp)")
    truth.execute(
        "create table records (contact_id bigint, source varchar, record_id varchar,"
        " person_id varchar, day timestamp)"
    )
    truth.execute(
        "create table whose as select source, record_id, person_id from"
        f" '{raw}/truth_record.parquet'"
    )


def a_day(
    truth: duckdb.DuckDBPyConnection, settings: Settings, dbt: Dbt, ledger: Ledger, as_of: datetime
) -> None:
    """Land the ledger, decide, and have all that is due accepted."""
    land_ledger(settings.warehouse, ledger)
    results = dbt.build(as_of, select=["+out_messages"], exclude=["resource_type:test"])
    failed = [f"{one.unique_id}: {one.message}" for one in results if not one.is_success]
    if failed:
        raise SystemExit("\n".join(failed))
    day = as_of.replace(tzinfo=None)
    held = query(settings.warehouse, HELD)
    records = query(
        settings.warehouse, "select contact_id, source, record_id from identity.identity_map"
    )
    add(truth, "held", [(*row, day) for row in held])
    add(truth, "mapped", records, "contact_id bigint, source varchar, record_id varchar")
    truth.execute(
        "insert into records select m.*, w.person_id, $1 from mapped as m inner join whose"
        " as w using (source, record_id)",
        [day],
    )
    truth.execute("drop table mapped")
    for name in CAMPAIGNS:
        add(truth, "sent", accept(settings, ledger, name, Run(f"{day:%Y%m%d}", as_of)))


def add(
    truth: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]], columns: str = ""
) -> None:
    """Append rows, to a table that is made where its columns are given."""
    if columns:
        truth.execute(f"create table {table} ({columns})")
    if rows:
        import pyarrow as pa

        names = [one[0] for one in truth.execute(f"describe {table}").fetchall()]
        given = pa.table([list(column) for column in zip(*rows, strict=True)], names=names)
        truth.register("given", given)
        truth.execute(f"insert into {table} from given")
        truth.unregister("given")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--policy", choices=["share", "ignore"], default="share")
    parser.add_argument("--linkage", action="store_true", help="with probabilistic_linkage")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        size = (arguments.people, arguments.days, arguments.seed)
        show(
            measure(Path(name), *size, arguments.policy, linkage=arguments.linkage), arguments.json
        )


if __name__ == "__main__":
    main()
