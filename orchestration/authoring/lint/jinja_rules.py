"""Rules on the Jinja of raw SQL: it can be read, calls macros there are, and names segments there
are, without a circle.
"""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from jinja2 import meta, nodes

from sluice.orchestration.authoring.lint.findings import Finding, words
from sluice.orchestration.authoring.lint.raw_project import MACRO, PACKAGE, RawProject

SEGMENT_WORDS = ("in_segment", "not_in_segment", "members_of")
DBT_CONTEXT = words(
    """adapter api as_bool as_native as_number as_text builtins caller config context cycler
    database dbt dbt_version debug dict
    doc env_var exceptions execute flags fromjson fromyaml graph invocation_args_dict invocation_id
    is_incremental joiner kwargs
    lipsum load_result local_md5 log loop metric model modules namespace print project_name range
    ref render return run_query
    run_started_at schema selected_resources set set_strict should_full_refresh source sql
    statement store_raw_result
    store_result super target this thread_id tojson toyaml try_or_compiler_error var varargs write
    zip zip_strict"""
)


@dataclass(frozen=True)
class Call:
    """``name('text')`` in a file, or ``sluice.name('text')``; ``text`` is None when the first
    argument is no constant text.
    """

    name: str
    text: str | None
    line: int
    package: str | None = None


def check_jinja_syntax(project: RawProject) -> Iterator[Finding]:
    """``jinja``: the Jinja of every model, and of every text in a yml of models, can be read."""
    texts = [(path, 1, project.text(path)) for path in project.models.values()]
    for path in project.ymls:
        content = project.yaml(path)
        texts += [(path, line, text) for line, text in content.texts()] if content else []
    for path, first_line, text in texts:
        try:
            parse(text)
        except jinja2.TemplateSyntaxError as error:
            fix = (
                "close what is open: {{ with }}, {% with %}, and every if, for, set and macro with"
                " its end"
            )
            line = first_line + error.lineno - 1
            yield project.finding(
                path, line, "jinja", f"Jinja cannot be read: {error.message}", fix
            )


def check_macro_names(project: RawProject) -> Iterator[Finding]:
    """``jinja``: a segment, sync or campaign calls macros of the project, of the package sluice by
    its name, or of dbt.
    """
    for authored in project.authored:
        for call in unknown_calls(project.text(authored.sql)):
            is_own = call.package is None
            known = project.macros if is_own else project.package_macros
            if call.name in known or (is_own and call.name in DBT_CONTEXT | dbt_macros()):
                continue
            shown = call.name if is_own else f"{PACKAGE}.{call.name}"
            if call.name in project.package_macros:
                hint = f"; did you mean {PACKAGE}.{call.name}?"
            else:
                hint = near(call.name, known | (project.package_macros if is_own else set()))
            fix = f"call a macro of the package as {PACKAGE}.<name>(), or add one to macros/"
            message = f"there is no macro {shown}(){hint}"
            yield project.finding(authored.sql, call.line, "jinja", message, fix)


def check_segment_names(project: RawProject) -> Iterator[Finding]:
    """``unknown_segment``: the words that take a segment, and a campaign's yml, name one there
    is.
    """
    for authored in project.authored:
        for call in segment_calls(project.text(authored.sql)):
            problem = _segment_problem(project, call.text)
            if problem is not None:
                message, fix = problem
                yield project.finding(
                    authored.sql,
                    call.line,
                    "unknown_segment",
                    f"{call.name}('{call.text}'): {message}",
                    fix,
                )
        named = project.meta(authored.name, "campaign")
        wanted = named.get("segment") if named is not None else None
        problem = _segment_problem(project, wanted.value) if wanted is not None else None
        if wanted is not None and problem is not None:
            message, fix = problem
            yield project.finding(
                authored.yml,
                wanted.line,
                "unknown_segment",
                f"segment: {wanted.value}: {message}",
                fix,
            )


def _segment_problem(project: RawProject, name: object) -> tuple[str, str] | None:
    """What is wrong with naming a segment, and the fix; None for one there is, and for no name."""
    names = segment_names(project)
    if not isinstance(name, str) or name in names:  # of what is no text, yml says so
        return None
    switch = project.switched_off.get(f"seg_{name}")
    if switch is not None:
        return f"seg_{name} is switched off", f"write in dbt_project.yml {switch}"
    message = f"there is no models/segments/seg_{name}.sql{near(str(name), names)}"
    return message, "write that segment, or use one there is"


