"""Who may post to a form: pages of its own origin and of those it names, within a rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.requests import Request

from sluice.activations.inbox.address_limits import KeyedLimits, RateLimits
from sluice.activations.inbox.client_address import (
    Network,
    client_address,
    is_this_machine,
    limit_key,
)
from sluice.activations.inbox.forms.catalog import Forms
from sluice.activations.inbox.forms.definition import Form
from sluice.activations.inbox.forms.reading import FormError

BEHIND_PROXY = 20  # times the limit of one address, for a proxy that is not declared


class Refusal(Exception):
    """A request that is not served: the status, and the code of the text that says why."""

    def __init__(self, status: int, code: str, **headers: str) -> None:
        super().__init__(code)
        self.status, self.code, self.headers = status, code, headers


@dataclass(frozen=True)
class Access:
    """Checks requests. ``base``: how the service is reached; ``trusted``: declared proxies."""

    forms: Forms
    base: str
    trusted: tuple[Network, ...] = ()
    limits: RateLimits = field(default_factory=KeyedLimits)

    def form(self, request: Request) -> tuple[str, Form]:
        """The form of an address. Raises Refusal."""
        name = request.path_params["name"]
        try:
            form = self.forms.get(name)
        except FormError:
            raise Refusal(503, "unavailable") from None
        if form is None:
            raise Refusal(404, "not_found")
        return name, form

    def check_origin(self, request: Request, form: Form) -> None:
        """A page of a foreign site may not, whatever it has: raises Refusal."""
        origin = request.headers.get("origin")
        if origin is None or origin in form.embed or self._is_own(request, origin):
            return
        raise Refusal(403, "foreign")

    def _is_own(self, request: Request, origin: str) -> bool:
        return origin == origin_of(self.base) or urlsplit(origin).netloc == request.headers.get(
            "host", "/"
        )

    def check_rate(self, request: Request, name: str, form: Form) -> None:
        """Count a call of an address, on disk where limits are shared. Raises Refusal."""
        address = client_address(request, self.trusted)
        times = BEHIND_PROXY if is_this_machine(address) and not self.trusted else 1
        burst = max(1.0, form.per_minute * times)
        key = f"form {name} {limit_key(address)}"
        wait = self.limits.try_take(key, form.per_minute * times / 60, burst)
        if wait:
            raise Refusal(429, "too_many", **{"Retry-After": str(int(wait) + 1)})

    def cors(self, request: Request, form: Form) -> dict[str, str]:
        """The headers of CORS: for the origins of the form, without cookies."""
        origin = request.headers.get("origin", "")
        if origin not in form.embed:
            return {"Vary": "Origin"}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "content-type",
            "Access-Control-Max-Age": "86400",
            "Vary": "Origin",
        }


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
