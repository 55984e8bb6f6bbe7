"""The rules on files as written, on planted faults in a copy of the project: file, line and rule, without dbt."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sluice.orchestration.authoring.lint import lint_static
from sluice.orchestration.dbt.rules_text import EVENT_WORDS
from tests.conftest import ROOT
from tests.orchestration.authoring.lint.conftest import lint

FACTS = "select contact_id\nfrom {{ ref('contact_facts') }}\nwhere "
SEGMENT_YML = 'models:\n  - name: {name}\n    description: "Planted. One row per contact."\n'

JINJA_FAULTS = {
    "an expression that is not closed": (FACTS + "{{ sluice.has_tag('x') \n", "jinja", 3),
    "an if without its end": (FACTS + "\n{% if true %}has_email\n", "jinja", 4),
    "an end without its start": (FACTS + "has_email\n{% endfor %}\n", "jinja", 4),
    "a macro of the package without its name": (FACTS + "{{ performed('page_view') }}\n", "jinja", 3),
    "a macro the package has none of": (FACTS + "has_email\n    and {{ sluice.perfomed('page_view') }}\n", "jinja", 4),
    "a segment that is off": (FACTS + "{{ sluice.in_segment('off') }}\n", "unknown_segment", 3),
    "a macro there is none of": (FACTS + "{{ perfomed('page_view') }}\n", "jinja", 3),
    "a segment there is none of": (FACTS + "has_email\n    and {{ sluice.in_segment('birthday') }}\n", "unknown_segment", 4),
    "the opposite of a segment there is none of": (FACTS + "{{ sluice.not_in_segment('nobody') }}\n", "unknown_segment", 3),
    "members of a segment there is none of": (FACTS + "contact_id in (select contact_id from {{ sluice.members_of('x') }})\n", "unknown_segment", 3),
    "itself": (FACTS + "has_email\n    or {{ sluice.in_segment('planted') }}\n", "segment_cycle", 4),
}  # fmt: skip

SOUND_JINJA = {
    "macros of dbt and of the project": FACTS
    + "created_at > {{ dbt.dateadd('day', -3, sluice.as_of()) }} and {{ sluice.has_tag('x') }}",
    "a macro of dbt by its name": FACTS + "{{ type_string() }} is not null",
    "a loop, a set and a call of what was set": (
        FACTS
        + "{% set names = ['a', 'b'] %}{% for name in names %}{{ name.upper() }}{% do names.append('c') %}{% endfor %}"
    ),
    "a segment by a variable": "{% set name = 'birthdays' %}"
    + FACTS
    + "{{ sluice.in_segment(name) }}",
    "a comment": FACTS + "has_email {# {{ in_segment('nobody') }} #}",
    "raw": FACTS + "{% raw %}'{{ perfomed() }}'{% endraw %} is not null",
}


def plant(project: Path, path: str, text: str) -> str:
    """Write a file of the project; returns its name in findings."""
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(text, encoding="utf-8")
    return path


def replace(project: Path, path: str, old: str, new: str) -> tuple[str, int]:
    """Change one place of a file; returns its name in findings and the line of the place."""
    text = (project / path).read_text(encoding="utf-8")
    assert old in text, old
    return plant(project, path, text.replace(old, new, 1)), text.count("\n", 0, text.index(old)) + 1


def places(project: Path) -> list[tuple[str, str, int]]:
    found = lint(project)
    assert all(finding.message and finding.fix for finding in found)
    return [(finding.rule, finding.file, finding.line) for finding in found]


@pytest.mark.parametrize("name", ["dbt_project", "examples/world", "examples/online_retail"])
def test_what_is_shipped_has_no_finding(name: str) -> None:
    assert lint_static(ROOT / name) == []


def test_no_dbt_is_imported() -> None:
    """What an editor calls at each save must not wait for the seconds of dbt's imports."""
    code = (
        "import sys; from sluice.orchestration.authoring.lint import lint_static; from pathlib import Path;"
        " lint_static(Path('examples/world'))\nprint('dbt' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False"]


