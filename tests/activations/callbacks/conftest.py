"""What the tests of callbacks share."""

from __future__ import annotations

import pytest

from tests.activations.callbacks.serving import Kept


@pytest.fixture
def kept() -> Kept:
    """What the server of a test kept."""
    return Kept()
