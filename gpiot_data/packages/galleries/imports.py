"""The imports of a program that was cut out of a page: those it needs, once each, with what the page took for granted."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from gpiot_data.packages.galleries.steps import Step
from gpiot_data.packages.preambles import conventions, star_sources
from gpiot_data.packages.references import PublicNames
from gpiot_data.syntax_trees import walk

#: Imports that switch something on, though no name of them is used.
_SWITCHES = re.compile(r"sklearn\.experimental")
#: What a notebook shows values with, where nothing else has its name.
NOTEBOOK_DISPLAY = "display"


class UndefinedNameError(ValueError):
    """A program that uses a name which nothing on its page defines."""


@dataclass(frozen=True, slots=True)
class _Alias:
    """One imported name: `module` is "" for `import name`."""

    module: str
    name: str
    bound: str
    alias: str | None


def import_lines(steps: Sequence[Step], body: Sequence[Step], missing: Collection[str], public: PublicNames) -> list[str]:
    """Return the import statements that `body` needs.

    Args:
        steps: all steps of the page up to the end of the program.
        body: the steps of the program that are no imports.
        missing: names that no step binds.
        public: the symbols of the package that the page is about.

    Raises:
        UndefinedNameError: naming what nothing defines.
    """
    needed = frozenset(name for step in body for name in step.names.needs)
    code = "\n".join(step.code for step in body)
    aliases = [alias for step in steps if step.is_import for alias in _aliases(step)]
    kept = [alias for alias in aliases if _is_used(alias, needed, code)]
    for name in sorted(missing):
        if name == NOTEBOOK_DISPLAY or name in {alias.bound for alias in kept}:
            continue
        kept.append(_granted(name, aliases, body, public))
    return _written(kept)


def _aliases(step: Step) -> Iterable[_Alias]:
    for node in step.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield _Alias("", alias.name, alias.asname or alias.name.split(".")[0], alias.asname)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield _Alias("." * node.level + (node.module or ""), alias.name, alias.asname or alias.name, alias.asname)


def _is_used(alias: _Alias, needed: frozenset[str], code: str) -> bool:
    if alias.name == "*":
        return False
    if alias.module == "__future__" or _SWITCHES.search(alias.module or alias.name):
        return True
    if alias.bound not in needed:
        return False
    # `import a.b` binds `a`, and is there for `a.b`.
    dotted = alias.alias is None and not alias.module and "." in alias.name
    return not dotted or re.search(rf"\b{re.escape(alias.name)}\b", code) is not None


def _granted(name: str, aliases: Sequence[_Alias], body: Sequence[Step], public: PublicNames) -> _Alias:
    """Return the import of a name that a page takes for granted: by a star import, by convention, or as a symbol that it calls."""
    for alias in aliases:
        if alias.name == "*" and (home := star_sources(alias.module).get(name) or public.home(name, alias.module)):
            return _Alias(home, name, name, None)
    if found := next((known[name] for package in sorted(public.packages) if name in (known := conventions(package))), None):
        return _read_alias(found)
    called = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for step in body
        for tree in step.nodes
        for node in walk(tree)
    )
    if called and (home := public.home(name)):
        return _Alias(home, name, name, None)
    raise UndefinedNameError(name)


def _read_alias(statement: str) -> _Alias:
    """Read an import statement of one name."""
    node = ast.parse(statement).body[0]
    if not isinstance(node, ast.Import | ast.ImportFrom):
        raise UndefinedNameError(statement)
    alias = node.names[0]
    return _Alias(node.module or "" if isinstance(node, ast.ImportFrom) else "", alias.name, alias.asname or alias.name, alias.asname)


def _written(aliases: Sequence[_Alias]) -> list[str]:
    """Write imports in their order, the names of one module together, switches first."""
    groups: dict[str, list[str]] = {}
    for alias in aliases:
        text = f"{alias.name} as {alias.alias}" if alias.alias else alias.name
        key = f"from {alias.module}" if alias.module else f"import {text}"
        names = groups.setdefault(key, [])
        if alias.module and text not in names:
            names.append(text)
    lines = [_wrapped(key, names) if names else key for key, names in groups.items()]
    # A switch has to be on before what it switches on is imported.
    return sorted(lines, key=lambda line: 0 if line.startswith("from __future__") else 1 if _SWITCHES.search(line) else 2)


def _wrapped(head: str, names: Sequence[str]) -> str:
    line = f"{head} import {', '.join(names)}"
    return line if len(line) <= 100 else f"{head} import (\n" + "".join(f"    {name},\n" for name in names) + ")"
