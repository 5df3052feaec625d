"""reStructuredText of docstrings as Markdown: paragraphs joined, roles and references resolved, code and tables kept, the rest dropped."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections import deque
from collections.abc import Sequence

from gpiot_data.packages.formulas import whole_formula
from gpiot_data.packages.line_breaks import joined, marked

_ROLE = re.compile(r":(?:[a-z]+:)?(?P<role>[a-z]+):`(?P<text>[^`]+)`")
_LITERAL = re.compile(r"``(?P<text>(?:[^`]|`(?!`))+)``")
_LINK = re.compile(r"`(?P<text>[^`<]+?)\s*<[^`>]+>`__?")
_NAMED_LINK = re.compile(r"`(?P<text>[^`]+)`__?(?!\w)")
_DEFAULT_ROLE = re.compile(r"`~?(?P<text>[^`\n]+)`")
#: Networkx and others write formulas as plain roles.
_TEX = re.compile(
    r"\\[{}]|\\(?:frac|binom|sqrt|sum|prod|int|log|mathcal|mathbf|mathrm|cdot|times|leq?|geq?|in|alpha|beta|gamma|lambda|sigma|mu)\b"
)
_MARK = r"\[(?:\d{1,3}|#\w{0,30}|\*|[A-Za-z][\w.:+-]{0,40})\]_(?!\w)"
_CITE_ROLE = re.compile(r":(?:foot)?cite(?::\w{1,12})?:`[^`]{1,300}`")
_REFERENCE = re.compile(_MARK)
#: "(see [1]_, [2]_)" as a whole, or the markers that merely follow what they support.
_CITATION = re.compile(rf"\s*\((?:(?:see|e\.g\.|cf\.|also|from|in|and|,|;)\s*)*{_MARK}(?:(?:\s*[,;]\s*|\s+and\s+|\s*){_MARK})*\)")
_SUPPORT = re.compile(
    rf"(?P<before>\b(?:[Ii]n|[Ff]rom|[Ss]ee|of|by|to|at|and|with|reference|references|ref|refs)\.?\s+)?{_MARK}(?:(?:\s*[,;]\s*|\s+and\s+|\s*){_MARK})*"
)
#: "In [1]_, the differences are ...": what is said needs no source.
_OPENING = re.compile(rf"(?:(?<=^)|(?<=[.!?] ))(?:In|From|Following|By|As in|According to) {_MARK}(?:(?:,| and) {_MARK})*,? (?P<next>\w)")
#: "..., as described by Smith in [1]_": as a whole.
_SOURCE = re.compile(
    r"(?:,\s+(?:as |and )?|\s+as |,?\s+which (?:is|was|are|were) |"
    r"(?<!\bis)(?<!\bwas)(?<!\bare)(?<!\bbeen)(?<!\bwere)\s+(?=[a-z]+ed |given ))"
    r"(?:described|given|proposed|introduced|used|found|defined|presented|developed|discussed|outlined|suggested|explained|published|shown|"
    r"implemented|detailed)(?: by [\w .&]{1,40}?)? (?:in|by|from|of|at) (?:(?:the )?(?:paper|article|book|reference)s? )?"
    rf"(?:{_MARK}|\[[1-9]\d?\](?!\w))"
)
#: "Marshall [1].", a source as plain text; behind a preposition it is what the sentence is about.
_CITED = re.compile(
    r"(?:(?<!\bin)(?<!\bby)(?<!\bof)(?<!\bsee)(?<!\bfrom)(?<!\band)(?<!\bto)\s|"
    r"(?P<name>\b[A-Z][a-z]{2,}))\[[1-9]\d?\](?=[\s.,;:)]|$)"
)
#: What is left of "(as demonstrated in [2]_)".
_HINT = re.compile(
    r"\s*\(as (?:demonstrated|described|shown|given|proposed|introduced|defined|discussed|explained|suggested|outlined)(?: by| in)?\)"
)
_BOLD = re.compile(r"(?<![\w*`])\*\*(?P<text>[^\s*](?:[^*]{0,200}[^\s*])?)\*\*(?![\w*])")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`$\"(\[])")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|cf|vs|etc|Fig|Figs|Eq|Eqs|Sec|Ref|Refs|Ch|No|pp|resp|approx|w\.r\.t|a\.k\.a|viz)\.$|"
    r"\b(?:by|and|from) (?:[A-Z][a-z]+ )?[A-Z]\.$"
)
_PART = (
    r"['\"`*]{0,2}(?:Notes|References|Examples)['\"`*]{0,2}(?: (?:section|below))*"
    r"(?: for (?:more |further |a )*(?:details?|information|explanation))?"
)
_POINTER = re.compile(
    rf"\s*\((?:see|cf\.) (?:also )?(?:the )?{_PART}\)|[,;] (?:please )?(?:see|cf\.) (?:also )?(?:the )?{_PART}(?=[.;,]|$)",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"(?:See|Read more in) (?:also )?(?:the |our )?(?::[\w:]{1,20}:`)?~?"
    r"(?:Notes|References|Examples|Glossary|User Guide|Randomness|documentation)\b(?!.*\b(?:to|if|when)\b)",
    re.IGNORECASE,
)
_DIRECTIVE = re.compile(r"^(?P<indent>\s*)\.\. (?P<name>[\w:-]+?)\s*::(?P<rest>.*)$")
_TEXT_DIRECTIVES = ("note", "warning", "tip", "hint", "important", "caution", "attention")
#: Text below a title.
_TITLED_DIRECTIVES = ("admonition", "legacy")
_CODE_DIRECTIVES = ("code", "code-block", "sourcecode", "doctest", "parsed-literal", "testcode", "ipython", "prompt")
#: Longer lines are text, and matching them against nested quotes costs time.
_MAX_TERM_CHARS = 60
_TARGET = re.compile(r"^\s*\.\. (?:\[|_|\|)")
_BULLET = re.compile(r"^(?P<indent>\s*)(?:[-*+\u2022]|\(?(?:\d+|[a-z])[.)])\s+\S")


_NUMBERED = re.compile(r"\s*\(?(?:\d+|[a-z])[.)]\s")
#: The head of an attribute of what an entry describes.
_ATTRIBUTE = re.compile(
    r"\s*`{0,2}(?P<name>[A-Za-z_]\w*)`{0,2} ?: (?P<type>(?=.*\b(?:array|ndarray|int|float|bool|str|list|tuple|dict|callable|scalar|number|"
    r"object|function|None|DataFrame|Series|matrix|integer|string|boolean)\b|\{)[\w{(\[`'\"][^.:?!`]{0,50})"
)
#: "name : text", as people list things without a mark.
_NAMED = re.compile(r"\s*(?!https?:|[-*+] |:)(?:[<>]=?)?[\w`'\"*{(\[][^:\s]*(?: [^:\s]+){0,4} ?: +\S")


def to_markdown(lines: Sequence[str], whole: bool = False, offset: int | None = None) -> str:
    """Turn the lines of a docstring section into Markdown paragraphs, lists and code blocks.

    Block directives go with their content, except code, formulas, and notes, whose text stays; tables are kept as they are written.
    Comments and link targets are dropped, and so is a sentence that makes no sense without the reference it names. Where the lines are
    the `whole` of a text, its end is no sentence that announces what does not follow. Where they are wrapped prose, the first behind
    `offset` columns, breaks that were meant become list items, or the mark `line_breaks.BREAK`, on which a sentence is to be dropped.
    """
    blocks: list[str] = []
    for kind, block in _blocks(_drop_directives(lines)):
        if kind == "code":
            text = textwrap.dedent("\n".join(block)).strip("\n").replace("```", "~~~")
            if blocks and text.startswith(">>>") and blocks[-1].startswith("```\n>>>"):
                blocks[-1] = f"{blocks[-1][:-4]}\n\n{text}\n```"
            elif text:
                blocks.append(f"```\n{text}\n```")
            continue
        if kind == "item":
            whole_item = " ".join(part.strip() for part in block) if offset is None else marked(block)
            texts = ["- " + re.sub(r"^\s*(?:[-*+\u2022]|\(?(?:\d+|[a-z])[.)])\s+", "", whole_item)]
        else:
            texts = [" ".join(part.strip() for part in block)] if offset is None else joined(block, 0 if blocks else offset)
        _add_texts(blocks, texts)
    while whole and blocks and blocks[-1].endswith(":"):
        left = " ".join(sentence for sentence in sentences(blocks.pop()) if not sentence.endswith(":"))
        blocks += [left] if left else []
    return "\n\n".join(blocks)


def _add_texts(blocks: list[str], texts: Sequence[str]) -> None:
    """Add paragraphs and list items, the latter to the list before them."""
    for text in texts:
        is_item = text.startswith("- ")
        said = inline(text.removeprefix("- ") if is_item else text)
        if is_item and said and blocks and blocks[-1].startswith("- "):
            blocks[-1] += f"\n- {said}"
        elif said:
            blocks.append(f"- {said}" if is_item else said)


def inline(text: str) -> str:
    """Resolve the inline markup of one paragraph, and drop references to a bibliography that is not there."""
    text = " ".join(text.split())
    text = re.sub(r"\s*\(\*{0,2}\s*(?:versionadded|versionchanged|deprecated):*[^)]*\)", "", text)
    text = _without_pointers(_CITE_ROLE.sub("[1]_", text.replace("\0", "")))
    # Expressions that look at every word are asked only where the sign that they need stands.
    if "[" in text:
        text = _without_references(_SOURCE.sub("", text))
    kept: list[str] = []

    def keep(written: str) -> str:
        """Put code or a formula aside: nothing in it is markup."""
        kept.append(written)
        return f"\0{len(kept) - 1}\0"

    text = _ROLE.sub(lambda match: keep(_role(match)) if match["role"] == "math" else _role(match), text)
    text = _LINK.sub(lambda match: match["text"], text)
    text = _LITERAL.sub(lambda match: keep(f"`{match['text'].strip()}`"), text)
    text = _NAMED_LINK.sub(lambda match: match["text"], text)
    text = _DEFAULT_ROLE.sub(lambda match: keep(f"${match['text']}$") if _TEX.search(match["text"]) else _code_or_name(match), text)
    if "[" in text:
        text = _CITED.sub(lambda match: match["name"] or "", text)
    text = _BOLD.sub(lambda match: match["text"], text)
    text = re.sub(r"\\([*_|`])", r"\1", text)
    if "(as " in text:
        text = _HINT.sub("", text)
    text = re.sub(r"\s+([.,;:])(?=\s|$)", r"\1", text).strip()
    text = re.sub(r",+(?=\.(?:\s|$))", "", text)
    return re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], text)


def _code_or_name(match: re.Match[str]) -> str:
    """Return what a role without a name marks: code, a dotted name by its last part where it has a tilde."""
    return f"`{_short(match['text'].lstrip('.'), match[0].startswith('`~'))}`"


def paragraphs(markdown: str) -> list[str]:
    """Split Markdown at empty lines, those inside code blocks excepted."""
    parts: list[str] = []
    for part in markdown.split("\n\n"):
        if parts and parts[-1].startswith("```") and not parts[-1].endswith("\n```"):
            parts[-1] += f"\n\n{part}"
        else:
            parts.append(part)
    return parts


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph into sentences; an abbreviation such as "e.g." ends none."""
    result: list[str] = []
    for part in _SENTENCE_END.split(paragraph):
        # The tail is enough, and keeps hostile text cheap.
        if result and _ABBREVIATION.search(result[-1][-24:]):
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
        return f"${whole_formula(text)}$"
    titled = re.fullmatch(r"(?P<title>.+?)\s*<(?P<target>[^>]+)>", text)
    if titled:
        return titled["title"]
    if role in ("ref", "doc", "term", "cite", "pep", "rfc"):
        return text.replace("_", " ")
    if role in ("sub", "sup"):
        return {"sub": "_", "sup": "^"}[role] + text
    # ":func:`python:open`" names where another project's pages are.
    text = re.sub(r"^(~?)[a-z][\w-]*:(?=[A-Za-z_][\w.]*$)", r"\1", text)
    return f"`{_short(text.lstrip('~!.'), text.startswith('~'))}`"


