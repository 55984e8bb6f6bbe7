"""``sluice.yml``: what a project tells Sluice, checked. A variable SLUICE_* goes before its key."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from sluice.models.errors import ConfigurationError
from sluice.models.yaml_text import load_yaml
from sluice.orchestration.installation.times import Schedule, Times

PROJECT_FILE = "sluice.yml"
FORMAT = 1
DAILY = "daily"  # the name of the run of `schedule`
# parts of names of what nobody may read in a file: it is in git
SECRET_PARTS = ("password", "secret", "token", "private_key", "api_key", "access_key", "aes_key")

Right = Literal["see_personal_data", "approve", "change", "release"]
MailAddress = Annotated[str, StringConstraints(pattern=r"^[!-;=?-~]+@[!-;=?-~]+$")]
SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]


class Part(BaseModel):
    """A part of the file: a key that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TableRetention(Part):
    """How many days rows of a table are kept, by a ``column`` of it; empty: its usual time."""

    days: int = Field(ge=1)
    column: str = ""


class Retention(Part):
    """How long what Dagster keeps of a run, and its plans, stay: days, or so many newer runs; and
    how many days published reports stay, and rows of ``tables``.
    """

    run_days: int | None = Field(None, ge=1)
    runs_kept: int | None = Field(None, ge=1)
    report_days: int | None = Field(None, ge=1)
    tables: dict[str, Annotated[int, Field(ge=1)] | TableRetention] = {}


class CrmReads(Part):
    """CRMs whose deals, stages and owners are read back."""

    systems: list[str] = []
    overlap_minutes: float | None = Field(None, ge=0)


class WebSource(Part):
    """A site or app whose events are taken: its write key, which is no secret, and the origins
    whose pages may post (``https://shop.example``; ``*`` is all).
    """

    write_key: str = Field(pattern=r"^[A-Za-z0-9_-]{8,100}$")
    origins: list[str] = ["*"]


class Serve(Part):
    """``sluice serve``: its limits, how it is reached, where share links lead, and who may post to
    it.
    """

    public_url: str | None = None
    share_to: str | None = Field(None, pattern=r"^https?://[^\s\\@/]+(/[^\s\\]*)?$")
    sources: dict[SourceName, WebSource] = {}
    seconds: float | None = Field(None, gt=0)
    connections: int | None = Field(None, ge=1)
    per_address: int | None = Field(None, ge=1)
    trusted_proxies: list[str] = []

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: list[str]) -> list[str]:
        for one in value:
            try:
                ip_network(one, strict=False)
            except ValueError:
                raise ValueError(f"{one!r} is no address: write 127.0.0.1 or 10.0.0.0/8") from None
        return value

    def limits(self) -> dict[str, float]:
        """The limits that are given."""
        given = self.model_dump(include={"seconds", "connections", "per_address"})
        return {name: value for name, value in given.items() if value is not None}

    @model_validator(mode="after")
    def _keys_differ(self) -> Serve:
        keys = [one.write_key for one in self.sources.values()]
        if len({*keys}) < len(keys):
            raise ValueError("sources: two of them have the same write_key")
        return self


class FastLane(Part):
    """The fast lane: on or off, and after how many minutes of waiting it has fallen behind."""

    enabled: bool = False
    behind_minutes: float = Field(5.0, gt=0)


class Topic(Part):
    """The title of a topic in the preference page, in its two languages."""

    en: str = Field(min_length=1, max_length=100)
    zh: str = Field(min_length=1, max_length=100)


class Preferences(Part):
    """The preference page: ``topics`` that campaigns name and people may refuse, the ``languages``
    that messages are written in, for how many days a link leads there, and whose page it is.
    """

    topics: dict[SourceName, Topic] = {}
    languages: list[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Za-z]{2,4})?$")]] = [
        "zh",
        "en",
    ]
    link_days: int | None = Field(None, ge=1)
    sender: str = Field("", max_length=100)


class Report(Part):
    """The report of a run: the languages of the copy that is published each day (none: it is not),
    and the address that its folder is served at, for links to it.
    """

    publish: list[Literal["en", "zh"]] | None = None
    url: str = Field("", pattern=r"^(https?://\S+)?$")


class Alerts(Part):
    """Notices of alerts: the mail address of each owner in the seed alert_rules, and the
    ``language`` they are written in.
    """

    recipients: dict[str, MailAddress] = {}
    language: Literal["en", "zh"] = "en"


class Person(Part):
    """Somebody who uses Sluice, by the name in SLUICE_USER: a ``role``, the public ``key`` that
    their approvals are checked by, and the mail addresses of their commits.
    """

    role: str
    key: str | None = Field(None, pattern=r"^ed25519:[A-Za-z0-9+/]{43}=$")
    authors: list[MailAddress] = []


class Access(Part):
    """Who may do what. ``signed``: approvals count only with a signature, and rights need the
    person's key; ``four_eyes``: nobody approves a campaign that they changed, and an approval
    ends with the next change; ``codes``: a one-time
    code signs an approval too. Without ``people`` anybody may do anything.
    """

    roles: dict[SourceName, list[Right]] = {}
    people: dict[str, Person] = {}
    signed: bool = False
    four_eyes: bool = False
    codes: bool = False

    @model_validator(mode="after")
    def _is_complete(self) -> Access:
        for name, person in self.people.items():
            if person.role not in self.roles:
                raise ValueError(f"people.{name}: there is no role {person.role!r} in roles")
        if (self.signed or self.four_eyes) and not self.people:
            raise ValueError("signed and four_eyes need people")
        if self.codes and not self.signed:
            raise ValueError("codes are a way to sign: they need signed")
        return self


