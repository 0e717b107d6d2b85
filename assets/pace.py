"""How fast something goes, and how long it will still take: from what was done within the last minute."""

from __future__ import annotations

from collections import deque

_WINDOW_SECONDS = 60.0
_SHORTEST_SECONDS = 1.0


class Pace:
    """Is told how much is done and at what time. What was done before the first word does not count as speed."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque()

    def at(self, seconds: float, done: int) -> None:
        """Notes that so much was done at that time, in seconds of any clock that only goes forward."""
        points = self._points
        if len(points) > 1 and seconds - points[-2][0] < _SHORTEST_SECONDS:
            points.pop()  # one point a second is enough
        points.append((seconds, done))
        while len(points) > 2 and seconds - points[1][0] >= _WINDOW_SECONDS:
            points.popleft()

    @property
    def rate(self) -> float | None:
        """Done in a second; None as long as that cannot be said."""
        if not self._points:
            return None
        (begin, before), (now, done) = self._points[0], self._points[-1]
        if now - begin < _SHORTEST_SECONDS or done <= before:
            return None
        return (done - before) / (now - begin)

    def left(self, total: int) -> float | None:
        """Seconds until `total` is done; None as long as that cannot be said."""
        rate = self.rate
        return None if rate is None else max(0, total - self._points[-1][1]) / rate

    def told(self, total: int) -> str:
        """Rate and time left as a person says them: `, 35/s, 42 min left`; nothing as long as they cannot be said."""
        rate, left = self.rate, self.left(total)
        if rate is None or left is None:
            return ""
        speed = f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s" if rate >= 0.1 else f"{rate * 3600:,.0f}/h"
        return f", {speed}, {duration(left)} left" if left else f", {speed}"


def duration(seconds: float) -> str:
    """`40 s`, `42 min`, `3 h 20 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
