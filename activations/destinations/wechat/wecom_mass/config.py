"""Settings of messages to customers by employees: SLUICE_WECOM_*."""

from __future__ import annotations

from pydantic import Field

from sluice.activations.destinations.wechat.config import WeComConfig


class WeComMassConfig(WeComConfig):
    """One WeCom app.

    ``sender``: the employee who is asked to send, where the campaign's values name none.
    ``mass_batch_size``: customers a task. ``lookback_days``: how old a task may be whose outcome is
    still asked for; the vendor lists 31 days.
    """

    sender: str = ""
    mass_batch_size: int = Field(1_000, ge=1, le=10_000)
    lookback_days: int = Field(30, ge=1, le=31)
