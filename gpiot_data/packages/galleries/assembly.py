"""Steps of a page as the text of one program: imports first, a comment where a new part begins, shown values printed."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Sequence

from gpiot_data.packages.galleries.cells import Cell
from gpiot_data.packages.galleries.steps import Step, last_name, root_name
from gpiot_data.packages.markdown import first_sentence
from gpiot_data.schema import Expected

_COMMENT_WIDTH = 96
_MAX_COMMENT_CHARS = 240
#: Words that point out of the program.
_POINTING = re.compile(
    r"\b(?:below|above|following|figure|section|chapter|tutorial|notebook|example|link|here|see|cell|page|document|resource|described|chapters?|paper)\b|\$|https?:",
    re.IGNORECASE,
)
#: Calls made for what they do; any other last call of a cell is there for its value.
_EFFECTS = re.compile(
    r"^(?:set|add|plot|show|draw|save|write|append|extend|update|close|legend|grid|imshow|hist|axis|axes|x?y?lim|x?y?label|title|text|insert|"
    r"tight|bar|scatter|fill|line|vlines|hlines|invert|annotate|savefig|figure|subplot|print|display|run|start|stop|connect|publish|"
    r"loop|sleep|seed|clear|remove|del|render|colorbar|suptitle|simplefilter|filterwarnings|learn|train|import|warn|info|debug|sort|shuffle)"
)
#: Expressions whose value a page shows only for the sake of the figure.
_FIGURES = re.compile(r"(?:fig|figure|f|g|p|ax|axes|axs|grid|plot|chart)\d*$")


def assemble(
    imports: Sequence[str], steps: Sequence[Step], cells: Sequence[Cell], only: int | None = None
) -> tuple[str, tuple[Expected, ...]]:
    """Return the code of a program and its expected outputs by line, counted from 1.

    Args:
        imports: the statements to put first.
        steps: what follows, in order.
        cells: all cells of the page.
        only: the one cell that is introduced by a comment, by default all.
    """
    lines = [line for statement in imports for line in statement.split("\n")]
    expected: list[Expected] = []
    prints_display = not any("display" in step.names.binds for step in steps) and not any("display" in line for line in imports)
    before: Step | None = None
    for step in steps:
        lines += _space(before, step, bool(lines))
        if before is None or before.cell != step.cell:
            lines += [] if step.head or only not in (None, step.cell) else _comment(cells[step.cell], cells[0].title)
        code = _shown(step, prints_display)
        if step.want:
            expected.append(Expected(len(lines) + step.head + 1, step.want))
        lines += code.split("\n")
        before = step
    return "\n".join(lines) + "\n", tuple(expected)


def _space(before: Step | None, step: Step, behind_something: bool) -> list[str]:
    if before is None:
        return [""] if behind_something else []
    block = any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in (*before.nodes, *step.nodes))
    return ["", ""] if block else [""] if step.gap or step.cell != before.cell else []


def _comment(cell: Cell, page_title: str) -> list[str]:
    """Return what a cell says of itself in a sentence, or its title where that is not the one of the page, as comment lines."""
    text = first_sentence(cell.text).replace("\n", " ").replace("`", "").rstrip(" :").strip()
    if (
        not text
        or len(text) > _MAX_COMMENT_CHARS
        or _POINTING.search(text)
        or text.startswith(("- ", "|", "#", ">"))
        or not text[-1:].isascii()
    ):
        text = cell.title.replace("`", "") if cell.title != page_title else ""
    if not text or _POINTING.search(text):
        return []
    return [f"# {line}" for line in textwrap.wrap(text, _COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)]


def _shown(step: Step, prints_display: bool) -> str:
    """Return the code of a step, with the value that its page shows printed."""
    last = step.nodes[-1]
    code = _without_display(step, prints_display)
    if len(step.nodes) != 1 or not isinstance(last, ast.Expr) or not (step.want or (step.displays and _is_value(last.value))):
        return code
    head, source = code.split("\n")[: step.head], "\n".join(code.split("\n")[step.head :])
    try:
        statement = ast.parse(source).body[0]
    except SyntaxError:
        return code
    shown = ast.get_source_segment(source, statement)
    value = last.value
    if shown is None or (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in ("print", "display")):
        return code
    start = source.index(shown)
    return "\n".join([*head, f"{source[:start]}print({shown}){source[start + len(shown) :]}"])


def _is_value(value: ast.expr) -> bool:
    """Tell whether an expression is there to be looked at: no call made for its effect, and no figure."""
    if isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
        names = [node.id for node in ast.walk(value) if isinstance(node, ast.Name)]
        return not (names and _FIGURES.match(names[0]))
    if isinstance(value, ast.Call):
        root = root_name(value)
        return not (_EFFECTS.match(last_name(value.func)) or _FIGURES.match(root) or root in ("plt", "sns", "so", "mpl"))
    return isinstance(value, ast.BinOp | ast.Compare | ast.Tuple | ast.List | ast.Dict | ast.BoolOp)


def _without_display(step: Step, prints_display: bool) -> str:
    """Replace the `display` of notebooks, where it is not a name of the program's own, by `print`."""
    if not prints_display or "display" not in step.names.needs:
        return step.code
    return re.sub(r"(?<![\w.])display\(", "print(", step.code)
