"""The readout of any table, however it is written, and what is said of one that cannot be read."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks import experiments

ROWS = [("c", 1)] * 100 + [("c", 0)] * 900 + [("a", 1)] * 130 + [("a", 0)] * 870


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], path: Path, *more: str
) -> str:
    arguments = ["--table", str(path), "--arm", "arm", "--outcome", "y", "--control", "c", *more]
    monkeypatch.setattr(sys, "argv", ["experiments", *arguments])
    experiments.main()
    return capsys.readouterr().out


@pytest.fixture
def read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Any:
    def reading(text: str | bytes, *more: str, name: str = "table.csv") -> dict[str, Any]:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        out = run(monkeypatch, capsys, path, "--json", *more)
        found: dict[str, Any] = json.loads(out)
        return found

    return reading


def csv(true: str = "1", false: str = "0", delimiter: str = ",", extra: str = "") -> str:
    lines = [f"arm{delimiter}y", *(f"{a}{delimiter}{true if y else false}" for a, y in ROWS)]
    return "\n".join(lines) + "\n" + extra


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param(csv(), "t.csv", id="0 and 1"),
        pytest.param(csv("yes", "no"), "t.csv", id="yes and no"),
        pytest.param(csv("TRUE", "FALSE"), "t.csv", id="true and false"),
        pytest.param(csv("是", "否"), "t.csv", id="Chinese"),
        pytest.param(csv("1.0", "0.0", ";"), "t.csv", id="semicolons"),
        pytest.param("\ufeff" + csv(delimiter="\t"), "t.csv", id="byte order mark and tabs"),
        pytest.param(gzip.compress(csv().encode()), "t.csv.gz", id="compressed"),
        pytest.param(csv(extra="c,\na,NA\n,1\n"), "t.csv", id="missing values"),
    ],
)
def test_a_table_is_read_as_it_is_written(read: Any, text: str | bytes, name: str) -> None:
    found = read(text, name=name)
    control, arm = found["arms"]
    assert found["kind"] == "rate"
    assert (control["arm"], control["n"], control["mean"]) == ("c", 1000, 0.1)
    assert (arm["arm"], arm["n"], arm["lift"]) == ("a", 1000, pytest.approx(0.03))
    assert arm["p"] == arm["p_adjusted"] == pytest.approx(0.03548845, abs=1e-8)
    assert arm["probability_better"] == pytest.approx(0.982165, abs=1e-6)
    assert arm["sample_ratio_p"] == found["sample_ratio_p"] == 1.0
    assert found["rows_left_out"] == found["rows"] - 2000


def test_parquet_is_read_and_values_are_compared_by_means(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "t.parquet"
    rows = pd.DataFrame(ROWS, columns=["arm", "y"]).assign(before=range(len(ROWS)))
    rows.assign(y=rows.y * 10.5).to_parquet(path)
    found = json.loads(run(monkeypatch, capsys, path, "--json", "--before", "before"))
    arm = found["arms"][1]
    assert (found["kind"], arm["test"]) == ("value", "welch")
    assert arm["lift"] == pytest.approx(0.315)
    assert "interval" in arm["adjusted"]
    text = run(monkeypatch, capsys, path)
    assert "a: n 1,000, mean 1.365, lift +0.315, interval" in text


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("arm,y\nc,1\nc,0\n", "the control is the only arm"),
        ("arm,y\nc,1\nc,0\nc,1\na,1\n", "the arm has one unit only"),
        ("arm,y\nc,7\nc,9\nc,1\na,5\n", "the arm has one unit only"),
        ("arm,y\nc,7\nc,9\na,NA\n", "the arm has no units yet"),
        ("arm,y\nc,\na,7\na,9\n", "the control has no units yet"),
        ("arm,y\nc,0\nc,0\na,0\na,0\n", "no one has the outcome"),
        ("arm,y\nc,5\nc,5\na,5\na,5\n", "all values of each arm are the same"),
        ("arm,y\nc,5\nc,6\na,oops\na,7\n", "1 rows without a readable y were left out (a 1)"),
    ],
)
def test_what_cannot_be_said_of_a_table_is_a_sentence(read: Any, text: str, note: str) -> None:
    found = read(text)
    assert note in json.dumps(found)
    assert all(arm["p"] is None or 0 <= arm["p"] <= 1 for arm in found["arms"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no header and no rows"),
        ("arm,y\n", "has no rows"),
        ("arms,y\nc,1\n", "there is no column arm; did you mean arms?"),
        ("arm,y\nC ontrol,1\na,1\n", "its values are: C ontrol, a"),
        ("arm,y\n,1\n,0\n", "every row of arm is empty"),
        ("arm,y\nc,\na,\n", "every row of y is empty"),
        ("arm,y\nc,bought\na,left\n", "name the text that counts with --positive"),
        ("arm,y\nc,1\n" + "".join(f"k{n},1\n" for n in range(60)), "61 different values"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(read: Any, text: str, words: str) -> None:
    with pytest.raises(SystemExit) as refused:
        read(text)
    assert words in str(refused.value)


def test_a_text_can_be_named_that_counts(read: Any) -> None:
    found = read(csv("bought", "left"), "--positive", "bought")
    assert found["arms"][1]["lift"] == pytest.approx(0.03)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    from benchmarks.experiments_table import Columns, read_experiment

    with pytest.raises(SystemExit, match=r"there is no file .*none\.csv"):
        read_experiment(tmp_path / "none.csv", Columns("arm", "y", "c"))
