"""Whether a program does what the sentence above it asks for, as far as its names tell."""

from __future__ import annotations

import ast
import re

from gpiot_data.packages.wording import is_request
from gpiot_data.syntax_trees import walk

_PLOTS = re.compile(r"(?:^|\band |\bthen )(?:plot|draw|visuali[sz]e)\b", re.IGNORECASE)
_PLOTTING = re.compile(
    r"plot|show|draw|scatter|hist|stem|contour|pcolor|semilog|loglog|quiver|figure|chart|heatmap|visuali[sz]e|\bbar|fill_between|stairs|specgram",
    re.IGNORECASE,
)
_TICKED = re.compile(r"`(?:[\w.]+\.)?(?P<name>[A-Za-z_]\w*)(?:\(\))?`")
#: What follows the symbol in a target: "Design a filter with `p.f` of p: plot its response."
_LEAD = re.compile(r" with `[\w.]+` of [\w.-]+: (?P<lead>.+)\.$", re.DOTALL)


def is_done(lead: str, code: str) -> bool:
    """Tell whether a program plots where a sentence says so, and uses the names that the sentence marks as code."""
    tree = ast.parse(code)
    names = {node.attr if isinstance(node, ast.Attribute) else node.id for node in walk(tree) if isinstance(node, ast.Attribute | ast.Name)}
    names |= {keyword.arg or "" for node in walk(tree) if isinstance(node, ast.Call) for keyword in node.keywords}
    if _PLOTS.search(lead) and not any(map(_PLOTTING.search, names)):
        return False
    spelled = {node.value for node in walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    literals = {"True", "False", "None"}
    return all(match["name"] in names | spelled | literals for match in _TICKED.finditer(lead))


def is_one_of_several(lead: str, code: str) -> bool:
    """Tell whether a program has further comments that ask for something as its lead does: the lead is the first task of several."""
    blocks = re.findall(r"(?:^# (?!-> ).*\n)+", f"{code}\n", re.MULTILINE)
    opens = [" ".join(block.replace("\n#", "").removeprefix("# ").split()) for block in blocks]
    return any(is_request(text) and not text.lower().startswith(lead[:20].lower()) and not _PLOTS.match(text) for text in opens)


def target_not_done(target: str, code: str) -> bool:
    """Tell whether a target asks, behind its symbol, for what a program does not do."""
    match = _LEAD.search(target)
    return match is not None and not is_done(match["lead"], code)
