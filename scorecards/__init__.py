"""Points cards that are learnt from history: integer points per attribute, scored in SQL."""

from sluice.scorecards.assess import Calibration, area_under_curve, calibrate
from sluice.scorecards.card import Card, Rule, card_sql, score
from sluice.scorecards.config import CardConfig
from sluice.scorecards.fit import fit_card

__all__ = [
    "Calibration",
    "Card",
    "CardConfig",
    "Rule",
    "area_under_curve",
    "calibrate",
    "card_sql",
    "fit_card",
    "score",
]
