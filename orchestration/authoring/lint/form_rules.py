"""The rule on forms: `sluice serve` can serve each, and draw its page in each of its languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.raw_project import RawProject

if TYPE_CHECKING:
    from pathlib import Path

    from sluice.activations.inbox.forms.definition import Form

FIX = "correct the form after docs/forms.md; all other forms are served meanwhile"


def check_forms(project: RawProject) -> Iterator[Finding]:
    """``form``: a file of ``content/forms`` that is served."""
    folder = project.content / "forms"
    if not folder.is_dir():
        return
    from sluice.activations.inbox.forms.reading import FormError, read_form

    for path in sorted(folder.glob("*.yml")):
        try:
            form = read_form(path)
        except FormError as error:
            for fault in error.faults:
                message = f"{fault.key}: {fault.reason}" if fault.key else fault.reason
                yield project.finding(path, fault.line, "form", message, FIX)
        else:
            for message, fix in _problems(project.content, path.stem, form):
                yield project.finding(path, 1, "form", message, fix)


def _problems(content: Path, name: str, form: Form) -> Iterator[tuple[str, str]]:
    from sluice.activations.inbox.forms.pages import Pages, describe
    from sluice.models.errors import ContentError

    pages = Pages(content)
    for language in form.languages:
        shown = describe(name, form, language)
        values = {"form": shown, "title": shown["title"], "language": language}
        try:
            pages.render(
                form.page, language, {**values, "languages": [], "message": "", "hidden": []}
            )
        except ContentError as error:
            yield error.message, error.fix
    yield from _mail_problems(content, form)


def _mail_problems(content: Path, form: Form) -> Iterator[tuple[str, str]]:
    from sluice.activations.content import LIBRARY
    from sluice.activations.destinations.registry import names

    rule = form.double_opt_in
    if rule is None:
        return
    if rule.destination not in names():
        yield (
            f"double_opt_in.destination: there is no destination {rule.destination}",
            "name one for e-mail: smtp, ses, sendgrid",
        )
    if not any(
        any((folder / "email").glob(f"{rule.template}.*.subject.liquid"))
        for folder in (content, LIBRARY)
    ):
        yield (
            f"double_opt_in.template: there is no template {rule.template} for email",
            f"write content/email/{rule.template}.en.txt.liquid and .subject.liquid",
        )
