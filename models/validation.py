"""What pydantic refuses, in words."""

from __future__ import annotations

from pydantic import ValidationError


def problems_of(error: ValidationError) -> list[str]:
    """Each problem with its place, as ``nodes.pause.wait: Input should be a valid string``; of the
    whole, without a place.
    """
    found = ((".".join(map(str, one["loc"])), str(one["msg"])) for one in error.errors())
    return [f"{place}: {words}" if place else words for place, words in found]
