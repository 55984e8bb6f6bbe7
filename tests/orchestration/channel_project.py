"""A copy of the sample company with a campaign or sync for many destinations, and of the raw sample
company, both to be edited.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.conftest import ROOT, WORLD
from tests.projects import sample_project

TODAY = "cast(cast({{ sluice.as_of() }} as date) as {{ dbt.type_string() }})"
# personal data that each of them may hold, and so marks
PERSONAL = {"email", "phone", "openid", "full_name", "context"}
AUDIENCE, TAG = "120200000000001", "活跃粉丝"


def campaign(
    segment: str, context: Mapping[str, str], occurrence: str = "'once'", where: str = "true"
) -> str:
    """SQL of a campaign to a segment; ``context`` has SQL by variable, ``c`` is dim_contacts."""
    pairs = ", ".join(f"'{name}': \"{sql}\"" for name, sql in context.items())
    return (
        f"select m.contact_id, {occurrence} as occurrence, {{{{ sluice.json_object({{{pairs}}}) }}}} as"
        f" context\nfrom {{{{ sluice.members_of('{segment}') }}}} as m\ninner join {{{{"
        f" ref('dim_contacts') }}}} as c on m.contact_id = c.contact_id\nwhere {where}\n"
    )


def rows_of(segment: str, columns: str, where: str = "true") -> str:
    """SQL of a sync of the members of a segment."""
    return (
        f"select {columns}\nfrom {{{{ ref('dim_contacts') }}}} as c\ninner join {{{{"
        f" sluice.members_of('{segment}') }}}} as m on c.contact_id = m.contact_id\nwhere {where}\n"
    )


COUPON = {"full_name": "coalesce(c.full_name, '')", "amount": "'30'", "valid_until": "'7-15'"}
SHIPPED = {"order_number": "'O000012345'", "carrier": "'SF'", "tracking_number": "'SF1234567890'"}
VISITS = {"company": "coalesce(c.company, '')", "visits": "2", "last_visit_date": "'2026-06-29'"}
MAIL = {"channel": "email", "purpose": "marketing", "template": "price_page_follow_up"}
MASS = {
    "channel": "wechat",
    "purpose": "marketing",
    "template": "members_day",
    "wechat_window_hours": None,
}
ADS = (
    "with allowed_contacts as (\n    select contact_id, email, phone\n"
    "    from {{ ref('dim_contacts') }} where {{ sluice.consented_to_ads() }}\n"
    ")\n\n"
    "select c.contact_id, c.email, c.phone\nfrom allowed_contacts as c\n"
    "inner join {{ sluice.members_of('nurture_leads') }} as m on c.contact_id = m.contact_id\n"
    "where c.email is not null or c.phone is not null\n"
)
LEAD = (
    "c.contact_id, coalesce(c.full_name, 'unknown') as full_name, coalesce(c.company, 'unknown') as"
    " company, c.email, c.phone, c.openid"
)
LEAD_FIELDS = {
    "full_name": {"to": "LastName"},
    "company": {"to": "Company"},
    "email": {"to": "Email"},
    "phone": {"to": "Phone"},
    "openid": {"to": "openid__c"},
}

# {name: (SQL, what its yml says, its columns)}
CAMPAIGNS: dict[str, tuple[str, dict[str, Any]]] = {
    "coupon": (
        campaign("sms_subscribers", COUPON, TODAY),
        {
            "channel": "sms",
            "destination": "aliyun",
            "purpose": "marketing",
            "template": "win_back_coupon",
            "priority": 10,
        },
    ),
    "shipped": (
        campaign("second_order_due", SHIPPED),
        {
            "channel": "sms",
            "destination": "kannel",
            "purpose": "transactional",
            "template": "order_shipped",
        },
    ),
    "members_day": (
        campaign("wechat_followers", {"full_name": "coalesce(c.full_name, '')"}, TODAY),
        {**MASS, "destination": "wechat_mass"},
    ),
    "case_studies": (campaign("case_study_readers", VISITS), {**MAIL, "destination": "sendgrid"}),
    "webinar": (campaign("webinar_invitees", VISITS), {**MAIL, "destination": "ses"}),
}
SYNCS: dict[str, tuple[str, dict[str, Any]]] = {
    "followers": (
        rows_of("wechat_followers", "c.contact_id, c.openid", "c.openid is not null"),
        {"destination": "wechat_tags", "mode": "membership", "list": TAG},
    ),
    "sales_alert": (
        (
            "select c.contact_id, c.company, s.total as score\nfrom {{ ref('dim_contacts') }} as"
            " c\ninner join {{ sluice.score_of('lead') }} as s on c.contact_id = s.contact_id\nwhere"
            " s.total >= 80\n"
        ),
        {"destination": "wecom_robot", "mode": "add", "object": "sales_alert"},
    ),
    "leads": (
        rows_of("nurture_leads", LEAD),
        {"destination": "salesforce", "mode": "mirror", "object": "leads", "columns": LEAD_FIELDS},
    ),
    "lookalikes": (ADS, {"destination": "meta_audiences", "mode": "membership", "list": AUDIENCE}),
    "stages": (
        rows_of("nurture_leads", "c.contact_id, c.city, c.company"),
        {"destination": "webhook", "mode": "mirror"},
    ),
    "call_list": (
        rows_of("dormant_customers", "c.contact_id, c.full_name, c.phone"),
        {"destination": "file_drop", "mode": "mirror"},
    ),
}


@dataclass
class ChannelProject:
    """The copy below ``folder``: ``code`` is the project, ``raw`` its raw tables."""

    folder: Path
    is_lean: bool = True
    code: Path = field(init=False)
    raw: Path = field(init=False)

    def __post_init__(self) -> None:
        self.code, self.raw = self.folder / "code", self.folder / "raw"
        shutil.copytree(WORLD, self.raw)
        sample_project(self.code, raw=self.raw, is_lean=self.is_lean)
        shutil.copytree(ROOT / "content", self.code / "content", dirs_exist_ok=True)
        for name, (sql, meta) in CAMPAIGNS.items():
            described = {"campaign": meta}
            self._write(f"campaign_{name}", sql, described, ["contact_id", "occurrence", "context"])
        for name, (sql, meta) in SYNCS.items():
            self._write(
                f"sync_{name}", sql, {"sync": {"key": "contact_id", **meta}}, columns_of(sql)
            )

    def change_raw(self, table: str, sql: str) -> None:
        """Write a raw table anew from a query of ``t``."""
        path = self.raw / f"{table}.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"create table t as from '{path}'")
            connection.execute(f"copy ({sql}) to '{path}' (format parquet)")

    def _write(self, name: str, sql: str, meta: Mapping[str, Any], columns: list[str]) -> None:
        marked = [{"name": c, "description": "A column.", **_marked(c)} for c in columns]
        described = {
            "name": name,
            "description": "One row per contact.",
            "config": {"meta": dict(meta)},
            "columns": marked,
        }
        models = self.code / "models" / "activation"
        (models / f"{name}.sql").write_text(sql, encoding="utf-8")
        text = yaml.safe_dump({"models": [described]}, allow_unicode=True, sort_keys=False)
        (models / f"{name}.yml").write_text(text, encoding="utf-8")


def columns_of(sql: str) -> list[str]:
    """The columns of the last select of a sync."""
    listed = sql[sql.rindex("select ") + len("select ") :].partition("\nfrom ")[0]
    return [
        part.split(" as ")[-1].strip().removeprefix("c.")
        for part in re.split(r",\s*(?![^(]*\))", listed)
    ]


def _marked(column: str) -> dict[str, Any]:
    return {"config": {"meta": {"personal_data": True}}} if column in PERSONAL else {}
