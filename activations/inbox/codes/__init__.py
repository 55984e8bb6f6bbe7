"""QR codes of campaigns, channels and salespersons (docs/qr.md)."""
