"""The regression behind a card: log odds of each level, with strength and shape of the penalty
chosen by cross-validation.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import StratifiedKFold, train_test_split

from sluice.scorecards.attributes import UNSEEN, Attribute, Codes, Floats
from sluice.scorecards.config import CardConfig
from sluice.scorecards.periods import forward_folds


def level_weights(
    attributes: Sequence[Attribute],
    codes: Sequence[Codes],
    outcomes: Codes,
    jump: float,
    penalty: float,
) -> tuple[list[Floats], list[float]]:
    """Log odds of every level of every attribute, and of a row of which the attribute is not to be
    used: the mean.
    """
    bases = [attribute.basis(jump) for attribute in attributes]
    model = LogisticRegression(C=penalty, max_iter=1000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(_design(bases, codes), outcomes)
    ends = np.cumsum([basis.shape[1] for basis in bases])
    parts = np.split(model.coef_[0], ends[:-1])
    weights = [basis @ part for basis, part in zip(bases, parts, strict=True)]
    neutral = [
        float(_mean_row(basis, code) @ part)
        for basis, code, part in zip(bases, codes, parts, strict=True)
    ]
    return weights, neutral


def _design(bases: Sequence[Floats], codes: Sequence[Codes]) -> sparse.csr_matrix:
    """All attributes side by side; a row without a level gets the mean of the others, which tells
    nothing.
    """
    blocks = [
        sparse.csr_matrix(np.vstack([basis, _mean_row(basis, code)]))[code]
        for basis, code in zip(bases, codes, strict=True)
    ]
    return sparse.hstack(blocks, format="csr")


def _mean_row(basis: Floats, codes: Codes) -> Floats:
    seen = codes[codes != UNSEEN]
    return basis[seen].mean(axis=0) if len(seen) else np.zeros(basis.shape[1])


def find_penalty(
    attributes: Sequence[Attribute],
    codes: Sequence[Codes],
    outcomes: Codes,
    config: CardConfig,
    ranks: Codes | None = None,
) -> tuple[float, float]:
    """The jump and the penalty of the least log loss, by cross-validation: on later rows where
    their order in time is given, else on shuffled ones.
    """
    rows = _sample(outcomes, config)
    splits = _splits(outcomes[rows], config, None if ranks is None else ranks[rows])
    if not splits:
        return config.jumps[0], 0.1
    found = []
    for jump in config.jumps:
        design = _design(
            [attribute.basis(jump) for attribute in attributes], [code[rows] for code in codes]
        )
        loss, penalty = _best_penalty(design, outcomes[rows], splits, config)
        found.append((loss, jump, penalty))
    _, jump, penalty = min(found)
    return jump, penalty


def _splits(outcomes: Codes, config: CardConfig, ranks: Codes | None) -> list[tuple[Codes, Codes]]:
    """Rows to fit with and to measure on; none where an outcome is too rare."""
    if ranks is not None and (forward := forward_folds(ranks, outcomes, config.folds)):
        return forward
    folds = min(config.folds, int(np.bincount(outcomes, minlength=2).min()))
    if folds < 2:
        return []
    shuffled = StratifiedKFold(folds, shuffle=True, random_state=config.seed)
    return list(shuffled.split(outcomes, outcomes))


def _best_penalty(
    design: sparse.csr_matrix,
    outcomes: Codes,
    splits: list[tuple[Codes, Codes]],
    config: CardConfig,
) -> tuple[float, float]:
    model = LogisticRegressionCV(
        Cs=config.penalties,
        cv=splits,
        scoring="neg_log_loss",
        l1_ratios=(0.0,),
        max_iter=300,
        use_legacy_attributes=False,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(design, outcomes)
    return -float(model.scores_.mean(axis=0).max()), float(model.C_)


def _sample(outcomes: Codes, config: CardConfig) -> Codes:
    everything = np.arange(len(outcomes))
    if len(outcomes) <= config.search_rows:
        return everything
    chosen, _ = train_test_split(
        everything, train_size=config.search_rows, stratify=outcomes, random_state=config.seed
    )
    return np.sort(chosen)
