"""Settings of the file drop: SLUICE_FILE_DROP_*."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from sluice.activations.settings import DestinationSettings


class FileDropConfig(DestinationSettings):
    """One folder, which must be there: a folder that is missing is a disk that is not mounted, and
    waits.

    ``file_mode``: the rights of the files in octal; the product's own files are 0600, and these are
    for another program. ``escape_formulas``: a text in a CSV that a spreadsheet would take for a
    formula gets an apostrophe before it.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_FILE_DROP_", extra="ignore")

    folder: Path = Field(examples=["/srv/exchange/out"])
    format: Literal["csv", "parquet"] = "csv"
    escape_formulas: bool = True
    file_mode: str = Field("0640", pattern="^0?[0-7]{3}$")
    batch_size: int = Field(10_000, ge=1, le=1_000_000)

    @property
    def mode(self) -> int:
        """``file_mode`` as a number."""
        return int(self.file_mode, 8)
