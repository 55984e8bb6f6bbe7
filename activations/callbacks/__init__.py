"""The server that vendors call: receipts, replies, and people who unsubscribe."""
