"""The groups of assets, in the order of the story: what came in, who it is, what is decided and
sent, what came of it.

Dagster sorts groups by name and takes no other letters than Latin ones, so a name begins with its
place, and what it means in both languages is metadata of each asset.
"""

from __future__ import annotations

from collections.abc import Mapping

# layer: what it is in English and in Chinese
STORY: Mapping[str, tuple[str, str]] = {
    "raw": ("Files and tables as they came in", "原始数据"),
    "seeds": ("Settings that are tables", "配置表"),
    "staging": ("The same, in one form", "数据清洗"),
    "identity": ("Which records are one person", "身份合并"),
    "contacts": ("What is known of each person", "联系人"),
    "tags": ("Tags", "标签"),
    "scoring": ("Scores and value", "评分与价值"),
    "lifecycle": ("Stages", "生命周期阶段"),
    "segments": ("Segments: who", "分群"),
    "journeys": ("Journeys: step by step", "旅程"),
    "activation": ("Campaigns and syncs: what, to whom, why not", "活动与同步"),
    "plan": ("Plans: due, nothing sent yet", "发送计划"),
    "push": ("Pushes: sent", "发送"),
    "ledger": ("The ledger of everything sent so far", "发送台账"),
    "receipts": ("What destinations answered", "回执"),
    "reports": ("Results", "报表与效果"),
    "runs": ("The run itself", "运行"),
    "fast": ("The fast lane", "快速通道"),
}
PLACES = {layer: place for place, layer in enumerate(STORY, start=1)}


def group_of(layer: str) -> str:
    """The name of the group of a layer: ``09_segments``; of a folder of the project's own, the
    folder.
    """
    return f"{PLACES[layer]:02}_{layer}" if layer in PLACES else layer


def describe_group(layer: str) -> Mapping[str, str]:
    """What the group means, as metadata; nothing for a folder of the project's own."""
    english, chinese = STORY.get(layer, ("", ""))
    return {"group_en": english, "group_zh": chinese} if english else {}


def describe(layer: str, english: str, chinese: str) -> Mapping[str, str]:
    """The metadata of an asset that no yml describes: its group, and its label."""
    return {**describe_group(layer), "label_en": english, "label_zh": chinese}
