"""The warehouse's rules at the door say what dbt's own cases say."""

from __future__ import annotations

import jinja2
import pytest

from sluice.orchestration.installation.project import PACKAGE_PROJECT
from tests.activations.inbox.forms.desk import RULES


def cases(name: str) -> list[tuple[str, str | None]]:
    """The cases (input, expected) of a test of the dbt package."""
    text = (PACKAGE_PROJECT / "tests" / "normalise" / f"{name}.sql").read_text(encoding="utf-8")
    module = jinja2.Environment().from_string(text[: text.index("%}") + 2]).module
    return [(given, expected) for given, expected in module.cases if given is not None]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("given", "expected"), cases("normalise_phone_cases"))
def test_phone(given: str, expected: str | None) -> None:
    assert RULES.phone(given, "86").value == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [one for one in cases("email_address_cases") if one[0] != "a@bücher.example"],
)
def test_email(given: str, expected: str | None) -> None:
    assert RULES.email(given).value == expected


def test_domain_outside_ascii_is_written_by_another_library() -> None:
    assert RULES.email("a@Bücher.example").value == "a@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "text", ["x" * 200_000, "\x00", "'", "''; select 1", "\\", "$1", "%", "\n"]
)
def test_any_text_is_read(text: str) -> None:
    assert RULES.phone(text, "86").value is None
    assert RULES.email(text).value is None
