"""A model is not built again where it would hold what it holds: the same SQL over the same rows
(docs/decisions/0085).

After each build it is kept what each node was made of: its SQL and settings, the contents of what
it reads, and its own. In the next build a table, view or seed of which all three are still so is
left as it is, and a test that passed has passed. Contents are looked at, never assumed, so whoever
writes to a table meanwhile, or restores a file, is seen. What depends on its own past (incremental
models, hooks) or on more than relations is always built.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sluice.activations.private_files import write_private
from sluice.orchestration.dbt.contents import Contents, digest
from sluice.orchestration.dbt.executing import result_without
from sluice.orchestration.dbt.reads import Reads, Relation

BUILT = "built.json"  # in dbt's folder of the home
UNCHANGED = "unchanged"
PASSED = "pass"
PATH = "path"  # dbt's checksum of a seed above 1 MB, which says nothing of its rows
HARMLESS_HOOKS = {"", "{{ sluice.pin_time_zone() }}"}
KEPT = {"model": {"table", "view"}, "seed": {"seed"}, "test": {"test"}}


@dataclass(frozen=True)
class MadeOf:
    """``asked``: the SQL and the settings; ``relations``: what it reads, and ``inside``, what they
    hold; ``result``: what it holds itself, or that a test passed.
    """

    asked: str
    relations: list[Relation]
    inside: str
    result: str

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

    ``circumstances``: where they differ nothing is known: macros, versions of dbt, the target.
    """

    def __init__(self, file: Path, circumstances: str) -> None:
        self.file, self.circumstances = file, circumstances
        self.contents = Contents()
        self.nodes = _read(file, circumstances)

    def run(self, runner: Any, node: Any, execute: Any) -> Any:
        """The result of a node: of ``execute``, or that it is unchanged."""
        cursor = runner.adapter.connections.get_thread_connection().handle.cursor()
        if not is_kept(node) or str(node.database) != self.contents.database(cursor):
            result = execute()
            self._forget(node)
            return result
        asked = _asked(node)
        before = self._before(node, asked)
        reads = self._reads(cursor, node) if before is None else before.reads
        inside = self.contents.of_all(cursor, reads)
        if (
            before is not None
            and before.inside == inside
            and before.result == self._holds(cursor, node)
        ):
            self.nodes[node.unique_id] = before
            return result_without(node, UNCHANGED)
        result = execute()
        self._forget(node)
        if inside is not None and str(result.status) in {"success", PASSED}:
            holds = self._holds(cursor, node)
            if holds is not None:
                self.nodes[node.unique_id] = MadeOf(asked, sorted(reads.relations), inside, holds)
        return result

    def write(self) -> None:
        """Keep it for the next build. A kill before it costs that build the saving alone."""
        written = {key: asdict(one) for key, one in self.nodes.items()}
        with suppress(OSError):
            write_private(self.file, json.dumps({self.circumstances: written}))

    def _before(self, node: Any, asked: str) -> MadeOf | None:
        """What it was made of, where it was made of the same SQL."""
        before = self.nodes.pop(node.unique_id, None)
        return before if before is not None and before.asked == asked else None

    def _reads(self, cursor: Any, node: Any) -> Reads:
        if node.resource_type == "seed":
            return Reads(frozenset(), is_pure=True)
        return self.contents.reads(cursor, node.compiled_code)

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


def is_kept(node: Any) -> bool:
    """Whether a node's result hangs on its SQL and on what it reads, and on nothing else."""
    config = node.config
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


def _asked(node: Any) -> str:
    columns = [[one.name, one.data_type, one.description] for one in node.columns.values()]
    sql = node.checksum.checksum if node.resource_type == "seed" else node.compiled_code
    said = [node.description, columns, node.config.to_dict()]
    return digest([sql, _relation(node), said])


def _relation(node: Any) -> tuple[str, str]:
    return (str(node.schema).lower(), str(node.alias).lower())


def _read(file: Path, circumstances: str) -> dict[str, MadeOf]:
    with suppress(OSError, ValueError, TypeError, LookupError, AttributeError):
        found = json.loads(file.read_text(encoding="utf-8")).get(circumstances, {})
        return {key: MadeOf.of(one) for key, one in found.items()}
    return {}
