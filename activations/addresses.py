"""How an address is written, and how it is named where it must not be shown: in the ledger, in
suppressions, in reports.
"""

from __future__ import annotations

import hashlib
import re

import idna
import phonenumbers

# the warehouse keeps a foreign number as it is, whatever stands after the country code
FOREIGN = re.compile(r"\+(?!86)[1-9][0-9]{7,14}")


def e164(number: str, region: str = "CN") -> str | None:
    """A phone number in E.164 (+ and digits), as ``dim_contacts.phone`` has it; None when it is no
    possible number.

    ``region`` (ISO 3166 alpha-2) is whose number it is where it carries no country code. Some
    gateways write a foreign number with its country code and without the +: it is read so where the
    region has no such number.
    """
    text = number.strip()
    text = "+" + text[2:] if text.startswith("00") else text
    if FOREIGN.fullmatch(text):
        return text
    for candidate, where in ((text, region), ("+" + text.lstrip("+"), None)):
        try:
            parsed = phonenumbers.parse(candidate, where)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed) or (
            candidate.startswith("+") and phonenumbers.is_possible_number(parsed)
        ):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return None


def ascii_domain(domain: str) -> str:
    """The domain in lower case and ASCII (IDNA 2008, mapped by UTS 46), as mail servers know it.

    Raises ValueError for none.
    """
    if domain.isascii():
        return domain.lower()
    try:
        return str(idna.encode(domain, uts46=True).decode())
    except idna.IDNAError as error:
        raise ValueError("not a domain") from error


def normalised(channel: str, address: str) -> str:
    """The address as its hash is made of: phones in E.164, e-mail in lower case, its domain in
    ASCII; what cannot be read stays as it is.
    """
    text = address.strip()
    if channel == "sms":
        return e164(address) or text
    if channel != "email":
        return text
    local, at, domain = text.rpartition("@")
    try:
        return f"{local}{at}{ascii_domain(domain)}".lower()
    except ValueError:
        return text.lower()


def mailbox(address: str) -> str:
    """The form of an e-mail address to compare by, as ``int_contact_records.mailbox`` has it (macro
    ``email_mailbox``): lower case, no plus tag, at Gmail no dots. Nothing is sent to it.
    """
    local, at, domain = normalised("email", address).rpartition("@")
    local = re.sub(r"^([^+]+)\+.*$", r"\1", local)
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}{at}{domain}"


def address_hash(channel: str, address: str) -> str:
    """SHA-256 of the normalised address in hex, as the warehouse makes it (macro
    ``sha256_hex``).
    """
    return _sha256(normalised(channel, address))


def silencing_hashes(channel: str, address: str, hashed: str) -> tuple[str, ...]:
    """The hashes by which a suppression silences an address: its own, and its mailbox's, which is
    one form of it that somebody may have written, and what ledgers of earlier versions hold.
    """
    of_mailbox = hashed if channel != "email" else _sha256(mailbox(address))
    return (hashed,) if of_mailbox == hashed else (hashed, of_mailbox)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
