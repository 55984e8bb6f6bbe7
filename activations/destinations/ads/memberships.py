"""What audiences of all platforms can do: people are put on a list and taken off it, by hashes."""

from __future__ import annotations

from sluice.models.delivery import Capabilities


def audience_capabilities(batch_size: int) -> Capabilities:
    """Putting on who is on, and taking off who is not, changes nothing: an unknown outcome is sent
    again.
    """
    return Capabilities(
        batch_size=batch_size,
        on_unknown="resend",
        per_item_results=False,
        dedupes=True,
        erases="removed",
        objects=frozenset({"contacts"}),
        modes=frozenset({"membership"}),
    )
