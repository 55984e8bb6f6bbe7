"""``sluice scores fit``: learnt from what was known then, from nothing that came later, and written
for review.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.score_history import fit as fit_module
from sluice.orchestration.authoring.score_history.evaluate import points_then
from sluice.orchestration.authoring.score_history.facts import stand_then
from sluice.orchestration.authoring.score_history.fit import Request, fit_score
from sluice.orchestration.authoring.score_history.window import find_window
from sluice.orchestration.cli.main import app
from sluice.orchestration.dbt.rules_text import read_rules
from sluice.orchestration.installation.project import PACKAGE_PROJECT, find_project
from sluice.orchestration.installation.settings import load_settings
from tests.scorecards.history import (
    AFTER,
    BEFORE,
    CUT_OFF,
    MAIL,
    NAME,
    buyers,
    contacts,
    events,
    orders,
    write,
)

WHO = buyers()


def fitted(
    home: Path,
    target: str = "order_placed",
    exclude: frozenset[str] = frozenset(),
    live: Path | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figures, and the scorecard that was written."""
    request = Request("lead", target, 30, CUT_OFF.astimezone(), exclude)
    found = fit_score(load_settings(), request, live or home / "no live cards")
    return found, scorecard(home)


def scorecard(home: Path) -> dict[str, Any]:
    written = read_rules(home / "scores" / "lead" / "scorecard_lead.sql")
    assert written is not None
    card: dict[str, Any] = written.data
    return card


def conditions(card: dict[str, Any]) -> str:
    return " ".join(str(rule.get("contact") or rule.get("event")) for rule in card["rules"])


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture(autouse=True)
def _short_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        fit_module,
        "READABLE",
        replace(fit_module.READABLE, penalties=(0.1, 1.0), jumps=(0.3,), folds=3),
    )


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_attribute_counts_only_when_recorded_before_the_cut_off(home: Path, when: str) -> None:
    people = contacts()
    people.loc[WHO, "company"] = "Acme"
    people.loc[WHO, "company_updated_at"] = BEFORE if when == "before" else AFTER
    write(home / "warehouse.duckdb", people, events(orders(WHO)))
    assert ("company" in conditions(fitted(home)[1])) == (when == "before")


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_event_counts_only_when_recorded_before_the_cut_off(home: Path, when: str) -> None:
    recorded = BEFORE if when == "before" else AFTER
    views = [(contact, "page_view", "/pricing", BEFORE, recorded) for contact in WHO]
    others = [(contact, "page_view", "/blog", BEFORE, BEFORE) for contact in range(400)]
    write(home / "warehouse.duckdb", contacts(), events([*orders(WHO), *views, *others]))
    assert ("/pricing" in conditions(fitted(home)[1])) == (when == "before")


def teller(home: Path) -> None:
    """A warehouse in which pricing pages tell of orders, and job titles a little."""
    people = contacts()
    rows = [
        (c, "page_view", "/pricing", BEFORE - timedelta(days=n), BEFORE)
        for c in WHO
        if c % 5
        for n in range(c % 4 + 1)
    ]
    rows += [(contact, "page_view", "/价格 it's", BEFORE, BEFORE) for contact in range(0, 400, 3)]
    rows += [(contact, "form_submitted", MAIL, BEFORE, BEFORE) for contact in range(0, 400, 2)]
    write(home / "warehouse.duckdb", people, events([*orders(WHO), *rows]))


def test_the_written_card_runs_and_gives_whole_points_from_0(home: Path) -> None:
    teller(home)
    found, card = fitted(home)
    assert found["rules"] == len(card["rules"]) > 0
    assert found["auc"] > 0.7
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        window = find_window(connection, "order_placed", 30, CUT_OFF.astimezone())
        stand_then(connection, window, find_project().dbt_var("events_of_others"))
        totals, skipped = points_then(connection, card, window)
    assert skipped == []
    assert totals.min() >= 0
    assert (totals == totals.round()).all()
    assert len({rule["rule"] for rule in card["rules"]}) == len(card["rules"])
    for rule in card["rules"]:
        assert rule["reason"]["en"]
        assert rule["reason"]["zh"]
        assert (
            rule["kind"] == "negative"
            if rule["points"] < 0
            else rule["kind"] in {"fit", "behaviour"}
        )
    assert card["bands"][-1] == {"band": "cold", "from": 0}
    trained = card["trained"]
    assert (trained["target"], trained["horizon_days"]) == ("order_placed", 30)
    for one in trained["inputs"]:
        seen = sum(level["contacts"] for level in one["levels"]) + one["others"]
        assert seen == (400 if one["input"] == "total" else trained["contacts"])


def test_points_in_yml_are_those_of_the_fitted_card(home: Path) -> None:
    from sluice.orchestration.authoring.score_history.features import build_features
    from sluice.orchestration.authoring.score_history.fit import (
        LEAST_CONTACTS,
        _config,
        _fit,
    )
    from sluice.orchestration.authoring.score_history.population import find_population
    from sluice.scorecards import score
    from sluice.scorecards.columns import tidy

    teller(home)
    _, card = fitted(home)
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        window = find_window(connection, "order_placed", 30, CUT_OFF.astimezone())
        stand_then(connection, window, find_project().dbt_var("events_of_others"))
        people = find_population(connection, window)
        features = build_features(connection, window, people.contacts, frozenset(), LEAST_CONTACTS)
        totals, _ = points_then(connection, card, window)
    card_of = _fit(features, people, _config(features, frozenset()))
    expected = score(card_of, tidy(features.table)[0])
    assert totals[people.contacts].tolist() == np.maximum(expected, 0).tolist()


