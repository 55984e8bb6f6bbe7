"""A campaign that is left out, because it is in doubt whose holdout holds, takes nothing from the
others: no place under a cap.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sluice.orchestration.installation.starter import write_project
from tests.conftest import sluice

NOON = ("--as-of", "2026-07-01T12:00+00:00")


@pytest.mark.long
@pytest.mark.slow
def test_a_refused_campaign_takes_no_place_of_another(tmp_path: Path, home: Path) -> None:
    project = tmp_path / "acme"
    write_project(project)
    models, name = project / "models", "campaign_thank_you"
    sql = (models / "activation" / f"{name}.sql").read_text()
    yml = (models / "activation" / f"{name}.yml").read_text()
    for suffix in (".sql", ".yml"):
        text = (models / "segments" / f"seg_repeat_buyers{suffix}").read_text()
        own = (models / "segments" / "seg_others").with_suffix(suffix)
        own.write_text(text.replace("repeat_buyers", "others"))
    doubtful = models / "activation" / "campaign_doubtful"
    doubtful.with_suffix(".sql").write_text(
        f"{sql.rstrip()}\nwhere m.{{{{ sluice.in_segment('others') }}}}\n"
    )
    text = yml.replace(name, "campaign_doubtful").replace("segment: repeat_buyers", "priority: 1")
    doubtful.with_suffix(".yml").write_text(text)
    path = project / "dbt_project.yml"
    path.write_text(path.read_text() + "\nvars: {max_messages_24h: 1}\n")
    done = sluice("--project", str(project), "run", *NOON, "--json", home=home)
    assert done.code == 1
    assert "campaign_doubtful reads the segments others, repeat_buyers" in str(done.json["errors"])
    assert done.json["messages"]["sent"] == 2
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute("select distinct campaign from activation.message_decisions")
        assert found.fetchall() == [("thank_you",)]
