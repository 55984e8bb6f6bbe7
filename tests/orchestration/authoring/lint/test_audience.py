"""A campaign is for one segment that its SQL reads: said on the line of its yml."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.orchestration.authoring.lint.catalog import Catalog
from sluice.orchestration.authoring.lint.compiled_rules import lint_queries
from sluice.orchestration.authoring.lint.raw_project import RawProject
from tests.orchestration.authoring.lint.conftest import PACKAGE

YML = "models/activation/campaign_price_page_follow_up.yml"


@pytest.mark.parametrize(
    ("segment", "rules"),
    [
        pytest.param("segment: recent_pricing_visitors, ", [], id="the one it reads"),
        pytest.param("", [], id="none, and it reads one"),
        pytest.param("segment: new_subscribers, ", ["audience"], id="another"),
        pytest.param("segment: subscribers, ", [], id="misspelt: unknown_segment says so"),
    ],
)
def test_the_segment_of_a_campaign_is_one_that_it_reads(
    compiled: Catalog, project: Path, segment: str, rules: list[str]
) -> None:
    path = project / YML
    text = path.read_text()
    path.write_text(text.replace("segment: recent_pricing_visitors, ", segment))
    found = list(lint_queries(RawProject(project, project / PACKAGE), compiled))
    assert [one.rule for one in found] == rules
    assert all((one.file, "recent_pricing_visitors" in one.message) == (YML, True) for one in found)
