"""The rule ``journey``: a table of faults, each named by file, line and node."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.journey_rules import check_journeys
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from tests.orchestration.authoring.lint.conftest import LEFT_OUT, PACKAGE
from tests.projects import sample_project

LINE = "{{ sluice.journey() }}\n"
SOUND = """\
models:
  - name: steps_welcome
    description: "Welcomes."
    config:
      meta:
        journey:
          label: {en: Welcome, zh: 欢迎}
          owner: growth
          version: 2
          starts_on: 2026-06-29
          trigger: {event: form_submitted, where: {form: newsletter}}
          entry_condition: {in_stage: [b2b, prospect]}
          goal: {performed: order_placed}
          exits:
            - {when: {has_tag: vip}, reason: vip}
          start: hello
          nodes:
            hello: {message: {channel: email, destination: smtp, purpose: marketing, template: price_page_follow_up}, next: pause}
            pause: {wait: 2 days, next: evening}
            evening: {wait_until: "21:00", time_zone: Asia/Shanghai, next: arms}
            arms: {split: {scored: 50, replied: 50}}
            replied: {wait_for: {performed: page_view, where: {page: pricing}}, at_most: 3 days, next: scored, on_timeout: done}
            scored:
              branch:
                - {when: {score_at_least: [nurture, 80]}, next: done}
              else: done
            done: {exit: finished}
