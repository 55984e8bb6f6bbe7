"""What an author writes in ``config.meta`` of a campaign or a sync, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CampaignConfig(_Config):
    """``config.meta.campaign``: where a campaign goes and what it says.

    ``priority``: the smaller goes first where a cap cuts. ``segment``: whose holdout and priority hold for its messages.
    ``stage``: ``test`` goes to contacts with the tag internal, ``pilot`` to a stable sample of ``pilot_size``, ``live`` to all.
    ``expires_after_hours``: too late so long after the contact entered the segment; none is never. ``send_at``:
    ``active_hours`` waits for those of the contact. ``wechat_window_hours``: hours after the contact's last act on WeChat in
    which marketing goes out there; None for a template message, which has no window. Defaults stand in campaign_settings.sql too.
    """

    channel: Literal["email", "sms", "wechat"]
    destination: str
    purpose: Literal["marketing", "transactional"]
    template: str
    segment: str | None = None
    priority: int = 100
    owner: str = ""
    stage: Literal["test", "pilot", "live"] = "live"
    pilot_size: int = Field(default=150, ge=1)
    expires_after_hours: int | None = Field(default=None, ge=1)
    send_at: Literal["active_hours"] | None = None
    wechat_window_hours: int | None = Field(default=48, ge=1)


class ColumnConfig(_Config):
    """A column of a sync: the field it goes to (its own name without ``to``), and how it is written.

    ``unless_null`` writes values and leaves the field alone where the row has none; ``overwrite`` empties it then; ``if_empty``
    writes only where the destination has nothing.
    """

    to: str | None = None
    write: Literal["unless_null", "overwrite", "if_empty"] = "unless_null"


class SyncConfig(_Config):
    """``config.meta.sync``: the destination and key of a sync.

    Modes: ``mirror`` (enter, change, exit), ``upsert`` (enter, change), ``add`` (enter), ``membership`` (enter and exit of a
    ``list``: other columns only say who it is). ``identified_by``: the columns of a membership by which the destination knows who
    it is; where one of them changes, the old one exits and the new one enters. ``on_exit``: what a mirror does with a row that
    left: ``archive`` it at the destination, or ``keep`` it there and stop caring. ``columns``: of those that go elsewhere than to
    a field of their name, or are written otherwise. ``mapping_version``: raise it when key, object, list, destination or columns
    change: until then the sync is held; raised alone, every row goes out once more. ``allow_personal_data``: false where the
    destination may get none, which `sluice lint` checks by column lineage.
    """

    destination: str
    key: str
    mode: Literal["mirror", "upsert", "add", "membership"]
    object: str = "contacts"
    list: str | None = None
    identified_by: tuple[str, ...] = ()
    columns: Mapping[str, ColumnConfig] = {}
    on_exit: Literal["archive", "keep"] = "archive"
    mapping_version: int = Field(default=1, ge=1, le=127)
    allow_personal_data: bool = True
    owner: str = ""

    @model_validator(mode="after")
    def _membership_names_its_list(self) -> Self:
        if (self.mode == "membership") != (self.list is not None):
            raise ValueError("list: a sync of mode membership names its list, and no other does")
        if self.identified_by and self.mode != "membership":
            raise ValueError("identified_by: only a sync of mode membership has it; the others compare all columns")
        return self

    @model_validator(mode="after")
    def _only_a_mirror_keeps_what_left(self) -> Self:
        if self.on_exit == "keep" and self.mode != "mirror":
            raise ValueError("on_exit: only a mirror has it; upsert and add keep what left, and a membership ends it")
        return self

    @model_validator(mode="after")
    def _each_field_is_written_once(self) -> Self:
        if self.key in self.columns:
            raise ValueError("columns: the key is no field; give it under another name in the SQL to write it too")
        if self.mode == "membership" and any(column.write != "unless_null" for column in self.columns.values()):
            raise ValueError("columns: a membership writes no fields, so none has a way to be written")
        fields = [column.to or name for name, column in self.columns.items()]
        if len(set(fields)) < len(fields):
            raise ValueError("columns: two of them go to one field; give each a field of its own")
        return self