@pytest.mark.parametrize("case", JINJA_FAULTS)
def test_a_fault_in_jinja(project: Path, case: str) -> None:
    sql, rule, line = JINJA_FAULTS[case]
    plant(project, "models/segments/seg_planted.yml", SEGMENT_YML.format(name="seg_planted"))
    off = "{{ config(enabled=false) }}" + FACTS + "{{ sluice.no_such_thing() }}"
    plant(project, "models/segments/seg_off.sql", off)
    file = plant(project, "models/segments/seg_planted.sql", sql)
    assert places(project) == [(rule, file, line)]


@pytest.mark.parametrize("case", SOUND_JINJA)
def test_sound_jinja(project: Path, case: str) -> None:
    plant(project, "models/segments/seg_planted.yml", SEGMENT_YML.format(name="seg_planted"))
    plant(project, "models/segments/seg_planted.sql", SOUND_JINJA[case])
    assert places(project) == []


def test_near_names_are_told(project: Path) -> None:
    plant(project, "models/segments/seg_planted.yml", SEGMENT_YML.format(name="seg_planted"))
    plant(
        project,
        "models/segments/seg_planted.sql",
        FACTS + "{{ sluice.in_segment('birthday') }} and {{ perfomed('page_view') }}",
    )
    assert [
        ("birthdays?" in one.message or "performed" in one.message) for one in lint(project)
    ] == [True, True]


def test_a_circle_of_segments_is_told_whole_at_each_of_its_lines(project: Path) -> None:
    files = []
    for name, used in (("a", "b"), ("b", "c"), ("c", "a")):
        plant(project, f"models/segments/seg_{name}.yml", SEGMENT_YML.format(name=f"seg_{name}"))
        files.append(
            plant(
                project,
                f"models/segments/seg_{name}.sql",
                FACTS + f"has_email\n    and {{{{ sluice.in_segment('{used}') }}}}\n",
            )
        )
    assert places(project) == [("segment_cycle", file, 4) for file in files]
    assert {finding.message for finding in lint(project)} == {
        "segments in a circle: seg_a:4 -> seg_b:4 -> seg_c:4 -> seg_a"
    }


def test_a_segment_without_yml_and_a_yml_without_description(project: Path) -> None:
    bare = plant(project, "models/segments/seg_bare.sql", FACTS + "has_email")
    plant(project, "models/segments/seg_mute.sql", FACTS + "has_email")
    mute = plant(project, "models/segments/seg_mute.yml", "models:\n  - name: seg_mute\n")
    plant(project, "models/segments/seg_other.sql", FACTS + "has_email")
    other = plant(project, "models/segments/seg_other.yml", SEGMENT_YML.format(name="seg_another"))
    assert places(project) == [("yml", bare, 1), ("yml", mute, 2), ("yml", other, 1)]