"""
# what is written instead of what: what the finding says, and where when not in the new line
FAULTS = {
    "a node nothing leads to": ("next: evening", "next: arms", "nodes.evening: nothing leads to it", "evening: {"),
    "a node there is none of": ("next: evening", "next: evning", "nodes.pause: leads to evning, and there is no such node", ""),
    "a start there is none of": ("start: hello", "start: hallo", "start: there is no node hallo", ""),
    "a loop": ("on_timeout: done", "on_timeout: pause", "nodes.pause: is in a loop", "pause: {"),
    "a branch without else": ("              else: done\n", "", "nodes.scored.else: else is missing", "branch:"),
    "a branch without a way": ("                - {when: {score_at_least: [nurture, 80]}, next: done}\n", "", "nodes.scored.branch: Input should be a valid tuple", ""),
    "shares that make 90": ("scored: 50, replied: 50", "scored: 50, replied: 40", "nodes.arms: the shares make 90, not 100", ""),
    "a share below 0": ("scored: 50, replied: 50", "scored: 150, replied: -50", "nodes.arms.split.replied: Input should be greater", ""),
    "a time zone there is none of": ("Asia/Shanghai", "Asia/Beijing", "there is no time zone Asia/Beijing", ""),
    "an hour there is none of": ('"21:00"', '"24:10"', "nodes.evening.wait_until: '24:10' is none: write a time of the day", ""),
    "an hour that YAML counts": ('"21:00"', "21:00", "nodes.evening.wait_until: it is no text: write a time of the day as '21:00'", ""),
    "a date for an hour": ('"21:00"', "2020-01-01", "a date of the contact is {attribute: renewal_date}", ""),
    "a trigger that is a word": ("trigger: {event: form_submitted, where: {form: newsletter}}", "trigger: form_submitted", "trigger: write keys and values here", ""),
    "any of nothing": ("{has_tag: vip}", "{any: []}", "exits.0.when.any: Tuple should have at least 1 item", ""),
    "all of nothing": ("{has_tag: vip}", "{all: []}", "exits.0.when.all: Tuple should have at least 1 item", ""),
    "a tag without a name": ("{has_tag: vip}", "{has_tag: ''}", "exits.0.when.has_tag: String should have at least 1 character", ""),
    "a version no column holds": ("version: 2", "version: 202611301200", "version: Input should be less than or equal to 999999999", ""),
    "a destination of another channel": ("destination: smtp", "destination: aliyun", "nodes.hello.message.destination: aliyun sends sms, and no email", ""),
    "a text for SMS there is none of": ("channel: email, destination: smtp, purpose: marketing, template: price_page_follow_up", "channel: sms, destination: kannel, purpose: marketing, template: nowhere", "nodes.hello.message.template: there is no text nowhere", ""),
    "a value of an event where there is none": ("template: price_page_follow_up}", "template: price_page_follow_up, context: {a: {evnt: x}}}", "nodes.hello.message.context.a.evnt: there is no key 'evnt' here; did you mean event", ""),
    "a way for both": ("next: pause}", "if_suppressed: skip, on_suppressed: done, next: pause}", "on_suppressed says where to go: take if_suppressed out", ""),
    "a date with a key there is none of": ('wait_until: "21:00"', "wait_until: {attribute: renewal_date, mins: 2 days}", "nodes.evening.wait_until.mins: there is no key 'mins' here; did you mean minus", ""),
    "a score there is none of": ("{event: form_submitted, where: {form: newsletter}}", "{score: [nurtur, 80]}", "trigger.score: there is no scorecard 'nurtur'", ""),
    "a wait of 0": ("wait: 2 days", "wait: 0 days", "nodes.pause.wait: '0 days' is no length", ""),
    "a wait of a century": ("wait: 2 days", "wait: 5300 weeks", "'5300 weeks' is no length: write one as 2 days", ""),
    "a wait below 0": ("wait: 2 days", "wait: -2 days", "'-2 days' is no length", ""),
    "a wait in months": ("wait: 2 days", "wait: 2 months", "'2 months' is no length", ""),
    "a start that is no date": ("2026-06-29", "29/06/2026", "starts_on: '29/06/2026' is no date: write one as 2026-06-29", ""),
    "a day there is none of": ("2026-06-29", '"2026-02-30"', "starts_on: '2026-02-30' is no date", ""),
    "an event no source produces": ("event: form_submitted", "event: form_submited", "trigger.event: no source produces the event 'form_submited'; did you mean form_submitted?", ""),
    "an awaited event no source produces": ("performed: page_view", "performed: webinar_x", "nodes.replied.wait_for.performed: no source produces the event 'webinar_x'; one taken from a column stands in the var event_types", ""),
    "a goal no source produces": ("performed: order_placed", "performed: order_plced", "goal.performed: no source produces", ""),
    "a column events lack": ("{page: pricing}", "{pge: pricing}", "nodes.replied.wait_for.where.pge: contact_events has no column 'pge'; did you mean page", ""),
    "a column of the trigger events lack": ("{form: newsletter}", "{sheet: newsletter}", "contact_events has no column 'sheet'", ""),
    "a scorecard there is none of": ("[nurture, 80]", "[nurtur, 80]", "there is no scorecard 'nurtur', or it is off; did you mean nurture", ""),
    "points that are no number": ("[nurture, 80]", "[nurture, many]", "score_at_least.1: Input should be a valid integer", ""),
    "a lifecycle there is none of": ("[b2b, prospect]", "[b2x, prospect]", "entry_condition.in_stage: there is no lifecycle 'b2x'", ""),
    "a stage without its lifecycle": ("[b2b, prospect]", "[b2b]", "entry_condition.in_stage: Tuple should have at least 2", ""),
    "a segment there is none of": ("{has_tag: vip}", "{in_segment: birthday}", "exits.0.when.in_segment: there is no segment 'birthday', or it is off", ""),
    "a triggering segment there is none of": ("{event: form_submitted, where: {form: newsletter}}", "{segment: nobody}", "trigger.segment: there is no segment 'nobody'", ""),
    "two triggers": ("{event: form_submitted, where", "{segment: a, event: form_submitted, where", "trigger: a trigger is one of segment, event", ""),
    "two words in a condition": ("{has_tag: vip}", "{has_tag: vip, in_segment: a}", "exits.0.when: a condition is one of", ""),
    "a word there is none of": ("{has_tag: vip}", "{has_tags: vip}", "exits.0.when.has_tags: there is no key 'has_tags' here; did you mean has_tag", ""),
    "a version of 0": ("version: 2", "version: 0", "version: Input should be greater than or equal to 1", ""),
    "a version that is a text": ("version: 2", "version: two", "version: Input should be a valid integer", ""),
    "a node of 42 characters": ("done: {exit", f"{'d' * 42}: {{exit", "is none: a name is lower case letters", ""),
    "an exit without reason": ("{exit: finished}", "{exit: }", "nodes.done.exit: Input should be a valid string", ""),
    "a message without channel": ("channel: email, ", "", "nodes.hello.message.channel: channel is missing: add channel: ...", ""),
    "a message with a segment": ("{channel: email, ", "{segment: a, channel: email, ", "nodes.hello.message.segment: Input should be None", ""),
    "a template there is none of": ("price_page_follow_up", "no_such", "nodes.hello.message.template: ", ""),
    "a destination there is none of": ("destination: smtp", "destination: smpt", "there is no destination 'smpt'; did you mean smtp", ""),
    "a destination for something else": ("channel: email, destination: smtp", "channel: wechat, destination: wechat_template", "wechat_template carries no marketing messages", ""),
    "a key of a node there is none of": ("2 days, next", "2 days, nxt", "nodes.pause.nxt: there is no key 'nxt' here; did you mean next", ""),
    "a key of a node within its message": ("channel: email, destination", "if_suppressed: exit, channel: email, destination", "there is no key 'if_suppressed' here; it stands beside message", ""),
    "a kind within a message": ("channel: email, destination", "wait: 2 days, channel: email, destination", "there is no key 'wait' here", ""),
    "a key there is none of": ("          owner:", "          ownr:", "ownr: there is no key 'ownr' here; did you mean owner", ""),
    "a kind of node there is none of": ("{wait: 2 days", "{pause: 2 days", "nodes.pause: a node is exactly one of wait,", ""),
    "a node of two kinds": ("{wait: 2 days", "{exit: now, wait: 2 days", "nodes.pause: a node is exactly one of wait,", ""),
    "no nodes": (SOUND[SOUND.index("          nodes:"):], "          nodes: {}\n", "nodes: Dictionary should have at least 1 item", ""),
    "two nodes of one name": ("            done: {exit", "            pause: {exit", "cannot be read: ", ""),
    "an event in a joined goal": ("{performed: order_placed}", "{any: [{performed: order_placed}, {has_tag: x}]}", "goal: an event since the entry stands alone", ""),
    "an event in the entry": ("{in_stage: [b2b, prospect]}", "{performed: page_view}", "entry_condition: an event needs a window here: within", ""),
    "no journey at all": (SOUND[SOUND.index("          label:"):], "", "config.meta.journey is no mapping", "journey:"),
    "a list": (SOUND[SOUND.index("          label:"):], "          - hello\n", "config.meta.journey is no mapping", ""),
    "a file that is a text": (SOUND, "welcome\n", "has no config.meta.journey", ""),
    "an empty file": (SOUND, "", "has no config.meta.journey", ""),
    "a bracket left open": ("zh: 欢迎}", "zh: 欢迎", "cannot be read: ", "owner"),
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = sample_project(tmp_path_factory.mktemp("journeys") / "world")
    ignored = shutil.ignore_patterns(*LEFT_OUT, "staging", "identity", "seeds", "normalise")
    shutil.copytree(PACKAGE_PROJECT, folder / PACKAGE, ignore=ignored)
    (folder / "models" / "journeys").mkdir()
    return folder


@pytest.fixture
def folder(shared: Path) -> Iterator[Path]:
    yield shared / "models" / "journeys"
    for path in (shared / "models" / "journeys").iterdir():
        path.unlink()


def plant(folder: Path, text: str, model: str = "welcome") -> None:
    (folder / f"steps_{model}.sql").write_text(LINE, encoding="utf-8")
    (folder / f"steps_{model}.yml").write_text(text, encoding="utf-8")


def found(folder: Path) -> list[Finding]:
    project = folder.parents[1]
    return list(check_journeys(RawProject(project, project / PACKAGE)))


def test_a_sound_journey_has_no_finding(folder: Path) -> None:
    plant(folder, SOUND)
    assert found(folder) == []


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_of_a_journey(folder: Path, case: str) -> None:
    """Named by file, line and node, with a fix; the journey beside it has none."""
    old, new, message, at = FAULTS[case]
    assert SOUND.count(old) >= 1
    text = SOUND.replace(old, new, 1)
    plant(folder, text)
    plant(folder, SOUND.replace("steps_welcome", "steps_good"), "good")
    findings = found(folder)
    assert {one.file for one in findings} == {"models/journeys/steps_welcome.yml"}
    matching = [one for one in findings if message in one.message]
    assert len(matching) >= 1, findings
    one = matching[0]
    assert one.rule == "journey"
    assert one.fix
    line = [*text.splitlines(), ""][one.line - 1]
    assert (at or ("" if "\n" in new else new.strip())) in line, (one, line)


@pytest.mark.parametrize(
    ("old", "new", "fix"),
    [
        pytest.param("performed: page_view", "performed: page_vew", "nobody did it", id="an event"),
        pytest.param("price_page_follow_up", "no_such", "only this message", id="a template"),
        pytest.param("2 days, next", "2 days, nxt", "only this journey", id="a key"),
    ],
)
def test_the_fix_says_what_a_run_does_meanwhile(folder: Path, old: str, new: str, fix: str) -> None:
    assert old in SOUND
    plant(folder, SOUND.replace(old, new, 1))
    assert any(fix in one.fix for one in found(folder))


def test_events_of_a_column_are_named_in_a_var(folder: Path) -> None:
    plant(folder, SOUND.replace("performed: page_view", "performed: demo_booked"))
    assert len(found(folder)) == 1
    file = folder.parents[1] / "dbt_project.yml"
    before = file.read_text(encoding="utf-8")
    file.write_text(f"{before}\nvars:\n  event_types: [demo_booked]\n", encoding="utf-8")
    try:
        assert found(folder) == []
    finally:
        file.write_text(before, encoding="utf-8")


def test_a_project_from_before_journeys_lacks_their_schema(folder: Path) -> None:
    file = folder.parents[1] / "dbt_project.yml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("    journeys: {+schema: journeys}\n", ""), encoding="utf-8")
    try:
        assert found(folder) == []
        plant(folder, SOUND)
        (one,) = found(folder)
    finally:
        file.write_text(before, encoding="utf-8")
    assert (one.file, one.rule) == ("dbt_project.yml", "journey")
    assert "journeys have no schema of their own" in one.message
    assert "add journeys: {+schema: journeys} below models: world:" in one.fix


def test_beginnings_of_names_that_a_source_joins(folder: Path) -> None:
    plant(folder, SOUND.replace("performed: page_view", "performed: wechat_message_received"))
    assert found(folder) == []


def test_a_sql_without_yml_and_a_yml_without_sql(folder: Path) -> None:
    plant(folder, SOUND)
    (folder / "steps_welcome.yml").rename(folder / "steps_other.yml")
    assert sorted((one.file, one.line, one.message) for one in found(folder)) == [
        ("models/journeys/steps_other.yml", 1, "there is no steps_other.sql"),
        (
            "models/journeys/steps_other.yml",
            2,
            "steps_welcome stands in the yml of steps_other",
        ),
        ("models/journeys/steps_welcome.sql", 1, "steps_welcome has no yml"),
    ]


def test_two_journeys_in_one_yml(folder: Path) -> None:
    plant(folder, SOUND)
    plant(folder, SOUND.replace("steps_welcome", "steps_second"), "second")
    second = (folder / "steps_second.yml").read_text(encoding="utf-8").removeprefix("models:\n")
    plant(folder, SOUND + second)
    messages = [one.message for one in found(folder)]
    assert messages == ["steps_second stands in the yml of steps_welcome"]


@pytest.mark.parametrize(
    ("other", "version", "message"),
    [
        ("welcome__v1", 1, None),
        ("welcome__v1", 2, "version is 2, and the file is of version 1"),
        ("welcome__v2", 2, "version 2 is that of steps_welcome too"),
        ("tea_v1", 3, "tea_v1 holds the number of a version"),
        ("tea_v1_more", 3, "tea_v1_more holds the number of a version"),
        ("tea_vip", 3, None),
    ],
)
def test_versions_of_a_journey(folder: Path, other: str, version: int, message: str | None) -> None:
    plant(folder, SOUND)
    text = SOUND.replace("steps_welcome", f"steps_{other}")
    plant(folder, text.replace("version: 2", f"version: {version}"), other)
    assert [one.message for one in found(folder)][:1] == ([message] if message else [])
