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

from docs.generate.meanings import COMMON, ENVIRONMENT, KEYS
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
