"""Stages of CRMs that say of none whether it is won: the settings name those that are."""

from __future__ import annotations

from collections.abc import Iterable

from sluice.activations.sources.base import Stage


def stages_of(
    options: Iterable[tuple[str, str]], won: frozenset[str], lost: frozenset[str]
) -> list[Stage]:
    """The stages of (id, label) in their order; ``won`` and ``lost`` name ids or labels."""
    return [
        Stage("", one, label, place, bool({one, label} & (won | lost)), bool({one, label} & won))
        for place, (one, label) in enumerate(options)
    ]
