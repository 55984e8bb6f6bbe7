"""What the probabilistic layer takes for evidence: places, given names, relatives, lost pairs."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from benchmarks.linkage_reliability import reliability
from sluice.linkage.blocking import Blocks, first_keys
from sluice.linkage.clusters import connected
from sluice.linkage.comparisons import SIMPLE
from sluice.linkage.config import LinkageConfig
from sluice.linkage.evidence import Comparison
from sluice.linkage.given_names import of_other_sex, variants, without_titles
from sluice.linkage.kinds import weigh_kinds
from sluice.linkage.loss import OtherMatches, expected_matches, worthy_keys
from sluice.linkage.names import name_parts
from sluice.linkage.places import place_comparison
from sluice.linkage.probabilities import prior_of
from sluice.linkage.reliability import check
from sluice.linkage.training import joined_matches

NAMES = ("Dr. Ann Lee", "Dr. Smith", "Madonna", "王女士")
NONE = OtherMatches({}, np.zeros(0))


@pytest.mark.parametrize(
    ("a", "b", "is_one"),
    [
        ("bill", "william", True), ("peggy", "margaret", True), ("kate", "katherine", True),
        ("stefan", "stefanie", False), ("andreas", "andrea", False), ("otto", "karl", False),
    ],
)  # fmt: skip
def test_nicknames_are_one_persons_and_sex_marked_pairs_are_not(
    a: str, b: str, is_one: bool
) -> None:
    assert bool(set(variants([a])) & set(variants([b]))) is is_one


def test_sex_marked_pairs_are_known_from_both_sides_and_titles_are_no_names() -> None:
    assert "stefanie" in of_other_sex("stefan")
    assert "andreas" in of_other_sex("andrea")
    assert without_titles(["sir", "john"]) == ["john"]
    assert without_titles(["lord"]) == ["lord"]


def degree(comparison: dict, left: dict[str, str | None], right: dict[str, str | None]) -> str:
    """The label of the first level that holds, as Splink's CASE takes it."""
    sides = {
        f"{column}_{side}": row.get(column)
        for side, row in (("l", left), ("r", right))
        for column in ("postcode", "postcode_area", "city", "province", "company")
    }
    values = ", ".join(f'?::varchar as "{name}"' for name in sides)
    cases = " ".join(
        f"when {level['sql_condition']} then '{level['label_for_charts']}'"
        for level in comparison["comparison_levels"]
        if level["sql_condition"] != "ELSE"
    )
    sql = f"select case {cases} else 'differs' end from (select {values})"
    return str(duckdb.connect().execute(sql, list(sides.values())).fetchall()[0][0])


FULL = {"postcode": "ab12cd", "postcode_area": "ab1", "city": "linz", "province": "upper"}


@pytest.mark.parametrize(
    ("other", "label"),
    [
        (FULL, "same postcode and city"),
        (FULL | {"city": None}, "same postcode"),
        (FULL | {"postcode": "ab1", "postcode_area": "ab1"}, "same city, postcodes near"),
        (FULL | {"postcode": None, "postcode_area": None}, "same city, no postcode"),
        (FULL | {"postcode": "zz99zz", "postcode_area": "zz9"}, "same city"),
        (FULL | {"postcode": "ab1", "city": "graz"}, "postcodes near"),
        ({"province": "upper"}, "same province"),
        ({"city": "graz", "postcode": "zz99zz", "postcode_area": "zz9"}, "differs"),
        ({}, "missing"),
    ],
)
def test_the_finest_place_that_both_have_comes_first(
    other: dict[str, str | None], label: str
) -> None:
    shares = {"postcode": 1.0, "city": 1.0, "province": 1.0}
    (comparison,) = place_comparison(shares, 0.01)
    assert degree(comparison, FULL, other) == label


def test_relatives_lose_what_they_share_and_matches_keep_it() -> None:
    """300 matches agree on all; 300 pairs of relatives share surname and city and no given name."""
    model = [
        Comparison("given", np.array([0.05, 0.95]), np.array([0.99, 0.01]), (None, None)),
        Comparison("family_name", np.array([0.05, 0.95]), np.array([0.999, 0.001]), (None, None)),
        Comparison("city", np.array([0.1, 0.9]), np.array([0.99, 0.01]), (None, None)),
    ]
    given = np.repeat([1, 0], 300).astype(np.int8)
    ones = np.ones(600, dtype=np.int8)
    pairs = pa.table({"gamma_given": given, "gamma_family_name": ones, "gamma_city": ones})
    bits = {c.name: c.mean_bits(pairs[f"gamma_{c.name}"].to_numpy()) for c in model}
    weighed = weigh_kinds(pairs, model, bits, 1e-4, 5_000_000, NONE)
    assert weighed.weight[0] > 3
    assert weighed.weight[-1] < 0
    assert weighed.household[-1] < weighed.household[0] + 1e-9


def test_what_more_than_a_value_is_agreed_on_counts_beside_its_rarity() -> None:
    """Two degrees ask for the city: that of near postcodes too is the rarer among strangers."""
    city = Comparison(
        "city", np.array([0.5, 0.25, 0.25]), np.array([0.94, 0.05, 0.01]), (None, "city", "city")
    )
    gamma, mean = np.array([1, 2, -1]), np.full(3, 0.06)
    bits = city.bits(gamma, {"city": mean})
    assert bits[0] == pytest.approx(np.log2(5), abs=1e-5)
    assert bits[1] == pytest.approx(np.log2(25), abs=1e-5)
    assert bits[2] == 0
    assert city.bits(gamma, {"city": mean / 2})[1] == pytest.approx(bits[1] + 1, abs=1e-5)


