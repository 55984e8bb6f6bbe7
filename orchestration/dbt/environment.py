"""The environment of dbt: what the product says, not what a shell happens to have set for other dbt
projects.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sluice.orchestration.warehouse.profile import READ_HERE

_said = set[str]()


@contextmanager
def own_environment() -> Iterator[None]:
    """Without the variables that set options of dbt, as DBT_DEFER, while the block lasts; said
    once on stderr. Those that choose the target are read with the profile, and passed on. Variables
    of other names, which a profile may read, stay.
    """
    found = {name: os.environ[name] for name in sorted(option_variables() & os.environ.keys())}
    _say(set(found) - _said - READ_HERE)
    for name in found:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(found)


@cache
def option_variables() -> frozenset[str]:
    """The names of environment variables that dbt's command line reads: DBT_TARGET,
    DBT_PROFILES_DIR, DBT_DEFER ...
    """
    from dbt.cli.main import cli

    names, commands = set[str](), [cli]
    while commands:
        command: Any = commands.pop()
        for one in command.params:
            names.update([one.envvar] if isinstance(one.envvar, str) else one.envvar or ())
        commands += getattr(command, "commands", {}).values()
    return frozenset(names)


def _say(names: set[str]) -> None:
    if names:
        _said.update(names)
        listed, are = ", ".join(sorted(names)), "is" if len(names) == 1 else "are"
        print(
            f"sluice: {listed} {are} set in the environment and not used: sluice gives dbt its own"
            " options\n  -> unset it for sluice, or run dbt itself with it",
            file=sys.stderr,
        )
