"""What the yml of a campaign says is the same to SQL, which decides, and to Python, which checks
it: defaults stand in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from sluice.models.config import CampaignConfig
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.plan.audience import audience_of
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.dbt_project.message_project import CAMPAIGN, MessageProject
from tests.dbt_project.test_message_policy import EVENING

ALL_GIVEN: dict[str, Any] = {
    "segment": "new",
    "topic": "tips",
    "priority": 7,
    "stage": "ramp",
    "pilot_size": 120,
    "max_bounce_rate": 0.03,
    "max_complaint_rate": 0.0005,
    "approval_above": 0,
    "expires_after_hours": 72,
    "send_at": "active_hours",
    "wechat_window_hours": None,
}
ONLY_IN_SQL = {"holdout_share"}  # of its segment
NOT_IN_SQL = {  # they decide about no message
    "owner",
    "guardrails",
    "engagement_from",
    "track_opens",
    "track_clicks",
    "fast",
    "variants",  # in rows of their own: test_variants.py
}


AUDIENCES = (
    "select * from {{ sluice.members_of('vip') }}",
    "select * from {{ sluice.members_of( segment = \"vip\" ) }} -- members_of('new')",
    "select * from {{ ref('seg_vip') }} where {{ sluice.in_segment ('vip') }}",
    "select 1 where {{ sluice.in_segment('vip') }} and {{ sluice.in_segment('new') }}",
    "select 1 where {{ sluice.not_in_segment('vip') }} {# in_segment('vip') #}",
    "select 1 /* members_of('vip') */ where {{ sluice.performed('page_view') }}",
    "select 1",
)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """What int_campaigns says of a campaign that leaves all to the defaults, and of one that leaves
    nothing.
    """
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(home))
        project = MessageProject(tmp_path_factory.mktemp("campaigns") / "project", home)
        project.write_campaign("by_default", [1])
        project.write_campaign("all_given", [1], **ALL_GIVEN)
        project.write_segment("vip", holdout=0.25)
        for name, sql in enumerate(AUDIENCES):
            project.write_campaign(f"audience_{name}", sql=sql)
        Dbt(project.settings).build(EVENING, select=["int_campaigns,resource_type:model"])
        with open_warehouse(project.settings.warehouse) as connection:
            found = connection.execute("select * from activation.int_campaigns").records()
        project.ledger.engine.dispose()
        yield {row.pop("campaign"): row for row in found}


@pytest.mark.parametrize(("name", "given"), [("by_default", {}), ("all_given", ALL_GIVEN)])
def test_sql_and_python_read_a_campaign_alike(
    rows: dict[str, dict[str, Any]], name: str, given: dict[str, Any]
) -> None:
    found = {
        key: float(value) if isinstance(value, Decimal) else value
        for key, value in rows[name].items()
        if key not in ONLY_IN_SQL
    }
    assert found == CampaignConfig(**CAMPAIGN, **given).model_dump(exclude=NOT_IN_SQL)


def test_every_setting_is_tried_with_another_value_than_its_default() -> None:
    defaults = CampaignConfig(**CAMPAIGN).model_dump(exclude={*NOT_IN_SQL, *CAMPAIGN})
    assert defaults.keys() == ALL_GIVEN.keys()
    assert [key for key, value in defaults.items() if value == ALL_GIVEN[key]] == []


@pytest.mark.parametrize("number", range(len(AUDIENCES)))
def test_sql_and_python_find_the_same_segment(rows: dict[str, dict[str, Any]], number: int) -> None:
    found = rows[f"audience_{number}"]
    assert found["segment"] == audience_of(None, AUDIENCES[number])
    assert found["holdout_share"] == (0.25 if found["segment"] else 0)


def test_audiences_are_found_and_not_found() -> None:
    assert [audience_of(None, sql) for sql in AUDIENCES] == ["vip"] * 3 + [None] * 4