CAMPAIGN, SYNC = (
    "models/activation/campaign_price_page_follow_up.yml",
    "models/activation/sync_crm_contacts.yml",
)
LIBRARY = "dbt_packages/sluice/models/{}/library/{}"
SEGMENT = LIBRARY.format("segments", "seg_new_subscribers.yml")
LEAD, B2B, TAGS = (
    LIBRARY.format("scoring", "scorecard_lead.sql"),
    LIBRARY.format("lifecycle", "stages_b2b.sql"),
    LIBRARY.format("tags", "tags_common.sql"),
)
WECHAT = "rule: wechat, kind: behaviour"
YML_FAULTS = {
    "a holdout misspelt": (SEGMENT, "segment: {", "segment: {hold_out: 0.5, ", "yml", 0),
    "a holdout beside the segment": (SEGMENT, "{segment: {", "{holdout: 0.5, segment: {", "yml", 0),
    "a segment misspelt": (SEGMENT, "{segment: {", "{segmnt: {", "yml", 0),
    "a list of segments": (CAMPAIGN, "segment: recent_pricing_visitors", "segment: [a]", "yml", 0),
    "a purpose that is no text": (CAMPAIGN, "purpose: marketing", "purpose: {a: b}", "yml", 0),
    "a bracket that is not closed": (SYNC, "mode: mirror, on_exit: archive}}", "mode: mirror", "yml", 1),
    "a campaign without a template": (CAMPAIGN, "template: price_page_follow_up, ", "", "yml", 0),
    "a campaign without a purpose": (CAMPAIGN, "purpose: marketing, ", "", "yml", 0),
    "a campaign of a segment there is none of": (CAMPAIGN, "segment: recent_pricing_visitors", "segment: recent", "unknown_segment", 0),
    "a stage there is none of": (CAMPAIGN, "priority: 50", "priority: 50, stage: pilto", "yml", 0),
    "a rate in percent": (CAMPAIGN, "priority: 50", "priority: 50, max_bounce_rate: 5", "yml", 0),
    "a number in words": (CAMPAIGN, "priority: 50", "priority: 50, approval_above: a thousand", "yml", 0),
    "a setting there is none of": (CAMPAIGN, "priority: 50", "priority: 50, pilotsize: 150", "yml", 0),
    "a sync without a key": (SYNC, "key: contact_id, ", "", "yml", 0),
    "a mode there is none of": (SYNC, "mode: mirror", "mode: mirrored", "yml", 0),
    "marketing in a template message": (CAMPAIGN, "destination: smtp", "destination: wechat_template", "purpose", 0),
    "a destination there is none of": (SYNC, "destination: hubspot", "destination: hubspott", "yml", 0),
    "a guardrail there is none of": (SYNC, "mode: mirror,", "mode: mirror, guardrails: {max_delete: 5},", "yml", 0),
    "a limit in words": (CAMPAIGN, "priority: 50,", "priority: 50, guardrails: {max_messages: many},", "yml", 0),
    "a limit below nothing": (SYNC, "mode: mirror,", "mode: mirror, guardrails: {share_exiting: -0.1},", "yml", 0),
    "guardrails that are none": (CAMPAIGN, "priority: 50,", "priority: 50, guardrails: off,", "yml", 0),
    "a sync with a word there is none of": (SYNC, "on_exit: archive", "on_exits: archive", "yml", 0),
    "an exit there is none of": (SYNC, "on_exit: archive", "on_exit: delete", "yml", 0),
    "an exit that the mode has not": (SYNC, "mode: mirror, on_exit: archive", "mode: upsert, on_exit: keep", "yml", 0),
    "a membership without a list": (SYNC, "mode: mirror", "mode: membership", "yml", 0),
    "a version that is none": (SYNC, "on_exit: archive", "mapping_version: 0", "yml", 0),
    "a way to write there is none of": (SYNC, "on_exit: archive", "columns: {city: {write: always}}", "yml", 0),
    "a field that two columns go to": (SYNC, "on_exit: archive", "columns: {city: {to: x}, company: {to: x}}", "yml", 0),
    "a field that is another column's": (SYNC, "on_exit: archive", "columns: {city: {to: company}}", "yml", 0),
    "a mapping of a column there is none of": (SYNC, "on_exit: archive", "columns: {citi: {to: town}}", "yml", 0),
    "a key there is no column of": (SYNC, "key: contact_id", "key: contact_ids", "yml", 0),
    "no meta": (SYNC, "meta: {label: {en: Contacts of the CRM, zh: CRM 联系人}, sync: {destination: hubspot, object: contacts, key: contact_id, mode: mirror, on_exit: archive}}", "meta: {}", "yml", 0),
    "a holdout in words": (SEGMENT, "priority: 10", "priority: 10, holdout: a tenth", "yml", 0),
    "a holdout above all": (SEGMENT, "priority: 10", "priority: 10, holdout: 10", "yml", 0),
    "a priority in words": (SEGMENT, "priority: 10", "priority: first", "yml", 0),
    "points in words": (LEAD, "points: 15", "points: fifteen", "scorecard", 0),
    "points that are no whole number": (LEAD, "points: 15", "points: 1.5", "scorecard", 0),
    "points that are true": (LEAD, "points: 15", "points: true", "scorecard", 0),
    "no points": (LEAD, "points: 15, ", "", "scorecard", 0),
    "a negative rule that gives": (LEAD, "points: -30", "points: 30", "scorecard", 0),
    "a kind there is none of": (LEAD, WECHAT, "rule: wechat, kind: engagement", "scorecard", 0),
    "no condition": (LEAD, "contact: is_student, ", "", "scorecard", 0),
    "two conditions": (LEAD, "contact: is_student", "contact: is_student, event: \"event_type = 'x'\"", "scorecard", 0),
    "a condition that cannot be read": (LEAD, "contact: is_student", "contact: is_student and and", "scorecard", 0),
    "a condition that is a value": (LEAD, "contact: is_student", "contact: \"'student'\"", "scorecard", 0),
    "a condition that is a sum": (LEAD, "contact: is_student", "contact: order_count + 1", "scorecard", 0),
    "a condition with a second statement": (LEAD, "contact: is_student", "contact: is_student; drop table x", "scorecard", 0),
    "a condition with a clock": (LEAD, "contact: is_student", "contact: created_at > now()", "scorecard", 0),
    "a condition on a raw table": (LEAD, "contact: is_student", "contact: contact_id in (select crm_id from raw.src_crm)", "scorecard", 0),
    "a column there is none of": (LEAD, "contact: is_student", "contact: is_studend", "scorecard", 0),
    "a column of a contact in an event": (LEAD, "event_type = 'event_attended'", "job_title = 'x'", "scorecard", 0),
    "a key there is none of": (LEAD, "within_days: 180", "within: 180", "scorecard", 0),
    "a window of nothing": (LEAD, "within_days: 180", "within_days: 0", "scorecard", 0),
    "a window in words": (LEAD, "within_days: 180", "within_days: 6 months", "scorecard", 0),
    "a half-life below nothing": (LEAD, "half_life_days: 30", "half_life_days: -30", "scorecard", 0),
    "a cap of nothing": (LEAD, "cap: 20", "cap: 0", "scorecard", 0),
    "each in words": (LEAD, "each: true", "each: always", "scorecard", 0),
    "a reason in one language": (LEAD, "reason: {en: A student, zh: 学生}", "reason: {en: A student}", "scorecard", 0),
    "no reason": (LEAD, ", reason: {en: A student, zh: 学生}", "", "scorecard", 0),
    "bands that rise": (LEAD, "{band: warm, from: 30}", "{band: warm, from: 70}", "scorecard", 0),
    "a band without a start": (LEAD, "{band: warm, from: 30}", "{band: warm}", "scorecard", 0),
    "a cap of a kind there is none of": (LEAD, "caps: {fit: 60, behaviour: 100}", "caps: {fits: 60}", "scorecard", 0),
    "a floor in words": (LEAD, "floor: 0", "floor: none at all", "scorecard", 0),
    "a stage without a way in": (B2B, "enter: \"true\", ", "", "lifecycle", 0),
    "a stage with a column there is none of": (B2B, "enter: crm_stage = 'customer',", "enter: crm_stages = 'customer',", "lifecycle", 0),
    "a stage with a clock": (B2B, "enter: crm_stage = 'customer',", "enter: created_at < current_date,", "lifecycle", 0),
    "days in words": (B2B, "min_days: 7", "min_days: a week", "lifecycle", 0),
    "a stage without a label": (B2B, "label: {en: Customer, zh: 客户}, ", "", "lifecycle", 0),
    "a lifecycle of a scorecard there is none of": (B2B, "score: nurture", "score: nurtures", "lifecycle", 0),
    "rules that are no YAML": (B2B, "label: {en: Business, zh: 企业客户}", "label: {en: B, zh: 企", "yml", 1),
    "a tag without a condition": (TAGS, "where: is_student, ", "", "tag", 0),
    "a tag with a column there is none of": (TAGS, "where: is_student", "where: b2x_stage = 'x'", "tag", 0),
    "a tag on a raw table": (TAGS, "where: is_student", "where: exists (select 1 from raw.src_crm)", "tag", 0),
    "a tag without a reason": (TAGS, ", reason: {en: A student, zh: 学生}", "", "tag", 0),
}  # fmt: skip


