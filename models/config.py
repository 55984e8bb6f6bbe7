"""What an author writes in ``config.meta`` of a campaign or a sync, checked."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CampaignConfig(_Config):
    """``config.meta.campaign``: where a campaign goes and what it says. ``priority``: the smaller goes first. ``segment``: whose
    holdout and priority hold for its messages."""

    channel: Literal["email", "sms", "wechat"]
    destination: str
    purpose: Literal["marketing", "transactional"]
    template: str
    segment: str | None = None
    priority: int = 100
    owner: str = ""


class SyncConfig(_Config):
    """``config.meta.sync``: the destination and key of a sync.

    Modes: ``mirror`` (enter, change, exit), ``upsert`` (enter, change), ``add`` (enter). ``on_exit``: what a mirror does
    with a row that left: ``archive`` it at the destination, or ``keep`` it there and stop caring. ``allow_personal_data``:
    false where the destination may get none, which `sluice lint` checks by column lineage.
    """

    destination: str
    key: str
    mode: Literal["mirror", "upsert", "add"]
    object: str = "contacts"
    on_exit: Literal["archive", "keep"] = "archive"
    allow_personal_data: bool = True
    owner: str = ""
