"""The programme of a marketing team: what goes out when, and whether the team is ready."""
