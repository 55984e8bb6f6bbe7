"""The evidence of a pair in words: what each comparison added or took, in bits."""

import numpy as np


def explanations(bits: dict[str, np.ndarray], count: int) -> list[str]:
    """One text a pair, such as `name 6.1, birth date 8.9, city -1.2`, the weightiest first; no
    value of the records.
    """
    columns = {name: held.tolist() for name, held in bits.items()}
    return [_words({name: held[i] for name, held in columns.items()}) for i in range(count)]


def _words(weights: dict[str, float]) -> str:
    weighty = sorted(
        ((round(w, 1), name) for name, w in weights.items() if round(w, 1)),
        key=lambda t: (-abs(t[0]), t[1]),
    )
    return ", ".join(f"{name} {w:.1f}" for w, name in weighty)
