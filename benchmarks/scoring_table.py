"""Any table of leads with a known outcome: which columns are features, in what order the rows came.

The mapping is ``meaning: column`` or ``meaning: [columns to join]``; ``target``, ``order``, ``id``
and ``exclude`` are reserved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from pandas.api import types

from sluice.scorecards.columns import outcome

RESERVED = {"target", "order", "id", "exclude"}


@dataclass(frozen=True)
class LeadMapping:
    """What the columns are; without ``features``, all the others are."""

    target: str | None = None
    order: str | None = None
    exclude: tuple[str, ...] = ()
    features: dict[str, list[str]] = field(default_factory=dict)


def read_leads(path: Path) -> pd.DataFrame:
    """A CSV (also compressed) or Parquet file; texts that are all numbers become numbers, empty
    texts null.
    """
    frame = (
        pd.read_parquet(path)
        if path.suffix == ".parquet"
        else pd.read_csv(path, low_memory=False, skipinitialspace=True)
    )
    frame = frame.rename(columns=lambda name: str(name).strip())
    return frame.apply(_as_numbers)


def read_lead_mapping(path: Path | None, target: str | None, order: str | None) -> LeadMapping:
    """The mapping of a file; what the command line says wins. Raises SystemExit when it is no
    mapping.
    """
    given: Any = yaml.safe_load(path.read_text(encoding="utf-8")) if path else {}
    if not isinstance(given, Mapping):
        raise SystemExit(f"{path.name if path else ''}: write it as meaning: column")
    features = {
        str(name): _listed(columns) for name, columns in given.items() if name not in RESERVED
    }
    exclude = [*_listed(given.get("exclude")), *_listed(given.get("id"))]
    return LeadMapping(
        target or given.get("target"), order or given.get("order"), tuple(exclude), features
    )


def ordered(frame: pd.DataFrame, mapping: LeadMapping, share: float) -> pd.DataFrame:
    """The first ``share`` of the rows, oldest first. Raises SystemExit naming a column that is not
    there.
    """
    if mapping.target is None:
        raise SystemExit(
            "name the column of the outcome: --target COLUMN, or target: in the mapping"
        )
    named = [
        mapping.target,
        *([mapping.order] if mapping.order else []),
        *(c for cs in mapping.features.values() for c in cs),
    ]
    missing = sorted(set(named) - set(frame.columns))
    if missing:
        raise SystemExit(
            f"the leads have no column {', '.join(missing)}; they have {', '.join(frame.columns)}"
        )
    rows = (
        frame
        if mapping.order is None
        else frame.iloc[_sort_key(frame[mapping.order]).argsort(kind="stable")]
    )
    return rows.iloc[: round(len(rows) * share)].reset_index(drop=True)


def features_and_outcome(
    frame: pd.DataFrame, mapping: LeadMapping, positive: str | None
) -> tuple[pd.DataFrame, pd.Series]:
    """The features and the outcome (0 or 1) of the rows that have one."""
    try:
        answers, is_known = outcome(frame[mapping.target], positive)
    except ValueError as error:
        raise SystemExit(f"{mapping.target}: {error} (--positive VALUE)") from error
    never = {mapping.target, mapping.order, *mapping.exclude}
    if mapping.features:
        usable = {
            meaning: columns
            for meaning, columns in mapping.features.items()
            if not never & set(columns)
        }
        table = pd.DataFrame(
            {meaning: _joined(frame, columns) for meaning, columns in usable.items()},
            index=frame.index,
        )
    else:
        table = frame[[name for name in frame.columns if name not in never]]
    return table[is_known].reset_index(drop=True), pd.Series(answers[is_known])


def times_of(frame: pd.DataFrame, mapping: LeadMapping, positive: str | None) -> pd.Series:
    """The place in time of each row that ``features_and_outcome`` keeps, of rows that ``ordered``
    put in order: equal where ``order`` is, without one a place of its own.
    """
    is_known = outcome(frame[mapping.target], positive)[1]
    if mapping.order is None:
        return pd.Series(range(int(is_known.sum())))
    starts = frame[mapping.order].ne(frame[mapping.order].shift())
    return starts.cumsum()[is_known].reset_index(drop=True)


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(item) for item in value]


def _as_numbers(values: pd.Series) -> pd.Series:
    if not (types.is_object_dtype(values) or types.is_string_dtype(values)) or values.isna().all():
        return values
    if (
        types.is_object_dtype(values)
        and not values.dropna().map(lambda value: isinstance(value, str)).all()
    ):
        return values
    texts = values.astype("string").str.strip()
    texts = texts.mask(texts == "")
    numbers = pd.to_numeric(texts, errors="coerce")
    return (
        numbers
        if (numbers.notna() == texts.notna()).all()
        else texts.astype(object).where(texts.notna(), None)
    )


def _sort_key(values: pd.Series) -> pd.Series:
    """Numbers and times as they are, texts that are times as times, other texts as texts; nulls
    last.
    """
    if types.is_numeric_dtype(values) or types.is_datetime64_any_dtype(values):
        return values.rank(method="first", na_option="bottom")
    times = pd.to_datetime(values, errors="coerce", format="mixed", utc=True)
    key = times if times.notna().sum() >= values.notna().sum() else values.astype("string")
    return key.rank(method="first", na_option="bottom")


def _joined(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    if len(columns) == 1:
        return frame[columns[0]]
    parts = frame[list(columns)].astype("string").fillna("")
    joined = (
        parts.agg(" ".join, axis=1)
        .astype("string")
        .str.replace(r"\s+", " ", regex=True)
        .str.strip()
    )
    return joined.astype(object).where(joined != "", None)
