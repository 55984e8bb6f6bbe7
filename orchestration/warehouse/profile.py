"""Which warehouse the target of dbt's profile means: the one truth of where everything is.

Read here without dbt, whose import takes longer than most commands; ``check_same`` compares with
what dbt itself read, before it does anything.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

from sluice.activations.private_files import write_private
from sluice.models.errors import ConfigurationError
from sluice.models.yaml_text import read_yaml
from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from sluice.orchestration.warehouse.postgres import DEFAULT_PORT, Postgres
from sluice.orchestration.warehouse.spark import Spark
from sluice.orchestration.warehouse.translation import prefix_of

FILE, PROJECT_FILE = "profiles.yml", "dbt_project.yml"
TARGET, PROFILE, FOLDER = "DBT_TARGET", "DBT_PROFILE", "DBT_PROFILES_DIR"
READ_HERE = frozenset({TARGET, PROFILE, FOLDER})  # variables of dbt's that hold for both
OF_LIBPQ = ("sslmode", "sslcert", "sslkey", "sslrootcert", "keepalives_idle", "connect_timeout")
OF_THE_SESSION = ("search_path", "role")
FILTERS = ("as_number", "as_bool", "as_text", "as_native")


@dataclass(frozen=True)
class Target:
    """A target of a profile: where it is written, and its values, which may hold a login."""

    folder: Path
    profile: str
    name: str
    values: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Target({self.profile}.{self.name}, type {self.values.get('type')})"


def read_target(project: Path, home: Path) -> Target:
    """The target that dbt takes in this folder: of the home's own profiles.yml, which a copy for
    runs of the past has, else DBT_PROFILES_DIR, else the folder's own profiles.yml, else ~/.dbt;
    DBT_PROFILE, else the project's ``profile``; DBT_TARGET, else the profile's ``target``. ``home``
    is its SLUICE_HOME. Raises ConfigurationError.
    """
    folder = _folder(project, home)
    profile = _profile_name(project)
    found = _yaml(folder / FILE).get(profile)
    if not isinstance(found, dict):
        raise ConfigurationError(
            f"{folder / FILE} has no profile {profile or 'of the name that dbt_project.yml says'}",
            f"write it, or correct profile in {PROJECT_FILE}",
        )
    jinja = _jinja({"SLUICE_HOME": str(home)})
    name = os.environ.get(TARGET) or str(_rendered(found.get("target") or "default", jinja))
    outputs = found.get("outputs") if isinstance(found.get("outputs"), dict) else {}
    if not isinstance(outputs.get(name), dict):
        raise ConfigurationError(
            f"the profile {profile} in {folder / FILE} has no target {name}",
            f"set target (or {TARGET}) to one of {', '.join(map(str, outputs)) or 'its outputs'}",
        )
    return Target(folder, profile, name, _rendered(outputs[name], jinja))


def warehouse_of(project: Path, home: Path) -> Warehouse:
    """The warehouse of a project. Raises ConfigurationError for an engine that the product does not
    run on.
    """
    target = read_target(project, home)
    kind = str(target.values.get("type"))
    if kind not in ENGINES:
        raise ConfigurationError(
            f"the target {target.name} of the profile {target.profile} is of the type {kind}, which"
            " Sluice cannot run on",
            f"use one of {', '.join(sorted(ENGINES))}; the models alone build with `dbt build"
            f" --target {target.name}`",
        )
    if kind == "spark":
        _require_dispatch(project)
    return ENGINES[kind](target, home)


def write_target(
    project: Path, home: Path, folder: Path, changed: Mapping[str, str], reader: Path
) -> None:
    """Write ``profiles.yml`` into a folder: the project's target as it is written, with some of its
    values changed, under the profile that the project ``reader`` asks for. A login that is in the
    environment stays there.
    """
    target = read_target(project, home)
    written = _yaml(target.folder / FILE)[target.profile]["outputs"][target.name]
    output = {"target": target.name, "outputs": {target.name: {**written, **changed}}}
    write_private(folder / FILE, yaml.safe_dump({_profile_name(reader): output}))


def _profile_name(project: Path) -> str:
    return os.environ.get(PROFILE) or str(_yaml(project / PROJECT_FILE).get("profile") or "")


def check_same(warehouse: Warehouse, values: Mapping[str, Any]) -> None:
    """Raises ConfigurationError when dbt would write to another database than is read: ``values``
    of the target, as dbt renders them.
    """
    if not warehouse.is_same(values):
        raise ConfigurationError(
            f"dbt reads another database in the profile than Sluice does ({warehouse.describe()})",
            "write the target of profiles.yml with env_var() alone, without other Jinja",
        )


def _duckdb(target: Target, home: Path) -> Warehouse:
    path = str(target.values.get("path") or "")
    if re.match(r"\w+:", path):
        raise ConfigurationError(
            f"the target {target.name} in {target.folder / FILE} is no DuckDB file but"
            f" {path.partition(':')[0]}:, which Sluice cannot run on",
            "name a file: docs/warehouses.md lists what is supported",
        )
    if not Path(path).is_absolute():
        raise ConfigurationError(
            f"the path of the target {target.name} in {target.folder / FILE} is {path or 'missing'}"
            ": dbt would take it from the folder a command is called in",
            "write it from /, or as \"{{ env_var('SLUICE_HOME', '.sluice') }}/warehouse.duckdb\"",
        )
    return DuckDBFile(Path(path), home, prefix_of(target.values.get("schema")))


def _postgres(target: Target, _: Path) -> Warehouse:
    values = target.values
    options = {name: values[name] for name in OF_LIBPQ if values.get(name) is not None}
    said = " ".join(f"-c {name}={values[name]}" for name in OF_THE_SESSION if values.get(name))
    options |= {"options": said} if said else {}
    return Postgres(
        host=str(values.get("host") or ""),
        port=_port(target),
        database=str(values.get("dbname") or values.get("database") or ""),
        user=str(values.get("user") or ""),
        password=str(values.get("password") or values.get("pass") or ""),
        prefix=prefix_of(values.get("schema")),
        options=options,
    )


def _port(target: Target) -> int:
    said = str(target.values.get("port") or DEFAULT_PORT)
    if not said.isdigit():
        raise ConfigurationError(
            f"the port of the target {target.name} in {target.folder / FILE} is no number",
            'write port: 5432, or "{{ env_var(NAME) | as_number }}" and set NAME to a number',
        )
    return int(said)


def _spark(target: Target, _: Path) -> Warehouse:
    method = str(target.values.get("method") or "")
    if method != "session":
        raise ConfigurationError(
            f"the target {target.name} in {target.folder / FILE} has the method"
            f" {method or 'of none'}, which Sluice cannot run on",
            "write method: session, and name a Spark Connect server in SPARK_REMOTE, or a master"
            " in server_side_parameters: docs/warehouses.md",
        )
    written = target.values.get("server_side_parameters") or {}
    settings = {str(name): str(value) for name, value in written.items()}
    return Spark(settings, prefix_of(target.values.get("schema")))


def _require_dispatch(project: Path) -> None:
    """dbt finds what the package does otherwise on Spark where the project says so."""
    written = _yaml(project / PROJECT_FILE)
    entries = written.get("dispatch") if isinstance(written.get("dispatch"), list) else []
    for one in entries:
        is_dbt = isinstance(one, dict) and one.get("macro_namespace") == "dbt"
        if is_dbt and "sluice" in (one.get("search_order") or []):
            return
    if written.get("name") != "sluice":  # the package finds its own
        raise ConfigurationError(
            f"{PROJECT_FILE} does not have dbt look for macros in sluice, as it must on Spark",
            f"add to {PROJECT_FILE}: `dispatch: [{{macro_namespace: dbt, search_order:"
            f" [{written.get('name')}, sluice, dbt]}}]`",
        )


ENGINES = {"duckdb": _duckdb, "postgres": _postgres, "spark": _spark}


def _folder(project: Path, home: Path) -> Path:
    if home != project and (home / FILE).is_file():  # a copy, for the past: it leads nowhere else
        return home
    named = os.environ.get(FOLDER)
    if named:
        return Path(named).expanduser().resolve()
    return project if (project / FILE).is_file() else Path.home() / ".dbt"


def _yaml(path: Path) -> dict[str, Any]:
    try:
        found = read_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error.strerror})",
            "write it: docs/warehouses.md has one for each engine",
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = "" if line is None else f" (line {line + 1})"
        raise ConfigurationError(f"{path} is no YAML{where}", "correct it") from error
    return found if isinstance(found, dict) else {}


def _rendered(value: Any, jinja: jinja2.Environment) -> Any:
    """The values as dbt renders them: env_var() and its filters of types."""
    if isinstance(value, dict):
        return {key: _rendered(one, jinja) for key, one in value.items()}
    if isinstance(value, list):
        return [_rendered(one, jinja) for one in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    try:
        return jinja.from_string(value).render()
    except (jinja2.TemplateError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"profiles.yml has Jinja that cannot be read ({type(error).__name__})",
            "write it with env_var(NAME, DEFAULT) and filters of types alone",
        ) from error


def _jinja(known: Mapping[str, str]) -> jinja2.Environment:
    """``known``: what stands before the environment's own variables."""

    def variable(name: str, default: str | None = None) -> str:
        found = known.get(name, os.environ.get(name, default))
        if found is None:
            raise ConfigurationError(
                f"profiles.yml reads the environment variable {name}, which is not set",
                f"set {name}",
            )
        return found

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.globals["env_var"] = variable
    # whatever type they say, each value is read as the one that is asked for
    environment.filters.update(dict.fromkeys(FILTERS, str))
    return environment
