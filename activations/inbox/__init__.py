"""The inbox: what people do and say, kept durably before it is answered (docs/inbox.md)."""
