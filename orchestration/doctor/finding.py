"""What a check of ``sluice doctor`` returns."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Finding(BaseModel):
    """One line of the report. ``figure``: a number to watch (bytes, rows), where there is one.
    ``fix``: the command or setting that fixes it, where something is wrong.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: str
    state: Literal["ok", "warning", "failed"]
    words: str
    figure: int | None = None
    fix: str = ""
