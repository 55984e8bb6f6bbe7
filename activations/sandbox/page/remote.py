"""The switches of a sandbox that another process runs for a home."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sluice.models.errors import ConfigurationError

SECONDS = 10


def switch(state_file: Path, path: str, value: Any = None) -> dict[str, Any]:
    """Read a switch, or with a value set it; returns what it stands at.

    Raises ConfigurationError when no sandbox runs, or the value is none.
    """
    url = page_url(state_file)
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)
    try:
        body = None if value is None else json.dumps(value)
        connection.request(
            "GET" if body is None else "POST", path, body, {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        said: dict[str, Any] = json.loads(answer.read())
    except (OSError, http.client.HTTPException) as error:
        raise _not_running() from error
    finally:
        connection.close()
    if answer.status != 200:
        raise ConfigurationError(
            f"the sandbox does not take it: {said['error']}", "correct the value"
        )
    return said


def page_url(state_file: Path) -> str:
    """Where the page is. Raises ConfigurationError when no sandbox runs."""
    try:
        return str(json.loads(state_file.read_text(encoding="utf-8"))["page"])
    except (OSError, ValueError, KeyError) as error:
        raise _not_running() from error


def _not_running() -> ConfigurationError:
    return ConfigurationError(
        "no sandbox runs for this home",
        "start one with `sluice sandbox up`, with the same SLUICE_HOME",
    )
