"""RUN: Dagster definitions, assets, checks, jobs and schedules, and the command line ``sluice``."""
