"""What a session shows, as code that shows it: the expression is printed, and a comment has what `print` writes.

A session shows the `repr` of a value and a program prints its `str`; the comment is left out where text cannot tell the one from the other.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from gpiot_data.packages.prompts import parsed_statements
from gpiot_data.syntax_trees import walk
from gpiot_data.verify.compare import varies

MAX_VALUE_CHARS = 100
MAX_VALUE_LINES = 10
#: More numbers than people write into an example.
_MAX_ARRAY_CHARS = 1000
_OPTION = re.compile(r"[ \t]*#\s*(?:doctest|xdoctest):.*$|[ \t]*#\s*(?:may vary|random)\s*$", re.MULTILINE | re.IGNORECASE)
#: Functions that print, draw or write, and give nothing worth printing.
_ACTING = re.compile(
    r"_*(?:p?print|show|plot|draw|display|help|dump|write|save|(?:info|log|warn|close|seed|fit|partial_fit|learn_one)$)",
    re.IGNORECASE,
)
#: What plotting gives, and objects that show where they lie in memory.
_DRAWN = re.compile(r"<matplotlib|\bat 0x|^Text\(|<BarContainer|<a list of ")
#: Objects whose `str` is their `repr`: tables, labels, and results and estimators that name their fields.
_SAME = re.compile(r"\w*Index\(|[\w.]+\(\w+=|[A-Z]\w+(?<!Dtype)\(\)$|[\[({]|-?(?:nan|inf)$|<xarray\.|<class |<\w+Array>\n")
#: Numbers drawn by chance, and what makes them the same in each run.
_CHANCE = re.compile(r"\bnp\.random\.(?!seed|Generator)\w|\bdefault_rng\(\)|\brandom\.\w+\(|\.rvs\(|\brandn?\(")
_SEEDED = re.compile(r"\bseed\s*[(=]|default_rng\(\s*\w|RandomState\(\s*\w|random_state ?= ?\d|Random\(\s*\w|\brng ?= ?\d|PCG64\(\s*\w")
_NUMPY_SCALAR = re.compile(r"np\.(?:float|int|uint|bool|complex|str)_?\w*\((?P<value>[^()]*|\([^()]*\))\)")
_NUMPY_TRUTH = re.compile(r"np\.(?P<value>True|False)_")
#: The text in the quotes is what `str` gives.
_QUOTED = re.compile(r"(?:dtype|Timestamp|Timedelta|Period|numpy\.datetime64|np\.datetime64)\('(?P<value>[^']*)'(?:, (?:tz=)?'[^']*')?\)")
#: Types of bytes, which `str` writes with the bar of their byte order.
_UNSIZED = re.compile(r"dtype\('(?P<value>[SV]\d*)'\)")


def shown_statement(source: str, want: str, prints: bool = False) -> str:
    """Return a statement that shows what a session shows below `source`; "" where it only names an object.

    Args:
        source: one example of a session.
        want: the output below it, "" for none.
        prints: whether a call is printed of which no value is shown.
    """
    code = _OPTION.sub("", source).rstrip()
    shown = _OPTION.sub("", want).strip("\n").rstrip()
    body = parsed_statements(code)
    if len(body) == 2 and isinstance(body[0], ast.Assign) and isinstance(body[1], ast.Expr) and isinstance(body[1].value, ast.Name):
        # "a = f(x); a" shows what the name stands for.
        return ast.get_source_segment(code, body[0]) or code
    if len(body) != 1 or not isinstance(statement := body[0], ast.Expr):
        return code
    expression = statement.value
    if isinstance(expression, ast.Constant) and not shown:
        return ""
    name = _called(expression)
    if name == "print" and isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name):
        return code + _comment(shown, f"{source}\n{want}")
    if isinstance(expression, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr) or _ACTING.match(name) or _is_drawn(expression):
        return code
    if shown.startswith("<") and not _SAME.match(shown):
        return code if _calls(expression) else ""
    if _DRAWN.search(shown) or (not shown and not prints and _calls(expression)):
        return code
    # The statement, not the expression, spans parentheses around the whole.
    text = ast.get_source_segment(code, statement) or code
    # "a, b" without brackets are not two things to print. What follows the expression is its comment.
    whole = f"({text})" if isinstance(expression, ast.Tuple) and not _is_one_argument(text) else text
    code = f"print({whole}){code[code.index(text) + len(text) :]}"
    value = _printed(shown)
    return code + (_comment(value, f"{source}\n{want}") if value else "")


def _is_one_argument(text: str) -> bool:
    body = parsed_statements(f"print({text})")
    call = body[0].value if body and isinstance(body[0], ast.Expr) else None
    return isinstance(call, ast.Call) and len(call.args) == 1


def _called(expression: ast.expr) -> str:
    function = expression.func if isinstance(expression, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _is_drawn(expression: ast.expr) -> bool:
    """Tell whether an expression is a styled table of pandas, of which `print` writes where it lies in memory."""
    return any(isinstance(node, ast.Attribute) and node.attr == "style" for node in walk(expression))


def steady(codes: Sequence[str]) -> list[str]:
    """Return the statements of a program without the comments of values that differ from run to run: behind a draw without seed."""
    result = []
    chance = False
    seeded = any(_SEEDED.search(code) for code in codes)
    for code in codes:
        chance |= not seeded and _CHANCE.search(code) is not None
        result.append(re.sub(r"\n# -> .*", "", code) if chance else code)
    return result


def _calls(expression: ast.expr) -> bool:
    return any(isinstance(node, ast.Call | ast.Await | ast.Yield | ast.YieldFrom) for node in walk(expression))


def _comment(value: str, written: str) -> str:
    """Return the comment below a statement that has what it prints, nothing where that is long or may differ."""
    lines = value.split("\n")
    long = len(lines) > MAX_VALUE_LINES or any(len(line) > MAX_VALUE_CHARS for line in lines)
    unclear = (
        "..." in value or "<BLANKLINE>" in value or "…" in value or "#" in value or "{{" in value or not all(line.strip() for line in lines)
    )
    if not value.strip() or long or unclear or varies(written) or ("<" in value[:1] and not _SAME.match(value)):
        return ""
    return "".join(f"\n# -> {line.rstrip()}" for line in lines)


def _printed(shown: str) -> str | None:
    """Return what `print` writes of the value with this `repr`; None where text cannot tell."""
    if match := (_NUMPY_SCALAR.fullmatch(shown) or _NUMPY_TRUTH.fullmatch(shown)):
        return _printed(match["value"])
    if match := _UNSIZED.fullmatch(shown):
        return f"|{match['value']}"
    if match := _QUOTED.fullmatch(shown):
        return match["value"]
    if shown.startswith("array("):
        return _printed_array(shown)
    if "\n" not in shown:
        try:
            value = ast.literal_eval(shown)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            pass
        else:
            plain = value if isinstance(value, str) else repr(value)
            return plain if "".join(repr(value).split()) == "".join(shown.split()) and "\n" not in plain else None
    if shown.startswith("masked_"):
        return None
    # A table or text of no call is the same either way.
    return shown if _SAME.match(shown) or not re.match(r"[A-Za-z_][\w.]*\(|['\"]", shown) else None


def _printed_array(shown: str) -> str | None:
    """Return what `print` writes of an array; None where it is not written as numpy writes it."""
    try:
        call = ast.parse(shown, mode="eval").body if len(shown) <= _MAX_ARRAY_CHARS else None
        if not isinstance(call, ast.Call) or len(call.args) != 1 or not all(keyword.arg == "dtype" for keyword in call.keywords):
            return None
        values = ast.literal_eval(re.sub(r"\b(?:nan|inf)\b", "1e999", ast.unparse(call.args[0])))
        kinds = [keyword.value.id for keyword in call.keywords if isinstance(keyword.value, ast.Name)]
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if "nan" in shown or "inf" in shown or len(kinds) != len(call.keywords):
        return None
    import numpy as np

    try:
        array = np.array(values, dtype=kinds[0] if kinds else None)
    except (ValueError, TypeError, OverflowError):
        return None
    return str(array) if "".join(repr(array).split()) == "".join(shown.split()) else None
