"""What is linted: a line a kind of model. A new kind, such as journey conditions, joins with a line
in AUTHORED.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from sluice.models.config import CampaignConfig


@dataclass(frozen=True)
class Contract:
    """A kind of model that analytics engineers write: where its files lie, and what its rows must
    be.

    ``columns``: exactly these; None where the yml describes them. ``grain``: one row for each
    combination of these; None where ``config.meta.<kind>.key`` says it. ``required``: keys that
    ``config.meta.<kind>`` must have. ``limits``: a key of it whose value is checked word by word,
    limit by limit. ``may_hold_personal_data``: for columns which the yml marks. ``settings``: what
    ``config.meta.<kind>`` may say, and how.
    """

    kind: str
    folder: str
    prefix: str
    columns: tuple[str, ...] | None
    grain: tuple[str, ...] | None
    required: tuple[str, ...] = ()
    limits: str | None = None
    may_hold_personal_data: bool = False
    settings: type[BaseModel] | None = None

    def key(self, meta: dict[str, Any]) -> tuple[str, ...]:
        """The columns of which there is one row each."""
        return self.grain if self.grain is not None else (str(meta.get("key", "contact_id")),)


GUARDRAILS = "guardrails"
AUTHORED = (
    Contract("segment", "segments", "seg_", ("contact_id",), ("contact_id",)),
    Contract(
        "sync", "activation", "sync_", None, None, ("destination", "key", "mode"), GUARDRAILS, True
    ),
    Contract(
        "campaign",
        "activation",
        "campaign_",
        ("contact_id", "occurrence", "context"),
        ("contact_id", "occurrence"),
        ("channel", "destination", "purpose", "template"),
        GUARDRAILS,
        True,
        CampaignConfig,
    ),
)
SYNC_MODES = ("mirror", "upsert", "add", "membership")
