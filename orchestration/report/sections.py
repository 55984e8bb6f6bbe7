"""The sections of the report, from dbt's manifest: a public model says in its meta where it is
shown, and how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sluice.models.validation import problems_of
from sluice.orchestration.journeys.words import Language

Page = Literal[
    "executive", "contacts", "sources", "stages", "scores", "channels", "campaigns", "journeys",
    "segments", "consent", "costs", "targets",
]  # fmt: skip
PAGES: tuple[Page, ...] = get_args(Page)
NUMBERS = ("int", "double", "float", "decimal", "numeric", "real")
Words = Mapping[str, str]  # by language


@dataclass(frozen=True)
class Written:
    """A text, and the language it is in where that is not the page's."""

    text: str
    lang: str = ""


def written(texts: Words, english: str, language: Language) -> Written:
    """A text in a language, else the English one of the yml."""
    if found := texts.get(language):
        return Written(found)
    return Written(english, "en" if language == "zh" else "")


class Strict(BaseModel):
    """A part of the meta: a key that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """A text in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class Chart(Strict):
    """What is drawn: ``y`` by ``x``, a colour a value of ``color``."""

    kind: Literal["bar", "line", "funnel", "none"]
    x: str = ""
    y: str = ""
    color: str = ""


class ReportMeta(Strict):
    """``config.meta.report`` of a model. ``description``: in other languages than that of the
    yml; ``order_by``: a column that its rows are in the order of; ``needs_you``: each row is
    something to do.
    """

    page: Page
    title: Text
    description: dict[str, str] = {}
    chart: Chart = Chart(kind="none")
    order_by: str = ""
    needs_you: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a section. ``label``, ``descriptions``, ``reason_of_null`` and ``values`` by
    language.
    """

    name: str
    data_type: str
    description: str
    label: Words = field(default_factory=dict)
    descriptions: Words = field(default_factory=dict)
    reason_of_null: Words = field(default_factory=dict)
    values: Mapping[str, Words] = field(default_factory=dict)
    is_personal: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is counted or measured, as its type says; an id is neither."""
        is_id = self.name.endswith("_id")
        return any(one in self.data_type.lower() for one in NUMBERS) and not is_id

    @property
    def is_rate(self) -> bool:
        """Whether it is a share of something, shown in percent."""
        return self.name.endswith(("_rate", "_share")) or self.name in {"rate", "share", "roi"}

    def described(self, language: Language) -> Written:
        """What it means."""
        return written(self.descriptions, self.description, language)

    def named(self, language: Language) -> str:
        """Its label in a language, else its name with spaces."""
        return self.label.get(language) or self.name.replace("_", " ")


@dataclass(frozen=True)
class Section:
    """A model of the report. ``columns`` are those that may be shown; ``hidden`` names those with
    personal data.
    """

    model: str
    schema: str
    meta: ReportMeta
    description: str
    sql: str
    columns: tuple[Column, ...]
    hidden: tuple[str, ...] = ()

    def title(self, language: Language) -> str:
        """Its title in a language."""
        return self.meta.title.zh if language == "zh" else self.meta.title.en

    def described(self, language: Language) -> Written:
        """What a row is, and of what."""
        return written(self.meta.description, self.description, language)

    def column(self, name: str) -> Column | None:
        """A column that may be shown."""
        return next((one for one in self.columns if one.name == name), None)

    def column_in(self, name: str, language: Language) -> Column | None:
        """A column, or the one that says the same in a language: ``label_zh`` of ``label_en``."""
        stem = name.removesuffix("_en").removesuffix("_zh")
        own = self.column(f"{stem}_{language}") if stem != name else None
        return own or self.column(name)

    @property
    def names(self) -> list[Column]:
        """The columns that name a row: texts, and numbers that the chart tells rows apart by."""
        chart = self.meta.chart
        return [
            one for one in self.columns if not one.is_number or one.name in (chart.x, chart.color)
        ]

    def columns_in(self, language: Language) -> list[Column]:
        """The columns without those that say the same in the other language: of ``cause_en`` and
        ``cause_zh`` one is shown.
        """
        names = {one.name for one in self.columns}
        other = "_en" if language == "zh" else "_zh"
        return [
            one
            for one in self.columns
            if not (
                one.name.endswith(other) and one.name.removesuffix(other) + f"_{language}" in names
            )
        ]


