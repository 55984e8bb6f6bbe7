"""Any table in the three forms a card knows: numbers, truth values and texts; and an outcome as 0
and 1.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

YES = {"1", "true", "t", "yes", "y", "converted", "won", "positive", "是", "有"}
NO = {"0", "false", "f", "no", "n", "lost", "negative", "否", "无"}


def tidy(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """The usable columns, and why each of the others is not used.

    Numbers become float64 with NaN for a missing value, truth values objects, everything else text.
    """
    kept, dropped = {}, {}
    for position, name in enumerate(map(str, frame.columns)):
        values = _plain(frame.iloc[:, position])
        reason = _unusable(values)
        if reason:
            dropped[name] = reason
        else:
            kept[name] = values
    return pd.DataFrame(kept, index=frame.index), dropped


def outcome(
    values: pd.Series, positive: str | None = None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """An outcome as 0 and 1, and which rows have one. A column of one value and nulls: null is 0. A
    number: above 0 is 1.

    Two texts: the one that means yes, else the rarer one. Raises ValueError for more texts than two
    without ``positive``.
    """
    is_known = values.notna().to_numpy(dtype=bool)
    if positive is None and types.is_numeric_dtype(values) and not types.is_bool_dtype(values):
        if values[is_known].nunique() == 1:
            return is_known.astype(np.int64), np.ones(len(values), dtype=bool)
        return (values.fillna(0).astype(float) > 0).to_numpy().astype(np.int64), is_known
    texts = values.astype("string").str.strip().fillna("")
    counts = texts[is_known].value_counts()
    wanted = positive if positive is not None else _positive(counts)
    answers = (texts == wanted).to_numpy(dtype=bool) & is_known
    return answers.astype(np.int64), (
        is_known if len(counts) > 1 else np.ones(len(values), dtype=bool)
    )


def _positive(counts: pd.Series) -> str:
    """Which of the texts means yes; ``counts`` comes with the most frequent first."""
    if len(counts) > 2:
        raise ValueError(
            f"the target has {len(counts)} different texts; say which one is the outcome"
        )
    words = [str(word) for word in counts.index]
    is_yes = [word for word in words if word.lower() in YES]
    is_not_no = [word for word in words if word.lower() not in NO]
    return (is_yes or is_not_no or words or [""])[-1]


def _plain(values: pd.Series) -> pd.Series:
    if types.is_bool_dtype(values) or _is_truth(values):
        return (
            values.astype(object)
            .where(values.notna(), None)
            .map(lambda value: None if value is None else bool(value))
        )
    if types.is_numeric_dtype(values) and not types.is_complex_dtype(values):
        return values.astype("Float64").astype(float).replace([np.inf, -np.inf], np.nan)
    if types.is_datetime64_any_dtype(values) or types.is_timedelta64_dtype(values):
        return values
    return values.astype("string").astype(object).where(values.notna(), None)


def _is_truth(values: pd.Series) -> bool:
    return types.is_object_dtype(values) and {type(value) for value in values.dropna()} == {bool}


def _unusable(values: pd.Series) -> str | None:
    if types.is_datetime64_any_dtype(values) or types.is_timedelta64_dtype(values):
        return "a time, not a measure"
    known = values.dropna()
    if known.empty:
        return "no value at all"
    return (
        "the same value everywhere"
        if _count_distinct(known) == 1 and len(known) == len(values)
        else None
    )


def _count_distinct(values: pd.Series) -> int:
    distinct: set[Hashable] = set(values)
    return len(distinct)
