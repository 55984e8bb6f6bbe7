"""The rule ``audience``: it is clear whose holdout and priority hold for a campaign."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.jinja_rules import segment_names
from sluice.orchestration.authoring.lint.query import Query
from sluice.orchestration.plan.audience import check_audience


def check_campaign_audience(query: Query) -> Iterator[Finding]:
    """``audience``: a campaign is for one segment that its SQL reads, or for none."""
    meta = query.project.meta(query.authored.name, "campaign")
    if meta is None:
        return
    declared = meta.mapping.get("segment")
    if declared is not None and not isinstance(declared, str):
        return  # yml says so
    if declared and declared not in segment_names(query.project):
        return  # unknown_segment
    try:
        check_audience(query.node, declared, query.catalog.manifest)
    except ConfigurationError as error:
        line = meta.line_at("segment") if declared else meta.line
        yml = query.authored.yml
        yield query.project.finding(yml, line, "audience", error.message, error.fix)
