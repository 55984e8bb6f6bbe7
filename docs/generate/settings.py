"""``docs/settings.md``: every key of ``sluice.yml``, every variable and every setting of a
destination, from the pydantic classes. What a destination's setting means is said once, in the
README beside its code, and taken from there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import SecretStr

from docs.generate.pages import DOCS, NOTE, table
from sluice.activations.destinations.registry import REGISTRY
from sluice.activations.settings import DestinationSettings, account_of
from sluice.orchestration.installation.project_file import ProjectFile

ROOT = DOCS.parent
DESTINATIONS = ROOT / "activations" / "destinations"
CHANNELS = {
    "email": "E-mail",
    "sms": "SMS",
    "wechat": "WeChat and WeCom",
    "crm": "CRM",
    "ads": "Ads",
    "web": "Web",
    "files": "Files",
}
# key of sluice.yml: its variable, its default where the class has none, and its meaning
KEYS = {
    "format": (
        "",
        "",
        "version of this file's format; a newer one than the engine reads is refused",
    ),
    "name": ("", "", "name of the project: lower-case letters, digits and `_`"),
    "home": (
        "SLUICE_HOME",
        "`.sluice`",
        "warehouse, ledger and Dagster's records: [the home](home.md)",
    ),
    "raw": ("SLUICE_RAW", "`raw`", "folder of the CSV and Parquet files to [land](landing.md)"),
    "sources": ("SLUICE_SOURCES", "all folders of `models/staging/`", "source systems that are on"),
    "allow_empty": ("SLUICE_ALLOW_EMPTY", "none", "tables whose file may be empty"),
    "as_of": (
        "",
        "the start of the run",
        "the clock of a frozen sample; leave it out for real data",
    ),
    "first_sync": (
        "",
        "",
        "`allowed`: a sync may fill an empty destination without [approval](guardrails.md);"
        " in the sandbox only",
    ),
    "delivery": (
        "SLUICE_DELIVERY",
        "`sandbox`",
        "`live` sends to real people; `sandbox` to simulated vendors",
    ),
    "approvers": (
        "SLUICE_APPROVERS",
        '`"*"`',
        "who may [approve](guardrails.md): names, `*` for anyone, empty for nobody",
    ),
    "ledger_url": (
        "SLUICE_LEDGER_URL",
        "a file in the home",
        "a [ledger in Postgres](ledger.md#where-it-lives); a password only in the environment",
    ),
    "memory": (
        "SLUICE_MEMORY",
        "four fifths of the machine's",
        "memory of DuckDB, `4GB`: more than that [goes to disk](scale.md#less-memory)",
    ),
    "schedule.hour": ("", "", "hour of the daily run"),
    "schedule.cron": ("", "none", "the schedule as cron, instead of an hour"),
    "schedule.time_zone": ("", "", "IANA time zone of the schedule"),
    "schedule.days": (
        "",
        "",
        "days on which it runs: `all`, `chinese_workdays` (make-up workdays included) or `chinese_days_off`",
    ),
    "schedule.is_on": (
        "",
        "",
        "whether Dagster begins with it by itself, and not only once it is switched on",
    ),
    "schedules.<name>.hour": (
        "",
        "",
        "hour of a further run; the next four keys as those of `schedule`",
    ),
    "schedules.<name>.cron": ("", "none", "its schedule as cron, instead of an hour"),
    "schedules.<name>.time_zone": ("", "", "its IANA time zone"),
    "schedules.<name>.days": ("", "", "its days"),
    "schedules.<name>.is_on": ("", "", "whether it begins by itself"),
    "schedule.first_day": ("", "", "first day that can be backfilled in Dagster"),
    "retention.run_days": (
        "SLUICE_RUN_DAYS",
        "30",
        "days that Dagster's records of a run and its plans are kept",
    ),
    "retention.runs_kept": (
        "SLUICE_RUNS_KEPT",
        "100",
        "runs whose records are kept; receipts stay for good",
    ),
    "retention.tables": (
        "",
        "none",
        "table: days, or {days, column}: how long [rows are kept](rights.md#how-long-rows-are-kept)",
    ),
    "crm_reads.systems": (
        "SLUICE_CRM_READS",
        "none",
        "CRMs whose deals, stages and owners are [read back](crm.md)",
    ),
    "crm_reads.overlap_minutes": (
        "SLUICE_CRM_OVERLAP_MINUTES",
        "15",
        "how far before the last read a read begins",
    ),
    "serve.public_url": (
        "SLUICE_PUBLIC_URL",
        "none",
        "how [`sluice serve`](serve.md) is reached; links in messages lead there",
    ),
    "serve.share_to": (
        "",
        "none",
        "the page that [share links](tracking.md#sharing) lead to; without it there are none",
    ),
    "serve.sources.<name>.write_key": (
        "",
        "",
        "of a site or app whose [events](serve.md) are taken",
    ),
    "serve.sources.<name>.origins": ("", "all", "the origins whose pages may post with it"),
    "serve.seconds": (
        "SLUICE_SERVE_SECONDS",
        "10",
        "time a whole request may take to [arrive](serve.md)",
    ),
    "serve.connections": ("SLUICE_SERVE_CONNECTIONS", "1000", "connections at once"),
    "serve.trusted_proxies": (
        "",
        "none",
        "addresses and networks of proxies whose `X-Forwarded-For` counts: 127.0.0.1, 10.0.0.0/8;"
        " [forms](forms.md) limit submissions by it",
    ),
    "serve.per_address": (
        "SLUICE_SERVE_PER_ADDRESS",
        "200",
        "open requests of one address; a proxy is one",
    ),
    "fast_lane.enabled": (
        "",
        "false",
        "what contacts do is [answered](fast_lane.md) before the daily run",
    ),
    "fast_lane.behind_minutes": (
        "",
        "5",
        "an event that waits for longer is a failed check and a warning of `sluice doctor`",
    ),
    "preferences.topics.<name>.en": (
        "",
        "none",
        "a topic that people may [refuse](preferences.md)",
    ),
    "preferences.topics.<name>.zh": ("", "none", "its title in Chinese"),
    "preferences.languages": ("", "zh, en", "languages that messages are written in"),
    "preferences.link_days": ("", "for ever", "days a link leads to the preference page"),
    "report.publish": (
        "SLUICE_REPORT_PUBLISH",
        "`[en]`",
        "languages in which a run [publishes](report.md) the report of the day; `[]` for none",
    ),
    "report.url": (
        "",
        "none",
        "web address of the folder `reports` of the home, where you serve it; links in Dagster lead there",
    ),
    "preferences.sender": ("", "none", "whose preference page it is, to people"),
    "access.roles": (
        "",
        "none",
        "rights by role: `see_personal_data`, `approve`, `change`, `release` ([access](access.md))",
    ),
    "access.people.<name>.role": ("", "none", "the role of a person, by the name in `SLUICE_USER`"),
    "access.people.<name>.key": (
        "",
        "none",
        "public key of the person: what `sluice access key FILE` prints",
    ),
    "access.people.<name>.authors": ("", "none", "mail addresses of the person's commits"),
    "access.signed": (
        "",
        "`false`",
        "approvals count only with a signature, and rights need the person's key",
    ),
    "access.four_eyes": ("", "`false`", "nobody approves what they changed last, as git has it"),
    "alerts.recipients": (
        "",
        "none",
        "mail address by owner of [alerts](alerts.md): `{marketing: growth@acme.example}`",
    ),
    "alerts.language": ("", "`en`", "language of notices of alerts, `en` or `zh`"),
    "destinations": ("", "none", "settings of destinations by account, below"),
}
ENVIRONMENT = {
    "SLUICE_PROJECT": "folder of the project, where `--project` is not given",
    "SLUICE_INBOX_URL": "database of the inbox; the file `inbox.sqlite` of the home by default, or"
    " where the ledger is on Postgres",
    "SLUICE_SECRET": "signs our links; a key in the home by default, which machines do not share",
    "SLUICE_KEY_FILE": "file of your private key, where `access.signed` is on: [access](access.md)",
    "SLUICE_KEY_PASSPHRASE": "passphrase of that file, if it has one",
    "SLUICE_USER": "your name in approvals, pauses and the ledger; the login name by default;"
    " not an authentication",
}
COMMON = {
    "workers": "batches in flight; each worker has its own connections: [sending](sending.md)",
    "messages_per_second": "rate limit of campaigns, over all workers; 0 is none",
    "calls_per_second": "rate limit of syncs, over all workers; 0 is none",
    "patience_seconds": "how long a run waits for a vendor that is down or asks to be called later",
    "price": "of one message or operation, for plans and [guardrails](guardrails.md)",
    "currency": "of the price",
}
NOT_SET = frozenset({"content"})  # the project's folder of templates
INTRODUCTION = """# Settings

