"""Values that a page shows below its code, printed by the program where printing shows them too."""

from __future__ import annotations

import ast
import re

from gpiot_data.packages.galleries.steps import Step, last_name, root_name
from gpiot_data.syntax_trees import walk

#: Expressions whose value a page shows only for the sake of the figure.
_FIGURES = re.compile(r"(?:fig|figure|f|g|p|ax|axes|axs|grid|plot|chart|im|cbar|ani|anim)\d*$")
#: Methods of `seaborn.objects.Plot` that return a new one.
_SEABORN = frozenset({"add", "share", "scale", "facet", "pair", "layout", "label", "limit", "theme", "on"})
#: Methods that return what is to be looked at, and change nothing.
_LOOKS = re.compile(
    r"(?:head|tail|describe|summary|sample|nunique|unique|value_counts|groupby|mean|std|var|min|max|sum|count|median|quantile|shape|to_frame|"
    r"to_dict|to_numpy|tolist|round|keys|values|items|get_\w+|predict\w*|transform|score|params|sel|isel|loc|iloc|reset_index|sort_values|"
    r"sort_index|len|list|dict|set|sorted|type|repr|str|tuple|abs|isinstance|\w*_score|\w*_error|array|zeros|ones|arange|linspace|dot|any|all|"
    r"corr|cov|resample|rolling|pivot|pivot_table|merge|concat|join|melt|where|query|to_pandas|to_dataframe|from_\w+|conf_int|forecast|cumsum|diff|"
    r"astype|reshape|transpose|argmax|argmin|argsort|isin|isna|notna|dropna|fillna|interpolate|apply|agg|aggregate|map|stack|unstack|date_range)$"
)
#: Of these, those that nobody calls but to look at the outcome.
_GLANCES = re.compile(r"(?:head|tail|describe|sample|value_counts|nunique|unique)$")


def shown_code(step: Step, prints_display: bool) -> str | None:
    """Return the code of a step, with the value that its page shows printed; None for a value that is only named and not shown.

    Args:
        step: of a page.
        prints_display: whether `display` is the function of notebooks and no name of the program's own.
    """
    last = step.nodes[-1]
    code = _without_display(step, prints_display)
    if len(step.nodes) != 1 or not isinstance(last, ast.Expr):
        return code
    value = last.value
    if ast.unparse(value) == "print(__doc__)" or (isinstance(value, ast.Constant) and isinstance(value.value, str)):
        # What a page says of itself, and text between its statements, is no part of the program.
        return None
    if isinstance(value, ast.Call) and _GLANCES.match(last_name(value.func)) and not (step.displays or step.want):
        return None
    if isinstance(value, ast.ListComp) and isinstance(value.elt, ast.Name) and not step.want:
        # A look at what there is, of which no page shows the outcome.
        return None
    # "model.fit(x).coef_" looks at a part of what is done.
    acts = any(isinstance(node, ast.Call | ast.Await | ast.NamedExpr) and not _looks(node) for node in walk(value))
    named = not acts and not isinstance(value, ast.Call | ast.Constant) and not step.want
    if named and (not step.displays or (isinstance(value, ast.Name | ast.Attribute) and _FIGURES.match(root_name(value)))):
        return None
    if _is_seaborn_figure(value):
        return _wrapped(code, step.head, "", ".show()")
    prints = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in ("print", "display", "pprint")
    if prints or not (step.want or (step.displays and _is_value(value))):
        return code
    return _wrapped(code, step.head, "print(", ")")


def _looks(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _LOOKS.match(last_name(node.func)) is not None


def _is_seaborn_figure(value: ast.expr) -> bool:
    """Tell whether an expression builds a figure of `seaborn.objects`, which nothing draws before it is shown."""
    if not isinstance(value, ast.Call) or last_name(value.func) in ("show", "save", "plot"):
        return False
    root = root_name(value)
    return root == "so" or (root == "p" and last_name(value.func) in _SEABORN)


def _wrapped(code: str, head: int, before: str, after: str) -> str:
    """Put text before and behind the expression of a step."""
    lines = code.split("\n")
    source = "\n".join(lines[head:])
    try:
        statement = ast.parse(source).body[0]
    except SyntaxError:
        return code
    shown = ast.get_source_segment(source, statement)
    if shown is None:
        return code
    start = source.index(shown)
    return "\n".join([*lines[:head], f"{source[:start]}{before}{shown}{after}{source[start + len(shown) :]}"])


def _is_value(value: ast.expr) -> bool:
    """Tell whether an expression is there to be looked at: no call that may be made for its effect, and no figure."""
    if isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
        return not _FIGURES.match(root_name(value))
    if isinstance(value, ast.Call):
        root = root_name(value)
        return _LOOKS.match(last_name(value.func)) is not None and not _FIGURES.match(root) and root not in ("plt", "sns", "so", "mpl")
    return isinstance(value, ast.BinOp | ast.Compare | ast.Tuple | ast.List | ast.Dict | ast.BoolOp)


def _without_display(step: Step, prints_display: bool) -> str:
    """Replace the `display` of notebooks, where it is not a name of the program's own, by `print`."""
    if not prints_display or "display" not in step.names.needs:
        return step.code
    return re.sub(r"(?<![\w.])display\(", "print(", step.code)
