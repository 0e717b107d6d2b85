"""The exact step: which unknowns have one value in every feasible solution, by flow in the network of identities.

The identities of the form make a network matrix (see `shape`): slots are arcs, identities are nodes, a solution is a
circulation within bounds. An unknown is fixed if and only if its arc lies on no residual cycle, and the cut that
separates its ends is the set of identities that fix it. No solver, no floating point.

Sources: deductive imputation of non-negative data under balance edits, T. de Waal, J. Pannekoek, S. Scholtus,
"Handbook of Statistical Data Editing and Imputation" (Wiley 2011), chapter 9; circulation with bounds and residual
cycles, R. Ahuja, T. Magnanti, J. Orlin, "Network Flows" (1993).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipeline.reconcile.shape import BLOCK_GROUND, GROUND, Shape


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A cut that no circulation crosses: the slots of which one at least has to change, the nodes on one side (as bits), and
    those whose flow is not balanced."""

    slots: frozenset[int]
    nodes: int
    unbalanced: tuple[int, ...]


class Network:
    """A table's circulation problem over the identities leaned on. Bounds are inclusive; `hi` None is no bound.

    The shape has the structure of the form (`ends` is given).
    """

    def __init__(self, shape: Shape, leaned: Sequence[bool], lo: Sequence[int], hi: Sequence[int | None]) -> None:
        self.shape, self.leaned, self.lo, self.hi = shape, leaned, lo, hi
        self.size = len(shape.identities) + 2
        self.tail, self.head = _arcs(shape, tuple(leaned))
        self.free = [s for s in range(len(lo)) if lo[s] != hi[s] and self.tail[s] != self.head[s]]
        self.out: list[list[int]] = [[] for _ in range(self.size)]
        self.into: list[list[int]] = [[] for _ in range(self.size)]
        for s in self.free:
            self.out[self.tail[s]].append(s)
            self.into[self.head[s]].append(s)
        self.flow = list(lo)

    def solve(self) -> Contradiction | None:
        """Find a circulation; the contradiction if there is none."""
        excess = [0] * self.size
        for s, f in enumerate(self.flow):
            excess[self.head[s]] += f
            excess[self.tail[s]] -= f
        while True:
            sources = [n for n in range(self.size) if excess[n] > 0]
            if not sources:
                return None
            seen, target = self._search(sources, excess)
            if target is None:
                nodes = sum(1 << n for n in seen)
                across = (
                    s for s, (a, b) in enumerate(zip(self.tail, self.head, strict=True)) if (a in seen) != (b in seen)
                )
                return Contradiction(frozenset(across), nodes, tuple(n for n in range(self.size) if excess[n]))
            path = []
            node = target
            while (step := seen[node]) is not None:
                path.append(step)
                node = self.tail[step[0]] if step[1] else self.head[step[0]]
            amount = min(excess[node], -excess[target])
            for s, forward in path:
                room = self._room(s) if forward else self.flow[s] - self.lo[s]
                amount = amount if room is None else min(amount, room)
            for s, forward in path:
                self.flow[s] += amount if forward else -amount
            excess[node] -= amount
            excess[target] += amount

    def identities(self, contradiction: Contradiction) -> frozenset[int]:
        """The identities that no non-negative numbers satisfy together."""
        return self._identities_of(contradiction.nodes, contradiction.unbalanced)

    def fixed(self) -> dict[int, frozenset[int]]:
        """After `solve`: the arcs with one possible value, each with the identities that fix it."""
        arcs: dict[tuple[int, int], int] = {}
        for s in self.free:
            for step in self._residual(s):
                arcs[step] = arcs.get(step, 0) + 1
        steps = [0] * self.size
        for a, b in arcs:
            steps[a] |= 1 << b
        reach = _closure(steps)
        out = {}
        for s in self.free:
            tail, head = self.tail[s], self.head[s]
            up, down = self._room(s) != 0, self.flow[s] > self.lo[s]
            if up and down:
                # A cycle there and back over the arc itself does not count.
                others = steps[:]
                for a, b in ((tail, head), (head, tail)):
                    if arcs[a, b] == 1:
                        others[a] &= ~(1 << b)
                above = _reach(others, head, tail)
                if above >> tail & 1:
                    continue
                below = _reach(others, tail, head)
            else:
                above, below = reach[head], reach[tail]
            if (up and above >> tail & 1) or (down and below >> head & 1):
                continue
            names: frozenset[int] = frozenset()
            if up:
                names |= self._identities_of(above, (tail, head))
            if down:
                names |= self._identities_of(below, (tail, head))
            out[s] = names
        return out

    def _identities_of(self, nodes: int, touching: Collection[int]) -> frozenset[int]:
        """The identities whose signed sum is the cut around a set of nodes (as bits), as far as it is connected with
        the nodes `touching`."""
        if nodes >> GROUND & 1:
            nodes = ~nodes  # the ground has no identity; the other side of the cut says the same
        seen = left = sum(1 << n for n in touching) & nodes
        while left:
            lowest = left & -left
            new = self._neighbours[lowest.bit_length() - 1] & nodes & ~seen
            seen |= new
            left ^= lowest | new
        chosen = seen >> 2
        if seen >> BLOCK_GROUND & 1:
            # The block's ground is the hub's row identity less all others of the block: those chosen cancel out.
            chosen ^= sum(1 << n for n in self.shape.block if self.leaned[n])
            chosen |= 1 << self.shape.hub_identity
        return _identities(chosen & self._open)

    @cached_property
    def _neighbours(self) -> list[int]:
        """By node, the nodes at the ends of its arcs, itself among them, as bits."""
        out = [0] * self.size
        for s in self.free:
            a, b = self.tail[s], self.head[s]
            ends = 1 << a | 1 << b
            out[a] |= ends
            out[b] |= ends
        return out

    @cached_property
    def _open(self) -> int:
        """The identities some of whose slots are not settled, as bits."""
        out = 0
        for uses, low, high in zip(self.shape.uses, self.lo, self.hi, strict=True):
            if low != high:
                for n in uses:
                    out |= 1 << n
        return out

    def _room(self, s: int) -> int | None:
        hi = self.hi[s]
        return None if hi is None else hi - self.flow[s]

    def _search(self, sources: list[int], excess: list[int]) -> tuple[dict[int, tuple[int, bool] | None], int | None]:
        """Breadth first from the sources to a node that lacks flow; the steps taken."""
        seen: dict[int, tuple[int, bool] | None] = dict.fromkeys(sources)
        queue = list(sources)
        for node in queue:
            for s in self.out[node]:
                to = self.head[s]
                if to not in seen and self._room(s) != 0:
                    seen[to] = (s, True)
                    if excess[to] < 0:
                        return seen, to
                    queue.append(to)
            for s in self.into[node]:
                to = self.tail[s]
                if to not in seen and self.flow[s] > self.lo[s]:
                    seen[to] = (s, False)
                    if excess[to] < 0:
                        return seen, to
                    queue.append(to)
        return seen, None

    def _residual(self, s: int) -> tuple[tuple[int, int], ...]:
        """The directions in which an arc's flow can still change."""
        there, back = (self.tail[s], self.head[s]), (self.head[s], self.tail[s])
        if self.flow[s] == self.hi[s]:
            return (back,) if self.flow[s] > self.lo[s] else ()
        return (there, back) if self.flow[s] > self.lo[s] else (there,)


