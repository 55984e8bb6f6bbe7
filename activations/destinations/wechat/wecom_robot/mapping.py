"""A row of a sync as a message of a group robot."""

from __future__ import annotations

import re
from typing import Any

from sluice.activations.destinations.wechat.content import fitting, render
from sluice.activations.destinations.wechat.wecom_robot.config import WeComRobotConfig
from sluice.models.delivery import SyncOperation

LIMITS = {"text": 2048, "markdown": 4096}  # bytes of UTF-8


MARKS = str.maketrans({"<": "＜", "[": "［", "`": "ˋ"})


def harmless(value: str) -> str:
    """A value of a row, on one line and without marks: a name in it may mention nobody (<@all>) and
    link nowhere.
    """
    return re.sub(r"\s+", " ", value).translate(MARKS)


def alert_body(operation: SyncOperation, config: WeComRobotConfig) -> dict[str, Any]:
    """The content that the sync's ``object`` names, filled in with the row, cut to what the vendor
    takes; the key of the row is ``key``, whatever its column is called. Raises ContentError.
    """
    values = {
        name: harmless(value) if isinstance(value, str) else value
        for name, value in operation.properties.items()
    }
    values = {
        "key": harmless(operation.key) if isinstance(operation.key, str) else operation.key,
        **values,
    }
    content = render(operation.object, config.language, "robot", values, config.content)
    for kind, limit in LIMITS.items():
        if isinstance(content.get(kind), dict):
            content[kind]["content"] = fitting(str(content[kind].get("content", "")), limit)
    return content
