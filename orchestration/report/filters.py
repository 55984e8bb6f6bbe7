"""What a report is asked to show: a period, a channel, a segment; and which of these a section can
be cut by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sluice.models.errors import ConfigurationError
from sluice.orchestration.report.sections import Column, Section

TIMES = ("day", "month", "conversion_at")  # columns a period means where the chart has no time
TEXT = ("varchar", "text", "string", "char")
FIRST_YEAR, LAST_YEAR = 1900, 9000  # a day beyond has no day before or after in some zone


@dataclass(frozen=True)
class Filters:
    """Both days included, days of the project's ``time_zone``; None and "" do not filter."""

    first: date | None = None
    last: date | None = None
    channel: str = ""
    segment: str = ""
    time_zone: str = "UTC"

    @property
    def is_set(self) -> bool:
        """Whether anything is left out."""
        return bool(self.has_period or self.channel or self.segment)

    @property
    def has_period(self) -> bool:
        """Whether days are left out."""
        return self.first is not None or self.last is not None

    def not_applied(self, section: Section) -> list[str]:
        """Which of them are asked for, and mean nothing for a section: period, channel,
        segment.
        """
        asked = {
            "period": self.has_period and time_column(section) is None,
            "channel": bool(self.channel) and section.column("channel") is None,
            "segment": bool(self.segment) and section.column("segment") is None,
        }
        return [name for name, is_missing in asked.items() if is_missing]

    def condition(self, section: Section) -> tuple[str, dict[str, object]]:
        """SQL after ``where``, empty where nothing applies, and its parameters by name."""
        parts: list[str] = []
        values: dict[str, object] = {}
        for name in ("channel", "segment"):
            if (wanted := getattr(self, name)) and section.column(name):
                parts.append(f'"{name}" = ${name}')
                values[name] = wanted
        if self.has_period and (column := time_column(section)):
            self._add_period(column, parts, values)
        return " and ".join(parts), values

    def _add_period(self, column: Column, parts: list[str], values: dict[str, object]) -> None:
        if self.first is not None:
            parts.append(f'"{column.name}" >= $first')
            values["first"] = self._bound(column, self.first)
        if self.last is not None:
            parts.append(f'"{column.name}" < $until')
            values["until"] = self._bound(column, self.last + timedelta(days=1))

    def _bound(self, column: Column, day: date) -> object:
        """The start of a day as the column writes it: a moment in UTC, a date, or a text; of a
        column of months, months that the period touches count whole.
        """
        if column.name == "month" and day == self.first:
            day = day.replace(day=1)
        kind = column.data_type.lower()
        if kind.startswith(TEXT):
            if column.name != "month":
                return day.isoformat()
            return day.strftime("%Y-%m" if day.day == 1 else "%Y-%m~")
        if kind.startswith("date"):
            return day
        local = datetime.combine(day, time(), ZoneInfo(self.time_zone))
        return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def time_column(section: Section) -> Column | None:
    """The column that a period is asked of."""
    drawn = section.column(section.meta.chart.x)
    if drawn is not None and (is_time(drawn) or drawn.name in TIMES):
        return drawn
    return next((one for name in TIMES if (one := section.column(name))), None)


def is_time(column: Column) -> bool:
    """Whether a column holds dates or moments."""
    return column.data_type.lower().startswith(("date", "timestamp"))


def read_filters(
    first: str | None, last: str | None, channel: str, segment: str, time_zone: str
) -> Filters:
    """Raises ConfigurationError for a day that is none, and for days the wrong way round."""
    start, end = _day(first, "--from"), _day(last, "--to")
    if start and end and end < start:
        raise ConfigurationError(
            f"--from {start} is after --to {end}: the dates are the wrong way round",
            f"write --from {end} --to {start}",
        )
    return Filters(start, end, channel, segment, time_zone)


def _day(text: str | None, option: str) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(text)
        return day
    except ValueError as error:
        raise ConfigurationError(
            f"{option} is no day", f"write it as {option} 2026-06-29"
        ) from error