{note}
A project's settings are in its `sluice.yml`; a variable in the environment overrides its key. A
**secret** is read from the environment alone, and refused in the file. A key that does not exist is
refused with the nearest one that does (exit 2).
`sluice doctor` checks them.
"""


def settings_page() -> str:
    """The page."""
    return "".join(
        [
            INTRODUCTION.format(note=NOTE),
            _project(),
            _environment(),
            _common(),
            *(_channel(channel) for channel in CHANNELS),
            _variables(),
        ]
    )


def keys(model: Any = ProjectFile, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of ``sluice.yml`` with its declaration: ``schedule.hour``."""
    for name, info in model.model_fields.items():
        parts = [info.annotation, *get_args(info.annotation)]
        inner = next((one for one in parts if hasattr(one, "model_fields")), None)
        if inner is None:
            yield f"{above}{name}", info
        else:
            each = "<name>." if inner is not info.annotation else ""
            yield from keys(inner, f"{above}{name}.{each}")


def _project() -> str:
    rows = []
    for key, info in keys():
        variable, default, meaning = KEYS[key]
        rows.append([f"`{key}`", _code(variable), default or shown_default(info), meaning])
    return "\n## sluice.yml\n\n" + table(["key", "variable", "default", "meaning"], rows)


def _environment() -> str:
    rows = [[f"`{name}`", meaning] for name, meaning in ENVIRONMENT.items()]
    return "\n## In the environment only\n\n" + table(["variable", "meaning"], rows)


