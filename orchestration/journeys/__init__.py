"""Journeys of a project for people: what they are, where contacts stand, and what they would do."""
