"""Each rule on compiled SQL, on planted faults: the rule and the line it must name, and what it must let pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sluice.orchestration.authoring.lint.catalog import Catalog
from sluice.orchestration.authoring.lint.compiled_rules import lint_queries
from sluice.orchestration.authoring.lint.raw_project import RawProject
from tests.orchestration.authoring.lint.planting import describe, lint_planted, plant
from tests.projects import SAMPLE

FACTS, EVENTS, DIM = (
    "{{ ref('contact_facts') }}",
    "{{ ref('contact_events') }}",
    "{{ ref('dim_contacts') }}",
)
SYNC = {"sync": {"destination": "hubspot", "key": "contact_id", "mode": "mirror"}}
STRICT_SYNC = {"sync": {**SYNC["sync"], "allow_personal_data": False}}
CAMPAIGN = {
    "campaign": {"channel": "email", "destination": "smtp", "purpose": "marketing", "template": "t"}
}

SEGMENT_FAULTS = {
    "sql that cannot be read": (f"select contact_id\nfrom {FACTS}\nwhere order_count > > 2\n", "parses", 3),
    "a bracket too few": (f"select contact_id\nfrom {FACTS}\nwhere (order_count > 2\n", "parses", 3),
    "sql no other warehouse has": (f"select contact_id\nfrom {FACTS}\nwhere contact_id in (select unnest([1, 2]))\n", None, 0),
    "a column too many": (f"select\n    contact_id,\n    company\nfrom {FACTS}\n", "columns", 3),
    "another column": (f"select owner_id\nfrom {FACTS}\n", "columns", 1),
    "a star": (f"select *\nfrom {FACTS}\n", "columns", 1),
    "the column twice": (f"select contact_id, contact_id\nfrom {FACTS}\n", "columns", 1),
    "an expression without a name": (f"select contact_id, 1 + 1\nfrom {FACTS}\n", "columns", 1),
    "a column that no relation has": (f"select contact_id\nfrom {FACTS}\nwhere orders_count > 2\n", "columns", 3),
    "events": (f"select contact_id\nfrom {EVENTS}\nwhere event_type = 'page_view'\n", "grain", 2),
    "a join with events": (
        f"select f.contact_id\nfrom {FACTS} as f\ninner join {EVENTS} as e\n    on f.contact_id = e.contact_id\n", "grain", 3),
    "a join on a part of the key": (
        f"select f.contact_id\nfrom {FACTS} as f\njoin {{{{ ref('contact_scores') }}}} as s on f.contact_id = s.contact_id\n", "grain", 3),
    "a union that keeps copies": (
        f"select contact_id from {FACTS} where has_email\nunion all\nselect contact_id from {FACTS} where has_phone\n", "grain", 2),
    "events in a cte": (
        f"with e as (\n    select contact_id from {EVENTS}\n)\n\nselect contact_id from e\n", "grain", 2),
    "groups of another column": (f"select contact_id\nfrom {EVENTS}\ngroup by contact_id, subject\n", "grain", 2),
    "a rank that is not the first": (
        f"select contact_id from {EVENTS}\nqualify row_number() over (partition by contact_id order by occurred_at) <= 2\n", "grain", 1),
    "a left join's other side": (
        f"select f.contact_id\nfrom {EVENTS} as e\nleft join {FACTS} as f on e.contact_id = f.contact_id\n", "grain", 2),
    "now()": (f"select contact_id\nfrom {FACTS}\nwhere last_order_at > now() - interval '7' day\n", "clock", 3),
    "current_date": (f"select contact_id\nfrom {FACTS}\nwhere\n    birth_date = current_date\n", "clock", 4),
    "current_timestamp": (f"select contact_id\nfrom {FACTS}\nwhere last_order_at > current_timestamp\n", "clock", 3),
    "today()": (f"select contact_id\nfrom {FACTS}\nwhere birth_date = today()\n", "clock", 3),
    "getdate()": (f"select contact_id\nfrom {FACTS}\nwhere created_at < getdate()\n", "clock", 3),
    "random()": (f"select contact_id\nfrom {FACTS}\nwhere random() < 0.1\n", "clock", 3),
    "uuid()": (f"select contact_id\nfrom {FACTS}\nwhere uuid() is not null\n", "clock", 3),
    "a cast of now": (f"select contact_id\nfrom {FACTS}\nwhere created_at < cast('now' as timestamp)\n", "clock", 3),
    "a sample": (f"select contact_id\nfrom {FACTS}\nusing sample 10 percent\n", "clock", 3),
    "insert": (f"insert into x\nselect contact_id from {FACTS}\n", "write", 1),
    "update": ("-- a note\nupdate contacts.contact_facts set budget = 1\n", "write", 2),
    "delete": ("delete from contacts.contact_facts\n", "write", 1),
    "create": (f"create table x as\nselect contact_id from {FACTS}\n", "write", 1),
    "drop": ("drop table contacts.contact_facts\n", "write", 1),
    "copy": ("copy contacts.contact_facts to 'x.csv'\n", "write", 1),
    "attach": ("attach 'x.duckdb' as x\n", "write", 1),
    "pragma": ("pragma database_list\n", "write", 1),
    "set": ("set threads = 1\n", "write", 1),
    "two statements": (f"select contact_id from {FACTS};\nselect contact_id from {FACTS}\n", "write", 1),
    "read_csv": ("select contact_id\nfrom read_csv('x.csv')\n", "write", 2),
    "read_parquet": ("select contact_id\nfrom read_parquet('s3://x/y.parquet')\n", "write", 2),
    "read_json": ("select contact_id\nfrom read_json_auto('https://x/y')\n", "write", 2),
    "a file as a table": ("select contact_id\nfrom 'people.csv'\n", "write", 2),
    "an address as a table": ("select contact_id\nfrom 'https://x.example/people'\n", "write", 2),
    "a raw table": (f"select contact_id\nfrom {FACTS}\nwhere contact_id in (\n    select crm_id from raw.src_crm\n)\n", "raw_source", 4),
    "an unknown table": (f"select contact_id\nfrom {FACTS}\nwhere contact_id in (select id from crm.people)\n", "raw_source", 3),
    "a table that is not public": ("select contact_id\nfrom {{ ref('int_segment_memberships') }}\n", "access", 2),
    "a model without ref()": ("select contact_id\nfrom contacts.contact_facts\n", "raw_source", 2),
    "a cross join": (f"select distinct f.contact_id\nfrom {FACTS} as f\ncross join {EVENTS} as e\n", "cross_join", 3),
    "a comma": (f"select distinct f.contact_id\nfrom {FACTS} as f,\n    {EVENTS} as e\n", "cross_join", 3),
    "a comma with a filter on one side": (
        f"select distinct f.contact_id\nfrom {FACTS} as f,\n    {EVENTS} as e\nwhere e.event_type = 'x'\n", "cross_join", 3),
    "a join on true": (f"select distinct f.contact_id\nfrom {FACTS} as f\ninner join {EVENTS} as e on true\n", "cross_join", 3),
    "a join on a constant": (
        f"select distinct f.contact_id\nfrom {FACTS} as f\ninner join {EVENTS} as e\n    on e.event_type = 'x'\n", "cross_join", 4),
    "a cross join in a cte": (
        f"with p as (\n    select f.contact_id from {FACTS} as f cross join {EVENTS} as e\n)\nselect distinct contact_id from p\n",
        "cross_join", 2),
    "an address under the name of a contact": (f"select distinct email as contact_id\nfrom {DIM}\n", "personal_data", 1),
}  # fmt: skip

SOUND_SEGMENTS = {
    "distinct": f"select distinct contact_id from {EVENTS}",
    "group by": f"select contact_id from {EVENTS} group by contact_id having count(*) > 2",
    "group by place": f"select contact_id from {EVENTS} group by 1",
    "group by all": f"select contact_id from {EVENTS} group by all",
    "in": f"select contact_id from {FACTS} where contact_id in (select contact_id from {EVENTS})",
    "exists": f"select f.contact_id from {FACTS} as f where exists (select 1 from {EVENTS} as e where e.contact_id = f.contact_id)",
    "semi join": f"select f.contact_id from {FACTS} as f semi join {EVENTS} as e on f.contact_id = e.contact_id",
    "union": f"select contact_id from {EVENTS} union select contact_id from {FACTS}",
    "except": f"select contact_id from {FACTS} except select contact_id from {EVENTS}",
    "first of a partition": f"select contact_id from {EVENTS} qualify row_number() over (partition by contact_id order by event_key) = 1",
    "rank in a cte": (
        f"with r as (select *, row_number() over (partition by contact_id order by event_key) as n from {EVENTS})\n"
        "select contact_id from r where n = 1"
    ),
    "a join on a key with a constant": (
        f"select f.contact_id from {FACTS} as f\n"
        "join {{ ref('contact_scores') }} as s on s.contact_id = f.contact_id and s.score_model = 'lead'"
    ),
    "a key bound by where": "select contact_id from {{ ref('contact_scores') }} where score_model = 'lead' and total > 3",
    "a left join on a key": f"select f.contact_id from {FACTS} as f left join {DIM} as d on f.contact_id = d.contact_id",
    "using": f"select contact_id from {FACTS} join {DIM} using (contact_id)",
    "a comma with a link": f"select f.contact_id from {FACTS} as f, {DIM} as d where f.contact_id = d.contact_id",
    "ctes and a star": f"with a as (select contact_id from {FACTS}), final as (select * from a) select * from final",
    "a filter on personal data": f"select contact_id from {DIM} where email like '%@x.example' and birth_date is not null",
    "a clock in a text or a comment": f"select contact_id from {FACTS} /* now() */ where company = 'now()' -- current_date",
    "a column like a clock": f"select contact_id from {FACTS} where days_known > 3",
    "a cast of the key": f"select cast(contact_id as bigint) as contact_id from {FACTS}",
    "the last before": f"select f.contact_id from {FACTS} as f asof join {EVENTS} as e on f.contact_id = e.contact_id and f.created_at >= e.occurred_at",
    "any_value": f"select contact_id from {EVENTS} group by contact_id having any_value(subject) = 'x'",
    "functions that make rows": f"select contact_id from {FACTS} where order_count in (select n from unnest([1, 2]) as u (n))",
    "an alias in where": f"select contact_id from (select contact_id, order_count * 2 as twice from {FACTS}) where twice > 3",
    "a join with a grouped subquery": (
        f"select f.contact_id from {FACTS} as f\n"
        f"join (select contact_id, count(*) as n from {EVENTS} group by contact_id) as e on f.contact_id = e.contact_id where e.n > 2"
    ),
}

SYNC_COLUMNS = "contact_id !email company"
FROM_DIM = f"from {DIM}"
OTHER_FAULTS: dict[str, tuple[str, dict[str, Any], str, tuple[str, str, int]]] = {
    "sync_: a column its yml does not describe": (
        SYNC_COLUMNS, SYNC, f"select contact_id, email, company,\n    city\n{FROM_DIM}\n", ("columns", "sql", 2)),
    "sync_: a column its sql does not give": (SYNC_COLUMNS, SYNC, f"select contact_id, email\n{FROM_DIM}\n", ("columns", "yml", 19)),
    "sync_: no key": (
        "!email company", SYNC, f"select email, company\n{FROM_DIM}\n", ("columns", "sql", 1)),
    "sync_: two rows for a key": (
        "contact_id", SYNC, f"select contact_id\nfrom {EVENTS}\n", ("grain", "sql", 2)),
    "sync_: personal data not marked": (
        "contact_id email", SYNC, f"select contact_id,\n    email\n{FROM_DIM}\n", ("personal_data", "sql", 2)),
    "sync_: personal data under another name": (
        "contact_id handle", SYNC, f"select contact_id,\n    lower(email) as handle\n{FROM_DIM}\n", ("personal_data", "sql", 2)),
    "sync_: a hash of personal data": (
        "contact_id handle", SYNC, f"select contact_id,\n    sha256(email) as handle\n{FROM_DIM}\n", ("personal_data", "sql", 2)),
    "sync_: personal data through ctes, a star and a union": (
        "contact_id handle", SYNC,
        f"with a as (select contact_id, phone as handle {FROM_DIM}),\nb as (select * from a union select contact_id, '' from a)\n"
        "select distinct on (contact_id) contact_id, handle from b\n", ("personal_data", "sql", 1)),
    "sync_: personal data by a branch of a case": (
        "contact_id handle", SYNC, f"select contact_id,\n    case when is_deleted then '' else full_name end as handle\n{FROM_DIM}\n",
        ("personal_data", "sql", 2)),
    "sync_: personal data by a subquery": (
        "contact_id handle", SYNC,
        f"select f.contact_id,\n    (select max(d.email) from {DIM} as d where d.contact_id = f.contact_id) as handle\nfrom {FACTS} as f\n",
        ("personal_data", "sql", 2)),
    "sync_: personal data in a whole row": (
        "contact_id handle", SYNC, f"select contact_id,\n    to_json(c) as handle\nfrom {DIM} as c\n", ("personal_data", "sql", 2)),
    "sync_: personal data by a method": (
        "contact_id handle", SYNC, f"select contact_id,\n    email.lower() as handle\nfrom {DIM} as c\n", ("personal_data", "sql", 2)),
    "sync_: personal data by unnest": (
        "contact_id handle", SYNC, f"select contact_id,\n    max(h) as handle\nfrom {DIM} as c, unnest([c.email, c.phone]) as u(h)\n"
        "group by contact_id\n", ("personal_data", "sql", 2)),
    "sync_: what a model made of personal data": (
        "contact_id email_domain", SYNC, f"select contact_id,\n    email_domain\nfrom {FACTS}\n", ("personal_data", "sql", 2)),
    "sync_: marked, and not allowed": (
        "contact_id !email", STRICT_SYNC, f"select contact_id,\n    email\n{FROM_DIM}\n", ("personal_data", "sql", 2)),
    "campaign_: a column too few": (
        "contact_id occurrence !context", CAMPAIGN, f"select contact_id, 'once' as occurrence\n{FROM_DIM}\n", ("columns", "sql", 1)),
    "campaign_: two messages of one occurrence": (
        "contact_id occurrence !context", CAMPAIGN, f"select contact_id, 'once' as occurrence, subject as context\nfrom {EVENTS}\n",
        ("grain", "sql", 2)),
    "campaign_: a context not marked": (
        "contact_id occurrence context", CAMPAIGN,
        f"select contact_id, 'once' as occurrence,\n    json_object('name', full_name) as context\n{FROM_DIM}\n", ("personal_data", "sql", 2)),
}  # fmt: skip

SOUND_OTHERS: dict[str, tuple[str, dict[str, Any], str]] = {
    "sync_: marked": (SYNC_COLUMNS, SYNC, f"select contact_id, email, company {FROM_DIM}"),
    "sync_: counted and compared, not carried": (
        "contact_id is_known n",
        SYNC,
        f"select contact_id, email is not null as is_known, count(email) as n {FROM_DIM} group by contact_id, email is not null",
    ),
    "sync_: none where none is allowed": (
        "contact_id company",
        STRICT_SYNC,
        f"select contact_id, company {FROM_DIM}",
    ),
    "campaign_: a message a day": (
        "contact_id occurrence !context",
        CAMPAIGN,
        f"select contact_id, cast(occurred_at as date) as occurrence, max(subject) as context\nfrom {EVENTS}\n"
        "group by contact_id, cast(occurred_at as date)",
    ),
}


@pytest.mark.parametrize("case", SEGMENT_FAULTS)
def test_a_fault_of_a_segment_is_found_at_its_line(
    compiled: Catalog, tmp_path: Path, case: str
) -> None:
    sql, rule, line = SEGMENT_FAULTS[case]
    found = lint_planted(
        tmp_path, compiled, "seg_planted", sql, describe("seg_planted", "contact_id")
    )
    places = {(finding.rule, finding.file, finding.line) for finding in found}
    assert ((rule, "models/segments/seg_planted.sql", line) in places) if rule else not places, (
        found
    )
    assert all(finding.message and finding.fix for finding in found)


@pytest.mark.parametrize("case", SOUND_SEGMENTS)
def test_a_sound_segment_has_no_finding(compiled: Catalog, tmp_path: Path, case: str) -> None:
    assert (
        lint_planted(
            tmp_path,
            compiled,
            "seg_planted",
            SOUND_SEGMENTS[case],
            describe("seg_planted", "contact_id"),
        )
        == []
    )


@pytest.mark.parametrize("case", OTHER_FAULTS)
def test_a_fault_of_a_sync_or_campaign_is_found_at_its_line(
    compiled: Catalog, tmp_path: Path, case: str
) -> None:
    columns, meta, sql, (rule, suffix, line) = OTHER_FAULTS[case]
    name = f"{case.split(':')[0]}planted"
    found = lint_planted(tmp_path, compiled, name, sql, describe(name, columns, meta))
    assert [(finding.rule, finding.file, finding.line) for finding in found] == [
        (rule, f"models/activation/{name}.{suffix}", line)
    ], found


@pytest.mark.parametrize("case", SOUND_OTHERS)
def test_a_sound_sync_or_campaign_has_no_finding(
    compiled: Catalog, tmp_path: Path, case: str
) -> None:
    columns, meta, sql = SOUND_OTHERS[case]
    name = f"{case.split(':')[0]}planted"
    assert lint_planted(tmp_path, compiled, name, sql, describe(name, columns, meta)) == []


def test_a_hook_writes(compiled: Catalog, tmp_path: Path) -> None:
    sql = "{{ config(\n    pre_hook='delete from x'\n) }}\n" + f"select contact_id from {FACTS}"
    described = describe("seg_planted", "contact_id")
    described["config"]["pre-hook"] = [{"sql": "delete from x", "transaction": True}]
    models = plant(compiled, "seg_planted", sql.split("}}\n")[1], described)
    found = lint_planted(tmp_path, models, "seg_planted", sql, described)
    assert ("write", 2) in [(finding.rule, finding.line) for finding in found]


def test_personal_data_is_followed_through_a_model_that_does_not_mark_it(
    compiled: Catalog, tmp_path: Path
) -> None:
    leak = f"with v as (select contact_id, phone as number from {DIM})\nselect contact_id, number || '' as handle from v"
    leaky = plant(
        compiled, "int_leak", leak, describe("int_leak", "contact_id handle"), schema="contacts"
    )
    sql = "select contact_id,\n    handle\nfrom {{ ref('int_leak') }}\n"
    found = lint_planted(
        tmp_path, leaky, "sync_planted", sql, describe("sync_planted", "contact_id handle", SYNC)
    )
    assert [
        (finding.rule, finding.line) for finding in found if finding.rule == "personal_data"
    ] == [("personal_data", 2)]
    assert "dim_contacts.phone" in found[0].message + found[-1].message


def test_the_shipped_project_has_no_finding(compiled: Catalog) -> None:
    project = RawProject(SAMPLE)
    names = {key.rsplit(".", 1)[1] for key, sql in compiled.code.items() if sql}
    assert [one.name for one in project.authored if one.name not in names] == []
    assert len(project.authored) > 20
    assert list(lint_queries(project, compiled)) == []