@lru_cache(maxsize=512)
def _arcs(shape: Shape, leaned: tuple[bool, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The nodes that each slot's arc leaves and enters: identities by number plus two, after the two grounds."""
    # Without the hub's row identity nothing closes the block of results: its ground is the common one.
    block = BLOCK_GROUND if shape.hub_identity >= 0 and leaned[shape.hub_identity] else GROUND
    ground = (GROUND, block)
    tail, head = [], []
    for e in shape.ends or ():
        a = e.first + 2 if e.first >= 0 and leaned[e.first] else ground[e.first_ground]
        b = e.second + 2 if e.second >= 0 and leaned[e.second] else ground[e.second_ground]
        tail.append(a if e.forward else b)
        head.append(b if e.forward else a)
    return tuple(tail), tuple(head)


@lru_cache(maxsize=4_096)
def _identities(bits: int) -> frozenset[int]:
    return frozenset(n for n in range(bits.bit_length()) if bits >> n & 1)


def _closure(steps: Sequence[int]) -> list[int]:
    """Nodes reachable from each node, itself among them, as bits."""
    reach = [to | 1 << n for n, to in enumerate(steps)]
    for via in range(len(reach)):
        bit, through = 1 << via, reach[via]
        reach = [r | through if r & bit else r for r in reach]
    return reach


def _reach(steps: Sequence[int], start: int, target: int) -> int:
    """Nodes reachable from `start`, as bits; no more than the way to `target` where there is one."""
    seen = left = 1 << start
    goal = 1 << target
    while left and not seen & goal:
        lowest = left & -left
        new = steps[lowest.bit_length() - 1] & ~seen
        seen |= new
        left ^= lowest | new
    return seen
