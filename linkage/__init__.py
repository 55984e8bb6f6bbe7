"""Probabilistic record linkage: joins the records that the deterministic rules left apart."""

from sluice.linkage.api import link
from sluice.linkage.config import LinkageConfig

__all__ = ["LinkageConfig", "link"]
