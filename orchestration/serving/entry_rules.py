"""The rules of the warehouse for phones and e-mail addresses, at the door: the macros of the dbt
package themselves (normalise_phone, checked_email, identifier_pattern), on a DuckDB in memory. So a
form refuses what the warehouse would not read, and no rule is written twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2

from sluice.activations.addresses import ascii_domain, mailbox
from sluice.activations.inbox.forms.values import EntryRules, Read
from sluice.orchestration.installation.project import PACKAGE_PROJECT

FOLDERS = ("normalise", "dialect")
FILES = ("identity/identifier_quality.sql",)


class MacroRules(EntryRules):
    """The rules of a dbt package. Safe for threads: one connection, a lock."""

    def __init__(self, package: Path = PACKAGE_PROJECT) -> None:
        self._folder = package / "macros"
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        self._lock = threading.Lock()
        self._prepared: set[str] = set()

    def phone(self, text: str, region: str) -> Read:
        """See EntryRules."""
        row = self._ask(f"phone_{region}", lambda: self._phone_sql(region), text)
        return Read(row[0], row[1], row[0])

    def email(self, text: str) -> Read:
        """See EntryRules: of a made-up one the domain says it. That of acme@acme.cn is real."""
        bare = self._ask("bare", lambda: self._bare_sql, text)[0] or ""
        local, _, domain = str(bare).partition("@")
        try:
            address = f"{local}@{ascii_domain(domain)}"
        except ValueError:
            return Read(None)
        value, quality = self._ask("email", lambda: self._email_sql, address)
        return Read(value, quality, mailbox(value) if value else None)

    def _phone_sql(self, region: str) -> str:
        value = self._macros.render(f"sluice.normalise_phone('text', '{region}')")
        quality = self._macros.render("sluice.identifier_pattern(\"'phone'\", 'value')")
        return _sql(value, quality)

    @cached_property
    def _macros(self) -> _Macros:
        return _Macros(self._folder)

    @cached_property
    def _bare_sql(self) -> str:
        bare = self._macros.render("sluice.email_bare('text')")
        return f"select {bare} from (select $1 as text)"

    @cached_property
    def _email_sql(self) -> str:
        domain = "'somebody@' || split_part(value, '@', 2)"
        quality = self._macros.render(f'sluice.identifier_pattern("\'email\'", "({domain})")')
        return _sql(self._macros.render("sluice.checked_email('text')"), quality)

    def _ask(self, name: str, sql: Callable[[], str], text: str) -> tuple[Any, ...]:
        """One row of a statement that is planned once: planning takes ten times as long."""
        with self._lock:
            if name not in self._prepared:
                self._connection.execute(f"prepare {name} as {sql().replace('$1', '$1::varchar')}")
                self._prepared.add(name)
            literal = text.replace("\x00", "").replace("'", "''")
            row = self._connection.execute(f"execute {name}('{literal}')").fetchone()
        assert row is not None
        return row


def _sql(value: str, quality: str) -> str:
    return (
        f"select value, case when value is not null then {quality} end as quality"
        f" from (select {value} as value from (select $1 as text))"
    )


class _Macros:
    """Macros of the package, rendered as dbt does for DuckDB."""

    def __init__(self, folder: Path) -> None:
        paths = [path for name in FOLDERS for path in sorted((folder / name).glob("*.sql"))]
        text = "\n".join(p.read_text("utf-8") for p in [*paths, *(folder / f for f in FILES)])
        environment = jinja2.Environment(extensions=["jinja2.ext.do"])
        environment.globals.update(
            {
                "return": _Return.give,
                "sluice": _Package(self),
                "dbt": SimpleNamespace(type_string=lambda: "varchar"),
                "adapter": SimpleNamespace(dispatch=self._dispatch),
            }
        )
        self._module: Any = environment.from_string(text).make_module()
        self._environment = environment

    def call(self, name: str) -> Callable[..., str]:
        """A macro by its name."""
        macro = getattr(self._module, name)

        def run(*arguments: Any, **named: Any) -> str:
            try:
                return str(macro(*arguments, **named))
            except _Return as found:
                return found.value  # type: ignore[no-any-return]

        return run

    def render(self, expression: str) -> str:
        """The SQL of an expression."""
        return str(self._environment.compile_expression(expression)()).strip()

    def _dispatch(self, name: str, package: str) -> Callable[..., str]:
        own = f"duckdb__{name}"
        return self.call(own if hasattr(self._module, own) else f"default__{name}")


class _Package:
    """``sluice.<macro>``."""

    def __init__(self, macros: _Macros) -> None:
        self._of = macros

    def __getattr__(self, name: str) -> Callable[..., str]:
        return self._of.call(name)


class _Return(Exception):
    """What a macro returns."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value

    @classmethod
    def give(cls, value: Any) -> str:
        raise cls(value)
