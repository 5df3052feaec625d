"""The public functions, classes and methods of a package, each by its public dotted name and with its place in the artefact."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gpiot_data.packages.archive import SourceFile
from gpiot_data.packages.cython import CythonDefinition
from gpiot_data.packages.members import ClassReader, public_members
from gpiot_data.packages.modules import Definition, Found, Module, ModuleIndex, decorator_names, parse_module
from gpiot_data.packages.newdocs import NewDoc, find_newdocs
from gpiot_data.packages.places import Place, Places
from gpiot_data.packages.signatures import Parameter, cut_signature, parse_written
from gpiot_data.packages.templates import TextResolver

SymbolKind = Literal["function", "class", "method", "property"]
_DEPRECATED = re.compile(r"^\.\. deprecated::|^[*_ ]*\[?DEPRECATED\b|^This \w+ (?:is|has been) deprecated\b", re.MULTILINE)
#: Where the sections of a docstring begin: what they say of deprecation is about a parameter.
_FIRST_SECTION = re.compile(r"^\w[\w ]{2,30}\n-{3,}$|^(?:Args|Arguments|Parameters|Returns):$|^:param\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A public function, class, method or property.

    `name` is its public dotted path, that of a member with its class; `span` is [start, end) in bytes of `path`: from `def` or
    `class` to its last line, or the call that documents a compiled object. `lines` are counted from 1. `docstring` is cleaned, its
    templates are filled in as far as text can tell, and it is None where the source has none as text. `parameters` are those a
    caller gives (for a class, those of `__init__`); None where none are written down. `written` is the call as a docstring has it,
    where that is no Python. `aliases` are the other public names.
    """

    kind: SymbolKind
    name: str
    parameters: tuple[Parameter, ...] | None
    docstring: str | None
    path: str
    lines: tuple[int, int]
    span: tuple[int, int]
    span_sha256: str
    written: str | None = None
    deprecated: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def short_name(self) -> str:
        """Return the last part of the dotted name."""
        return self.name.rsplit(".", 1)[1]

    @property
    def owner(self) -> str | None:
        """Return the dotted name of the class that a method or property belongs to."""
        return self.name.rsplit(".", 1)[0] if self.kind in ("method", "property") else None

    @property
    def module(self) -> str:
        """Return the public module that offers the symbol, or its class."""
        return (self.owner or self.name).rsplit(".", 1)[0]

    @property
    def signature(self) -> str:
        """Return the call as written in the source, on one line."""
        if self.written is not None:
            return f"{self.name}({self.written})"
        if self.parameters is None or self.kind == "property":
            return self.name
        return f"{self.name}({', '.join(parameter.text for parameter in self.parameters)})"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that gives no symbols, with a stable word for the reason."""

    path: str
    reason: Literal["file_too_large", "not_parsed"]


@dataclass(frozen=True, slots=True)
class SymbolIndex:
    """What was found in an artefact.

    `unresolved` are exported names whose definition is not text; `private` are documented functions and classes that no public
    name leads to, as (path, line, name). `module_aliases` gives for every other name of a module its own.
    """

    symbols: tuple[Symbol, ...]
    unresolved: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]
    private: tuple[tuple[str, int, str], ...] = ()
    module_aliases: Mapping[str, str] = field(default_factory=dict)


def index_symbols(files: Sequence[SourceFile]) -> SymbolIndex:
    """Find every public function, class, method and property of `files`, in the order of path and line."""
    modules, unreadable = _parse(files)
    index = ModuleIndex(modules)
    resolver = TextResolver(index)
    places = Places(modules)
    definitions, unresolved = _public_definitions(index, modules)
    symbols: list[Symbol] = []
    reader = ClassReader(index, places)
    for found, names in definitions.values():
        symbols += _symbols_of(found, names, reader, resolver, places)
    documented, unresolved = _documented(modules, unresolved, resolver, places)
    taken = {symbol.name for symbol in symbols}
    symbols += [symbol for symbol in documented if symbol.name not in taken]
    symbols.sort(key=lambda symbol: (symbol.path, symbol.span, symbol.name))
    private = tuple(_private(modules, definitions))
    return SymbolIndex(tuple(symbols), tuple(unresolved), tuple(unreadable), private, index.module_aliases())


def _parse(files: Sequence[SourceFile]) -> tuple[list[Module], list[Unreadable]]:
    modules: list[Module] = []
    unreadable: list[Unreadable] = []
    stubs = {file.module: file for file in files if file.kind == "pyi"}
    for file in files:
        if file.kind == "pyi":
            continue
        if file.data is None:
            unreadable.append(Unreadable(file.path, "file_too_large"))
            continue
        try:
            modules.append(parse_module(file, stubs.get(file.module)))
        except ValueError:
            unreadable.append(Unreadable(file.path, "not_parsed"))
    return modules, unreadable


#: Where a definition starts: path and line.
Start = tuple[str, int]


def _start(found: Found) -> Start:
    node = found.node
    return found.module.file.path, node.lines[0] if isinstance(node, CythonDefinition) else node.lineno


def _public_definitions(index: ModuleIndex, modules: Sequence[Module]) -> tuple[dict[Start, tuple[Found, list[str]]], list[str]]:
    """Return each definition with all its public names, and the public names that lead to none."""
    definitions: dict[Start, tuple[Found, list[str]]] = {}
    unresolved: list[str] = []
    for module in modules:
        if not module.is_public:
            continue
        for name in sorted(index.public_names(module)):
            found = index.resolve(module.name, name)
            if found is not None:
                definitions.setdefault(_start(found), (found, []))[1].append(f"{module.name}.{name}")
            elif not _is_no_symbol(index, module, name):
                unresolved.append(f"{module.name}.{name}")
    return dict(sorted(definitions.items())), unresolved


def _public_name(defined: str, names: Sequence[str]) -> str:
    """Choose among the dotted names of one definition: as defined rather than an alias, then the shortest path."""
    return min(names, key=lambda name: (name.rsplit(".", 1)[1] != defined, name.count("."), name))


def _is_no_symbol(index: ModuleIndex, module: Module, name: str) -> bool:
    """Tell whether a name is a module, an assigned value, or one that only a module `__getattr__` answers: none is missed."""
    bindings = module.bindings.get(name)
    if bindings is None and "__getattr__" in module.bindings:
        return True
    return f"{module.name}.{name}" in index.modules or (bindings is not None and bindings[-1] is None)


def _symbols_of(found: Found, names: Sequence[str], reader: ClassReader, resolver: TextResolver, places: Places) -> Iterator[Symbol]:
    """Yield the symbol of a definition, and those of its public members."""
    node, module = found.node, found.module
    name = _public_name(node.name, names)
    docstring = resolver.docstring(node, module)
    is_class = isinstance(node, ast.ClassDef) or (isinstance(node, CythonDefinition) and node.kind == "class")
    parameters = reader.class_parameters(found) if is_class else reader.function_parameters(node, module, bound=False)
    aliases = tuple(sorted({*names} - {name}))
    kind: SymbolKind = "class" if is_class else "function"
    yield _symbol(kind, name, docstring, parameters, places.of(node, module), _is_deprecated(node, docstring), aliases)
    if not is_class:
        return
    for member in public_members(node):
        text = resolver.docstring(member.node, module, node.name)
        if not text:
            continue
        given = None if member.kind == "property" else reader.function_parameters(member.node, module, bound=not member.is_static)
        deprecated = _is_deprecated(member.node, text)
        yield _symbol(member.kind, f"{name}.{member.node.name}", text, given, places.of(member.node, module), deprecated)


def _symbol(
    kind: SymbolKind,
    name: str,
    docstring: str | None,
    parameters: tuple[Parameter, ...] | None,
    place: Place,
    deprecated: bool,
    aliases: tuple[str, ...] = (),
) -> Symbol:
    written = None
    if docstring and kind != "property":
        call, rest = cut_signature(docstring, name.rsplit(".", 1)[1])
        if call is not None:
            docstring = rest
            # A compiled function takes *args as far as its header tells; its docstring knows better.
            if parameters is None or all(parameter.text.startswith("*") for parameter in parameters):
                parameters = parse_written(call, bound=kind == "method")
                written = call if parameters is None or "[" in call else None
    return Symbol(kind, name, parameters, docstring, place.path, place.lines, place.span, place.sha256, written, deprecated, aliases)


def _is_deprecated(node: Definition | CythonDefinition, docstring: str | None) -> bool:
    return bool({"deprecated", "deprecate"} & {*decorator_names(node)}) or _says_deprecated(docstring or "")


def _says_deprecated(docstring: str) -> bool:
    section = _FIRST_SECTION.search(docstring)
    return _DEPRECATED.search(docstring[: section.start()] if section else docstring) is not None


def _documented(
    modules: Sequence[Module], unresolved: Sequence[str], resolver: TextResolver, places: Places
) -> tuple[list[Symbol], list[str]]:
    """Return the symbols of compiled objects that Python text documents, and the public names that stay without text."""
    newdocs = [newdoc for module in modules for newdoc in find_newdocs(module, resolver)]
    classes = {(newdoc.place, newdoc.name) for newdoc in newdocs if newdoc.member}
    public_modules = {module.name for module in modules if module.is_public}
    by_end: dict[str, list[str]] = {}
    for name in unresolved:
        by_end.setdefault(name.rsplit(".", 1)[1], []).append(name)
    symbols: dict[str, Symbol] = {}
    for newdoc in newdocs:
        public_name = _compiled_name(newdoc, by_end.get(newdoc.name, []), public_modules)
        if public_name is None or newdoc.member.startswith("_"):
            continue
        is_class = (newdoc.place, newdoc.name) in classes
        kind: SymbolKind = ("method" if _is_callable(newdoc) else "property") if newdoc.member else "class" if is_class else "function"
        whole = f"{public_name}.{newdoc.member}" if newdoc.member else public_name
        place = places.of(newdoc.call, newdoc.module)
        symbols[whole] = _symbol(kind, whole, newdoc.docstring, None, place, _says_deprecated(newdoc.docstring))
    return list(symbols.values()), [name for name in unresolved if name not in symbols]


def _compiled_name(newdoc: NewDoc, alike: Sequence[str], public_modules: set[str]) -> str | None:
    """Return the public name of a compiled object, one of those `alike` in their last part; None where it has none."""
    if newdoc.name.startswith("_"):
        return None
    top = newdoc.module.name.split(".")[0]
    names = [name for name in alike if name.split(".")[0] == top]
    direct = f"{newdoc.place}.{newdoc.name}"
    if direct in names or (not names and newdoc.place in public_modules):
        return direct
    return _public_name(newdoc.name, names) if names else None


def _is_callable(newdoc: NewDoc) -> bool:
    has_parameters = re.search(r"^Parameters\n-+$", newdoc.docstring, re.MULTILINE) is not None
    return has_parameters or cut_signature(newdoc.docstring, newdoc.member)[0] is not None


def _private(modules: Sequence[Module], public: dict[Start, tuple[Found, list[str]]]) -> Iterator[tuple[str, int, str]]:
    for module in modules:
        for bindings in module.bindings.values():
            for binding in bindings:
                if not isinstance(binding, Definition | CythonDefinition):
                    continue
                path, line = _start(Found(module, binding))
                documented = binding.docstring if isinstance(binding, CythonDefinition) else ast.get_docstring(binding, clean=False)
                if documented and (path, line) not in public:
                    yield path, line, f"{module.name}.{binding.name}"
