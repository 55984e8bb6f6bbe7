"""Probabilistic record linkage: joins the records that the deterministic rules left apart."""

from linkage.api import link
from linkage.config import LinkageConfig

__all__ = ["LinkageConfig", "link"]
