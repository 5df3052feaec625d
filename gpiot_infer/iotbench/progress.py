"""How far a long run is, for people: a line now and then, with the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable

EVERY_S = 15.0


class Progress:
    """Counts steps and tells about them; `clock` gives seconds, `say` prints a line."""

    def __init__(self, say: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._what, self._total, self._done, self._known = "", 0, 0, 0
        self._started = self._told = 0.0

    def start(self, what: str, total: int, known: int = 0) -> None:
        """Begin a stretch of `total` steps, `known` of which are done already."""
        self._what, self._total, self._done, self._known = what, total, known, known
        self._started = self._told = self._clock()
        if known < total:
            self._say(f"{what}: {total - known} of {total} to do")

    def step(self) -> None:
        """Count one step; says how far it is if it has been silent for a while."""
        self._done += 1
        now = self._clock()
        if now - self._told >= EVERY_S and self._done < self._total:
            self._told = now
            each = (now - self._started) / (self._done - self._known)
            self._say(f"{self._what}: {self._done} of {self._total}, {each:.1f} s each, {_time(each * (self._total - self._done))} left")

    def end(self) -> None:
        """End the stretch; says how long it took if anything was done."""
        if self._done > self._known:
            self._say(f"{self._what}: {self._done - self._known} done in {_time(self._clock() - self._started)}")


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
