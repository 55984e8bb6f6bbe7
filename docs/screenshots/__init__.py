"""Pictures of what a marketer sees: Dagster's pages and the report, taken by Chromium."""
