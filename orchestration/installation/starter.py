"""A new project: the files that ``sluice init`` writes, from the template or an example."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from sluice._version import __version__
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.project import EXAMPLES
from sluice.orchestration.installation.project_file import PROJECT_FILE

TEMPLATE = Path(__file__).with_name("template")
PROFILES = Path(__file__).with_name("profiles")
# the schema that files are landed in, on each engine: see generate_schema_name of the package
RAW_SCHEMAS = {
    "duckdb": "raw",
    "postgres": '"{{ target.schema }}_raw"',
    "spark": '"{{ target.schema }}_raw"',
}
# on Postgres a view over a table stands in the way of whoever drops or alters it
STAGING = {
    "duckdb": "view",
    "postgres": "table # a view over a table of others would keep them from altering it",
    "spark": "view",
}
NAME = re.compile(r"[a-z][a-z0-9_]*")
# names that are not written under: the engine's own package, dbt's, and what YAML reads otherwise
TAKEN = frozenset({"sluice", "dbt", "null", "true", "false", "yes", "no", "on", "off"})
HIDDEN = "dot_"  # how a template's name begins for a file whose name begins with a dot
NOT_COPIED = (".sluice", "dbt_packages", "target", "logs", "__pycache__", "package-lock.yml")


def examples() -> list[str]:
    """Names of the example projects."""
    return sorted(path.parent.name for path in EXAMPLES.glob(f"*/{PROJECT_FILE}"))


def write_project(
    folder: Path, example: str = "", warehouse: str = "duckdb", is_on: bool = False
) -> list[Path]:
    """Write a new project, named as its folder, and return its files. ``is_on``: whether Dagster
    begins with its scheduled runs by itself. Raises ConfigurationError
    for a name that dbt does not take, an example or a warehouse that there is none of, and for a
    folder with something in it: nothing is overwritten.
    """
    name = folder.name.replace("-", "_")
    if example and example not in examples():
        raise ConfigurationError(
            f"there is no example {example}", f"use one of {', '.join(examples())}"
        )
    if warehouse not in RAW_SCHEMAS:
        raise ConfigurationError(
            f"there is no starter for the warehouse {warehouse}",
            f"use one of {', '.join(RAW_SCHEMAS)}",
        )
    if example and warehouse != "duckdb":
        raise ConfigurationError(
            "an example has its profiles.yml for each warehouse already",
            f"leave out --warehouse, and set DBT_TARGET={warehouse} for its runs",
        )
    if not NAME.fullmatch(name) or name in TAKEN:
        raise ConfigurationError(
            f"{folder.name} cannot be the name of a project",
            "use lower-case letters, digits and _, beginning with a letter, as in acme",
        )
    _require_empty(folder)
    try:
        if example:
            copy_example(example, folder)
        else:
            _write_template(folder, name, warehouse, is_on)
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be written ({error.strerror})", "name a folder that can be written"
        ) from error
    return sorted(path for path in folder.rglob("*") if path.is_file())


def copy_example(name: str, folder: Path) -> None:
    """A copy of an example project, without what runs left in it."""
    ignored = shutil.ignore_patterns(*NOT_COPIED)
    shutil.copytree(EXAMPLES / name, folder, ignore=ignored, dirs_exist_ok=True)


def _require_empty(folder: Path) -> None:
    if folder.is_dir():
        found = sorted(path.name for path in folder.iterdir())
    else:
        found = [folder.name] if os.path.lexists(folder) else []
    if found:
        raise ConfigurationError(
            f"{folder} is not empty (it has {', '.join(found[:3])}): nothing is overwritten",
            "name a folder that is not there yet, or is empty",
        )


def _write_template(folder: Path, name: str, warehouse: str, is_on: bool) -> None:
    words = {
        "__NAME__": name,
        "__VERSION__": __version__,
        "__RAW__": RAW_SCHEMAS[warehouse],
        "__STAGING__": STAGING[warehouse],
        "__IS_ON__": str(is_on).lower(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROFILES / f"{warehouse}.yml", folder / "profiles.yml")
    for path in sorted(TEMPLATE.rglob("*")):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        parts = path.relative_to(TEMPLATE).parts
        target = folder.joinpath(*(_shown(part) for part in parts))
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(word, value)
        target.write_text(text, encoding="utf-8")


def _shown(part: str) -> str:
    return f".{part.removeprefix(HIDDEN)}" if part.startswith(HIDDEN) else part
