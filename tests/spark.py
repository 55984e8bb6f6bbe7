"""What tests on Spark share: what must be there, and the settings of a small, short-lived Spark."""

from __future__ import annotations

import importlib.util
import shutil

import pytest

# Java's second compiler takes half of the CPU of a run over a few thousand rows
LOCAL = {
    "SPARK_LOCAL_IP": "127.0.0.1",
    "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


def require_spark() -> None:
    """Skip where there is none."""
    if shutil.which("java") is None:
        pytest.skip("needs Java: make services")
    for package in ("pyspark", "dbt.adapters.spark"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}: pip install 'dbt-spark[session]' pyspark")
