"""What makes a function sound: nothing hidden in its body, and comments that hold where they stand."""

from __future__ import annotations

import ast
import io
import keyword
import re
import tokenize
from collections.abc import Collection

from gpiot_data.packages.galleries.comments import comment_lines
from gpiot_data.syntax_trees import walk

#: Words of a comment that point at what may not be there any more, or tell of more than the program does.
_POINTING = re.compile(
    r"\b(?:those (?:positions|values|elements|entries)|above|below|as before|previous(?:ly)?|again|(?:in |the )?(?:\w+ )?examples?|"
    r"also|in this case|following|alternatively|instead|as expected|default behaviou?r|compared? (?:to|with)|better|worse|"
    r"\w+er than (?:when|with|in|for|using)|can (?:then )?be (?:changed|modified|applied|controlled|set)|to the (?:left|right)|up and|"
    r"reject|by default|this (?:method|function|class|parameter|option|argument))\b|"
    r"^(?:Now|This|These|That|Those|It|They|Then|Thus|Hence|Indeed|However|Therefore|So|Here|And|But)\b|^For `?[\w.]+`?:$|"
    r"\([A-Z]\w+(?: et al\.?| and \w+)?,? (?:19|20)\d\d\)",
    re.IGNORECASE,
)
#: What a comment above the call says of the values at hand, which the function takes as parameters.
_OF_VALUES = re.compile(
    r"\d|['\"]|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|hundred|thousand|True|False|None|defaults?|parameters?|arguments?|"
    r"options?|keywords?|set(?:ting)? to|limit(?:ing|ed)|basic)\b|^(?:Using|With|When|If|Suppose|Consider)\b",
    re.IGNORECASE,
)
#: Lists, displays and paragraphs, which a sentence that goes would run together.
_STRUCTURE = re.compile(r"^#(?:\s*$|\s+[-*] | {3,}\S)|[^.:!?\s] {3,}\S", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.:])\s+(?=[A-Z`])")
#: A comment in front of a call is no essay.
_MAX_CALL_LINES = 3


def without_comments(code: str) -> str:
    """Return code without its comments: in a function they would speak of the values of one call."""
    lines = code.split("\n")
    gone: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start[0] - 1, token.start[1]
            lines[line] = lines[line][:column].rstrip()
            gone |= {line} if not lines[line] else set()
    return "\n".join(line for number, line in enumerate(lines) if number not in gone)


def plain_comments(lead: str, names: Collection[str], request: str, *, calls: bool = True) -> str:
    """Return comment lines without a sentence that names a variable the program does not have, or what stood elsewhere.

    Of a list, a display or several paragraphs nothing stays where a sentence goes.

    Args:
        lead: comment lines, or "".
        names: variables of the program, and what it calls.
        request: what the documentation of the function says already.
        calls: whether they stand above the call of the function; then sentences about the values at hand go too.
    """
    if not lead:
        return ""
    text = " ".join(line.lstrip("# ").rstrip() for line in lead.split("\n"))
    if _bare(text) == _bare(request):
        return ""
    sentences = _SENTENCE.split(text)
    kept = [part for part in sentences if not _leans(part, names, calls=calls) and _bare(part) != _bare(request)]
    if calls and lead.count("\n") >= _MAX_CALL_LINES:
        return ""
    if len(kept) == len(sentences):
        return lead
    if not kept or _STRUCTURE.search(lead):
        return ""
    return "\n".join(comment_lines(" ".join(kept)))


def _leans(sentence: str, names: Collection[str], *, calls: bool) -> bool:
    said = [match[1] for match in re.finditer(r"`(\w+)`", sentence)]
    unknown = [word for word in said if word.isidentifier() and not keyword.iskeyword(word) and word not in names]
    return bool(unknown) or _POINTING.search(sentence) is not None or (calls and _OF_VALUES.search(sentence) is not None)


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


def hidden_parts(function: str, known: Collection[str]) -> list[str]:
    """Return literals in the body of a function, and names that are neither parameters nor bound there nor `known`."""
    (node,) = ast.parse(function).body
    if not isinstance(node, ast.FunctionDef):
        return [type(node).__name__]
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    inside = [inner for statement in body for inner in walk(statement)]
    literals = [ast.unparse(inner) for inner in inside if isinstance(inner, ast.Constant)]
    bound = {argument.arg for argument in node.args.args} | {
        inner.id for inner in inside if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    }
    return literals + sorted({inner.id for inner in inside if isinstance(inner, ast.Name)} - bound - set(known))
