"""HubSpot contacts."""
