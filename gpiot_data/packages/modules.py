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
from dataclasses import dataclass, field

from gpiot_data.packages.archive import SourceFile
from gpiot_data.packages.cython import CythonDefinition, scan_cython
from gpiot_data.packages.texts import ModuleTexts, collect_texts, dotted_name

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


#: Longer chains of imports than people write.
_MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Reference:
    """A name bound to something elsewhere: `name` of `module`, or the module itself where `name` is None."""

    module: str
    name: str | None


#: What a module-level name is bound to; None is a value that is neither a definition nor a reference.
Binding = Definition | CythonDefinition | Reference | None


@dataclass(frozen=True, slots=True)
class Module:
    """A parsed file: its bindings (all of them, in order, by name), star imports, deleted names, and the parts of `__all__`.

    `texts` is what its statements say of documentation. The bodies of functions are not kept, but for their docstrings.
    """

    file: SourceFile
    bindings: dict[str, list[Binding]]
    stars: tuple[str, ...] = ()
    deleted: frozenset[str] = frozenset()
    all_parts: tuple[ast.expr, ...] = ()
    texts: ModuleTexts = field(default_factory=ModuleTexts)

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
    node: Definition | CythonDefinition


def parse_module(file: SourceFile, stub: SourceFile | None = None) -> Module:
    """Parse one file and collect what it binds at module level.

    Args:
        file: a Python or Cython file.
        stub: the `.pyi` file beside it. It counts where the module takes its names from it at run time: `attach_stub` of lazy_loader
            imports what a stub imports, when it is first asked for (https://scientific-python.org/specs/spec-0001/).

    Raises:
        ValueError: if one that counts is no UTF-8 Python source that the running interpreter can parse.
    """
    if file.kind == "pyx":
        found: dict[str, list[Binding]] = {}
        for definition in scan_cython(file.data or b""):
            found.setdefault(definition.name, []).append(definition)
        return Module(file, found)
    statements = _statements(file)
    texts = collect_texts(statements)
    if stub is not None and any(map(_attaches_stub, statements)):
        statements += [statement for statement in _statements(stub) if isinstance(statement, ast.ImportFrom) or _names_all(statement)]
    bindings: dict[str, list[Binding]] = {}
    stars: list[str] = []
    deleted: set[str] = set()
    all_parts: list[ast.expr] = []
    for statement in statements:
        _bind(statement, file, bindings, stars)
        if isinstance(statement, ast.Delete):
            deleted |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
        _collect_all(statement, all_parts)
    return Module(file, bindings, tuple(stars), frozenset(deleted), tuple(all_parts), texts)


def _statements(file: SourceFile) -> list[ast.stmt]:
    try:
        text = (file.data or b"").decode("utf-8-sig")
        with warnings.catch_warnings():
            # Invalid escapes in other people's strings are theirs to fix.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"cannot be parsed: {type(error).__name__}") from error
    return list(block_statements(tree.body))


def _attaches_stub(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Assign) else None
    name = dotted_name(call.func) if isinstance(call, ast.Call) else None
    return name is not None and name.rpartition(".")[2] == "attach_stub"


def _names_all(statement: ast.stmt) -> bool:
    parts: list[ast.expr] = []
    _collect_all(statement, parts)
    return bool(parts)


def block_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module or class, those under `if`, `try` and `with` included."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With):
            yield from block_statements(statement.body)
            if not isinstance(statement, ast.With):
                yield from block_statements(statement.orelse)
            if isinstance(statement, ast.Try):
                for handler in statement.handlers:
                    yield from block_statements(handler.body)
                yield from block_statements(statement.finalbody)


def decorator_names(node: Definition | CythonDefinition) -> tuple[str, ...]:
    """Return the last part of each decorator's dotted name, calls of one included."""
    if isinstance(node, CythonDefinition):
        return tuple(name.rsplit(".", 1)[-1] for name in node.decorators)
    names = []
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        names.append(target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else "")
    return tuple(names)


