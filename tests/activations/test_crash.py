"""A push is killed at random moments, then run again: nothing is lost, nothing reaches a person twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from activations.ledger.store import Ledger
from activations.sandbox.server import Sandbox
from tests.conftest import ROOT

KILLS = 6


def start(name: str, url: str, sandbox: Sandbox, count: int) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "tests.activations.pusher_process",
        name,
        url,
        json.dumps(sandbox.endpoints()),
        str(count),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("name", ["smtp", "hubspot"])
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM], ids=["kill -9", "SIGTERM"])
def test_killed_push_is_finished_exactly(tmp_path: Path, ledger_url: str, name: str, sign: signal.Signals) -> None:
    count, pause = 600, random.Random(f"{name} {sign}")
    with Sandbox(tmp_path) as sandbox:
        for _ in range(KILLS):
            process = start(name, ledger_url, sandbox, count)
            time.sleep(pause.uniform(0.01, 0.25))
            process.send_signal(sign)
            process.wait(30)
        assert start(name, ledger_url, sandbox, count).wait(60) == 0
        states = {row["state"]: row["count"] for row in Ledger(ledger_url).counts()}
        received = sandbox.store.counts()
    assert sum(states.values()) == count
    assert states.get("failed", 0) == states.get("retry", 0) == states.get("claimed", 0) == 0
    if name == "hubspot":
        assert states == {"accepted": count}
        assert received["contacts"] == count
    else:
        assert received["repeated_mails"] == 0
        assert states["accepted"] <= received["mails"] <= states["accepted"] + states.get("unknown", 0)
        assert states.get("unknown", 0) <= KILLS * 20
        assert sign is signal.SIGKILL or states == {"accepted": count}