def _short(text: str, shorten: bool) -> str:
    return text.rsplit(".", 1)[-1] if shorten else text


def _without_pointers(text: str) -> str:
    """Drop what only points to the parts of a docstring that are not carried over."""
    text = _POINTER.sub("", text)
    if "see" not in text.lower() and "read more" not in text.lower():
        return text
    return " ".join(part for part in sentences(text) if not _POINTING.match(part))


def _without_references(text: str) -> str:
    if not _REFERENCE.search(text):
        return text
    text = _OPENING.sub(lambda match: match["next"].upper(), _CITATION.sub("", text))
    kept = []
    for sentence in sentences(text):
        match = _SUPPORT.search(sentence)
        # "as described in [1]_" cannot lose its object; "a fast method [1]_" can.
        if match and match["before"]:
            continue
        if match and not sentence[: match.start()].strip():
            continue
        kept.append(re.sub(r"\s*" + _SUPPORT.pattern, "", sentence))
    # A text of one sentence is worth more without its source than not at all.
    return " ".join(kept) or re.sub(r"[,;]?\s*" + _SUPPORT.pattern, "", text)


def _drop_directives(lines: Sequence[str]) -> list[str]:
    """Remove directives with their indented blocks; a note keeps its text."""
    result: list[str] = []
    queue = deque(line.expandtabs().rstrip() for line in lines)
    while queue:
        line = queue.popleft()
        match = _DIRECTIVE.match(line)
        if match is None and not _TARGET.match(line):
            result.append(line)
            continue
        indent = len(line) - len(line.lstrip())
        block = []
        while queue and (not queue[0].strip() or len(queue[0]) - len(queue[0].lstrip()) > indent):
            block.append(queue.popleft())
        name = match["name"].lower() if match else ""
        if match and name in (*_TEXT_DIRECTIVES, *_TITLED_DIRECTIVES):
            body = [*_opening(name, match["rest"].strip()), *textwrap.dedent("\n".join(block)).splitlines()]
            result += ["", *(" " * indent + part if part else "" for part in _drop_directives(body)), ""]
        elif match and name == "math":
            written = "\n".join([match["rest"].strip(), *(part.strip() for part in block)])
            result += _formula_lines(written, indent) if "`" not in written else _literal_block(block, indent)
        elif name in _CODE_DIRECTIVES:
            result += _literal_block(block, indent)
        else:
            result.append("")
    return result


