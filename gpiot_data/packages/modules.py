"""What the modules of a package bind and export, read from their syntax trees alone.

Python's import rules are followed as far as text can tell: `__all__` in its usual forms, re-exports by
name and by star, aliases. Names that exist only at run time (module `__getattr__`, compiled modules,
`vars()[...]`) are left unresolved, so a shim that warns about deprecated names gives none.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gpiot_data.packages.archive import SourceFile

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Reference:
    """A name bound to something elsewhere: `name` of `module`, or the module itself where `name` is None."""

    module: str
    name: str | None


#: What a module-level name is bound to; None is a value that is neither a definition nor a reference.
Binding = Definition | Reference | None


@dataclass(frozen=True, slots=True)
class Module:
    """A parsed file: its bindings (all of them, in order, by name), star imports, deleted names, and the parts of `__all__`."""

    file: SourceFile
    bindings: dict[str, list[Binding]]
    stars: tuple[str, ...]
    deleted: frozenset[str]
    all_parts: tuple[ast.expr, ...]

    @property
    def name(self) -> str:
        """Return the dotted name."""
        return self.file.module

    @property
    def is_public(self) -> bool:
        """Tell whether no part of the dotted name has a leading underscore."""
        return not any(part.startswith("_") for part in self.name.split("."))


@dataclass(frozen=True, slots=True)
class Found:
    """Where a name is defined."""

    module: Module
    node: Definition


def parse_module(file: SourceFile) -> Module:
    """Parse one file and collect what it binds at module level.

    Raises:
        ValueError: if it is no UTF-8 Python source that the running interpreter can parse.
    """
    try:
        text = (file.data or b"").decode("utf-8-sig")
        with warnings.catch_warnings():
            # Invalid escapes in other people's strings are theirs to fix.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"cannot be parsed: {type(error).__name__}") from error
    bindings: dict[str, list[Binding]] = {}
    stars: list[str] = []
    deleted: set[str] = set()
    all_parts: list[ast.expr] = []
    for statement in _statements(tree.body):
        _bind(statement, file, bindings, stars)
        if isinstance(statement, ast.Delete):
            deleted |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
        _collect_all(statement, all_parts)
    return Module(file, bindings, tuple(stars), frozenset(deleted), tuple(all_parts))


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield module-level statements, those under `if`, `try` and `with` included."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With):
            yield from _statements(statement.body)
            if not isinstance(statement, ast.With):
                yield from _statements(statement.orelse)
            if isinstance(statement, ast.Try):
                for handler in statement.handlers:
                    yield from _statements(handler.body)
                yield from _statements(statement.finalbody)


def _bind(statement: ast.stmt, file: SourceFile, bindings: dict[str, list[Binding]], stars: list[str]) -> None:
    if isinstance(statement, Definition):
        bindings.setdefault(statement.name, []).append(statement)
    elif isinstance(statement, ast.ImportFrom):
        base = _import_base(statement, file)
        stars += [base for alias in statement.names if alias.name == "*"]
        for alias in statement.names:
            if alias.name != "*":
                bindings.setdefault(alias.asname or alias.name, []).append(Reference(base, alias.name))
    elif isinstance(statement, ast.Import):
        for alias in statement.names:
            top = alias.name.split(".")[0]
            bindings.setdefault(alias.asname or top, []).append(Reference(alias.name if alias.asname else top, None))
    elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        value = Reference(file.module, statement.value.id) if isinstance(statement.value, ast.Name) else None
        for target in _targets(statement):
            if isinstance(target, ast.Name) and target.id != "__all__":
                bindings.setdefault(target.id, []).append(value)


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def _import_base(statement: ast.ImportFrom, file: SourceFile) -> str:
    if not statement.level:
        return statement.module or ""
    parts = file.module.split(".")
    up = statement.level - 1 if file.is_package else statement.level
    parts = parts[: len(parts) - up] if up else parts
    return ".".join([*parts, *([statement.module] if statement.module else [])])


def _collect_all(statement: ast.stmt, parts: list[ast.expr]) -> None:
    def is_all(node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id == "__all__"

    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        if any(is_all(target) for target in _targets(statement)):
            parts[:] = [statement.value]
    elif isinstance(statement, ast.AugAssign) and is_all(statement.target):
        parts.append(statement.value)
    elif isinstance(statement, ast.Expr) and isinstance(call := statement.value, ast.Call):
        function = call.func
        if isinstance(function, ast.Attribute) and is_all(function.value) and len(call.args) == 1:
            parts.append(ast.List(elts=[call.args[0]]) if function.attr == "append" else call.args[0])


class ModuleIndex:
    """The modules of one artefact, with Python's import rules over them."""

    def __init__(self, modules: Sequence[Module]) -> None:
        """Index the modules by name."""
        self.modules = {module.name: module for module in modules}

    def resolve(self, module: str, name: str, seen: frozenset[tuple[str, str]] = frozenset()) -> Found | None:
        """Follow `name` of `module` to the function or class behind it; None where text cannot tell."""
        home = self.modules.get(module)
        if home is None or (module, name) in seen:
            return None
        seen |= {(module, name)}
        # The last binding that leads somewhere: a fallback definition beats the compiled import it stands in for.
        for binding in reversed(home.bindings.get(name, [])):
            if isinstance(binding, Definition):
                return Found(home, binding)
            if binding is not None and binding.name is not None and (found := self.resolve(binding.module, binding.name, seen)):
                return found
        if name not in home.bindings:
            for star in reversed(home.stars):
                if name in self.star_names(star) and (found := self.resolve(star, name, seen)):
                    return found
        return None

    def star_names(self, module: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        """Return what `from module import *` binds."""
        home = self.modules.get(module)
        if home is None or module in seen:
            return frozenset()
        seen |= {module}
        if home.all_parts:
            listed = [self._listed(home, part, seen) for part in home.all_parts]
            if all(names is not None for names in listed):
                return frozenset().union(*(names for names in listed if names is not None))
        names = set(home.bindings)
        for star in home.stars:
            names |= self.star_names(star, seen)
        return frozenset(name for name in names - home.deleted if not name.startswith("_"))

    def public_names(self, module: Module) -> frozenset[str]:
        """Return the names that a public module offers.

        Without `__all__` these are its own definitions, and for a package what it imports from its own modules.
        """
        if module.all_parts:
            return self.star_names(module.name)
        names = set()
        for name, bindings in module.bindings.items():
            own = any(isinstance(binding, Definition) for binding in bindings)
            imported = any(isinstance(binding, Reference) and binding.module in self.modules for binding in bindings)
            if own or (imported and module.file.is_package):
                names.add(name)
        if module.file.is_package:
            for star in module.stars:
                names |= self.star_names(star)
        return frozenset(name for name in names - module.deleted if not name.startswith("_"))

    def _listed(self, home: Module, part: ast.expr, seen: frozenset[str]) -> frozenset[str] | None:
        """Return the names in one part of `__all__`; None where it is worked out at run time, as from `dir()`."""
        if isinstance(part, ast.List | ast.Tuple | ast.Set):
            return frozenset(item.value for item in part.elts if isinstance(item, ast.Constant) and isinstance(item.value, str))
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
            left, right = self._listed(home, part.left, seen), self._listed(home, part.right, seen)
            return left | right if left is not None and right is not None else None
        if (
            isinstance(part, ast.Call)
            and isinstance(part.func, ast.Name)
            and part.func.id in ("list", "sorted", "tuple")
            and len(part.args) == 1
        ):
            return self._listed(home, part.args[0], seen)
        if isinstance(part, ast.Attribute) and part.attr == "__all__" and isinstance(part.value, ast.Name):
            target = self._module_behind(home, part.value.id)
            return self.star_names(target, seen) if target in self.modules else None
        return None

    def _module_behind(self, home: Module, name: str) -> str:
        for binding in reversed(home.bindings.get(name, [])):
            if isinstance(binding, Reference):
                return binding.module if binding.name is None else f"{binding.module}.{binding.name}"
        return f"{home.name}.{name}"


def line_starts(data: bytes) -> list[int]:
    """Return the byte offset at which each line starts, for 1-based line numbers less one, as `ast` counts lines."""
    first = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    return [first, *(match.end() for match in re.finditer(rb"\r\n|\r|\n", data))]
