"""A model is not built again where it would hold what it holds: the same SQL over the same rows
(docs/decisions/0085).

After each build it is kept what each node was made of: its SQL and settings, the contents of what
it reads, and its own. In the next build a table, view or seed of which all three are still so is
left as it is, and a test that passed has passed. Contents are looked at, never assumed, so whoever
writes to a table meanwhile, or restores a file, is seen. What depends on its own past (incremental
models, hooks) or on more than relations is built each time, unless its author says that once is as
good as twice (docs/decisions/0090).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sluice.activations.private_files import write_private
from sluice.orchestration.dbt.compiling import noting, said_of
from sluice.orchestration.dbt.contents import Contents, digest
from sluice.orchestration.dbt.executing import result_without
from sluice.orchestration.dbt.reads import Reads, Relation

BUILT = "built.json"  # in dbt's folder of the home
UNCHANGED = "unchanged"
PASSED = "pass"
PATH = "path"  # dbt's checksum of a seed above 1 MB, which says nothing of its rows
OF_TIME = ("as_of", "last_run")
HARMLESS_HOOKS = {"", "{{ sluice.pin_time_zone() }}"}
KEPT = {"model": {"table", "view"}, "seed": {"seed"}, "test": {"test"}}
IDEMPOTENT = "idempotent"  # in a model's meta: over the same rows, at this moment or a later one


@dataclass(frozen=True)
class MadeOf:
    """``asked``: the SQL and the settings; ``relations``: what it reads, and ``inside``, what they
    hold; ``result``: what it holds itself, or that a test passed; ``variables``: what the SQL hangs
    on besides ``files``, of the project: None where it hangs on more; ``moment``: the logical time
    at which it was built.
    """

    asked: str
    relations: list[Relation]
    inside: str
    result: str
    files: str = ""
    variables: dict[str, str | None] | None = None
    moment: str = ""

    @property
    def reads(self) -> Reads:
        """What it reads: of a query that hangs on more, nothing is kept."""
        return Reads(frozenset(self.relations), is_pure=True)

    @classmethod
    def of(cls, written: dict[str, Any]) -> MadeOf:
        """As it was written. Raises what Python does for another shape."""
        relations = [(str(schema), str(name)) for schema, name in written["relations"]]
        return cls(**{**written, "relations": relations})


class Kept:
    """What the nodes of a project were made of when they were last built, in ``file``.

    ``circumstances``: where they differ nothing is known: macros, versions of dbt, the target;
    ``files``: where they differ all is compiled; ``moment``: the logical time, as SQL has it;
    ``relations``: of the nodes of the project, by their ids.
    """

    def __init__(
        self,
        file: Path,
        circumstances: str,
        files: str,
        moment: str = "",
        relations: Mapping[str, Relation] | None = None,
    ) -> None:
        self.file, self.circumstances, self.files = file, circumstances, files
        self.moment, self.given, self.relations = moment, "", relations or {}
        self.contents = Contents(moment)
        self.nodes = _read(file, circumstances)
        self._variables: dict[str, dict[str, str | None] | None] = {}
        self._not_compiled: dict[str, Callable[[], Any]] = {}

    def compile(self, runner: Any, node: Any, compile_node: Callable[[], Any]) -> Any:
        """The node: as it is where its SQL would be what it was, for nobody may need it."""
        key = node.unique_id
        self.given = self.given or _of_a_project(runner.config.cli_vars)
        if self._has_same_sql(node, runner.config.cli_vars):
            self._not_compiled[key] = lambda: self._compile(key, node.raw_code, compile_node)
            return node
        return self._compile(key, node.raw_code, compile_node)

    def run(self, runner: Any, node: Any, execute: Callable[[], Any]) -> Any:
        """The result of a node: of ``execute``, or that it is unchanged."""
        cursor = runner.adapter.connections.get_thread_connection().handle.cursor()
        compile_node = self._not_compiled.pop(node.unique_id, None)
        if not is_kept(node) or str(node.database) != self.contents.database(cursor):
            if compile_node is not None:
                compile_node()
            result = execute()
            self._forget(node)
            return result
        before = self.nodes.pop(node.unique_id, None)
        if before is not None and compile_node is None and before.asked != self._asked(node):
            before = None
        if before is not None and self._is_unchanged(cursor, node, before):
            self.nodes[node.unique_id] = replace(before, **self._hangs_on(node, before))
            return result_without(node, UNCHANGED)
        if compile_node is not None:
            compile_node()
        reads = self._reads(cursor, node) if before is None else before.reads
        inside = self.contents.of_all(cursor, reads)
        result = execute()
        self._forget(node)
        if inside is not None and str(result.status) in {"success", PASSED}:
            self._keep(cursor, node, reads, inside)
        return result

    def write(self) -> None:
        """Keep it for the next build. A kill before it costs that build the saving alone."""
        written = {key: asdict(one) for key, one in self.nodes.items()}
        with suppress(OSError):
            write_private(self.file, json.dumps({self.circumstances: written}))

    def _has_same_sql(self, node: Any, variables: Mapping[str, Any]) -> bool:
        before = self.nodes.get(node.unique_id)
        return (
            before is not None
            and before.variables is not None
            and before.files == self.files
            and before.variables == said_of(before.variables, variables)
            and is_kept(node)
            and not is_idempotent(node)
        )

    def _compile(self, key: str, raw_code: str, compile_node: Callable[[], Any]) -> Any:
        with noting(raw_code) as noted:
            node = compile_node()
        self._variables[key] = None if noted.more else noted.variables
        return node

    def _hangs_on(self, node: Any, before: MadeOf | None = None) -> dict[str, Any]:
        kept = before.variables if before is not None else None
        return {"files": self.files, "variables": self._variables.get(node.unique_id, kept)}

    def _is_unchanged(self, cursor: Any, node: Any, before: MadeOf) -> bool:
        if is_idempotent(node) and before.moment > self.moment:
            return False
        inside = self.contents.of_all(cursor, before.reads)
        return before.inside == inside and before.result == self._holds(cursor, node)

    def _keep(self, cursor: Any, node: Any, reads: Reads, inside: str) -> None:
        if (holds := self._holds(cursor, node)) is not None:
            relations, more = sorted(reads.relations), self._hangs_on(node)
            made = MadeOf(self._asked(node), relations, inside, holds, moment=self.moment, **more)
            self.nodes[node.unique_id] = made

    def _asked(self, node: Any) -> str:
        columns = [[one.name, one.data_type, one.description] for one in node.columns.values()]
        sql = node.checksum.checksum if node.resource_type == "seed" else node.compiled_code
        said = [node.description, columns, node.config.to_dict()]
        if is_idempotent(node):  # its hooks are no part of its SQL, and ask for what they like
            said += [self.files, self.given]
            sql = sql.replace(self.moment, "") if self.moment else sql
        return digest([sql, _relation(node), said])

    def _reads(self, cursor: Any, node: Any) -> Reads:
        if node.resource_type == "seed":
            return Reads(frozenset(), is_pure=True)
        reads = self.contents.reads(cursor, node.compiled_code)
        if not is_idempotent(node):
            return reads
        named = node.depends_on.nodes  # by its hooks too; and what it holds itself is its past
        relations = {self.relations[one] for one in named if one in self.relations}
        is_pure = reads.is_pure and all(one in self.relations for one in named)
        return Reads((reads.relations | relations) - {_relation(node)}, is_pure)

    def _holds(self, cursor: Any, node: Any) -> str | None:
        """Of a test: that it passed."""
        if node.resource_type == "test":
            return PASSED
        return self.contents.of(cursor, _relation(node))

    def _forget(self, node: Any) -> None:
        if node.resource_type != "test":
            self.contents.forget(_relation(node))


def carry_over(folder: Path, copy: Path) -> None:
    """What the tables of a home were made of goes with a copy of them. The folders are dbt's."""
    with suppress(OSError):
        (copy / BUILT).unlink(missing_ok=True)
        shutil.copyfile(folder / BUILT, copy / BUILT)


