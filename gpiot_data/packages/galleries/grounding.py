"""Whether code does what a sentence says: the words of a request against the names, texts and calls of the statements it stands for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from gpiot_data.packages.galleries.steps import last_name
from gpiot_data.syntax_trees import walk

#: How many of the telling words of a request have to be found in the code.
MIN_SHARE = 0.6
#: A request with fewer telling words says too little.
MIN_TELLING = 2
_STEM_CHARS = 5
_MAX_TEXT_CHARS = 60
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: Words that are found in every text.
_COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "from",
        "into",
        "onto",
        "over",
        "under",
        "between",
        "than",
        "then",
        "that",
        "which",
        "when",
        "where",
        "while",
        "using",
        "use",
        "used",
        "via",
        "per",
        "its",
        "are",
        "can",
        "not",
        "all",
        "any",
        "each",
        "every",
        "one",
        "two",
        "three",
        "some",
        "only",
        "both",
        "more",
        "most",
        "how",
        "what",
        "new",
        "same",
        "different",
        "single",
        "multiple",
        "various",
        "several",
        "given",
        "many",
        "few",
        "first",
        "second",
        "third",
        "last",
        "next",
        "other",
        "own",
        "simple",
        "basic",
        "default",
        "custom",
        "example",
        "object",
        "objects",
        "data",
        "value",
        "values",
        "function",
        "functions",
        "method",
        "methods",
        "class",
        "classes",
        "way",
        "ways",
        "result",
        "results",
        "code",
        "python",
        "set",
        "sets",
        "type",
        "types",
        "list",
        "lists",
        "number",
        "numbers",
        "instance",
        "example",
    ]
)
#: Verbs that ask for something a program shows by certain calls, or does not do at all.
_LOOKS = r"print|plot|show|describe|head|info|summary|hist|imshow|scatter|display|bar|report"
_ASKED: Sequence[tuple[re.Pattern[str], re.Pattern[str]]] = tuple(
    (re.compile(verbs), re.compile("|".join(calls)))
    for verbs, calls in (
        (
            r"(?:plot|visuali[sz]e|view|draw|illustrate)$",
            (
                _LOOKS,
                r"[dD]raw|line|fill|contour|matshow|pie|spy|visuali|graph|heatmap|stem|text|annotate|pcolor|figure|spectr|tree|render",
                r"Display|Plot|add|legend|box|violin|quiver|table|set_",
            ),
        ),
        (r"(?:load|read|open|fetch|download|import)$", (r"load|read|open|fetch|data|import|get|from_|parse|raw|Dataset|sets?$|[A-Z]",)),
        (r"(?:save|write|export|store|serialize|dump)$", (r"save|write|to_|dump|export|store|open|print|json|pickle",)),
        (r"(?:fit|train|tune|learn|calibrate)$", (r"fit|train|learn|search|cross_val|tune|calibrat|evaluate|smooth|minimi|optimi|est",)),
        (r"(?:predict|forecast)$", (r"predict|forecast",)),
        (r"print$", (r"print|display|show|summary",)),
        (
            r"(?:score|evaluate|assess|validate|benchmark|compare)$",
            (_LOOKS, r"score|eval|metric|error|cross|predict|accuracy|compar|assert|fit|confusion|test|time|loss|add"),
        ),
        (r"set$", (r"^set(?:_|$)|reference|option|config|^rc$|update|[A-Z]",)),
        (r"animate$", (r"[Aa]nimat",)),
        (r"transform$", (r"transform|fit|[A-Z]",)),
        (r"(?:click|inspect|interpret|understand|analy[sz]e)$", (_LOOKS,)),
    )
)


def stems(text: str) -> frozenset[str]:
    """Return the telling words of a text or of a name by what they begin with."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word[:_STEM_CHARS].removesuffix("s") for word in words if len(word) > 2 and word not in _COMMON)


def evidence(nodes: Iterable[ast.AST], texts: Iterable[str] = ()) -> frozenset[str]:
    """Return the stems of all names and short texts of code, and of what is known of the symbols it uses."""
    found: set[str] = set()
    for node in (part for tree in nodes for part in walk(tree)):
        match node:
            case ast.Name():
                found |= stems(node.id)
            case ast.Attribute():
                found |= stems(node.attr)
            case ast.keyword(arg=str(name)) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found |= stems(name)
            case ast.Constant(value=str(text)) if len(text) <= _MAX_TEXT_CHARS:
                found |= stems(text)
    return frozenset(found).union(*map(stems, texts))


def is_grounded(request: str, nodes: Sequence[ast.AST], known: frozenset[str]) -> bool:
    """Tell whether code does what a request says, as far as words tell it.

    Args:
        request: opens with a verb.
        nodes: the code.
        known: its `evidence`.
    """
    verb, _, rest = request.partition(" ")
    telling = stems(rest)
    if len(telling) < MIN_TELLING and not quoted_names(rest):
        return False
    if len(telling & known) < max(1, MIN_SHARE * len(telling)):
        return False
    calls = {last_name(node.func) for tree in nodes for node in walk(tree) if isinstance(node, ast.Call)}
    verbs = [word for word in (verb.lower(), *re.findall(r"\band (\w+)\b", rest)) if word]
    return all(any(wanted.search(call) for call in calls) for word in verbs for asked, wanted in _ASKED if asked.match(word))


def quoted_names(text: str) -> frozenset[str]:
    """Return the names that stand between backticks in a text, without what they belong to and what they are called with."""
    return frozenset(name.partition("(")[0].rpartition(".")[2] for name in re.findall(r"`([^`]+)`", text))
