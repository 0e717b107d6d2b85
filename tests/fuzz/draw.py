"""Numbers drawn from the bytes of an input: the same bytes give the same numbers, an end of the bytes gives zeros."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


class Draw:
    """Takes bytes from the front. Has what the generators of the tests ask of a `random.Random`."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def number(self, below: int) -> int:
        """0 to `below` - 1, from as many bytes as that takes."""
        count = max(1, ((below - 1).bit_length() + 7) // 8)
        taken = self._data[self._at : self._at + count]
        self._at += count
        return int.from_bytes(taken, "little") % below

    def randint(self, least: int, greatest: int) -> int:
        return least + self.number(greatest - least + 1)

    def random(self) -> float:
        return self.number(256) / 256

    def choice(self, items: Sequence[_T]) -> _T:
        return items[self.number(len(items))]

    def rest(self) -> bytes:
        return self._data[self._at :]
