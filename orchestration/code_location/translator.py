"""One place names every dbt asset and its group: key [folder, model], group = folder, sources in
group raw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

from sluice.orchestration.code_location.groups import describe_group, group_of
from sluice.orchestration.code_location.labels import label_of, labels, owners_of, part_of
from sluice.orchestration.journeys.asset import KIND, describe_journey
from sluice.orchestration.journeys.reading import is_journey

OF_THE_LEDGER = frozenset({"ledger", "receipts"})  # sources


class Translator(DagsterDbtTranslator):
    """dbt resource -> asset. dbt itself stops what is downstream of a failed test, so no check
    blocks in Dagster.
    """

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """[folder, model]; [source, table] for a source."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([layer_of(dbt_resource_props), dbt_resource_props["name"]])

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The label in both languages, and that of dbt."""
        named = label_of(dbt_resource_props).values()
        return "\n\n".join(
            [*filter(None, [" · ".join(named)]), super().get_description(dbt_resource_props)]
        )

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """That of the layer: raw, staging, identity ...; the ledger and its receipts have groups of
        their own, so no group loops.
        """
        return group_of(self.get_story(dbt_resource_props))

    def get_story(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The layer in ``groups.STORY``, or the folder of a project's own models."""
        if dbt_resource_props["resource_type"] != "source":
            return layer_of(dbt_resource_props)
        source = str(dbt_resource_props["source_name"])
        return source if source in OF_THE_LEDGER else "raw"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        """``meta.owner``, else the owner of the segment, campaign, sync or card: an e-mail address,
        or the name of a team.
        """
        return owners_of(dbt_resource_props) or super().get_owners(dbt_resource_props)

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """The tags of dbt, of a campaign or sync its destination, channel and purpose, and of a
        journey its kind.
        """
        kind = KIND if is_journey(dbt_resource_props) else {}
        named = labels(part_of(dbt_resource_props))
        return {**super().get_tags(dbt_resource_props), **named, **kind}

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """That of dbt, the label, what the group means, and of a journey its graph."""
        return {
            **super().get_metadata(dbt_resource_props),
            **describe_group(self.get_story(dbt_resource_props)),
            **label_of(dbt_resource_props),
            **describe_journey(dbt_resource_props),
        }

    def get_asset_check_spec(self, *args: Any, **kwargs: Any) -> dg.AssetCheckSpec | None:
        """dbt's data tests as checks that show, and do not block twice."""
        spec = super().get_asset_check_spec(*args, **kwargs)
        return None if spec is None else spec._replace(blocking=False)


def layer_of(props: Mapping[str, Any]) -> str:
    """The folder of a model under ``models/``; ``seeds`` for a seed."""
    return "seeds" if props["resource_type"] == "seed" else str(props["fqn"][1])
