"""``sluice journeys`` on a project whose journeys ran over days."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sluice.models.errors import ConfigurationError
from sluice.orchestration.cli import contact as contact_command
from sluice.orchestration.cli.main import app
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.inspection.contact import describe_contact
from sluice.orchestration.installation import settings as settings_module
from sluice.orchestration.journeys.asset import count_journeys
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.dbt_project.journey_project import MESSAGE, JourneyProject
from tests.orchestration.journeys.journeys import FORM, WELCOME

pytestmark = pytest.mark.slow
EVENING = datetime(2026, 6, 29, 13, tzinfo=UTC)  # 21:00 in Shanghai
DAY = timedelta(days=1)
COMMON = {"owner": "sales", "version": 1, "starts_on": "2026-06-01", "start": "hello"}
NODES = {"nodes": {"hello": {**MESSAGE, "next": None}}}
OTHERS: dict[str, dict[str, Any]] = {
    "later": {**COMMON, "label": {"en": "Later"}, "trigger": FORM, **NODES, "starts_on": "2026-07-15"},
    "tagged": {
        **COMMON,
        "label": {"en": "Tagged"},
        "trigger": FORM,
        "entry_condition": {"has_tag": "vip"},
        **NODES,
    },
    "buyers": {**COMMON, "label": {"en": "Buyers"}, "trigger": {"event": "order_placed"}, **NODES},
    "called": {
        **COMMON,
        "label": {"en": "Called"},
        "trigger": {"by_hand": True},
        "entry_condition": {"has_tag": "vip"},
        **NODES,
    },
    "calls": {
        **COMMON,
        "label": {"en": "Calls"},
        "trigger": {"event": "page_view"},
        "nodes": {"hello": {"action": {"enter": "called"}}},
    },
}  # fmt: skip
# what other folders of the product give, as the lookup of a contact reads it
PRODUCT = """
create schema if not exists identity; create schema if not exists contacts;
create table identity.identity_map (contact_id bigint, source varchar, record_id varchar,
    record_key bigint);
create table identity.contact_aliases (retired_contact_id bigint, contact_id bigint,
    merged_at timestamp);
create table contacts.contact_identifiers (contact_id bigint, identifier_value varchar);
insert into contacts.contact_identifiers
    select contact_id, email from input.dim_contacts;
insert into identity.identity_map
    select contact_id, 'shop', 'K-' || contact_id, contact_id from input.dim_contacts;
create view contacts.contact_events as select * from input.contact_events;
create view contacts.dim_contacts as select * from input.dim_contacts;
"""
Sluice = Callable[..., Any]


def naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JourneyProject]:
    """1 clicks, 2 does not, 3 never consented, 4 orders during the wait, 5 never filled the form."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(home))
        made = JourneyProject(tmp_path_factory.mktemp("made") / "project", home)
        made.add_contacts([1, 2, 3, 4, 5])
        granted = [(c, "email", "marketing", "granted") for c in (1, 2, 4, 5)]
        made.set_rows("contact_consents", granted)
        events = [
            (c, c, "form_submitted", False, naive(EVENING - DAY / 24), "newsletter")
            for c in (1, 2, 3, 4)
        ]
        made.set_rows("contact_events", events)
        made.write_journey("welcome", **WELCOME)
        for name, settings in OTHERS.items():
            made.write_journey(name, **settings)
        made.run(EVENING)
        events += [
            (11, 1, "email_clicked", False, naive(EVENING + DAY), "x"),
            (14, 4, "order_placed", False, naive(EVENING + DAY), "x"),
            (24, 4, "page_view", False, naive(EVENING + DAY), "x"),
            (25, 5, "page_view", False, naive(EVENING + 3 * DAY), "x"),
        ]
        made.set_rows("contact_events", events)
        for days in (1, 3):
            made.run(EVENING + days * DAY)
        with open_warehouse(made.settings.warehouse, read_only=False) as session:
            session.native(PRODUCT)
        made.write_journey("unbuilt", **{**OTHERS["buyers"], "label": {"en": "Unbuilt"}})
        made.write_journey(
            "ownerless", **{k: v for k, v in OTHERS["buyers"].items() if k != "owner"}
        )
        yield made
        made.ledger.engine.dispose()


