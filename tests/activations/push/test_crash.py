"""A push by four workers is killed again and again, at random moments and at chosen points, then
run to its end: nothing is lost, nothing reaches a person twice, and what cannot be determined is
listed.
"""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from sluice.activations.sandbox.server import Sandbox
from tests.activations.push.killing import Story

FEW, MANY = (
    6,
    50,
)  # kills of a test: 12 in all on SQLite, and, of the slow ones, 200 on SQLite and Postgres


@pytest.mark.parametrize("name", ["smtp", "hubspot"])
@pytest.mark.parametrize("kills", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_killed_push_is_finished_exactly(
    tmp_path: Path, ledger_url: str, name: str, kills: int, parent: subprocess.Popen[str]
) -> None:
    with Sandbox(tmp_path, names=["hubspot"]) as sandbox:
        story = Story(parent, name, ledger_url, sandbox, random.Random(f"{name} {kills}"))
        story.kill(kills)
        story.check()


@pytest.mark.parametrize("name", ["smtp", "hubspot"])
@pytest.mark.parametrize("kills", [pytest.param(MANY // 2, marks=pytest.mark.slow)])
def test_push_killed_while_the_vendor_is_faulty_is_finished_exactly(
    tmp_path: Path, ledger_url: str, name: str, kills: int, parent: subprocess.Popen[str]
) -> None:
    with Sandbox(tmp_path, names=["hubspot"]) as sandbox:
        story = Story(
            parent, name, ledger_url, sandbox, random.Random(f"faulty {name}"), is_faulty=True
        )
        story.kill(kills)
        story.check()
