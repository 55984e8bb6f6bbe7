"""What the probabilistic layer takes for evidence: places, given names, relatives, lost pairs."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from benchmarks.linkage_reliability import reliability
from sluice.linkage.agreement import agreement_of, details
from sluice.linkage.blocking import Blocks, Key, first_keys
from sluice.linkage.clusters import connected
from sluice.linkage.comparisons import SIMPLE
from sluice.linkage.config import LinkageConfig
from sluice.linkage.evidence import Comparison, weigh
from sluice.linkage.frequencies import holders
from sluice.linkage.given_names import of_other_sex, variants, without_titles
from sluice.linkage.kinds import OtherPairs
from sluice.linkage.loss import expected_pairs, worthy_keys
from sluice.linkage.mixture import NoCandidates, weigh_kinds
from sluice.linkage.names import name_parts
from sluice.linkage.places import place_comparison
from sluice.linkage.probabilities import prior_of
from sluice.linkage.reliability import Heard, check, correction
from sluice.linkage.training import joined_matches, some_strangers

NAMES = ("Dr. Ann Lee", "Dr. Smith", "Madonna", "Anna", "Li Na", "李娜", "王女士")
NONE = OtherPairs({}, np.zeros(0))
NO_CANDIDATES = NoCandidates(NONE, NONE)


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
    weighed = weigh_kinds(pairs, model, bits, 1e-4, 5_000_000, NO_CANDIDATES)
    assert weighed.weight[0] > 3
    assert weighed.weight[-1] < 0
    assert weighed.household[-1] < weighed.household[0] + 1e-9


def test_what_more_than_a_value_is_agreed_on_counts_beside_its_rarity() -> None:
    """Two degrees ask for the city: that of near postcodes too is the rarer among strangers."""
    city = Comparison(
        "city", np.array([0.5, 0.25, 0.25]), np.array([0.94, 0.05, 0.01]), (None, "city", "city")
    )
    model, pairs = replace(city, name="city"), pa.table({"record_l": [0, 0, 0], "record_r": [1, 1, 1], "gamma_city": [1, 2, -1]})  # fmt: skip
    nobody = [np.array([0, 0]), np.arange(2)]

    def bits(common: float) -> np.ndarray:
        held = replace(holders(*nobody), total=2 / common - 1 / 0.06)
        return weigh(pairs, [model], {"city": held}, lambda _: np.zeros(3))["city"] - 1

    assert bits(0.12)[:2] == pytest.approx([np.log2(5) - 1, np.log2(25) - 1], abs=1e-5)
    assert bits(0.12)[2] == -1
    assert bits(0.06)[1] == pytest.approx(np.log2(25), abs=1e-5)


def test_the_prior_holds_what_rules_joined_and_what_is_likely() -> None:
    evidence = np.concatenate([np.full(100, 40.0), np.full(900, -40.0)])
    assert prior_of(evidence, joined=50, total=100_000) == pytest.approx(150 / 100_000, rel=1e-3)


def blocks_of(codes: dict[str, np.ndarray]) -> Blocks:
    return Blocks(codes, np.arange(len(codes["birth_date"])), 300)


def degrees_of(codes: dict[str, np.ndarray], left: np.ndarray, right: np.ndarray) -> pa.Table:
    """Pairs of records, and whether their values are missing, differ or are the same."""
    held = {"record_l": left.astype(np.int32), "record_r": right.astype(np.int32)}
    for name, code in codes.items():
        missing = (code[left] < 0) | (code[right] < 0)
        held[f"gamma_{name}"] = np.where(missing, -1, code[left] == code[right])
    return pa.table(held)


def test_what_no_key_finds_is_estimated_and_the_key_that_finds_it_is_added() -> None:
    """4,000 people with two records; values are missing in a fifth of the records and wrong in a
    tenth. Half of the pairs agree on neither of two keys.
    """
    columns = ("given", "family_name", "birth_date", "job_title", "postcode")
    chance = np.random.default_rng(1)
    person = np.repeat(np.arange(4_000), 2)
    wrong, missing = chance.random((2, 5, 8_000)) < np.array([0.1, 0.2])[:, None, None]
    held = np.where(missing, -1, np.where(wrong, np.arange(8_000) + 10_000, person))
    codes = dict(zip(columns, held, strict=True))
    blocks = blocks_of(codes | {"right(birth_date, 5)": held[2]})
    keys: list[Key] = [("given", "postcode"), ("family_name", "right(birth_date, 5)")]
    found = degrees_of(codes, *np.divmod(blocks.pairs(keys), 8_000))
    random = degrees_of(codes, *chance.integers(0, 8_000, (2, 50_000)))
    one = Comparison("", np.array([0.2, 0.8]), np.array([1 - 1e-4, 1e-4]), (None, None))
    model = [replace(one, name=name) for name in columns]
    bits = {c.name: c.mean_bits(found[f"gamma_{c.name}"].to_numpy()) for c in model}
    config, others = LinkageConfig(lost_share=0.001), NO_CANDIDATES
    strangers = some_strangers(blocks, model, random, config)
    for _ in range(30):
        weighed = weigh_kinds(found, model, bits, 1e-4, 8_000 * 7_999 // 2, others)
        agreement = agreement_of(blocks, found)
        expected = expected_pairs(agreement, found, weighed, strangers, keys, config)
        assert expected is not None
        others = expected.unseen
    left, right = (found[f"record_{side}"].to_numpy() for side in "lr")
    lost = 1 - (person[left] == person[right]).sum() / 4_000
    assert lost > 0.2
    assert expected.lost_share == pytest.approx(lost, abs=0.04)
    assert worthy_keys(blocks, expected, keys[:1], config)


def test_what_a_degree_holds_more_of_among_matches_is_evidence() -> None:
    """Of names that differ, matches have the same initial and strangers seldom."""
    codes = {
        "given": np.arange(400),
        "left(given, 1)": np.arange(400) % 20,
        "birth_date": np.zeros(400, int),
    }
    blocks = blocks_of(codes)
    left, right = np.triu_indices(400, 1)
    pairs = pa.table({"record_l": left, "record_r": right, "gamma_given": np.zeros(len(left), int)})
    model = [Comparison("given", np.array([0.2, 0.8]), np.array([0.9, 0.1]), (None, None))]
    agreement = agreement_of(blocks, pairs)
    alike = codes["left(given, 1)"][left] == codes["left(given, 1)"][right]
    every = {"given": np.ones(len(left), dtype=bool)}
    bits = details(model, agreement, pairs).bits(agreement, pairs, alike.astype(float), every)
    assert bits["given"][alike].min() > 3
    assert bits["given"][~alike].max() < -3


def test_a_persons_own_copies_do_not_make_a_value_common() -> None:
    """Records 0 to 3 are one person's as others say, 4 is somebody else; all have one value."""
    values = np.append(np.zeros(5, dtype=int), np.arange(1, 96))
    left, right = np.triu_indices(4, 1)
    left, right = np.append(left, 0), np.append(right, 4)
    held, at = holders(values, np.arange(100)), np.arange(7)
    sure = held.rarity(left, right, np.append(np.ones(6), 0), 0.01, at)
    alone = held.rarity(left, right, np.zeros(7), 0.01, at)
    assert sure[0] == pytest.approx(2 / 200)
    assert sure[-1] == pytest.approx(1 / 200)
    assert alone == pytest.approx(np.full(7, 4 / 200))


