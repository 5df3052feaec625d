"""Writes the beginnings of the words that the tasks of a suite are written in: `python -m gpiot_infer.iotbench.field [VERSION]`.

They tell words of the field - of sensors, signals, networks - from words of anything else.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from gpiot_data.store import write_atomic
from gpiot_infer.iotbench.schema import Suite, load_suite

FILE = Path(__file__).with_name("field_words.txt")
#: Letters that tell a word; its ending is of no account.
STEM = 5
_WORD = re.compile(r"[^\W\d_]{2,}")


def field_words(suite: Suite) -> list[str]:
    """Return the beginnings of the words of specifications, problems and all ways of decomposing them, sorted."""
    texts = [task.specification.target for task in suite.code]
    for task in suite.decomposition:
        ways = [task.tasks, *(other.tasks for other in task.alternatives)]
        texts += [task.problem, *(text for way in ways for sub in way for text in (sub.name, *sub.steps))]
    return sorted({word[:STEM].lower() for text in texts for word in _WORD.findall(text)})


def main() -> None:
    """Write the list from the version that the command line names."""
    words = field_words(load_suite(sys.argv[1] if len(sys.argv) > 1 else "v1"))
    write_atomic(FILE, "\n".join(words) + "\n")
    sys.stdout.write(f"{FILE}: {len(words)} words\n")


if __name__ == "__main__":
    main()
