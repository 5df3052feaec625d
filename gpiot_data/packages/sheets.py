"""The Markdown that rows carry: a symbol's metadata sheet, and the short documentation of an example program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gpiot_data.packages.docstrings import Documentation, Entry
from gpiot_data.packages.markdown import first_sentence, sentences
from gpiot_data.packages.symbols import Symbol

#: About 700 tokens of a small model's tokenizer: prompt and answer fit into a window of 1,024.
MAX_SHEET_CHARS = 2400
MAX_BRIEF_CHARS = 240
#: Stands for a code block while a description is put on one line.
_CODE = "\0"
_TITLES = {"class": "Class", "function": "Function"}


def metadata_sheet(symbol: Symbol, documentation: Documentation, package: str) -> str | None:
    """Return the formatted metadata of a symbol, with as much detail as fits; None where not even the least does.

    Detail goes in whole parts: first the further paragraphs, then all but the first sentence of each
    parameter, then the less usual parameters. No sentence is cut.
    """
    for level in range(4):
        sheet = _sheet(symbol, documentation, package, level)
        if len(sheet) <= MAX_SHEET_CHARS:
            return sheet
    return None


def _sheet(symbol: Symbol, documentation: Documentation, package: str, level: int) -> str:
    extended = documentation.extended if level == 0 else documentation.extended.split("\n\n")[0]
    # A first paragraph that only announces what followed it has lost its point.
    if level >= 1 and extended.endswith(":"):
        extended = ""
    brief = level >= 2
    others = documentation.other_parameters if level < 3 else ()
    return join_parts(
        f"# `{symbol.name}`",
        f"{_TITLES[symbol.kind]} of the package {package}.",
        f"```python\n{symbol.signature}\n```",
        documentation.summary,
        extended if level < 3 else "",
        section("Parameters", entry_lines([*documentation.parameters, *others], brief)),
        section("Returns", entry_lines(documentation.returns, brief)),
    )


def program_documentation(symbol: Symbol, documentation: Documentation, used: Sequence[Entry], package: str, target: str) -> str:
    """Return the short documentation of an example program: what it does, with what, and what comes out."""
    return join_parts(
        f"## What it does\n{target}",
        f"## Symbol\n`{symbol.signature}` of the package {package}: {documentation.summary}",
        section("Parameters used", entry_lines(used, brief=True)),
        section("Returns", entry_lines(documentation.returns, brief=True)),
    )


def entry_lines(entries: Iterable[Entry], brief: bool) -> list[str]:
    """Write parameters or return values as list items; `brief` keeps the first sentence of each description."""
    lines = []
    for entry in entries:
        facts = ", ".join(fact for fact in (entry.type, f"shape {entry.shape}" if entry.shape else None) if fact)
        head = f"- `{entry.name}`" if entry.name else "-"
        head += (f" ({facts})" if entry.name else f" {facts}") if facts else ""
        text = one_line(entry.description, brief)
        lines.append(f"{head}: {text}" if text else head)
    return lines


def one_line(description: str, brief: bool) -> str:
    """Return a description as one line: its first sentence, or its paragraphs without lists and code blocks."""
    if brief:
        text = first_sentence(description)
        if not text.endswith(":"):
            return "" if text.startswith(("- ", "```")) else text
        # An announcement keeps what it announces where that is short.
        whole = one_line(description, brief=False)
        return whole if len(whole) <= MAX_BRIEF_CHARS else f"{text[:-1]}."
    parts = [part for part in re.sub(r"```.*?```", _CODE, description, flags=re.DOTALL).split("\n\n") if part.strip()]
    lines = []
    for position, part in enumerate(parts):
        if part == _CODE:
            continue
        if position + 1 < len(parts) and parts[position + 1] == _CODE:
            # "... is defined by:" says nothing without the block it announces.
            part = without_announcement(part)
        if part.startswith("- "):
            items = [item.removeprefix("- ").rstrip(".;,") for item in part.split("\n")]
            lines.append("; ".join(items) + ".")
        elif part:
            lines.append(part.replace("\n", " "))
    return " ".join(lines).strip()


def without_announcement(paragraph: str) -> str:
    """Drop the last sentence of a paragraph where it ends in a colon."""
    return " ".join(sentence for sentence in sentences(paragraph) if not sentence.endswith(":"))


def section(title: str, lines: Sequence[str]) -> str:
    """Return a headed list, or nothing where the list is empty."""
    return "\n".join([f"## {title}", *lines]) if lines else ""


def join_parts(*parts: str) -> str:
    """Put a blank line between the parts that are not empty."""
    return "\n\n".join(part.strip() for part in parts if part.strip())
