"""Which destinations accept callbacks, and how a call is handled: read by the destination, kept,
and only then answered.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sluice.activations.destinations import registry
from sluice.activations.destinations.base import Callback, CallbackAnswer, CallbackRequest
from sluice.activations.settings import Declared
from sluice.models.delivery import VendorEvent
from sluice.models.errors import ConfigurationError

log = logging.getLogger(__name__)

Keep = Callable[[Sequence[VendorEvent]], int]
NOT_FOUND = CallbackAnswer(status=404, body=b"no such address\n")
# a vendor repeats a call that was answered with 5xx: nothing it said is lost
NOT_KEPT = CallbackAnswer(status=503, body=b"try again\n", headers={"Retry-After": "60"})
TOO_DEEP = CallbackAnswer(status=400, body=b"nested too deeply\n")
NOT_READ = CallbackAnswer(status=500, body=b"cannot be read\n")


@dataclass(frozen=True)
class Route:
    """A destination that can be called: its settings, and what it does with a call."""

    settings: Any
    callback: Callback


def find_routes(
    sandbox: registry.Endpoints | None,
    only: Sequence[str] = (),
    declared: Declared = registry.NOTHING,
) -> tuple[dict[str, Route], dict[str, str]]:
    """The destinations that have a callback and are configured, and for each other one why it is
    left out. Raises ConfigurationError for a name in ``only`` that cannot be served.
    """
    routes: dict[str, Route] = {}
    left_out: dict[str, str] = {}
    for name in only or registry.names():
        try:
            found = registry.entry(name)
            if found.callback is not None:
                routes[name] = Route(registry.settings(name, sandbox, declared), found.callback)
            elif only:
                raise ConfigurationError(
                    f"nobody calls for '{name}'",
                    "leave it out: its receipts are fetched, or there are none",
                )
        except ConfigurationError as error:
            if only:
                raise
            left_out[name] = error.message
    return routes, left_out


def answer(
    routes: Mapping[str, Route], name: str, request: CallbackRequest, keep: Keep
) -> CallbackAnswer:
    """What to reply to a call for a destination.

    A call that breaks its callback is answered 500, one that cannot be kept 503.
    """
    route = routes.get(name)
    if route is None:
        return NOT_FOUND
    try:
        found = route.callback(route.settings, request)
    except RecursionError:
        return TOO_DEEP
    # whatever a vendor sends, the server stands; the text of the error may hold what was sent
    except Exception as error:
        log.warning("%s: a call could not be read (%s)", name, type(error).__name__)
        return NOT_READ
    if found.reported and 200 <= found.status < 300 and not _is_kept(name, found, keep):
        return NOT_KEPT
    return found


def _is_kept(name: str, answer: CallbackAnswer, keep: Keep) -> bool:
    try:
        new = keep(answer.reported)
    except Exception as error:
        log.error(
            "%s: %s events reported, and not kept (%s)",
            name,
            len(answer.reported),
            type(error).__name__,
        )
        return False
    log.info("%s: %s events reported, %s new", name, len(answer.reported), new)
    return True
