"""Points cards that are learnt from history: integer points per attribute, scored in SQL."""

from scorecards.assess import Calibration, area_under_curve, calibrate
from scorecards.card import Card, Rule, card_sql, score
from scorecards.config import CardConfig
from scorecards.fit import fit_card

__all__ = ["Calibration", "Card", "CardConfig", "Rule", "area_under_curve", "calibrate", "card_sql", "fit_card", "score"]
