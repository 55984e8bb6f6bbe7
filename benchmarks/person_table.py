"""Any table of people as the raw table of the source ``import``.

The mapping is ``meaning: column`` or ``meaning: [columns to join]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import yaml

MEANINGS = (
    "full_name", "given_name", "surname", "email", "phone", "unionid", "national_id", "birth_date",
    "company", "job_title",
    "address", "postcode", "province", "city", "country",
)  # fmt: skip
OTHER_WORDS = {
    "e_mail": "email",
    "name": "full_name",
    "first_name": "given_name",
    "last_name": "surname",
    "date_of_birth": "birth_date",
    "zip": "postcode",
    "state": "province",
}
FEBRL = r"rec-(\d+)-(?:org|dup-\d+)"


def read_table(path: Path) -> pd.DataFrame:
    """A CSV (also compressed) or Parquet file as text, names and values without outer spaces."""
    is_parquet = path.suffix == ".parquet"
    frame = (
        pd.read_parquet(path).astype("string")
        if is_parquet
        else pd.read_csv(path, dtype="string", skipinitialspace=True)
    )
    return frame.rename(columns=lambda name: str(name).strip())


def read_mapping(path: Path) -> dict[str, list[str]]:
    """meaning -> columns. Raises SystemExit naming a meaning that is not known."""
    given: Mapping[str, str | Sequence[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    mapping = {}
    for words, columns in given.items():
        meaning = words.strip().lower().replace(" ", "_").replace("-", "_")
        meaning = OTHER_WORDS.get(meaning, meaning)
        if meaning not in MEANINGS:
            raise SystemExit(
                f"{path.name}: '{words}' is no meaning of a column; use some of"
                f" {', '.join(MEANINGS)}"
            )
        mapping[meaning] = [columns] if isinstance(columns, str) else list(columns)
    return mapping


def imported_contacts(frame: pd.DataFrame, mapping: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The raw table: record_id is the number of the row. Raises SystemExit naming a column that is
    not there.
    """
    missing = sorted(
        {name for columns in mapping.values() for name in columns} - set(frame.columns)
    )
    if missing:
        raise SystemExit(
            f"the records have no column {', '.join(missing)}; they have {', '.join(frame.columns)}"
        )
    table = pd.DataFrame(
        {"record_id": [str(number) for number in range(len(frame))]}, dtype="string"
    )
    for meaning in MEANINGS:
        table[meaning] = (
            _joined(frame, mapping[meaning])
            if meaning in mapping
            else pd.Series(pd.NA, table.index, dtype="string")
        )
    for name in ("created_at", "updated_at"):
        table[name] = pd.Series(pd.NaT, table.index, dtype="datetime64[us]")
    return table


def truth_of(frame: pd.DataFrame, column: str) -> list[object]:
    """Who each record is. FEBRL's record ids (rec-7-org, rec-7-dup-0) say it by their number."""
    if column not in frame.columns:
        raise SystemExit(
            f"the records have no column {column} to take the truth from; they have"
            f" {', '.join(frame.columns)}"
        )
    values = frame[column].str.strip()
    return list(values.str.extract(FEBRL)[0] if values.str.fullmatch(FEBRL).all() else values)


def _joined(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    parts = [frame[name].str.strip() for name in columns]
    joined = parts[0].fillna("")
    for part in parts[1:]:
        joined = joined + " " + part.fillna("")
    joined = joined.str.replace(r"\s+", " ", regex=True).str.strip()
    return joined.mask(joined == "").reset_index(drop=True)
