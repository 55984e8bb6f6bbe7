"""Evidence in bits, the prior, and the probability they give."""

import numpy as np

#: Rounds at most, and the change of the share, of itself, that ends them.
ROUNDS, STILL = 50, 1e-3


def probability(evidence: np.ndarray, prior: float) -> np.ndarray:
    """The probability of a match given its evidence in bits and the prior."""
    bits = np.clip(evidence + np.log2(prior / (1 - prior)), -500, 500)
    return 1 / (1 + np.exp2(-bits))


def prior_of(
    evidence: np.ndarray, joined: int, total: int, rounds: int = ROUNDS, start: float | None = None
) -> float:
    """The share of matching pairs that agrees with itself: expected matches given the share, over
    all pairs.
    """
    share = start or min(max(joined, 1) / total, 0.5)
    for _ in range(rounds):
        before, expected = share, joined + probability(evidence, share).sum()
        share = min(max(expected, 1) / total, 0.5)
        if abs(share - before) <= STILL * before:
            break
    return float(share)
