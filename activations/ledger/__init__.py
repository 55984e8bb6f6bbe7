"""The delivery ledger: claimed before the call, recorded after it."""
