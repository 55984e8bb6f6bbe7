"""What an author writes in ``config.meta`` of a campaign or a sync, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sluice.models.variants import VariantConfig, variants_problem

# what a column of settings holds, as number_or_null() and is_version() of the package read it
LARGEST = 999_999_999
GROUP_ROBOT = "wecom_robot"  # the object of a sync to it names its text

Channel = Literal["email", "sms", "wechat"]
VariantName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,40}$")]


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GuardrailConfig(_Config):
    """``guardrails`` of a campaign or sync: what stops it, and only it, until a person approves it;
    null switches one off.

    ``first_sync``: rows that a sync with no acknowledged state may create unasked, or ``allowed``
    for any number. ``share_entering``, ``share_exiting``: of what the destination holds (a sync),
    or of the campaign's segment since the campaign last went through; looked at from
    ``share_minimum`` rows on. ``max_operations``, ``max_messages``, ``max_deletes``: in one run.
    ``max_cost``: in the currency of the destination's settings. ``empty_source``: no wanted row
    where the destination holds some. ``stale_source_hours``: of raw tables whose yml declares no
    freshness of its own. ``template``: each variant is rendered with a message of the run.
    ``engagement``: its segments ask who opened or clicked, and nobody tells.
    ``duplicate_addresses``: addresses that a marketing campaign would write to twice.
    ``volume_times``: of the median of its earlier runs, from ``volume_runs`` of them and
    ``volume_minimum`` messages or operations on.
    """

    first_sync: Annotated[int, Field(ge=0)] | Literal["allowed"] | None = 0
    share_entering: float | None = Field(default=0.3, ge=0)
    share_exiting: float | None = Field(default=0.3, ge=0)
    share_minimum: int = Field(default=500, ge=0)
    max_operations: int | None = Field(default=200_000, ge=0)
    max_messages: int | None = Field(default=50_000, ge=0)
    max_deletes: int | None = Field(default=1_000, ge=0)
    max_cost: float | None = Field(default=1_000.0, ge=0)
    empty_source: bool = True
    stale_source_hours: float | None = Field(default=None, gt=0)
    template: bool = True
    engagement: bool = True
    duplicate_addresses: int | None = Field(default=0, ge=0)
    volume_times: float | None = Field(default=5.0, ge=1)
    volume_minimum: int = Field(default=1_000, ge=0)
    volume_runs: int = Field(default=5, ge=1)


class CampaignConfig(_Config):
    """``config.meta.campaign``: where a campaign goes and what it says.

    ``priority``: the smaller goes first where a cap cuts. ``segment``: whose holdout and priority
    hold for its messages; None for the only one that its SQL reads. ``topic``: of ``preferences``
    in sluice.yml, which people may refuse. ``stage``: ``test`` goes to
    contacts with the tag internal, ``pilot`` to a stable sample of ``pilot_size``, ``ramp`` to a
    share of all that grows by the day and halts above ``max_bounce_rate`` or ``max_complaint_rate``
    (shares of 1; None for the vars), ``live`` to all. ``approval_above``: messages in one run above
    which it waits for an approval; None for the var. ``expires_after_hours``: too late so long
    after the contact entered the segment; none is never. ``send_at``: ``active_hours`` waits for
    those of the contact. ``wechat_window_hours``: hours after the contact last wrote on WeChat in
    which marketing goes out there; None where the destination knows no window. ``engagement_from``:
    the source whose events say who opened or
    clicked these messages, where the destination does not tell. ``track_opens``,
    ``track_clicks``: by links and a pixel of `sluice serve`; None is where the destination does not
    tell them itself. ``fast``: also sent by the fast lane, a minute after what a contact did.
    ``variants``: arms that contacts are given by chance, by name (docs/experiments.md).
    Defaults stand in campaign_settings.sql too.
    """

    channel: Channel
    destination: str
    purpose: Literal["marketing", "transactional"]
    template: str
    segment: str | None = Field(default=None, min_length=1)
    topic: str | None = Field(default=None, pattern="^[a-z][a-z0-9_]{0,40}$")
    priority: int = Field(default=100, ge=-LARGEST, le=LARGEST)
    owner: str = ""
    stage: Literal["test", "pilot", "ramp", "live"] = "live"
    pilot_size: int = Field(default=150, ge=1, le=LARGEST)
    max_bounce_rate: float | None = Field(default=None, ge=0, le=1)
    max_complaint_rate: float | None = Field(default=None, ge=0, le=1)
    approval_above: int | None = Field(default=None, ge=0, le=LARGEST)
    expires_after_hours: int | None = Field(default=None, ge=1, le=LARGEST)
    send_at: Literal["active_hours"] | None = None
    wechat_window_hours: int | None = Field(default=48, ge=1, le=LARGEST)
    engagement_from: str | None = None
    track_opens: bool | None = None
    track_clicks: bool | None = None
    fast: bool = False
    variants: Mapping[VariantName, VariantConfig] | None = None
    guardrails: GuardrailConfig = GuardrailConfig()

    @model_validator(mode="after")
    def _variants_can_be_compared(self) -> Self:
        if self.variants is None:
            return self
        if self.fast:
            raise ValueError("variants: the fast lane keeps no arms: take out fast, or variants")
        found = variants_problem(self.variants, self.template, self.send_at, self.channel)
        if found is not None:
            raise ValueError(found)
        return self


class ColumnConfig(_Config):
    """A column of a sync: the field it goes to (its own name without ``to``), and how it is
    written.

    ``unless_null`` writes values and leaves the field alone where the row has none; ``overwrite``
    empties it then; ``if_empty`` writes only where the destination has nothing.
    """

    to: str | None = None
    write: Literal["unless_null", "overwrite", "if_empty"] = "unless_null"


class SyncConfig(_Config):
    """``config.meta.sync``: the destination and key of a sync.

    Modes: ``mirror`` (enter, change, exit), ``upsert`` (enter, change), ``add`` (enter),
    ``membership`` (enter and exit of a ``list``: other columns only say who it is).
    ``identified_by``: the columns of a membership by which the destination knows who it is; where
    one of them changes, the old one exits and the new one enters. ``on_exit``: what a mirror does
    with a row that left: ``archive`` it at the destination, or ``keep`` it there and stop caring.
    ``columns``: of those that go elsewhere than to a field of their name, or are written otherwise.
    ``mapping_version``: raise it when key, object, list, destination or columns change: until then
    the sync is held; raised alone, every row goes out once more. ``allow_personal_data``: false
    where the destination may get none, which `sluice lint` checks by column lineage.
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
    guardrails: GuardrailConfig = GuardrailConfig()

    @model_validator(mode="after")
    def _membership_names_its_list(self) -> Self:
        if (self.mode == "membership") != (self.list is not None):
            raise ValueError("list: a sync of mode membership names its list, and no other does")
        if self.identified_by and self.mode != "membership":
            raise ValueError(
                "identified_by: only a sync of mode membership has it; the others compare all"
                " columns"
            )
        return self

    @model_validator(mode="after")
    def _only_a_mirror_keeps_what_left(self) -> Self:
        if self.on_exit == "keep" and self.mode != "mirror":
            raise ValueError(
                "on_exit: only a mirror has it; upsert and add keep what left, and a membership"
                " ends it"
            )
        return self

    @model_validator(mode="after")
    def _each_field_is_written_once(self) -> Self:
        if self.key in self.columns:
            raise ValueError(
                "columns: the key is no field; give it under another name in the SQL to write"
                " it too"
            )
        if self.mode == "membership" and any(
            column.write != "unless_null" for column in self.columns.values()
        ):
            raise ValueError(
                "columns: a membership writes no fields, so none has a way to be written"
            )
        fields = [column.to or name for name, column in self.columns.items()]
        if len(set(fields)) < len(fields):
            raise ValueError("columns: two of them go to one field; give each a field of its own")
        return self
