"""A process that forks one child a run: Dagster, dbt and DuckDB are imported once. ``python -m
tests.orchestration.runs.kills.run_server PROJECT`` takes an order a line (JSON), starts a whole run of the dbt
project, kills it where the order says, and prints how it ended.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sluice.orchestration.installation import project as projects
from sluice.orchestration.installation.settings import load_settings

FROM_THE_START = "start"
IMPORTED = (
    "dagster._cli.api", "dbt.adapters.duckdb", "dbt.cli.main", "duckdb", "sluice.orchestration.code_location.building", "sluice.orchestration.cli.main",
    "sluice.orchestration.cli.plan_view", "sluice.orchestration.cli.show", "sluice.orchestration.runs.in_process",
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """A whole run in a home, from the ``command`` line or from a process of the ``schedule``.
    Signal ``sign`` (0: none) comes ``after`` so many seconds from the beginning of ``step``; a run
    that has not ended ``limit`` seconds later is hung. ``user``: the id of whom the run is of (0:
    of whoever runs the tests). ``most_bytes``: the longest file it can write.
    """

    environment: dict[str, str]
    as_of: str
    by: str = "command"
    sign: int = 0
    step: str = FROM_THE_START
    after: float = 0.0
    limit: float = 120.0
    user: int = 0
    most_bytes: int = 0


@dataclass
class Ended:
    """How a run ended: its exit code (negative: the signal), whether it ended by itself, the step
    it was in, the seconds it took (from the signal, if there was one), what it wrote, and how long
    each step took.
    """

    code: int = 0
    is_hung: bool = False
    is_killed: bool = False
    step: str = FROM_THE_START
    seconds: float = 0.0
    words: str = ""
    modules: list[str] = field(default_factory=list)
    steps: dict[str, float] = field(default_factory=dict)


def live(order: Order) -> Ended:
    """Fork a child that runs, and see it to its end."""
    reading, writing = os.pipe()
    output = Path(order.environment["SLUICE_HOME"]) / f"output-{time.time_ns()}.txt"
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        child(order, writing, output)
    os.close(writing)
    ended = Watch(order, pid, reading).follow()
    os.close(reading)
    if modules_file(output).is_file():
        ended.modules = modules_file(output).read_text(encoding="utf-8").split()
        modules_file(output).unlink()
    ended.words = (
        output.read_text(encoding="utf-8", errors="replace")[-6000:] if output.is_file() else ""
    )
    with suppress(OSError):
        output.unlink()
    return ended


class Watch:
    """Follows a child by the steps it tells, and sends it the signal at its time."""

    def __init__(self, order: Order, pid: int, reading: int) -> None:
        self.order, self.pid, self.reading, self.text = order, pid, reading, b""
        self.ended, self.began = Ended(), time.monotonic()
        self.since, self.give_up = self.began, self.began + order.limit
        is_due = order.sign and order.step == FROM_THE_START
        self.at = self.began + order.after if is_due else float("inf")

    def follow(self) -> Ended:
        """Until the child has ended."""
        while True:
            self.act(time.monotonic())
            stated, status = os.waitpid(self.pid, os.WNOHANG)
            if stated:
                break
            self.listen(min(max(self.at - time.monotonic(), 0.0), 0.02))
        self.enter(self.ended.step)
        self.ended.seconds, self.ended.code = (
            time.monotonic() - self.began,
            os.waitstatus_to_exitcode(status),
        )
        self.ended.is_killed = self.ended.is_killed and self.ended.code != 0
        return self.ended

    def act(self, now: float) -> None:
        """Send what is due; the child is not reaped yet, so the id is still its own."""
        if self.order.sign and not self.ended.is_killed and now >= self.at:
            os.kill(self.pid, self.order.sign)
            self.ended.is_killed, self.at = True, float("inf")
            self.began, self.give_up = now, now + self.order.limit
        if now > self.give_up:
            os.kill(self.pid, signal.SIGUSR1)  # it writes where its threads are
            time.sleep(1)
            os.kill(self.pid, signal.SIGKILL)
            self.ended.is_hung, self.give_up = True, float("inf")

    def listen(self, wait: float) -> None:
        """Read which step has begun."""
        if not select.select([self.reading], [], [], wait)[0]:
            return
        reported = os.read(self.reading, 4096)
        if not reported:
            time.sleep(0.005)  # the pipe is closed, and the process has not ended yet
        *lines, self.text = (self.text + reported).split(b"\n")
        for line in lines:
            self.enter(line.decode())
            if self.order.sign and self.ended.step == self.order.step and not self.ended.is_killed:
                self.at = min(self.at, time.monotonic() + self.order.after)

    def enter(self, step: str) -> None:
        """The step before has taken so long."""
        now = time.monotonic()
        self.ended.steps[self.ended.step] = (
            self.ended.steps.get(self.ended.step, 0.0) + now - self.since
        )
        self.ended.step, self.since = step, now


def modules_file(output: Path) -> Path:
    """Where a run that came to its end says what it imported."""
    return output.with_suffix(".modules")


def import_too(modules: list[str]) -> None:
    """What a run imported on its way, for the children to come."""
    for name in modules:
        if name not in sys.modules:
            with suppress(Exception):
                importlib.import_module(name)


def child(order: Order, writing: int, output: Path) -> None:
    """The forked process: it is what ``sluice run``, or the process that Dagster's daemon launches,
    would be.
    """
    code = 1
    try:
        file = os.open(output, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        os.environ.update(order.environment)
        if order.most_bytes:  # as a full disk does, it refuses to take more
            resource.setrlimit(resource.RLIMIT_FSIZE, (order.most_bytes, order.most_bytes))
        if order.user:
            os.setuid(order.user)
        tell_steps(writing)
        faulthandler.register(signal.SIGUSR1, file=2, all_threads=True)
        before = set(sys.modules)
        code = run_command(order) if order.by == "command" else run_worker(order)
        sys.stdout.flush()
        if len(sys.modules) > len(before) + 10:
            modules_file(output).write_text(" ".join(set(sys.modules) - before), encoding="utf-8")
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def tell_steps(writing: int) -> None:
    """Write the name of each step to the pipe when it begins."""
    from sluice.orchestration.runs import state as run_state

    begin = run_state.begin

    def telling(context: Any) -> Any:
        os.write(writing, f"{context.op_execution_context.op.name.split('__')[0]}\n".encode())
        return begin(context)

    run_state.begin = telling


def run_command(order: Order) -> int:
    """``sluice run --as-of``; its exit code."""
    from sluice.orchestration.cli.main import main

    sys.argv = ["sluice", "run", "--as-of", order.as_of]
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0) if not isinstance(ended.code, str) else 1
    return 0


def run_worker(order: Order) -> int:
    """The process that the daemon launches for a run of the schedule: ``dagster api
    execute_run``.
    """
    from dagster import DagsterRunStatus
    from dagster._cli.api import _execute_run_command_body
    from dagster._core.definitions.reconstruct import ReconstructableRepository
    from dagster._utils.interrupts import capture_interrupts, setup_interrupt_handlers

    from sluice.orchestration.code_location.jobs import RUN_JOB
    from sluice.orchestration.installation.days import PARTITION_TAG
    from sluice.orchestration.runs.in_process import dagster_instance
    from sluice.orchestration.runs.state import AS_OF_TAG

    setup_interrupt_handlers()
    with (
        capture_interrupts(),
        dagster_instance(load_settings()) as instance,
    ):
        repository = ReconstructableRepository.for_module(
            "sluice.orchestration.definitions", "defs"
        )
        job = repository.get_reconstructable_job(RUN_JOB)
        run = instance.create_run_for_job(
            job.get_definition(),
            tags={AS_OF_TAG: order.as_of, PARTITION_TAG: order.as_of[:10]},
            job_code_origin=job.get_python_origin(),
            status=DagsterRunStatus.STARTING,
        )
        code = _execute_run_command_body(
            run.run_id, instance, lambda event: None, set_exit_code_on_failure=True
        )
        return int(code)


def parse_once(project: Path) -> None:
    """Parse the project into ``parsed`` beside it, for homes to start from: parsing takes longer
    than the rest of a run, and what dbt compiles when it reads a manifest is there for all
    children.
    """
    from sluice.orchestration.dbt.kept_manifest import read_manifest
    from sluice.orchestration.dbt.runner import Dbt

    # in a child: dbt's parser of SQL (in Rust) starts threads that forked children would wait for
    parsed = project.parent / "parsed"
    raw = parsed / "raw"
    parsed.mkdir(mode=0o700)
    raw.mkdir()
    names = {"SLUICE_HOME": str(parsed), "SLUICE_RAW": str(raw)}
    os.environ.update(names)
    pid = os.fork()
    if pid == 0:
        os._exit(0 if Dbt(load_settings()).parsed is not None else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert read_manifest(Dbt(load_settings()).target / "partial_parse.msgpack") is not None
    for name in names:
        del os.environ[name]


def main() -> None:
    """Import and parse once, then take orders."""
    project = projects.PACKAGE_PROJECT = Path(sys.argv[1])
    os.environ[projects.VARIABLE] = str(project)
    for name in IMPORTED:
        importlib.import_module(name)
    parse_once(project)
    print("ready", flush=True)
    for line in sys.stdin:
        ended = live(Order(**json.loads(line)))
        import_too(ended.modules)
        ended.modules = []
        print(json.dumps(ended.__dict__), flush=True)


if __name__ == "__main__":
    main()
