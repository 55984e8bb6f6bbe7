"""Calls to an address that a person wrote into a setting: never into the internal network, whatever
its name resolves to.

A name is resolved once for a connection, all it resolves to must be public, and the connection is
made to what was checked: a name that answers otherwise a moment later (DNS rebinding) gains
nothing. Redirects are never followed.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError

from sluice.activations.http.client import Answer, HttpClient
from sluice.models.delivery import Outcome

REFUSED = "address_not_allowed"
# special-purpose addresses (the registries of IANA for IPv4 and IPv6) that ``ipaddress`` takes for
# global, in some version or all: it knows neither what was withdrawn nor what wraps an IPv4 address
NETWORKS = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",  # this network
            "100.64.0.0/10",  # carrier-grade NAT
            "192.0.0.0/24",  # protocol assignments: DS-Lite, NAT64 discovery
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT relays
            "192.88.99.0/24",  # 6to4 relays, withdrawn
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "240.0.0.0/4",  # reserved
            "::/96",  # IPv4-compatible, withdrawn
            "::ffff:0:0:0/96",  # IPv4-translated
            "64:ff9b::/96",  # NAT64
            "64:ff9b:1::/48",  # NAT64 of a network's own
            "100::/64",  # discard
            "100:0:0:1::/64",  # dummy prefix
            "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
            "5f00::/16",  # segment routing
            "fec0::/10",  # site-local, withdrawn
        ),
    )
)
# of IPv6 nothing else is given out to the internet
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


class AddressNotAllowed(NewConnectionError):
    """The name resolves to an internal address: no connection was made."""


class GuardedHttpClient(HttpClient):
    """An HttpClient whose connections go to public addresses alone, unless ``allow_private`` is
    true.
    """

    def __init__(self, base_url: str, allow_private: bool, read_seconds: float) -> None:
        super().__init__(base_url, {}, read_seconds)
        self._adapter = _Adapter()
        if not allow_private:
            self.session.mount("http://", self._adapter)
            self.session.mount("https://", self._adapter)

    def call(self, method: str, path: str, **options: Any) -> Answer:
        """As HttpClient, and an address that is not allowed is the reason ``address_not_allowed``:
        nothing was sent.
        """
        self._adapter.guard.has_refused = False
        answer = super().call(method, path, **options)
        return Answer(Outcome.RETRY, REFUSED) if self._adapter.guard.has_refused else answer


class Guard:
    """Resolves names and remembers whether it refused one."""

    def __init__(self) -> None:
        self.has_refused = False

    def connect(self, connection: HTTPConnection) -> socket.socket:
        """A socket connected to one of the addresses that were checked.

        Raises what urllib3 raises when it cannot connect.
        """
        addresses = self._addresses(connection)
        if not all(is_public(address) for address in addresses):
            self.has_refused = True
            raise AddressNotAllowed(connection, "the address is not public")
        trouble: OSError | None = None
        for address in addresses:
            try:
                return socket.create_connection(
                    (address, connection.port), timeout=connection.timeout
                )
            except OSError as error:
                trouble = error
        raise NewConnectionError(connection, "cannot connect") from trouble

    def _addresses(self, connection: HTTPConnection) -> list[str]:
        try:
            found = socket.getaddrinfo(
                connection.host.strip("[]"), connection.port, type=socket.SOCK_STREAM
            )
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(
                "the host", connection, socket.gaierror(str(type(error).__name__))
            ) from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """True for an address of the open internet: not private, loopback, link-local (cloud metadata),
    multicast, reserved, nor one that wraps such an address (mapped IPv4, NAT64, 6to4).
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if isinstance(ip, ipaddress.IPv6Address) and ip not in GLOBAL_UNICAST:
        return False
    if any(ip.version == network.version and ip in network for network in NETWORKS):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class _Adapter(HTTPAdapter):
    """Connections of this adapter are made by its guard."""

    def __init__(self) -> None:
        self.guard = Guard()
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        guard = self.guard

        class Http(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return guard.connect(self)

        class Https(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return guard.connect(self)

        http = type("GuardedPool", (HTTPConnectionPool,), {"ConnectionCls": Http})
        https = type("GuardedTlsPool", (HTTPSConnectionPool,), {"ConnectionCls": Https})
        self.poolmanager.pool_classes_by_scheme = {"http": http, "https": https}
