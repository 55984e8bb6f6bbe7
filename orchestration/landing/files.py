"""Landing raw files, source by source: each row either in its table or in quarantine with a reason,
or the source refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from sluice.activations.erasure import NOBODY, ErasedKeys
from sluice.models.errors import InputError
from sluice.orchestration.landing.books import BOOKS, Books, FileState
from sluice.orchestration.landing.casting import REASON, TEXT, cast_rows, landed_columns
from sluice.orchestration.landing.drift import TABLES, note_columns
from sluice.orchestration.landing.erased import keep_out, note_kept_out, without_erased
from sluice.orchestration.landing.headers import require_encoding
from sluice.orchestration.landing.reading import ROW, RawFile, find_file, open_file
from sluice.orchestration.landing.report import LandedTable, LandReport, SourceFailure
from sluice.orchestration.landing.tables import RAW_SCHEMA, RawTable
from sluice.orchestration.landing.times import SET_ZONES
from sluice.orchestration.warehouse.base import Session, Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse

CAST = "landing_cast"
ENCODING_SHARE = (
    10  # more than one row in ten that is not in the encoding: the file is in another one
)


def land_files(
    warehouse: Warehouse,
    folder: Path,
    tables: Sequence[RawTable],
    *,
    run_id: str,
    landed_at: datetime,
    allow_empty: Collection[str] = (),
    erased: ErasedKeys = NOBODY,
) -> LandReport:
    """Land the tables of each source in one transaction; a file that did not change is skipped.

    Rows that cannot be read go to ``raw.quarantine``, rows of people who were ``erased`` nowhere:
    rows landed + rows quarantined + rows kept out = rows in the file, counted apart from the
    parser. A source with a file that is missing, malformed, empty or
    of the wrong shape keeps its previous rows and is in ``failures`` of the report; the others
    land. Raises InputError where there is no folder, or where every source failed.
    """
    if not folder.is_dir():
        raise InputError(
            "the folder of raw tables does not exist",
            "set SLUICE_RAW to the folder with one file a table",
        )
    report = LandReport()
    with open_warehouse(warehouse, read_only=False) as session, session.local() as files:
        files.execute(SET_ZONES)
        session.execute(BOOKS + TABLES)
        by_source = [list(group) for _, group in groupby(sorted(tables, key=_source), key=_source)]
        for group in by_source:
            books = Books(session, files, run_id, landed_at.replace(tzinfo=None))
            _land_source(books, folder, group, allow_empty, report, erased)
    if by_source and len(report.failures) == len(by_source):
        raise _all_failed(report.failures)
    return report


def _source(table: RawTable) -> str:
    return table.source


def _all_failed(failures: Sequence[SourceFailure]) -> InputError:
    messages, fixes = (
        dict.fromkeys(texts)
        for texts in zip(*((one.message, one.fix) for one in failures), strict=True)
    )
    return InputError("; ".join(messages), "; ".join(fixes))


def _land_source(
    books: Books,
    folder: Path,
    tables: Sequence[RawTable],
    allow_empty: Collection[str],
    report: LandReport,
    erased: ErasedKeys,
) -> None:
    """All tables of one source, or none of them."""
    try:
        with books.session.transaction():
            landed = [
                _Landing(books, folder, table, erased).land(table.name in allow_empty)
                for table in tables
            ]
    except InputError as error:
        _make_missing(books.session, tables)
        report.failures.append(
            SourceFailure(
                tables[0].source,
                error.message,
                error.fix,
                any(t.is_source_required for t in tables),
            )
        )
        report.tables += [books.as_before(table) for table in tables]
    else:
        report.tables += landed


def _make_missing(session: Session, tables: Iterable[RawTable]) -> None:
    """The tables that were never landed, empty: so the models of other sources can be built."""
    for table in tables:
        columns = ", ".join(f'"{name}" {data_type}' for name, data_type in table.columns.items())
        session.execute(f'create table if not exists {RAW_SCHEMA}."{table.name}" ({columns})')


class _Landing:
    """The landing of one table, inside the transaction of its source."""

    def __init__(self, books: Books, folder: Path, table: RawTable, erased: ErasedKeys) -> None:
        self.books, self.files, self.table = books, books.files, table
        self.erased, self.kept_out = erased, 0
        self.path = find_file(folder, table)

    def land(self, may_be_empty: bool) -> LandedTable:
        """Land the table, unless the file and the declared columns are as they were."""
        state = FileState(self.path)
        unchanged = self.books.unchanged(self.table, state)
        if unchanged is not None:
            return unchanged
        _ = state.content_hash  # before the file is read
        with open_file(self.files, self.path, self.table) as file:
            self.files.execute(
                f"create or replace temp table {CAST} as {cast_rows(self.table, file)}"
            )
            self._require_encoding(file)
            self.books.quarantine(
                self.table,
                self._keep_out(file),
                f"select {ROW}, {REASON}, {TEXT} from {CAST} where {REASON} is not null",
            )
            name = f'{RAW_SCHEMA}."{self.table.name}"'
            good = f"select {landed_columns(self.table, file)} from {CAST} where {REASON} is null"
            self.books.session.replace(name, self.files, good)
            rows = self.books.count(name)
            self._require_all(file, rows)
        self.files.execute(f"drop table {CAST}")
        quarantined = file.count - rows - self.kept_out
        reasons = self.books.reasons(self.table)
        changes = note_columns(
            self.books.session,
            self.table.name,
            file.columns,
            self.books.run_id,
            self.books.landed_at,
        )
        landed = LandedTable(
            self.table.name, rows, quarantined, False, reasons, self.kept_out, tuple(changes)
        )
        self._require_rows(landed, may_be_empty)
        self.books.record(self.table, state, landed)
        return landed

    def _keep_out(self, file: RawFile) -> Sequence[tuple[int, str, str]]:
        """Leave out the rows of people who were erased. Returns the lines to quarantine."""
        if not self.erased:
            return file.rejected
        lines = without_erased(self.table, file.rejected, self.erased)
        rows = keep_out(self.files, CAST, self.table, file, self.erased)
        self.kept_out = rows + len(file.rejected) - len(lines)
        note_kept_out(
            self.books.session, self.table, self.kept_out, self.books.run_id, self.books.landed_at
        )
        return lines

    def _require_encoding(self, file: RawFile) -> None:
        if file.has_unreadable:
            sql = f"select count(*) from {CAST} where {REASON} like '%: not in %'"
            ((bad,),) = self.files.execute(sql).fetchall()
            require_encoding(self.path, self.table, is_wrong=bad * ENCODING_SHARE > file.count)

    def _require_all(self, file: RawFile, rows: int) -> None:
        """Raises InputError when the two counts differ: then the parser read other rows than the
        file has.
        """
        found = rows + self.books.count("raw.quarantine where table_name = $1", [self.table.name])
        found += self.kept_out
        if found != file.count:
            raise InputError(
                f"{self.path.name} has {file.count:,} rows by one count and {found:,} by another:"
                " nothing of it is landed",
                "look for quotes and line ends that do not pair, or write it as Parquet",
            )

    def _require_rows(self, landed: LandedTable, may_be_empty: bool) -> None:
        if landed.rows or landed.kept_out or may_be_empty:
            return
        if not landed.quarantined:
            raise InputError(
                f"{self.path.name} has no rows",
                "write the export again, or, when the source really is empty, set"
                f" SLUICE_ALLOW_EMPTY={self.table.name}",
            )
        (reason, count), *_ = landed.reasons.items()
        raise InputError(
            f"none of the {landed.quarantined:,} rows of {self.path.name} can be read: {reason}"
            f" ({count:,} rows)",
            _cure(reason, self.table),
        )


def _cure(reason: str, table: RawTable) -> str:
    """What to do about the main reason of a quarantine."""
    if "time zone" in reason:
        return "write an offset (+08:00) or the name of the zone (Asia/Shanghai) after the time"
    if "is not a timestamp" in reason or "is not a date" in reason:
        formats = "dd/mm/yyyy, mm/dd/yyyy, epoch_seconds or strptime codes"
        return (
            f"declare how the column is written in {table.declared_in}: config: {{meta: {{format:"
            f" ...}}}} with {formats}"
        )
    if "no row of the table" in reason:
        return (
            "write the file again, with quotes around each cell that holds a comma, a quote or a"
            " line break"
        )
    return f"correct the export, or the type of the column in {table.declared_in}"
