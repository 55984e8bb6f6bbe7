"""A logged-in connection to one Salesforce org: calls with a token that is fetched when it is
needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sluice.activations.destinations.crm.outcomes import CodeOutcome, of_reading
from sluice.activations.destinations.crm.salesforce.config import SalesforceConfig
from sluice.activations.destinations.crm.salesforce.outcomes import login_outcome, outcome_of
from sluice.activations.destinations.crm.tokens import account_of
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import Outcome

CREATED = 201


class Session:
    """Calls under ``/services/data/<version>``.

    Raises nothing for what the network or the vendor does.
    """

    def __init__(self, config: SalesforceConfig) -> None:
        self.config = config
        self.http = HttpClient(config.url, {}, config.timeout_seconds)
        refresh = (
            config.refresh_token.get_secret_value() if config.refresh_token else ""
        )  # one app may act for many users
        self.account = account_of(
            config.url, config.client_id, config.client_secret.get_secret_value() + refresh
        )

    def call(self, method: str, path: str, **options: Any) -> Any | CodeOutcome:
        """The body of an answer 2xx, else the outcome of it."""
        headers = options.pop("headers", {})

        def once(token: str) -> Any | CodeOutcome:
            full = f"/services/data/{self.config.api_version}/{path}"
            answer = self.http.call(
                method, full, headers={**headers, "Authorization": f"Bearer {token}"}, **options
            )
            # a created upload has no body
            is_done = answer.outcome is Outcome.ACCEPTED or answer.status == CREATED
            return answer.body if is_done else outcome_of(answer)

        return self.account.call(self._login, once)

    def query(self, soql: str) -> list[dict[str, Any]] | CodeOutcome:
        """All rows of a query, over all its pages."""
        rows: list[dict[str, Any]] = []
        for page in self.pages(soql):
            if isinstance(page, CodeOutcome):
                return page
            rows += page
        return rows

    def pages(
        self, soql: str, resource: str = "query"
    ) -> Iterator[list[dict[str, Any]] | CodeOutcome]:
        """The rows of a query a page at a time; an outcome ends it where one could not be read.

        ``queryAll`` has deleted rows.
        """
        found = self.call("GET", resource, params={"q": soql})
        while not isinstance(found, CodeOutcome):
            yield found["records"]
            if found["done"]:
                return
            found = self.call(
                "GET", str(found["nextRecordsUrl"]).partition(f"/{self.config.api_version}/")[2]
            )
        yield of_reading(found)

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _login(self) -> tuple[str, float] | CodeOutcome:
        form = {
            "client_id": self.config.client_id,
            "client_secret": self.config.client_secret.get_secret_value(),
        }
        if self.config.refresh_token is None:
            form["grant_type"] = "client_credentials"
        else:
            form |= {
                "grant_type": "refresh_token",
                "refresh_token": self.config.refresh_token.get_secret_value(),
            }
        answer = self.http.call("POST", "/services/oauth2/token", data=form)
        if (
            answer.outcome is Outcome.ACCEPTED
            and isinstance(answer.body, Mapping)
            and answer.body.get("access_token")
        ):
            return str(answer.body["access_token"]), self.config.session_seconds
        return login_outcome(answer)
