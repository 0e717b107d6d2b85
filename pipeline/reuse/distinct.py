"""The distinct values of an array by sorting.

`np.unique` hashes since NumPy 2.3, which on 10⁶ pairs of texts takes twenty to forty times as long (NumPy 2.4.6: 0.38 to
0.78 s, sorting 0.02 s). When `np.unique` alone is as fast, this can go.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", np.int64, np.uint64)


def distinct(values: NDArray[Number]) -> NDArray[Number]:
    """Each value once, ascending."""
    ordered = np.sort(values)
    is_new = np.ones(len(ordered), np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_new]