def _common() -> str:
    fields = DestinationSettings.model_fields
    assert set(COMMON) | NOT_SET == set(fields)
    rows = [[f"`{name}`", shown_default(fields[name]), text] for name, text in COMMON.items()]
    return (
        "\n## Every destination\n\nAs `destinations: {<account>: {<setting>: ...}}` in"
        " `sluice.yml`, or as `SLUICE_<ACCOUNT>_<SETTING>`. These every destination has:\n\n"
        + table(["setting", "default", "meaning"], rows)
    )


def _channel(channel: str) -> str:
    text = f"\n## {CHANNELS[channel]}\n"
    accounts: dict[str, list[str]] = {}
    for name, entry in REGISTRY.items():
        if _folder(name).parent.name == channel:
            accounts.setdefault(account_of(entry.config), []).append(name)
    for account, names in accounts.items():
        links = ", ".join(
            f"[`{name}`](../{(_folder(name) / 'README.md').relative_to(ROOT)})" for name in names
        )
        rows = list(_settings(account, names))
        text += f"\n### {account}\n\n{links}\n\n" + table(
            ["variable", "in sluice.yml", "default", "meaning"], rows
        )
    return text


def _settings(account: str, names: list[str]) -> Iterator[list[str]]:
    fields: dict[str, Any] = {}
    said: dict[str, str] = {}
    for name in names:
        fields.update(REGISTRY[name].config.model_fields)  # type: ignore[attr-defined]
        said.update(meanings(_folder(name) / "README.md"))
    for field, info in fields.items():
        if field not in COMMON and field not in NOT_SET:
            variable = f"SLUICE_{account}_{field}".upper()
            place = "no: a secret" if is_secret(info) else f"`{field}`"
            yield [f"`{variable}`", place, shown_default(info), said.get(variable, "")]


def _variables() -> str:
    """The variables of the dbt package, with the comments above them."""
    path = ROOT / "dbt_project" / "dbt_project.yml"
    text = path.read_text(encoding="utf-8")
    defaults = yaml.safe_load(text)["vars"]
    rows, comment = [], ""
    for line in text.partition("\nvars:\n")[2].splitlines():
        if line.startswith("  # "):
            comment = f"{comment} {line[4:]}".strip()
        elif (found := re.match(r"  (\w+):", line)) is not None:
            rows.append([f"`{found[1]}`", _code(json.dumps(defaults[found[1]])), comment])
            following = text.partition(line + "\n")[2]
            comment = comment if re.match(r"  \w+:", following) else ""
        else:
            break
    return (
        "\n## Variables of dbt\n\nLimits, hours and thresholds of the models, set in `vars:` of the"
        " project's `dbt_project.yml`.\n\n" + table(["variable", "default", "meaning"], rows)
    )


def meanings(readme: Path) -> Mapping[str, str]:
    """What the rows of a README say of each variable; ``_PASSWORD`` after the first is short for
    the same account.
    """
    found: dict[str, str] = {}
    for line in readme.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        names = re.findall(r"`([A-Z_]+)`", cells[0]) if len(cells) == 3 else []
        if names and names[0].startswith("SLUICE_"):
            for name in names:
                found[_whole(name, names[0])] = _as_seen_from_docs(cells[2], readme)
    return found


def _whole(name: str, first: str) -> str:
    if not name.startswith("_"):
        return name
    account = max(
        (account_of(one.config) for one in REGISTRY.values()),
        key=lambda one: len(one) if first.startswith(f"SLUICE_{one}_".upper()) else 0,
    )
    return f"SLUICE_{account.upper()}{name}"


def _as_seen_from_docs(text: str, readme: Path) -> str:
    def link(found: re.Match[str]) -> str:
        target, _, part = found[1].partition("#")
        path = (readme.parent / target).resolve()
        inside = path.is_relative_to(DOCS)
        place = path.relative_to(DOCS) if inside else Path("..") / path.relative_to(ROOT)
        return f"]({place}{'#' if part else ''}{part})"

    return re.sub(r"\]\((?!http)([^)]+)\)", link, text)


def _folder(name: str) -> Path:
    (path,) = DESTINATIONS.glob(f"*/{name}/config.py")
    return path.parent


def is_secret(info: Any) -> bool:
    """Whether a setting is read from the environment alone."""
    return SecretStr in {info.annotation, *get_args(info.annotation)}


def shown_default(info: Any) -> str:
    """The default of a setting, as a table shows it."""
    if info.is_required():
        return "(required)"
    value = info.get_default(call_default_factory=True)
    if value is None or value in ("", frozenset(), ()) or isinstance(value, SecretStr):
        return "none"
    if isinstance(value, frozenset | set):
        value = sorted(value)
    return _code(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    )


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
