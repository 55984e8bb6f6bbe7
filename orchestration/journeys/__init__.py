"""Journeys as people see them: their graph, who stands where, and why a contact is there."""
