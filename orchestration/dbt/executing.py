"""Who is asked before dbt compiles or executes a node: it may do the work in another way, or leave
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

from sluice.orchestration.dbt import compiling

_current: Executing | None = None


class Executing(Protocol):
    """What compiles and executes the nodes of a build."""

    def compile(self, runner: Any, node: Any, compile_node: Callable[[], Any]) -> Any:
        """The node with its SQL, by ``compile_node``, which is dbt's way, or as it is."""

    def run(self, runner: Any, node: Any, execute: Callable[[], Any]) -> Any:
        """The result of a node, by ``execute``, which is dbt's way, or by another."""

    def write(self) -> None:
        """Keep for the next build what there is to keep."""


@contextmanager
def executing(one: Executing | None) -> Iterator[None]:
    """Builds of dbt in the block execute by it; None: as dbt does."""
    global _current
    if one is None:
        yield
        return
    _install()
    _current = one
    try:
        yield
    finally:
        _current = None
    one.write()


def result_without(node: Any, message: str) -> Any:
    """The result of a node that dbt need not execute: it is made, or, of a test, has passed."""
    from dbt.artifacts.schemas.results import RunStatus, TestStatus
    from dbt.artifacts.schemas.run import RunResult

    is_test = node.resource_type == "test"
    return RunResult(
        node=node,
        status=TestStatus.Pass if is_test else RunStatus.Success,
        timing=[],
        thread_id="",
        execution_time=0,
        message=message,
        adapter_response={},
        failures=0 if is_test else None,
        batch_results=None,
    )


@cache
def _install() -> None:
    """Once a process: outside of ``executing`` dbt runs as it is."""
    from dbt.task.compile import CompileRunner
    from dbt.task.run import ModelRunner
    from dbt.task.test import TestRunner

    compiling.install()
    CompileRunner.compile = _compiling(CompileRunner.compile)
    for runner in (ModelRunner, TestRunner):
        runner.execute = _asking(runner.execute)


def _compiling(compile_anyway: Any) -> Any:
    def compile_node(self: Any, manifest: Any) -> Any:
        if _current is None:
            return compile_anyway(self, manifest)
        return _current.compile(self, self.node, lambda: compile_anyway(self, manifest))

    return compile_node


def _asking(execute_anyway: Any) -> Any:
    def execute(self: Any, node: Any, manifest: Any) -> Any:
        if _current is None:
            return execute_anyway(self, node, manifest)
        return _current.run(self, node, lambda: execute_anyway(self, node, manifest))

    return execute
