"""The Markdown that rows carry: a symbol's metadata sheet, and the short documentation of an example program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.markdown import first_sentence, paragraphs, sentences
from gpiot_data.packages.prose import promises, sentence_fault, without_announcement
from gpiot_data.packages.symbols import Symbol

#: About 700 tokens of a small model's tokenizer: prompt and answer fit into a window of 1,024.
MAX_SHEET_CHARS = 2400
MAX_BRIEF_CHARS = 240
#: Both cases of a value, which say nothing each by itself.
MAX_CASES_CHARS = 480
#: What authors tell themselves.
_UNFINISHED = re.compile(r"\b(?:TODO|Todos?|FIXME|XXX)\b")
#: "an object, with the following attributes:" is an object.
_CLAUSE = re.compile(
    r",? \b(?:with|having|containing|that (?:has|contains)|which (?:has|contains)|consisting of|including)\b[^,]*\bfollowing\b.*$"
)
#: Stands for a code block while a description is put on one line.
_CODE = "\0"
#: "Only returned if `full_output` is true."
_CONDITION = re.compile(
    r"\b[Oo]nly (?:applicable|applied|applies|effective|relevant|used|valid)\b|"
    r"\b[Oo]nly (?:returned|present|provided|available|given|set|output|included|exists?|if|when)\b|"
    r"\b(?:[Rr]eturned|[Pp]resent|[Pp]rovided|[Aa]vailable|[Gg]iven|[Ii]ncluded) only\b|"
    r"^(?:Returned|Present|Provided|Available) (?:if|when)\b|"
    r"\b[Nn]ot (?:returned|present|provided|available) (?:if|when|unless)\b"
)
#: What is left of "An object with the following attributes:".
_ANY_OBJECT = re.compile(r"(?:An?|The) (?:\w+ )?(?:object|instance|tuple|namedtuple|bunch)\.", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"Alternatively\b|(?:It |This )?(?:[Cc]an|[Mm]ay) also be\b")
#: "Many warnings might be thrown" says what may happen, not what the value does.
_HEDGED = re.compile(r"\b(?:might|may|could) be\b")
_TITLES = {"class": "Class", "function": "Function", "method": "Method", "property": "Property"}
_OPEN = re.compile(r"\b(?:by|of|to|as|in|with|for|from|on|at|is|are|be|when|if|and|or|either):$")
#: Notes beyond their first paragraphs are for those who work on the method, not with it.
MAX_NOTES_CHARS = 700


def metadata_sheet(symbol: Symbol, documentation: Documentation, package: str) -> str | None:
    """Return the formatted metadata of a symbol, with as much detail as fits; None where not even the least does.

    Detail goes in whole parts: first the notes, then the further paragraphs, then all but the first sentence of each
    parameter, then the less usual parameters. No sentence is cut.
    """
    for level in range(5):
        sheet = _sheet(symbol, documentation, package, level)
        if len(sheet) <= MAX_SHEET_CHARS:
            return sheet
    return None


def _sheet(symbol: Symbol, documentation: Documentation, package: str, level: int) -> str:
    extended = documentation.extended if level < 2 else paragraphs(documentation.extended)[0]
    # A first paragraph that announces what followed it has lost its point.
    if level >= 2 and (extended.endswith(":") or (extended and promises(extended))):
        extended = without_announcement(extended)
    brief = level >= 3
    others = documentation.other_parameters if level < 4 else ()
    parameters = _taken(symbol, [*documentation.parameters, *others])
    kind = f"{_TITLES[symbol.kind]} of the class `{symbol.owner}` in" if symbol.owner else f"{_TITLES[symbol.kind]} of"
    return join_parts(
        f"# `{symbol.name}`",
        f"{kind} the package {package}.",
        f"```python\n{symbol.signature}\n```",
        documentation.deprecation,
        documentation.summary,
        "\n\n".join(part for part in paragraphs(extended) if not _UNFINISHED.search(part)) if level < 4 else "",
        section("Parameters", entry_lines(parameters, brief)),
        section("Attributes", entry_lines(documentation.attributes, brief)) if level < 2 else "",
        section(_given(documentation), entry_lines(documentation.returns, brief, not_always=True)),
        section("Raises", entry_lines(documentation.raises, brief)) if level < 4 else "",
        _notes(documentation.notes) if level < 1 else "",
    )


def _given(documentation: Documentation) -> str:
    return "Yields" if documentation.yields else "Returns"


def differs(symbol: Symbol, entries: Sequence[Entry]) -> bool:
    """Tell whether an entry for several parameters names one that the call has and one that it does not have."""
    if symbol.parameters is None or any(re.match(r"\*+\w", parameter.text) for parameter in symbol.parameters):
        return False
    known = {parameter.name for parameter in symbol.parameters}
    lists = [re.split(r",\s*", entry.name) for entry in entries if re.fullmatch(r"\w+(?:,\s*\w+)+", entry.name)]
    return any(known & set(names) and not known >= set(names) for names in lists)


def _taken(symbol: Symbol, entries: Sequence[Entry]) -> list[Entry]:
    """Return the documented parameters that the call takes: all of them where it takes any name, or where no call is written down."""
    if symbol.parameters is None or any(re.match(r"\*+\w", parameter.text) for parameter in symbol.parameters):
        return list(entries)
    known = {parameter.name for parameter in symbol.parameters}
    return [entry for entry in entries if known & set(re.findall(r"\w+", entry.name))]


def _notes(notes: str) -> str:
    """Return the first paragraphs of the notes that fit, none that announces what does not, and no titled part that does not fit whole."""
    kept: list[str] = []
    cut = False
    parts = paragraphs(notes)
    for position, part in enumerate(parts):
        if _UNFINISHED.search(part):
            continue
        if sum(map(len, kept)) + len(part) > MAX_NOTES_CHARS:
            cut = not _is_title(part)
            if kept and not kept[-1].endswith(":") and _goes_on(parts[position : position + 2]):
                kept = _before_list(kept)
            break
        kept.append(part)
    titles = [position for position, part in enumerate(kept) if _is_title(part)]
    if titles and (cut or titles[-1] == len(kept) - 1):
        del kept[titles[-1] :]
    while kept and kept[-1].endswith(":"):
        kept.pop()
    return "\n\n".join(["## Notes", *kept]) if any(kept) else ""


def _goes_on(parts: Sequence[str]) -> bool:
    """Tell whether paragraphs go on with a list: by an item, or by a paragraph of the item before that announces no other list."""
    return parts[0].startswith("- ") or (not parts[0].endswith(":") and parts[-1].startswith("- "))


def _before_list(parts: Sequence[str]) -> list[str]:
    """Return paragraphs without the list that they break off in, and without what announces it."""
    starts = [
        position
        for position, (part, following) in enumerate(pairwise(parts))
        if part.endswith(":") and not part.startswith("- ") and following.startswith("- ")
    ]
    return list(parts[: starts[-1]]) if starts else list(parts)


def _is_title(part: str) -> bool:
    """Tell whether a paragraph is the title of those below it: emphasised as a whole, or a few words without a full stop."""
    return re.fullmatch(r"[*_]{1,2}[^*\n]{3,80}[*_]{1,2}:?", part) is not None or re.fullmatch(r"[A-Z][\w -]{2,60}", part) is not None


def program_documentation(symbol: Symbol, documentation: Documentation, used: Sequence[Entry], package: str, target: str) -> str:
    """Return the short documentation of an example program: what it does, with what, and what comes out."""
    return join_parts(
        f"## What it does\n{target}",
        f"## Symbol\n`{symbol.signature}` of the package {package}: {documentation.summary}",
        section("Parameters used", entry_lines(used, brief=True)),
        section(_given(documentation), entry_lines(documentation.returns, brief=True)),
    )


def entry_lines(entries: Sequence[Entry], brief: bool, not_always: bool = False) -> list[str]:
    """Write parameters or return values as list items.

    `brief` keeps the first sentence of each description, and those that say on what condition there is a value. Values that are
    `not_always` there are marked as optional.
    """
    lines = []
    for entry in entries:
        if not (entry.type or entry.shape or entry.description):
            # A name alone says no more than the signature.
            continue
        optional = "optional" if not_always and entry.optional else None
        facts = ", ".join(fact for fact in (entry.type, f"shape {entry.shape}" if entry.shape else None, optional) if fact)
        head = f"- `{entry.name}`" if entry.name else "-"
        head += (f" ({facts})" if entry.name else f" {facts}") if facts else ""
        said = one_line(entry.description, brief)
        conditions = sentences(one_line(entry.description, brief=False)) if brief else []
        said = _of_cases(said, conditions) if brief else said
        text = " ".join(part for part in [*sentences(said), *filter(_CONDITION.search, conditions[1:])] if not _UNFINISHED.search(part))
        lines.append(f"{head}: {text}" if text and head != "-" else f"- {text}" if text else head)
    return lines


def _of_cases(first: str, whole: Sequence[str]) -> str:
    """Return a first sentence; where it is of one case among several, with those of the others, if they are short."""
    if not re.match(r"If\b", first) or len(whole) < 2 or not re.match(r"(?:If|Otherwise|Else)\b", whole[1]):
        return first
    cases = " ".join(sentence for sentence in whole if re.match(r"(?:If|Otherwise|Else)\b", sentence))
    return cases if len(cases) <= MAX_BRIEF_CHARS else first


def one_line(description: str, brief: bool) -> str:
    """Return a description as one line: its first sentence, or its paragraphs without lists and code blocks."""
    if brief:
        text = first_sentence(description)
        if promises(text) and text.endswith(":") and (named := _with_names(text, description)) and ":" in named:
            return named
        if promises(text):
            # The clause that announces a list goes, and the sentence with it where it is nothing else.
            text = _CLAUSE.sub(".", text)
            text = "" if promises(text) or _ANY_OBJECT.fullmatch(text) else text
        if not text.endswith(":"):
            return "" if text.startswith(("- ", "```")) else _with_other_case(text, description)
        # An announcement keeps what it announces where that is short.
        whole = one_line(description, brief=False)
        return whole if len(whole) <= MAX_BRIEF_CHARS else _with_names(text, description)
    inlined = re.sub(r"\n\n```\n([^\n`>]{1,80})\n```\n\n", r" `\1` ", f"{description}\n\n").strip()
    parts = [part for part in re.sub(r"```.*?```", _CODE, inlined, flags=re.DOTALL).split("\n\n") if part.strip()]
    lines = []
    for position, part in enumerate(parts):
        if part == _CODE or (position and parts[position - 1] == _CODE and part[0].islower()):
            # "where `x` is a number" goes on with the block.
            continue
        if position + 1 < len(parts) and parts[position + 1] == _CODE:
            # "... is defined by:" says nothing without the block it announces.
            part = without_announcement(part)
        if part.startswith("- "):
            items = [item.removeprefix("- ").rstrip(".;,") for item in part.split("\n")]
            lines.append("; ".join(items) + ("" if items[-1].endswith(":") else "."))
        elif part:
            # The next paragraph opens a sentence, and so this one ends one.
            ended = re.search(r"[\w)`]$", part) and position + 1 < len(parts) and re.match(r"[A-Z][a-z]* ", parts[position + 1])
            lines.append(part.replace("\n", " ") + ("." if ended else ""))
    return " ".join(lines).strip()


def _with_names(announcement: str, description: str) -> str:
    """Return "an object with attributes:" with the names of the list that it announces, where these are short enough."""
    items = description.split("\n\n")[1].split("\n") if "\n\n" in description else []
    heads = [re.match(r"- (?P<name>`?\w+`?)(?= ?:| ?\()", item) for item in items]
    names = [head["name"] for head in heads if head]
    whole = f"{announcement} {', '.join(names)}."
    if names and len(names) == len(items) and len(whole) <= MAX_BRIEF_CHARS:
        return whole
    # "Correct the baseline by:" is nothing without its list.
    return "" if _OPEN.search(announcement) else f"{announcement[:-1]}."


def _with_other_case(text: str, description: str) -> str:
    """Return a first sentence with those that say what else there may be.

    That is the next one where the first is of one case, "If `ax` is given, its figure.", an alternative, or what a hedge is about.
    """
    following = sentences(description.partition("\n\n")[0])[1:2]
    whole = f"{text} {following[0]}" if following else text
    cases = re.match(r"(?:If|When)\b", text) and following and re.match(r"(?:Otherwise|Else|If not|If|When)\b", following[0])
    if cases:
        return whole if len(whole) <= MAX_CASES_CHARS and not sentence_fault(following[0]) else text
    # "Many warnings might be thrown. If True, they are not."; "A matrix. ... Alternatively, a list."
    others = sentences(description.partition("\n\n")[0])[1:]
    meant = [sentence for sentence in others if _ALTERNATIVE.match(sentence)]
    if not meant and _HEDGED.search(text) and others and re.match(r"(?:If|When)\b", others[0]):
        meant = others[:1]
    whole = " ".join([text, *meant])
    return whole if len(whole) <= MAX_BRIEF_CHARS and not any(map(sentence_fault, meant)) else text


def section(title: str, lines: Sequence[str]) -> str:
    """Return a headed list, or nothing where the list is empty."""
    return "\n".join([f"## {title}", *lines]) if lines else ""


def join_parts(*parts: str) -> str:
    """Put a blank line between the parts that are not empty."""
    return "\n\n".join(part.strip() for part in parts if part.strip())
