"""销售易: find by our key with XOQL, then create, change or delete a record.

Protocol: REST v2, /rest/data/v2.0/xobjects and /rest/data/v2.0/query/xoql. An upsert by a key of
ours was not found in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sluice.activations.destinations.crm import finding
from sluice.activations.destinations.crm.finding import Found, Records
from sluice.activations.destinations.crm.outcomes import CodeOutcome, fail, of_reading
from sluice.activations.destinations.crm.tokens import account_of
from sluice.activations.destinations.crm.xiaoshouyi import mapping
from sluice.activations.destinations.crm.xiaoshouyi.config import XiaoshouyiConfig
from sluice.activations.destinations.crm.xiaoshouyi.outcomes import login_outcome, outcome_of
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Outcome, SyncOperation

NO_OWNER, MANY_OWNERS = fail("owner_not_found"), fail("owner_not_unique")
XOBJECTS, XOQL = "/rest/data/v2.0/xobjects", "/rest/data/v2.0/query/xoql"
GONE = 404


class Xiaoshouyi:
    """A destination for syncs of records.

    Its calls do not overlap: the key is unique only where the tenant made it so.
    """

    def __init__(self, config: XiaoshouyiConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="resend",
            erases="deleted",
            objects=frozenset(config.objects),
            if_empty=True,
            is_one_at_a_time=True,
        )
        self.http = HttpClient(config.url, {}, config.timeout_seconds)
        self.login = HttpClient(config.login_url or config.url, {}, config.timeout_seconds)
        self.account = account_of(
            config.url, f"{config.client_id} {config.username}", config.password.get_secret_value()
        )
        self.owner_column = config.owner_column
        self._owners: dict[str, str] = {}

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """Find, then write each; a call a record."""
        return finding.send(self, items)

    def close(self) -> None:
        """Give the connections back."""
        self.http.close()
        self.login.close()

    def knows(self, kind: str) -> bool:
        """Whether the settings name the object."""
        return kind in self.config.objects

    def find(self, kind: str, keys: Sequence[str], names: Sequence[str]) -> Records | CodeOutcome:
        """Records by our key, with the fields that were asked for."""
        query = mapping.select(names, self.config.objects[kind], self.config.key_field, keys)
        body = self.call("POST", XOQL, data={"xoql": query})
        return (
            of_reading(body)
            if isinstance(body, CodeOutcome)
            else mapping.records(body, self.config.key_field)
        )

    def create(
        self, item: SyncOperation, values: Mapping[str, Any], owner: str | None
    ) -> str | CodeOutcome:
        """Make a record."""
        own = {
            **self.config.defaults.get(item.object, {}),
            self.config.key_field: str(item.key),
            **self._owned(owner),
        }
        data = {"data": {**own, **mapping.values_of(item, values)}}
        body = self.call("POST", f"{XOBJECTS}/{self.config.objects[item.object]}", json=data)
        if isinstance(body, CodeOutcome):
            return body
        return str((body.get("data") or body.get("result") or {}).get("id") or "")

    def update(
        self, item: SyncOperation, found: Found, values: Mapping[str, Any], owner: str | None
    ) -> CodeOutcome | None:
        """Change a record, and its owner unless the column is to be written where there is none."""
        given = {} if self.owner_column in item.if_empty else self._owned(owner)
        data = {"data": {**mapping.values_of(item, values), **given}}
        body = self.call(
            "PATCH", f"{XOBJECTS}/{self.config.objects[item.object]}/{found.record_id}", json=data
        )
        return body if isinstance(body, CodeOutcome) else None

    def remove(self, kind: str, record_id: str) -> CodeOutcome | None:
        """Delete a record; one that is gone is fine."""
        body = self.call("DELETE", f"{XOBJECTS}/{self.config.objects[kind]}/{record_id}")
        is_gone = isinstance(body, CodeOutcome) and body.reason in {f"http_{GONE}", f"error_{GONE}"}
        return body if isinstance(body, CodeOutcome) and not is_gone else None

    def owner(self, name: str) -> str | CodeOutcome:
        """The id of the user of this e-mail. None, or two of them, fail the row."""
        if name not in self._owners:
            body = self.call(
                "POST",
                XOQL,
                data={"xoql": mapping.select([], "user", self.config.owner_lookup, [name])},
            )
            if isinstance(body, CodeOutcome):
                return of_reading(body)
            found = mapping.rows(body)
            if len(found) != 1:
                return MANY_OWNERS if found else NO_OWNER
            self._owners[name] = str(found[0]["id"])
        return self._owners[name]

    def _owned(self, owner: str | None) -> dict[str, str]:
        return {} if owner is None else {self.config.owner_field: owner}

    def call(self, method: str, path: str, **options: Any) -> Any | CodeOutcome:
        """A call with the token of the account, once more with another where it is refused."""

        def once(token: str) -> Any | CodeOutcome:
            headers = {"Authorization": self.config.token_prefix + token}
            answer = self.http.call(method, path, headers=headers, **options)
            return outcome_of(answer, self.config) or answer.body

        return self.account.call(self._login, once)

    def _login(self) -> tuple[str, float] | CodeOutcome:
        form = {
            "grant_type": "password",
            "client_id": self.config.client_id,
            "client_secret": self.config.client_secret.get_secret_value(),
            "redirect_uri": self.config.redirect_uri,
            "username": self.config.username,
            "password": self.config.password.get_secret_value(),
        }
        answer = self.login.call("POST", self.config.token_path, data=form)
        if (
            answer.outcome is Outcome.ACCEPTED
            and isinstance(answer.body, Mapping)
            and answer.body.get("access_token")
        ):
            return str(answer.body["access_token"]), self.config.token_seconds
        return login_outcome(answer)
