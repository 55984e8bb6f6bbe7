"""dbt in this process: parse once, build many times. A subprocess would cost four seconds a
call.
"""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sluice.activations.private_files import write_private
from sluice.models.errors import ConfigurationError
from sluice.orchestration.dbt import quick
from sluice.orchestration.dbt.connection import close_duckdb
from sluice.orchestration.dbt.contents import digest
from sluice.orchestration.dbt.environment import own_environment
from sluice.orchestration.dbt.error_text import fix_of
from sluice.orchestration.dbt.executing import Executing, executing
from sluice.orchestration.dbt.kept_manifest import read_manifest
from sluice.orchestration.dbt.project_files import (
    are_edited_alone,
    describe_files,
    faulty_leaves,
    fingerprint,
    misnamed_leaves,
    named_leaves,
    project_without,
)
from sluice.orchestration.dbt.results import NodeResult, node_result
from sluice.orchestration.dbt.unchanged import BUILT, Kept, macros_of, relations_of
from sluice.orchestration.installation.package_links import link_package
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.runs import stopping
from sluice.orchestration.runs.progress import announce
from sluice.orchestration.warehouse.attached import keep_attached
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile, opened_elsewhere
from sluice.orchestration.warehouse.profile import Target, check_same, read_target

SECONDS = "%Y-%m-%d %H:%M:%S"
FILES = "files.json"  # what was parsed last
CONFLICT = "Could not set lock on file"  # DuckDB, of a file that another process has open
IN_THE_MANIFEST = (
    "dbt-core",
    "dbt-adapters",
    "dbt-duckdb",
)  # its shape is the first's, and their macros are in it


