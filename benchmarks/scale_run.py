"""``sluice`` that notes the seconds of its parts: ``python -m benchmarks.scale_run run``.

Of a run, Dagster knows its steps. The one that decides, ``models``, is told apart by the layers of
dbt's nodes too, which are built several at a time: their seconds are the sum.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

STEPS_FILE = "steps.json"
IDENTITY = ("staging", "identity")  # of dbt's layers, what makes contacts of records


def seconds_by_layer(results: list[Any], nodes: Any) -> Counter[str]:
    """Seconds of dbt's nodes, by identity and decide; a test counts for its model's layer."""
    found: Counter[str] = Counter()
    for one in results:
        node = nodes.get(one["unique_id"])
        of = nodes.get(getattr(node, "attached_node", None) or "", node)
        if of is not None and of.fqn[1] != "reports":  # a step of its own
            found["identity" if of.fqn[1] in IDENTITY else "decide"] += one["execution_time"]
    return found


def seconds_by_step(home: Path) -> Counter[str]:
    """Seconds of the steps of the newest run; those of one kind together."""
    from dagster import DagsterInstance

    os.environ["DAGSTER_HOME"] = str(home / "dagster")
    found: Counter[str] = Counter()
    with DagsterInstance.get() as instance:
        run = instance.get_run_records(limit=1)[0].dagster_run
        for step in instance.get_run_step_stats(run.run_id):
            kind = step.step_key.partition("__")[0]
            found[kind] += (step.end_time or 0) - (step.start_time or 0)
    return found


def main() -> None:
    """Run the command, and note."""
    from sluice.orchestration.cli.main import main as sluice
    from sluice.orchestration.dbt.runner import Dbt

    layers: Counter[str] = Counter()
    build = Dbt.build

    def noted(self: Dbt, *arguments: Any, **options: Any) -> Any:
        done = build(self, *arguments, **options)
        results = json.loads((self.target / "run_results.json").read_text())["results"]
        layers.update(seconds_by_layer(results, self.parsed.nodes))
        return done

    Dbt.build = noted  # type: ignore[method-assign]
    home = Path(os.environ["SLUICE_HOME"])
    try:
        sluice()
    finally:
        steps = seconds_by_step(home)
        steps["models"] = steps.pop("decide", 0.0)
        (home / STEPS_FILE).write_text(json.dumps({**steps, **layers}))


if __name__ == "__main__":
    main()
