"""dbt compiles what is linted, and the rules on SQL look at it. What dbt cannot compile is a
finding; the rest is linted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.lint.catalog import Catalog
from sluice.orchestration.authoring.lint.findings import Finding, line_of
from sluice.orchestration.authoring.lint.query import Query
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.lint.rules import SQL_RULES
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.settings import Settings

FILE = re.compile(r"(?:models|macros|seeds|tests)/[\w./-]+\.(?:sql|yml|py|csv)")
FIX = "fix the file as the message says"


def lint_compiled(settings: Settings, project: RawProject, static: list[Finding]) -> list[Finding]:
    """The findings on compiled SQL, and on what dbt cannot compile where no ``static`` finding has
    reported why.
    """
    dbt = Dbt(settings)
    try:
        manifest = dbt.manifest
        compiled, failed = dbt.compile_each([authored.name for authored in project.authored])
    except ConfigurationError as error:
        return [] if static else [_project_finding(project, error.message)]
    catalog = Catalog(manifest, {key: sql for key, (_, sql) in compiled.items()})
    stated = {Path(finding.file).stem for finding in static}
    silent = {
        name: text for name, text in {**dbt.unreadable, **failed}.items() if name not in stated
    }
    return [*_failures(project, silent), *lint_queries(project, catalog)]


def lint_queries(project: RawProject, catalog: Catalog) -> Iterator[Finding]:
    """What the rules find in every authored model that was compiled."""
    nodes = {
        node["name"]: node
        for node in catalog.manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    for authored in project.authored:
        node = nodes.get(authored.name)
        if node is not None and catalog.code.get(node["unique_id"]):
            query = Query(project, authored, catalog, node)
            yield from (finding for rule in SQL_RULES for finding in rule(query))


def _failures(project: RawProject, failed: Mapping[str, str]) -> Iterator[Finding]:
    for name, text in sorted(failed.items()):
        if name in project.models:
            path, cause = project.models[name], _cause(text)
            line = _line_in(text) or line_of(
                project.text(path),
                *re.findall(r"\w+[(=]'[^']*'", cause),
                *re.findall(r"'(\w+)'", cause),
            )
            yield project.finding(path, line, "compiles", f"dbt cannot compile it: {cause}", FIX)


def _project_finding(project: RawProject, text: str) -> Finding:
    """dbt could not read the project at all."""
    named = FILE.search(text)
    name = named.group() if named else "dbt_project.yml"
    folders = (project.root, project.package)
    path = next((one / name for one in folders if (one / name).is_file()), project.root / name)
    return project.finding(path, _line_in(text) or 1, "compiles", _cause(text), FIX)


def _cause(text: str) -> str:
    """What dbt says, without its headings and without the macros it came through."""
    lines = [
        line.strip()
        for line in text.split("\n\n")[0].splitlines()
        if not re.match(r"\s*(>|.*Error\b.*$)", line)
    ]
    lines = [line for line in lines if line] or [
        line.strip() for line in text.splitlines() if line.strip()
    ][-1:]
    return " ".join(lines).replace("dbt_macro__", "")


def _line_in(text: str) -> int:
    """The line that dbt names; 0 when it names none."""
    found = re.search(r"\bline (\d+)", text)
    return int(found.group(1)) if found else 0
