"""Rule ``consent``: what binds every row of a sync to the consent for ads, and what only looks so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.orchestration.authoring.lint.catalog import Catalog
from tests.orchestration.authoring.lint.planting import describe, lint_planted, plant

ADS = {
    "sync": {
        "destination": "meta_audiences",
        "key": "contact_id",
        "mode": "membership",
        "list": "1",
    }
}
DIM, CONSENTS = "{{ ref('dim_contacts') }}", "{{ ref('contact_consents') }}"
GRANTED = f"select k.contact_id from {CONSENTS} as k where k.channel = 'ads' and k.purpose = 'advertising' and k.status = 'granted'"
ASKS = f"contact_id in ({GRANTED})"
COLUMNS = "contact_id !email"

BOUND = {
    "where": f"select contact_id, email from {DIM} where {ASKS} and email is not null",
    "a cte": f"with a as (select contact_id, email from {DIM} where {ASKS}), final as (select * from a) select * from final",
    "an inner join": f"select d.contact_id, d.email from {DIM} as d inner join ({GRANTED}) as g on d.contact_id = g.contact_id",
    "an inner join with the table": (
        f"select d.contact_id, d.email from {DIM} as d inner join {CONSENTS} as k on d.contact_id = k.contact_id"
        " and k.channel = 'ads' and 'advertising' = k.purpose where k.status = 'granted'"
    ),
    "the left of a left join": (
        f"with a as (select contact_id from {DIM} where {ASKS})\n"
        f"select a.contact_id, d.email from a left join {DIM} as d on a.contact_id = d.contact_id"
    ),
    "both sides of a union": (
        f"select contact_id, email from {DIM} where {ASKS} union select contact_id, email from {DIM} where is_deleted and {ASKS}"
    ),
}
UNBOUND = {
    "nothing": f"select contact_id, email from {DIM}",
    "another channel": f"select contact_id, email from {DIM} where {ASKS.replace('ads', 'email')}",
    "marketing": f"select contact_id, email from {DIM} where {ASKS.replace('advertising', 'marketing')}",
    "a withdrawal": f"select contact_id, email from {DIM} where {ASKS.replace('granted', 'withdrawn')}",
    "or": f"select contact_id, email from {DIM} where {ASKS} or email is not null",
    "not": f"select contact_id, email from {DIM} where not ({ASKS})",
    "one side of a union": f"select contact_id, email from {DIM} where {ASKS} union select contact_id, email from {DIM}",
    "a left join": f"select d.contact_id, d.email from {DIM} as d left join ({GRANTED}) as g on d.contact_id = g.contact_id",
    "a right join from it": (
        f"select d.contact_id, d.email from ({GRANTED}) as g right join {DIM} as d on d.contact_id = g.contact_id"
    ),
    "a join on something else": (
        f"select distinct d.contact_id, d.email from {DIM} as d inner join {CONSENTS} as k on d.owner_id = k.record_id"
        " and k.channel = 'ads' and k.purpose = 'advertising' and k.status = 'granted'"
    ),
    "a cte that is not read": f"with a as ({GRANTED}) select contact_id, email from {DIM}",
    "a comment": f"select contact_id, email from {DIM} -- where {ASKS}",
}


def rules(
    folder: Path, catalog: Catalog, sql: str, meta: dict[str, dict[str, str]] = ADS
) -> list[str]:
    found = lint_planted(
        folder, catalog, "sync_planted", sql, describe("sync_planted", COLUMNS, meta)
    )
    return [finding.rule for finding in found]


@pytest.mark.parametrize("case", BOUND)
def test_every_row_is_bound(compiled: Catalog, tmp_path: Path, case: str) -> None:
    assert "consent" not in rules(tmp_path, compiled, BOUND[case])


@pytest.mark.parametrize("case", UNBOUND)
def test_a_row_that_is_not_bound_is_found(compiled: Catalog, tmp_path: Path, case: str) -> None:
    assert "consent" in rules(tmp_path, compiled, UNBOUND[case])


def test_a_model_that_is_bound_binds_what_is_built_on_it(compiled: Catalog, tmp_path: Path) -> None:
    sql = f"select contact_id, email from {DIM} where {ASKS}"
    catalog = plant(
        compiled, "int_allowed", sql, describe("int_allowed", COLUMNS), schema="contacts"
    )
    assert "consent" not in rules(
        tmp_path, catalog, "select contact_id, email from {{ ref('int_allowed') }}"
    )


def test_a_destination_that_asks_for_none_needs_none(compiled: Catalog, tmp_path: Path) -> None:
    crm = {"sync": {"destination": "hubspot", "key": "contact_id", "mode": "mirror"}}
    assert rules(tmp_path, compiled, UNBOUND["nothing"], crm) == []