def _drop_bodies(node: ast.AST) -> None:
    """Forget the bodies of functions, which nothing here reads: they are most of a tree's memory."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        del node.body[1:]
        if not isinstance(node.body[0], ast.Expr):
            node.body[0] = ast.Pass()
    elif isinstance(node, ast.ClassDef):
        for statement in block_statements(node.body):
            _drop_bodies(statement)


def _bind(statement: ast.stmt, file: SourceFile, bindings: dict[str, list[Binding]], stars: list[str]) -> None:
    if isinstance(statement, Definition):
        if "overload" not in decorator_names(statement):
            _drop_bodies(statement)
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
        if isinstance(function, ast.Name) and function.id == "extend_all" and len(call.args) == 1 and isinstance(call.args[0], ast.Name):
            # numpy's own way to add the names of another module.
            parts.append(ast.Attribute(value=call.args[0], attr="__all__"))
        if isinstance(function, ast.Attribute) and is_all(function.value) and len(call.args) == 1:
            parts.append(ast.List(elts=[call.args[0]]) if function.attr == "append" else call.args[0])


class ModuleIndex:
    """The modules of one artefact, with Python's import rules over them."""

    def __init__(self, modules: Sequence[Module]) -> None:
        """Index the modules by name; a Python file goes before a Cython file of the same name."""
        self.modules = {module.name: module for module in sorted(modules, key=lambda module: module.file.kind, reverse=True)}
        self._star_names: dict[str, frozenset[str]] = {}

    def resolve(self, module: str, name: str) -> Found | None:
        """Follow `name` of `module` to the function or class behind it; None where text cannot tell."""
        return self._resolve(module, name, set(), 0)

    def _resolve(self, module: str, name: str, seen: set[tuple[str, str]], depth: int) -> Found | None:
        home = self.modules.get(module)
        if home is None or (module, name) in seen or depth > _MAX_DEPTH:
            return None
        # What was tried once leads nowhere; so circles end, and many ways to one place cost one.
        seen.add((module, name))
        # The last binding that leads somewhere: a fallback definition beats the compiled import it stands in for.
        for binding in reversed(home.bindings.get(name, [])):
            if isinstance(binding, Definition | CythonDefinition):
                return Found(home, binding)
            if binding is not None and binding.name is not None and (found := self._resolve(binding.module, binding.name, seen, depth + 1)):
                return found
        if name not in home.bindings:
            for star in reversed(home.stars):
                if name in self.star_names(star) and (found := self._resolve(star, name, seen, depth + 1)):
                    return found
        return None

    def reference(self, module: Module, name: str) -> Reference | None:
        """Return what a name of a module was imported from, or is an alias of."""
        return next((binding for binding in reversed(module.bindings.get(name, [])) if isinstance(binding, Reference)), None)

    def star_names(self, module: str) -> frozenset[str]:
        """Return what `from module import *` binds."""
        if module not in self._star_names:
            self._star_names[module] = self._bound_by_star(module, (), {})
        return self._star_names[module]

    def _bound_by_star(self, module: str, inside: tuple[str, ...], done: dict[str, frozenset[str]]) -> frozenset[str]:
        """Return the names; `inside` are the modules being asked, and `done` the answers so far, which a circle may have cut short."""
        home = self.modules.get(module)
        if home is None or module in inside or len(inside) > _MAX_DEPTH:
            return frozenset()
        if module in self._star_names or module in done:
            return self._star_names.get(module) or done.get(module, frozenset())
        inside = (*inside, module)
        listed = [self._listed(home, part, inside, done) for part in home.all_parts]
        if listed and all(names is not None for names in listed):
            done[module] = frozenset().union(*(names for names in listed if names is not None))
            return done[module]
        names = set(home.bindings)
        for star in home.stars:
            names |= self._bound_by_star(star, inside, done)
        done[module] = frozenset(name for name in names - home.deleted if not name.startswith("_"))
        return done[module]

    def public_names(self, module: Module) -> frozenset[str]:
        """Return the names that a public module offers.

        Without `__all__` these are its own definitions, and for a package what it imports from its own modules.
        """
        if module.all_parts:
            return self.star_names(module.name)
        names = set()
        for name, bindings in module.bindings.items():
            own = any(isinstance(binding, Definition | CythonDefinition) for binding in bindings)
            imported = any(isinstance(binding, Reference) and binding.module in self.modules for binding in bindings)
            if own or (imported and module.file.is_package):
                names.add(name)
        if module.file.is_package:
            for star in module.stars:
                names |= self.star_names(star)
        return frozenset(name for name in names - module.deleted if not name.startswith("_"))

    def _listed(self, home: Module, part: ast.expr, inside: tuple[str, ...], done: dict[str, frozenset[str]]) -> frozenset[str] | None:
        """Return the names in one part of `__all__`; None where it is worked out at run time, as from `dir()`."""
        if isinstance(part, ast.List | ast.Tuple | ast.Set):
            return frozenset(item.value for item in part.elts if isinstance(item, ast.Constant) and isinstance(item.value, str))
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
            left, right = self._listed(home, part.left, inside, done), self._listed(home, part.right, inside, done)
            return left | right if left is not None and right is not None else None
        if (
            isinstance(part, ast.Call)
            and isinstance(part.func, ast.Name)
            and part.func.id in ("list", "sorted", "tuple")
            and len(part.args) == 1
        ):
            return self._listed(home, part.args[0], inside, done)
        if isinstance(part, ast.Attribute) and part.attr == "__all__" and isinstance(part.value, ast.Name):
            target = self.module_behind(home, part.value.id)
            return self._bound_by_star(target, inside, done) if target in self.modules else None
        return None

    def module_behind(self, home: Module, name: str) -> str:
        """Return the dotted name of the module that `name` would stand for in `home`."""
        for binding in reversed(home.bindings.get(name, [])):
            if isinstance(binding, Reference):
                return binding.module if binding.name is None else f"{binding.module}.{binding.name}"
        return f"{home.name}.{name}"

    def module_aliases(self) -> dict[str, str]:
        """Return the dotted names by which public modules offer other modules, each with the module's own name."""
        found: dict[str, str] = {}
        for module in self.modules.values():
            for name in module.bindings if module.is_public else ():
                own, offered = self.module_behind(module, name), f"{module.name}.{name}"
                if own in self.modules and own != offered and not name.startswith("_"):
                    found[offered] = own
        return found


def line_starts(data: bytes) -> list[int]:
    """Return the byte offset at which each line starts, for 1-based line numbers less one, as `ast` counts lines."""
    first = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    return [first, *(match.end() for match in re.finditer(rb"\r\n|\r|\n", data))]
