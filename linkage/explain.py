"""The evidence of a pair in words: what each comparison added or took, in bits."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def explanations(bits: dict[str, np.ndarray], count: int) -> pa.Array:
    """One text a pair, such as `name 6.1, birth date 8.9, city -1.2`, the weightiest first; no
    value of the records.
    """
    names = sorted(bits)
    tenths = np.stack([np.round(bits[name] * 10) for name in names]).astype(np.int64)
    order = np.argsort(-np.abs(tenths), axis=0, kind="stable")
    words = [
        _words(names, here, np.take_along_axis(tenths, here[None, :], axis=0)[0]) for here in order
    ]
    joined = pc.binary_join_element_wise(*words, ", ", null_handling="skip")
    return joined if count else pa.array([], pa.string())


def _words(names: list[str], column: np.ndarray, tenths: np.ndarray) -> pa.Array:
    """A name and its bits each, nothing where they are none."""
    low = int(tenths.min(initial=0))
    codes, of_pair = np.unique(column * 10**6 + tenths - low, return_inverse=True)
    weights = codes % 10**6 + low
    texts = [
        f"{names[i]} {tenth / 10:.1f}" if tenth else None
        for i, tenth in zip((codes // 10**6).tolist(), weights.tolist(), strict=True)
    ]
    return pa.array(texts, pa.string()).take(pa.array(of_pair))
