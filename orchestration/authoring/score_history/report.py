"""The report of a fitted card in Markdown: how good it is, what it may not have known, what it does
not use.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sluice.orchestration.authoring.score_history.window import Window


@dataclass(frozen=True)
class Quality:
    """Areas under the curve on the contacts fitted with and on the others; NaN: cannot be said,
    None: no present card.
    """

    train: float
    test: float
    present: float | None
    skipped: list[str]
    in_time: float


@dataclass(frozen=True)
class Counts:
    """Contacts and outcomes, fitted with and measured on."""

    train: int
    train_outcomes: int
    test: int
    test_outcomes: int


def report_text(
    model: str,
    window: Window,
    counts: Counts,
    quality: Quality,
    calibration: pd.DataFrame,
    guards: list[str],
    left_out: Mapping[str, str],
    notes: list[str],
    stable: list[str],
) -> str:
    """The whole report; counts and names of columns, no data of a person."""
    what = "entering the segment" if window.is_segment else "an event"
    lines = [
        f"# A card for {model}",
        "",
        (
            f"Learnt from what was recorded before {window.cut_off:%Y-%m-%d %H:%M:%S} UTC; the"
            f" outcome is {what} `{window.target}` in the {window.days} days from then on."
        ),
        "",
        "| contacts | number | with the outcome |",
        "|---|---:|---:|",
        f"| fitted with | {counts.train:,} | {counts.train_outcomes:,} |",
        f"| measured on | {counts.test:,} | {counts.test_outcomes:,} |",
        "",
        "## How good it is",
        "",
        (
            "Area under the curve: how often a contact with the outcome has more points than one"
            " without; 0.5 is chance."
        ),
        "",
        "| card | contacts | area under the curve |",
        "|---|---|---:|",
        f"| this one | fitted with | {_figure(quality.train)} |",
        f"| this one | measured on, a random split | {_figure(quality.test)} |",
        (
            "| the same method | in time order: fitted on those known longest, measured on the"
            f" newest | {_figure(quality.in_time)} |"
        ),
        *_present(model, quality),
        "",
        "![Outcomes found and lift](report.png)",
        "",
        "## What points stand for",
        "",
        (
            "Contacts measured on, from the most points down; `expected` is a logistic map that was"
            " fitted on the others."
        ),
        "",
        *_table(calibration),
        "",
        "## Whether it holds over time",
        "",
        (
            "From the contacts known longest to the newest: PSI (from 0.25 on it is another"
            " distribution), the share of the newest outside the range or values of the others, and"
            " the sign of the effect in four periods (0: not clear)."
        ),
        "",
        *stable,
        "",
        "## What it may not have known",
        "",
        *(f"- {line}" for line in guards),
        "",
        "## What it does not use",
        "",
        *(f"- `{name}`: {reason}" for name, reason in sorted(left_out.items())),
    ]
    return "\n".join(
        [
            *lines,
            *(["", "## To look at", "", *(f"- {note}" for note in notes)] if notes else []),
            "",
        ]
    )


def _present(model: str, quality: Quality) -> list[str]:
    if quality.present is None:
        return ["", f"There is no present card: the project has no `scorecard_{model}.sql`."]
    lines = [f"| the present one | measured on | {_figure(quality.present)} |"]
    if quality.skipped:
        lines += [
            "",
            (
                "Of the present card, these rules ask what is not known of that time:"
                f" {', '.join(quality.skipped)}."
            ),
        ]
    return lines


def _table(calibration: pd.DataFrame) -> list[str]:
    rows = [
        f"| {tenth.points_from:.0f} to {tenth.points_to:.0f} | {tenth.rows:,} | {tenth.outcomes:,} "
        f"| {tenth.rate:.1%} | {tenth.expected:.1%} |"
        for tenth in calibration.itertuples()
    ]
    return [
        "| points | contacts | with the outcome | rate | expected |",
        "|---|---:|---:|---:|---:|",
        *rows,
    ]


def _figure(value: float) -> str:
    return "cannot be said" if math.isnan(value) else f"{value:.3f}"