@pytest.fixture
def sluice(project: JourneyProject, monkeypatch: pytest.MonkeyPatch) -> Sluice:
    """Runs a command on the project. Raises what it raises."""
    monkeypatch.setenv("SLUICE_HOME", str(project.home))
    monkeypatch.setattr(settings_module, "load_settings", lambda *_: project.settings)

    def run(*arguments: str) -> Any:
        result = CliRunner().invoke(app, ["journeys", *arguments])
        if isinstance(result.exception, ConfigurationError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout) if "--json" in arguments else result.stdout

    return run


def test_list_counts_who_is_inside_entered_and_ended(sluice: Sluice) -> None:
    rows = {row["journey"]: row for row in sluice("list", "--json")}
    welcome = rows["welcome"]
    assert (welcome["label"], welcome["versions"], welcome["owner"]) == ("Welcome", [2], "growth")
    assert welcome["trigger"] == "event form_submitted with form = newsletter"
    counts = {k: welcome[k] for k in ("entered", "inside", "entered_7_days", "goal_reached")}
    assert counts == {"entered": 4, "inside": 2, "entered_7_days": 4, "goal_reached": 1}
    assert (welcome["ended_7_days"], welcome["stopped"], welcome["note"]) == (2, 0, "")
    assert rows["buyers"]["entered"] == 1
    assert (rows["later"]["entered"], rows["later"]["note"]) == (0, "")
    assert (rows["unbuilt"]["entered"], rows["unbuilt"]["note"]) == (
        None,
        "the last run did not have it: run `sluice run`",
    )
    assert rows["ownerless"]["note"].startswith("cannot run: owner: Field required")
    chinese = {row["journey"]: row["label"] for row in sluice("list", "--language", "zh", "--json")}
    assert (chinese["welcome"], chinese["later"]) == ("欢迎", "Later")
    assert "Welcome" in sluice("list")


def test_show_counts_where_people_stand_and_which_way_they_took(
    sluice: Sluice, tmp_path: Path
) -> None:
    found = sluice("show", "welcome", "--json")
    nodes = {node["name"]: node for node in found["nodes"]}
    assert {name: node["here"] for name, node in nodes.items() if node["here"]} == {"reminder": 2}
    sent, not_sent = nodes["hello"]["ways"]
    assert (sent["passed"], not_sent["passed"]) == ({"sent": 3}, {"no_consent": 1})
    assert nodes["pause"]["other"] == {"goal": 1}
    assert nodes["thanks"]["ways"][0]["passed"] == {"engaged": 1}
    assert (found["ended"], found["notes"]) == ({"engaged": 1, "goal": 1}, [])
    file = tmp_path / "welcome.svg"
    shown = sluice("show", "steps_welcome", "--svg", str(file), "--language", "zh")
    assert "○ reminder  邮件（smtp）：price_page_follow_up  [2 人在此]" in shown
    drawn = file.read_text(encoding="utf-8")
    assert "欢迎 (welcome)" in drawn
    assert ">2 人在此</text>" in drawn


def test_explain_says_where_a_contact_stands_why_and_what_is_next(sluice: Sluice) -> None:
    (one,) = sluice("explain", "u2@shop.example", "--json")
    assert one["contact_id"] == 2
    (welcome,) = one["enrolments"]
    assert (welcome["node"], welcome["version"]) == ("reminder", 2)
    moves = [(move["from_node"], move["to_node"], move["reason"]) for move in welcome["moves"]]
    assert moves == [
        (None, "hello", "entered"),
        ("hello", "pause", "sent"),
        ("pause", "clicked", "waited"),
        ("clicked", "reminder", "else"),
    ]
    assert (welcome["message"]["decision"], welcome["message"]["reason"]) == ("send", "due")
    assert welcome["next"] == "evening, in the run after the message was sent"
    assert "shop.example" not in sluice("explain", "shop:K-2")

    (third,) = sluice("explain", "3", "--json")
    assert third["enrolments"][0]["next"] == "the end, in the next run: it is not sent (no_consent)"
    (fourth,) = sluice("explain", "4", "--json")
    assert {row["journey"]: row["end_reason"] for row in fourth["enrolments"]}["welcome"] == "goal"
    assert "ended 2026-06-30 13:00, goal" in sluice("explain", "4")


