"""How the command line shows things: progress while a run works, tables after it, JSON when
asked.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sluice.activations.plan.remedies import cause_in_words
from sluice.models.run import MissingRows, RunSummary
from sluice.orchestration.runs import progress

STEPS = {
    "land": "1 land",
    "decide": "2 decide",
    "plan": "3 plan",
    "push": "4 push",
    "report": "5 report",
    "reports": "5 report",
}
SHOWN_REASONS = 3  # of an activation; `sluice missing` has them all
LACKING = {
    "send": ("message was not sent", "messages were not sent"),
    "entered": ("row is missing there", "rows are missing there"),
    "changed": ("row is out of date there", "rows are out of date there"),
    "exited": ("row should be gone there", "rows should be gone there"),
}
SHORT = 12  # columns of the terminal: a day, a number
PIPE_WIDTH = 120  # columns where the output is not a terminal
console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
errors = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else PIPE_WIDTH)


@contextmanager
def showing_progress(is_quiet: bool) -> Iterator[None]:
    """A spinner, and a line with the time for each thing a run tells. On stderr, so that JSON on
    stdout stays clean.
    """
    started = time.monotonic()

    def show(step: str, text: str) -> None:
        errors.print(
            f"[dim]{time.monotonic() - started:5.1f} s[/dim] "
            f" [bold]{STEPS.get(step, step):9}[/bold] {escape(text)}"
        )

    if is_quiet:
        yield
        return
    with errors.status("working"), progress.listening(show):
        yield


@contextmanager
def announced(is_shown: bool = True) -> Iterator[None]:
    """A line on stderr before what takes long; none with --json."""
    if not is_shown:
        yield
        return
    with progress.announcing(lambda text: errors.print(f"[dim]{escape(text)}[/dim]")):
        yield


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    is_wrapped: bool = False,
) -> None:
    """A table; numbers are aligned to the right. ``is_wrapped``: what does not fit goes on in the
    next line. Numbers, days and other short columns are shown whole wherever the terminal has room
    for them: a day without its last digit is another day.
    """
    shown = Table(
        title=title,
        title_justify="left",
        header_style="bold",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    cells = [list(row) for row in rows]
    for number, name in enumerate(columns):
        is_number = bool(cells) and all(isinstance(row[number], int) for row in cells)
        width = max([cell_len(name), *(cell_len(_in_words(row[number])) for row in cells)])
        shown.add_column(
            name,
            justify="right" if is_number else "left",
            no_wrap=not is_wrapped,
            overflow="fold",
            min_width=width if width <= SHORT else None,
        )
    for row in cells:
        shown.add_row(*map(_in_words, row))
    console.print(shown)


def _in_words(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def show_missing(missing: Sequence[MissingRows], shown: int = SHOWN_REASONS) -> None:
    """What is not at its destination, the most frequent reasons of each activation first, and what
    to do about each.
    """
    for name in dict.fromkeys(one.activation for one in missing):
        entries = [one for one in missing if one.activation == name]
        for one in entries[:shown]:
            console.print(
                f"[yellow]{name} -> {one.destination}: {_lacking(one)}[/yellow]\n  -> {one.fix}",
                soft_wrap=True,
            )
        rest = sum(one.count for one in entries[shown:])
        if rest:
            console.print(
                f"[yellow]{name}: {rest:,} more for other reasons: sluice missing {name}[/yellow]"
            )


def _lacking(one: MissingRows) -> str:
    what = LACKING[one.operation][one.count != 1]
    cause = cause_in_words(one.cause, one.destination)
    since = (
        ""
        if one.new == one.count
        else " (of an earlier run)"
        if not one.new
        else f" ({one.new:,} of this run)"
    )
    return f"{one.count:,} {what}{since}: {one.state}, {one.reason}{', ' + cause if cause else ''}"


def show_summary(summary: RunSummary, is_plan: bool) -> None:
    """A run, or a plan, in words."""
    where = "the sandbox" if summary.mode == "sandbox" else "the real destinations"
    console.print(f"{'Plan' if is_plan else 'Run'} as of {summary.as_of}, to {where}")
    has_missing = any(sync.missing for sync in summary.syncs)
    columns = [
        "sync",
        "entered",
        "changed",
        "exited",
        *(["held"] if any(sync.held for sync in summary.syncs) else []),
        *([] if is_plan else ["accepted", "failed", "unknown"]),
        *(["missing"] if has_missing else []),
    ]
    table("Syncs", columns, ([getattr(sync, name) for name in columns] for sync in summary.syncs))
    for sync in (sync for sync in summary.syncs if sync.held):
        console.print(
            f"[yellow]{sync.sync} is held, its mapping changed: raise mapping_version in"
            f" sync_{sync.sync}.yml[/yellow]"
        )
    messages = summary.messages
    rows = [("due", messages.due), ("held", messages.held)]
    rows += (
        []
        if is_plan
        else [("sent", messages.sent), ("failed", messages.failed), ("unknown", messages.unknown)]
    )
    rows += [(f"held: {reason}", count) for reason, count in messages.held_by_reason.items()]
    rows += [(f"not sent: {reason}", count) for reason, count in messages.suppressed.items()]
    table("Messages", ["outcome", "messages"], rows)
    show_missing(summary.missing)
    _show_input(summary)
    for activation, name in summary.paused.items():
        console.print(
            f"[yellow]{activation} is paused: the rest is due after `sluice resume {name}`[/yellow]"
        )
    for text in summary.notes:
        console.print(f"[yellow]{text}[/yellow]")
    for text in summary.errors:
        console.print(f"[red]failed: {escape(text)}[/red]")


def _show_input(summary: RunSummary) -> None:
    """What was not as it should be in the sources."""
    for name, count in summary.quarantined.items():
        console.print(
            f"[yellow]{count:,} rows of {name} could not be read: select * from"
            " raw.quarantine[/yellow]"
        )
        for reason, rows_of_it in summary.quarantine_reasons.get(name, {}).items():
            console.print(f"[yellow]    {rows_of_it:,}: {escape(reason)}[/yellow]")
    for words in summary.not_landed.values():
        if words not in summary.errors:
            console.print(f"[yellow]{escape(words)}[/yellow]")
    for one in summary.data_issues:
        console.print(
            f"[yellow]{one.source}: {one.count:,} {one.issue}: see `sluice lint`[/yellow]"
        )
