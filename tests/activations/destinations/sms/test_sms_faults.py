"""What each SMS vendor's client makes of a fault of the network or the vendor: the same for all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sluice.activations.destinations.registry import entry
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Outcome
from tests.activations.destinations.sms.sms_items import sms

VENDORS = ("aliyun", "kannel", "tencent", "twilio")
FAULTS = {
    "500": Outcome.UNKNOWN,
    "429": Outcome.RETRY,
    "401": Outcome.RETRY,
    "drop": Outcome.UNKNOWN,
    "slow_after_accept": Outcome.UNKNOWN,
    "invalid_json": Outcome.UNKNOWN,
}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(("fault", "outcome"), FAULTS.items())
def test_fault_becomes_an_outcome(
    tmp_path: Path, vendor: str, fault: Any, outcome: Outcome
) -> None:
    found = entry(vendor)
    with Sandbox(tmp_path, names=[vendor]) as sandbox:
        sandbox.faults.http.append(fault)
        client = found.client(
            found.config(**{**sandbox.endpoints()[vendor], "timeout_seconds": 0.3})
        )
        assert client.send([sms(1)])[0].outcome is outcome
        client.close()
