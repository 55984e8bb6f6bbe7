"""The way from an asset to its part of the report."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from sluice.orchestration.asset_pages.links import links_to, subject_of

COPY = Path("/home/acme/reports/report-2026-06-30_zh.html")


@pytest.mark.parametrize(
    ("model", "part"),
    [
        ("seg_buyers", "segment-buyers"),
        ("campaign_welcome", "campaign-welcome"),
        ("steps_win_back__v1", "graph-win_back"),
        ("sync_crm", "rpt_activation_results"),
    ],
)
def test_a_model_has_its_part_of_the_report(model: str, part: str) -> None:
    assert subject_of(model) == part


def test_it_is_a_link_where_the_folder_is_served_and_else_an_address() -> None:
    served = links_to("seg_buyers", {"zh": COPY}, "https://intranet.example/reports/")["report_zh"]
    assert isinstance(served, dg.UrlMetadataValue)
    assert served.url == f"https://intranet.example/reports/{COPY.name}#segment-buyers"
    local = links_to("seg_buyers", {"zh": COPY}, "")["report_zh"]
    assert isinstance(local, dg.PathMetadataValue)
    assert local.path == f"file://{COPY}#segment-buyers"
    assert links_to("seg_buyers", {}, "") == {}