@pytest.mark.parametrize("case", YML_FAULTS)
def test_a_fault_in_a_yml(project: Path, case: str) -> None:
    path, old, new, rule, further = YML_FAULTS[case]
    file, line = replace(project, path, old, new)
    assert set(places(project)) == {(rule, file, line + further)}, lint(project)


def test_settings_of_a_campaign_that_are_sound(project: Path) -> None:
    more = "stage: ramp, max_bounce_rate: 0.03, max_complaint_rate: 0, approval_above: 500, wechat_window_hours: null"
    replace(project, CAMPAIGN, "priority: 50", f"priority: 50, {more}")
    assert places(project) == []


def test_a_setting_there_is_none_of_is_told_the_one_it_resembles(project: Path) -> None:
    replace(project, CAMPAIGN, "priority: 50", "priority: 50, pilotsize: 150")
    assert [finding.message for finding in lint(project)] == [
        "a campaign has no setting 'pilotsize'; did you mean pilot_size?"
    ]


OF_A_CAMPAIGN = "channel: email, destination: smtp, purpose: marketing"


@pytest.mark.parametrize(
    ("destination", "purpose"),
    [
        ("wechat_template", "transactional"),
        ("wechat_mass", "marketing"),
        ("wechat_service", "marketing"),
    ],
)
def test_a_purpose_that_a_destination_may_carry(
    project: Path, destination: str, purpose: str
) -> None:
    new = f"channel: wechat, destination: {destination}, purpose: {purpose}"
    replace(project, CAMPAIGN, OF_A_CAMPAIGN, new)
    assert {finding.rule for finding in lint(project)} <= {"template"}  # it has mails alone


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (
            "channel: wechat, destination: wechat_template, purpose: marketing",
            "a campaign of purpose marketing may not go to wechat_template, which carries transactional",
        ),
        (
            "channel: sms, destination: smtp, purpose: marketing",
            "smtp sends email, and no sms",
        ),
    ],
)
def test_a_destination_that_may_not_carry_it_is_told(project: Path, new: str, words: str) -> None:
    replace(project, CAMPAIGN, OF_A_CAMPAIGN, new)
    assert words in [finding.message for finding in lint(project)]


