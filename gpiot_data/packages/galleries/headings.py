"""reStructuredText outside docstrings: its headings, and what remains as narrative."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gpiot_data.packages.markdown import inline, to_markdown

_RULE = re.compile(r"(?P<mark>[=\-~^\"'`#*+.:_<>])(?P=mark){2,}\s*$")


def heading_at(lines: Sequence[str], position: int) -> tuple[str, int] | None:
    """Return the heading that starts at a line, and how many lines it takes; None where there is none."""
    line, title, under = (lines[number].rstrip() if number < len(lines) else "" for number in range(position, position + 3))
    if not line or line[0].isspace() or line.startswith(("..", ">>>")):
        return None
    if _RULE.match(line):
        return (inline(title.strip()), 3) if line == under and title and not _RULE.match(title) else None
    return (inline(line), 2) if _RULE.match(title) and len(title) >= min(len(line), 4) else None


def read_rst_text(lines: Sequence[str]) -> tuple[str, str, str]:
    """Split reStructuredText into its last heading, the text above it and the text below it, both as Markdown.

    A title that only stands on the first line, as sphinx-gallery allows for `# %% Title`, counts where a blank line follows.
    """
    title = ""
    above: list[str] = []
    below: list[str] = []
    position = 0
    while position < len(lines):
        found = heading_at(lines, position)
        if found:
            title, above, below = found[0], [*above, *below], []
            position += found[1]
            continue
        below.append(lines[position])
        position += 1
    if not title and below and below[0].strip() and len(below) > 1 and not below[1].strip() and not re.search(r"[.:;,]\s*$", below[0]):
        title, below = inline(below[0]), below[1:]
    return title, to_markdown(above), to_markdown(below)
