"""The address that a request came from. ``X-Forwarded-For`` counts only where a declared proxy
wrote it (serve.trusted_proxies), from the right: what stands left of it anybody can write.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from starlette.requests import Request

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
MOST_HOPS = 20


def networks(proxies: Iterable[str]) -> tuple[Network, ...]:
    """The networks of addresses and of networks as written (10.0.0.0/8). Raises ValueError."""
    return tuple(ipaddress.ip_network(one, strict=False) for one in proxies)


def client_address(request: Request, trusted: Sequence[Network] = ()) -> str:
    """The address of the client, that of the nearest proxy where it says none."""
    address = request.client.host if request.client else ""
    hops = ",".join(request.headers.getlist("x-forwarded-for")).split(",")[-MOST_HOPS:]
    for hop in reversed(hops):
        if not _is_in(address, trusted) or _read(hop) is None:
            break
        address = str(_read(hop))
    return address


def limit_key(address: str) -> str:
    """What a rate limit counts by: of IPv6 the network of 64 bits, which one subscriber has."""
    ip = _read(address)
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip) if ip is not None else ""


def is_this_machine(address: str) -> bool:
    """Whether a proxy beside us must have passed it on."""
    ip = _read(address)
    return ip is not None and ip.is_loopback


def _is_in(address: str, trusted: Sequence[Network]) -> bool:
    ip = _read(address)
    return ip is not None and any(ip in one for one in trusted if one.version == ip.version)


def _read(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
