"""A table of one row a person: read as it is found, and said what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from sluice.experiments import ArmReadout, Comparison, Moments, Readout, read_out
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.landing.booleans import words

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nil", "-", "?", "<na>", "#n/a"})
NO_ARM = MISSING - {"none", "-", "?"}  # "None" is how some tables name their control
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
MOST_ARMS = 50
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class Columns:
    """What to read: the columns of the arm, the outcome and a value from before; which arm is the
    control; which text of an outcome is the one that counts, where it is not a plain yes or no.
    """

    arm: str
    outcome: str
    control: str
    before: str | None = None
    positive: str | None = None


def read_texts(path: Path, names: list[str]) -> pd.DataFrame:
    """These columns as texts without spaces around them. CSV of any usual delimiter and encoding,
    also compressed, or Parquet. Raises SystemExit with what is wrong.
    """
    if not path.is_file():
        raise SystemExit(f"--table: there is no file {path}")
    read = _parquet if path.suffix.lower() in PARQUET else _csv
    try:
        table = read(path, names)
    except (OSError, EOFError, ValueError, pd.errors.ParserError) as error:
        raise SystemExit(f"--table: {path.name} cannot be read: {error}") from error
    return table.set_axis(range(len(names)), axis=1).map(_text)


def _parquet(path: Path, names: list[str]) -> pd.DataFrame:
    known = list(map(str, pq.read_schema(path).names))
    found = [known[_place(known, name)] for name in names]
    table = pq.read_table(path, columns=list(dict.fromkeys(found))).to_pandas()
    return table[found].astype(object)


def _csv(path: Path, names: list[str]) -> pd.DataFrame:
    for encoding in ENCODINGS:
        try:
            line = pd.read_csv(path, sep="\0", nrows=0, encoding=encoding, engine="python").columns
            delimiter = max(DELIMITERS, key=",".join(map(str, line)).count)
            given: dict[str, Any] = {"sep": delimiter, "encoding": encoding, "index_col": False}
            known = list(map(str, pd.read_csv(path, nrows=0, **given).columns))
            places = [_place(known, name) for name in names]
            texts = {"dtype": str, "keep_default_na": False, "skipinitialspace": True}
            table = pd.read_csv(path, usecols=sorted(set(places)), **given, **texts)
            return table[[known[place] for place in places]]
        except UnicodeDecodeError:
            continue
        except pd.errors.EmptyDataError:
            break
    raise SystemExit(f"--table: {path.name} has no header and no rows")


def _place(known: list[str], name: str) -> int:
    """Where a column is, also when it is written in other letters, if only one is."""
    names = [one.strip() for one in known]
    if name in names:
        return names.index(name)
    alike = [place for place, one in enumerate(names) if one.lower() == name.strip().lower()]
    if len(alike) == 1:
        return alike[0]
    raise SystemExit(
        f"there is no column {name}{near(name, names)}; the table has: {', '.join(names)}"
    )


def _text(value: Any) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


@dataclass(frozen=True)
class Result:
    """The readout of a table: rows read, rows left out, and whether the outcome is 0 or 1."""

    readout: Readout
    rows: int
    left_out: int
    is_rate: bool
    has_before: bool
    notes: tuple[str, ...]


def read_experiment(path: Path, columns: Columns, alpha: float = 0.05) -> Result:
    """Each arm of the table against the control."""
    names = [columns.arm, columns.outcome, *([columns.before] if columns.before else [])]
    texts = read_texts(path, names)
    if texts.empty:
        raise SystemExit(f"--table: {path.name} has no rows: there is nothing to compare")
    arms = texts[0].mask(texts[0].str.lower().isin(NO_ARM) & (texts[0] != columns.control))
    _check_arms(arms, columns)
    outcomes, is_rate = _outcomes(texts[1], columns)
    before = _numbers(texts[2]) if columns.before else None
    rows = pd.DataFrame({"arm": arms, "outcome": outcomes})
    rows["before"] = 0.0 if before is None else before.fillna(before.mean()).fillna(0.0)
    used = rows.dropna()
    moments = {
        str(name): Moments.of(used.outcome[used.arm == name], used.before[used.arm == name])
        for name in arms.dropna().unique()
    }
    readout = read_out(moments, columns.control, is_rate=is_rate, alpha=alpha)
    notes = (*_left_out(rows, columns), *readout.notes)
    return Result(readout, len(rows), len(rows) - len(used), is_rate, before is not None, notes)


def _check_arms(arms: pd.Series, columns: Columns) -> None:
    known = sorted(map(str, arms.dropna().unique()))
    if not known:
        raise SystemExit(f"--arm: every row of {columns.arm} is empty: there is no arm")
    if len(known) > MOST_ARMS:
        raise SystemExit(
            f"--arm: {columns.arm} has {len(known):,} different values: name the column that says"
            " which arm a row was given"
        )
    if columns.control not in known:
        raise SystemExit(
            f"--control: no row of {columns.arm} is {columns.control!r}"
            f"{near(columns.control, known)}; its values are: {', '.join(known)}"
        )


def _outcomes(texts: pd.Series, columns: Columns) -> tuple[pd.Series, bool]:
    """The outcome as numbers, NaN where it is missing, and whether it is 0 or 1."""
    if columns.positive is not None:
        return _positive(texts, columns.positive), True
    known = texts.mask(texts.str.lower().isin(MISSING))
    if known.isna().all():
        raise SystemExit(f"--outcome: every row of {columns.outcome} is empty: there is no outcome")
    numbers = _numbers(known)
    if numbers.notna().sum() < known.notna().sum():
        meanings = known.str.lower().map(_meanings())
        if meanings.notna().sum() == known.notna().sum():
            return meanings, True
    if numbers.notna().sum() < known.notna().sum() / 2:
        values = sorted(known.dropna().unique())
        shown = f": {', '.join(values)}" if len(values) <= 5 else ""
        raise SystemExit(
            f"--outcome: {columns.outcome} has {len(values):,} different texts{shown}; it must be"
            " numbers or yes and no; name the text that counts with --positive"
        )
    return numbers, bool(numbers.dropna().isin((0, 1)).all())


def _meanings() -> Mapping[str, float]:
    found = {word: 0.0 for word in words("false")} | {word: 1.0 for word in words("true")}
    return found | {"1.0": 1.0, "0.0": 0.0}


def _positive(texts: pd.Series, positive: str) -> pd.Series:
    known = texts.mask(texts.str.lower().isin(MISSING) & (texts != positive))
    if not (known == positive).any():
        raise SystemExit(f"--positive: no row of the outcome is {positive!r}")
    return (known == positive).astype(float).mask(known.isna())


def _numbers(texts: pd.Series) -> pd.Series:
    """Numbers, with a currency sign or commas between thousands; NaN for anything else."""
    plain = texts.str.replace(r"^[$€£¥￥]\s*", "", regex=True)
    grouped = plain.str.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?").fillna(False).astype(bool)
    plain = plain.where(~grouped, plain.str.replace(",", ""))
    decimal = plain.str.replace(r"^(-?\d+),(\d+)$", r"\1.\2", regex=True)
    numbers = pd.to_numeric(decimal, errors="coerce").astype(float)
    return numbers.mask(numbers.abs() == float("inf"))


def _left_out(rows: pd.DataFrame, columns: Columns) -> Iterator[str]:
    without_arm = int(rows.arm.isna().sum())
    if without_arm:
        yield f"{without_arm:,} rows without {columns.arm} were left out"
    missing = rows[rows.arm.notna() & rows.outcome.isna()]
    if len(missing):
        by_arm = ", ".join(
            f"{name} {count:,}" for name, count in missing.arm.value_counts().items()
        )
        yield (
            f"{len(missing):,} rows without a readable {columns.outcome} were left out ({by_arm}):"
            " where that differs by arm, the effect is not to be trusted"
        )


def as_json(result: Result, columns: Columns, alpha: float) -> dict[str, Any]:
    """One JSON object: what cannot be said is null, and a note says why."""
    readout = result.readout
    return {
        "outcome": columns.outcome,
        "kind": "rate" if result.is_rate else "value",
        "control": readout.control,
        "alpha": alpha,
        "rows": result.rows,
        "rows_left_out": result.left_out,
        "sample_ratio_p": readout.sample_ratio_p,
        "variance_removed": readout.variance_removed if result.has_before else None,
        "arms": [_arm(one, result.has_before) for one in readout.arms],
        "notes": list(result.notes),
    }


def _arm(one: ArmReadout, has_before: bool) -> dict[str, Any]:
    found = {
        "arm": one.arm,
        "is_control": one.comparison is None,
        "n": one.units,
        "mean": one.mean,
        **_compared(one.comparison or Comparison()),
        "p_adjusted": one.p_adjusted,
        "sample_ratio_p": one.sample_ratio_p,
    }
    return found | ({"adjusted": _compared(one.adjusted)} if has_before and one.adjusted else {})


def _compared(one: Comparison) -> dict[str, Any]:
    return {
        "lift": one.difference,
        "interval": one.interval,
        "relative_lift": one.relative,
        "relative_interval": one.relative_interval,
        "p": one.p,
        "probability_better": one.probability_better,
        "test": one.test,
        "notes": list(one.notes),
    }
