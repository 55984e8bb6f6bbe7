"""The segment that a campaign is for: whose holdout and priority hold for its messages.

``audience_of`` in the dbt package reads the same, and decides; here is refused what it cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sluice.models.errors import ConfigurationError

COMMENTS = re.compile(r"\{#.*?#\}|/\*.*?\*/|--[^\n]*", re.S)
READS = re.compile(
    r"\b(?:members_of|in_segment)\s*\(\s*(?:segment\s*=\s*)?['\"](\w+)['\"]\s*\)"
    r"|\bref\s*\(\s*(?:['\"]\w+['\"]\s*,\s*)?['\"]seg_(\w+)['\"]"
)
EXCLUDES = re.compile(r"\bnot_in_segment\s*\(\s*(?:segment\s*=\s*)?['\"](\w+)['\"]\s*\)")
NAMES = re.compile(r"\bseg_\w+")
ALL_SEGMENTS = frozenset({"segment_members", "segment_changes"})


def segments_read(sql: str) -> list[str]:
    """The segments that the SQL of a campaign takes its contacts from, as written."""
    found = READS.findall(COMMENTS.sub(" ", sql))
    return list(dict.fromkeys(first or second for first, second in found))


def segments_excluded(sql: str) -> list[str]:
    """The segments whose members the SQL leaves out, as written."""
    return list(dict.fromkeys(EXCLUDES.findall(COMMENTS.sub(" ", sql))))


def audience_of(declared: str | None, sql: str) -> str | None:
    """The segment of a campaign: the one of its yml, or the only one of its SQL; None for none."""
    read = segments_read(sql)
    return declared or (read[0] if len(read) == 1 else None)


def check_audience(
    node: Mapping[str, Any], declared: str | None, manifest: Mapping[str, Any]
) -> str | None:
    """The segment of a campaign's node.

    Raises ConfigurationError where it is none of the project, or where the SQL reads segments and
    that is none of them, or several: their holdout and priority would not hold.
    """
    name, text = str(node["name"]), str(node.get("raw_code") or "")
    models = {str(one["name"]) for one in _models(manifest).values()}
    segment = audience_of(declared, text)
    if segment is not None and f"seg_{segment}" not in models:
        message = f"{name} is for the segment {segment}, and there is no such segment, or it is off"
        raise ConfigurationError(message, _fix(name, "of a segment there is"))
    named = set(NAMES.findall(COMMENTS.sub(" ", text))) & models
    read = _read_by(node, manifest) | named - _excluded(text)
    if declared is None and read - ({f"seg_{segment}"} if segment else set()):
        message = (
            f"{name} reads {_listed(read)}, its yml names no segment, and its SQL does not name one"
            " alone: it is not clear whose holdout holds"
        )
        raise ConfigurationError(message, _fix(name, "of one of them"))
    if segment is not None and f"seg_{segment}" not in read and not read & ALL_SEGMENTS:
        message = f"{name} is for the segment {segment}, and its SQL reads {_listed(read)}"
        raise ConfigurationError(message, f"{_fix(name, 'that it reads')}, or read {segment}")
    return segment


def _read_by(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> set[str]:
    """The segments, and the tables of all of them, that a campaign reads: itself, or by any model
    or snapshot between. Those that one of them only excludes are not among them, and those behind a
    model of another package only where something is lost: a holdout, or a priority in a group.
    """
    models, found = _models(manifest), set[str]()
    frontier, seen = [(str(node["unique_id"]), True)], set[tuple[str, bool]]()
    while frontier:
        key, is_own = step = frontier.pop()
        if step in seen:
            continue
        seen.add(step)
        excluded = _excluded(str(models[key].get("raw_code") or ""))
        for parent in (one for one in manifest["parent_map"].get(key, []) if one in models):
            name = str(models[parent]["name"])
            if name in ALL_SEGMENTS or name.startswith("seg_"):
                found |= {name} - excluded if is_own or _decides(models[parent]) else set()
            else:
                is_next_own = models[parent]["package_name"] == node["package_name"]
                frontier.append((parent, is_own and is_next_own))
    return found


def _decides(segment: Mapping[str, Any]) -> bool:
    rule = segment["config"].get("meta", {}).get("segment")
    return bool(isinstance(rule, Mapping) and (rule.get("holdout") or rule.get("group")))


@lru_cache(4096)
def _excluded(sql: str) -> frozenset[str]:
    excluded = set(segments_excluded(sql)) - set(segments_read(sql))
    return frozenset(f"seg_{one}" for one in excluded)


def _models(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    nodes = manifest["nodes"].items()
    return {key: node for key, node in nodes if node["resource_type"] in {"model", "snapshot"}}


def _listed(read: set[str]) -> str:
    if not read:
        return "no segment"
    segments = sorted(one.removeprefix("seg_") for one in read if one not in ALL_SEGMENTS)
    tables = [f"the table {one}" for one in sorted(read & ALL_SEGMENTS)]
    words = [f"the segment{'s' * (len(segments) > 1)} {', '.join(segments)}"] if segments else []
    return " and ".join([*words, *tables])


def _fix(name: str, which: str) -> str:
    return f"write the name {which} as segment: in {name}.yml"