@pytest.mark.parametrize(
    ("journey", "contact", "reason", "words"),
    [
        ("welcome", "4", "entered_before", "entered before, on 2026-06-29, and reentry is never"),
        ("welcome", "5", "no_trigger", "no trigger: event form_submitted"),
        ("later", "2", "before_starts_on", "before 2026-07-15, its start"),
        ("tagged", "2", "entry_condition", "the entry condition held at no run since: has tag vip"),
        ("called", "2", "by_hand", "only `sluice journeys start`, or `enter` of another journey"),
        ("called", "4", "entry_condition", "held at no run since: has tag vip"),
        ("called", "5", "sent_here", "sent here 2026-07-02 13:00 UTC by another journey"),
        ("unbuilt", "2", "not_run_yet", "run `sluice run`"),
        ("ownerless", "2", "cannot_run", "see `sluice lint`"),
    ],
)
def test_explain_says_why_a_contact_is_not_in_a_journey(
    sluice: Sluice, journey: str, contact: str, reason: str, words: str
) -> None:
    (one,) = sluice("explain", contact, "--json")
    found = {row["journey"]: row for row in one["not_in"]}
    assert found[journey]["reason"] == reason
    assert words in found[journey]["why"]


@pytest.mark.parametrize(
    ("arguments", "message", "fix"),
    [
        (("show", "welcom"), "there is no journey welcom; did you mean welcome?", "list"),
        (("show", "zzz"), "there is no journey zzz", "sluice journeys list"),
        (("show", "welcome", "--version", "7"), "no version 7", "--version 2"),
        (("show", "welcome", "--svg", "/nowhere/x.svg"), "x.svg cannot be written", "--svg"),
        (("show", "ownerless"), "steps_ownerless cannot run: owner", "sluice lint"),
        (("explain", "who@else.example"), "nobody is known by this key", "sluice contact --help"),
    ],
)
def test_what_is_asked_for_and_is_not_there_is_refused(
    sluice: Sluice, arguments: tuple[str, ...], message: str, fix: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        sluice(*arguments)
    assert message in refused.value.message
    assert fix in refused.value.fix


def test_a_journey_newer_than_the_last_run_is_shown_without_counts(sluice: Sluice) -> None:
    shown = sluice("show", "unbuilt")
    assert "the last run of 2026-07-02 13:00 UTC did not have steps_unbuilt" in shown
    assert "run `sluice run`" in shown


def test_a_contact_shows_its_journeys(project: JourneyProject) -> None:
    rows = describe_contact(project.settings.warehouse, 2)["journeys"]
    assert [(row["journey"], row["node"], row["end_reason"]) for row in rows] == [
        ("welcome", "reminder", None)
    ]
    assert "journeys" in contact_command.TITLES


def test_dagster_gets_who_stands_where_after_a_build(
    project: JourneyProject, sluice: Sluice
) -> None:
    manifest = Dbt(project.settings).manifest
    found = count_journeys(project.settings, manifest, EVENING + 3 * DAY)
    (welcome,) = (one for key, one in found.items() if key.endswith(".steps_welcome"))
    assert (welcome["entered"], welcome["inside"], welcome["stopped"]) == (4, 2, 0)
    assert welcome["ended"].value == {"engaged": 1, "goal": 1}
    here = {row.data["node"]: row.data["here"] for row in welcome["people"].records}
    assert here["reminder"] == 2
    assert "[2 here]" in welcome["graph"].md_str
    assert not any(key.endswith(".steps_ownerless") for key in found)
