"""Write the seeds that say in which time zones the people of a country live, and how the names of
countries are written.

    pip install phonenumbers
    python dbt_project/generate/country_tables.py

Sources: the system's tz database (public domain), zone.tab and iso3166.tab; phonenumbers
(Apache-2.0), names of countries in English and Chinese. Not part of a run: the tables it writes are
kept in the repository.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from phonenumbers.geodata.locale import LOCALE_DATA

TZ_DATABASE = Path("/usr/share/zoneinfo")
SEEDS = Path(__file__).resolve().parent.parent / "seeds"
YEAR = 2026
# No main zones: clocks in all of China officially show Beijing time; some 400 people live in the
# three others together.
NOT_MAIN = {"Asia/Urumqi", "Australia/Lord_Howe", "Australia/Eucla", "Antarctica/Macquarie"}
# Nobody lives there, and no hour is fit in all of their zones.
NO_PEOPLE = {"AQ", "UM"}
# Ways of writing a country that neither source has.
MORE_NAMES = {
    "AE": ["uae"], "CN": ["prc", "pr china", "mainland china", "中国大陆", "中华人民共和国"], "CZ": ["czech republic"],
    "GB": ["uk", "great britain", "england", "scotland", "wales", "northern ireland"], "HK": ["hongkong", "香港", "中国香港"],
    "IE": ["eire", "republic of ireland"], "KR": ["korea", "republic of korea"], "MO": ["macao", "澳门", "中国澳门"],
    "NL": ["holland", "the netherlands"], "RU": ["russian federation"], "TR": ["türkiye"], "TW": ["中国台湾"],
    "US": ["usa", "u.s.a.", "u.s.", "united states of america", "america"], "VN": ["viet nam"], "ZA": ["rsa"],
}  # fmt: skip


def lines_of(table: str) -> Iterator[list[str]]:
    """The fields of a table of the tz database, without comments."""
    for line in (TZ_DATABASE / table).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def offsets(zone: str) -> tuple[timedelta, timedelta]:
    """East of UTC, in January and in July."""
    found = [
        datetime(YEAR, month, 15, tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
        for month in (1, 7)
    ]
    return found[0] or timedelta(), found[1] or timedelta()


def zones_of_countries() -> dict[str, list[str]]:
    """The main zones of each country, those with most people first, as zone.tab has them."""
    zones: dict[str, list[str]] = {}
    for country, _, zone, *_ in lines_of("zone.tab"):
        if zone not in NOT_MAIN and country not in NO_PEOPLE:
            zones.setdefault(country, []).append(zone)
    return zones


def ends_of(country: str, zones: list[str]) -> tuple[str, str]:
    """The western-most and the eastern-most zone. Stops where summer time changes which they are:
    two could not stand for all.
    """
    west, east = (
        min(zones, key=lambda zone: sum(offsets(zone), timedelta())),
        max(zones, key=lambda zone: sum(offsets(zone), timedelta())),
    )
    for season in (0, 1):
        found = [offsets(zone)[season] for zone in zones]
        if (offsets(west)[season], offsets(east)[season]) != (min(found), max(found)):
            raise SystemExit(f"{country}: {west} and {east} are not the ends in January and July")
    return west, east


def names_of_countries(countries: set[str]) -> dict[str, str]:
    """Country by its name in small letters, without apostrophes: as country_key() writes it. A name
    of two is left out.
    """
    named = [(country, country) for country in countries]
    named += [(name, country) for country, name in lines_of("iso3166.tab")]
    named += [(name, country) for country, names in MORE_NAMES.items() for name in names]
    for country in countries & LOCALE_DATA.keys():
        written = LOCALE_DATA[country]
        named += [
            (written[language], country)
            for language in ("aa", "en", "zh")
            if not written.get(language, "*").startswith("*")
        ]
    keys = sorted(
        {
            (name.lower().replace("'", "").replace("’", "").strip(), c)
            for name, c in named
            if c in countries
        }
    )
    twice = {one for (one, _), (other, _) in pairwise(keys) if one == other}
    return {key: country for key, country in keys if key not in twice}


def write(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """One seed."""
    with (SEEDS / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def main() -> None:
    """Both seeds."""
    zones = zones_of_countries()
    ends = [(country, *ends_of(country, zones[country])) for country in sorted(zones)]
    write("country_time_zones.csv", ("country", "western_zone", "eastern_zone"), ends)
    write(
        "country_names.csv",
        ("country_key", "country"),
        sorted(names_of_countries(set(zones)).items()),
    )


if __name__ == "__main__":
    main()
