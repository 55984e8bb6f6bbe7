"""Are the probabilities right? A check without truth, made in each run, and what it corrects.

Each comparison of who a person is bears witness on the weight that all others give: among pairs of
one weight it agrees as often as among matches, as among strangers, or between. That says what share
of them are matches, whatever the others claim.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

EDGES = (-8, -6, -4, -2, 0, 2, 4, 6, 8, 10)
#: A smaller band says nothing of a share within five points.
LEAST_PAIRS = 200
#: Weights beyond this many bits are corrected as these.
MOST_BITS = 8.0
#: How far a correction is expected to go: in bits at 0, and in bits for each bit.
USUAL = np.array([1.0, 0.1])
ROUNDS = 12
#: A comparison that others contradict in nothing may be wrong itself.
LEAST_WITNESSES = 2


@dataclass(frozen=True)
class Heard:
    """Of pairs the weight that all comparisons but one give, whether that one agrees in full, and
    how often it does among such matches and among such others.
    """

    weight: np.ndarray
    agrees: np.ndarray
    matches: np.ndarray
    others: np.ndarray

    def of(self, some: np.ndarray) -> "Heard":
        return Heard(self.weight[some], self.agrees[some], self.matches[some], self.others[some])


def _together(witnesses: list[Heard]) -> Heard:
    """All that the witnesses say."""
    none = Heard(np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0), np.zeros(0))
    heard = [none, *witnesses]
    return Heard(
        np.concatenate([t.weight for t in heard]),
        np.concatenate([t.agrees for t in heard]),
        np.concatenate([t.matches for t in heard]),
        np.concatenate([t.others for t in heard]),
    )


@dataclass(frozen=True)
class Correction:
    """What is added to a weight, in bits: at 0, and for each bit."""

    level: float
    slope: float

    def corrected(self, weight: np.ndarray) -> np.ndarray:
        bounded = np.clip(weight, -MOST_BITS, MOST_BITS)
        return np.asarray(weight + self.level + self.slope * bounded)


def correction(witnesses: list[Heard]) -> Correction:
    """The correction that makes the witnesses likeliest; little said corrects little, and one
    witness alone nothing. Weights keep their order.
    """
    heard = _together(witnesses if len(witnesses) >= LEAST_WITNESSES else [])
    x = np.stack([np.ones(len(heard.weight)), np.clip(heard.weight, -MOST_BITS, MOST_BITS)])
    said = np.zeros(2)
    for _ in range(ROUNDS):
        chance = _chance(heard.weight + said @ x)
        agrees = np.clip(chance * heard.matches + (1 - chance) * heard.others, 1e-9, 1 - 1e-9)
        step = (heard.matches - heard.others) * chance * (1 - chance) * np.log(2)
        pull = x @ (step * (heard.agrees - agrees) / (agrees * (1 - agrees))) - said / USUAL**2
        firm = (x * (step**2 / (agrees * (1 - agrees)))) @ x.T + np.diag(1 / USUAL**2)
        said = np.clip(said + np.linalg.solve(firm, pull), -4 * USUAL, 4 * USUAL)
    return Correction(float(said[0]), float(said[1]))


@dataclass(frozen=True)
class Band:
    """Pairs of a match weight between two bounds (bits): how many, the share of matches that the
    model expects, and the share that its witnesses say.
    """

    low: float
    high: float
    pairs: int
    expected: float
    witnessed: float


def check(witnesses: list[Heard]) -> list[Band]:
    """The bands that have pairs enough; below the first, pairs were left out for what they lack."""
    heard = _together(witnesses)
    chance = _chance(heard.weight)
    bands = []
    for low, high in pairwise((*EDGES, np.inf)):
        inside = (heard.weight >= low) & (heard.weight < high)
        count = int(inside.sum())
        if count >= LEAST_PAIRS:
            some = heard.of(inside)
            apart = max(float((some.matches - some.others).sum()), 1e-3)
            said = float((some.agrees - some.others).sum()) / apart
            bands.append(
                Band(low, high, count, float(chance[inside].mean()), min(max(said, 0.0), 1.0))
            )
    return bands


def _chance(weight: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp2(-np.clip(weight, -500, 500))))
