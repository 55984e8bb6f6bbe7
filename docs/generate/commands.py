"""``docs/commands.md``: every command, argument and option, from the Typer app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from docs.generate.pages import NOTE, table
from sluice.orchestration.cli.main import app

INTRODUCTION = """# Commands

{note}
`sluice COMMAND --help` prints the same. A project is found by searching upward from the working
folder for `sluice.yml`, or named with `--project DIR` or `SLUICE_PROJECT`. Commands that read take
`--json`.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | something of this run failed |
| 2 | bad usage, input or configuration; the message names the file or setting, and the fix |
| 3 | blocked by a guardrail, or an approval is missing |
| 130, 143 | stopped by Ctrl-C or SIGTERM; the next run continues |
"""


def commands_page() -> str:
    """The page."""
    sections = [_section(name, command) for name, command in leaves("sluice", get_command(app))]
    return INTRODUCTION.format(note=NOTE) + "".join(sections)


def leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by the words to type."""
    if not getattr(command, "commands", None):
        yield name, command
        return
    for child, part in command.commands.items():
        yield from leaves(f"{name} {child}", part)


def _section(name: str, command: Any) -> str:
    shown = [one for one in command.params if not getattr(one, "hidden", False)]
    usage = " ".join([name, *(_argument(one) for one in shown if _is_argument(one))])
    is_optional = any(not _is_argument(one) for one in shown)
    rows = [[_names(one), _default(one), one.help or ""] for one in shown]
    text = " ".join((command.help or "").split())
    return f"\n## {name}\n\n```\n{usage}{' [OPTIONS]' if is_optional else ''}\n```\n\n{text}\n" + (
        f"\n{table(['', 'default', 'meaning'], rows)}" if rows else ""
    )


def _is_argument(parameter: Any) -> bool:
    return str(parameter.param_type_name) == "argument"


def _argument(parameter: Any) -> str:
    name = _placeholder(parameter) + ("..." if parameter.nargs == -1 else "")
    return name if parameter.required else f"[{name}]"


def _placeholder(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name).upper().replace("[", "").replace("]", "")


def _names(parameter: Any) -> str:
    if _is_argument(parameter):
        return f"`{_argument(parameter)}`"
    value = "" if parameter.is_flag else f" {parameter.metavar or parameter.name.upper()}"
    flags = "`, `".join([*parameter.opts, *parameter.secondary_opts])
    return f"`{flags}{value}`" + (f" (`{parameter.envvar}`)" if parameter.envvar else "")


def _default(parameter: Any) -> str:
    if parameter.required:
        return "(required)"
    default = parameter.default
    is_nothing = default is None or default is False or str(default) in {"", "()", "[]"}
    return "" if is_nothing or "Sentinel" in str(default) else f"`{default}`"