class Dbt:
    """The dbt project of the settings, with the package it uses, on one warehouse. Its files, logs
    and parse cache are kept in SLUICE_HOME/dbt.

    ``unreadable``: the models dbt could not parse, with its message; the project is read without
    them. ``is_thrown_away``: the warehouse is, so nothing is kept for a next build;
    ``touched_alone``: who makes models for some contacts alone in it.
    ``last_run``: the logical time of the last run that pushed or ended (aware UTC); None
    where nothing is known of runs.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folders = settings.project.dbt_folders
        self.source = self.project = settings.project.dbt_folder
        self.target = settings.home / "dbt"
        self.unreadable: dict[str, str] = {}
        self.last_run: datetime | None = None
        self.is_thrown_away = False
        self.touched_alone: Executing | None = None
        self._around: dict[tuple[str, ...], Any] = {}
        self._checked: list[Target] = []

    @cached_property
    def parsed(self) -> Any:
        """dbt's own manifest of the project: the one kept when no file changed, else parsed
        anew.
        """
        kept = self.target / "partial_parse.msgpack"
        if kept.is_file() and self._fingerprint() == self._kept_fingerprint():
            return read_manifest(kept) or self._parse()
        return self._parse()

    @property
    def manifest_path(self) -> Path:
        """``manifest.json`` of the last parse; parses when there is none or it is out of date."""
        if (
            not (self.target / "manifest.json").is_file()
            or self._fingerprint() != self._kept_fingerprint()
        ):
            _ = self.parsed
        return self.target / "manifest.json"

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest as data. dbt writes its file in each build: one that a killed run left half
        written is made anew.
        """
        loaded: dict[str, Any]
        try:
            loaded = json.loads(self.manifest_path.read_text(encoding="utf-8"))
        except ValueError:
            (self.target / "manifest.json").unlink()
            self._parse()
            loaded = json.loads(self.manifest_path.read_text(encoding="utf-8"))
        return loaded

    def manifest_without(self, broken: Sequence[str]) -> dict[str, Any]:
        """The manifest as data when the unions leave out the ``broken`` models."""
        if not broken:
            return self.manifest
        self._parsed_without(broken)
        loaded: dict[str, Any] = json.loads(
            (self.target / "around" / "manifest.json").read_text(encoding="utf-8")
        )
        return loaded

    def build(
        self,
        as_of: datetime,
        *,
        select: Sequence[str] = (),
        exclude: Sequence[str] = (),
        broken: Sequence[str] = (),
    ) -> list[NodeResult]:
        """``dbt build`` at a logical time, without unit tests. Returns a result a node; never
        raises for a failed one.
        """
        arguments = ["build", "--exclude-resource-type", "unit_test", "--quiet"]
        arguments += ["--select", *select] if select else []
        arguments += ["--exclude", *exclude] if exclude else []
        arguments += ["--no-write-json"] if self.is_thrown_away else []
        manifest = self._parsed_without(broken) if broken else self.parsed
        with executing(self.touched_alone or self._kept(manifest, as_of, broken)):
            outcome = self._invoke(
                arguments, variables=self._vars(as_of, broken), manifest=manifest
            )
        return [node_result(result) for result in outcome.result.results]

    def _kept(self, manifest: Any, as_of: datetime, broken: Sequence[str]) -> Kept | None:
        """What is known of the last build; elsewhere than in DuckDB all is built each time, as in
        a copy, where looking at what nearly all changed costs more than building the rest.
        """
        if (
            self.is_thrown_away
            or not isinstance(self.settings.warehouse, DuckDBFile)
            or not quick.is_tried()
        ):
            return None
        versions = [*self._versions(), f"duckdb {version('duckdb')}"]
        target = read_target(self.source, self.settings.home)  # its settings: a time zone
        around = [macros_of(manifest), versions, sorted(target.values.items(), key=str)]
        files = digest([self._fingerprint(), sorted(broken)])
        moment, relations = as_of.strftime(SECONDS), relations_of(manifest)
        return Kept(self.target / BUILT, digest(around), files, moment, relations)

    def compile(self, as_of: datetime, select: Sequence[str]) -> dict[str, str]:
        """The SQL of some models at a logical time, by name. A model that cannot be compiled raises
        ConfigurationError.
        """
        outcome = self._invoke(
            ["compile", "--quiet", "--select", *select],
            variables=self._vars(as_of),
            manifest=self.parsed,
        )
        failed = [
            f"{result.node.name}: {result.message}"
            for result in outcome.result.results
            if result.status != "success"
        ]
        if failed:
            raise ConfigurationError(
                "; ".join(failed), "fix the file it names: `sluice lint` says the line"
            )
        return {result.node.name: result.node.compiled_code for result in outcome.result.results}

    def _parse(self) -> Any:
        """Parse: all of it, or where the files are the same ones as before only those that were
        edited. What cannot be read is left out and parsed without, as long as dbt names a file to
        leave out.
        """
        if (edited := self._parse_edited()) is not None:
            return edited
        announce("reading all models anew (dbt), half a minute; unchanged they are read at once")
        self._leave_out(misnamed_leaves(self.source))
        while True:
            try:
                parsed = self._invoke(
                    ["parse", "--no-partial-parse", "--quiet"], variables=self._vars()
                ).result
            except ConfigurationError as error:
                named = dict.fromkeys(named_leaves(error.message), error.message)
                if not self._leave_out(named or faulty_leaves(self.source)):
                    raise
            else:
                self._keep_fingerprint()
                return parsed

    def _leave_out(self, found: Mapping[str, str]) -> bool:
        """False where none of them is new."""
        new = {name: words for name, words in found.items() if name not in self.unreadable}
        self.unreadable |= new
        if new:
            self.project = project_without(self.folders, self.unreadable, self.target / "project")
        return bool(new)

    def _parse_edited(self) -> Any:
        """None where files came or went, which a union must see (docs/decisions/0002), or where
        dbt refuses one: it says of the whole what is wrong.
        """
        kept = self.target / FILES
        if not are_edited_alone(kept, self._files()):
            return None
        kept.unlink()
        try:
            parsed = self._invoke(["parse", "--partial-parse", "--quiet"], variables=self._vars())
        except ConfigurationError:
            return None
        self._keep_fingerprint()
        return parsed.result

    def _parsed_without(self, broken: Sequence[str]) -> Any:
        key = tuple(broken)
        if key not in self._around:
            variables = self._vars(None, broken)
            arguments = ["parse", "--no-partial-parse", "--quiet"]
            self._around[key] = self._invoke(
                arguments, variables=variables, target=self.target / "around"
            ).result
        return self._around[key]

    def _invoke(
        self,
        arguments: list[str],
        *,
        variables: dict[str, Any],
        manifest: Any = None,
        target: Path | None = None,
    ) -> Any:
        from dbt.cli.main import dbtRunner

        quick.install(self.target / "templates")
        link_package(self.settings.project)
        chosen = read_target(self.source, self.settings.home)
        if target is None:  # elsewhere nothing is written to the warehouse
            self._require_same_database(chosen)
        flags = ["--project-dir", self.project, "--profiles-dir", chosen.folder]
        flags += ["--profile", chosen.profile, "--target", chosen.name]
        flags += ["--target-path", target or self.target, "--log-path", self.target / "logs"]
        flags += ["--log-level", "none", "--vars", json.dumps(variables)]
        try:
            with own_environment(), warnings.catch_warnings():
                # agate, of a type for a column that not each seed has: column_types of a folder
                warnings.filterwarnings("ignore", '"record_id" does not match', RuntimeWarning)
                outcome = dbtRunner(manifest=manifest).invoke([*arguments, *map(str, flags)])
        finally:
            attached = close_duckdb()
        if attached is not None and target is None:
            keep_attached(self.settings.home, attached)
        stopping.check()
        if outcome.exception is not None or outcome.result is None:
            words = str(outcome.exception)
            if CONFLICT in words:
                raise opened_elsewhere(self.settings.warehouse.database, words)
            raise ConfigurationError(
                f"dbt could not {arguments[0]} the project: {words}", fix_of(words)
            )
        return outcome

    def _require_same_database(self, chosen: Target) -> None:
        """Raises ConfigurationError when dbt would write to another database than is read here."""
        from dbt.config.profile import read_profile
        from dbt.config.renderer import ProfileRenderer
        from dbt_common.context import set_invocation_context

        if chosen not in self._checked:
            set_invocation_context(os.environ)
            written = read_profile(str(chosen.folder))[chosen.profile]["outputs"][chosen.name]
            check_same(self.settings.warehouse, ProfileRenderer({}).render_data(written))
            self._checked.append(chosen)

    def _vars(self, as_of: datetime | None = None, broken: Sequence[str] = ()) -> dict[str, Any]:
        values: dict[str, Any] = {"sources": self.settings.enabled_sources()}
        left_out = sorted({*broken, *self.unreadable})
        values |= {"broken": left_out} if left_out else {}
        # what is made of a table that is not there fails by itself, and is built around
        values |= {"sources_may_be_missing": True, "in_sluice_run": True}
        if self.settings.memory:
            values["memory_limit"] = self.settings.memory
        if as_of is None:
            return values
        if self.last_run is not None:
            values["last_run"] = self.last_run.strftime(SECONDS)
        if self.is_thrown_away:
            values["is_thrown_away"] = True
        if self.touched_alone is not None:
            values["touched_alone"] = True
        return {**values, "as_of": as_of.strftime(SECONDS)}

    def state(self) -> str:
        """Equal where the same files are read in the same circumstances."""
        return self._fingerprint()

    def code(self) -> str:
        """Equal where the same SQL is made, in whatever warehouse."""
        return digest([fingerprint(self.folders, ""), self._vars(), self._versions()])

    def _fingerprint(self) -> str:
        return fingerprint(self.folders, self.circumstances())

    def circumstances(self) -> str:
        """What a manifest depends on besides files: variables, versions, the target."""
        target, where = read_target(self.source, self.settings.home), self.settings.warehouse
        of_target = f"{target!r} {where.database} {where.name_of('')}"  # no login: it is kept
        return f"{self._vars()} {self._versions()} {of_target}"

    def _versions(self) -> list[str]:
        return [f"{name} {version(name)}" for name in IN_THE_MANIFEST]

    def _kept_fingerprint(self) -> str:
        path = self.target / "fingerprint"
        return path.read_text() if path.is_file() else ""

    def _keep_fingerprint(self) -> None:
        """Not when a file could not be read: the next process must find that out again."""
        self.target.mkdir(parents=True, exist_ok=True)
        write_private(self.target / "fingerprint", "" if self.unreadable else self._fingerprint())
        write_private(self.target / FILES, json.dumps({} if self.unreadable else self._files()))

    def _files(self) -> dict[str, list[Any]]:
        return describe_files(self.folders, f"{self.source} {self.circumstances()}")

    def compile_each(
        self, names: Sequence[str]
    ) -> tuple[dict[str, tuple[Any, str]], dict[str, str]]:
        """Models and their ancestors compiled: ``{unique_id: (node, SQL)}``, and ``{name:
        message}`` of those that cannot be.

        On an empty warehouse apart, so neither a fresh home nor another program that has the file
        open is in the way.
        """
        failed: dict[str, str] = {}
        manifest = self.parsed
        with self._warehouse_apart() as apart:
            while True:
                select = [f"+{name},resource_type:model" for name in names]
                arguments = [
                    "compile",
                    "--quiet",
                    "--select",
                    *select,
                    *(["--exclude", *failed] if failed else []),
                ]
                try:
                    outcome = self._invoke(
                        arguments,
                        variables={**self._vars(), "in_lint": True},
                        manifest=manifest,
                        target=apart,
                    )
                except ConfigurationError as error:
                    # dbt stops at the first model it cannot compile
                    found = [
                        name
                        for name in re.findall(r"in model (\w+)", error.message)[:1]
                        if name not in failed
                    ]
                    if not found:
                        raise
                    failed |= dict.fromkeys(found, error.message)
                else:
                    nodes = [result.node for result in outcome.result.results]
                    return {
                        node.unique_id: (node, node.compiled_code or "") for node in nodes
                    }, failed

    @contextmanager
    def _warehouse_apart(self) -> Iterator[Path]:
        apart, kept = self.target / "lint", os.environ.get("SLUICE_HOME")
        apart.mkdir(parents=True, exist_ok=True)
        os.environ["SLUICE_HOME"] = str(apart)  # dbt's profile reads it
        try:
            yield apart
        finally:
            if kept is None:
                del os.environ["SLUICE_HOME"]
            else:
                os.environ["SLUICE_HOME"] = kept
