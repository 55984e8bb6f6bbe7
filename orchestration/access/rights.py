"""Rights by role, from ``access`` of ``sluice.yml``. Without people there, anybody may do all."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from sluice.models.errors import BlockedError
from sluice.orchestration.access.codes import SIGNED, VARIABLE, Codes
from sluice.orchestration.access.keys import is_signed, own_key, public_text
from sluice.orchestration.installation.project_file import PROJECT_FILE, Access, Right
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.push.pauses import person

DOING: dict[Right, str] = {
    "see_personal_data": "see personal data",
    "approve": "approve",
    "change": "change what runs do",
    "release": "send to real people",
}
_used: set[tuple[Path, str, str]] = set()  # a code counts once, and for all of one command


def require(settings: Settings, right: Right) -> str:
    """The name of who acts, once they may. Where ``access.signed`` is on, they must hold their key
    as well: the name in SLUICE_USER proves nothing. Raises BlockedError.
    """
    access, name = settings.project.config.access, person()
    if not access.people:
        return name
    if not has_right(access, name, right):
        able = " or ".join(sorted(one for one in access.people if has_right(access, one, right)))
        whom = f"{able}, who may" if able else "for a role that may"
        raise BlockedError(
            f"{name} may not {DOING[right]}",
            f"ask {whom} (access in {PROJECT_FILE}); SLUICE_USER says who you are",
        )
    if access.signed and not (right == "approve" and _proven_by_code(access, name, settings.home)):
        prove(access, name)
    return name


def may(settings: Settings, right: Right) -> bool:
    """Whether whoever is at the keyboard has this right, and proves it."""
    try:
        require(settings, right)
    except BlockedError:
        return False
    return True


def has_right(access: Access, name: str, right: Right) -> bool:
    """Whether the role of a person gives this right."""
    found = access.people.get(name)
    return found is not None and right in access.roles[found.role]


def prove(access: Access, name: str) -> None:
    """Whoever is at the keyboard holds the key of this person. Raises BlockedError."""
    found = access.people.get(name)
    if found is None or found.key is None:
        raise BlockedError(
            f"{name} has no key in access.people of {PROJECT_FILE}",
            "make one with `sluice access key FILE`, and have its public half written there",
        )
    if public_text(own_key()) != found.key:
        raise BlockedError(
            f"the key in SLUICE_KEY_FILE is not that of {name}",
            "set SLUICE_USER to your own name, or SLUICE_KEY_FILE to your own key",
        )


def _proven_by_code(access: Access, name: str, home: Path) -> bool:
    """Whether a one-time code is given where ``access.codes`` is on; raises BlockedError where it
    does not count.
    """
    code = os.environ.get(VARIABLE, "")
    if not access.codes or not code:
        return False
    if (home, name, code) not in _used:
        Codes(home).accept(name, code)
        _used.add((home, name, code))
    return True


class KeySigning:
    """Signs approvals with the key of who acts, or by a one-time code, and checks those of others
    by ``sluice.yml`` and the secrets of codes in ``home``.
    """

    def __init__(self, access: Access, home: Path) -> None:
        self.access, self.home = access, home

    def sign(self, person: str, text: bytes) -> str:
        """The signature in base64. Raises BlockedError without the person's key or code."""
        if _proven_by_code(self.access, person, self.home):
            return Codes(self.home).sign(person, text)
        prove(self.access, person)
        return base64.b64encode(own_key().sign(text)).decode()

    def holds(self, person: str, text: bytes, signature: str | None) -> bool:
        """Whether the person signed the text, and their role may approve today."""
        found = self.access.people.get(person)
        if found is None or not has_right(self.access, person, "approve"):
            return False
        if signature is not None and signature.startswith(SIGNED):
            return self.access.codes and Codes(self.home).holds(person, text, signature)
        if found.key is None:
            return False
        return is_signed(found.key, text, signature)
