"""What of two places is compared: the finest that both records have comes first."""

from collections.abc import Mapping
from typing import Any

from sluice.linkage.levels import Level, alike, comparison, edits, level, missing, same

#: An area of postcodes is shared too when one of the two is only the first half of the other.
AREA = (
    '("postcode_area_l" = "postcode_area_r" or starts_with("postcode_l", "postcode_r")'
    ' or starts_with("postcode_r", "postcode_l"))'
)
COLUMNS = ("address", "postcode", "city", "province")


def place_comparison(filled: Mapping[str, float], min_filled: float) -> list[dict[str, Any]]:
    """One comparison of street, postcode, city and province, as far as records fill them; none
    where they fill none. Who shares a street shares its postcode, so that they are no separate
    evidence.
    """
    has = {column for column in COLUMNS if filled.get(column, 0) >= min_filled}
    if not has:
        return []
    streets = _street_levels(has) if "address" in has else []
    # where nearly all have a street, too few pairs lack it to learn from them
    lacks_street = filled.get("address", 0) < 1 - min_filled
    if not lacks_street:
        return [comparison("address", "address", missing("address"), *streets)]
    if streets:
        streets.append(level(f"not ({missing('address')})", "other address"))
    missing_all = " and ".join(f"({missing(column)})" for column in COLUMNS if column in has)
    if streets == [] and filled.get("company", 0) >= min_filled:
        missing_all = f"({missing_all}) or coalesce({same('company')} and {_finest(has)}, false)"
    name = next(column for column in COLUMNS if column in has)
    return [comparison(name, _described(has), missing_all, *streets, *_area_levels(has))]


def _described(has: set[str]) -> str:
    return "address" if "address" in has else " and ".join(c for c in COLUMNS if c in has)


def _finest(has: set[str]) -> str:
    """Who works for one firm mostly lives in one place, so that agreement says nothing more."""
    return f"({' or '.join(same(c) for c in COLUMNS if c in has and c != 'province') or 'false'})"


def _area_levels(has: set[str]) -> list[Level]:
    """Postcode with city, each alone, parts of them, then the province; frequencies of what is the
    same.
    """
    made = []
    postcode, city = "postcode" in has, "city" in has
    if postcode and city:
        made.append(
            level(f"{same('postcode')} and {same('city')}", "same postcode and city", "postcode")
        )
    if postcode:
        made.append(level(same("postcode"), "same postcode", "postcode"))
    if postcode and city:
        made += [
            level(f"{AREA} and {same('city')}", "same city, postcodes near", "city"),
            level(f"{same('city')} and ({missing('postcode')})", "same city, no postcode", "city"),
        ]
    if city:
        made.append(level(same("city"), "same city", "city"))
    if postcode:
        made += [
            level(f"{edits('postcode', 1)} and length(\"postcode_l\") > 3", "a letter of the postcode differs"),
            level(AREA, "postcodes near"),
        ]  # fmt: skip
    if city:
        made += [
            level(f"({edits('city', 1)} and length(\"city_l\") > 3) or {alike('city', 0.92)}", "a letter of the city differs"),
            level(f"{alike('city', 0.8)} or ({edits('city', 2)} and length(\"city_l\") > 5)", "cities alike"),
        ]  # fmt: skip
    if "province" in has:
        made.append(level(same("province"), "same province", "province"))
    return made


def _street_levels(has: set[str]) -> list[Level]:
    """Street and house with postcode and city."""
    street = (
        f'(shared_weight("street_tokens_l", "street_tokens_r") >= 0.8 or {alike("street", 0.92)})'
    )
    near = (
        f'(shared_weight("street_tokens_l", "street_tokens_r") >= 0.5 or {alike("street", 0.85)})'
    )
    areas = [same(column) for column in ("postcode", "city") if column in has]
    area = f"({' or '.join(areas)})" if areas else "false"
    both = f"({' and '.join(areas)})" if areas else "false"
    has_both = f"not ({missing('address')}) and " if areas else ""
    return [
        level(f"{same('house')} and {street} and coalesce({area}, false)", "same house, area too"),
        level(f"{same('house')} and {street}", "same house"),
        level(f"{same('house')} and {near}", "same number, street alike"),
        level(f"{same('house')} and {area}", "same number and area"),
        level(f"{street} and {area}", "same street"),
        level(street, "same street, other area"),
        level(f"{has_both}({near} or {both})", "near"),
        level(f"{has_both}{area}", "same area"),
    ]
