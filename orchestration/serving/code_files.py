"""Files of QR codes: their YAML and their images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import orjson
import yaml
from pydantic import ValidationError

from sluice.activations.inbox.codes.definition import (
    Code,
    CodeError,
    Codes,
    is_name,
    read_code,
)
from sluice.activations.inbox.codes.routes import KIND
from sluice.activations.inbox.store import Inbox
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings

KINDS = (".svg", ".png")


def write_code(settings: Settings, name: str, values: Mapping[str, str]) -> Path:
    """Write a new code. Raises ConfigurationError."""
    if not is_name(name):
        raise ConfigurationError(
            f"'{name}' cannot name a code",
            "use a-z, 0-9, _ and -, at most 50, and begin with a-z or 0-9",
        )
    if not settings.project.content.is_relative_to(settings.project.root):
        raise ConfigurationError(
            "the project has no folder of its own for content",
            f"mkdir {settings.project.root}/content",
        )
    path = settings.project.content / "qr" / f"{name}.yml"
    try:
        Code.model_validate(values)
    except ValidationError as error:
        reason = str(error).splitlines()[2].strip().removeprefix("Value error, ")
        raise ConfigurationError(
            f"the code is not written: {reason.partition(' [')[0]}", "see --help"
        ) from None
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            yaml.safe_dump(dict(values), file, allow_unicode=True, sort_keys=False)
    except FileExistsError:
        raise ConfigurationError(
            f"there is a code '{name}' already", f"edit {path}, or take another name"
        ) from None
    return path


def draw_code(settings: Settings, name: str, files: Sequence[Path]) -> str:
    """Write the images of a code; its address. Raises ConfigurationError."""
    import segno

    try:
        code = Codes(settings.project.content).get(name)
    except CodeError as error:
        raise ConfigurationError(f"content/qr/{error}", "correct the file") from None
    if code is None:
        raise ConfigurationError(f"there is no code '{name}'", "make it: sluice qr new")
    if not settings.public_url:
        raise ConfigurationError(
            "the address of the service is not known, and a printed code cannot be changed",
            "set serve.public_url in sluice.yml: https://hooks.shop.example",
        )
    wrong = [file for file in files if file.suffix.lower() not in KINDS]
    if wrong:
        raise ConfigurationError(f"{wrong[0]} is no .svg or .png", "give --out such a name")
    address = f"{settings.public_url.rstrip('/')}/q/{name}"
    image = segno.make(address, error="m", micro=False)
    for file in files:
        image.save(str(file), scale=10, border=4)
    return address


def list_codes(settings: Settings) -> Iterator[tuple[str, ...]]:
    """Name, targets, campaign, channel, owners and scans; of a wrong file what is wrong."""
    codes, scans = Codes(settings.project.content), _scans(settings)
    for name in codes.names():
        try:
            code = read_code(codes.folder / f"{name}.yml")
        except CodeError as error:
            yield name, str(error), "", "", "", str(scans[name])
            continue
        targets = code.leads_to()
        owners = ", ".join(one.owner for one in targets if one.owner)
        leads = ", ".join(one.to for one in targets)
        yield name, leads, code.campaign or "", code.channel or "", owners, str(scans[name])


def _scans(settings: Settings) -> Counter[str]:
    inbox = Inbox(settings.inbox)
    try:
        rows = inbox.of_kind(KIND)
        bodies = (orjson.loads(row["body"]) for row in rows)
        return Counter(str(body.get("qr")) for body in bodies if not body.get("isMachine"))
    finally:
        inbox.close()
