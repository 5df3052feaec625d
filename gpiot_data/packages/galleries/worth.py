"""Why a program that may well run is still none that anybody would ask for, as far as its calls tell."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Sequence

from gpiot_data.packages.galleries.flows import PLOT_NAMES
from gpiot_data.packages.galleries.steps import last_name, root_name
from gpiot_data.packages.references import used_names
from gpiot_data.packages.scope import names_of
from gpiot_data.syntax_trees import walk

#: Calls that are made for what they do.
_EFFECT = re.compile(
    r"plot|draw|show|print|display|report|view|set|save|write|dump|export|seed|close|add|run|start|stop|register|update|use|[A-Z]"
)
#: Methods that work something out and leave their object as it was.
_RESULTS = re.compile(
    r"(?:rank|predict(?!_and)\w*|forecast\w*|score\w*|get_\w+|(?:inverse_|fit_)?transform|describe|mean|std|var|sum|min|max|median|evaluate|"
    r"decision_function|kneighbors|astype|compute|entropy|[pc]df|ppf|rvs|interp|interp_like|i?sel|where|dropna|fillna|sort_values|sortby|unstack)$"
)
#: Functions that give a value and do nothing else, by how they are named.
_WORKING_OUT = re.compile(r"(?:compute|calculate|estimate|find|generate|make|is|count)(?:_\w+)?$|(?:open|read)_\w+$")
_ASKING = re.compile(
    r"predict(?:_one|_proba|_proba_one|_many|_log_proba|_quantiles|_interval)?$|decision_function$|kneighbors$|score_one$|transform_one$"
)
#: Methods after which a model has learned, or has what others learned.
_TEACHING = re.compile(r"\w*(?:fit|learn|train|load|update|restore|set_params|from_|build|compile)\w*$")
#: A name that is bound to more new things than this stands for one example after the other.
MAX_MADE = 2
_PLOTTING = frozenset({"matplotlib", "seaborn", "plotly", "mpl_toolkits"})


def worthless(tree: ast.Module, packages: Collection[str]) -> str | None:
    """Return why nobody would ask for a program about `packages`; None where somebody may.

    The reasons are `trivial`, `discards_result`, `several_examples`, `untrained_model`, and `unfinished` for one whose fitted object
    gives way to a new one.
    """
    statements = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    if len(statements) == 1 and _makes_an_object(statements[0]):
        return "trivial"
    if statements and (_discards(tree, statements[-1], packages) or any(_drops_a_value(node) for node in walk(tree))):
        return "discards_result"
    if _is_several(statements):
        return "several_examples"
    if _asks_untrained(tree):
        return "untrained_model"
    return "unfinished" if _begins_anew(statements) else None


def _drops_a_value(node: ast.AST) -> bool:
    if not isinstance(node, ast.Expr) or not isinstance(call := node.value, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    return _RESULTS.match(call.func.attr) is not None or _WORKING_OUT.match(call.func.attr) is not None


def _is_several(statements: Sequence[ast.stmt]) -> bool:
    """Tell whether a function is defined anew, or one name stands for several things that are made after each other."""
    defined = Counter(node.name for node in statements if isinstance(node, ast.FunctionDef | ast.ClassDef))
    made = Counter(
        target.id
        for node in statements
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name) and not PLOT_NAMES.match(target.id) and target.id not in names_of([node]).reads
    )
    return any(number > 1 for number in defined.values()) or any(number > MAX_MADE for number in made.values())


def _asks_untrained(tree: ast.Module) -> bool:
    """Tell whether a model is asked that the program makes, teaches nothing and gives to nothing that may teach it."""
    made = {
        target.id
        for node in walk(tree)
        if isinstance(node, ast.Assign) and _is_new_model(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    calls = [node for node in walk(tree) if isinstance(node, ast.Call)]
    methods = [(call.func.value, call.func.attr, call) for call in calls if isinstance(call.func, ast.Attribute)]
    # "model.predict(results.params)" is told what others learned.
    asked = {value.id for value, name, call in methods if isinstance(value, ast.Name) and _ASKING.match(name) and not _has_parameters(call)}
    taught = {root_name(value) for value, name, _ in methods if _TEACHING.match(name)}
    given = [part for call in calls for part in [*call.args, *(keyword.value for keyword in call.keywords)]]
    others = [node.value for node in walk(tree) if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Call)]
    # "print(model.predict(x))" does not give the model away.
    owners = {id(node.value) for node in walk(tree) if isinstance(node, ast.Attribute)}
    shared = {part.id for value in [*given, *others] for part in walk(value) if isinstance(part, ast.Name) and id(part) not in owners}
    return bool((made & asked) - taught - shared)


def _is_new_model(value: ast.expr) -> bool:
    """Tell whether an expression makes an object, or a chain of such."""
    if isinstance(value, ast.BinOp):
        return _is_new_model(value.left) and _is_new_model(value.right)
    if not isinstance(value, ast.Call):
        return False
    name = last_name(value.func)
    chained = isinstance(value.func, ast.Attribute) and isinstance(value.func.value, ast.Call)
    return not chained and (name[:1].isupper() or name in ("make_pipeline", "make_union"))


def _has_parameters(call: ast.Call) -> bool:
    return any(isinstance(part, ast.Attribute | ast.Name) and "params" in ast.unparse(part) for part in walk(call))


def _begins_anew(statements: Sequence[ast.stmt]) -> bool:
    """Tell whether a name of an object that was taught stands for a new one at the end, with which nothing is done."""
    taught: set[str] = set()
    renewed: set[str] = set()
    for node in statements:
        renewed -= {part.id for part in walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
        new = {target.id for target in node.targets if isinstance(target, ast.Name)} if isinstance(node, ast.Assign) else set()
        if isinstance(node, ast.Assign) and _is_new_model(node.value):
            renewed |= new & taught
        for part in walk(node):
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and _TEACHING.match(part.func.attr):
                taught |= {root_name(part.func)} | (new if not _is_new_model(part) else set())
    return bool(renewed)


def _makes_an_object(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and last_name(node.value.func)[:1].isupper()


def _discards(tree: ast.Module, last: ast.stmt, packages: Collection[str]) -> bool:
    """Tell whether the last statement is a call of a function, or of a method for its value, that nothing takes."""
    if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Call) or _EFFECT.search(last_name(last.value.func)):
        return False
    function = last.value.func
    if isinstance(function, ast.Attribute) and _RESULTS.match(function.attr):
        return True
    names = {dotted.partition(".")[0] for place, dotted in used_names(tree) if place == (function.lineno, function.col_offset)}
    return bool(names & set(packages) - _PLOTTING)
