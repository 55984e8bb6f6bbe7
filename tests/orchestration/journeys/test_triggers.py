"""The moments that could take a contact into a journey, as rows of the warehouse have them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.journeys.absence import trigger_moments
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.projects import bare_project

AT = "timestamp '2026-06-0{} 12:00:00'"
ROWS = f"""
create schema scoring; create schema lifecycle; create schema tags; create schema identity;
create schema segments; create schema contacts;
create table identity.contact_aliases as select 6 as retired_contact_id, 7 as contact_id;
create table scoring.score_changes as select * from (values
    (7, 'nurture', 70, 85, {AT.format(1)}), (7, 'nurture', 85, 90, {AT.format(2)}),
    (6, 'nurture', 10, 80, {AT.format(3)}), (7, 'other', 10, 80, {AT.format(4)}))
    as s (contact_id, score_model, previous_total, total, changed_at);
create table lifecycle.lifecycle_transitions as select * from (values
    (7, 'b2b', 'mql', {AT.format(1)}), (7, 'b2b', 'lead', {AT.format(2)}),
    (8, 'b2b', 'mql', {AT.format(3)})) as l (contact_id, lifecycle, to_stage, transitioned_at);
create table tags.tag_changes as select * from (values
    (7, 'vip', 'entered', {AT.format(1)}), (7, 'vip', 'exited', {AT.format(2)}))
    as t (contact_id, tag, change, changed_at);
create table segments.segment_members as
    select 7 as contact_id, 'buyers' as segment, {AT.format(5)} as entered_at;
create table contacts.contact_events as select * from (values
    (7, 'form_submitted', 'newsletter', 'baidu', false, {AT.format(1)}),
    (7, 'form_submitted', 'newsletter', 'direct', false, {AT.format(2)}),
    (7, 'form_submitted', 'newsletter', 'baidu', true, {AT.format(3)}),
    (7, 'form_submitted', 'contact', 'baidu', false, {AT.format(4)}))
    as e (contact_id, event_type, subject, utm_source, is_machine, occurred_at);
"""


@pytest.mark.parametrize(
    ("trigger", "days"),
    [
        ({"score": ["nurture", 80]}, [1, 3]),
        ({"stage": ["b2b", "mql", "sql"]}, [1]),
        ({"tag": "vip"}, [1]),
        ({"segment": "buyers"}, [5]),
        ({"segment": "others"}, []),
        ({"event": "form_submitted"}, [1, 2, 4]),
        ({"event": "form_submitted", "where": {"form": "newsletter"}}, [1, 2]),
        ({"event": "form_submitted", "where": {"form": "newsletter", "utm_source": "baidu"}}, [1]),
        ({"date": "birth_date"}, None),
    ],
)
def test_triggers_are_read_under_all_ids_of_the_contact(
    tmp_path: Path, home: Path, trigger: dict[str, Any], days: list[int] | None
) -> None:
    (tmp_path / "project").mkdir()
    settings = load_settings(bare_project(tmp_path / "project"))
    with open_warehouse(settings.warehouse, read_only=False) as session:
        session.native(ROWS)
        found = trigger_moments(session, trigger, 7)
    assert found == (None if days is None else [datetime(2026, 6, day, 12) for day in days])
