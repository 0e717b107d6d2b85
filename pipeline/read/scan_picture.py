"""Makes a page's picture fit to be read: even light, upright, lines level."""

from __future__ import annotations

import numpy as np

from pipeline.read.scan_engine import Picture, find_lines, read_strips

_MAX_SKEW = 5.0
"""Degrees to either side that are looked at."""


def level_light(grey: Picture) -> Picture:
    """The picture with white paper and black ink, whatever the light: paper 255, the darkest ink near 0."""
    import cv2

    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    # The paper is what remains when everything thinner than some 25 pixels is painted over with what is around it.
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    paper = cv2.GaussianBlur(cv2.medianBlur(paper, 5), (0, 0), 8)
    paper = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    even = np.minimum(grey.astype(np.float32) / np.maximum(paper, 1), 1.0)
    # Ink: the darkest two thousandths, for a page holds about one per cent of ink or more.
    ink = float(np.quantile(even[::3, ::3], 0.002))
    if ink > 0.85:
        return np.asarray(even * 255, np.uint8)
    return np.asarray(np.clip((even - ink) / (0.97 - ink), 0, 1) * 255, np.uint8)


def skew(picture: Picture) -> float:
    """By how many degrees the lines of a levelled picture fall to the left (negative) or to the right (positive)."""
    import cv2

    scale = min(1.0, 900 / max(picture.shape))
    small = 255 - cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    h, w = small.shape

    def sharpness(degrees: float) -> float:
        slope = np.tan(np.radians(degrees))
        matrix = np.array([[1, 0, 0], [-slope, 1, slope * w / 2]], np.float32)
        rows = cv2.warpAffine(small, matrix, (w, h)).sum(axis=1, dtype=np.float64)
        return float(np.square(np.diff(rows)).sum())

    best = max(np.arange(-_MAX_SKEW, _MAX_SKEW + 0.1, 0.25), key=sharpness)
    for step in (0.1, 0.04, 0.015):
        best = max((best + k * step for k in range(-3, 4)), key=sharpness)
    return float(best)


def turn(picture: Picture, degrees: float) -> Picture:
    """The picture turned back by its skew about its middle, white where nothing was."""
    import cv2

    if abs(degrees) < 0.02:
        return picture
    h, w = picture.shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(picture, matrix, (w, h), flags=cv2.INTER_CUBIC, borderValue=255), np.uint8)


def quarter_turns(picture: Picture) -> int:
    """How many quarter turns counterclockwise bring the text upright.

    Lines that are taller than wide lie on their side; whether a line stands on its head is told by reading it both ways.
    """
    quads = find_lines(picture, 736)
    if len(quads) < 3:
        return 0
    lying = sum(q.bottom - q.top > 1.5 * (q.right - q.left) for q in quads)
    wide = sum(q.right - q.left > 1.5 * (q.bottom - q.top) for q in quads)
    first = 1 if lying > wide else 0
    upright = np.rot90(picture, first)
    if first:
        boxes = [(q.top, picture.shape[1] - q.right, q.bottom, picture.shape[1] - q.left) for q in quads]
    else:
        boxes = [(q.left, q.top, q.right, q.bottom) for q in quads]
    boxes = sorted(boxes, key=lambda b: (-min(b[2] - b[0], 15 * (b[3] - b[1])), b))[:6]
    strips = [np.ascontiguousarray(upright[int(t) : int(b) + 1, int(a) : int(c) + 1]) for a, t, c, b in boxes]
    readings = read_strips([*strips, *(np.ascontiguousarray(s[::-1, ::-1]) for s in strips)])
    chances = [sum(s.certainty for s in r) for r in readings]
    half = sum(chances[len(strips) :]) > 1.2 * sum(chances[: len(strips)])
    return (first + 2 * half) % 4
