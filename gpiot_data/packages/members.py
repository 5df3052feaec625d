"""The public members of a class, and what a call of it takes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gpiot_data.packages.cython import CythonDefinition
from gpiot_data.packages.modules import Definition, Found, Module, ModuleIndex, block_statements, decorator_names
from gpiot_data.packages.places import Places
from gpiot_data.packages.signatures import Parameter, cython_parameters, parameters_of
from gpiot_data.packages.texts import dotted_name

_PROPERTIES = frozenset({"property", "cached_property", "cache_readonly", "lazyproperty", "abstractproperty", "getter"})
#: Longer chains of base classes than people write.
_MAX_BASES = 12


@dataclass(frozen=True, slots=True)
class Member:
    """A public function of a class; `is_static` where a call gives every parameter."""

    kind: Literal["method", "property"]
    node: ast.FunctionDef | ast.AsyncFunctionDef | CythonDefinition
    is_static: bool


def public_members(node: Definition | CythonDefinition) -> Iterator[Member]:
    """Yield the members that a class defines itself, by name the last one, in the order of their first definition."""
    members: dict[str, Member] = {}
    for function in _functions(node):
        decorators = decorator_names(function)
        written = () if isinstance(function, CythonDefinition) else (ast.unparse(item) for item in function.decorator_list)
        if function.name.startswith("_") or "overload" in decorators or any(name.endswith((".setter", ".deleter")) for name in written):
            continue
        kind: Literal["method", "property"] = "property" if _PROPERTIES & {*decorators} else "method"
        members[function.name] = Member(kind, function, "staticmethod" in decorators)
    yield from members.values()


def _functions(node: Definition | CythonDefinition) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | CythonDefinition]:
    if isinstance(node, CythonDefinition):
        yield from (member for member in node.members if member.kind == "function")
    elif isinstance(node, ast.ClassDef):
        for statement in block_statements(node.body):
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                yield statement


class ClassReader:
    """Finds parameters, those of a class in its `__init__` or that of a base class in the same artefact."""

    def __init__(self, index: ModuleIndex, places: Places) -> None:
        """Take what resolves the names of base classes and reads texts."""
        self.index = index
        self.places = places
        self._calls: dict[int, tuple[Parameter, ...] | None] = {}

    def function_parameters(self, node: Definition | CythonDefinition, module: Module, bound: bool) -> tuple[Parameter, ...]:
        """Return the parameters of a function; a `bound` one is called without its first."""
        if isinstance(node, CythonDefinition):
            return cython_parameters(node.parameters, bound)
        if isinstance(node, ast.ClassDef):
            return ()
        return parameters_of(node.args, lambda expression: self.places.written(expression, module), bound)

    def class_parameters(self, found: Found, depth: int = 0) -> tuple[Parameter, ...] | None:
        """Return what a call of a class takes; None where the artefact does not tell."""
        # By identity: the index keeps every definition alive.
        key = id(found.node)
        if key not in self._calls:
            self._calls[key] = None
            self._calls[key] = self._class_call(found, depth)
        return self._calls[key]

    def _class_call(self, found: Found, depth: int) -> tuple[Parameter, ...] | None:
        node, module = found.node, found.module
        methods = {method.name: method for method in _functions(node)}
        if (method := methods.get("__init__") or methods.get("__cinit__") or methods.get("__new__")) is not None:
            return self.function_parameters(method, module, bound=True)
        if depth >= _MAX_BASES or not isinstance(node, ast.ClassDef):
            return None
        if "dataclass" in decorator_names(node):
            return self._fields(node, module) if not node.bases else None
        for base in node.bases:
            name = dotted_name(base)
            parent = self._base(name, module) if name else None
            if parent is not None and parent.node is not node and (taken := self.class_parameters(parent, depth + 1)) is not None:
                return taken
        return None

    def _base(self, name: str, module: Module) -> Found | None:
        owner, _, last = name.rpartition(".")
        return self.index.resolve(self.index.module_behind(module, owner) if owner else module.name, last)

    def _fields(self, node: ast.ClassDef, module: Module) -> tuple[Parameter, ...] | None:
        """Return the fields of a dataclass as the parameters of its call; None where defaults are made by functions."""
        result = []
        for statement in node.body:
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            note = self.places.written(statement.annotation, module)
            if "ClassVar" in note:
                continue
            if isinstance(statement.value, ast.Call):
                return None
            default = f" = {self.places.written(statement.value, module)}" if statement.value is not None else ""
            result.append(Parameter(statement.target.id, f"{statement.target.id}: {note}{default}", True))
        return tuple(result)
