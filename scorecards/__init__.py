"""Points cards that are learnt from history: integer points per attribute, scored in SQL."""

from sluice.scorecards.assess import Calibration, area_under_curve, calibrate, recalibrate
from sluice.scorecards.card import Card, OutsideTrainedRange, Rule, card_sql, outside, score
from sluice.scorecards.config import CardConfig
from sluice.scorecards.fit import fit_card
from sluice.scorecards.stability import Stability, stability

__all__ = [
    "Calibration",
    "Card",
    "CardConfig",
    "OutsideTrainedRange",
    "Rule",
    "Stability",
    "area_under_curve",
    "calibrate",
    "card_sql",
    "fit_card",
    "outside",
    "recalibrate",
    "score",
    "stability",
]
