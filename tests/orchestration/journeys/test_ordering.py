"""The commands that order something of journeys: what they keep, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from sluice.models.errors import ConfigurationError
from sluice.orchestration.cli import journeys_orders
from sluice.orchestration.installation import settings as installation
from sluice.orchestration.journeys import ordering
from sluice.orchestration.landing.ledger import land_ledger
from tests.dbt_project.journey_project import WELCOME, JourneyProject

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JourneyProject]:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("SLUICE_HOME", str(home))
        made = JourneyProject(tmp_path_factory.mktemp("company") / "project", home)
        made.write_journey("welcome", **WELCOME)
        yield made
        made.ledger.engine.dispose()


@pytest.fixture
def project(shared: JourneyProject, monkeypatch: pytest.MonkeyPatch) -> JourneyProject:
    """A project with one journey, whose only contact is 7."""
    monkeypatch.setenv("SLUICE_HOME", str(shared.home))
    monkeypatch.setenv("SLUICE_USER", "me")
    monkeypatch.setattr(installation, "load_settings", lambda: shared.settings)
    monkeypatch.setattr(ordering, "one_contact", lambda _, key: (7, [7]))
    return shared


def run(*arguments: str) -> str:
    app = typer.Typer()
    journeys_orders.register(app)
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_an_order_is_kept_with_who_gave_it_and_why(project: JourneyProject) -> None:
    printed = run("move", "welcome", "--from", "hello", "--to", "done", "--reason", "a mistake")
    assert "move of all who are inside in welcome is kept" in printed
    assert json.loads(run("start", "welcome", "ann@shop.example", "--json"))["contact_id"] == 7
    run("stop", "welcome", "--contact", "ann@shop.example")
    assert "release of contact 7 is kept" in run("release", "7")
    kept = project.ledger.journey_orders()
    names = ("action", "journey", "contact_id", "from_node", "to_node", "reason", "ordered_by")
    assert [tuple(row[name] for name in names) for row in kept] == [
        ("move", "welcome", None, "hello", "done", "a mistake", "me"),
        ("start", "welcome", 7, None, None, None, "me"),
        ("stop", "welcome", 7, None, None, None, "me"),
        ("release", None, 7, None, None, None, "me"),
    ]
    assert len(project.ledger.journey_orders([7])) == 3


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["stop", "welcom"], "there is no journey 'welcom'; did you mean welcome?"),
        (["move", "welcome", "--from", "helo", "--to", "done"], "there is no node 'helo'"),
        (["move", "welcome", "--from", "hello", "--to", "end"], "there is no node 'end'"),
        (["stop", "welcome", "--reason", "ann@shop.example asked"], "--reason holds what looks"),
        (["stop", "welcome", "--contact", ""], "the contact is empty"),
        (["move", "welcome", "--from", "hello", "--to", "done", "--contact", " "], "is empty"),
        (["start", "welcome", ""], "the contact is empty"),
        (["release", ""], "the contact is empty"),
    ],
)
def test_an_order_that_could_do_nothing_is_refused(
    project: JourneyProject, arguments: list[str], problem: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        run(*arguments)
    assert problem in str(refused.value)


def test_a_refusal_names_each_node_once(
    project: JourneyProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the project, and such as people stand at that it does not have any more."""
    monkeypatch.setattr(ordering, "query", lambda *_: [("hello",), ("gone",)])
    with pytest.raises(ConfigurationError) as refused:
        run("move", "welcome", "--from", "zzz", "--to", "done")
    assert refused.value.fix == "people stand at: hello, pause, clicked, reminder, done, gone"


def test_the_next_run_reads_the_order(project: JourneyProject) -> None:
    run("stop", "welcome", "--contact", "7")
    land_ledger(project.settings.warehouse, project.ledger)
    found = project.query("select action, journey, contact_id, to_node from ledger.journey_orders")
    assert ("stop", "welcome", 7, None) in found
