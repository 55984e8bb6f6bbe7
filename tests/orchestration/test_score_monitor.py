"""Whether fitted scores hold: the check of a run, the sentences, and the rate that is set anew."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from sluice.models.errors import ConfigurationError
from sluice.orchestration.assets.score_check import check_scores
from sluice.orchestration.authoring.score_history.recalibration import (
    recalibrate_score,
    with_intercept,
)
from sluice.orchestration.cli.main import app
from sluice.orchestration.inspection.score_monitor import Measure, describe_scores, shortened
from sluice.orchestration.installation.settings import load_settings
from sluice.scorecards import Calibration

QUIET = Measure("lead", "input_drift", "city", 0.01, None, 0.25, False, "As at the fit.")
NEAR = Measure("lead", "input_drift", "visits", 0.2, None, 0.25, False, "As at the fit.")
OVER = Measure("lead", "calibration", "total", 0.1, 0.2, 0.04, True, "Fewer had it: do this")
CARD = "{% set card %}\nbase: 3\nrules: []\ntrained:\n  intercept: -2.5\n  slope: 0.05\n"
CARD += "  target: order_placed\n  horizon_days: 30\n{% endset %}\n"
MODELS = "sluice.orchestration.authoring.score_history.recalibration"


def test_the_check_warns_of_what_is_over_its_bar_with_the_next_step() -> None:
    quiet, over = check_scores([QUIET, NEAR]), check_scores([OVER, QUIET])
    assert (quiet.passed, over.passed) == (True, False)
    assert over.metadata["message"].value == "lead: Fewer had it: do this"
    assert check_scores([]).metadata["score_models"].value == "none was fitted"


def test_what_is_over_and_the_nearest_of_each_measure_are_shown() -> None:
    assert shortened([OVER, QUIET, NEAR]) == [OVER, NEAR]
    assert describe_scores([OVER, QUIET]) == ["lead: Fewer had it: do this"]


def results(home: Path, rows: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("create schema if not exists reports")
        connection.execute(f"""create or replace table reports.rpt_score_calibration as
            select 'lead' as score_model, * from (values {rows})
                as t(total, contact_count, outcome_count)""")


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "scorecard_lead.sql"
    path.write_text(CARD, encoding="utf-8")
    monkeypatch.setattr(f"{MODELS}.live_card", lambda settings, name: tmp_path / name)
    return path


def test_a_rate_is_set_to_the_outcomes_and_written_for_review(home: Path, live: Path) -> None:
    results(home, "(0, 900, 180), (40, 100, 60)")
    found = recalibrate_score(load_settings(), "lead")
    assert found["rate_seen"] == found["rate_expected"] == 0.24
    written = Path(found["card"]).read_text(encoding="utf-8")
    assert f"intercept: {found['intercept']:.6f}" in written
    assert "slope: 0.05" in written
    assert live.read_text(encoding="utf-8") == CARD
    assert with_intercept(CARD, Calibration(0.05, -1)).count("-1.000000") == 1


@pytest.mark.parametrize(
    ("rows", "model", "said"),
    [
        ("(0, 900, 0)", "lead", "900 contacts that lead scored, 0 had the outcome"),
        ("(0, 9, 1)", "other", "other has no key trained"),
    ],
)
def test_a_rate_that_cannot_be_set_says_why(
    home: Path, live: Path, rows: str, model: str, said: str
) -> None:
    results(home, rows)
    with pytest.raises(ConfigurationError, match=said):
        recalibrate_score(load_settings(), model)


def test_without_outcomes_and_without_a_fitted_card_the_commands_say_what_to_do(
    home: Path, live: Path
) -> None:
    results(home, "(0, 9, 1)")
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("delete from reports.rpt_score_calibration")
    with pytest.raises(ConfigurationError, match="no outcomes of lead are known yet"):
        recalibrate_score(load_settings(), "lead")
    done = CliRunner().invoke(app, ["scores", "monitor"])
    assert done.exit_code == 0
    assert "`sluice scores fit` learns one" in done.output
