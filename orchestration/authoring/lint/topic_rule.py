"""The rule ``topic``: campaigns and the preference page speak of the same topics."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.raw_project import RawProject, text_of
from sluice.orchestration.authoring.lint.yaml_lines import Yaml
from sluice.orchestration.installation.project_file import PROJECT_FILE


def check_topics(project: RawProject) -> Iterator[Finding]:
    """``topic``: the topic of a campaign is one that people may refuse on the preference page, and
    each topic there is one that a campaign is about.
    """
    path = project.root / PROJECT_FILE
    declared = _declared(project)
    used: set[str] = set()
    for one in project.authored:
        meta = project.meta(one.name, "campaign") if one.contract.kind == "campaign" else None
        topic = meta.mapping.get("topic") if meta is not None else None
        if meta is None or topic is None:
            continue
        used.add(str(topic))
        if str(topic) not in declared:
            message = f"there is no topic '{text_of(topic)}' in {PROJECT_FILE}"
            fix = f"declare it under preferences.topics of {PROJECT_FILE}, or name one there is"
            line = meta.line_at("topic")
            hint = near(str(topic), declared)
            yield project.finding(one.yml, line, "topic", message + hint, fix)
    for name, title in declared.items():
        if name not in used:
            message = f"no campaign has the topic '{text_of(name)}': refusing it holds nothing"
            fix = "name it as topic of the campaigns that are about it, or take it out"
            yield project.finding(path, title.line, "topic", message + near(name, used), fix)


def _declared(project: RawProject) -> dict[str, Yaml]:
    written = project.yaml(project.root / PROJECT_FILE)
    topics = written.get("preferences", "topics") if written is not None else None
    return {str(name): title for name, title in topics.items.items()} if topics is not None else {}
