"""纷享销客: find by our key, then create or update; the owner is changed by a call of its own; who left
is made invalid (作废).

Protocol: developer.fxiaoke.com openapi_v2, /cgi/crm/v2/data (custom objects:
/cgi/crm/custom/v2/data). No upsert and no batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sluice.activations.destinations.crm import finding
from sluice.activations.destinations.crm.finding import Found, Records
from sluice.activations.destinations.crm.fxiaoke import mapping
from sluice.activations.destinations.crm.fxiaoke.config import FxiaokeConfig
from sluice.activations.destinations.crm.fxiaoke.outcomes import outcome_of
from sluice.activations.destinations.crm.outcomes import CodeOutcome, fail, of_reading
from sluice.activations.destinations.crm.tokens import account_of
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import Capabilities, ItemResult, SyncOperation

# the vendor says to keep a token so long, though it lives for 7200 seconds
KEPT_SECONDS = 6_600.0
NO_OWNER = fail("owner_not_found")


class Fxiaoke:
    """A destination for syncs of records.

    Its calls do not overlap: the vendor keeps no key unique.
    """

    def __init__(self, config: FxiaokeConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="resend",
            erases="invalidated",
            objects=frozenset(config.objects),
            if_empty=True,
            is_one_at_a_time=True,
        )
        self.http = HttpClient(config.url, {}, config.timeout_seconds)
        secrets = (
            config.app_secret.get_secret_value() + config.permanent_code.get_secret_value()
        )  # one app may serve many tenants
        self.account = account_of(config.url, config.app_id, secrets)
        self.owner_column = config.owner_column
        self._owners: dict[str, str] = {}

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """Find, then write each; a call a record."""
        return finding.send(self, items)

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def knows(self, kind: str) -> bool:
        """Whether the settings name the object."""
        return kind in self.config.objects

    def find(self, kind: str, keys: Sequence[str], names: Sequence[str]) -> Records | CodeOutcome:
        """Records by our key; all their fields come with them."""
        api_name = self.config.objects[kind]
        data = mapping.query_data(api_name, self.config.key_field, keys)
        body = self.call(mapping.path(api_name, "query"), {"data": data})
        return (
            of_reading(body)
            if isinstance(body, CodeOutcome)
            else mapping.records(body, self.config.key_field)
        )

    def create(
        self, item: SyncOperation, values: Mapping[str, Any], owner: str | None
    ) -> str | CodeOutcome:
        """Make a record, in the name of its owner or of the employee who writes; custom objects do
        not say its id.
        """
        api_name = self.config.objects[item.object]
        own = {self.config.key_field: str(item.key), "owner": [owner or self.config.open_user_id]}
        data = {"object_data": mapping.object_data(api_name, values, **own), "details": {}}
        body = self.call(
            mapping.path(api_name, "create"),
            {"triggerWorkFlow": self.config.triggers_workflows, "data": data},
        )
        return body if isinstance(body, CodeOutcome) else str(body.get("dataId") or "")

    def update(
        self, item: SyncOperation, found: Found, values: Mapping[str, Any], owner: str | None
    ) -> CodeOutcome | None:
        """Change a record, then its owner where it is another."""
        api_name = self.config.objects[item.object]
        data = {"object_data": mapping.object_data(api_name, values, _id=found.record_id)}
        body = self.call(
            mapping.path(api_name, "update"),
            {"triggerWorkFlow": self.config.triggers_workflows, "data": data},
        )
        if isinstance(body, CodeOutcome):
            return body
        is_soft = self.owner_column in item.if_empty  # every record has an owner
        return (
            None
            if owner is None or is_soft or found.values.get("owner") == [owner]
            else self._give(api_name, found, owner)
        )

    def remove(self, kind: str, record_id: str) -> CodeOutcome | None:
        """Make a record invalid (作废): an administrator can bring it back.

        One that is gone is fine.
        """
        api_name = self.config.objects[kind]
        data = {"dataObjectApiName": api_name, "object_data_id": record_id}
        body = self.call(mapping.path(api_name, "invalid"), {"data": data})
        return body if isinstance(body, CodeOutcome) else None

    def owner(self, name: str) -> str | CodeOutcome:
        """The openUserId of the employee with this mobile."""
        if name not in self._owners:
            body = self.call("/cgi/user/getByMobile", {"mobile": name})
            if isinstance(body, CodeOutcome):
                return of_reading(body)
            found = body.get("empList") or []
            if not found:
                return NO_OWNER
            self._owners[name] = str(found[0]["openUserId"])
        return self._owners[name]

    def _give(self, api_name: str, found: Found, owner: str) -> CodeOutcome | None:
        data = {
            "dataObjectApiName": api_name,
            "Data": [{"objectDataId": found.record_id, "ownerId": [owner]}],
        }
        body = self.call(mapping.path(api_name, "changeOwner"), {"data": data})
        return body if isinstance(body, CodeOutcome) else None

    def call(self, path: str, body: Mapping[str, Any]) -> Any | CodeOutcome:
        """A call with the token of the account, once more with another where it is refused."""

        def once(token: str) -> Any | CodeOutcome:
            corp, _, access = token.partition(" ")
            login = {
                "corpId": corp,
                "corpAccessToken": access,
                "currentOpenUserId": self.config.open_user_id,
            }
            answer = self.http.post(path, {**login, **body})
            return outcome_of(answer) or answer.body

        return self.account.call(self._login, once)

    def _login(self) -> tuple[str, float] | CodeOutcome:
        secrets = {
            "appId": self.config.app_id,
            "appSecret": self.config.app_secret.get_secret_value(),
            "permanentCode": self.config.permanent_code.get_secret_value(),
        }
        answer = self.http.post("/cgi/corpAccessToken/get/V2", secrets)
        refused = outcome_of(answer)
        if refused is not None:
            return of_reading(refused)
        return f"{answer.body['corpId']} {answer.body['corpAccessToken']}", min(
            float(answer.body["expiresIn"]), KEPT_SECONDS
        )
