"""The parameters of a call: from a syntax tree, from a Cython header, or from the line that opens a docstring."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gpiot_data.packages.cython import split_arguments

#: The longest signature line of the survey has 320 characters.
_MAX_SIGNATURE_CHARS = 1500
_CYTHON_NAME = re.compile(r"(?P<star>\*{0,2})(?P<name>\w+)(?:\s+(?:not|or)\s+None)?(?:\s*:[^=]*)?(?:\s*=.*)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as written: `text` with annotation and default, `positional` where a call may give it by place."""

    name: str
    text: str
    positional: bool


def parameters_of(arguments: ast.arguments, written: Callable[[ast.expr], str], bound: bool) -> tuple[Parameter, ...]:
    """Return the parameters of a call; `written` gives the text of an expression, and a `bound` call leaves out the first."""

    def text(argument: ast.arg, default: ast.expr | None, mark: str = "") -> str:
        note = f": {written(argument.annotation)}" if argument.annotation else ""
        sign = " = " if note else "="
        return f"{mark}{argument.arg}{note}" + (f"{sign}{written(default)}" if default is not None else "")

    placed = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(placed) - len(arguments.defaults)) + list(arguments.defaults)
    result = [Parameter(argument.arg, text(argument, default), True) for argument, default in zip(placed, defaults, strict=True)]
    slash = len(arguments.posonlyargs)
    if bound and result:
        result, slash = result[1:], slash - 1
    if slash > 0:
        result.insert(slash, Parameter("/", "/", False))
    if arguments.vararg:
        result.append(Parameter(arguments.vararg.arg, text(arguments.vararg, None, "*"), False))
    elif arguments.kwonlyargs:
        result.append(Parameter("*", "*", False))
    result += [
        Parameter(argument.arg, text(argument, default), False)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if arguments.kwarg:
        result.append(Parameter(arguments.kwarg.arg, text(arguments.kwarg, None, "**"), False))
    return tuple(result)


def cython_parameters(texts: Sequence[str], bound: bool) -> tuple[Parameter, ...]:
    """Return the parameters of a Cython header; C types, which a caller does not write, are left out."""
    result = []
    only_named = False
    for text in texts[1:] if bound else texts:
        if text in ("*", "/"):
            result.append(Parameter(text, text, False))
            only_named |= text == "*"
            continue
        head = text[text.rindex(" ", 0, _name_end(text)) + 1 :] if " " in text[: _name_end(text)] else text
        match = _CYTHON_NAME.match(head.lstrip("&"))
        if match is None:
            continue
        only_named |= match["star"] == "*"
        written = re.sub(r"\s+(?:not|or) None\b", "", head.lstrip("&"))
        result.append(Parameter(match["name"], written, not match["star"] and not only_named))
    return tuple(result)


def _name_end(text: str) -> int:
    """Return where the type and name of a parameter end: before its default, annotation or `not None`."""
    match = re.search(r"\s*(?:=|\b(?:not|or) None\b|(?<=\w):\s)", text)
    return match.start() if match else len(text)


def cut_signature(docstring: str, name: str) -> tuple[str | None, str]:
    """Separate the call that opens a docstring, as compiled functions have it, from the rest; None where there is none.

    The call is returned as what stands between its brackets.
    """
    head = re.match(rf"(?:[\w., ]{{1,80}}=\s*)?(?:\w+\.){{0,3}}{re.escape(name)}\(", docstring)
    if head is None:
        return None, docstring
    depth = 1
    position = head.end()
    for match in re.compile(r"[()]").finditer(docstring, position, position + _MAX_SIGNATURE_CHARS):
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            position = match.end()
            break
    else:
        return None, docstring
    tail = re.compile(r"[ \t]*(?:->[^\n]{0,200})?(?:\n[ \t]*--)?[ \t]*(?:\n|$)").match(docstring, position)
    if tail is None:
        return None, docstring
    return " ".join(docstring[head.end() : position - 1].split()), docstring[tail.end() :].lstrip("\n")


def parse_written(arguments: str, bound: bool) -> tuple[Parameter, ...] | None:
    """Return the parameters in a call as a docstring writes it: "[start,] stop[, step], dtype=None"; None where it is no call."""
    plain = ", ".join(part for part in split_arguments(re.sub(r"[\[\]](?![\w'\"]*\])|\$(?=self\b)", "", arguments)) if part != "...")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function = ast.parse(f"def f({plain}): ...").body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(function, ast.FunctionDef):
        return None
    first = [*function.args.posonlyargs, *function.args.args][:1]
    return parameters_of(function.args, ast.unparse, bound and [argument.arg for argument in first] == ["self"])