def test_a_channel_that_is_a_list_is_a_finding(project: Path) -> None:
    replace(project, CAMPAIGN, OF_A_CAMPAIGN, OF_A_CAMPAIGN.replace("email", "[email]"))
    assert {finding.rule for finding in lint(project)} == {"yml"}


def test_a_sync_of_members(project: Path) -> None:
    replace(project, SYNC, "destination: hubspot, object: contacts, key: contact_id, mode: mirror, on_exit: archive",
            "destination: wechat_tags, object: contacts, key: contact_id, mode: membership, list: birthdays")  # fmt: skip
    assert places(project) == []


def test_two_rules_of_one_name(project: Path) -> None:
    file, line = replace(project, LEAD, "rule: wechat,", "rule: event,")
    assert places(project) == [("scorecard", file, line), ("scorecard", file, line + 1)]


@pytest.mark.parametrize(
    "condition",
    [
        "page = '/x' or form = 'y'",
        "amount > 10 and product in ('a', 'b')",
        "lower(subject) like '%x%'",
    ],
)
def test_a_sound_condition_on_an_event(project: Path, condition: str) -> None:
    replace(project, LEAD, "event_type = 'event_attended'", condition)
    assert places(project) == []


def test_the_words_of_an_event_are_those_of_the_macro() -> None:
    text = (ROOT / "dbt_project/macros/segments/performers.sql").read_text()
    names = re.search(r"macro names_of_subject\(\) %\}\{\{ return\(\[(.*?)\]\)", text)
    assert names is not None
    assert re.findall(r"'(\w+)'", names[1]) == list(EVENT_WORDS)
    assert "for name in sluice.names_of_subject() %}subject as {{ name }}{{ ', '" in text
