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

# kills of a test: 12 in all on SQLite; of the slow ones 60 on SQLite and Postgres, of the long 300
FEW, SOME, MANY = 6, 10, 50
KILLS = [
    pytest.param(SOME, marks=pytest.mark.slow),
    pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.long]),
]


@pytest.mark.parametrize("name", ["smtp", "hubspot"])
@pytest.mark.parametrize("kills", [FEW, *KILLS])
def test_killed_push_is_finished_exactly(
    tmp_path: Path, ledger_url: str, name: str, kills: int, parent: subprocess.Popen[str]
) -> None:
    with Sandbox(tmp_path, names=["hubspot"]) as sandbox:
        story = Story(parent, name, ledger_url, sandbox, random.Random(f"{name} {kills}"))
        story.kill(kills)
        story.check()


@pytest.mark.parametrize("name", ["smtp", "hubspot"])
@pytest.mark.parametrize("kills", KILLS)
def test_push_killed_while_the_vendor_is_faulty_is_finished_exactly(
    tmp_path: Path, ledger_url: str, name: str, kills: int, parent: subprocess.Popen[str]
) -> None:
    with Sandbox(tmp_path, names=["hubspot"]) as sandbox:
        story = Story(
            parent, name, ledger_url, sandbox, random.Random(f"faulty {name}"), is_faulty=True
        )
        story.kill(kills // 2)
        story.check()
