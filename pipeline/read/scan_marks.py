"""Tells by its shape the mark that stands in place of a number: a stroke that slants (/), strokes that lie (-, --).

The recogniser was trained on words and reads a lonely stroke as 1, 7 or 一, now and then with confidence. Of a mark this
simple the shape says more.
"""

from __future__ import annotations

import numpy as np

from pipeline.read.scan_engine import Picture

_SLANT = 0.2
"""Columns by row of a stroke that slants: a / has 0.25 to 0.6 in print, an upright 1 of any kind below 0.1."""


def mark(ink: Picture, point: float) -> str | None:
    """ "/", "-", "--" or "—" where the ink of a strip (1) is just that, else None. `point` is in pixels."""
    import cv2

    count, marks, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    pieces = [tuple(int(v) for v in stats[k]) for k in range(1, count)]
    if not pieces or len(pieces) > 2:
        return None
    flat = [w >= 2 * h and h <= 2.2 * point and w >= 2 * point and a >= 0.6 * w * h for _, _, w, h, a in pieces]
    if all(flat):
        if len(pieces) == 2:
            return "--" if abs(pieces[0][1] - pieces[1][1]) <= 0.7 * point else None
        return "-" if pieces[0][2] < 6 * point else "—"
    if len(pieces) == 1:
        _, _, w, h, _ = pieces[0]
        if h >= 5 * point and is_slanting(marks == 1, w, h):
            return "/"
    return None


def is_slanting(stroke: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], width: int, height: int) -> bool:
    """Whether ink is one straight, thin stroke that rises to the right."""
    rows = np.flatnonzero(stroke.any(axis=1))
    counts = stroke[rows].sum(axis=1)
    middles = (stroke[rows] * np.arange(stroke.shape[1])).sum(axis=1) / counts
    slope, start = np.polyfit(rows, middles, 1)
    off = np.abs(middles - (slope * rows + start))
    thin = float(np.median(counts)) <= 0.3 * height and int(counts.max()) <= 2 * float(np.median(counts)) + 1
    return bool(slope < -_SLANT and off.max() <= 1 + 0.05 * height and thin and width < height)