def read_sections(
    manifest: Mapping[str, Any], compiled: Path, prefix: str = ""
) -> tuple[list[Section], dict[str, str]]:
    """The sections in the order of the pages, and what is wrong with the meta of those that are
    left out, by model. ``compiled``: where dbt left the compiled SQL; ``prefix`` is before the
    names of our schemas in the warehouse.
    """
    found, problems = [], {}
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model" or not _meta(node).get("report"):
            continue
        try:
            found.append(_section(node, compiled, prefix))
        except ValueError as error:
            problems[str(node["name"])] = _words(error)
    return sorted(found, key=lambda one: PAGES.index(one.meta.page)), problems


def _words(error: ValueError) -> str:
    return problems_of(error)[0] if isinstance(error, ValidationError) else str(error)


def _section(node: Mapping[str, Any], compiled: Path, prefix: str) -> Section:
    if _access(node) != "public":
        raise ValueError("it is in the report and not public: give it access: public")
    meta = ReportMeta.model_validate(_meta(node)["report"])
    columns = [_column(one) for one in (node.get("columns") or {}).values()]
    section = Section(
        model=str(node["name"]),
        schema=str(node.get("schema") or node["fqn"][1]).removeprefix(prefix),
        meta=meta,
        description=str(node.get("description") or ""),
        sql=_sql(node, compiled),
        columns=tuple(one for one in columns if not one.is_personal),
        hidden=tuple(one.name for one in columns if one.is_personal),
    )
    _check(section)
    return section


def _check(section: Section) -> None:
    """Raises ValueError where the chart, or the order, is by a column that cannot be shown."""
    chart = section.meta.chart
    named = [one for one in (chart.x, chart.y, chart.color, section.meta.order_by) if one]
    if chart.kind != "none" and not (chart.x and chart.y):
        raise ValueError(f"report.chart: a {chart.kind} needs x and y")
    for name in named:
        if name in section.hidden:
            raise ValueError(f"report.chart: {name} is personal data, which is never shown")
        if section.column(name) is None:
            raise ValueError(f"report.chart: there is no column {name} in its yml")
    if not section.columns:
        raise ValueError("its yml describes no column that may be shown")


def _column(written: Mapping[str, Any]) -> Column:
    meta = _meta(written)
    return Column(
        name=str(written["name"]),
        data_type=str(written.get("data_type") or ""),
        description=str(written.get("description") or ""),
        label=_by_language(meta.get("label")),
        descriptions=_by_language(meta.get("description")),
        reason_of_null=_by_language(meta.get("null_reason")),
        values={str(key): _by_language(one) for key, one in (meta.get("values") or {}).items()},
        is_personal=bool(meta.get("personal_data")),
    )


def _by_language(written: Any) -> Words:
    return {str(key): str(one) for key, one in written.items()} if isinstance(written, dict) else {}


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return (node.get("config") or {}).get("meta") or node.get("meta") or {}


def _access(node: Mapping[str, Any]) -> str:
    return str((node.get("config") or {}).get("access") or node.get("access") or "")


def _sql(node: Mapping[str, Any], compiled: Path) -> str:
    """As dbt compiled it; as it is written where dbt has not."""
    if node.get("compiled_code"):
        return str(node["compiled_code"])
    path = compiled / str(node.get("package_name")) / str(node.get("original_file_path"))
    if path.is_file():
        return path.read_text(encoding="utf-8")
    return str(node.get("raw_code") or "")
