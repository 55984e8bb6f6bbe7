"""The command line without its start-up: a process that has imported everything forks a fresh one
for each command.

Importing Dagster, dbt and pandas takes 1.4 to 5 s of CPU, and the tests run some two hundred
commands. A forked child is a process of its own as before: its environment, its files, its exit
code, and nothing left behind in the parent.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sluice.orchestration.dbt import quick
from tests import kept_manifests

ROOT = Path(__file__).resolve().parent.parent
IMPORTED = (
    "sluice.orchestration.cli.main",
    "sluice.orchestration.runs.in_process",
    "sluice.orchestration.code_location.building",
    "sluice.orchestration.plan.activation_plan",
    "sluice.orchestration.authoring.lint",
    "sluice.orchestration.inspection.contact",
    "dbt.cli.main",
    "dbt.adapters.duckdb.impl",
    "dagster_dbt",
    "pandas",
    "phonenumbers",
)


class WarmParent:
    """Starts at the first command, ends with the tests; one command at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        # of dbt, which the processes of a session share; outside one they are nobody's
        self.templates = Path(tempfile.gettempdir()) / f"sluice-templates-{os.getpid()}"
        self._process: subprocess.Popen[str] | None = None

    def run(
        self,
        arguments: list[str],
        environment: Mapping[str, str],
        folder: Path,
        *,
        program: str = "sluice",
        cwd: Path = ROOT,
    ) -> int:
        """Run a command of sluice, or of dbt; stdout and stderr go to files of these names in the
        folder. Returns the exit code.
        """
        order = {
            "program": program,
            "arguments": arguments,
            "environment": dict(environment),
            "folder": str(folder),
            "cwd": str(cwd),
        }
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            clean = {
                name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")
            }
            command = [sys.executable, "-m", "tests.warm", str(self.templates)]
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=clean,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            atexit.register(self._end, self._process)
        return self._process

    @staticmethod
    def _end(process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        process.wait()


def serve() -> None:
    """Fork a child for each order on stdin, and answer with its exit code."""
    import importlib

    for name in IMPORTED:
        importlib.import_module(name)
    templates = Path(sys.argv[1])
    quick.install(templates)
    kept_manifests.install(templates.parent / "manifests")
    read_macros()
    collect_less()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what an import prints is no answer
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            answers.close()
            become_command(order)
        _, status = os.waitpid(child, 0)
        try:
            print(os.waitstatus_to_exitcode(status), file=answers, flush=True)
        except BrokenPipeError:  # the tests were killed meanwhile
            os._exit(1)


def read_macros() -> None:
    """A project that is parsed in a child finds the macros of dbt and of the package read: a third
    of a parse, which quick.py keeps by their text.
    """
    from dbt.adapters.duckdb import __file__ as of_adapters
    from dbt.clients.jinja_static import statically_extract_macro_calls
    from dbt_common.clients.jinja import extract_toplevel_blocks, parse

    kinds = {"macro", "materialization", "test", "data_test"}
    includes = Path(of_adapters).parents[2] / "include"
    for path in [
        *includes.rglob("macros/**/*.sql"),
        *(ROOT / "dbt_project").glob("macros/**/*.sql"),
    ]:
        text = path.read_text(encoding="utf-8").strip()
        for block in extract_toplevel_blocks(text, allowed_blocks=kinds, collect_raw_data=False):
            parse(block.full_block)
            statically_extract_macro_calls(block.full_block, {})


def collect_less() -> None:
    """What is there stays: the garbage collector need not go through it again and again, and what
    comes may grow more before it is gone through.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def become_command(order: dict[str, Any]) -> None:
    """The child: never returns."""
    code = 1
    try:
        for number, name in ((1, "stdout"), (2, "stderr")):
            opened = os.open(
                Path(order["folder"]) / name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600
            )
            os.dup2(opened, number)
            os.close(opened)
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["cwd"])
        sys.argv = [order["program"], *order["arguments"]]
        sys.modules["__main__"].__package__ = None  # what click names the command after
        code = exit_code(order["program"])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def exit_code(program: str) -> int:
    """What the command line ends with, its atexit functions run."""
    from dbt.cli.main import cli

    from sluice.orchestration.cli.main import main

    try:
        cli() if program == "dbt" else main()
    except SystemExit as done:
        if isinstance(done.code, str):
            print(done.code, file=sys.stderr)
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    return 0


if __name__ == "__main__":
    serve()
