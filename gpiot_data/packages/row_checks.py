"""What must hold for every row made of a package: plain text, and chat turns that read back as the row."""

from __future__ import annotations

import re

from gpiot_data.schema import Specification, parse_answer, parse_specification, render_answer, render_specification

#: Control, bidirectional and zero-width characters, and the marks of chat templates: never text of a row.
UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]|<\|\w+\|>|\[/?INST\]|<</?SYS>>"
)
MAX_SPECIFICATION_CHARS = 2000


def row_fault(specification: Specification, code: str, documentation: str) -> str | None:
    """Return why a row may not be kept, a stable word: `unsafe_text`, `too_long` or `does_not_read_back`; None where nothing is wrong."""
    text = render_specification(specification)
    if UNSAFE.search("\n".join([text, code, documentation])):
        return "unsafe_text"
    if len(text) > MAX_SPECIFICATION_CHARS:
        return "too_long"
    try:
        same = parse_specification(text) == specification
    except ValueError:
        return "does_not_read_back"
    return None if same and parse_answer(render_answer(code, documentation)) == (code.rstrip(), documentation) else "does_not_read_back"
