"""How a session of all tests uses the machine: its files in memory, and the longest test files
first.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")
NEEDED = 8 * 1024**3  # bytes: the files of all slow tests are 3 GB


def keep_files_in_memory(free: int | None = None) -> None:
    """Temporary files of the tests go to a file system in memory, where there is one with room.

    A sync to disk takes 3 ms and a whole run some thousand of them. The tests kill processes, not
    the machine, so what they say holds either way. PYTEST_DEBUG_TEMPROOT names another folder.
    """
    if "PYTEST_DEBUG_TEMPROOT" in os.environ or not MEMORY.is_dir():
        return
    room = shutil.disk_usage(MEMORY).free if free is None else free
    if room >= NEEDED and os.access(MEMORY, os.W_OK):
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)


# Test files with whole runs, and the seconds of CPU of each. Workers take a file each, so the long
# ones come first: else one worker ends minutes after the others.
SECONDS = {
    "tests/orchestration/rights/test_forget.py": 120,
    "tests/orchestration/rights/test_forget_postgres.py": 75,
    "tests/orchestration/test_inbox_run.py": 40,
    "tests/orchestration/test_refused_campaign.py": 30,
    "tests/orchestration/warehouse/test_spark.py": 45,
    "tests/dbt_project/test_preferences.py": 30,
    "tests/orchestration/authoring/test_exposures.py": 30,
    "tests/orchestration/test_partitions.py": 30,
    "tests/orchestration/authoring/lint/test_audience.py": 30,
    "tests/counterparts/test_tracker.py": 29,
    "tests/counterparts/test_sdks.py": 28,
    "tests/counterparts/test_tryton.py": 27,
    "tests/dbt_project/replay/test_replay.py": 200,
    "tests/orchestration/warehouse/test_newcomer.py": 75,
    "tests/orchestration/test_channels.py": 110,
    "tests/orchestration/warehouse/test_server_killed.py": 100,
    "tests/orchestration/test_existing_tables.py": 75,
    "tests/dbt_project/test_project.py": 90,
    "tests/dbt_project/rules/test_broken.py": 90,
    "tests/orchestration/warehouse/test_parity.py": 90,
    "tests/dbt_project/identity/test_stability.py": 85,
    "tests/orchestration/test_bad_input.py": 80,
    "tests/dbt_project/test_normalise_dialects.py": 70,
    "tests/dbt_project/scoring/test_expected_purchases_dialects.py": 65,
    "tests/orchestration/installation/test_wheel.py": 60,
    "tests/dbt_project/test_message_policy.py": 56,
    "tests/orchestration/test_guardrails.py": 55,
    "tests/dbt_project/test_sync_postgres.py": 50,
    "tests/dbt_project/identity/test_clusters.py": 46,
    "tests/dbt_project/test_postgres_build.py": 45,
    "tests/orchestration/runs/kills/test_by_command.py": 43,
    "tests/orchestration/runs/kills/test_by_schedule.py": 43,
    "tests/orchestration/journeys/test_backtest.py": 80,
    "tests/orchestration/warehouse/test_sessions.py": 90,
    "tests/activations/push/test_crash.py": 40,
    "tests/orchestration/test_ledger_commands.py": 40,
    "tests/activations/test_secrets.py": 39,
    "tests/dbt_project/consent/test_story.py": 36,
    "tests/orchestration/authoring/lint/test_command.py": 35,
    "tests/orchestration/authoring/segments/test_commands.py": 32,
    "tests/orchestration/dbt/test_kept_manifest.py": 29,
    "tests/dbt_project/test_package.py": 24,
    "tests/orchestration/landing/test_deals.py": 23,
    "tests/dbt_project/consent/test_property.py": 21,
    "tests/dbt_project/test_sync_stability.py": 19,
    "tests/dbt_project/test_syncs.py": 19,
    "tests/orchestration/test_first_sync.py": 18,
    "tests/orchestration/recovery/test_standing.py": 17,
    "tests/orchestration/test_failures.py": 17,
    "tests/activations/destinations/custom/test_docs.py": 16,
    "tests/dbt_project/identity/test_own_keys.py": 15,
    "tests/dbt_project/identity/test_addresses.py": 15,
    "tests/orchestration/recovery/test_backup.py": 14,
    "tests/dbt_project/scoring/test_expected_purchases.py": 13,
    "tests/orchestration/plan/test_cut_off.py": 12,
}


def longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests, those of the longest files first; within a file, and among the short files, in
    their order.
    """
    return sorted(items, key=lambda item: -SECONDS.get(item.nodeid.split("::")[0], 0))


def unknown_files(root: Path) -> set[str]:
    """Files of ``SECONDS`` that are not there."""
    return {name for name in SECONDS if not (root / name).is_file()}
