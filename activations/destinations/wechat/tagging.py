"""Tags of an official account: found or made by name, put on followers and taken off, at most 50 a
call.

A call is all or nothing: where the vendor refuses it for one person, it is halved until that person
is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sluice.activations.destinations.wechat.api import Api, ApiAnswer
from sluice.models.delivery import Outcome

OPENIDS_A_CALL = 50
ONE_IS_TO_BLAME = frozenset({40003, 40031, 43004, 43019, 45059, 49003})
NAME_TAKEN = 45157
NOT_THERE = 45159


class Tags:
    """Tags by name, read from the vendor once a client."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._ids: dict[str, int] | None = None

    def names(self) -> dict[str, int] | ApiAnswer:
        """Every tag of the account with its id, or the answer that has none."""
        if self._ids is None:
            answer = self.api.get("/cgi-bin/tags/get")
            if answer.outcome is not Outcome.ACCEPTED:
                return answer
            self._ids = {
                str(tag["name"]): int(tag["id"]) for tag in (answer.body or {}).get("tags", [])
            }
        return self._ids

    def find_or_make(self, name: str) -> int | ApiAnswer:
        """The id of a tag, made when it is not there; or the answer that refused it."""
        known = self.names()
        if isinstance(known, ApiAnswer):
            return known
        if name in known:
            return known[name]
        answer = self.api.post("/cgi-bin/tags/create", {"tag": {"name": name}})
        if answer.outcome is Outcome.ACCEPTED:
            known[name] = int(((answer.body or {}).get("tag") or {}).get("id", 0))
            return known[name]
        return self._made_by_another(name, answer)

    def forget(self) -> None:
        """A tag is not there any more: ask again."""
        self._ids = None

    def delete(self, tag_id: int) -> ApiAnswer:
        """Take a tag away; it leaves everybody."""
        self.forget()
        return self.api.post("/cgi-bin/tags/delete", {"tag": {"id": tag_id}})

    def change(self, action: str, tag_id: int, openids: Sequence[str]) -> dict[str, ApiAnswer]:
        """``batchtagging`` or ``batchuntagging``: the answer for each openid."""
        unique = list(dict.fromkeys(openids))
        found: dict[str, ApiAnswer] = {}
        for start in range(0, len(unique), OPENIDS_A_CALL):
            found.update(self._change(action, tag_id, unique[start : start + OPENIDS_A_CALL]))
        return found

    def _change(self, action: str, tag_id: int, openids: Sequence[str]) -> Mapping[str, ApiAnswer]:
        answer = self.api.post(
            f"/cgi-bin/tags/members/{action}", {"tagid": tag_id, "openid_list": list(openids)}
        )
        if answer.errcode in ONE_IS_TO_BLAME and len(openids) > 1:
            half = len(openids) // 2
            return {
                **self._change(action, tag_id, openids[:half]),
                **self._change(action, tag_id, openids[half:]),
            }
        return dict.fromkeys(openids, answer)

    def _made_by_another(self, name: str, answer: ApiAnswer) -> int | ApiAnswer:
        """Another worker made it a moment ago."""
        if answer.errcode != NAME_TAKEN:
            return answer
        self.forget()
        known = self.names()
        return known.get(name, answer) if not isinstance(known, ApiAnswer) else known
