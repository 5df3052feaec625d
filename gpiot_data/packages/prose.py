"""Sentences of documentation that make no sense where they stand: cut, garbled, or about things that are not there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gpiot_data.packages.formulas import is_broken_formula
from gpiot_data.packages.line_breaks import BREAK
from gpiot_data.packages.markdown import sentences

_FORMULA = re.compile(r"\$([^$]*)\$")
_CODE = re.compile(r"`[^`\n]*`|\$[^$]*\$|'[^'\s]{0,30}'|\"[^\"\s]{0,30}\"")
_MARKUP = re.compile(
    r":[a-z]+:`|\.\. ?\w+::|::|<BLANKLINE>|\|\w+\|_?|`_|%\(\w|>>>|\\n|[=+]{3,}|-{4,}|"
    r"^:\w+(?: \w+)?:|^\||^(?:https?://\S+\W*)+$|\]\(|\[\^\d|\\[a-z]{2,}|</?[a-z]+ ?/?>|(?:\S \| .*){2}|\{\{|\b[Nn]one:`|"
    r"\w\" \"\w"
)
#: Parts of a document that only the document has.
_PARTS = (
    r"(?:tables?|figures?|fig\.|plots?|equations?|eqn?s?\.|formulas?|formulae|diagrams?|listings?|snippets?|code|examples?|sections?|chapters?|"
    r"notes?|references?|tutorials?|notebooks?|paragraphs?|descriptions?|discussion|links?|papers?|lists?|illustrations?|images?|warnings?)"
)
_SAID = (
    r"(?:mentioned|described|shown|discussed|explained|seen|noted|defined|given|listed|stated|outlined|detailed|introduced|specified|illustrated|"
    r"demonstrated|documented|pointed out|displayed|depicted|summari[sz]ed|proposed|presented|indicated|found)"
)
_ELSEWHERE = re.compile(
    rf"\bsee (?:(?:the |also )*{_PARTS}|above|below|e\.g|here)\b|{_SAID} (?:above|below|here|earlier|previously|before|later|next)\b|"
    rf"\b(?:above|below|previously|earlier) {_SAID}|\b(?:above|previous|preceding) {_PARTS}\b|"
    rf"\b{_PARTS} (?:above|below|here)\b|\bas (?:above|below|before)\b|\b(?:see|are|is|from|in|the) (?:above|below)[.,:;)]|"
    rf"^(?:above|below)\b|\b(?:above|below)\W*$|\babove-?mentioned\b|\baforementioned\b|"
    r"\b(?:[Tt]able|[Ff]igures?|[Ff]igs?\.?|[Ss]ections?|[Cc]hapters?|[Ee]quations?|[Ee]qn?s?\.?|[Aa]lgorithm|[Pp]ages?|pp\.?)"
    r" \(?[\dIVX]+(?:\.\d+)*\)?(?=[\s.,;)]|$)|"
    r"\bEq(?:uation|n)?s?\.? ?\(|\b(?:user|user's|developer|API) guide\b|"
    r"\bthe (?:source )?code (?:includes|contains|has|below|above)\b|\bcomments? (?:in|of) the (?:source )?code\b|\bofficial report\b|"
    r"\b(?:this|our) (?:tutorial|page|documentation|section|notebook|docstring|guide|paper)\b|"
    r"\b(?:click|read|more|details?|information|found|available|explained|instructions?|documentation|docs|guide|link|list) here\b|"
    r"^here\W*$|\.ipynb\b|\breferences? (?:therein|section)\b|"
    r"\b(?:[Rr]eferences?|[Rr]efs?\.?) (?:\[?\d|for|and)|(?:^|[(;,] ?)see (?:for|the|also|more|their|its)\b(?!.*`)|"
    r"^(?:for )?(?:more|further) (?:details|information|info)\b(?!.*`)|"
    r"^(?:please )?(?:refer|see)\b(?!.*`)|\bsee (?:[\w.-]+ ){0,3}[\w-]+\W*$|\bissue #?\d|"
    rf"\(as {_SAID}\)|\b{_SAID} (?:in|by) [A-Z]&[A-Z]\b|\b{_SAID} (?:in|by)[.,)]*$|"
    r"\bsee (?:the )?`x` section|(?<!\w)/users/\w|"
    r"\bsee (?:the |our )?(?:\w+ ){0,4}(?:documentation|docs|tutorials?|guide|manual|glossary)\b|(?<![\w\]])#\d{2,}|\bgh-?\d",
    re.IGNORECASE,
)
#: One of these begins some word of whatever `_ELSEWHERE` finds; most sentences have none, and that expression is a slow one.
_MAYBE_ELSEWHERE = re.compile(
    r"\b(?:see|above|below|here|earlier|prev|preced|before|later|next|aforem|tabl|fig|sect|chapt|eq|algorithm|page|pp|guide|code|official|"
    r"tutorial|doc|notebook|paper|ipynb|ref|more|further|issue|gh)|[#&]|/users/|\(as |\b(?:in|by)[.,)]*$"
)
#: "Marshall, Olkin [1]", "statistics[2]": not "x[1]" and not an interval.
_CITED = re.compile(
    r"\b[A-Z][a-z]{3,}\[[1-9]\d?\]|(?:(?<=\s)|^)\[(?:[1-9]\d?|[A-Z][A-Za-z]+\d{2,4}\w?)\](?=[\s.,;:)]|$)|\[\d+\]_|\bet\.? al\.?\W*$"
)
_ENDS = re.compile(
    r"(?:^|\s)(?:an|the|and|or|of|such as|originally|initially|(?<!as )is|are|was|see|between|than|via|"
    r"i\.e|e\.g|cf|which|that|their|its|following|(?:according|due|with respect) to|depending on|refers?(?: to)?|"
    r"(?:as|is|was|are|were) (?:described|proposed|presented|introduced|suggested|explained|discussed|outlined|detailed)|"
    r"(?:computed|defined|expressed|calculated|written|given) (?:as|by)|"
    r"^(?:Based on|Adapted from|Taken from|Following) (?:the )?\w+|"
    r"(?:implementation|method|algorithm|approach) (?:used|given|described|presented|proposed)|"
    r"(?:from|by|on|to|in) the (?:implementation|paper|code|work|original|article|book)|estimation given)[\s.,)]*$|[,(&]\s*\.?$|;\.$|"
    r"\.\.\.$"
)
_BROKEN = re.compile(
    r"^[,;:.)\]](?!\d)|,\s*[.;,](?!\.)|\(\s*[,;](?! ?\))|(?<![\w`])\(\s*\)|"
    r"\s\.(?:\s|$)|\.\.(?!\.)(?<!\.\.\.)(?=\s|$)|: ?,|\s[,;](?=\s)|:\.(?:\s|$)"
)
#: "was originally and is discussed", "the value based on is 1.5": a source that was cited, and nothing in its place.
_UNCITED = re.compile(
    r"\b(?:is|are|was|were) (?:originally|initially|first|firstly) (?:and|but)\b|\b(?:was|were) and (?:is|are)\b|"
    r"\b(?:[Bb]ased on|(?:described|proposed|introduced|presented|discussed) (?:in|by)) (?:and|or|is|was|are|were)\b"
)
#: "Reference compared the times": the number of the reference went.
_UNNUMBERED = re.compile(r"(?:References?|Refs?\.?) (?:\w+ed|is|was|are|were|shows?|gives?|uses?|describes?|reports?)\b")
#: "off the diagonal Must be > 0": words that have a capital at the head of a sentence alone.
_UNPARTED = re.compile(
    r"(?<=[a-z]{3}) (?:If|When|Must|Frequency|Only|Otherwise|Whether|Should|Defaults?) [a-z]|"
    r"(?<=[a-z]{4})(?<!where) The (?:\w+ )?\w+ (?:is|are|should|must)\b"
)
#: A formula that stands as code by itself.
_WRITTEN = re.compile(r"`[^`\n]+`[.,]?")
#: "a = f(x) b = g(a)": statements in a line of prose.
_RUN_TOGETHER = re.compile(r"\b\w+ = [\w.]+\([^()]*\) \w+ = |\b\w+ = [\w.]+\([^()]*\) [a-z_]\w*\.\w+\(|\)\s+(?:from \w[\w.]* )?import \w")
#: '"local" = each for itself "global" = all at once', '"a": one "b": two': items of a list without what held them apart.
_LISTED = re.compile(
    r"\"[^\"]{1,24}\"(?:, ?\"[^\"\s]{1,16}\")* ?= .*[^,;.]\s\"[^\"]{1,24}\"(?:, ?\"[^\"\s]{1,16}\")* ?= |"
    r"\"[^\"]{1,24}\": [^\"]*[^\",;.]\s\"[^\"]{1,24}\": "
)
#: What authors tell themselves.
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|TBD|TBA|WIP)\b|^(?:[A-Z][a-z]+,? ){1,4}\(?\d{4}\)?\W*$")
#: Words that lean on the sentence before.
_LEANING = re.compile(
    r"(?:This|These|Those|That|Such|It|Its|They|Their|He|She|However|Therefore|Thus|Hence|Here|There|Then|So|Similarly|"
    r"Likewise|Moreover|Furthermore|"
    r"Also|Additionally|Instead|Otherwise|Conversely|But|And|Or|Again|Consequently|In addition|In this|In that|"
    r"In these|In such|In contrast|On the other hand|For these|For this|By contrast|As a result|Indeed|Specifically|"
    r"In particular|For example|For instance|"
    r"The (?:latter|former|other|same|(?:second|third)(?![- ](?:order|derivative|degree|moment|kind))))\b"
)


@lru_cache(maxsize=4096)
def sentence_fault(sentence: str) -> str | None:
    """Return why a sentence cannot stay, None where it can.

    It is `lost_lines`, `leftover_markup`, `code_in_prose`, `broken_formula`, `dangling_reference`, `cut_sentence` or `unfinished`.
    """
    if BREAK in sentence:
        return "lost_lines"
    if fault := _tick_fault(sentence):
        return fault
    if any(is_broken_formula(formula) for formula in _FORMULA.findall(sentence)):
        return "broken_formula"
    if ('"' in sentence and _LISTED.search(sentence)) or _UNPARTED.search(_CODE.sub("`x`", sentence)):
        return "lost_lines"
    text = _CODE.sub("`x`", sentence)
    if _MARKUP.search(text):
        return "leftover_markup"
    if "(" in text and _RUN_TOGETHER.search(text):
        return "code_in_prose"
    if _points_elsewhere(text) or _CITED.search(text) or _UNNUMBERED.match(text):
        return "dangling_reference"
    if (not text.endswith(":") and _ENDS.search(text)) or _BROKEN.search(text) or _UNCITED.search(text) or _unbalanced(text):
        return "cut_sentence"
    return "unfinished" if _UNFINISHED.search(text) else None


def _points_elsewhere(text: str) -> bool:
    return _MAYBE_ELSEWHERE.search(text.lower()) is not None and _ELSEWHERE.search(text) is not None


def text_fault(text: str) -> str | None:
    """Return the fault of the first sentence that has one."""
    return next((fault for sentence in sentences(text) if (fault := sentence_fault(sentence))), None)


def leans_back(text: str) -> bool:
    """Tell whether a text opens with words that make sense only after another sentence."""
    return _LEANING.match(text) is not None


def explains_formula(text: str) -> bool:
    """Tell whether a paragraph only names the terms of a formula before it: "where $v$ is the vector", "In the expression, ..."."""
    return (
        re.match(r"[Ww]here\b(?!.*\?)|with \$|In (?:the|these|this) (?:expression|equation|formula)(?:s|e)?\b,?(?! (?:of|for)\b)", text)
        is not None
    )


def sound_start(text: str) -> str:
    """Return the sentences of a paragraph before the first that is faulty, none that announces what is cut."""
    kept: list[str] = []
    for sentence in sentences(text):
        if sentence_fault(sentence):
            while kept and kept[-1].endswith(":"):
                kept.pop()
            break
        kept.append(sentence)
    return " ".join(kept)


def sound_blocks(blocks: Sequence[str]) -> list[str]:
    """Return the paragraphs, lists and code blocks that make sense by themselves, in order.

    A list or code block goes with the sentence that announces it, and a paragraph that leans on one which went goes with it.
    """
    kept: list[str] = []
    lost = False
    for position, block in enumerate(blocks):
        following = blocks[position + 1] if position + 1 < len(blocks) else ""
        shown = following.startswith(("```", "- ", "$")) or _WRITTEN.fullmatch(following)
        if (
            shown
            and not block.startswith(("```", "- ", "$"))
            and (block[-1].isalpha() or block[-1] == ",")
            and not _WRITTEN.fullmatch(block)
        ):
            # "which gives" above a formula.
            block = f"{block.rstrip(',')}:"
        if block.startswith("```"):
            whole = not lost and "\n===" not in block and "\n---" not in block and ":`" not in block
        elif block.startswith("- "):
            whole = not lost and not any(text_fault(item.removeprefix("- ").rstrip(";,")) for item in block.split("\n"))
        else:
            unsaid = explains_formula(block) and not (kept and _is_of_formula(kept[-1]))
            leaning = lost and (leans_back(block) or block[0].islower() or block.startswith("$"))
            start = "" if unsaid or leaning else sound_start(block)
            whole = start == block
            if start and not whole:
                kept.append(start)
        if whole:
            kept.append(block)
        elif kept and block.startswith(("```", "- ", "$")):
            kept[-1] = without_announcement(kept[-1])
        lost = not whole
    return without_lone_announcements([block for block in kept if block])


def _is_of_formula(block: str) -> bool:
    """Tell whether a block is a formula, or ends with one or with what announces one."""
    return block.endswith(("```", "$", ":", ",", "$.")) or _WRITTEN.fullmatch(block) is not None


def without_lone_announcements(blocks: Sequence[str]) -> list[str]:
    """Drop sentences that announce a list, formula or code that does not follow."""
    result = []
    for position, block in enumerate(blocks):
        following = blocks[position + 1] if position + 1 < len(blocks) else ""
        if not block.startswith(("```", "- ")) and not (following.startswith(("```", "- ", "$")) or _WRITTEN.fullmatch(following)):
            block = without_announcement(block) if block.endswith(":") or promises(block) else block
        if block:
            result.append(block)
    return result


def promises(paragraph: str) -> bool:
    """Tell whether the last sentence of a paragraph says that something follows."""
    last = sentences(paragraph)[-1]
    return re.search(r"\b(?:the|as) following\b(?: \w+){0,3}\W*$|\b(?:as follows|follows)\W*$", last, re.IGNORECASE) is not None


def without_announcement(paragraph: str) -> str:
    """Drop the last sentence of a paragraph where it announces what comes next."""
    said = sentences(paragraph)
    return " ".join(said[:-1]) if said and (said[-1].endswith(":") or promises(said[-1])) else paragraph


def _tick_fault(sentence: str) -> str | None:
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        return "leftover_markup"
    for position in range(0, len(parts), 2):
        text = parts[position]
        glued = (position and re.match(r"[A-Za-z]{3,}", text)) or (position + 1 < len(parts) and re.search(r"\w$", text))
        if glued:
            return "leftover_markup"
    return "leftover_markup" if any(not code.strip() for code in parts[1::2]) else None


def _unbalanced(text: str) -> bool:
    """Tell whether round brackets do not match, those of half-open intervals excepted."""
    if text.count("(") == text.count(")"):
        return False
    plain = re.sub(r"[\[(][^\s()\[\]]{1,12}, ?[^\s()\[\]]{1,12}[\])]|[:;][()]|\b\w\)", "", text)
    return plain.count("(") != plain.count(")")
