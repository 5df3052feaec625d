"""When to stop an answer early: at a stop string, or once the model only repeats itself.

A small model often ends in a loop; cutting it there saves most of the time that malformed answers cost.
"""

from __future__ import annotations

import re
from collections import Counter

from gpiot_infer.backends.protocol import Finish

#: A tail counts as a loop when one period of at most this many characters fills it at least three times ...
_MAX_PERIOD = 160
#: ... and it is at least this long, so that a ruler of dashes or a row of zeros is none.
_MIN_TAIL = 96
#: The same line this many times is a loop as well, when it is long enough to say something.
_MAX_EQUAL_LINES = 5
_MIN_LINE = 20
#: More lines without a letter than any program or list here needs.
_MAX_EMPTY_LINES = 24


def repeats(text: str) -> bool:
    """Tell whether `text` ends in a loop."""
    for period in range(1, _MAX_PERIOD + 1):
        size = max(3 * period, _MIN_TAIL)
        if size > len(text):
            return False
        if text[-1] == text[-1 - period] and text[-size:-period] == text[-size + period :]:
            return True
    return False


def _empty_list(text: str) -> bool:
    """Tell whether the answer has become a list without content: `1.`, `-`, `2.`, `-`."""
    return sum(bool(line.strip()) and not re.search(r"[^\W\d_]", line) for line in text.splitlines()) >= _MAX_EMPTY_LINES


def _equal_lines(text: str) -> bool:
    # Numbers apart: a list that says the same under 4., 5. and 6. is a loop too.
    lines = Counter(re.sub(r"\d+", "", line).strip() for line in text.splitlines())
    return any(count >= _MAX_EQUAL_LINES and len(line) >= _MIN_LINE for line, count in lines.items())


class Stopper:
    """Watches the text of one answer grow."""

    def __init__(self, stop: tuple[str, ...] = ()) -> None:
        """Watch for the given stop strings and for loops."""
        self._stop = stop

    def look(self, text: str, size: int) -> Finish | None:
        """Return why the answer ends here, or None; `size` characters were in the text at the last look."""
        fresh = text[size:]
        if any(stop in text[max(0, size - len(stop)) :] for stop in self._stop):
            return "stop"
        if len(text) >= _MIN_TAIL and repeats(text):
            return "loop"
        return "loop" if "\n" in fresh and (_equal_lines(text) or _empty_list(text)) else None

    def cut(self, text: str) -> str:
        """Return `text` up to its first stop string."""
        ends = [place for stop in self._stop if (place := text.find(stop)) >= 0]
        return text[: min(ends)] if ends else text
