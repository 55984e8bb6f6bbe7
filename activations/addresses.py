"""How an address is named where it must not be shown: in the ledger, in suppressions, in reports."""

from __future__ import annotations

import hashlib


def address_hash(channel: str, address: str) -> str:
    """SHA-256 of the address in hex, as the warehouse makes it (macro ``sha256_hex``); the same for every channel."""
    return hashlib.sha256(address.encode()).hexdigest()
