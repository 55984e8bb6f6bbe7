"""The sandbox's switches: its clock, and the script of its faults."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import Faults, HttpFault

HTTP_FAULTS: tuple[str, ...] = get_args(HttpFault)
MOST = 1000


def clock_state(clock: Clock) -> dict[str, Any]:
    """What time it is in the sandbox, UTC."""
    return {"now": clock.now().isoformat(timespec="seconds")}


def set_clock(clock: Clock, value: Any) -> None:
    """``{"now": "2026-06-29T21:00:00+08:00"}``, or null for the time of the machine.

    Raises ValueError.
    """
    moment = value.get("now", False) if isinstance(value, dict) else False
    if moment is None:
        clock.set(datetime.now(UTC))
        return
    if not isinstance(moment, str):
        raise ValueError("now is a time, such as 2026-06-29T21:00:00+08:00, or null")
    found = datetime.fromisoformat(moment)
    clock.set(found.replace(tzinfo=UTC) if found.tzinfo is None else found)


def fault_state(faults: Faults) -> dict[str, Any]:
    """What the next calls will meet."""
    return {
        "http": list(faults.http),
        "mail": dict(faults.mail),
        "drop_after_data": max(0, faults.drop_after_data),
    }


def add_faults(faults: Faults, value: Any) -> None:
    """``{"http": ["429", "drop_after_accept"], "mail": {"pattern": "550 5.1.1 User unknown"},
    "drop_after_data": 1}``: added to what is scripted; ``{"clear": true}`` begins anew. Raises
    ValueError, and then nothing has changed.
    """
    if not isinstance(value, dict) or not set(value) <= {
        "http",
        "mail",
        "drop_after_data",
        "clear",
    }:
        raise ValueError("faults are http, mail, drop_after_data and clear")
    http, mail, drops = (
        value.get("http", []),
        value.get("mail", {}),
        value.get("drop_after_data", 0),
    )
    if (
        not isinstance(http, list)
        or len(http) > MOST
        or any(fault not in HTTP_FAULTS for fault in http)
    ):
        raise ValueError(f"http is a list of {', '.join(HTTP_FAULTS)}")
    if not isinstance(mail, dict) or any(
        not _is_reply(pattern, reply) for pattern, reply in mail.items()
    ):
        raise ValueError("mail is a part of an address and the reply: 550 5.1.1 User unknown")
    if not isinstance(drops, int) or isinstance(drops, bool) or not 0 <= drops <= MOST:
        raise ValueError(f"drop_after_data is a number from 0 to {MOST}")
    if value.get("clear") is True:
        faults.http.clear()
        faults.mail.clear()
        faults.drop_after_data = 0
    faults.http.extend(http)
    faults.mail.update(mail)
    faults.drop_after_data = max(0, faults.drop_after_data) + drops


def _is_reply(pattern: Any, reply: Any) -> bool:
    is_text = isinstance(pattern, str) and bool(pattern) and isinstance(reply, str)
    return (
        is_text
        and reply[:3].isdecimal()
        and reply[:1] in "45"
        and reply.isascii()
        and reply.isprintable()
    )
