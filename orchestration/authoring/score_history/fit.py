"""From the warehouse to a proposal: a card learnt at a cut-off, as a dbt model for review, with a
report and a picture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.score_history.card_yaml import (
    bands_of,
    description_text,
    model_text,
    scorecard_of,
)
from sluice.orchestration.authoring.score_history.chart import write_chart
from sluice.orchestration.authoring.score_history.evaluate import points_then, read_scorecard
from sluice.orchestration.authoring.score_history.facts import stand_then
from sluice.orchestration.authoring.score_history.features import (
    MEASURES,
    Features,
    build_features,
)
from sluice.orchestration.authoring.score_history.in_time import (
    area_in_time,
    stability_lines,
)
from sluice.orchestration.authoring.score_history.live import live_card
from sluice.orchestration.authoring.score_history.population import (
    Population,
    check_excluded,
    find_population,
    guard_lines,
    restrict,
)
from sluice.orchestration.authoring.score_history.report import Counts, Quality, report_text
from sluice.orchestration.authoring.score_history.trained import trained_on, with_trained
from sluice.orchestration.authoring.score_history.window import (
    CHANGES,
    EVENTS,
    Window,
    find_window,
    starts_inside,
)
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.copies import in_duckdb
from sluice.orchestration.warehouse.reader import open_warehouse
from sluice.scorecards import Card, CardConfig, area_under_curve, calibrate, fit_card

TABLES = (EVENTS, CHANGES, "contacts.dim_contacts")
LEAST_CONTACTS = 20  # behind a value, a subject or an event type
READABLE = CardConfig(
    bins=6,
    has_tails=False,
    min_rows=LEAST_CONTACTS,
    least_points=8,
    pruning_loss=0.004,
    rounding_loss=0.002,
)


@dataclass(frozen=True)
class Request:
    """What is to be learnt. ``cut_off`` aware UTC; None: so that the horizon ends with what the
    warehouse knows.
    """

    model: str
    target: str
    days: int
    cut_off: datetime | None
    exclude: frozenset[str]
    keep: frozenset[str] = frozenset()  # columns to use even where they tell the day


@dataclass(frozen=True)
class Proposal:
    """A fitted card as rules, with the totals of all contacts at the cut-off: its own, and the
    present card's.
    """

    window: Window
    population: Population
    features: Features
    card: Card
    scorecard: dict[str, Any]
    totals: pd.Series
    present: pd.Series | None
    skipped: list[str]
    guards: list[str]
    notes: list[str]
    in_time: float


def fit_score(settings: Settings, request: Request, live: Path | None = None) -> dict[str, Any]:
    """Learn a card and write it to ``scores/<model>/`` of the home. The live card, of the project
    or of the folder ``live``, is only read.

    Returns figures and the files. Raises ConfigurationError for a wrong name, target, cut-off or
    exclusion, and too few outcomes.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", request.model):
        raise ConfigurationError(
            "the name of the score model is no name of a dbt model",
            "use small letters, digits and _, as in lead",
        )
    name = f"scorecard_{request.model}.sql"
    present = read_scorecard(live / name if live else live_card(settings, name))
    others = settings.project.dbt_var("events_of_others")
    with (
        open_warehouse(settings.warehouse) as session,
        in_duckdb(session, TABLES) as connection,
    ):
        proposal = _propose(connection, request, present, others)
    folder = settings.home / "scores" / request.model
    folder.mkdir(parents=True, exist_ok=True)
    return _write(folder, request, proposal)


def _propose(
    connection: duckdb.DuckDBPyConnection,
    request: Request,
    present: dict[str, Any] | None,
    others: Sequence[str],
) -> Proposal:
    window = find_window(connection, request.target, request.days, request.cut_off)
    stand_then(connection, window, others)
    check_excluded(connection, request.exclude)
    check_excluded(connection, request.keep, "--keep")
    notes = [restrict(connection, (present or {}).get("applies_to"))]
    people = find_population(connection, window)
    features = build_features(connection, window, people.contacts, request.exclude, LEAST_CONTACTS)
    config = _config(features, request.keep)
    card = _fit(features, people, config)
    in_time, beyond = area_in_time(features, people, config)
    notes += [
        f"`{name}`: {count:,} of the newest contacts are outside the range of the others; they get"
        " the points of the nearest inner bin."
        for name, count in beyond.items()
        if name not in MEASURES
    ]
    scorecard = scorecard_of(card, features.features, present, request.model)
    totals, _ = points_then(connection, scorecard, window)
    scorecard = _with_bands(scorecard, totals[people.contacts[people.is_train]])
    scorecard = with_trained(
        scorecard,
        window,
        people,
        totals[people.contacts],
        calibrate(people.outcomes, totals[people.contacts].to_numpy()),
        trained_on(card, features, people, config),
    )
    before, skipped = points_then(connection, present, window) if present else (None, [])
    if starts_inside(connection, window):
        notes.append(
            "The history of the segment starts inside the window: its first run entered all members"
            " at once."
        )
    if not window.is_over:
        notes.append(
            f"The window is not over: the warehouse ends at {window.latest:%Y-%m-%d %H:%M} UTC,"
            " later outcomes are missing."
        )
    if not scorecard["rules"]:
        notes.append(
            "Nothing known before the cut-off tells of the outcome: the card has no rules."
        )
    guards = guard_lines(connection, window, features.hidden, request.exclude)
    return Proposal(
        window,
        people,
        features,
        card,
        scorecard,
        totals,
        before,
        skipped,
        guards,
        [note for note in notes if note],
        in_time,
    )


