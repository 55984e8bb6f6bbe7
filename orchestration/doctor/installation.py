"""Whether the engine, the project and the settings of destinations fit together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from sluice._version import __version__
from sluice.models.errors import ConfigurationError
from sluice.orchestration.doctor.finding import Finding
from sluice.orchestration.installation.package_links import check_package
from sluice.orchestration.installation.project import Project
from sluice.orchestration.installation.settings import Settings

VERSION, PROJECT, DESTINATIONS = "version", "project", "settings"
USED = ("dbt-core", "dbt-duckdb", "dagster", "duckdb")


def check_version(settings: Settings) -> Iterator[Finding]:
    """The engine, the dbt package it carries, what the project has of it, and what they need."""
    check_package(settings.project)
    used = ", ".join(f"{name} {_version(name)}" for name in USED)
    installed = _version("sluice")
    words = f"sluice {__version__}, its dbt package too; {used}"
    if installed in {__version__, "?"}:
        yield Finding(check=VERSION, state="ok", words=words)
    else:
        yield Finding(
            check=VERSION,
            state="warning",
            words=f"{words}; the installation is recorded as {installed}",
            fix="install it anew from its wheel or clone, as docs/install.md says",
        )


def check_project(settings: Settings) -> Iterator[Finding]:
    """The folder, its sources, and what a project must have."""
    project = settings.project
    missing = list(_missing(project, settings))
    for words, fix in missing:
        yield Finding(check=PROJECT, state="warning", words=words, fix=fix)
    if not missing:
        sources = ", ".join(settings.enabled_sources()) or "none"
        words = f"{project.config.name} in {project.root}; sources: {sources}"
        yield Finding(check=PROJECT, state="ok", words=words)


def check_destinations(settings: Settings) -> Iterator[Finding]:
    """The settings of each destination that a campaign or a sync sends to, without a call."""
    from sluice.activations.destinations import registry
    from sluice.orchestration.installation.destination_settings import declared

    said, names = declared(settings), _destinations(settings)
    if names is None:
        words = "which destinations are used is known after the first run"
        yield Finding(check=DESTINATIONS, state="ok", words=words)
    for name in names or ():
        try:
            registry.settings(name, None, said)
        except ConfigurationError as error:
            is_live = settings.delivery == "live"
            wanted = error.fix.partition(", or SLUICE_DELIVERY")[0]
            later = f"nothing to set for the sandbox; before delivery: live, {wanted}"
            words = error.message if is_live else later
            state, fix = ("failed", error.fix) if is_live else ("ok", "")
            yield Finding(check=DESTINATIONS, state=state, words=f"{name}: {words}", fix=fix)
        else:
            yield Finding(check=DESTINATIONS, state="ok", words=f"{name} is set up")


def _missing(project: Project, settings: Settings) -> Iterator[tuple[str, str]]:
    if not settings.raw.is_dir():
        yield f"there is no folder {settings.raw} to land files from", "make it, or set raw"
    if not project.content.is_dir():
        yield "there is no folder content/ for templates", f"make {project.content}"
    for name in ("dbt_project.yml", "packages.yml", "profiles.yml"):
        if not (project.root / name).is_file():
            yield f"there is no {name}", "copy it from a new project: sluice init"


def _destinations(settings: Settings) -> list[str] | None:
    """Those that the last parse knows of; None before the first."""
    from sluice.orchestration.plan.activation_registry import find_activations

    path = settings.home / "dbt" / "manifest.json"
    if not path.is_file():
        return None
    problems: list[str] = []
    found = find_activations(json.loads(path.read_text(encoding="utf-8")), problems)
    return sorted({one.destination for one in found})


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"
