"""Writes records of simulated people without e-mail and phone: names, birth dates, birthplaces,
postcodes, occupations, and who each record is.

python -m benchmarks.simulated_people --records 50000 --errors 0.15 > people.csv
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from benchmarks.simulated_names import (
    FEMALE,
    MALE,
    NICKNAMES,
    OCCUPATIONS,
    PLACE_ENDS,
    PLACE_STARTS,
    SURNAME_ENDS,
    SURNAME_STARTS,
    TITLES,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: Records of a person: one, and others with this chance each.
ANOTHER_RECORD = 0.72
#: People who share surname, birthplace and postcode with the one before, and twins among them.
SIBLINGS, TWINS = 0.12, 0.15
FIELDS = ("given_name", "surname", "birth_date", "birthplace", "postcode", "occupation")


@dataclass(frozen=True)
class Person:
    """Who somebody is; sources write it down with errors."""

    given: str
    surname: str
    born: date
    birthplace: str
    postcode: str
    occupation: str


def simulate(records: int, errors: float, seed: int = 1) -> pd.DataFrame:
    """`records` rows in random order: the FIELDS and `person`, a number.

    `errors` is the mean chance that a value is wrong, and that it is missing; it differs from
    record to record, as sloppy hands do.
    """
    chance = random.Random(seed)
    rows: list[dict[str, str | int | None]] = []
    towns = _towns(chance)
    number, person = 0, _person(chance, towns)
    while len(rows) < records:
        rows += [{**row, "person": number} for row in _records(person, errors, chance)]
        number, person = number + 1, _next_person(person, chance, towns)
    rows = rows[:records]
    chance.shuffle(rows)
    return pd.DataFrame(rows, columns=[*FIELDS, "person"])


def _pick(words: list[str] | tuple[str, ...], chance: random.Random) -> str:
    """One of the words; the first are the commonest, as in names (Zipf)."""
    return words[int((len(words) + 1) ** chance.random()) - 1]


def _towns(chance: random.Random) -> list[tuple[str, str]]:
    """Names of towns and the areas of their postcodes; some share an area."""
    names = [start + end for start in PLACE_STARTS for end in PLACE_ENDS]
    chance.shuffle(names)
    return [
        (name, f"{LETTERS[i % 23]}{LETTERS[i * 7 % 19]}".upper())
        for i, name in enumerate(names[:400])
    ]


def _person(chance: random.Random, towns: list[tuple[str, str]]) -> Person:
    town, area = towns[int(len(towns) * chance.random() ** 2)]
    postcode = f"{area}{chance.randint(1, 12)} {_inward(chance)}"
    return Person(
        _pick(chance.choice((MALE, FEMALE)), chance),
        _pick(SURNAME_STARTS, chance) + _pick(SURNAME_ENDS, chance),
        date(1860, 1, 1) + timedelta(days=chance.randint(0, 365 * 120)),
        town,
        postcode,
        _pick(OCCUPATIONS, chance),
    )


def _next_person(last: Person, chance: random.Random, towns: list[tuple[str, str]]) -> Person:
    other = _person(chance, towns)
    if chance.random() >= SIBLINGS:
        return other
    apart = 0 if chance.random() < TWINS else chance.randint(300, 4000)
    born = last.born + timedelta(days=apart)
    return replace(last, given=other.given, born=born, occupation=other.occupation)


def _records(person: Person, errors: float, chance: random.Random) -> list[dict[str, str | None]]:
    rows = [_record(person, errors, chance)]
    while chance.random() < ANOTHER_RECORD and len(rows) < 25:
        rows.append(_record(person, errors, chance))
    return rows


def _record(person: Person, errors: float, chance: random.Random) -> dict[str, str | None]:
    rate = min(errors * chance.gammavariate(2, 0.5), 0.8)

    def errs() -> bool:
        return chance.random() < rate

    written: dict[str, str | None] = {
        "given_name": _given(person.given, chance) if errs() else person.given,
        "surname": _typo(person.surname, chance) if errs() else person.surname,
        "birth_date": _date(person.born, chance) if errs() else person.born.isoformat(),
        "birthplace": _typo(person.birthplace, chance) if errs() else person.birthplace,
        "postcode": _postcode(person.postcode, chance) if errs() else person.postcode,
        "occupation": chance.choice(OCCUPATIONS) if errs() else person.occupation,
    }
    return {field: None if errs() else value for field, value in written.items()}


def _given(name: str, chance: random.Random) -> str | None:
    """A nickname, an initial, a title before it, a middle name after it or a typing error."""
    way = chance.randint(0, 4)
    if way == 0 and name in NICKNAMES:
        return chance.choice(NICKNAMES[name])
    if way == 1:
        return name[0]
    if way == 2:
        return f"{chance.choice(TITLES)} {name}"
    if way == 3:
        return f"{name} {_pick(chance.choice((MALE, FEMALE)), chance)}"
    return _typo(name, chance)


def _typo(text: str, chance: random.Random) -> str:
    i = chance.randrange(len(text))
    letter = chance.choice(LETTERS)
    swapped = text[: i - 1] + text[i] + text[i - 1] + text[i + 1 :] if i else letter + text
    return chance.choice(
        (
            text[:i] + text[i + 1 :],
            text[:i] + letter + text[i + 1 :],
            text[:i] + letter + text[i:],
            swapped,
        )
    )


def _date(born: date, chance: random.Random) -> str:
    """Only the year, a year or some days off, day and month swapped, or another digit."""
    way = chance.randint(0, 4)
    if way == 0:
        return f"{born.year}-01-01"
    if way == 1:
        return born.replace(
            year=born.year + chance.choice((-1, 1)), day=min(born.day, 28)
        ).isoformat()
    if way == 2:
        return (born + timedelta(days=chance.randint(1, 40))).isoformat()
    if way == 3 and born.day <= 12:
        return f"{born.year}-{born.day:02}-{born.month:02}"
    return born.replace(
        year=born.year // 10 * 10 + chance.randint(0, 9), day=min(born.day, 28)
    ).isoformat()


def _inward(chance: random.Random) -> str:
    """The second half of a postcode."""
    return f"{chance.randint(1, 9)}{''.join(chance.choices('ABDEFGHJLN', k=2))}"


def _postcode(postcode: str, chance: random.Random) -> str:
    """Its first half, another in the same area, one elsewhere or a typing error."""
    way = chance.randint(0, 3)
    outward = postcode.split()[0]
    if way == 0:
        return outward
    if way == 1:
        return f"{outward} {_inward(chance)}"
    if way == 2:
        area = "".join(chance.choices(LETTERS[:19], k=2)).upper()
        return f"{area}{chance.randint(1, 12)} {_inward(chance)}"
    return _typo(postcode, chance).upper()


def main() -> None:
    """Print a simulated list of people as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--errors", type=float, default=0.15, help="mean chance of a wrong value")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    simulate(arguments.records, arguments.errors, arguments.seed).to_csv(sys.stdout, index=False)


if __name__ == "__main__":
    main()
