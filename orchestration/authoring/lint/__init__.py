"""The linter of what analytics engineers write. ``lint_static`` reads files only; ``lint_project``
compiles with dbt too.
"""

from __future__ import annotations

from pathlib import Path

from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from sluice.orchestration.installation.settings import Settings

__all__ = ["Finding", "lint_project", "lint_static"]


def lint_static(folder: Path, package: Path = PACKAGE_PROJECT) -> list[Finding]:
    """What is wrong with the files of a project and of what it uses of the package, as written, by
    file and line. Takes about a second, and no dbt.
    """
    from sluice.orchestration.authoring.lint.raw_project import RawProject
    from sluice.orchestration.authoring.lint.rules import STATIC_RULES

    project = RawProject(folder, package)
    return sorted({finding for rule in STATIC_RULES for finding in rule(project)})


def lint_project(settings: Settings) -> list[Finding]:
    """What is wrong with the files of the project of the settings, and with the SQL they compile
    to, by file and line. Reads and writes no warehouse.
    """
    from sluice.orchestration.authoring.lint.compiled_rules import lint_compiled
    from sluice.orchestration.authoring.lint.raw_project import RawProject

    project = RawProject(settings.project.dbt_folder, settings.project.package)
    static = lint_static(project.root, project.package)
    return sorted({*static, *lint_compiled(settings, project, static)})
