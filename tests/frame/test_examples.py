"""The examples are what their READMEs say, and the sample company can be made again."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT, WORLD

RETAIL = ROOT / "examples" / "online_retail"


def rows(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


def test_readme_of_the_sample_company_counts_every_table() -> None:
    text = (WORLD.parent / "README.md").read_text(encoding="utf-8")
    said = {
        name: int(n.replace(",", ""))
        for name, n in re.findall(r"^\| `(\w+)` \|.*\| ([\d,]+) \|$", text, re.M)
    }
    assert said == {path.stem: rows(path) for path in WORLD.glob("*.parquet")}


def test_raw_folder_holds_no_truth() -> None:
    assert [path.name for path in WORLD.iterdir() if path.name.startswith("truth")] == []


def test_sample_company_can_be_made_again(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(WORLD.parent / "generate.py"),
        "--people",
        "1000",
        "--out",
        str(tmp_path),
    ]
    subprocess.run(command, check=True, capture_output=True)
    for path in WORLD.glob("*.parquet"):
        assert pq.read_table(tmp_path / path.name).equals(pq.read_table(path)), path.name


def test_online_retail_is_whole_and_attributed() -> None:
    metadata = pq.read_schema(RETAIL / "raw" / "order_lines.parquet")
    text = (RETAIL / "README.md").read_text(encoding="utf-8")
    assert rows(RETAIL / "raw" / "order_lines.parquet") == 541_909
    assert [name for name in metadata.names if f"| `{name}` |" not in text] == []
    assert "CC BY 4.0" in text
    assert "10.24432/C5BW33" in text


@pytest.mark.parametrize("folder", [WORLD.parent, RETAIL], ids=lambda folder: folder.name)
def test_project_names_sources_that_exist(folder: Path) -> None:
    from sluice.orchestration.installation.project import open_project

    project = open_project(folder)
    assert project.config.sources
    assert set(project.config.sources) <= set(project.staging_folders())
    assert project.config.as_of is not None
    assert project.config.as_of.tzinfo is not None