def is_idempotent(node: Any) -> bool:
    """Whether its author says that to build it once more, at this moment or a later one, over the
    same rows changes nothing.
    """
    meta = node.config.get("meta") or {}
    return node.resource_type == "model" and meta.get(IDEMPOTENT) is True


def is_kept(node: Any) -> bool:
    """Whether a node's result hangs on its SQL and on what it reads, and on nothing else, or is
    what it was in any case.
    """
    config = node.config
    if is_idempotent(node):
        return getattr(node, "language", "sql") == "sql" and not config.get("full_refresh")
    if config.get("materialized") not in KEPT.get(str(node.resource_type), ()):
        return False
    if node.resource_type == "seed" and node.checksum.name == PATH:
        return False
    hooks = [*(config.get("pre_hook") or ()), *(config.get("post_hook") or ())]
    return (
        getattr(node, "language", "sql") == "sql"
        and not config.get("store_failures")
        and all(hook.sql.strip() in HARMLESS_HOOKS for hook in hooks)
    )


def macros_of(manifest: Any) -> str:
    """Equal where all macros are: those of a project may stand for dbt's."""
    return digest(sorted((key, one.macro_sql) for key, one in manifest.macros.items()))


def relations_of(manifest: Any) -> dict[str, Relation]:
    """The relations of all nodes and sources, by their ids."""
    return {key: _relation(one) for key, one in {**manifest.nodes, **manifest.sources}.items()}


def _relation(node: Any) -> Relation:
    name = node.identifier if node.resource_type == "source" else node.alias
    return (str(node.schema).lower(), str(name).lower())


def _of_a_project(variables: Mapping[str, Any]) -> str:
    """What the command says that is no time."""
    return digest(sorted((k, repr(v)) for k, v in variables.items() if k not in OF_TIME))


def _read(file: Path, circumstances: str) -> dict[str, MadeOf]:
    with suppress(OSError, ValueError, TypeError, LookupError, AttributeError):
        found = json.loads(file.read_text(encoding="utf-8")).get(circumstances, {})
        return {key: MadeOf.of(one) for key, one in found.items()}
    return {}
