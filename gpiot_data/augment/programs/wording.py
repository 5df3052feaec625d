"""Names and sentences of a transformed program: the name of its function, its line of documentation, its types."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Collection, Mapping
from typing import Any

from gpiot_data.packages.wording import imperative, is_request


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words at which a name stops: what follows tells how or of what.
_STOP = _words(
    """
    of with for from using by to in on at as and or that which into over under via given if when between where along also known
    called such as than whether after before only without
    """
)
_SKIPPED = _words("a an the given any each its their some specified")
#: Words that say nothing of what it is about.
_OPEN = _words("list number set array sequence matrix value values sum type kind order dictionary dict tuple pair estimate result part")
_MAX_NOUNS = 4
_MAX_DOCUMENTATION_CHARS = 100
_BUILTIN_TYPES = frozenset({"int", "float", "complex", "str", "bytes", "bool", "list", "tuple", "dict", "set"})


#: What becomes of a summary whose verb is not known as one: "Get the gives a new shape".
_MISREAD = re.compile(r"(?:Compute|Get) the \w+s (?:an?|the|whether|if|one|all)\b")


def request_of(summary: str, *, is_class: bool = False) -> str | None:
    """Return what a summary says as a request, in the imperative and without a full stop; None where it is none."""
    request = imperative(summary, "class" if is_class else "function")
    return None if request is None or _MISREAD.match(request) else request


def function_name(request: str, short_name: str, taken: Collection[str]) -> str:
    """Return a verb and up to four words out of a request as a name that is not `taken`; `apply_<symbol>` where it has none."""
    words = re.sub(r"(?:`[^`]*`|\([^)]*\))(?:'s)?", " ", request).replace("-", " ").replace("/", " ").split()
    # "zero, pole, gain representation" is about all three.
    lists = re.match(r"\S+ (?:an? |the )?\w+, \w+(?:,| and\b)", " ".join(words)) is not None
    nouns: list[str] = []
    for word in words[1:]:
        plain = re.sub(r"[^a-z0-9]", "", word.lower())
        if plain == "of" and len(nouns) == 1 and nouns[0] in _OPEN:
            continue
        if plain in _STOP or len(nouns) == _MAX_NOUNS:
            break
        if plain and plain not in _SKIPPED:
            nouns.append(plain)
        if word.endswith((";", ":", ".") if lists else (",", ";", ":", ".")):
            break
    if made := re.match(r"Create an? `(\w+)` to ", request):
        nouns = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", made[1])]
    parts = [re.sub(r"\W", "", words[0].lower()), *nouns] if nouns and is_request(request) else ["apply", short_name.lower()]
    name = re.sub(r"_+", "_", re.sub(r"\W", "_", "_".join(parts))).strip("_")
    candidates = [name, f"apply_{short_name.lower()}", f"{name}_of_example"]
    free = (item for item in candidates if item.isidentifier() and not keyword.iskeyword(item) and item not in taken and item != short_name)
    return next(free, f"{name}_{len(taken)}")


def documentation_line(request: str) -> str:
    """Return the docstring of a function, "" where the request does not fit on a line or would need escapes."""
    plain = "\\" not in request and '"""' not in request and not request.endswith('"') and "\n" not in request
    return f'"""{request}."""' if plain and len(request) <= _MAX_DOCUMENTATION_CHARS else ""


def annotation(observed: Mapping[str, Any] | None, value: ast.expr | None, names: Mapping[str, str]) -> str | None:
    """Return the annotation for a value.

    Args:
        observed: what a run saw of it (`type`, and for arrays `shape` and `dtype`), None where nothing was seen.
        value: the expression that defines it, which tells the type of a literal.
        names: the dotted name behind each imported name; a type that the program cannot name is left out.
    """
    kind = str(observed["type"]).rsplit(".", 1)[-1] if observed and "type" in observed else _literal_type(value, names)
    if kind in _BUILTIN_TYPES:
        return kind
    numpy = next((name for name, dotted in sorted(names.items()) if dotted == "numpy"), None)
    pandas = next((name for name, dotted in sorted(names.items()) if dotted == "pandas"), None)
    if kind == "ndarray" and numpy:
        return f"{numpy}.ndarray"
    if kind == "Generator" and numpy:
        return f"{numpy}.random.Generator"
    return f"{pandas}.{kind}" if kind in ("DataFrame", "Series") and pandas else None


_ARRAY_MAKERS = _words("array arange linspace logspace geomspace zeros ones full eye asarray zeros_like ones_like concatenate repeat")


def _literal_type(value: ast.expr | None, names: Mapping[str, str]) -> str | None:
    match value:
        case ast.Constant(value=bool() | int() | float() | complex() | str() | bytes() as constant):
            return type(constant).__name__
        case ast.UnaryOp(operand=ast.Constant() as operand, op=ast.USub()):
            return _literal_type(operand, names)
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Tuple():
            return "tuple"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.Call(func=ast.Attribute(value=ast.Name(id=root), attr=maker)) if names.get(root) == "numpy" and maker in _ARRAY_MAKERS:
            return "ndarray"
        case ast.Call(func=ast.Attribute(attr="default_rng")):
            return "Generator"
        case ast.Call(func=ast.Attribute(value=ast.Name(id=root), attr="DataFrame" | "Series" as maker)) if names.get(root) == "pandas":
            return maker
    return None
