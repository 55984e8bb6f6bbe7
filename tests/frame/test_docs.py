"""What the pages name exists: files, commands and their options, settings, modules."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from docs.generate.commands import leaves
from docs.generate.pages import pages
from sluice.orchestration.cli.main import app
from tests.conftest import ROOT

PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "activations").rglob("*.md"),
        *(ROOT / "examples").glob("*/README.md"),
    ]
}
GENERATED = {f"docs/{name}" for name in pages()}
# a path in a page is one of the repository, of the dbt package, or of a project as `sluice init` writes it
PLACES = [
    ROOT,
    ROOT / "dbt_project",
    ROOT / "examples" / "world",
    ROOT / "examples" / "online_retail",
    ROOT / "orchestration" / "installation" / "template",
]
TOPS = "activations|benchmarks|dbt_project|docs|examples|experiments|linkage|models|orchestration|scorecards|src|tests"
CODE = re.compile(r"`([^`\n]+)`|^\s*((?:python -m|sluice) .+)$", re.M)


def code(text: str) -> list[str]:
    """What a page sets as code: in a line, or a line of a block."""
    return [inline or line for inline, line in CODE.findall(text)]


def exists(path: str) -> bool:
    """Of a path with a place to fill in, the folder above it."""
    folder = path.partition("<")[0].rpartition("/")[0] if "<" in path else path.rstrip("/")
    return any(any(place.glob(folder)) for place in PLACES)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_paths_in_a_page_exist(page: str) -> None:
    named = {
        one
        for one in code(PAGES[page])
        if re.fullmatch(rf"(?:{TOPS})/[\w./<>*-]+", one) and "till" not in one
    }
    assert sorted(one for one in named if not exists(one)) == []


@pytest.mark.parametrize("page", sorted(set(PAGES) - GENERATED))
def test_commands_in_a_page_exist_with_their_options(page: str) -> None:
    commands = {name.split(maxsplit=1)[1]: one for name, one in leaves("sluice", get_command(app))}
    faults = []
    for line in code(PAGES[page]):
        for call in re.findall(r"(?<![.\w])sluice ([a-z][^#|&;>]*)", line):
            typed = call.split()
            name = next(
                (" ".join(typed[:n]) for n in (2, 1) if " ".join(typed[:n]) in commands),
                None,
            )
            is_group = any(known.startswith(f"{typed[0]} ") for known in commands)
            if name is None and not (is_group and len(typed) == 1):
                faults.append(line)
            elif name is not None:
                faults += [f"{line}: {one}" for one in _unknown(call, commands[name])]
    assert faults == []


def _unknown(call: str, command: Any) -> list[str]:
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    return [one for one in re.findall(r"(?<!\S)(--[a-z-]+)", call) if one not in known | EVERYWHERE]


EVERYWHERE = {"--help", "--project"}


@pytest.fixture(scope="module")
def known_variables() -> set[str]:
    settings = pages()["settings.md"]
    return (
        set(re.findall(r"\bSLUICE_[A-Z_0-9]+\b", settings))
        | OTHERS
        | _of_profiles()
        | {
            f"SLUICE_{account}_{name}".upper()
            for account in re.findall(r"^### (\w+)$", settings, re.M)
            for name in COMMON_SETTINGS
        }
    )


@pytest.mark.parametrize("page", sorted(set(PAGES) - GENERATED))
def test_variables_in_a_page_exist(page: str, known_variables: set[str]) -> None:
    named = set(re.findall(r"\bSLUICE_[A-Z_0-9]+(?![A-Z_0-9]*[*<])", PAGES[page]))
    unknown = named - known_variables
    assert sorted(one for one in unknown if not one.endswith("_")) == []


def _of_profiles() -> set[str]:
    """What the profiles of the starter read."""
    folder = ROOT / "orchestration" / "installation" / "profiles"
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.yml")]
    return {name for text in texts for name in re.findall(r"env_var\('(SLUICE_\w+)'", text)}


# of the benchmarks, and of the package that docs/destinations.md writes as an example
OTHERS = {"SLUICE_BENCH_DATA", "SLUICE_SHOP_PUSH_TOKEN", "SLUICE_SHOP_PUSH_URL"}
COMMON_SETTINGS = (
    "workers",
    "messages_per_second",
    "calls_per_second",
    "patience_seconds",
    "price",
    "currency",
)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_modules_in_a_page_exist(page: str) -> None:
    named = set(re.findall(r"python -m ([a-z][\w.]+\w)", PAGES[page]))
    named |= {one for one in code(PAGES[page]) if re.fullmatch(r"sluice(\.[a-z_]+){1,5}", one)}
    assert sorted(one for one in named if not is_module(one)) == []


def is_module(name: str) -> bool:
    """A module, or a name of the package's macros or entry points."""
    if name in {"sluice.yml", "sluice.destinations", "sluice.vendors"} or is_macro(name):
        return True
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def is_macro(name: str) -> bool:
    macro = name.removeprefix("sluice.")
    return any(
        re.search(rf"macro {macro}\(", path.read_text(encoding="utf-8"))
        for path in Path(ROOT / "dbt_project").glob("macros/**/*.sql")
    )
