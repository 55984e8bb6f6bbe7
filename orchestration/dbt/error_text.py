"""What a warehouse says of a statement that failed, without the values of rows that it quotes."""

from __future__ import annotations

import re

# they quote names and SQL, which the author wrote
OF_NAMES = re.compile(
    r"\b(Binder|Catalog|Parser|Syntax|Compilation|Dependency|Parsing)"
    r" Error\b|\b(relation|column|function) \S+ does not exist"
)
HIDDEN = "…"


def without_values(message: str) -> str:
    """The message; where it may speak of a row, without anything in quotes or brackets after ``=``,
    and without long numbers.
    """
    if OF_NAMES.search(message) or not re.search(r"\b(Error|ERROR|error)\b", message):
        return message
    head, _, _ = message.rpartition("\n\nLINE ")
    text = head or message
    for pattern in (r"'.*'", r'".*"', r"=\s*\(.*\)"):
        text = re.sub(pattern, HIDDEN, text, flags=re.DOTALL)
    return re.sub(r"\S*@\S*|\d{4,}(\.\d+)?", HIDDEN, text)


def fix_of(words: str) -> str:
    """What to do about an error of dbt. A staging model of a source that is off, itself not
    declared so, is of this kind.
    """
    model = re.search(r"depends on a node named '(\w+)'.* which is disabled", words)
    if model is not None:
        return (
            f"switch {model.group(1)} on in dbt_project.yml: `+enabled: true` below models: <its"
            f" package>: <its folders>: {model.group(1)} (docs/library.md), or do not use it"
        )
    if "is taken by the package" in words or "which is switched off" in words:
        return "do what it says in the project's dbt_project.yml"
    off = re.search(r"depends on a source named '(\w+)\.\w+' which is disabled", words)
    if off is None:
        return "correct the file: `sluice lint` says which, and the line"
    source = off.group(1)
    enabled = (
        f"config: {{enabled: \"{{{{ '{source}' in (var('sources', []) or ['{source}']) }}}}\"}}"
    )
    return (
        f"the source {source} is off, the model is not: write {enabled} into the model's yml, or"
        f" add {source} to SLUICE_SOURCES"
    )
