"""Calls to an address that a person wrote into a setting: never into the house, whatever its name resolves to.

A name is resolved once for a connection, all it resolves to must be public, and the connection is made to what was checked: a
name that answers otherwise a moment later (DNS rebinding) gains nothing. Redirects are never followed.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError

from activations.http import Answer, HttpClient
from models.delivery import Verdict

REFUSED = "address_not_allowed"
# what is_global says nothing of, or too late: carrier-grade NAT, NAT64 and 6to4, through which private addresses are reached
NETWORKS = tuple(map(ipaddress.ip_network, ("100.64.0.0/10", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


class AddressNotAllowed(NewConnectionError):
    """The name resolves to an address inside the house: no connection was made."""


class GuardedHttpClient(HttpClient):
    """An HttpClient whose connections go to public addresses alone, unless ``allow_private`` is true."""

    def __init__(self, base_url: str, allow_private: bool, read_seconds: float) -> None:
        super().__init__(base_url, {}, read_seconds)
        self._adapter = _Adapter()
        if not allow_private:
            self.session.mount("http://", self._adapter)
            self.session.mount("https://", self._adapter)

    def call(self, method: str, path: str, **options: Any) -> Answer:
        """As HttpClient, and an address that is not allowed is the reason ``address_not_allowed``: nothing left the house."""
        self._adapter.guard.has_refused = False
        answer = super().call(method, path, **options)
        return Answer(Verdict.RETRY, REFUSED) if self._adapter.guard.has_refused else answer


class Guard:
    """Resolves names and remembers whether it refused one."""

    def __init__(self) -> None:
        self.has_refused = False

    def connect(self, connection: HTTPConnection) -> socket.socket:
        """A socket connected to one of the addresses that were checked. Raises what urllib3 raises when it cannot connect."""
        addresses = self._addresses(connection)
        if not all(is_public(address) for address in addresses):
            self.has_refused = True
            raise AddressNotAllowed(connection, "the address is not public")
        trouble: OSError | None = None
        for address in addresses:
            try:
                return socket.create_connection((address, connection.port), timeout=connection.timeout)
            except OSError as error:
                trouble = error
        raise NewConnectionError(connection, "cannot connect") from trouble

    def _addresses(self, connection: HTTPConnection) -> list[str]:
        try:
            found = socket.getaddrinfo(connection.host.strip("[]"), connection.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError("the host", connection, socket.gaierror(str(type(error).__name__))) from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """True for an address of the open internet: not private, loopback, link-local (cloud metadata), multicast, reserved, nor one
    that wraps such an address (mapped IPv4, NAT64, 6to4)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
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
