"""reStructuredText of docstrings as Markdown: paragraphs joined, roles and references resolved, directives dropped."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

_ROLE = re.compile(r":(?:[a-z]+:)?(?P<role>[a-z]+):`(?P<text>[^`]+)`")
_LITERAL = re.compile(r"``(?P<text>(?:[^`]|`(?!`))+)``")
_LINK = re.compile(r"`(?P<text>[^`<]+?)\s*<[^`>]+>`__?")
_NAMED_LINK = re.compile(r"`(?P<text>[^`]+)`__?(?!\w)")
_DEFAULT_ROLE = re.compile(r"`~?(?P<text>[^`\n]+)`")
_REFERENCE = re.compile(r"\[(?:\d+|#\w*|\*|[A-Z][A-Za-z]*\d{2,4}\w?)\]_")
_CITED = r"\[(?:\d+|#\w*|\*|[A-Z][A-Za-z]*\d{2,4}\w?)\]_"
#: "(see [1]_, [2]_)" as a whole, or the markers that merely follow what they support.
_CITATION = re.compile(rf"\s*\((?:(?:see|e\.g\.|cf\.|also|from|in|and|,|;)\s*)*{_CITED}(?:(?:\s*[,;]\s*|\s+and\s+|\s*){_CITED})*\)")
_SUPPORT = re.compile(
    rf"(?P<before>\b(?:in|from|see|of|by|to|at|and|with|reference|references|ref|refs)\.?\s+)?{_CITED}(?:(?:\s*[,;]\s*|\s+and\s+|\s*){_CITED})*"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`$\"(\[])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|cf|vs|etc|Fig|Figs|Eq|Eqs|Sec|Ref|Refs|Ch|No|pp|resp|approx)\.$")
#: "(see Notes)", and a sentence that says no more.
_POINTER = re.compile(r"\s*\((?:see|cf\.) (?:also )?(?:the )?(?:Notes|References|Examples)(?: (?:section|below))*\)", re.IGNORECASE)
_POINTING = re.compile(r"See (?:also )?(?:the )?(?:Notes|References|Examples)\b", re.IGNORECASE)
_DIRECTIVE = re.compile(r"^(?P<indent>\s*)\.\. (?P<name>[\w:-]+?)\s*::(?P<rest>.*)$")
_TEXT_DIRECTIVES = ("note", "warning", "tip", "hint", "important", "caution", "attention")
#: Longer lines are text, and matching them against nested quotes costs time.
_MAX_TERM_CHARS = 60
_TARGET = re.compile(r"^\s*\.\. (?:\[|_|\|)")
_BULLET = re.compile(r"^(?P<indent>\s*)(?:[-*+\u2022]|\(?(?:\d+|[a-z])[.)])\s+\S")


def to_markdown(lines: Sequence[str]) -> str:
    """Turn the lines of a docstring section into Markdown paragraphs, lists and code blocks.

    Block directives go with their content, except notes, whose text stays; comments, link targets and
    tables are dropped, and so is a sentence that makes no sense without the reference it names.
    """
    blocks: list[str] = []
    for kind, block in _blocks(_drop_directives(lines)):
        if kind == "code":
            text = textwrap.dedent("\n".join(block)).strip("\n")
            blocks.append(f"```\n{text}\n```")
        elif kind == "item":
            mark, text = "- ", inline(re.sub(r"^\s*(?:[-*+\u2022]|\(?(?:\d+|[a-z])[.)])\s+", "", " ".join(part.strip() for part in block)))
            if text and blocks and blocks[-1].startswith("- "):
                blocks[-1] += f"\n{mark}{text}"
            elif text:
                blocks.append(mark + text)
        elif text := inline(" ".join(part.strip() for part in block)):
            blocks.append(text)
    return "\n\n".join(blocks)


def inline(text: str) -> str:
    """Resolve the inline markup of one paragraph, and drop references to a bibliography that is not there."""
    text = " ".join(text.split())
    text = re.sub(r"\s*\(\*{0,2}\s*(?:versionadded|versionchanged|deprecated):*[^)]*\)", "", text)
    text = _without_references(_without_pointers(text))
    text = _ROLE.sub(_role, text)
    text = _LINK.sub(lambda match: match["text"], text)
    text = _LITERAL.sub(lambda match: f"`{match['text'].strip()}`", text)
    text = _NAMED_LINK.sub(lambda match: match["text"], text)
    text = _DEFAULT_ROLE.sub(lambda match: f"`{_short(match['text'], match[0].startswith('`~'))}`", text)
    text = re.sub(r"\\([*_|`])", r"\1", text)
    return re.sub(r"\s+([.,;:])(?=\s|$)", r"\1", text).strip()


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph into sentences; an abbreviation such as "e.g." ends none."""
    result: list[str] = []
    for part in _SENTENCE_END.split(paragraph):
        # The tail is enough, and keeps hostile text cheap.
        if result and _ABBREVIATION.search(result[-1][-12:]):
            result[-1] += f" {part}"
        else:
            result.append(part)
    return result


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, whole."""
    return sentences(text.split("\n\n")[0])[0]


def _role(match: re.Match[str]) -> str:
    text, role = match["text"], match["role"]
    if role == "math":
        return f"${text.strip()}$"
    titled = re.fullmatch(r"(?P<title>.+?)\s*<(?P<target>[^>]+)>", text)
    if titled:
        return titled["title"]
    if role in ("ref", "doc", "term", "cite", "pep", "rfc"):
        return text.replace("_", " ")
    if role in ("sub", "sup"):
        return {"sub": "_", "sup": "^"}[role] + text
    return f"`{_short(text.lstrip('~!'), text.startswith('~'))}`"


def _short(text: str, shorten: bool) -> str:
    return text.rsplit(".", 1)[-1] if shorten else text


def _without_pointers(text: str) -> str:
    """Drop what only points to the parts of a docstring that are not carried over."""
    text = _POINTER.sub("", text)
    if "see" not in text.lower():
        return text
    return " ".join(part for part in sentences(text) if not _POINTING.match(part))


def _without_references(text: str) -> str:
    if not _REFERENCE.search(text):
        return text
    text = _CITATION.sub("", text)
    kept = []
    for sentence in sentences(text):
        match = _SUPPORT.search(sentence)
        # "as described in [1]_" cannot lose its object; "a fast method [1]_" can.
        if match and match["before"]:
            continue
        if match and not sentence[: match.start()].strip():
            continue
        kept.append(re.sub(r"\s*" + _SUPPORT.pattern, "", sentence))
    return " ".join(kept)


def _drop_directives(lines: Sequence[str]) -> list[str]:
    """Remove directives with their indented blocks; a note keeps its text."""
    result: list[str] = []
    queue = [line.expandtabs().rstrip() for line in lines]
    while queue:
        line = queue.pop(0)
        match = _DIRECTIVE.match(line)
        if match is None and not _TARGET.match(line):
            result.append(line)
            continue
        indent = len(line) - len(line.lstrip())
        block = []
        while queue and (not queue[0].strip() or len(queue[0]) - len(queue[0].lstrip()) > indent):
            block.append(queue.pop(0))
        if match and match["name"].lower() in _TEXT_DIRECTIVES:
            body = [match["rest"].strip(), *textwrap.dedent("\n".join(block)).splitlines()]
            result += ["", *(" " * indent + part if part else "" for part in _drop_directives(body)), ""]
        elif match and match["name"].lower() in ("math",):
            formula = " ".join([match["rest"].strip(), *(part.strip() for part in block)]).strip()
            # Labels and options of the directive are no part of the formula.
            formula = re.sub(r"^(?::\w+:\s*\S*\s*)+", "", formula)
            result += ["", " " * indent + f":math:`{formula}`" if "`" not in formula else "", ""]
        else:
            result.append("")
    return result


def _blocks(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Split lines into paragraphs (`text`), list items (`item`) and literal blocks (`code`)."""
    blocks: list[tuple[str, list[str]]] = []
    current: list[str] = []
    kind = "text"
    position = 0

    def close() -> None:
        nonlocal current
        if current and not _is_table(current):
            blocks.append((kind, current))
        current = []

    while position < len(lines):
        line = lines[position]
        position += 1
        if not line.strip():
            close()
            kind = "text"
            continue
        if _BULLET.match(line):
            close()
            kind = "item"
        elif term := _term(lines, position - 1):
            close()
            kind, line = "item", term
        current.append(line)
        if line.rstrip().endswith("::"):
            indent = len(line) - len(line.lstrip())
            following = position
            while following < len(lines) and (
                not lines[following].strip() or len(lines[following]) - len(lines[following].lstrip()) > indent
            ):
                following += 1
            literal = list(lines[position:following])
            if any(part.strip() for part in literal):
                stripped = line.rstrip()[:-2].rstrip()
                current[-1] = stripped + ":" if stripped and not stripped.endswith(":") else stripped
                close()
                blocks.append(("code", literal))
                position, kind = following, "text"
    close()
    return blocks


def _term(lines: Sequence[str], position: int) -> str | None:
    """Return the head of a definition list entry as a list item: a quoted term with its text indented below it."""
    line = lines[position]
    if (
        position + 1 >= len(lines)
        or len(line.strip()) > _MAX_TERM_CHARS
        or not re.fullmatch(r"\s*(?:[`'\"]{1,2}[^`'\"]+[`'\"]{1,2}(?:,\s*|\s+or\s+)?)+:?\s*", line)
    ):
        return None
    following = lines[position + 1]
    indent = len(line) - len(line.lstrip())
    if not following.strip() or len(following) - len(following.lstrip()) <= indent:
        return None
    return f"{' ' * indent}- {line.strip().rstrip(':')}:"


def _is_table(block: Sequence[str]) -> bool:
    return any(re.fullmatch(r"\s*(?:=+(?:\s+=+)+|[+][-=+]+[+])\s*", line) for line in block)
