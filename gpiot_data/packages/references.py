"""Which public symbols of a package a program uses, told from its imports and attributes alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping


class PublicNames:
    """The public names of a package: dotted names, and where a name is offered more than once, the one it goes by."""

    def __init__(self, names: Iterable[str]) -> None:
        """Index dotted names of symbols."""
        self.names = frozenset(names)
        self.packages = frozenset(name.partition(".")[0] for name in self.names)
        by_ends: dict[tuple[str, str], list[str]] = {}
        for name in sorted(self.names):
            by_ends.setdefault((name.partition(".")[0], name.rpartition(".")[2]), []).append(name)
        self._lone = {ends: found[0] for ends, found in by_ends.items() if len(found) == 1}

    def find(self, dotted: str) -> str | None:
        """Return the symbol that a dotted name is, or is an attribute of; None where it is none."""
        parts = dotted.split(".")
        for length in range(len(parts), 1, -1):
            name = ".".join(parts[:length])
            if name in self.names:
                return name
        # The same definition, offered by another module than the one that names it.
        top = parts[0]
        return next((found for part in reversed(parts[1:]) if (found := self._lone.get((top, part)))), None)

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
    bound = _imported(tree)
    inner: set[ast.AST] = set()
    for node in ast.walk(tree):
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


def _imported(tree: ast.Module) -> Mapping[str, str]:
    bound: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound[alias.asname or alias.name.split(".")[0]] = alias.name if alias.asname else alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                bound[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return bound
