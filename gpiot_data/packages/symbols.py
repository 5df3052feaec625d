"""The public functions and classes of a package, each by its public dotted name and with its place in the artefact."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gpiot_data.packages.archive import SourceFile
from gpiot_data.packages.modules import Definition, Found, Module, ModuleIndex, line_starts, parse_module
from gpiot_data.store import sha256_bytes


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as written: `text` with annotation and default, `positional` where a call may give it by place."""

    name: str
    text: str
    positional: bool


@dataclass(frozen=True, slots=True)
class Symbol:
    """A public function or class.

    `name` is its public dotted path; `span` is [start, end) in bytes of `path` from `def` or `class` to
    its last line, `lines` are counted from 1, and `docstring` is None where the source has none as text.
    `parameters` are those a caller gives (for a class, those of `__init__`); None where none are written down.
    """

    kind: Literal["function", "class"]
    name: str
    parameters: tuple[Parameter, ...] | None
    docstring: str | None
    path: str
    lines: tuple[int, int]
    span: tuple[int, int]
    span_sha256: str

    @property
    def short_name(self) -> str:
        """Return the last part of the dotted name."""
        return self.name.rsplit(".", 1)[1]

    @property
    def module(self) -> str:
        """Return the public module that offers the symbol."""
        return self.name.rsplit(".", 1)[0]

    @property
    def signature(self) -> str:
        """Return the call as written in the source, on one line."""
        if self.parameters is None:
            return self.name
        return f"{self.name}({', '.join(parameter.text for parameter in self.parameters)})"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that gives no symbols, with a stable word for the reason."""

    path: str
    reason: Literal["file_too_large", "not_parsed"]


@dataclass(frozen=True, slots=True)
class SymbolIndex:
    """What was found in an artefact; `unresolved` are exported names whose definition is not Python text."""

    symbols: tuple[Symbol, ...]
    unresolved: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]


def index_symbols(files: Sequence[SourceFile]) -> SymbolIndex:
    """Find every public function and class of `files`, in the order of path and line."""
    modules: list[Module] = []
    unreadable: list[Unreadable] = []
    for file in files:
        if file.data is None:
            unreadable.append(Unreadable(file.path, "file_too_large"))
            continue
        try:
            modules.append(parse_module(file))
        except ValueError:
            unreadable.append(Unreadable(file.path, "not_parsed"))
    index = ModuleIndex(modules)
    places: dict[tuple[str, int], tuple[Found, list[str]]] = {}
    unresolved: list[str] = []
    for module in modules:
        if not module.is_public:
            continue
        for name in sorted(index.public_names(module)):
            found = index.resolve(module.name, name)
            if found is not None:
                places.setdefault((found.module.file.path, found.node.lineno), (found, []))[1].append(f"{module.name}.{name}")
            elif not _is_no_symbol(index, module, name):
                unresolved.append(f"{module.name}.{name}")
    starts = {module.name: line_starts(module.file.data or b"") for module in modules}
    symbols = [
        _symbol(found, _public_name(found.node.name, names), starts[found.module.name]) for _, (found, names) in sorted(places.items())
    ]
    return SymbolIndex(tuple(symbols), tuple(unresolved), tuple(unreadable))


def _public_name(defined: str, names: Sequence[str]) -> str:
    """Choose among the dotted names of one definition: as defined rather than an alias, then the shortest path."""
    return min(names, key=lambda name: (name.rsplit(".", 1)[1] != defined, name.count("."), name))


def _is_no_symbol(index: ModuleIndex, module: Module, name: str) -> bool:
    """Tell whether a name is a module, an assigned value, or one that only a module `__getattr__` answers: none is missed."""
    bindings = module.bindings.get(name)
    if bindings is None and "__getattr__" in module.bindings:
        return True
    return f"{module.name}.{name}" in index.modules or (bindings is not None and bindings[-1] is None)


def _symbol(found: Found, name: str, starts: Sequence[int]) -> Symbol:
    node, data = found.node, found.module.file.data or b""
    start = starts[node.lineno - 1] + node.col_offset
    end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
    docstring = ast.get_docstring(node, clean=False)
    return Symbol(
        kind="class" if isinstance(node, ast.ClassDef) else "function",
        name=name,
        parameters=_parameters(node, data, starts),
        docstring=inspect.cleandoc(docstring) if docstring else None,
        path=found.module.file.path,
        lines=(node.lineno, node.end_lineno or node.lineno),
        span=(start, end),
        span_sha256=sha256_bytes(data[start:end]),
    )


def _parameters(node: Definition, data: bytes, starts: Sequence[int]) -> tuple[Parameter, ...] | None:
    """Return the parameters of a call as written, `self` left out; None for a class without `__init__`."""
    bound = isinstance(node, ast.ClassDef)
    if isinstance(node, ast.ClassDef):
        methods = {method.name: method for method in node.body if isinstance(method, ast.FunctionDef)}
        method = methods.get("__init__") or methods.get("__new__")
        if method is None:
            return None
        node = method

    def written(part: ast.expr) -> str:
        start = starts[part.lineno - 1] + part.col_offset
        end = starts[(part.end_lineno or part.lineno) - 1] + (part.end_col_offset or 0)
        return " ".join(data[start:end].decode("utf-8").split())

    def text(argument: ast.arg, default: ast.expr | None, mark: str = "") -> str:
        note = f": {written(argument.annotation)}" if argument.annotation else ""
        sign = " = " if note else "="
        return f"{mark}{argument.arg}{note}" + (f"{sign}{written(default)}" if default is not None else "")

    arguments = node.args
    placed = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(placed) - len(arguments.defaults)) + list(arguments.defaults)
    result = [Parameter(argument.arg, text(argument, default), True) for argument, default in zip(placed, defaults, strict=True)]
    if arguments.posonlyargs:
        result.insert(len(arguments.posonlyargs), Parameter("/", "/", False))
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
    return tuple(result[1:] if bound else result)
