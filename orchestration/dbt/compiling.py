"""What the SQL of a node hangs on besides the files of its project: while dbt compiles it, it is
noted which variables of the command are asked for, and whether more is: the warehouse, the clock.

A node of which nothing more was asked has the same SQL again where these variables say the same.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

FROM_OUTSIDE = re.compile(
    r"run_started_at|invocation_id|env_var|selected_resources|thread_id|dbt_metadata_envs"
    r"|load_result|\b(?:now|today|utcnow|warn)\s*\(|\|\s*random\b"
)
# it asks the clock where no logical time is given, and a run gives one
OF_THE_CLOCK = {"macro.sluice.as_of_text"}
_noting = threading.local()


@dataclass
class Questions:
    """``variables``: of the command, by names, None where it has none of the name; ``more``: what
    was asked besides, or may have been.
    """

    variables: dict[str, str | None] = field(default_factory=dict)
    more: set[str] = field(default_factory=set)


@contextmanager
def noting(raw_code: str) -> Iterator[Questions]:
    """What is asked for in this thread, in the block; ``raw_code``: of the node."""
    noted = _noting.noted = Questions()
    _look(noted, raw_code)
    try:
        yield noted
    finally:
        _noting.noted = None


def said_of(names: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, str | None]:
    """What the command's variables say of these names."""
    return {one: repr(variables[one]) if one in variables else None for one in names}


@cache
def install() -> None:
    """Once a process: outside of ``noting`` nothing of dbt is different."""
    from dbt.clients.jinja import MacroGenerator
    from dbt.context.base import Var
    from dbt.context.providers import RuntimeDatabaseWrapper

    Var.has_var = _noting_variables(Var.has_var)
    MacroGenerator.__call__ = _noting_macros(MacroGenerator.__call__)
    RuntimeDatabaseWrapper.__getattr__ = _noting_questions(RuntimeDatabaseWrapper.__getattr__)


def _noting_variables(has_anyway: Any) -> Any:
    def has_var(self: Any, var_name: str) -> Any:
        if (noted := getattr(_noting, "noted", None)) is not None:
            noted.variables |= said_of({var_name: None}, self._cli_vars)
        return has_anyway(self, var_name)

    return has_var


def _noting_macros(call_anyway: Any) -> Any:
    def call(self: Any, *arguments: Any, **named: Any) -> Any:
        noted = getattr(_noting, "noted", None)
        if noted is not None and self.macro.unique_id not in OF_THE_CLOCK:
            _look(noted, self.macro.macro_sql)
        return call_anyway(self, *arguments, **named)

    return call


def _noting_questions(get_anyway: Any) -> Any:
    def get(self: Any, name: str) -> Any:
        if (noted := getattr(_noting, "noted", None)) is not None:
            noted.more.add(f"adapter.{name}")
        return get_anyway(self, name)

    return get


def _look(noted: Questions, text: str) -> None:
    if found := _outside(text):
        noted.more.add(found)


@cache
def _outside(text: str) -> str:
    found = FROM_OUTSIDE.search(text)
    return found[0] if found else ""