def test_the_prior_holds_what_rules_joined_and_what_is_likely() -> None:
    evidence = np.concatenate([np.full(100, 40.0), np.full(900, -40.0)])
    assert prior_of(evidence, joined=50, total=100_000) == pytest.approx(150 / 100_000, rel=1e-3)


def blocks_of(codes: dict[str, np.ndarray]) -> Blocks:
    return Blocks(codes, np.arange(len(codes["birth_date"])), 300)


def test_what_no_key_finds_is_estimated_and_the_key_that_finds_it_is_added() -> None:
    """Of 4,000 pairs a value of each column is wrong with a chance of .2; both keys need the
    postcode, and that of name and birth does not.
    """
    chance = np.random.default_rng(1)
    person = np.repeat(np.arange(4_000), 2)
    columns = ("given", "family_name", "birth_date", "postcode")
    wrong = {c: chance.random(8_000) < 0.1 for c in columns}
    codes = {c: np.where(wrong[c], np.arange(8_000) + 10_000, person) for c in columns}
    blocks, keys = blocks_of(codes), [("given", "postcode"), ("family_name", "postcode")]
    left, right = np.divmod(blocks.pairs([("birth_date",), *keys]), 8_000)
    pairs = pa.table({"record_l": left, "record_r": right, "gamma_given": np.ones(len(left), int)})
    config = LinkageConfig(lost_share=0.001)
    matches = expected_matches(blocks, pairs, np.ones(len(left)), [("birth_date",), *keys], config)
    assert matches is not None
    true = 1 - len(left) / 4_000
    assert matches.lost_share([("birth_date",), *keys]) == pytest.approx(true, abs=0.015)
    assert worthy_keys(blocks, matches, keys, config)[0] == ("birth_date",)


def test_the_first_keys_do_not_all_need_one_column() -> None:
    person = np.repeat(np.arange(50), 2)
    codes = {c: person for c in ("given", "family_name", "birth_date", "city", "postcode")}
    keys = first_keys(blocks_of(codes), LinkageConfig(first_pairs=2))
    assert not set.intersection(*(set(key) for key in keys))


def test_witnesses_see_probabilities_that_are_wrong() -> None:
    """The weight of half the pairs claims .94; the birth date agrees in half of them."""
    born = Comparison("birth_date", np.array([0.05, 0.95]), np.array([0.999, 0.001]), (None, None))
    pairs = pa.table({"gamma_birth_date": np.tile([1, 0], 500)})
    free = {"birth_date": np.ones(1000, dtype=bool)}
    (band,) = check(pairs, [born], {"birth_date": np.full(1000, 4.0)}, free)
    assert (band.pairs, band.expected) == (1000, pytest.approx(0.941, abs=0.001))
    assert band.witnessed == pytest.approx(0.526, abs=0.01)


def test_titles_are_dropped_on_both_sides_and_one_word_is_no_full_name() -> None:
    assert without_titles(["dr", "ann", "lee", "phd"]) == ["ann", "lee"]
    complete = {name: parts.is_complete for name in NAMES if (parts := name_parts(name))}
    assert complete == {"Dr. Ann Lee": True, "Dr. Smith": False, "Madonna": False, "王女士": False}


def test_the_joined_pairs_are_drawn_from_components_alone() -> None:
    components = np.array([1, 1, 2, 3, 3, 3])
    with duckdb.connect() as worker:
        worker.execute("create table features as select n::integer as record from range(6) t(n)")
        made = joined_matches(worker, [], components, LinkageConfig(joined_pairs=50))
    assert made.weight.sum() == pytest.approx(4)


def test_groups_are_named_by_their_least() -> None:
    groups = connected(6, np.array([4, 3, 5]), np.array([3, 1, 2]))
    assert groups.tolist() == [0, 1, 2, 1, 1, 2]


def test_reliability_compares_the_expected_share_with_the_seen() -> None:
    weight = np.repeat([3.0, -5.0], 1000)
    is_same = np.concatenate([np.arange(1000) < 600, np.arange(1000) < 30])
    figures = reliability(weight, is_same)
    assert figures["bits_2_to_4"] == "1000 pairs, expected 0.889, seen 0.600"
    assert figures["greatest_difference"] == pytest.approx(0.289, abs=0.001)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("wei.wang86@a.example", "wei.wang12@b.example", "differs"),
        ("zhao.lei@a.example", "zhao.min@b.example", "differs"),
        ("wei.wang86@a.example", "wang_wei86@b.example", "same mailbox elsewhere"),
        ("wei.wang86@a.example", "wei.wamg86@a.example", "a letter differs"),
    ],
)
def test_a_mailbox_made_of_the_same_name_is_no_evidence_beside_it(
    one: str, other: str, said: str
) -> None:
    """At 100,000 people half of those who agreed on name and a like mailbox were namesakes."""
    user = "split_part(email, '@', 1)"
    letters = f"array_to_string(list_sort(string_split(regexp_replace({user}, '[^0-9a-z]', '', 'g'), '')), '')"
    sides = ", ".join(
        f"(select email as email_{side}, {user} as email_user_{side}, {letters} as email_letters_{side}"
        f" from (select '{text}' as email))"
        for side, text in {"l": one, "r": other}.items()
    )
    levels = [one for one in SIMPLE["email"]()["comparison_levels"] if "is_null_level" not in one]
    whens = " ".join(
        f"when {level['sql_condition']} then '{level['label_for_charts']}'" for level in levels[:-1]
    )
    found = (
        duckdb.connect().execute(f"select case {whens} else 'differs' end from {sides}").fetchone()
    )
    assert found == (said,)
