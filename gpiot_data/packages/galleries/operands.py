"""What the calls of the asked symbols are given: the specification has to name all of it, or the program is not the answer to it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Collection, Iterator, Sequence

from gpiot_data.packages.galleries.reach import running
from gpiot_data.packages.galleries.steps import last_name, root_name
from gpiot_data.packages.scope import names_of
from gpiot_data.syntax_trees import walk

#: More, or longer ones, would be the program and no request.
MAX_SETTINGS = 8
MAX_SETTING_CHARS = 60
MAX_SETTINGS_CHARS = 300
_LOADER = re.compile(r"(?:load|fetch|get_data)_\w+$|get_rdataset$|webuse$|open_dataset$|download\w*$|urlopen$|urlretrieve$")
_URL = re.compile(r"(?:https?|ftp|s3)://")
_ACTS = frozenset({"fit", "fit_transform", "fit_predict", "fit_resample", "transform", "predict", "predict_proba", "score", "forecast"})
#: Where a figure is drawn on; it says nothing of what is drawn.
_PLACES = frozenset({"ax", "axes", "fig", "figure", "cax"})


def asked_calls(tree: ast.Module, symbols: Sequence[str]) -> list[ast.Call]:
    """Return the calls of symbols, by their last names, and for classes those of what their objects do, in the order of the program."""
    short = {symbol.rpartition(".")[2] for symbol in symbols}
    if any(name[:1].isupper() for name in short):
        # "Fit a model and predict with it" is as much about what it is fitted to.
        short |= _ACTS
    calls = [node for node in walk(running(tree)) if isinstance(node, ast.Call) and last_name(node.func) in short]
    return sorted(calls, key=lambda node: (node.lineno, node.col_offset))


def operand_names(calls: Sequence[ast.Call]) -> frozenset[str]:
    """Return the variables that calls are given, and those that methods are called on."""
    given = [part for call in calls for part in (*call.args, *(keyword.value for keyword in call.keywords), call.func)]
    return frozenset(part.id for value in given for part in walk(value) if isinstance(part, ast.Name))


def settings(calls: Sequence[ast.Call]) -> str | None:
    """Return what calls are given beside variables as a phrase, "" where that is nothing; None where it is too much to be said."""
    said = list(dict.fromkeys(text for call in calls for text in _told(call)))
    if any(len(text) > MAX_SETTING_CHARS or re.search(r"[`\n]", text) for text in said):
        return None
    if len(said) > MAX_SETTINGS or sum(map(len, said)) > MAX_SETTINGS_CHARS:
        return None
    quoted = [f"`{text}`" for text in said]
    return ", ".join(quoted[:-1]) + " and " + quoted[-1] if len(quoted) > 1 else "".join(quoted)


def _told(call: ast.Call) -> Iterator[str]:
    placed = [part for part in call.args if not _is_plain(part)]
    if placed:
        # By its place alone nobody would know what a value is for.
        yield f"{last_name(call.func)}({', '.join(ast.unparse(part) for part in call.args)})"
    for keyword in call.keywords:
        if keyword.arg not in _PLACES and not _is_plain(keyword.value):
            yield f"{keyword.arg or '**'}{'=' if keyword.arg else ''}{ast.unparse(keyword.value)}"


def _is_plain(value: ast.expr) -> bool:
    """Tell whether an expression is made of variables alone."""
    kinds = ast.Name | ast.Tuple | ast.List | ast.Attribute | ast.Starred | ast.expr_context
    return all(isinstance(part, kinds) for part in walk(value))


def unnamed_sources(tree: ast.Module, text: str) -> list[str]:
    """Return the calls that load a data set, and the addresses, that a specification says nothing of.

    Args:
        tree: of the program.
        text: of the specification.
    """
    found = []
    for node in walk(running(tree)):
        if isinstance(node, ast.Call) and _loads(node):
            source = ast.unparse(node)
            # "load()" is imported from the data set that it loads, and says nothing of it.
            if source == "load()" or (source not in text and not _names_it(node, text)):
                found.append(source)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _URL.match(node.value) and node.value not in text:
            found.append(node.value)
    return found


def _loads(call: ast.Call) -> bool:
    name = last_name(call.func)
    bare = isinstance(call.func, ast.Name) or ".datasets." in ast.unparse(call.func)
    return _LOADER.match(name) is not None or (name == "load" and bare)


def _names_it(call: ast.Call, text: str) -> bool:
    """Tell whether a text names a loader that needs no more than its name."""
    bare = not any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in call.args)
    return bare and f"{last_name(call.func)}`" in text


def loaded_names(tree: ast.Module) -> frozenset[str]:
    """Return the variables that data sets are bound to."""
    return frozenset(
        part.id
        for node in running(tree).body
        if isinstance(node, ast.Assign) and any(isinstance(inner, ast.Call) and _loads(inner) for inner in walk(node.value))
        for target in node.targets
        for part in walk(target)
        if isinstance(part, ast.Name)
    )


def depend_on(tree: ast.Module, calls: Collection[ast.Call]) -> frozenset[str]:
    """Return the names that are bound to, or hold, what calls give, directly or not."""
    reached: set[str] = set()
    asked = {(call.lineno, call.col_offset) for call in calls}
    for node in running(tree).body:
        inside = list(walk(node))
        hit = any(isinstance(part, ast.Call) and (part.lineno, part.col_offset) in asked for part in inside)
        if not hit and not names_of([node]).needs & reached:
            continue
        reached |= names_of([node]).binds
        for part in inside:
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
                reached.add(root_name(part.func))
            elif isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store):
                reached.add(root_name(part))
    return frozenset(reached)


def bound_directly(tree: ast.Module, calls: Collection[ast.Call]) -> frozenset[str]:
    """Return the names that statements with one of the calls bind."""
    asked = {(call.lineno, call.col_offset) for call in calls}

    def asks(node: ast.stmt) -> bool:
        return any(isinstance(part, ast.Call) and (part.lineno, part.col_offset) in asked for part in walk(node))

    binding = [node for node in running(tree).body if isinstance(node, ast.Assign) and asks(node)]
    return names_of(binding).binds


def strange_words(code: str) -> list[str]:
    """Return names with an underscore that comments speak of and code has not: the comments are of another program."""
    comments: list[str] = []
    rest: list[str] = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        (comments if token.type == tokenize.COMMENT else rest).append(token.string)
    known = " ".join(rest)
    return [word for text in comments for word in re.findall(r"(?<![\w./-])[a-z]+_[a-z_]+(?![\w./-])", text) if word not in known]


def draws_over(calls: Sequence[ast.Call], names: Collection[str], tree: ast.Module) -> bool:
    """Tell whether plots of seaborn by one function, each an example of its own, land on the same axes.

    Args:
        calls: of the asked symbols.
        names: dotted names that the program takes from imports.
        tree: of the program.
    """
    seaborn = {name.rpartition(".")[2] for name in names if name.startswith("seaborn.")}
    lines = {node.value.lineno for node in tree.body if isinstance(node, ast.Expr | ast.Assign)}
    drawn = [
        last_name(call.func)
        for call in calls
        if last_name(call.func) in seaborn and call.lineno in lines and not any(keyword.arg == "ax" for keyword in call.keywords)
    ]
    return len(drawn) > len(set(drawn))
