"""The references of commands, settings and tables are those of the code."""

from __future__ import annotations

import pytest

from docs.generate.meanings import KEYS
from docs.generate.pages import DOCS, pages
from docs.generate.settings import keys, meanings
from docs.generate.tables import PUBLIC, declaration
from sluice.activations.destinations.registry import REGISTRY
from sluice.activations.settings import account_of
from sluice.orchestration.installation.settings import Settings

# what no setting of a project is: the project itself
NOT_IN_THE_FILE = {"inbox_url", "secret", "project"}


@pytest.mark.parametrize("name", ["commands.md", "settings.md", "tables.md", "journey.schema.json"])
def test_generated_page_is_up_to_date(name: str) -> None:
    is_current = (DOCS / name).read_text(encoding="utf-8") == pages()[name]
    assert is_current, f"docs/{name} is out of date: run make docs"


def test_every_key_of_the_project_file_is_described() -> None:
    assert {key for key, _ in keys()} <= set(KEYS)


def test_every_variable_of_an_installation_is_that_of_a_key() -> None:
    named = {variable.removeprefix("SLUICE_").lower() for variable, _, _ in KEYS.values()}
    assert set(Settings.model_fields) - NOT_IN_THE_FILE <= named


def test_every_setting_has_a_meaning() -> None:
    """A missing one is said in the README beside the destination's config.py."""
    rows = [line for line in pages()["settings.md"].splitlines() if line.startswith("| `")]
    assert len(rows) > 250
    assert [row for row in rows if row.endswith("|  |")] == []


def test_readme_of_a_destination_names_no_setting_that_is_gone() -> None:
    known = {
        f"SLUICE_{account_of(entry.config)}_{field}".upper()
        for entry in REGISTRY.values()
        for field in entry.config.model_fields  # type: ignore[attr-defined]
    }
    folder = DOCS.parent / "activations" / "destinations"
    named = {
        f"{path.parent.name}: {variable}": variable
        for path in folder.glob("*/*/README.md")
        for variable in meanings(path)
    }
    assert len(named) > 150
    assert [place for place, variable in named.items() if variable not in known] == []


@pytest.mark.parametrize("name", [name for names in PUBLIC.values() for name in names])
def test_public_table_describes_itself_and_its_columns(name: str) -> None:
    _, model = declaration(name)
    assert "One row per" in model["description"]
    assert [column["name"] for column in model["columns"] if not column.get("description")] == []
