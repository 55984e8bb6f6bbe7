"""What an installation can set, from environment variables named SLUICE_*, checked at the start."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.home import make_private, tell_if_loose

PROJECT_ROOT = Path(__file__).resolve().parents[2]
DBT_PROJECT = PROJECT_ROOT / "dbt_project"
INPUT_FILE = "input.yml"


class InputFolder(BaseModel):
    """``input.yml`` beside raw tables: the source systems they feed and, for a frozen sample, its
    clock.

    ``first_sync``: whether a sync may fill an empty destination without asking, as those of samples
    may.
    """

    model_config = ConfigDict(extra="forbid")

    sources: list[str]
    as_of: datetime | None = None
    first_sync: Literal["ask", "allowed"] = "ask"


class Settings(BaseSettings):
    """Settings of one installation. Paths are made absolute, so they do not depend on the working
    folder.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_", extra="ignore")

    home: Path = PROJECT_ROOT / ".sluice"
    raw: Path = PROJECT_ROOT / "examples" / "world" / "raw"
    sources: Annotated[list[str] | None, NoDecode] = None
    delivery: Literal["sandbox", "live"] = "sandbox"
    ledger_url: str = ""
    allow_empty: Annotated[set[str], NoDecode] = set()
    approvers: str = "*"  # names of who may approve, by commas; * is anyone, and empty is nobody
    crm_reads: Annotated[set[str], NoDecode] = set()
    crm_overlap_minutes: float = Field(15.0, ge=0)
    run_days: int = Field(
        30, ge=1
    )  # what Dagster keeps of a run, and its plans, go after so many days,
    runs_kept: int = Field(100, ge=1)  # or when so many are newer

    @field_validator("sources", "allow_empty", "crm_reads", mode="before")
    @classmethod
    def split_names(cls, value: Any) -> Any:
        """Accept ``a,b c`` from the environment."""
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("home", "raw")
    @classmethod
    def make_absolute(cls, value: Path) -> Path:
        """Resolve against the working folder once, at the start."""
        return value.expanduser().resolve()

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.home / "warehouse.duckdb"

    @property
    def ledger(self) -> str:
        """The SQLAlchemy URL of the ledger."""
        return self.ledger_url or f"sqlite:///{self.home / 'ledger.sqlite'}"

    def input_folder(self) -> InputFolder | None:
        """Read ``input.yml`` of the raw folder, or of the folder above it; None when there is
        none.
        """
        for folder in (self.raw, self.raw.parent):
            if (folder / INPUT_FILE).is_file():
                return read_input(folder / INPUT_FILE)
        return None

    def enabled_sources(self) -> list[str] | None:
        """SLUICE_SOURCES, else what ``input.yml`` says, else None: the default of
        ``dbt_project.yml``. Raises ConfigurationError for a folder of one's own of which nothing
        says what is in it: the default is of the sample company.
        """
        folder = self.input_folder()
        if not self.sources and folder is None and self.raw.is_dir():
            raise _nothing_says_the_sources(self.raw)
        names = self.sources or (folder.sources if folder else None)
        unknown = sorted(set(names or []) - known_sources())
        if unknown:
            raise ConfigurationError(
                f"there is no source {', '.join(unknown)}",
                f"set SLUICE_SOURCES (or sources in {INPUT_FILE}) to some of"
                f" {', '.join(sorted(known_sources()))}",
            )
        return names

    def has_frozen_clock(self) -> bool:
        """Whether the raw folder says its own time."""
        folder = self.input_folder()
        return folder is not None and folder.as_of is not None

    def default_as_of(self) -> datetime:
        """The clock of a frozen sample, or now; aware, UTC."""
        folder = self.input_folder()
        return (
            as_utc(folder.as_of)
            if folder and folder.as_of
            else datetime.now(UTC).replace(microsecond=0)
        )


def known_sources() -> set[str]:
    """The source systems there are: the folders of ``models/staging/``."""
    return {
        folder.name for folder in (DBT_PROJECT / "models" / "staging").iterdir() if folder.is_dir()
    }


def _nothing_says_the_sources(raw: Path) -> ConfigurationError:
    found = sources_with_files(raw)
    names = sorted(found) or sorted(known_sources())
    files = (
        f"there are files of {', '.join(names)}"
        if found
        else "and no file in it is named as a raw table of a source"
    )
    return ConfigurationError(
        f"nothing says which sources the folder SLUICE_RAW feeds: it has no {INPUT_FILE},"
        f" SLUICE_SOURCES is not set, {files}",
        f"set SLUICE_SOURCES={','.join(names)}, or write into {INPUT_FILE} of the folder: sources:"
        f" [{', '.join(names)}]",
    )


def sources_with_files(raw: Path) -> set[str]:
    """The source systems of which the folder has a file, by the names of their raw tables."""
    files = {path.stem for path in raw.iterdir() if path.suffix in {".csv", ".parquet"}}
    found = set()
    for declared in (DBT_PROJECT / "models" / "staging").glob("*/_*__sources.yml"):
        try:
            sources = (yaml.safe_load(declared.read_text(encoding="utf-8")) or {}).get(
                "sources"
            ) or []
        except yaml.YAMLError:  # dbt says what is wrong with it
            continue
        names = {str(table["name"]) for source in sources for table in source.get("tables") or []}
        found |= {declared.parent.name} if names & files else set()
    return found


def read_input(path: Path) -> InputFolder:
    """Read and check one ``input.yml``."""
    try:
        return InputFolder.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError, ValueError) as error:
        raise ConfigurationError(
            f"{path.name} of the raw folder cannot be used: {describe(error)}",
            "write it as: sources: [crm, shop] and, for a frozen sample, as_of:"
            " 2026-06-29T21:00:00+08:00",
        ) from error


def load_settings() -> Settings:
    """Settings from the environment. Raises ConfigurationError naming the variable and what to
    set.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise ConfigurationError(
            f"a setting is wrong: {describe(error)}", "correct or unset the variable"
        ) from error
    os.environ["SLUICE_HOME"] = str(settings.home)  # dbt's profile reads the same place
    try:
        make_private(settings.home)
    except OSError as error:
        raise ConfigurationError(
            f"SLUICE_HOME cannot be made ({error.strerror})",
            "set SLUICE_HOME to a folder that can be written",
        ) from error
    tell_if_loose(settings.home)
    return settings


def describe(error: Exception) -> str:
    """An error in words, with the names of variables and without the values given."""
    if isinstance(error, ValidationError):
        return "; ".join(
            f"SLUICE_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()
        )
    return str(error).splitlines()[0]


def as_utc(moment: datetime) -> datetime:
    """An aware UTC time; a naive one is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_time(text: str, option: str) -> datetime:
    """An ISO 8601 time as aware UTC. Raises ConfigurationError naming the option."""
    try:
        return as_utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise ConfigurationError(
            f"{option} is not a time",
            f"write it as {option} 2026-06-29 or {option} 2026-06-29T21:00:00+08:00",
        ) from error