def _opening(name: str, argument: str) -> list[str]:
    """Return the lines that a directive for text begins with: its first words, or what Sphinx writes at its head."""
    if name == "legacy":
        return [f"This {argument or 'part'} is legacy: it gets no more updates."]
    return [argument if name in _TEXT_DIRECTIVES else ""]


def _formula_lines(written: str, indent: int) -> list[str]:
    """Write the content of a directive for formulas as paragraphs, one for each formula."""
    # Labels and options of the directive are no part of a formula.
    content = re.sub(r"^(?::\w+:[^\S\n]*\S*\s*)+", "", written.strip())
    # An empty line parts formulas, but not those of one environment.
    formulas = [content] if "\\begin{" in content else re.split(r"\n\s*\n", content)
    return [line for formula in formulas if formula.strip() for line in ("", f"{' ' * indent}:math:`{whole_formula(formula)}`")] + [""]


def _literal_block(block: Sequence[str], indent: int) -> list[str]:
    """Write the content of a directive as a literal block, without the directive's options."""
    start = 0
    while start < len(block) and re.match(r"\s*:[\w-]+:", block[start]):
        start += 1
    return ["", " " * indent + "::", "", *block[start:], ""]


def _blocks(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Split lines into paragraphs (`text`), list items (`item`) and literal blocks (`code`)."""
    blocks: list[tuple[str, list[str]]] = []
    current: list[str] = []
    kind = "text"
    position = 0

    def close() -> None:
        nonlocal current
        if current:
            blocks.append(("code" if _is_table(current) else kind, current))
        current = []

    while position < len(lines):
        line = lines[position]
        position += 1
        if not line.strip():
            close()
            kind = "text"
            continue
        if line.lstrip().startswith(">>>") and not current:
            start = position - 1
            while position < len(lines) and lines[position].strip():
                position += 1
            blocks.append(("code", list(lines[start:position])))
            continue
        if _BULLET.match(line) and "".join(current).count("`") % 2 == 0 and not (_NUMBERED.match(line) and _goes_on(current)):
            close()
            kind = "item"
        elif term := _term(lines, position - 1) or _named_line(lines, position - 1):
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
                current[-1] = stripped.rstrip(".:") + ":" if stripped else stripped
                close()
                blocks.append(("code", literal))
                position, kind = following, "text"
    close()
    return blocks


def _goes_on(current: Sequence[str]) -> bool:
    """Tell whether the lines of a paragraph end within a sentence: what starts the next one is no number of a list."""
    return bool(current) and not _BULLET.match(current[0]) and re.search(r"[\w,]\s*$", current[-1]) is not None


def _term(lines: Sequence[str], position: int) -> str | None:
    """Return the head of a definition list entry as a list item: a quoted term with its text indented below it."""
    line = lines[position]
    if position + 1 >= len(lines) or len(line.strip()) > _MAX_TERM_CHARS:
        return None
    quoted = re.fullmatch(r"\s*(?:[`'\"]{1,2}[^`'\"]+[`'\"]{1,2}(?:,\s*|\s+or\s+)?)+:?\s*", line)
    before = lines[position - 1] if position else ""
    # A few words with the text indented below them, at the head of a list or below the text of another term.
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "()", line)
    words = re.fullmatch(r"\s*[\w`'\"](?:[^.,:;\s]|\.(?=\w))*(?: [^.,:;\s]+){0,3}", bare)
    plain = words and (not before.strip() or before.rstrip().endswith(":") or _indent(before) > _indent(line))
    following = lines[position + 1]
    if (head := _ATTRIBUTE.fullmatch(line)) and following.strip() and _indent(following) > _indent(line):
        return f"{' ' * _indent(line)}- ``{head['name']}`` ({head['type']}):"
    if not (quoted or plain) or not following.strip() or _indent(following) <= _indent(line):
        return None
    return f"{' ' * _indent(line)}- {line.strip().rstrip(':')}:"


def _named_line(lines: Sequence[str], position: int) -> str | None:
    """Return a line such as "name : text" as a list item, where it is one of several in its block."""
    if not _NAMED.match(lines[position]):
        return None
    indent = _indent(lines[position])
    block = itertools.takewhile(str.strip, lines[position:])
    before = itertools.takewhile(str.strip, reversed(lines[:position]))
    level = [line for line in block if _indent(line) <= indent]
    above = sum(1 for line in before if _indent(line) == indent and _NAMED.match(line))
    if len(level) + above < 2 or not all(_indent(line) == indent and _NAMED.match(line) for line in level):
        return None
    name, _, text = lines[position].strip().partition(":")
    return f"{' ' * indent}- {name.rstrip()}: {text.strip()}"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_table(block: Sequence[str]) -> bool:
    return any(re.fullmatch(r"\s*(?:=+(?:\s+=+)+|[+][-=+]+[+])\s*", line) for line in block)
