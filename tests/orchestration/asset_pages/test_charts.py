"""Charts as Dagster's UI can show them."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import unquote
from xml.etree import ElementTree

from sluice.orchestration.asset_pages.charts import SHOWN_INLINE, bars, columns
from sluice.orchestration.asset_pages.segments import sizes_by_run

MANY = [(f"a_reason_of_some_length_{number}", 10.0 * number) for number in range(20)]


def svg_of(markdown: str) -> ElementTree.Element:
    found = re.fullmatch(r"!\[([^\[\]]*)\]\(<data:image/svg\+xml,([^<>]*)>\)", markdown)
    assert found is not None
    return ElementTree.fromstring(unquote(found[2]))


def test_a_chart_is_short_enough_to_stand_where_it_is_and_is_svg() -> None:
    for made in (bars(MANY), columns(MANY)):
        assert made is not None
        text = made.md_str or ""
        assert len(text) < SHOWN_INLINE
        svg_of(text)


def test_what_has_no_room_is_counted_as_others() -> None:
    made = bars(MANY)
    assert made is not None
    words = (made.md_str or "").split("]")[0]
    kept = [int(number.replace(",", "")) for number in re.findall(r" ([\d,]+)(?=, |$)", words)]
    assert "others" in words
    assert sum(kept) == sum(value for _, value in MANY)


def test_names_are_text_in_the_image_whatever_they_are() -> None:
    made = bars([("</svg><script>alert(1)</script>]( [x]\n", 3)])
    assert made is not None
    texts = [one.text or "" for one in svg_of(made.md_str or "").iter() if one.tag.endswith("text")]
    assert len(texts) == 1
    assert texts[0].startswith("</svg><script>")


def test_nothing_is_no_chart() -> None:
    assert bars([("due", 0)]) is None
    assert columns([("2026-06-30", 7)]) is None


def test_a_history_ends_with_the_size_of_now_and_counts_a_day_once() -> None:
    def at(day: int, hour: int, entered: int, exited: int) -> dict[str, object]:
        moment = datetime(2026, 6, day, hour)
        return {"changed_at": moment, "entered": entered, "exited": exited}

    changes = [at(1, 10, 5, 0), at(2, 10, 3, 1), at(2, 21, 1, 2), at(4, 10, 0, 4)]
    assert sizes_by_run(2, changes) == [("2026-06-01", 5), ("2026-06-02", 6), ("2026-06-04", 2)]
