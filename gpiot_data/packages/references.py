"""Which public symbols of a package a program uses, told from its imports and attributes alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from gpiot_data.syntax_trees import walk

#: Longer chains of modules that offer each other than people write.
_MAX_MODULE_ALIASES = 5


class NamedSymbol(Protocol):
    """A public symbol, as the index of a package has it."""

    @property
    def name(self) -> str:
        """Its dotted name."""
        ...

    @property
    def aliases(self) -> Sequence[str]:
        """The other dotted names that it is offered by."""
        ...

    @property
    def docstring(self) -> str | None:
        """Its documentation, if it has any."""
        ...


class SymbolTable(Protocol):
    """The public symbols of a package."""

    @property
    def symbols(self) -> Sequence[NamedSymbol]:
        """All of them."""
        ...

    @property
    def module_aliases(self) -> Mapping[str, str]:
        """The modules that other modules offer: `pkg.api.tools` for what is `pkg.tools` itself."""
        ...


class PublicNames:
    """The public names of a package: dotted names, and where a name is offered more than once, the one it goes by."""

    def __init__(self, names: Iterable[str], aliases: Mapping[str, str] | None = None, modules: Mapping[str, str] | None = None) -> None:
        """Index the dotted names of symbols.

        Args:
            names: those that symbols go by.
            aliases: for every other name of a symbol the one it goes by.
            modules: for every other name of a module its own.
        """
        self.names = frozenset(names)
        self.packages = frozenset(name.partition(".")[0] for name in self.names)
        self._aliases, self._modules = aliases or {}, modules or {}
        by_ends: dict[tuple[str, str], list[str]] = {}
        for name in sorted(self.names):
            # A member has no name without its class.
            if name.rpartition(".")[0] not in self.names:
                by_ends.setdefault((name.partition(".")[0], name.rpartition(".")[2]), []).append(name)
        self._lone = {ends: found[0] for ends, found in by_ends.items() if len(found) == 1}

    @classmethod
    def of(cls, index: SymbolTable) -> PublicNames:
        """Return the public names of a package."""
        aliases = {alias: symbol.name for symbol in index.symbols for alias in symbol.aliases}
        return cls((symbol.name for symbol in index.symbols), aliases, index.module_aliases)

    def find(self, dotted: str) -> str | None:
        """Return the symbol that a dotted name is, or is an attribute of; None where it is none."""
        for _ in range(_MAX_MODULE_ALIASES):
            if (found := self._exact(dotted)) is not None:
                return found
            parts = dotted.split(".")
            ends = range(len(parts) - 1, 1, -1)
            module = next((length for length in ends if ".".join(parts[:length]) in self._modules), None)
            if module is None:
                break
            dotted = ".".join([self._modules[".".join(parts[:module])], *parts[module:]])
        # A class, offered by a way that text does not tell; a function of this name may well be another one.
        top, *below = dotted.split(".")
        return next((found for part in reversed(below) if part[:1].isupper() and (found := self._lone.get((top, part)))), None)

    def _exact(self, dotted: str) -> str | None:
        parts = dotted.split(".")
        for length in range(len(parts), 1, -1):
            name = ".".join(parts[:length])
            if name in self.names:
                return name
            if (known := self._aliases.get(name)) is not None:
                member = ".".join([known, *parts[length : length + 1]])
                return member if member in self.names else known
        return None

    def home(self, name: str, module: str = "") -> str | None:
        """Return the module to import a bare name from: `module` where that offers it, else the only one that does below its package."""
        if module and f"{module}.{name}" in self.names:
            return module
        tops = [module.partition(".")[0]] if module else sorted(self.packages)
        found = next((found for top in tops if (found := self._lone.get((top, name)))), None)
        return found.rpartition(".")[0] if found else None


def used_symbols(tree: ast.Module, public: PublicNames) -> tuple[str, ...]:
    """Return the public symbols that code uses, in the order of their first use."""
    found = (public.find(dotted) for _, dotted in sorted(used_names(tree)) if dotted.partition(".")[0] in public.packages)
    return tuple(dict.fromkeys(name for name in found if name))


def used_names(tree: ast.Module) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the place (line, column) and the dotted name of everything that code takes from an import."""
    nodes = list(walk(tree))
    bound = _imported(nodes)
    if not bound:
        return
    inner: set[ast.AST] = set()
    for node in nodes:
        if node in inner or not isinstance(node, ast.Attribute | ast.Name):
            continue
        parts: list[str] = []
        part: ast.expr = node
        while isinstance(part, ast.Attribute):
            parts.append(part.attr)
            part = part.value
            inner.add(part)
        if isinstance(part, ast.Name) and part.id in bound and isinstance(part.ctx, ast.Load):
            yield (node.lineno, node.col_offset), ".".join([bound[part.id], *reversed(parts)])


def _imported(nodes: Iterable[ast.AST]) -> Mapping[str, str]:
    bound: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound[alias.asname or alias.name.split(".")[0]] = alias.name if alias.asname else alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                bound[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return bound
