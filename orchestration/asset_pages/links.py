"""The way from an asset to its part of the published report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from sluice.models.journey import PREFIX, journey_name
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.report.daily import copy_of_day
from sluice.orchestration.report.subjects import anchor

SUBJECTS = {"seg_": "segment", "campaign_": "campaign"}


def published_copies(settings: Settings) -> dict[str, Path]:
    """{language: the copy of the day}, of those that are there."""
    copies = {language: copy_of_day(settings, language) for language in settings.report_publish}
    return {language: path for language, path in copies.items() if path.is_file()}


def links_to(model: str, copies: Mapping[str, Path], url: str) -> Mapping[str, Any]:
    """``report_en`` and so on: the part of each copy about a model. It is a link where ``url`` says
    from where the copies can be opened, else the address of the file, to be copied: browsers follow
    no link from a page to a file.
    """
    part = subject_of(model)
    return {f"report_{language}": _address(path, part, url) for language, path in copies.items()}


def subject_of(model: str) -> str:
    """The anchor of a model's part: ``segment-buyers``; that of all results for a sync."""
    if model.startswith(PREFIX):
        return anchor("graph", journey_name(model))
    for prefix, kind in SUBJECTS.items():
        if model.startswith(prefix):
            return anchor(kind, model.removeprefix(prefix))
    return "rpt_activation_results"


def _address(path: Path, part: str, url: str) -> Any:
    if url:
        return dg.MetadataValue.url(f"{url.rstrip('/')}/{path.name}#{part}")
    return dg.MetadataValue.path(f"{path.as_uri()}#{part}")
