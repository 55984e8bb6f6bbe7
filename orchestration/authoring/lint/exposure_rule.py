"""The rule on the exposures that dbt's docs show: they are those of the campaigns and syncs."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.raw_project import RawProject


def check_exposures(project: RawProject) -> Iterator[Finding]:
    """``exposures``: models/exposures.yml, if there is one, is what `sluice exposures` writes."""
    from sluice.orchestration.authoring.exposures import FILE, HEAD, exposures_text

    path = project.root / FILE
    text = project.text(path) if path.is_file() else ""
    if text.startswith(HEAD) and text != exposures_text(project):
        yield project.finding(
            path, 1, "exposures", "is not what is sent now", "write it anew: sluice exposures"
        )