class ProjectFile(Part):
    """The whole file. None is: as Sluice has it by default."""

    format: int = Field(FORMAT, ge=1, strict=True)
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    home: Path | None = None
    raw: Path | None = None
    sources: list[str] | None = None
    allow_empty: list[str] | None = None
    as_of: datetime | None = None
    first_sync: Literal["ask", "allowed"] = "ask"
    delivery: Literal["sandbox", "live"] | None = None
    approvers: str | list[str] | None = None
    ledger_url: str | None = None
    memory: str | None = None
    schedule: Schedule = Schedule()
    schedules: dict[SourceName, Times] = {}
    retention: Retention = Retention()
    crm_reads: CrmReads = CrmReads()
    serve: Serve = Serve()
    fast_lane: FastLane = FastLane()
    preferences: Preferences = Preferences()
    report: Report = Report()
    alerts: Alerts = Alerts()
    access: Access = Access()
    destinations: dict[str, dict[str, Any]] = {}

    @field_validator("schedules")
    @classmethod
    def _daily_is_taken(cls, value: dict[str, Times]) -> dict[str, Times]:
        if DAILY in value:
            raise ValueError(f"{DAILY} is the run of `schedule`: give a further one another name")
        return value

    @property
    def runs(self) -> dict[str, Times]:
        """Every scheduled run by its name, the daily one first."""
        return {DAILY: self.schedule, **self.schedules}

    def settings(self) -> dict[str, Any]:
        """What it gives of the settings that a variable SLUICE_* can give too, by their names."""
        approvers = self.approvers
        values = {
            "sources": self.sources,
            "allow_empty": self.allow_empty,
            "delivery": self.delivery,
            "approvers": ",".join(approvers) if isinstance(approvers, list) else approvers,
            "ledger_url": self.ledger_url,
            "memory": self.memory,
            "crm_reads": self.crm_reads.systems or None,
            "crm_overlap_minutes": self.crm_reads.overlap_minutes,
            "run_days": self.retention.run_days,
            "runs_kept": self.retention.runs_kept,
            "report_days": self.retention.report_days,
            "public_url": self.serve.public_url,
            "report_publish": self.report.publish,
        }
        return {name: value for name, value in values.items() if value is not None}


def read_project(path: Path) -> ProjectFile:
    """Read and check a ``sluice.yml``. Raises ConfigurationError, which names the key and what to
    write.
    """
    try:
        written = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:  # ValueError: no such date
        raise ConfigurationError(
            f"{path} cannot be read: {_first_line(error)}", "correct the file"
        ) from error
    if not isinstance(written, dict):
        raise ConfigurationError(
            f"{path} says nothing", "write at least format: 1 and name: the name of your project"
        )
    _refuse_newer(path, written.get("format", FORMAT))
    _refuse_secrets(path, written)
    try:
        return ProjectFile.model_validate(written)
    except ValidationError as error:
        words = "; ".join(_describe(one) for one in error.errors())
        raise ConfigurationError(f"{path} is wrong: {words}", "correct the file") from error


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return str(error).splitlines()[0]
    return f"line {mark.line + 1}: {getattr(error, 'problem', '') or error}"


def _refuse_newer(path: Path, number: Any) -> None:
    if isinstance(number, int) and number > FORMAT:
        raise ConfigurationError(
            f"{path} has format {number}, and this version of Sluice reads up to {FORMAT}",
            "install a newer one from its wheel or clone, as docs/install.md says",
        )


def _refuse_secrets(path: Path, written: Any, above: tuple[str, ...] = ()) -> None:
    """Nothing secret in a file that is in git: a password in a URL neither."""
    for key, value in written.items() if isinstance(written, dict) else ():
        place = (*above, str(key))
        is_password = key == "ledger_url" and "@" in str(value) and ":" in _login(str(value))
        if any(part in str(key).lower() for part in SECRET_PARTS) or is_password:
            names = place[1:] if place[0] == "destinations" else place
            variable = "SLUICE_" + "_".join(names).upper()
            raise ConfigurationError(
                f"{path}: {'.'.join(place)} is a secret, which is never kept in a file",
                f"take it out of the file, and set {variable} in the environment",
            )
        _refuse_secrets(path, value, place)


def _login(url: str) -> str:
    return url.partition("://")[2].rpartition("@")[0]


def _describe(error: Any) -> str:
    place = [str(part) for part in error["loc"]]
    if error["type"] != "extra_forbidden":
        return f"{'.'.join(place)}: {error['msg']}"
    known = _keys_at(place[:-1])
    near = get_close_matches(place[-1], known, 1)
    hint = f"do you mean {near[0]}?" if near else f"there is {', '.join(known)}"
    return f"{'.'.join(place)} is no key: {hint}"


def _keys_at(place: list[str]) -> list[str]:
    model: Any = ProjectFile
    for name in place:
        declared = model.model_fields[name].annotation
        model = next(one for one in (declared, *get_args(declared)) if hasattr(one, "model_fields"))
    return list(model.model_fields)
