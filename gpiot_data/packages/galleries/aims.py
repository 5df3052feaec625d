"""Whether a request tells what comes out of a program, or only what has to be done on the way to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from gpiot_data.packages.galleries.acts import HELPER, Call, is_class, read_calls
from gpiot_data.packages.galleries.flows import Flow
from gpiot_data.packages.galleries.grounding import evidence, stems
from gpiot_data.packages.galleries.steps import last_name
from gpiot_data.packages.references import PublicNames, used_names
from gpiot_data.syntax_trees import walk

#: What is done before the point of a program.
_PREPARING = re.compile(
    r"(?:load|read|import|open|fetch|get|download|define|split|set|prepare|select|choose|specify|initiali[sz]e|create|construct|generate|make|"
    r"instantiate|simulate|sample|build|produce|pick|access|copy|rename|convert|add|drop|remove)\b",
    re.IGNORECASE,
)
#: What joins a request to another one that goes on from it.
_GOES_ON = re.compile(r", then |\band (?:then )?[a-z]+ (?:the|an?|its?|with|`)\b")
_PLAIN = re.compile(r"(?:set|get|add|show|save|head|tail|copy|summary|to|from|print|round|item|pick|crop|load)(?:_|s?$)|__|load")
_WORKING = re.compile(r"fit|predict|transform|filter|train")
_SHOWING = re.compile(r"plot|draw|show|display|visuali|animate|chart|view|figure|image|map\b", re.IGNORECASE)
#: A program that does more than this beside what it is asked for is another program.
MAX_UNTOLD = 1
MIN_TOLD_SHARE = 0.5
#: More options of a call, or statements, than a general word for it covers.
MAX_OPTIONS = 2
MAX_STATEMENTS = 6


def tells_outcome(request: str, tree: ast.Module, flow: Flow, public: PublicNames, summaries: Mapping[str, str], own_line: int) -> bool:
    """Tell whether a request names what the outputs of a program are made by.

    Args:
        request: what the program is asked for.
        tree: the program.
        flow: what comes out of it.
        public: the symbols of its package.
        summaries: the first sentence of the documentation of each symbol.
        own_line: where the section that the program is made for begins.
    """
    known = stems(request)
    if any(_is_partly_told(item.node, request) for item in flow.outputs):
        return False
    calls = [call for call in read_calls(tree, public) if call.place[0] >= own_line]
    if _PREPARING.match(request) and not _GOES_ON.search(request):
        untold = {name for call in calls for name in _done(call) if not _words(name, summaries) & known and last_part(name) not in request}
        if len(untold) > MAX_UNTOLD:
            return False
    if _tells_some_models(calls, request, summaries) or _names_untold(tree, public, summaries, request, own_line):
        return False
    if flow.plots and not flow.outputs and "`" in request and not _SHOWING.search(request):
        return False
    if not flow.outputs or flow.plots or flow.prints:
        return True
    return any(_maker_words(item.name, item.node, tree) & known for item in flow.outputs)


def says_too_little(request: str, nodes: Sequence[ast.stmt], flow: Flow, titled: bool = False) -> bool:
    """Tell whether a request names one function by what it is for in general, where a program calls it with options or does more.

    Where a title says what it is about (`titled`), options are no matter.
    """
    named = re.search(r"\(`([\w.]+)`\)$", request)
    if named is None or ", " in request.partition("(`")[0]:
        return False
    calls = [part for node in nodes for part in walk(node) if isinstance(part, ast.Call) and last_name(part.func) == last_part(named[1])]
    options = max((sum(not isinstance(keyword.value, ast.Name) for keyword in call.keywords) for call in calls), default=0)
    given = {item.line for item in flow.inputs}
    return (options > MAX_OPTIONS and not titled) or sum(node.lineno not in given for node in nodes) > MAX_STATEMENTS


def _tells_some_models(calls: Sequence[Call], request: str, summaries: Mapping[str, str]) -> bool:
    """Tell whether a request names or describes some of the objects that learn or work on data, and not all of them."""
    models = {call.owner for call in calls if is_class(call.owner) and _WORKING.search(call.method)}
    named = {model for model in models if re.search(rf"\b{re.escape(last_part(model))}\b", request)}
    if "`" in request:
        return bool(models - named)
    told = named | {model for model in models if _words(model, summaries) & stems(request)}
    return bool(told) and bool(models - told)


def _names_untold(tree: ast.Module, public: PublicNames, summaries: Mapping[str, str], request: str, own_line: int) -> bool:
    """Tell whether functions are handed on by name of which a request says nothing."""
    called = {(node.func.lineno, node.func.col_offset) for node in walk(tree) if isinstance(node, ast.Call)}
    handed = {symbol for place, name in used_names(tree) if place not in called and place[0] >= own_line and (symbol := public.find(name))}
    functions = {symbol for symbol in handed if not is_class(symbol) and not HELPER.search(symbol) and last_part(symbol).islower()}
    untold = {symbol for symbol in functions if symbol in summaries and not stems(last_part(symbol)) & stems(request)}
    return len(untold) > MAX_UNTOLD


def _is_partly_told(node: ast.expr, request: str) -> bool:
    """Tell whether an output holds several things, of which a request that names some names less than half."""
    if not isinstance(node, ast.Dict | ast.List | ast.Tuple):
        return False
    made = {last_name(part.func) for part in walk(node) if isinstance(part, ast.Call)}
    told = {name for name in made if re.search(rf"\b{re.escape(name)}\b", request)}
    return bool(told) and len(told) < MIN_TOLD_SHARE * len(made)


def _done(call: Call) -> Iterator[str]:
    """Yield the symbol of a call that does more than to make, get or show an object."""
    if call.symbol and not is_class(call.symbol) and not HELPER.search(call.symbol) and not _PLAIN.match(last_part(call.symbol)):
        yield call.symbol
    elif (
        call.method
        and not _PLAIN.match(call.method)
        and (is_class(call.owner) or re.search(r"fit|predict|transform|filter|train", call.method))
    ):
        yield f"{call.owner}.{call.method}"


def _words(symbol: str, summaries: Mapping[str, str]) -> frozenset[str]:
    return stems(last_part(symbol)) | stems(summaries.get(symbol, ""))


def last_part(symbol: str) -> str:
    """Return the last name of a dotted one."""
    return symbol.rpartition(".")[2]


def _maker_words(name: str, node: ast.expr, tree: ast.Module) -> frozenset[str]:
    """Return what the name of an output, what it is made by, and the methods that are called on it say."""
    methods: Sequence[ast.AST] = [
        part
        for part in walk(tree)
        if isinstance(part, ast.Call) and any(isinstance(inner, ast.Name) and inner.id == name for inner in walk(part.func))
    ]
    return stems(name) | evidence([node, *methods])
