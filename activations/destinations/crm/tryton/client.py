"""Tryton: parties are found by their code, then made or changed; who left is no longer active.

Protocol: JSON-RPC of trytond, ``model.<name>.<method>``, run against version 8.2. Every call is one
transaction. The server keeps the code of a party unique, so of two who make the same party at once,
one is refused and changes the other's.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sluice.activations.destinations.crm import finding
from sluice.activations.destinations.crm.finding import KEY_TAKEN, Found, Records
from sluice.activations.destinations.crm.outcomes import CodeOutcome, fail, of_reading
from sluice.activations.destinations.crm.tokens import account_of
from sluice.activations.destinations.crm.tryton import mapping
from sluice.activations.destinations.crm.tryton.config import TrytonConfig
from sluice.activations.destinations.crm.tryton.outcomes import outcome_of
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Outcome, SyncOperation

SESSION_SECONDS = 86_400.0  # the server forgets it earlier when it is idle, and says so
PARTY, WAY = "party.party", "party.contact_mechanism"
ALL = {"active_test": False}


class Tryton:
    """A destination for syncs of parties."""

    owner_column = ""  # a party has no sales person

    def __init__(self, config: TrytonConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="resend",
            erases="invalidated",
            dedupes=True,
            objects=frozenset(config.objects),
            if_empty=True,
        )
        self.http = HttpClient(config.url, {}, config.timeout_seconds)
        self.account = account_of(
            config.url, f"{config.database} {config.username}", config.password.get_secret_value()
        )
        self.path = config.rpc_path.format(database=config.database)

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """Find, then write each; a call a party."""
        return finding.send(self, items)

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def knows(self, kind: str) -> bool:
        """Whether the settings name the object."""
        return kind in self.config.objects

    def find(self, kind: str, keys: Sequence[str], names: Sequence[str]) -> Records | CodeOutcome:
        """Records by our key, with the fields that were asked for; those that are not active too,
        for they hold their code.
        """
        model, key = self.config.objects[kind], self.config.key_field
        fields = [key, "active", *(name for name in names if name not in self.config.mechanisms)]
        parties = self._read(model, [[key, "in", list(keys)]], fields)
        if isinstance(parties, CodeOutcome):
            return parties
        ids = [party["id"] for party in parties]
        ways = (
            self._read(WAY, [["party", "in", ids]], ["party", "type", "value"])
            if ids and model == PARTY
            else []
        )
        return (
            ways
            if isinstance(ways, CodeOutcome)
            else mapping.records(parties, ways, key, self._mechanisms(model))
        )

    def create(
        self, item: SyncOperation, values: Mapping[str, Any], owner: str | None
    ) -> str | CodeOutcome:
        """Make a record.

        The words of a refusal are in the language of the user: whether the key was taken is looked
        up.
        """
        model = self.config.objects[item.object]
        given = {
            self.config.key_field: str(item.key),
            **mapping.values_of(values, self._mechanisms(model), {}),
        }
        made = self.call(f"model.{model}.create", [[given], {}])
        if not isinstance(made, CodeOutcome):
            return str(made[0])
        if made.outcome is Outcome.FAILED:
            there = self.find(item.object, [str(item.key)], [])
            return KEY_TAKEN if not isinstance(there, CodeOutcome) and there else made
        return made

    def update(
        self, item: SyncOperation, found: Found, values: Mapping[str, Any], owner: str | None
    ) -> CodeOutcome | None:
        """Change a record; one that had left is active again, before anything else: the server lets
        no field of it be changed.
        """
        model = self.config.objects[item.object]
        given = mapping.values_of(values, self._mechanisms(model), found.values)
        for step in [given] if found.values.get("active") else [{"active": True}, given]:
            done = self.call(f"model.{model}.write", [[int(found.record_id)], step, {}])
            if isinstance(done, CodeOutcome):
                return done
        return None

    def remove(self, kind: str, record_id: str) -> CodeOutcome | None:
        """Make a record inactive: it keeps its history, and its code. One that is gone is fine."""
        model = self.config.objects[kind]
        done = self.call(f"model.{model}.write", [[int(record_id)], {"active": False}, {}])
        if not isinstance(done, CodeOutcome) or done.outcome is not Outcome.FAILED:
            return done if isinstance(done, CodeOutcome) else None
        left = self._read(model, [["id", "=", int(record_id)]], ["active"])
        return None if left == [] else done

    def owner(self, name: str) -> CodeOutcome:
        """A party has none."""
        return fail("no_owners_there")

    def _mechanisms(self, model: str) -> Mapping[str, str]:
        return self.config.mechanisms if model == PARTY else {}

    def _read(
        self, model: str, domain: list[Any], fields: Sequence[str]
    ) -> list[dict[str, Any]] | CodeOutcome:
        found = self.call(
            f"model.{model}.search_read", [domain, 0, None, [["id", "ASC"]], list(fields), ALL]
        )
        return of_reading(found) if isinstance(found, CodeOutcome) else list(found)

    def call(self, method: str, params: list[Any]) -> Any | CodeOutcome:
        """A call with the session, once more with another where it is refused."""

        def once(session: str) -> Any | CodeOutcome:
            headers = {"Authorization": f"Session {session}"}
            answer = self.http.call(
                "POST",
                self.path,
                json={"id": 1, "method": method, "params": params},
                headers=headers,
            )
            refused = outcome_of(answer)
            return answer.body.get("result") if refused is None else refused

        return self.account.call(self._login, once)

    def _login(self) -> tuple[str, float] | CodeOutcome:
        name, password = self.config.username, self.config.password.get_secret_value()
        body = {"id": 1, "method": "common.db.login", "params": [name, {"password": password}]}
        answer = self.http.post(self.path, body)
        refused = outcome_of(answer)
        if refused is not None:
            return (
                replace(of_reading(refused), reason="login_refused")
                if refused.is_token
                else of_reading(refused)
            )
        user, session, *_ = answer.body["result"]
        return base64.b64encode(f"{name}:{user}:{session}".encode()).decode(), SESSION_SECONDS
