"""What an installation can set, checked at the start: from environment variables named SLUICE_*,
else from ``sluice.yml`` of the project.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.home import make_private, tell_if_loose
from sluice.orchestration.installation.project import VARIABLE, Project, find_project
from sluice.orchestration.installation.project_file import PROJECT_FILE
from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.duckdb_file import limit_memory
from sluice.orchestration.warehouse.profile import warehouse_of


class Settings(BaseSettings):
    """Settings of one installation. Paths are made absolute, so they do not depend on the working
    folder.
    """

    model_config = SettingsConfigDict(
        env_prefix="SLUICE_", extra="ignore", arbitrary_types_allowed=True
    )

    project: Annotated[Project, NoDecode]
    home: Path
    raw: Path
    sources: Annotated[list[str] | None, NoDecode] = None
    delivery: Literal["sandbox", "live"] = "sandbox"
    ledger_url: str = ""
    inbox_url: str = ""
    memory: str = ""  # of DuckDB, with its unit; what does not fit in it goes to disk
    public_url: str = ""  # how `sluice serve` is reached from outside
    secret: SecretStr = SecretStr("")  # signs our links; without it, a key in the home does
    allow_empty: Annotated[set[str], NoDecode] = set()
    approvers: str = "*"  # names of who may approve, by commas; * is anyone, and empty is nobody
    crm_reads: Annotated[set[str], NoDecode] = set()
    crm_overlap_minutes: float = Field(15.0, ge=0)
    run_days: int = Field(
        30, ge=1
    )  # what Dagster keeps of a run, and its plans, go after so many days,
    runs_kept: int = Field(100, ge=1)  # or when so many are newer
    report_days: int = Field(400, ge=1)  # published reports go after so many days
    # languages of the copy of the report that a run publishes; none for no copy
    report_publish: Annotated[list[Literal["en", "zh"]], NoDecode] = ["en"]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, else the environment, else the project's ``sluice.yml``."""
        project = init_settings().get("project") or find_project()
        said = {"home": project.home, "raw": project.raw, **project.config.settings()}
        given = InitSettingsSource(settings_cls, {"project": project})
        return given, init_settings, env_settings, InitSettingsSource(settings_cls, said)

    @field_validator("sources", "allow_empty", "crm_reads", "report_publish", mode="before")
    @classmethod
    def split_names(cls, value: Any) -> Any:
        """Accept ``a,b c`` from the environment."""
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("public_url")
    @classmethod
    def check_public_url(cls, value: str) -> str:
        """Take an address of the web alone, https but on this machine."""
        if value and not re.fullmatch(
            r"https://[!-;=?-~]+|http://(127\.0\.0\.1|localhost)\S*", value
        ):
            raise ValueError("it is no https address: https://hooks.shop.example")
        return value.rstrip("/")

    @field_validator("memory")
    @classmethod
    def check_memory(cls, value: str) -> str:
        """An amount with its unit, in which DuckDB has room to work."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([MGT])i?B", value)
        if value and (found is None or float(found[1]) * 1000 ** "MGT".index(found[2]) < 256):
            raise ValueError("write an amount of 256MB or more with its unit: 4GB")
        return value

    @field_validator("secret")
    @classmethod
    def check_secret(cls, value: SecretStr) -> SecretStr:
        """Refuse one that can be guessed."""
        if 0 < len(value.get_secret_value()) < 32:
            raise ValueError("32 characters at least: openssl rand -hex 32")
        return value

    @field_validator("home", "raw")
    @classmethod
    def make_absolute(cls, value: Path) -> Path:
        """Resolve against the working folder once, at the start."""
        return value.expanduser().resolve()

    @cached_property
    def warehouse(self) -> Warehouse:
        """What the target of dbt's profile means. Raises ConfigurationError."""
        return warehouse_of(self.project.dbt_folder, self.home)

    @property
    def ledger(self) -> str:
        """The SQLAlchemy URL of the ledger."""
        return self.ledger_url or f"sqlite:///{self.home / 'ledger.sqlite'}"

    @property
    def inbox(self) -> str:
        """The SQLAlchemy URL of the inbox: a file of its own, since a page must not wait for a
        push; or where the ledger is, when that is a server.
        """
        if self.inbox_url or self.ledger_url.startswith("postgresql"):
            return self.inbox_url or self.ledger_url
        return f"sqlite:///{self.home / 'inbox.sqlite'}"

    @property
    def limits(self) -> str:
        """The SQLAlchemy URL of the counts of rate limits: where the inbox is on a server, else a
        file beside it, whose writers wait for no disk.
        """
        is_file = self.inbox.startswith("sqlite")
        return f"sqlite:///{self.home / 'inbox.limits.sqlite'}" if is_file else self.inbox

    def enabled_sources(self) -> list[str]:
        """The source systems that are on: SLUICE_SOURCES, else ``sources`` of ``sluice.yml``, else
        every folder of the project's own ``models/staging/``. The engine's own sources are on
        where ``library_sources`` of dbt_project.yml names them. Raises ConfigurationError for one
        that is none.
        """
        known = sorted(self.project.staging_folders())
        unknown = sorted(set(self.sources or ()) - set(known))
        if unknown:
            raise ConfigurationError(
                f"there is no source {', '.join(unknown)} in models/staging/ of the project",
                f"set sources in {PROJECT_FILE} (or SLUICE_SOURCES) to some of {', '.join(known)},"
                " or add its folder",
            )
        return list(self.sources) if self.sources else sorted(self.project.own_staging_folders())

    def has_frozen_clock(self) -> bool:
        """Whether the project is a sample that says its own time."""
        return self.project.config.as_of is not None

    def default_as_of(self) -> datetime:
        """The clock of a frozen sample, or now; aware, UTC."""
        said = self.project.config.as_of
        return as_utc(said) if said else datetime.now(UTC).replace(microsecond=0)


def load_settings(project: Project | None = None) -> Settings:
    """Settings of a project, else of the one there is, from the environment and its file. Raises
    ConfigurationError naming the variable and what to set.
    """
    found = project or find_project()
    try:
        settings = Settings(project=found)
    except ValidationError as error:
        raise ConfigurationError(
            f"a setting is wrong: {describe(error)}", "correct or unset the variable"
        ) from error
    os.environ["SLUICE_HOME"] = str(settings.home)  # dbt's profile reads the same place
    if project is None:
        os.environ[VARIABLE] = str(found.root)  # and so do processes that this one starts
    try:
        make_private(settings.home)
    except OSError as error:
        raise ConfigurationError(
            f"SLUICE_HOME cannot be made ({error.strerror})",
            "set SLUICE_HOME to a folder that can be written",
        ) from error
    tell_if_loose(settings.home)
    limit_memory(settings.memory)
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
