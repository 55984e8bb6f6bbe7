"""What a project says of its destinations, checked against those there are."""

from __future__ import annotations

from sluice.activations.destinations.registry import check_declared
from sluice.activations.settings import Declared
from sluice.activations.sources.registry import check_source
from sluice.orchestration.installation.settings import Settings


def declared(settings: Settings) -> Declared:
    """``destinations`` of sluice.yml, and the folder of templates. Raises ConfigurationError for a
    name that no destination has, for a secret, and for a CRM that cannot be read.
    """
    said = Declared(settings.project.config.destinations, settings.project.content)
    check_declared(said)
    for crm in sorted(settings.crm_reads):
        check_source(crm)
    return said
