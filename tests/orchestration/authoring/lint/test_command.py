"""``sluice lint`` from end to end: what it prints, what it ends with, and that one broken file hides no other."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sluice.orchestration.authoring import lint as linting
from sluice.orchestration.authoring.lint import Finding
from sluice.orchestration.authoring.lint.catalog import Catalog
from sluice.orchestration.cli.main import app
from sluice.orchestration.installation.project import open_project
from sluice.orchestration.installation.settings import Settings
from tests.conftest import ROOT, sluice
from tests.projects import SAMPLE, sample_project

KEYS = {
    "findings",
    "large_contacts",
    "suspicious_merges",
    "record_issues",
    "unclassified_sources",
    "unmatched_events",
}
KEYS |= {"consent_issues", "seed_faults"}
FOUND = [
    Finding(
        "models/activation/sync_crm_contacts.sql",
        3,
        "clock",
        "reads now()",
        "use {{ sluice.as_of() }}",
    ),
    Finding("models/activation/sync_crm_contacts.yml", 1, "yml", "has no description", "add one"),
]


def test_the_shipped_project_is_clean_in_a_home_without_a_run(
    compiled: Catalog, parsed_home: Path
) -> None:
    found = sluice("lint", "--json", home=parsed_home)
    assert (found.code, found.json) == (0, {key: [] for key in KEYS}), found.stderr
    assert not (parsed_home / "warehouse.duckdb").exists()


@pytest.mark.long
@pytest.mark.slow
def test_one_broken_file_hides_no_other(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(home))
    folder = sample_project(tmp_path / "world")
    segments = folder / "models" / "segments"
    segments.mkdir(exist_ok=True)
    wrong = {
        "seg_clock.sql": "select contact_id\nfrom {{ ref('contact_facts') }}\nwhere created_at < now()\n",
        "seg_window.sql": "select contact_id\nfrom {{ ref('contact_facts') }}\nwhere {{ sluice.performed('x', within='a while') }}\n",
        "seg_nobody.sql": "select contact_id\nfrom {{ ref('contact_facts') }}\nwhere {{ sluice.in_segment('nobodies') }}\n",
        "seg_stage.sql": "select contact_id\nfrom {{ ref('contact_facts') }}\nwhere {{ sluice.in_stage('b2x', 'mql') }}\n",
    }
    for name, text in wrong.items():
        (segments / name).write_text(text)
        yml = f'models:\n  - name: {name[:-4]}\n    description: "Planted. One row per contact."\n'
        (segments / name).with_suffix(".yml").write_text(yml)
    found = linting.lint_project(Settings(home=home, project=open_project(folder)))
    assert [(one.rule, Path(one.file).name, one.line) for one in found] == [
        ("clock", "seg_clock.sql", 3),
        ("unknown_segment", "seg_nobody.sql", 3),
        ("compiles", "seg_stage.sql", 3),
        ("compiles", "seg_window.sql", 3),
    ]
    assert "in_stage('b2x')" in found[2].message
    assert "within='a while' is no window" in found[3].message


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, home: Path) -> Callable[..., tuple[int, str]]:
    """The command in this process, on a project that has FOUND."""
    monkeypatch.setattr(linting, "lint_project", lambda settings: FOUND)
    monkeypatch.chdir(SAMPLE)

    def invoke(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["lint", *arguments])
        return done.exit_code, done.output

    return invoke


def test_findings_are_shown_with_their_fix_and_end_with_1(
    run: Callable[..., tuple[int, str]],
) -> None:
    code, shown = run()
    assert code == 1
    assert (
        "models/activation/sync_crm_contacts.sql:3  clock  reads now()\n    -> use {{ sluice.as_of() }}\n"
        in shown
    )


PATHS = {
    "a file": (["models/activation/sync_crm_contacts.yml"], 1, ["yml"]),
    "a folder": ([str(SAMPLE / "models")], 1, ["clock", "yml"]),
    "a file from its root": (
        [str(SAMPLE / FOUND[0].file)],
        1,
        ["clock"],
    ),
    "a file without findings": (["models/staging/crm/stg_crm__contacts.sql"], 0, []),
}


@pytest.mark.parametrize("case", PATHS)
def test_paths_limit_what_is_shown(run: Callable[..., tuple[int, str]], case: str) -> None:
    paths, code, rules = PATHS[case]
    ended, shown = run(*paths)
    assert ended == code
    assert [rule for rule in ("clock", "yml") if f"  {rule}  " in shown] == rules


def test_a_path_there_is_none_of_is_bad_usage(home: Path) -> None:
    outcome = sluice("lint", "models/nothing.sql", home=home)
    assert (outcome.code, "-> name files" in outcome.stderr) == (2, True)


def test_every_rule_is_in_the_docs() -> None:
    sources = [
        path.read_text() for path in (ROOT / "orchestration" / "authoring" / "lint").glob("*.py")
    ]
    rules = {rule for text in sources for rule in re.findall(r'"""``(\w+)``[:,]', text)} | {
        "compiles"
    }
    docs = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    assert len(rules) > 12
    assert [rule for rule in sorted(rules) if f"| `{rule}` |" not in docs] == []
