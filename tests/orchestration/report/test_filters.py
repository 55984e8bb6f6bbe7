"""A period, a channel, a segment: what they cut, and what they leave as it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.report.build import build_tables
from sluice.orchestration.report.filters import Filters, read_filters
from sluice.orchestration.report.reading import Table
from sluice.orchestration.report.sections import Column, read_sections
from sluice.orchestration.report.values import cell
from tests.orchestration.report.small import Page, make_home, manifest, page_of

ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One home for all tests of the file."""
    return make_home(tmp_path_factory.mktemp("home"))


def _tables(settings: Settings, **cut: Any) -> dict[str, Table]:
    tables, problems = build_tables(settings, manifest(), Filters(time_zone=ZONE, **cut))
    assert problems == {}
    return {one.section.model: one for one in tables}


def test_a_period_includes_both_days(settings: Settings) -> None:
    cut = _tables(settings, first=date(2026, 6, 3), last=date(2026, 6, 4))
    assert {row["day"] for row in cut["rpt_daily"].rows} == {date(2026, 6, 3), date(2026, 6, 4)}
    assert cut["rpt_daily"].not_applied == []
    assert cut["rpt_funnel"].not_applied == ["period"]
    assert cut["rpt_funnel"].count == 3


def test_a_channel_and_a_segment_cut_tables_that_have_them(settings: Settings) -> None:
    cut = _tables(settings, channel="email", segment="lapsed")
    assert [row["campaign"][:4] for row in cut["rpt_campaigns"].rows] == ["<scr", "welc"]
    assert cut["rpt_campaigns"].not_applied == ["segment"]
    assert [row["members"] for row in cut["rpt_segments"].rows] == [120]
    assert cut["rpt_many"].not_applied == ["channel", "segment"]


def test_what_was_asked_for_and_is_not_there_is_said(settings: Settings) -> None:
    page = Page(page_of(settings, channel="fax"))
    assert "No row for what was asked: channel fax." in page.text["rpt_campaigns"]
    assert "Not cut by channel: this table has no such column." in page.text["rpt_funnel"]
    assert "channel fax is in no table" in page_of(settings, channel="fax")


@pytest.mark.parametrize(
    ("kind", "name", "first", "until"),
    [
        pytest.param("date", "day", date(2026, 6, 15), date(2026, 7, 3), id="date"),
        pytest.param("timestamp", "conversion_at", "2026-06-14 16:00:00", "2026-07-02 16:00:00", id="moment"),
        pytest.param("date", "month", date(2026, 6, 1), date(2026, 7, 3), id="month whole"),
        pytest.param("varchar", "month", "2026-06", "2026-07~", id="month as text"),
        pytest.param("varchar", "day", "2026-06-15", "2026-07-03", id="day as text"),
    ],
)  # fmt: skip
def test_bounds_are_days_of_the_project(kind: str, name: str, first: Any, until: Any) -> None:
    asked = Filters(date(2026, 6, 15), date(2026, 7, 2), time_zone=ZONE)
    section = read_sections(manifest(), Settings().home)[0][0]
    column = Column(name, kind, "")
    made = section.__class__(**vars(section) | {"columns": (column,)})
    condition, values = asked.condition(made)
    assert condition == f'"{name}" >= $first and "{name}" < $until'
    assert [str(one) for one in values.values()] == [str(first), str(until)]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        pytest.param("2026-06-30", "2026-06-01", "the wrong way round", id="wrong way round"),
        pytest.param("0001-01-01", None, "--from is no day", id="before all zones"),
        pytest.param(None, "9999-12-31", "--to is no day", id="after all zones"),
        pytest.param("June", None, "--from is no day", id="no day"),
        pytest.param(None, "2026-02-30", "--to is no day", id="day that is not there"),
    ],
)
def test_days_that_cannot_be_are_refused(first: str | None, last: str | None, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        read_filters(first, last, "", "", ZONE)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"page": "front"}, "page: Input should be", id="page"),
        pytest.param({"title": {"en": "x"}}, "title.zh: Field required", id="title"),
        pytest.param({"chart": {"kind": "bar", "x": "email", "y": "visits"}}, "email is personal data", id="personal"),
        pytest.param({"chart": {"kind": "bar", "x": "visits"}}, "a bar needs x and y", id="axes"),
        pytest.param({"order_by": "visit"}, "there is no column visit", id="column"),
    ],
)  # fmt: skip
def test_meta_that_is_wrong_is_named(change: dict[str, Any], words: str) -> None:
    found = manifest()
    found["nodes"]["model.sluice.rpt_people"]["config"]["meta"]["report"].update(change)
    sections, problems = read_sections(found, Settings().home)
    assert words in problems["rpt_people"]
    assert "rpt_people" not in {one.model for one in sections}


def test_a_model_that_is_not_public_is_left_out() -> None:
    found = manifest()
    found["nodes"]["model.sluice.rpt_people"]["config"]["access"] = "protected"
    assert "access: public" in read_sections(found, Settings().home)[1]["rpt_people"]


def test_a_name_of_the_project_is_no_word_of_ours() -> None:
    """A variant may be called as one of our words is; that of a state stands in Chinese."""
    assert [cell("new", Column(name, "varchar", ""), "zh", {}).text for name in ("variant", "arm", "state")] == ["new", "new", "新"]  # fmt: skip