def check_segment_cycles(project: RawProject) -> Iterator[Finding]:
    """``segment_cycle``: no segment uses itself, directly or through others. One finding for each
    use in the circle.
    """
    uses = {name: _uses(project, path) for name, path in segment_names(project).items()}
    for cycle in find_cycles({name: list(calls) for name, calls in uses.items()}):
        steps = list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        shown = (
            " -> ".join(f"seg_{name}:{uses[name][used].line}" for name, used in steps)
            + f" -> seg_{cycle[0]}"
        )
        for name, used in steps:
            path, line = segment_names(project)[name], uses[name][used].line
            yield project.finding(
                path,
                line,
                "segment_cycle",
                f"segments in a circle: {shown}",
                "take one of these uses out",
            )


def find_cycles(edges: dict[str, list[str]]) -> list[tuple[str, ...]]:
    """Each circle once, from its first name on; one for each place where a walk comes back."""
    found: dict[frozenset[str], tuple[str, ...]] = {}

    def walk(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            cycle = path[path.index(name) :]
            first = cycle.index(min(cycle))
            found.setdefault(frozenset(cycle), cycle[first:] + cycle[:first])
        elif name not in done:
            for used in edges.get(name, []):
                walk(used, (*path, name))
            done.add(name)

    done: set[str] = set()
    for name in sorted(edges):
        walk(name, ())
    return list(found.values())


@cache
def parse(text: str) -> nodes.Template:
    """Raises jinja2.TemplateSyntaxError."""
    return jinja2.Environment(extensions=["jinja2.ext.do"]).parse(text)


def unknown_calls(text: str) -> list[Call]:
    """Calls of names that the file itself does not set. A file that cannot be read has none."""
    tree = _parsed(text)
    if tree is None:
        return []
    undeclared = meta.find_undeclared_variables(tree)
    return [call for call in _calls(tree) if (call.package or call.name) in undeclared]


def segment_calls(text: str) -> list[Call]:
    """Uses of a segment by name."""
    tree = _parsed(text)
    found = _calls(tree) if tree is not None else []
    return [call for call in found if call.name in SEGMENT_WORDS and call.text is not None]


def segment_names(project: RawProject) -> dict[str, Path]:
    """The file of each segment, by its name without seg_."""
    return {
        a.name.removeprefix("seg_"): a.sql for a in project.authored if a.contract.kind == "segment"
    }


def near(word: str, names: object) -> str:
    """Names like the word, for the end of a message."""
    found = difflib.get_close_matches(word, [str(name) for name in names], n=3, cutoff=0.6)  # type: ignore[attr-defined]
    return f"; did you mean {' or '.join(found)}?" if found else ""


@cache
def dbt_macros() -> frozenset[str]:
    """Names of the macros that dbt brings, from its files: importing dbt would take seconds."""
    spec = importlib.util.find_spec("dbt")
    folders = list(spec.submodule_search_locations or []) if spec else []
    files = [
        path for folder in folders for path in Path(folder, "include").rglob("macros/**/*.sql")
    ]
    return frozenset(
        name for path in files for name in MACRO.findall(path.read_text(encoding="utf-8"))
    )


def _parsed(text: str) -> nodes.Template | None:
    try:
        return parse(text)
    except jinja2.TemplateSyntaxError:
        return None


def _calls(tree: nodes.Template) -> list[Call]:
    return [
        Call(found[1], _first_text(call), call.lineno, found[0])
        for call in tree.find_all(nodes.Call)
        if (found := _called(call.node)) is not None
    ]


def _called(node: nodes.Node) -> tuple[str | None, str] | None:
    """(None, name) or (sluice, name) of what is called; None for what is neither."""
    if isinstance(node, nodes.Name):
        return None, node.name
    if (
        isinstance(node, nodes.Getattr)
        and isinstance(node.node, nodes.Name)
        and node.node.name == PACKAGE
    ):
        return PACKAGE, node.attr
    return None


def _first_text(call: nodes.Call) -> str | None:
    given = [*call.args, *(keyword.value for keyword in call.kwargs if keyword.key == "segment")]
    return (
        given[0].value
        if given and isinstance(given[0], nodes.Const) and isinstance(given[0].value, str)
        else None
    )


def _uses(project: RawProject, path: Path) -> dict[str, Call]:
    names = segment_names(project)
    return {
        str(call.text): call
        for call in reversed(segment_calls(project.text(path)))
        if call.text in names
    }