def _config(features: Features, keep: frozenset[str]) -> CardConfig:
    """What is measured of each person at the cut-off is never the calendar."""
    counts = {
        feature.name: 0.0
        for feature in features.features
        if feature.event or feature.name == "order_count"
    }
    return replace(READABLE, baselines=counts, insist=keep | set(MEASURES) | set(counts))


def _fit(features: Features, people: Population, config: CardConfig) -> Card:
    train = people.is_train
    hidden = {name: mask[train] for name, mask in features.hidden.items()}
    return fit_card(
        features.table[train], people.outcomes[train], config, hidden, people.times[train]
    )


def _with_bands(scorecard: dict[str, Any], totals: pd.Series) -> dict[str, Any]:
    """Bands before the rules, where a reader looks for them."""
    rules = scorecard.pop("rules")
    return scorecard | {"bands": bands_of(totals.to_numpy()), "rules": rules}


def _write(folder: Path, request: Request, proposal: Proposal) -> dict[str, Any]:
    people, window = proposal.population, proposal.window
    own = proposal.totals[people.contacts].to_numpy()
    before = None if proposal.present is None else proposal.present[people.contacts].to_numpy()
    train, test = people.is_train, ~people.is_train
    counts = Counts(
        int(train.sum()),
        int(people.outcomes[train].sum()),
        int(test.sum()),
        int(people.outcomes[test].sum()),
    )
    quality = Quality(
        area_under_curve(people.outcomes[train], own[train]),
        area_under_curve(people.outcomes[test], own[test]),
        None if before is None else area_under_curve(people.outcomes[test], before[test]),
        proposal.skipped,
        proposal.in_time,
    )
    calibration = calibrate(people.outcomes[train], own[train]).table(
        people.outcomes[test], own[test]
    )
    left_out = proposal.features.left_out | proposal.card.dropped
    files = {name: folder / file for name, file in _files(request.model).items()}
    description = (
        f"Points of {request.model}, fitted on {counts.train:,} contacts known before"
        f" {window.cut_off:%Y-%m-%d}, towards {window.target} within {window.days} days. One row"
        " per contact and rule."
    )
    report = report_text(
        request.model,
        window,
        counts,
        quality,
        calibration,
        proposal.guards,
        left_out,
        proposal.notes,
        stability_lines(proposal.features, people),
    )
    files["card"].write_text(model_text(request.model, proposal.scorecard), encoding="utf-8")
    files["description"].write_text(description_text(request.model, description), encoding="utf-8")
    files["report"].write_text(report, encoding="utf-8")
    scores = {"this card": own[test], **({} if before is None else {"present card": before[test]})}
    write_chart(
        files["chart"],
        people.outcomes[test],
        scores,
        f"{request.model}: {window.target} within {window.days} days",
    )
    return _figures(proposal, counts, quality) | {name: str(path) for name, path in files.items()}


def _files(model: str) -> dict[str, str]:
    card = f"scorecard_{model}"
    return {
        "card": f"{card}.sql",
        "description": f"{card}.yml",
        "report": "report.md",
        "chart": "report.png",
    }


def _figures(proposal: Proposal, counts: Counts, quality: Quality) -> dict[str, Any]:
    def figure(value: float | None) -> float | None:
        return None if value is None or value != value else round(value, 4)

    return {
        "cut_off": proposal.window.cut_off.isoformat() + "+00:00",
        "contacts": counts.train + counts.test,
        "outcomes": counts.train_outcomes + counts.test_outcomes,
        "auc_train": figure(quality.train),
        "auc": figure(quality.test),
        "auc_in_time": figure(quality.in_time),
        "auc_present": figure(quality.present),
        "rules": len(proposal.scorecard["rules"]),
        "notes": proposal.notes,
    }
