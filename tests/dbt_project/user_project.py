"""A small company's dbt project that imports the package: one source, one model of each kind."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.conftest import dbt
from tests.warm import ROOT

PACKAGE = ROOT / "dbt_project"
DBT_PROJECT = {
    "name": "acme",
    "profile": "sluice",
    "flags": {"partial_parse": False, "send_anonymous_usage_stats": False, "use_colors": False},
    "models": {
        "acme": {"+materialized": "table", "staging": {"+materialized": "view"}},
        "sluice": {
            "segments": {"library": {"seg_new_customers": {"+enabled": True}}},
            "lifecycle": {"library": {"stages_b2c": {"+enabled": True}}},
            "scoring": {"library": {"scorecard_shop": {"+enabled": True}}},
        },
    },
    "seeds": {"acme": {"my_manual_tags": {"+column_types": {"record_id": "varchar"}}}},
    "vars": {"time_zone": "Europe/London"},
}
SOURCES = """
sources:
  - name: till
    schema: raw
    tables:
      - name: customers
        columns:
          - {name: id, data_type: varchar}
          - {name: mail, data_type: varchar}
          - {name: ok, data_type: varchar}
          - {name: visits, data_type: integer}
          - {name: joined, data_type: timestamp}
"""
RULES = """{% set card %}
label: {en: Loyalty, zh: 忠诚度}
bands: [{band: high, from: 10}, {band: low, from: 0}]
rules:
  - {rule: regular, kind: fit, contact: visits >= 5, points: 10, reason: {en: Comes often, zh: 常客}}
{% endset %}

{{ sluice.scorecard('loyalty', card) }}
"""
STAGES = """{% set lifecycle %}
label: {en: Club, zh: 会员}
stages:
  - {stage: guest, label: {en: Guest, zh: 访客}, enter: 'true', reason: {en: Known, zh: 已知}}
  - {stage: member, label: {en: Member, zh: 会员}, enter: visits >= 5, reason: {en: Comes often, zh: 常客}}
{% endset %}

{{ sluice.lifecycle_stages('club', lifecycle) }}
"""
TAGS = """{% set tags %}
- {tag: regular, where: "club_stage = 'member' and loyalty_score >= 10", reason: {en: Comes often, zh: 常客}}
{% endset %}

{{ sluice.tag_rules(tags) }}
"""
CUSTOMERS = "{{ source('till', 'customers') }}"
FILES = {
    "models/staging/till/_till__sources.yml": SOURCES,
    "models/staging/till/stg_till__contacts.sql": (
        "select {{ sluice.contact_record('till', record_id='id', email='mail',"
        f" created_at='joined') }}}} from {CUSTOMERS}"
    ),
    "models/staging/till/stg_till__consents.sql": (
        """select {{ sluice.consent_statement("'till'", 'id', "'email'", 'ok', 'joined', "'form'")"""
        f" }}}} from {CUSTOMERS}"
    ),
    "models/contacts/facts_till.sql": (
        "select m.contact_id, c.visits from {{ ref('identity_map') }} as m"
        f" inner join {CUSTOMERS} as c on m.record_id = c.id"
    ),
    "models/segments/seg_regulars.sql": (
        "select contact_id from {{ ref('contact_facts') }} where {{ sluice.in_stage('club',"
        " 'member') }} and {{ sluice.consented_to('email') }} and visits >= 5"
    ),
    "models/segments/seg_locals.sql": (
        "select contact_id from {{ ref('contact_facts') }} where"
        " {{ sluice.not_in_segment('regulars') }} and hour("
        "{{ sluice.from_utc(sluice.as_of(), sluice.setting('time_zone')) }}) = 14"
    ),
    "models/scoring/scorecard_loyalty.sql": RULES,
    "models/lifecycle/stages_club.sql": STAGES,
    "models/tags/tags_club.sql": TAGS,
    "models/activation/sync_regulars.sql": (
        "select m.contact_id, c.email from {{ sluice.members_of('regulars') }} as m inner join"
        " {{ ref('dim_contacts') }} as c on m.contact_id = c.contact_id"
    ),
    "models/activation/sync_regulars.yml": """
models:
  - name: sync_regulars
    config: {meta: {sync: {destination: hubspot, key: contact_id, mode: mirror}}}
""",
    "models/activation/campaign_hello.sql": (
        "select contact_id, 'once' as occurrence, '{}' as context from"
        " {{ sluice.members_of('regulars') }}"
    ),
    "models/activation/campaign_hello.yml": """
models:
  - name: campaign_hello
    config: {meta: {campaign: {channel: email, destination: smtp, purpose: marketing, template: hello, segment: regulars}}}
""",
    "seeds/my_consent_words.csv": "kind,word,meaning\nstatus,Aye-aye,granted\nstatus,yes,denied\n",
    "seeds/my_manual_tags.csv": (
        "tag,source,record_id,action,reason_en,reason_zh,tagged_at,tagged_by\n"
        "founder,till,0012,add,Was first,首位,2026-06-01,owner\n"
    ),
}


def write_user_project(
    folder: Path,
    files: Mapping[str, str] = FILES,
    configuration: Mapping[str, object] = DBT_PROJECT,
) -> Path:
    """Write the project into a folder, with the package as `dbt deps` would install it."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(dict(configuration), sort_keys=False))
    (folder / "packages.yml").write_text("packages: [{local: .sluice/dbt_package}]\n")
    shutil.copyfile(PACKAGE / "profiles.yml", folder / "profiles.yml")
    for place in (folder / ".sluice" / "dbt_package", folder / "dbt_packages" / "sluice"):
        place.parent.mkdir(exist_ok=True)
        place.symlink_to(PACKAGE)
    return folder


def run_dbt(
    project: Path, home: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """dbt in a process of its own, as a user runs it by hand."""
    done = dbt(*arguments, project=project, home=home, **environment)
    return subprocess.CompletedProcess(["dbt", *arguments], done.code, done.stdout, done.stderr)