def test_the_first_keys_do_not_all_need_one_column() -> None:
    person = np.repeat(np.arange(50), 2)
    codes = {c: person for c in ("given", "family_name", "birth_date", "city", "postcode")}
    keys = first_keys(blocks_of(codes), LinkageConfig(first_pairs=2))
    assert not set.intersection(*(set(key) for key in keys))


def heard_of(weight: float, share: float) -> Heard:
    """2,000 pairs of one weight, of which a share are matches, that agree as matches do."""
    chance = np.random.default_rng(1).random(2_000)
    agrees = chance < share * 0.95 + (1 - share) * 0.001
    return Heard(np.full(2_000, weight), agrees, np.full(2_000, 0.95), np.full(2_000, 0.001))


def test_witnesses_see_probabilities_that_are_wrong_and_two_correct_them() -> None:
    """The weight claims .94 where half are matches, and .06 where a hundredth are."""
    heard = [heard_of(4.0, 0.5), heard_of(-4.0, 0.01)]
    seen = {band.low: (band.expected, band.witnessed) for band in check(heard)}
    assert seen[4] == (pytest.approx(0.941, abs=0.001), pytest.approx(0.5, abs=0.03))
    said = correction(heard)
    right = check([replace(one, weight=said.corrected(one.weight)) for one in heard])
    assert all(band.expected == pytest.approx(band.witnessed, abs=0.05) for band in right)
    assert correction(heard[:1]).corrected(np.array([4.0])) == pytest.approx([4.0])
    order = said.corrected(np.linspace(-30, 30, 200))
    assert (np.diff(order) > 0).all()


def test_titles_are_dropped_on_both_sides_and_one_word_is_no_full_name() -> None:
    assert without_titles(["dr", "ann", "lee", "phd"]) == ["ann", "lee"]
    complete = {name: parts.is_complete for name in NAMES if (parts := name_parts(name))}
    whole = {"Dr. Ann Lee", "Li Na", "李娜"}
    assert complete == {name: name in whole for name in NAMES}


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
