"""Files: the conformance suite, whole or not at all, the same bytes again, and no formula in a
CSV.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import stat
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pyarrow.parquet as pq
import pytest

from sluice.activations.destinations.base import Destination
from sluice.activations.destinations.files.file_drop import client as client_module
from sluice.activations.destinations.files.file_drop import mapping
from sluice.activations.destinations.files.file_drop.client import FileDrop
from sluice.activations.destinations.files.file_drop.config import FileDropConfig
from sluice.activations.destinations.registry import build
from sluice.activations.destinations.testing import Conformance
from sluice.activations.sandbox.file_drop import FOLDER, whole_files
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Item, Outcome, SyncOperation
from tests.activations.destinations.test_conformance import message, operation


class TestFileDrop(Conformance):
    name, kind = "file_drop", "sync"
    cases_that_cannot_happen: ClassVar[dict[str, str]] = {
        "oversized_item": "a cell of a file has no largest size",
        "unwritable_item": "an address is a cell like any other, and a cell may hold a line break",
        "answer_late": "a folder is written to, and not waited for",
    }

    @pytest.fixture(autouse=True)
    def _patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            operation(number, email=f"u{number}@shop.example", full_name=text)
            for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return operation(999, full_name="half a pair \ud83d")

    def received(self, sandbox: Sandbox) -> int:
        return sum(manifest["rows"] for _, manifest in whole_files(sandbox.home / FOLDER))

    def break_after_accept(self, sandbox: Sandbox) -> None:
        """The disk answers no more when the manifest has just got its name."""
        self.fail_syncs(after=1)

    def throttle(self, sandbox: Sandbox) -> None:
        """No space is left."""
        self.fail_syncs(after=0)

    def arrived(self, sandbox: Sandbox) -> str:
        found = ""
        for file, _ in whole_files(sandbox.home / FOLDER):
            rows = pq.read_table(file).to_pylist() if file.suffix == ".parquet" else cells(file)
            found += "\n".join(row["full_name"] for row in rows)
        return found

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "folder": Path(settings["folder"]) / "not mounted"}

    def fail_syncs(self, after: int) -> None:
        sound, calls = client_module.sync_folder, []

        def sync(folder: Path) -> None:
            calls.append(folder)
            if len(calls) == after + 1:
                raise OSError(28, "No space left on device")
            sound(folder)

        self.patch.setattr(client_module, "sync_folder", sync)

    def test_nobody_listens(self, sandbox: Sandbox, tmp_path: Path) -> None:
        client = build(self.name, sandbox.endpoints())
        shutil.rmtree(sandbox.home / FOLDER)
        assert set(self.outcomes(client.send(self.items(2)))) == {Outcome.RETRY}


class TestFileDropOfParquet(TestFileDrop):
    @pytest.fixture
    def destination(self, sandbox: Sandbox) -> Destination:
        return FileDrop(FileDropConfig(**sandbox.endpoints()["file_drop"], format="parquet"))


def drop(folder: Path, items: list[Item], **settings: Any) -> list[Outcome]:
    return [
        result.outcome for result in FileDrop(FileDropConfig(folder=folder, **settings)).send(items)
    ]


def read_csv(folder: Path) -> list[dict[str, str]]:
    ((file, _),) = whole_files(folder)
    return cells(file)


def cells(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))


def test_the_same_batch_again_leaves_the_same_bytes(tmp_path: Path) -> None:
    items: list[Item] = [operation(2, city="上海"), operation(1, email="a@shop.example")]
    assert drop(tmp_path, items) == [Outcome.ACCEPTED] * 2
    first = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    assert drop(tmp_path, items[::-1]) == [Outcome.ACCEPTED] * 2
    assert {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()
    } == first
    other = tmp_path / "other"
    other.mkdir()
    drop(other, items[::-1])
    assert {path.name: path.read_bytes() for path in other.iterdir()} == {
        name: content for name, (content, _) in first.items()
    }


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_torn_write_is_completed_by_the_next_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    """Cut off between the file and its manifest: no reader takes the file, and the next try makes
    it whole.
    """
    items: list[Item] = [operation(1, city="上海")]
    sound = client_module.replace_file

    def torn(path: Path, content: bytes, mode: int) -> None:
        if path.name.endswith(".manifest.json"):
            raise OSError("cut off")
        sound(path, content, mode)

    monkeypatch.setattr(client_module, "replace_file", torn)
    assert drop(tmp_path, items, format=format) == [Outcome.RETRY]
    assert whole_files(tmp_path) == []
    monkeypatch.setattr(client_module, "replace_file", sound)
    assert drop(tmp_path, items, format=format) == [Outcome.ACCEPTED]
    assert len(whole_files(tmp_path)) == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=HYPERLINK(\"http://x\",\"y\")", "'=HYPERLINK(\"http://x\",\"y\")"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1+1", "'\t=1+1"),
        ("  =1+1", "'  =1+1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        ("－1+2", "'－1+2"),
        ("＠SUM(1)", "'＠SUM(1)"),
        ("﹦1", "'﹦1"),
        ("−2+3", "'−2+3"),
        ("\ufeff=1+1", "'\ufeff=1+1"),
        ("\u200b=1+1", "'\u200b=1+1"),
        ("\u2060\u00ad\u202e \u3000＝1+1", "'\u2060\u00ad\u202e \u3000＝1+1"),
        ("\x00\x1f=1", "'\x00\x1f=1"),
        ("\u3164=1+1", "'\u3164=1+1"),
        ("\n=1+1", "'\n=1+1"),
        ("\ufeff王芳", "\ufeff王芳"),
        ("−", "'−"),
        ("+8613800138000", "+8613800138000"),
        ("-5.5", "-5.5"),
        ("a=b", "a=b"),
        ("王芳, \"x\"\n第二行", "王芳, \"x\"\n第二行"),
        ("", ""),
    ],
)  # fmt: skip
def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path, text: str, shown: str) -> None:
    drop(tmp_path, [operation(1, note=text)])
    assert read_csv(tmp_path)[0]["note"] == shown


@pytest.mark.parametrize(("file_mode", "rights"), [(None, 0o640), ("0644", 0o644), ("600", 0o600)])
def test_a_file_has_the_rights_its_reader_needs(
    tmp_path: Path, file_mode: str | None, rights: int
) -> None:
    """The process makes files that nobody else may read; these are for another program."""
    before = os.umask(0o077)
    drop(tmp_path, [operation(1, note="x")], **({"file_mode": file_mode} if file_mode else {}))
    os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir() if path.is_file()} == {
        rights
    }


def test_names_of_columns_are_escaped_and_parquet_is_left_alone(tmp_path: Path) -> None:
    drop(tmp_path, [operation(1, **{"=1+1": "x"})])
    assert "'=1+1" in read_csv(tmp_path)[0]
    other = tmp_path / "parquet"
    other.mkdir()
    drop(other, [operation(1, note="=1+1")], format="parquet")
    assert pq.read_table(whole_files(other)[0][0])["note"].to_pylist() == ["=1+1"]


def test_types_arrive_in_parquet(tmp_path: Path) -> None:
    at = datetime(2026, 6, 29, 13)
    drop(
        tmp_path,
        [operation(1, n=1, at=at, mixed=1), operation(2, n=None, at=at, mixed="x")],
        format="parquet",
    )
    table = pq.read_table(whole_files(tmp_path)[0][0])
    assert table["delivery_id"].to_pylist() == [10001, 10002]
    assert table["n"].to_pylist() == [1, None]
    assert table["at"].to_pylist() == [at, at]
    assert table["mixed"].to_pylist() == ["1", "x"]


def test_lists_and_messages_have_files_of_their_own(tmp_path: Path) -> None:
    member = SyncOperation(
        1, 1, "exited", 7, {"email": "a@x.example"}, list_name="../../etc/vip 客户"
    )
    assert (
        drop(tmp_path, [member, operation(2), message(3, "a@x.example")]) == [Outcome.ACCEPTED] * 3
    )
    files = [file for file, _ in whole_files(tmp_path)]
    assert [file.parent for file in files] == [tmp_path] * 3
    assert {file.name.rpartition("-")[0] for file in files} == {
        "contacts-_.._etc_vip_",
        "contacts",
        "messages-email",
    }


def test_a_property_never_hides_a_column_of_ours() -> None:
    (row,) = mapping.rows_of(
        [SyncOperation(1, 1, "entered", 7, {"key": "theirs", "operation": "theirs too"})]
    )
    assert (row["key"], row["property_key"], row["property_operation"]) == (
        1,
        "theirs",
        "theirs too",
    )
