"""The recogniser: loaded once a process, finds lines of text in a picture and reads strips with a place for each character.

rapidocr brings the models (PP-OCRv6) inside its wheel. Its own reading of a line gives one score for the whole and rough
places; here the network's output is decoded directly, so that every character has its probability and place.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.read.fault import Fault

Picture = npt.NDArray[np.uint8]
"""A grey picture, rows by columns, 255 white."""

HEIGHT = 48
"""Rows of a strip as the network takes it."""
_STEP = 8
"""Columns of a strip for one step of the network's output."""
_WIDTHS = (64, 96, 128, 192, 256, 320, 480, 640, 960, 1440, 2080)
"""Strips are filled up to one of these widths: strips of one width are read together."""
_BATCH = 8
_BLANK = 0

_PARAMETERS = {
    "Global.log_level": "critical",
    # One thread: the same picture then gives the same text everywhere, and processes do not fight over the cores.
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


@dataclass(frozen=True, slots=True)
class Sign:
    """A character read from a strip: the middle of its place as a share of the strip's width, its probability."""

    text: str
    at: float
    certainty: float


Reading = tuple[Sign, ...]
"""The characters of a strip, left to right; blanks are left out."""


@dataclass(frozen=True, slots=True)
class Quad:
    """A line of text that was found: its box in pixels."""

    left: float
    top: float
    right: float
    bottom: float


def require() -> None:
    """Raises Fault `needs_ocr` where the recogniser is not installed."""
    if any(importlib.util.find_spec(name) is None for name in ("rapidocr", "onnxruntime", "cv2")):
        raise Fault(
            "needs_ocr",
            'Pages without text: they are pictures, and reading those needs the recogniser: pip install "ogi-panel[ocr]".',
        )


@cache
def _engine() -> Any:
    require()
    from rapidocr import RapidOCR

    return RapidOCR(params=_PARAMETERS)


@cache
def _recogniser() -> tuple[Any, tuple[str, ...]]:
    """The network that reads strips, and its alphabet by output number."""
    recogniser = _engine()._load_rec_model()
    return recogniser.session, tuple(recogniser.postprocess_op.character)


def find_lines(picture: Picture, side: int = 1240) -> list[Quad]:
    """Boxes of the lines of text in a picture, from top to bottom, looked for at `side` pixels of the shorter side."""
    import cv2

    # The network sees lines of 12 pixels as well as of 40: more than this width only costs time.
    scale = min(1.0, side / min(picture.shape), 1.42 * side / max(picture.shape))
    small = picture if scale == 1 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    boxes = _engine()._load_det_model()(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)).boxes
    if boxes is None:
        return []
    quads = [Quad(*(np.min(b, axis=0) / scale), *(np.max(b, axis=0) / scale)) for b in np.asarray(boxes, dtype=float)]
    return sorted(quads, key=lambda q: (q.top, q.left))


def read_strips(strips: Sequence[Picture]) -> list[Reading]:
    """What stands in each strip; a strip is one line of text with some white around it."""
    import cv2

    session, alphabet = _recogniser()
    by_width: dict[int, list[tuple[int, Picture]]] = {}
    for i, strip in enumerate(strips):
        width = max(8, round(strip.shape[1] * HEIGHT / max(1, strip.shape[0])))
        width = min(width, _WIDTHS[-1])
        way = cv2.INTER_AREA if strip.shape[0] > HEIGHT else cv2.INTER_CUBIC
        sized = cv2.resize(strip, (width, HEIGHT), interpolation=way).astype(np.uint8)
        by_width.setdefault(next(w for w in _WIDTHS if w >= width), []).append((i, sized))
    out: list[Reading] = [()] * len(strips)
    for width, group in sorted(by_width.items()):
        size = max(1, min(_BATCH, 1280 // width))
        for at in range(0, len(group), size):
            some = group[at : at + size]
            # Beyond the strip's end stands mid-grey, as in the network's training.
            batch = np.zeros((len(some), 3, HEIGHT, width), np.float32)
            for k, (_, sized) in enumerate(some):
                batch[k, :, :, : sized.shape[1]] = sized.astype(np.float32) / 127.5 - 1
            for (i, sized), steps in zip(some, session(batch), strict=True):
                out[i] = _decode(steps, sized.shape[1], alphabet)
    return out


def _decode(steps: npt.NDArray[np.float32], width: int, alphabet: tuple[str, ...]) -> Reading:
    """The best character of each step; the same one in steps that follow each other is one character."""
    best = steps.argmax(axis=1)
    chances = steps.max(axis=1)
    out: list[Sign] = []
    at = 0
    while at < len(best):
        end = at
        while end < len(best) and best[end] == best[at]:
            end += 1
        char = alphabet[best[at]] if best[at] != _BLANK else ""
        if char.strip():
            middle = ((at + end) / 2) * _STEP / width
            out.append(Sign(char, min(1.0, middle), float(chances[at:end].max())))
        at = end
    return tuple(out)
