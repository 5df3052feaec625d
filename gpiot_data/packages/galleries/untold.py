"""Steps of a program that its target does not tell: what other libraries work out, and tables that are grouped and turned."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection

from gpiot_data.packages.galleries.grounding import stems
from gpiot_data.packages.galleries.steps import last_name
from gpiot_data.packages.references import used_names
from gpiot_data.syntax_trees import walk

#: Libraries that hold and draw what others work out.
_BACKGROUND = frozenset({"numpy", "pandas", "matplotlib", "mpl_toolkits", "seaborn", "plotly"}) | sys.stdlib_module_names
#: Functions that bring a program to its data, arrange it, or lay a figure out.
_PREPARING = re.compile(
    r"^(?:load|fetch|get|is|check|as|make|set|read|to|from|enable|start|rgb)_?|^(?:keys|items)$|_layout$|train_test_split$|(?:^|\.)(?:disk|open|dmatrices)$"
    r"|\.(?:datasets?|data|utils|random|stats\.(?:norm|chi2|t|randint|uniform|loguniform|expon|gamma))\b"
)
#: Methods that work on tables, by the words with which a target may tell of them.
_TABLES = {
    "groupby": "group|averag|mean|aggregat|sum|per |each",
    "resample": "resampl|daily|weekly|monthly|frequen",
    "rolling": "roll|moving|window",
    "pivot": "pivot|table|reshape|rectang",
    "pivot_table": "pivot|table|reshape|rectang",
    "crosstab": "table|cross|contingency",
    "merge": "merg|join|combin",
}


def untold_steps(target: str, tree: ast.Module) -> list[str]:
    """Return the calls of a program of which its target says nothing, but for what prepares data or lays out a figure.

    The subject of the page, which often names a whole field, tells of no step.
    """
    request = re.sub(r" \(subject: .*?\)(?=[.,]| with|$)", "", target)
    known = stems(request)
    places = {place: dotted for place, dotted in used_names(tree) if dotted.partition(".")[0] not in _BACKGROUND}
    untold = set()
    for node in (part for part in walk(tree) if isinstance(part, ast.Call)):
        dotted, name = places.get((node.func.lineno, node.func.col_offset), ""), last_name(node.func)
        works = dotted.rpartition(".")[2] == name and name.islower() and not _PREPARING.search(name) and not _PREPARING.search(dotted)
        if dotted and works and not _is_told(name, known) and not re.search(rf"\b{re.escape(name)}\b", request):
            untold.add(dotted)
        elif (
            not dotted and isinstance(node.func, ast.Attribute) and name in _TABLES and not re.search(_TABLES[name], request, re.IGNORECASE)
        ):
            untold.add(name)
    return sorted(untold)


def _is_told(name: str, known: Collection[str]) -> bool:
    """Tell whether most of the words of a name are known: of `validation_curve` more than the curve."""
    words = stems(name)
    return len(words & set(known)) * 2 > len(words)
