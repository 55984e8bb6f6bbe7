"""The rule ``engagement``: a campaign asks who opened or clicked only where somebody can tell."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.orchestration.authoring.lint.findings import Finding, line_of
from sluice.orchestration.authoring.lint.raw_project import RawProject, text_of
from sluice.orchestration.plan.engagement import fix_of, is_served, untold_events


def check_engagement(project: RawProject) -> Iterator[Finding]:
    """``engagement``: the destination of a campaign tells the opens and clicks that its segments
    ask for, or a source does.
    """
    texts = {
        name: project.text(path) for name, path in project.models.items() if path.suffix == ".sql"
    }
    campaigns = [one for one in project.authored if one.contract.kind == "campaign"]
    written = {one.name: project.meta(one.name, "campaign") for one in campaigns}
    metas = {name: meta.mapping for name, meta in written.items() if meta is not None}
    for one in campaigns:
        for untold in untold_events(one.name, texts, metas, is_served()):
            path = project.models[untold.model]
            line = line_of(texts[untold.model], f"'{untold.event}'", f'"{untold.event}"')
            message = f"{untold.describe()}: {one.name} would go to everybody, or to nobody"
            yield project.finding(path, line, "engagement", message, fix_of(one.name, untold.event))
        yield from _check_source(project, one.name)


def _check_source(project: RawProject, name: str) -> Iterator[Finding]:
    meta = project.meta(name, "campaign")
    source = meta.mapping.get("engagement_from") if meta is not None else None
    if meta is not None and source and f"stg_{source}__events" not in project.models:
        message = f"engagement_from '{text_of(source)}' is no source with events"
        fix = f"write models/staging/{source}/stg_{source}__events.sql, or name one there is"
        yml, line = project.models[name].with_suffix(".yml"), meta.line_at("engagement_from")
        yield project.finding(yml, line, "engagement", message, fix)
