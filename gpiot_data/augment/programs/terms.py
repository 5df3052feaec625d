"""The words of a specification for the inputs of a program: what the documentation calls them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from gpiot_data.augment.programs.arguments import is_name
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.rename import rename_variables
from gpiot_data.augment.programs.roles import Roles, is_symbol_call
from gpiot_data.packages.docstrings import Documentation
from gpiot_data.syntax_trees import walk

#: Shorter names of parameters say no more than the variable does.
_MIN_TERM_CHARS = 4
_MAX_NAME_CHARS = 2


def given_as(tree: ast.Module, symbol: str, names: Mapping[str, str], parameters: Sequence[str]) -> dict[str, str]:
    """Return the parameter that each variable is given as, for those that all calls of a symbol which take them take as one.

    Args:
        tree: of a program.
        symbol: a dotted name.
        names: the dotted name behind each imported name of the program.
        parameters: names of the symbol's positional parameters in order.
    """
    found: dict[str, set[str]] = {}
    for call in (node for node in walk(tree) if isinstance(node, ast.Call)):
        if not is_symbol_call(call, symbol, names):
            continue
        placed = zip(parameters, call.args, strict=False) if not any(isinstance(item, ast.Starred) for item in call.args) else ()
        for name, value in [*placed, *((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg)]:
            if isinstance(value, ast.Name):
                found.setdefault(value.id, set()).add(name)
    return {variable: next(iter(given)) for variable, given in found.items() if len(given) == 1}


def specification_terms(roles: Roles, documentation: Documentation, parameters: Sequence[str]) -> dict[str, str]:
    """Return the documented parameter name for each short-named input that every call of the symbol takes as that parameter.

    Empty where nothing is to be renamed, or where a name is in use already.
    """
    documented = {entry.name.lstrip("*") for entry in documentation.parameters}
    inputs = {datum.name for datum in roles.inputs if len(datum.name) <= _MAX_NAME_CHARS}
    given = given_as(roles.source.tree, roles.symbol, roles.names, parameters)
    terms = {old: new for old, new in sorted(given.items()) if old in inputs and new in documented}
    terms = {old: new for old, new in terms.items() if len(new) >= _MIN_TERM_CHARS and is_name(new) and not re.search(r"\d", new)}
    try:
        rename_variables(roles.source.code, terms)
    except Refused:
        return {}
    return terms
