"""How an address is written, and how it is named where it must not be shown: in the ledger, in suppressions, in reports."""

from __future__ import annotations

import hashlib
import re

import phonenumbers

# the warehouse keeps a foreign number as it is, whatever stands after the country code
FOREIGN = re.compile(r"\+(?!86)[1-9][0-9]{7,14}")


def e164(number: str, region: str = "CN") -> str | None:
    """A phone number in E.164 (+ and digits), as ``dim_contacts.phone`` has it; None when it is no possible number.

    ``region`` (ISO 3166 alpha-2) is whose number it is where it carries no country code. Some gateways write a foreign number
    with its country code and without the +: it is read so where the region has no such number.
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
        if phonenumbers.is_valid_number(parsed) or (candidate.startswith("+") and phonenumbers.is_possible_number(parsed)):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return None


def normalised(channel: str, address: str) -> str:
    """The address as the warehouse writes it: phones in E.164, e-mail in lower case; what cannot be read stays as it is."""
    if channel == "sms":
        return e164(address) or address.strip()
    return address.strip().lower() if channel == "email" else address.strip()


def address_hash(channel: str, address: str) -> str:
    """SHA-256 of the normalised address in hex, as the warehouse makes it (macro ``sha256_hex``)."""
    return hashlib.sha256(normalised(channel, address).encode()).hexdigest()
