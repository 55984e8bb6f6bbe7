"""dbt's kept manifest: read when nothing changed, and parsed anew when a file, a version of dbt or
the kept file itself did.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sluice.orchestration.dbt import runner as dbt_runner
from sluice.orchestration.dbt.project_files import are_edited_alone
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.project import PACKAGE_PROJECT, Project, open_project
from sluice.orchestration.installation.settings import Settings
from tests.kept_manifests import PARSE_ANEW
from tests.projects import bare_project, own_model, sample_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one model."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "name: sluice\nprofile: sluice\nmodel-paths: [models]\n"
    )
    (folder / "models" / "one.sql").write_text("select 1 as a\n")
    shutil.copyfile(PACKAGE_PROJECT / "profiles.yml", folder / "profiles.yml")
    return folder


def parses(monkeypatch: pytest.MonkeyPatch, home: Path, project: Path) -> bool:
    """Whether a new process would parse; it has the model in any case."""
    parsed: list[bool] = []
    real: Callable[[Dbt], object] = Dbt._parse
    with monkeypatch.context() as patch:
        patch.setattr(Dbt, "_parse", lambda self: (parsed.append(True), real(self))[1])
        assert (
            "model.sluice.one"
            in Dbt(Settings(home=home, project=bare_project(project))).parsed.nodes
        )
    return bool(parsed)


def test_what_nobody_changed_is_not_parsed_again(
    monkeypatch: pytest.MonkeyPatch, home: Path, project: Path
) -> None:
    assert [parses(monkeypatch, home, project) for _ in range(3)] == [True, False, False]


def test_another_version_of_dbt_parses_anew(
    monkeypatch: pytest.MonkeyPatch, home: Path, project: Path
) -> None:
    parses(monkeypatch, home, project)
    monkeypatch.setattr(dbt_runner, "version", lambda name: "9.9.9" if name == "dbt-core" else "1")
    assert [parses(monkeypatch, home, project) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    "content",
    [b"", b"\x93cut short", b"\x81\xa5nodes\xc0"],
    ids=["empty", "no msgpack", "no manifest"],
)
def test_a_kept_file_that_cannot_be_read_parses_anew(
    monkeypatch: pytest.MonkeyPatch, home: Path, project: Path, content: bytes
) -> None:
    parses(monkeypatch, home, project)
    (home / "dbt" / "partial_parse.msgpack").write_bytes(content)
    assert [parses(monkeypatch, home, project) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("length", [0, 1, 1000])
def test_a_manifest_that_a_killed_run_left_half_written_is_made_anew(
    home: Path, project: Path, length: int
) -> None:
    whole = Dbt(Settings(home=home, project=bare_project(project))).manifest["nodes"].keys()
    path = home / "dbt" / "manifest.json"
    path.write_bytes(path.read_bytes()[:length])
    assert [
        Dbt(Settings(home=home, project=bare_project(project))).manifest["nodes"].keys()
        for _ in range(2)
    ] == [
        whole,
        whole,
    ]


def parse_of(
    monkeypatch: pytest.MonkeyPatch, home: Path, project: Path | Project
) -> tuple[str, Any]:
    """How a new process parses, the last of its calls, and what it has then."""
    how = [""]
    real = Dbt._invoke

    def invoke(self: Dbt, arguments: list[str], **options: Any) -> Any:
        how.append(arguments[1])
        return real(self, arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Dbt, "_invoke", invoke)
        patch.setattr(Dbt, "_parse", PARSE_ANEW)
        opened = project if isinstance(project, Project) else bare_project(project)
        dbt = Dbt(Settings(home=home, project=opened))
        _ = dbt.parsed
    return how[-1], dbt


ALL, EDITED = "--no-partial-parse", "--partial-parse"


def test_only_what_was_edited_is_parsed_where_no_file_came_or_went(
    monkeypatch: pytest.MonkeyPatch, home: Path, project: Path
) -> None:
    models = project / "models"
    assert parse_of(monkeypatch, home, project)[0] == ALL
    (models / "one.sql").write_text("select 2 as b\n")
    how, dbt = parse_of(monkeypatch, home, project)
    assert how == EDITED
    assert dbt.parsed.nodes["model.sluice.one"].raw_code == "select 2 as b"
    assert dbt.manifest["nodes"]["model.sluice.one"]["raw_code"] == "select 2 as b"
    assert parse_of(monkeypatch, home, project)[0] == ""
    time = (models / "one.sql").stat().st_mtime_ns
    (models / "one.sql").write_text("select 3 as bc\n")
    os.utime(models / "one.sql", ns=(time, time))  # as an image of files with one time has it
    how, dbt = parse_of(monkeypatch, home, project)
    assert (how, dbt.parsed.nodes["model.sluice.one"].raw_code) == (ALL, "select 3 as bc")
    (models / "two.sql").write_text("select * from {{ ref('one') }}\n")
    assert parse_of(monkeypatch, home, project)[0] == ALL
    (models / "two.sql").unlink()
    assert parse_of(monkeypatch, home, project)[0] == ALL
    with (project / "dbt_project.yml").open("a") as file:
        file.write("vars: {x: 1}\n")
    assert parse_of(monkeypatch, home, project)[0] == ALL


def test_an_edit_that_dbt_refuses_is_named_and_the_next_is_read_again(
    monkeypatch: pytest.MonkeyPatch, home: Path, project: Path
) -> None:
    folder = project / "models" / "segments"
    folder.mkdir()
    segment = folder / "seg_a.sql"
    segment.write_text("select 1 as contact_id\n")
    parse_of(monkeypatch, home, project)
    segment.write_text("select {{ 1 as contact_id\n")
    for _ in range(2):
        how, dbt = parse_of(monkeypatch, home, project)
        assert how == ALL
        assert set(dbt.unreadable) == {"seg_a"}
        assert "model.sluice.seg_a" not in dbt.parsed.nodes
    segment.write_text("select 2 as contact_id\n")
    how, dbt = parse_of(monkeypatch, home, project)
    assert (how, dbt.unreadable) == (ALL, {})
    segment.write_text("select 3 as contact_id\n")
    assert parse_of(monkeypatch, home, project)[0] == EDITED


def test_a_parse_that_was_killed_is_begun_anew(
    monkeypatch: pytest.MonkeyPatch, home: Path, project: Path
) -> None:
    parse_of(monkeypatch, home, project)
    (project / "models" / "one.sql").write_text("select 2 as b\n")
    dbt = Dbt(Settings(home=home, project=bare_project(project)))
    with monkeypatch.context() as patch:
        patch.setattr(Dbt, "_parse", PARSE_ANEW)
        patch.setattr(Dbt, "_invoke", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            _ = dbt.parsed
    assert parse_of(monkeypatch, home, project)[0] == ALL


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"": 1}', "null", '{"": ["x"], "0 models/one.sql": 1}'])  # fmt: skip
def test_files_described_in_another_shape_are_not_the_same(tmp_path: Path, text: str) -> None:
    now: dict[str, list[Any]] = {"": ["x"], "0 models/one.sql": [1, "a"]}
    (tmp_path / "files.json").write_text(text)
    assert not are_edited_alone(tmp_path / "files.json", now)
    assert not are_edited_alone(tmp_path / "none.json", now)
    (tmp_path / "files.json").write_text(json.dumps({**now, "0 models/one.sql": [2, "b"]}))
    assert are_edited_alone(tmp_path / "files.json", now)


EDITS = {
    "campaign_price_page_follow_up.yml": ("description: ", "description: New. "),
    "sync_high_value_customers.sql": ("select", "select distinct"),
    "seg_birthdays.sql": ("select", "{{ config(tags=['own']) }}\nselect"),
    "steps_carts.yml": ("description: ", "description: New. "),
    "_web__sources.yml": ("description: ", "description: New. "),
    "stg_shop__events.sql": ("select", "-- edited\nselect"),
}


@pytest.mark.slow
def test_an_edited_project_is_what_a_parse_of_all_of_it_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = sample_project(tmp_path / "world", has_playbooks=True)
    own_model(project, "segments", "seg_birthdays")
    monkeypatch.setenv("SLUICE_PROJECT", str(project))

    def parsed(home: str) -> tuple[str, dict[str, Any]]:
        monkeypatch.setenv("SLUICE_HOME", str(tmp_path / home))
        how, dbt = parse_of(monkeypatch, tmp_path / home, open_project(project))
        return how, parts_of(dbt.manifest)

    parsed("kept")
    for name, (old, new) in EDITS.items():
        (path,) = (project / "models").rglob(name)
        written = path.read_text()
        assert old in written, name
        path.write_text(written.replace(old, new, 1))
    how, found = parsed("kept")
    assert how == EDITED
    whole = parsed("new")[1]
    for part, expected in whole.items():
        different = {
            key for key in found[part] | expected if found[part].get(key) != expected.get(key)
        }
        assert different == set(), part


def parts_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest without times, and without tests of what is switched off, which dbt keeps in
    one of two places.
    """
    nodes = {
        key: {**node, "created_at": 0, "depends_on": sorted(node["depends_on"].get("nodes", ()))}
        for key, node in manifest["nodes"].items()
        if "depends_on" in node and (node["resource_type"] != "test" or node["depends_on"]["nodes"])
    }
    said = {
        kind: {key: {**one, "created_at": 0} for key, one in manifest[kind].items()}
        for kind in ("sources", "exposures", "macros", "docs")
    }
    children = {key: set(manifest["child_map"][key]) & nodes.keys() for key in nodes}
    return {"nodes": nodes, "children": children, **said}
