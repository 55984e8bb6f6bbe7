"""SQL that reads a time as it is written: an offset or zone in the value is applied, else the
column's; the result is naive UTC.

What is not understood becomes null, and so its row is quarantined. A zone is never guessed: ``CST``
is four of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

UTC = "UTC"
EPOCHS = {"epoch_seconds": 1_000_000, "epoch_milliseconds": 1_000, "epoch_microseconds": 1}
# words for the usual date formats; all others are written in strptime's codes
NAMED_FORMATS = {
    "dd/mm/yyyy": "%d/%m/%Y",
    "mm/dd/yyyy": "%m/%d/%Y",
    "yyyy/mm/dd": "%Y/%m/%d",
    "dd-mm-yyyy": "%d-%m-%Y",
    "mm-dd-yyyy": "%m-%d-%Y",
    "dd.mm.yyyy": "%d.%m.%Y",
    "mm.dd.yyyy": "%m.%d.%Y",
    "yyyymmdd": "%Y%m%d",
}
TIME_CODES = ("%H", "%I", "%X", "%c")
ZONE_CODES = ("%z", "%Z")
# what DuckDB reads as it means it: no offset, or one of digits, and no year that another zone could
# move out of the calendar
_DAY, _CLOCK = (
    "[1-8][0-9]{3}-[0-9]{2}-[0-9]{2}",
    "([01][0-9]|2[0-3]):[0-9]{2}:[0-5][0-9]([.][0-9]{1,9})?",
)
PLAIN = f"{_DAY}([ T]{_CLOCK})?"
PLAIN_WITH_OFFSET = f"{_DAY}[ T]{_CLOCK}(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])"
YEAR_FIRST = "[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"
PARTS = (
    "^(.*?)(?:[T ]+([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?)(?: *([AaPp][Mm])\\b)? *([^"
    " ].*)?)?$"
)
OFFSET = "^(?:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?(?:\\[[A-Za-z_/+0-9-]+\\])?$"
SPANS = "between timestamp '0001-01-01 00:00:00' and timestamp '9999-12-31 23:59:59.999999'"
LARGEST_OFFSET_HOURS = 15
ZONES = "landing_zones"  # the variable of the connection that holds the names of zones, Area/City
SET_ZONES = (
    f"set variable {ZONES} = (select list(name) from pg_timezone_names() where name like '%/%')"
)


@dataclass(frozen=True)
class TimeRule:
    """How the times of a column are read: the zone of values that name none, and the declared
    formats of text or numbers.
    """

    time_zone: str = UTC
    formats: tuple[str, ...] = ()

    @property
    def epoch(self) -> int | None:
        """Microseconds in one unit, where the column counts from 1970."""
        return next((EPOCHS[one] for one in self.formats if one in EPOCHS), None)

    @property
    def date_formats(self) -> list[str]:
        """strptime formats of the date alone; a time of day and a zone may follow."""
        return [one for one in self._strptime if not any(code in one for code in TIME_CODES)]

    @property
    def whole_formats(self) -> list[str]:
        """strptime formats of date and time; a zone may follow."""
        return [one for one in self._strptime if any(code in one for code in TIME_CODES)]

    @property
    def _strptime(self) -> list[str]:
        return [NAMED_FORMATS.get(one.lower(), one) for one in self.formats if one not in EPOCHS]


def text_to_utc(text: str, rule: TimeRule) -> str:
    """SQL of a timestamp in UTC from SQL of a text."""
    if rule.epoch is not None:
        return number_to_utc(f"try_cast({text} as decimal(38, 9))", rule)
    general = _in_range(
        f"list_transform({_read(text, rule)}, lambda _time: {_to_utc(rule.time_zone)})[1]"
    )
    if rule.formats:
        return general
    plain = in_zone_to_utc(f"try_cast({text} as timestamp)", rule.time_zone)
    with_offset = f"(try_cast({text} as timestamptz) at time zone 'UTC')"
    return (
        f"case when regexp_full_match({text}, '{PLAIN}') then {plain} when"
        f" regexp_full_match({text}, '{PLAIN_WITH_OFFSET}') then {with_offset} else {general} end"
    )


def text_to_date(text: str, rule: TimeRule) -> str:
    """SQL of a date from SQL of a text: the day as it is written, whatever time and zone follow."""
    if rule.epoch is not None:
        return f"cast({number_to_utc(f'try_cast({text} as decimal(38, 9))', rule)} as date)"
    local = f"list_transform({_read(text, rule)}, lambda _time: _time.l)[1]"
    plain = (
        ""
        if rule.formats
        else f"when regexp_full_match({text}, '{PLAIN}') then try_cast(left({text}, 10) as date) "
    )
    return f"case {plain}else try_cast({_in_range(local)} as date) end"


def has_unknown_zone(text: str) -> str:
    """SQL: true for a text that ends in a zone that is not understood."""
    known = f"{_is_utc()} or {_is_offset()} or {_is_name()}"
    return (
        f"list_transform({_read(text, TimeRule())}, lambda _time: _time.z <> '' and not"
        f" ({known}))[1]"
    )


def number_to_utc(number: str, rule: TimeRule) -> str:
    """SQL of a timestamp in UTC from SQL of a number since 1970; null where the column declares no
    such unit.
    """
    if rule.epoch is None:
        return "cast(null as timestamp)"
    micros = f"try_cast(floor(try_cast({number} as decimal(38, 9)) * {rule.epoch}) as bigint)"
    return (
        f"case when {micros} between -62135596800000000 and 253402300799999999 then"
        f" make_timestamp({micros}) end"
    )


def timestamp_to_utc(value: str, data_type: str, rule: TimeRule) -> str:
    """SQL of a timestamp in UTC from SQL of a timestamp or date of the file."""
    if data_type.startswith("TIMESTAMP_"):  # in nanoseconds and with a zone: the value is in UTC
        time_zone = UTC if "TIME ZONE" in data_type else rule.time_zone
        return _in_range(in_zone_to_utc(f"try_cast({value} as timestamp)", time_zone))
    if "TIME ZONE" in data_type:
        return _in_range(f"(try_cast({value} as timestamptz) at time zone 'UTC')")
    return _in_range(in_zone_to_utc(f"try_cast({value} as timestamp)", rule.time_zone))


def in_zone_to_utc(local: str, time_zone: str) -> str:
    """SQL: a naive local timestamp as naive UTC."""
    return local if time_zone == UTC else f"(timezone('{time_zone}', {local}) at time zone 'UTC')"


def _read(text: str, rule: TimeRule) -> str:
    """A list of one struct: the text, its parts, the naive time as written, the zone and the parts
    of an offset. A lambda over a list of one names an expression once, instead of writing it out
    wherever it is used.
    """
    parts = f"regexp_extract({text}, '{PARTS}', ['day', 'clock', 'half', 'zone'])"
    zone = "coalesce(_time.p.zone, '')"
    offset = (
        f"case when {zone} <> '' then regexp_extract({zone}, '{OFFSET}', ['sign', 'hours',"
        " 'minutes']) end"
    )
    return (
        f"list_transform([{{'t': {text}, 'p': {parts}}}], lambda _time: {{'l': {_local(rule)}, 'z':"
        f" regexp_replace({zone}, '^\\[(.*)\\]$', '\\1'), 'o': {offset}}})"
    )


def _local(rule: TimeRule) -> str:
    """The naive time as written, of the day and the clock, or of the whole text before its zone."""
    days = [_strptime("_time.p.day", rule.date_formats)] if rule.date_formats else []
    if not rule.formats:
        numbers = "regexp_replace(replace(_time.p.day, '日', ''), '[年月/.]', '-', 'g')"
        days = [
            f"case when regexp_full_match(_time.p.day, '{YEAR_FIRST}') then"
            f" {_strptime(numbers, ['%Y-%m-%d'])} end"
        ]
    wholes = [
        _strptime(
            "rtrim(left(_time.t, length(_time.t) - length(_time.p.zone)))", rule.whole_formats
        )
    ]
    found = [f"({day} + {_clock()})" for day in days] + (wholes if rule.whole_formats else [])
    return f"coalesce({', '.join(found)})"


def _clock() -> str:
    """The time of day as an interval; null for one that does not exist. 24:00 is the next day, a
    leap second the next minute.
    """
    hour, minute = (
        f"try_cast(split_part(_time.p.clock, ':', {part}) as bigint)" for part in (1, 2)
    )
    second = (
        "coalesce(try_cast(nullif(replace(split_part(_time.p.clock, ':', 3), ',', '.'), '') as"
        " decimal(12, 9)), 0)"
    )
    hours = (
        f"case lower(_time.p.half) when 'pm' then {hour} % 12 + 12 when 'am' then {hour} % 12 else"
        f" {hour} end"
    )
    micros = (
        f"(({hours}) * 3600 + {minute} * 60) * 1000000 + cast(floor({second} * 1000000) as bigint)"
    )
    is_twelve = f"(_time.p.half = '' or {hour} between 1 and 12)"
    exists = (
        f"{is_twelve} and {minute} < 60 and ({second} < 60 or ({second} < 61 and {minute} = 59))"
        f" and ({hour} < 24"
    )
    exists += f" or ({hour} = 24 and {minute} = 0 and {second} = 0))"
    return (
        f"case when _time.p.clock = '' then to_microseconds(0) when {exists} then"
        f" to_microseconds({micros}) end"
    )


def _to_utc(declared: str) -> str:
    """The naive time of ``_time`` in UTC, by its zone, else by the declared one."""
    minutes = (
        "(cast(_time.o.hours as bigint) * 60 + coalesce(try_cast(_time.o.minutes as bigint), 0))"
    )
    return (
        f"case when _time.z = '' then {in_zone_to_utc('_time.l', declared)} when {_is_utc()} then"
        f" _time.l when {_is_offset()} then _time.l - to_minutes(case _time.o.sign when '-' then"
        f" -{minutes} else {minutes} end) when {_is_name()} then timezone(case when {_is_name()}"
        " then _time.z else 'UTC' end, _time.l) at time zone 'UTC' end"
    )


def _is_utc() -> str:
    return "upper(_time.z) in ('Z', 'UTC', 'GMT', 'UT')"


def _is_offset() -> str:
    hours, minutes = (
        "coalesce(try_cast(_time.o.hours as integer), 99)",
        "coalesce(try_cast(_time.o.minutes as integer), 0)",
    )
    return f"({hours} < {LARGEST_OFFSET_HOURS} and {minutes} < 60)"


def _is_name() -> str:
    return f"list_contains(getvariable('{ZONES}'), _time.z)"


def _strptime(text: str, formats: Sequence[str]) -> str:
    written = ", ".join("'" + one.replace("'", "''") + "'" for one in formats)
    return f"try_strptime({text}, [{written}])"


def _in_range(moment: str) -> str:
    """Null for what no calendar of ours holds: infinity, and years before 1 and after 9999."""
    return f"list_filter([{moment}], lambda _moment: _moment {SPANS})[1]"
