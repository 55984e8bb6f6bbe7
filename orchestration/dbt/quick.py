"""dbt with less CPU: the same calls give the same results, and dbt does not make again what it made
a moment ago.

Of the CPU of a whole run two thirds are dbt's, and of these a tenth is SQL. For each node dbt binds
all macros three times (bound_macros.py), compiles each template anew, and turns some 8,000 log
events into messages that nobody reads. Functions of dbt are replaced for that, so it is done only
with the versions it was tried on; others run as they are.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import CodeType
from typing import Any

from sluice.orchestration.dbt import bound_macros

TRIED = {
    "dbt-core": "1.11.",
    "dbt-adapters": "1.24.",
    "dbt-common": "1.39.",
    "dbt-duckdb": "1.11.",
    "jinja2": "3.1.",
    "parsedatetime": "2.",
}
MOST_TEMPLATES = 10_000  # a project has some 2,000; those of files that were edited stay behind
_templates: Path | None = None


def install(folder: Path) -> None:
    """Once a process, before dbt is called: a second call changes nothing. Processes that share the
    folder compile a template once; where it cannot be written, each does so itself.
    """
    global _templates
    if _templates is not None or not is_tried():
        return
    _make_room(folder)
    _templates = folder
    _keep_compiled_templates()
    _keep_parsed_macros()
    bound_macros.install()
    _leave_unread_events()
    _share_date_parsers()
    _rename_without_macros()
    _write_json_at_once()


def is_tried() -> bool:
    """Whether dbt and its parts are of the versions that this module knows."""
    try:
        return all(version(name).startswith(tried) for name, tried in TRIED.items())
    except PackageNotFoundError:
        return False


def _make_room(folder: Path) -> None:
    with suppress(OSError):  # the cache is a saving, and no run fails for it
        if folder.is_dir() and sum(1 for _ in folder.iterdir()) > MOST_TEMPLATES:
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _keep_compiled_templates() -> None:
    """A template's code hangs on its text, the class of its environment, and the versions of Python
    and of what compiles it.
    """
    from dbt_common.clients.jinja import MacroFuzzEnvironment

    compile_anew = MacroFuzzEnvironment.compile
    known: dict[str, Any] = {}
    made_by = _made_by()

    def compiled(self: Any, source: Any, *arguments: Any, **options: Any) -> Any:
        if arguments or options or not isinstance(source, str):
            return compile_anew(self, source, *arguments, **options)
        text = f"{made_by} {type(self).__qualname__} {source}"
        key = hashlib.sha256(text.encode()).hexdigest()
        if key not in known:
            known[key] = _shared(key, lambda: compile_anew(self, source))
        return known[key]

    MacroFuzzEnvironment.compile = compiled


def _made_by() -> str:
    return " ".join([sys.version, *(f"{name} {version(name)}" for name in TRIED)])


def _shared(key: str, make: Callable[[], Any]) -> Any:
    path = None if _templates is None else _templates / key
    if path is not None and (found := _read(path)) is not None:
        return found
    made = make()
    if path is not None and path.parent.is_dir():
        _write(path, made)
    return made


def _read(path: Path) -> CodeType | None:
    """None where there is no file, or it is cut short or something else."""
    with suppress(OSError, EOFError, ValueError, TypeError):
        found = marshal.loads(path.read_bytes())
        return found if isinstance(found, CodeType) else None
    return None


def _write(path: Path, made: Any) -> None:
    with suppress(OSError):  # a full disk, or a folder that cannot be written
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                marshal.dump(made, file)
            os.replace(name, path)
        except OSError:
            os.unlink(name)


def _keep_parsed_macros() -> None:
    """A process that parses again, around a broken file, reads each macro once: dbt keeps what it
    read of a text where its own tests ask for it.
    """
    from dbt.clients import jinja_static
    from dbt_common.clients import jinja

    for module in (jinja_static, jinja):
        module.test_caching_enabled = lambda: True


def _leave_unread_events() -> None:
    """An event becomes a message when somebody reads it: dbt's log is off in the product."""
    from dbt_common.events import base_types, event_manager

    make_message = base_types.BaseEvent.__init__
    fire_anyway = event_manager.EventManager.fire_event

    def init(self: Any, *arguments: Any, **values: Any) -> None:
        object.__setattr__(self, "unread", (arguments, values))

    def look_up(self: Any, key: str) -> Any:
        if "unread" in self.__dict__:
            arguments, values = self.__dict__.pop("unread")
            make_message(self, *arguments, **values)
        message = self.__dict__["pb_msg"]
        return message if key == "pb_msg" else getattr(message, key)

    def set_value(self: Any, key: str, value: Any) -> None:
        if key == "pb_msg":
            object.__setattr__(self, key, value)
        else:
            setattr(self.pb_msg, key, value)

    base_types.BaseEvent.__init__ = init
    base_types.BaseEvent.__getattr__ = look_up
    base_types.BaseEvent.__setattr__ = set_value
    event_manager.EventManager.fire_event = _fire_if_read(fire_anyway)


