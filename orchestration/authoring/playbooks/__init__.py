"""Playbooks: ready journeys that an author copies into a project, and what they need there."""
