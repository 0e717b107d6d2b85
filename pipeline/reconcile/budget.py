"""The cap on enumeration: what a table may cost before its question stays undecided."""

from __future__ import annotations


class TooManyStates(Exception):
    """The enumeration passed its cap; the question stays undecided."""


class Budget:
    """States that one table may still cost: readings of its runs, combinations and partial sums of joint searches."""

    def __init__(self, cap: int, of: Budget | None = None) -> None:
        self.cap = self.left = cap
        self.of = of

    @property
    def spent(self) -> int:
        return self.cap - self.left

    def half(self) -> Budget:
        """A budget of half of what is left, taken from this one as it is spent."""
        return Budget(self.left // 2, self)

    def spend(self, states: int) -> None:
        """Raises TooManyStates where less is left; then nothing is."""
        taken = min(states, self.left)
        self.left -= taken
        if self.of is not None:
            self.of.spend(taken)
        if taken < states:
            raise TooManyStates
