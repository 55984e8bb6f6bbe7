"""What of a project dbt can be asked to do without, by the words in which it refuses a file."""

from __future__ import annotations

import pytest

from sluice.orchestration.dbt.project_files import LEAVES, named_leaves

PREFIXES = [
    (kind, prefix)
    for kind, prefixes in LEAVES.items()
    for prefix in ([prefixes] if isinstance(prefixes, str) else prefixes)
]


@pytest.mark.parametrize(("kind", "prefix"), PREFIXES)
def test_each_model_that_is_built_around_is_known_in_a_refusal_of_dbt(
    kind: str, prefix: str
) -> None:
    """A pool whose codes are gone stopped everything: the two lists had grown apart."""
    refused = (
        f"Model 'model.acme.{prefix}x' (models/{kind}/of_2026/{prefix}x.sql) depends on a node"
        " named 'codes' which was not found"
    )
    assert named_leaves(refused) == [f"{prefix}x"]


@pytest.mark.parametrize("path", ["models/staging/stg_crm__contacts.sql", "models/segments/x.sql"])
def test_what_everything_may_depend_on_is_not(path: str) -> None:
    assert named_leaves(f"Model 'model.acme.x' ({path}) depends on a node") == []
