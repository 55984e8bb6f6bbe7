"""What of two records is compared, and in which degrees of agreement. Evidence that hangs together is one comparison."""

from collections.abc import Mapping
from typing import Any

from sluice.linkage.levels import alike, comparison, edits, level, missing, same
from sluice.linkage.places import place_comparison


def comparisons_for(filled: Mapping[str, float], min_filled: float) -> list[dict[str, Any]]:
    """Splink comparisons for the features that enough records fill; `filled` gives the share of each."""
    has = {c for c, share in filled.items() if share >= min_filled}
    chosen = _names(filled, has) + [make() for column, make in SIMPLE.items() if column in has]
    return chosen + place_comparison(filled, min_filled)


def _names(filled: Mapping[str, float], has: set[str]) -> list[dict[str, Any]]:
    if filled.get("family_name", 0) + filled.get("given", 0) > filled.get("full_text", 0):
        return [
            _given_name(),
            _word("family_name", "surname", "given"),
        ]
    return [_full_name()] if "full_text" in has else []


def _word(column: str, description: str, swapped_with: str | None = None) -> dict[str, Any]:
    swapped = (
        [
            level(
                f'"{column}_l" = "{swapped_with}_r" and "{column}_r" = "{swapped_with}_l"',
                "swapped",
            )
        ]
        if swapped_with
        else []
    )
    return comparison(
        column, description, missing(column),
        level(same(column), "same", column),
        *swapped,
        level(f"(length(\"{column}_l\") > 3 and {edits(column, 1)}) or {alike(column, 0.92)}", "a letter differs"),
        level(f"{alike(column, 0.8)} or (length(\"{column}_l\") > 5 and {edits(column, 2)})", "alike"),
    )  # fmt: skip


def _given_name() -> dict[str, Any]:
    """Nicknames are one person's; Stefan and Stefanie differ in more than two letters."""
    made = _word("given", "given name", "family_name")
    other_sex = 'list_contains("given_other_sex_l", "given_r")'
    null, exact, swapped, *alike_levels = made["comparison_levels"]
    for one in alike_levels[:-1]:
        one["sql_condition"] = f"({one['sql_condition']}) and not {other_sex}"
    variant = level('list_has_any("given_variants_l", "given_variants_r")', "a variant")
    initial = level(
        'least(length("given_l"), length("given_r")) = 1'
        ' and left("given_l", 1) = left("given_r", 1)', "initial"
    )  # fmt: skip
    return made | {"comparison_levels": [null, exact, swapped, variant, initial, *alike_levels]}


def _full_name() -> dict[str, Any]:
    return comparison(
        "name", "name", '"full_key_l" is null or "full_key_r" is null',
        level(f"{same('full_name')}", "same", "full_name"),
        level(f"{same('name_key')}", "same sound or order", "name_key"),
        level('"is_complete_l" and "is_complete_r" and ' + f"(shared_weight(\"name_tokens_l\", \"name_tokens_r\") >= 0.8 or {alike('full_key', 0.92)})", "alike"),
        level(same("full_key"), "the same word alone"),
        level('not ("is_complete_l" and "is_complete_r") and (list_has_all("name_tokens_l", "name_tokens_r") or list_has_all("name_tokens_r", "name_tokens_l"))', "a part of it"),
        level('shared_weight("name_tokens_l", "name_tokens_r") >= 0.4', "words shared"),
    )  # fmt: skip


def _birth_date() -> dict[str, Any]:
    a, b = '"birth_date_l"', '"birth_date_r"'
    parts = " + ".join(
        f"(substr({a}, {n}, {size}) = substr({b}, {n}, {size}))::int"
        for n, size in ((1, 4), (6, 2), (9, 2))
    )
    days = f"substr({a}, 6, 2) = substr({b}, 9, 2) and substr({a}, 9, 2) = substr({b}, 6, 2)"
    swap = f"substr({a}, 1, 4) = substr({b}, 1, 4) and {days}"
    # dates mostly have one length, and then digits are compared one by one, in a tenth of the time
    one, two = (
        f"(case when length({a}) = length({b}) then hamming({a}, {b}) <= {near}"
        f" else {edits('birth_date', most)} end)"
        for near, most in ((2, 1), (2, 2))
    )
    return comparison(
        "birth_date", "birth date", missing("birth_date"),
        level(same("birth_date"), "same", "birth_date"),
        level(f"({one} and {edits('birth_date', 1)}) or ({swap})", "a digit differs or day and month swapped"),
        level(f"({parts}) >= 2", "two of year, month, day"),
        level(two, "two digits differ"),
        level(f"substr({a}, 1, 4) = substr({b}, 1, 4)", "same year"),
        level(f"({parts}) >= 1", "same month or day"),
    )  # fmt: skip


def _email() -> dict[str, Any]:
    # one that is merely alike says what the names say: namesakes make theirs of the same letters
    return comparison(
        "email", "e-mail", missing("email"),
        level(same("email"), "same", "email"),
        level(f"{same('email_letters')} or ({same('email_user')} and length(\"email_user_l\") >= 5)", "same mailbox elsewhere", "email_user"),
        level(f"{edits('email', 2)} or {alike('email', 0.95)}", "a letter differs"),
    )  # fmt: skip


def _number(column: str, description: str) -> dict[str, Any]:
    return comparison(
        column, description, missing(column),
        level(same(column), "same", column),
        level(f"{edits(column, 1)} and length(\"{column}_l\") >= 6", "a digit differs"),
        level(f"{edits(column, 2)} and length(\"{column}_l\") >= 6", "two digits differ"),
    )  # fmt: skip


def _company() -> dict[str, Any]:
    return comparison(
        "company", "company", missing("company"),
        level(same("company"), "same", "company"),
        level(f"shared_weight(\"company_tokens_l\", \"company_tokens_r\") >= 0.8 or {alike('company', 0.95)}", "alike"),
        level('shared_weight("company_tokens_l", "company_tokens_r") >= 0.4', "words shared"),
    )  # fmt: skip


def _exact(column: str, description: str) -> dict[str, Any]:
    return comparison(column, description, missing(column), level(same(column), "same", column))


SIMPLE = {
    "birth_date": _birth_date,
    "email": _email,
    "phone": lambda: _number("phone", "phone"),
    "national_id": lambda: _number("national_id", "national id"),
    "company": _company,
    "job_title": lambda: _exact("job_title", "job title"),
    "source": lambda: _exact("source", "source"),
    "unionid": lambda: _exact("unionid", "unionid"),
}