def test_nothing_written_holds_personal_data(home: Path) -> None:
    teller(home)
    fitted(home)
    files = [
        path
        for path in (home / "scores" / "lead").iterdir()
        if path.suffix in {".sql", ".yml", ".md"}
    ]
    texts = [path.read_text(encoding="utf-8") for path in files]
    assert [word for word in (NAME, MAIL) for text in texts if word in text] == []
    assert (home / "scores" / "lead" / "report.png").stat().st_size > 0


def test_what_is_excluded_gives_no_points_and_is_named(home: Path) -> None:
    teller(home)
    _, card = fitted(home, exclude=frozenset({"page_view", "job_title"}))
    report = (home / "scores" / "lead" / "report.md").read_text(encoding="utf-8")
    assert "page_view" not in conditions(card)
    assert "Excluded by hand: job_title, page_view" in report


def test_what_tells_the_day_is_named_and_used_only_when_kept(home: Path) -> None:
    teller(home)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("""update contacts.dim_contacts set
            created_at = created_at + to_days(cast(contact_id // 20 as integer)),
            company = 'co ' || (contact_id // 100)""")
    fitted(home)
    report = (home / "scores" / "lead" / "report.md").read_text(encoding="utf-8")
    assert "`company`: tells the day, not the person" in report
    assert "| the same method | in time order" in report
    request = Request("lead", "order_placed", 30, CUT_OFF.astimezone(), frozenset())
    fit_score(load_settings(), replace(request, keep=frozenset({"company"})), home / "none")
    report = (home / "scores" / "lead" / "report.md").read_text(encoding="utf-8")
    assert "`company`: tells the day, not the person" not in report
    with pytest.raises(ConfigurationError, match="--keep names what there is not: nope"):
        fit_score(load_settings(), replace(request, keep=frozenset({"nope"})), home / "none")


def test_members_of_a_segment_are_left_out(home: Path) -> None:
    entered = pd.DataFrame(
        {"segment": "vip", "contact_id": WHO, "change": "entered", "changed_at": AFTER}
    )
    before = pd.DataFrame(
        {"segment": "vip", "contact_id": range(300, 400), "change": "entered", "changed_at": BEFORE}
    )
    changes = pd.concat([entered[entered["contact_id"] < 300], before])
    write(
        home / "warehouse.duckdb",
        contacts(),
        events([(1, "page_view", "/a", BEFORE, BEFORE)]),
        changes,
    )
    found, _ = fitted(home, target="vip")
    assert (found["contacts"], found["outcomes"]) == (300, len([c for c in WHO if c < 300]))


def test_the_present_card_is_measured_at_the_cut_off(home: Path, tmp_path: Path) -> None:
    teller(home)
    rules = [
        {
            "rule": "p",
            "kind": "behaviour",
            "event": "event_type = 'page_view' and page = '/pricing'",
            "within_days": 90,
            "points": 9,
        },
        {"rule": "late", "kind": "behaviour", "event": "event_type = 'order_placed'", "points": 50},
        {"rule": "unknowable", "kind": "negative", "contact": "has_withdrawn", "points": -20},
    ]
    present = {
        "label": {"en": "Mine", "zh": "我的"},
        "base": 3,
        "caps": {"behaviour": 8},
        "rules": rules,
    }
    live = tmp_path / "scorecard_lead.sql"
    live.write_text(
        "{% set card %}\n" + yaml.safe_dump(present) + "{% endset %}\n", encoding="utf-8"
    )
    kept = live.read_bytes()
    found, card = fitted(home, live=tmp_path)
    assert 0.7 < found["auc_present"] < 1  # 1 would be the order itself, which came later
    assert card["label"] == present["label"]
    assert live.read_bytes() == kept
    assert "unknowable" in (home / "scores" / "lead" / "report.md").read_text(encoding="utf-8")


def test_the_command_prints_json_and_leaves_the_project_alone(home: Path) -> None:
    teller(home)
    before = {
        path: path.read_bytes() for path in (PACKAGE_PROJECT / "models" / "scoring").rglob("*.*")
    }
    done = CliRunner().invoke(
        app,
        [
            "scores",
            "fit",
            "new_card",
            "--target",
            "order_placed",
            "--cut-off",
            "2026-05-01",
            "--json",
        ],
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["auc"] > 0.7
    assert {
        path: path.read_bytes() for path in (PACKAGE_PROJECT / "models" / "scoring").rglob("*.*")
    } == before
    assert "There is no present card" in (home / "scores" / "new_card" / "report.md").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lead", "--target", "nothing"], "no event type or segment 'nothing'"),
        (
            ["lead", "--target", "order_placed", "--cut-off", "2026-01-01"],
            "a card needs 30 of each",
        ),
        (["lead", "--target", "order_placed", "--cut-off", "tomorrow"], "--cut-off is not a time"),
        (["lead", "--target", "order_placed", "--horizon-days", "0"], "--horizon-days"),
        (
            ["lead", "--target", "order_placed", "--cut-off", "2026-05-01", "--exclude", "nope"],
            "nope",
        ),
        (["../lead", "--target", "order_placed"], "no name of a dbt model"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(home: Path, arguments: list[str], said: str) -> None:
    teller(home)
    done = CliRunner().invoke(app, ["scores", "fit", *arguments])
    assert isinstance(done.exception, ConfigurationError)
    assert said in done.exception.message
    assert done.exception.fix


def test_a_missing_extra_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sluice.orchestration.cli.extras.find_spec", lambda name: None)
    done = CliRunner().invoke(app, ["scores", "fit", "lead", "--target", "order_placed"])
    assert isinstance(done.exception, ConfigurationError)
    assert "sluice[scores]" in done.exception.fix
