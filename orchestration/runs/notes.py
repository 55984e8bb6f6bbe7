"""What the steps of a run tell each other: one typed note a step, kept as JSON in the run's folder.

Each kind of note is written by one step, so that steps in parallel never write one file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from sluice.activations.private_files import write_private
from sluice.models.plan import ActivationPlan


class StepNote(BaseModel):
    """A note; without a step that kept it, all its fields are as by default."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    step: ClassVar[str]


class StartNote(StepNote):
    """Of the command that starts a run: the ``saved_plan`` (JSON) it applies and the ids of plans
    that approvals may name.
    """

    step = "start"
    saved_plan: str | None = None
    plan_ids: Sequence[str] = ()


class PastNote(StepNote):
    """Of a run before the last one, which a person asked to push."""

    step = "past"
    is_past: bool = False


class LandNote(StepNote):
    """Of ``land``: refused rows by raw table, and their reasons; sources that were not landed, with
    the text for a person; of required ones also ``failures``, and the models that wait for them.
    """

    step = "land"
    quarantined: Mapping[str, int] = {}
    quarantine_reasons: Mapping[str, Mapping[str, int]] = {}
    not_landed: Mapping[str, str] = {}
    failures: Sequence[str] = ()
    stopped: Sequence[str] = ()


class BuildNote(StepNote):
    """Of ``decide`` or ``reports``: what failed, and the models that were not built for it."""

    step = "build"
    failures: Sequence[str] = ()
    stopped: Sequence[str] = ()


class PlanNote(StepNote):
    """Of the plan of one activation.

    ``error``: why it could not be planned. ``held``: operations that wait for a higher
    mapping_version.
    """

    step = "plan"
    plan: ActivationPlan | None = None
    error: str | None = None
    held: int = 0


class PushNote(StepNote):
    """Of the push of one activation: the pause that ended it, and why it gave up."""

    step = "push"
    paused: str | None = None
    problem: str | None = None


class ErrorNote(StepNote):
    """Of the step that ended the run with an error for a person: its class, text and fix."""

    step = "error"
    type: str = ""
    message: str = ""
    fix: str = ""


N = TypeVar("N", bound=StepNote)


class Notes:
    """The notes of one run. ``of``: the activation or the build that a note is about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, note: StepNote, of: str = "") -> None:
        """Keep a note in place of the one before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_private(self._path(type(note), of), note.model_dump_json())

    def find(self, kind: type[N], of: str = "") -> N:
        """The note of a step, or an empty one."""
        path = self._path(kind, of)
        return kind.model_validate_json(path.read_bytes()) if path.is_file() else kind()

    def _path(self, kind: type[StepNote], of: str) -> Path:
        return self.folder / f"{kind.step}{f'_{of}' if of else ''}.json"