def _fire_if_read(fire_anyway: Callable[..., None]) -> Callable[..., None]:
    def fire(self: Any, e: Any, *arguments: Any, **options: Any) -> None:
        is_counted = self.require_warn_or_error_handling or any(
            options.get(name) for name in ("force_warn_or_error_handling", "node")
        )
        if self.loggers or is_counted or type(e).__name__ == "BehaviorChangeEvent":
            fire_anyway(self, e, *arguments, **options)

    return fire


def _share_date_parsers() -> None:
    """agate makes the tables of a parser of dates for each result of a query."""
    import parsedatetime

    parsedatetime.Constants = cache(parsedatetime.Constants)


def _write_json_at_once() -> None:
    """A file of JSON is made by json's C code, which writes no file bit by bit."""
    from dbt.artifacts.schemas import base
    from dbt_common.clients import system
    from dbt_common.utils.encoding import JSONEncoder

    def write_json(path: str, data: Any) -> bool:
        return bool(system.write_file(path, json.dumps(data, cls=JSONEncoder)))

    base.write_json = write_json


def _rename_without_macros() -> None:
    """DuckDB's two shortest macros are one statement each, and a table takes three of them; where a
    project has its own, those are called.
    """
    from dbt.adapters.duckdb.impl import DuckDBAdapter

    rename_anyway, drop_anyway = DuckDBAdapter.rename_relation, DuckDBAdapter.drop_relation

    def rename(self: Any, from_relation: Any, to_relation: Any) -> None:
        if _has_own(self, "rename_relation"):
            return rename_anyway(self, from_relation, to_relation)
        self.cache_renamed(from_relation, to_relation)
        name = self.quote_as_configured(to_relation.identifier, "identifier")
        with self.connections.exception_handler("macro rename_relation"):
            self.execute(
                f"alter {to_relation.type} {from_relation} rename to {name}", auto_begin=True
            )

    def drop(self: Any, relation: Any) -> None:
        if relation.type is None or _has_own(self, "drop_relation"):
            return drop_anyway(self, relation)
        self.cache_dropped(relation)
        cascade = "" if self.is_ducklake(relation) else " cascade"
        with self.connections.exception_handler("macro drop_relation"):
            self.execute(f"drop {relation.type} if exists {relation}{cascade}")

    DuckDBAdapter.rename_relation, DuckDBAdapter.drop_relation = rename, drop


def _has_own(adapter: Any, name: str) -> bool:
    """Whether a macro of that name is not dbt's or the adapter's."""
    macros = adapter._macro_resolver.get_macros_by_package()
    names = {name, f"duckdb__{name}", f"default__{name}"}
    return any(
        names & found.keys()
        for package, found in macros.items()
        if package not in ("dbt", "dbt_duckdb")
    )
