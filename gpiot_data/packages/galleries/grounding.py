"""Whether code does what a sentence says: the words of a request against the names, texts and calls of the statements it stands for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from gpiot_data.packages.galleries.steps import last_name

#: How many of the telling words of a request have to be found in the code.
MIN_SHARE = 0.5
_STEM_CHARS = 5
_MAX_TEXT_CHARS = 60
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: Words that are found in every text.
_COMMON = frozenset(
    """
    the and for with from into onto over under between than then that which when where while using use used via per its are can not all any
    each every one two three some only both more most how what new same different single multiple various several given many few first
    second third last next other own simple basic default custom example object objects data value values function functions method
    methods class classes way ways result results code python set sets type types list lists number numbers instance example
    """.split()
)
#: Verbs that ask for something a program shows by certain calls, or does not do at all.
_ASKED: Sequence[tuple[re.Pattern[str], re.Pattern[str]]] = tuple(
    (re.compile(verbs), re.compile(calls))
    for verbs, calls in (
        (r"(?:plot|visuali[sz]e|view|draw|illustrate)$", r"plot|show|draw|hist|scatter|bar|line|fill|contour|matshow|pie|spy|display|visuali[sz]e|graph|"
         r"heatmap|stem|text|annotate|imshow|pcolor|figure|spect?rum|tree|dendrogram|render|Display|Plot|add|legend|box|violin|quiver|table|set_"),
        (r"(?:load|read|open|fetch|download|import)$", r"load|read|open|fetch|data|import|get|from_|parse|raw|imread|Dataset|sets?$|[A-Z]"),
        (r"(?:save|write|export|store|serialize|dump)$", r"save|write|to_|dump|export|store|open|print|json|pickle"),
        (r"(?:fit|train|tune|learn|calibrate)$", r"fit|train|learn|search|cross_val|tune|calibrat|evaluate|smooth|minimi|optimi|estimat|solve|est"),
        (r"(?:predict|forecast)$", r"predict|forecast|fit_predict"),
        (r"(?:print)$", r"print|display|show|summary"),
        (r"(?:score|evaluate|assess|validate|benchmark|compare)$", r"score|eval|metric|error|report|cross|print|plot|predict|accuracy|compare|assert|"
         r"show|fit|confusion|test|time|loss|add|bar|scatter|imshow|compar"),
        (r"(?:animate)$", r"[Aa]nimat"),
        (r"(?:transform)$", r"transform|fit|[A-Z]"),
        (r"(?:install|click|explore|inspect|study|investigate|examine|analy[sz]e|interpret|understand|learn|discuss|explain)$", r"print|plot|show|describe|"
         r"head|info|summary|hist|imshow|scatter|display|bar|report"),
    )
)  # fmt: skip


def stems(text: str) -> frozenset[str]:
    """Return the telling words of a text or of a name by what they begin with."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word[:_STEM_CHARS].removesuffix("s") for word in words if len(word) > 2 and word not in _COMMON)


def evidence(nodes: Iterable[ast.AST], texts: Iterable[str] = ()) -> frozenset[str]:
    """Return the stems of all names and short texts of code, and of what is known of the symbols it uses."""
    found: set[str] = set()
    for node in (part for tree in nodes for part in ast.walk(tree)):
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
    if len(telling & known) < max(1, MIN_SHARE * len(telling)):
        return False
    calls = {last_name(node.func) for tree in nodes for node in ast.walk(tree) if isinstance(node, ast.Call)}
    verbs = [word for word in (verb.lower(), *re.findall(r"\band (\w+)\b", rest)) if word]
    return all(any(wanted.search(call) for call in calls) for word in verbs for asked, wanted in _ASKED if asked.match(word))


def quoted_names(text: str) -> frozenset[str]:
    """Return the names that stand between backticks in a text, without what they belong to and what they are called with."""
    return frozenset(name.partition("(")[0].rpartition(".")[2] for name in re.findall(r"`([^`]+)`", text))
