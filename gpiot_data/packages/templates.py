"""Docstrings with marks that the package fills in at import time, filled in from its text alone.

A mark such as `%(axis)s` is replaced where the package gives its value as a literal, or as literals joined, formatted and dedented;
what only running the package could tell is left as it stands.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Sequence

from gpiot_data.packages.cython import CythonDefinition
from gpiot_data.packages.modules import Definition, Module, ModuleIndex, block_statements
from gpiot_data.packages.texts import dotted_name

#: Deeper or longer than any documentation; both bound what hostile sources can cost.
_MAX_DEPTH = 12
_MAX_TEXT_CHARS = 200_000
_MARK = re.compile(r"%\((?P<key>[^()\n]{1,80})\)[sd]")
_BRACE = re.compile(r"(?<!\{)\{(?P<key>[A-Za-z_]\w{0,60})\}(?!\})")
_FORMAT = re.compile(r"(?<!\{)\{(?P<key>\w{0,60})\}(?!\})")
_DOLLAR = re.compile(r"\$(?P<key>[A-Z][A-Z0-9_]{1,60})")
_STRIPS = {"strip": str.strip, "lstrip": str.lstrip, "rstrip": str.rstrip}
#: Functions that only lay a text out anew: dedent, cleandoc, unindent_string, reflow.
_LAYOUT = re.compile(r"dedent|unindent|cleandoc|reflow")


class TextResolver:
    """Evaluates text expressions of the modules of one artefact."""

    def __init__(self, index: ModuleIndex) -> None:
        """Remember where the package's tables are."""
        self.index = index
        self._named: dict[tuple[str, str], str | None] = {}
        self._mapped: dict[tuple[str, str], dict[str, str] | None] = {}
        self._tables: dict[str, list[tuple[Module, ast.expr]]] = {}
        for module in index.modules.values():
            for key, values in module.texts.entries.items():
                self._tables.setdefault(key, []).append((module, values[0]))

    def docstring(self, node: Definition | CythonDefinition, module: Module, owner: str = "") -> str | None:
        """Return the cleaned docstring of a definition, with its marks filled in as far as text can tell; None where it has none.

        Args:
            node: the definition.
            module: where it stands.
            owner: the class that it is a member of, if any.
        """
        name = f"{owner}.{node.name}" if owner else node.name
        assigned = module.texts.docs.get(name)
        if assigned is None and isinstance(node, ast.ClassDef):
            assigned = _class_value(node, "__doc__")
        text = self.text(assigned, module) if assigned is not None else None
        if text is None:
            text = node.docstring if isinstance(node, CythonDefinition) else ast.get_docstring(node, clean=False)
        if not text:
            return None
        keywords = {} if isinstance(node, CythonDefinition) else _decorator_keywords(node)
        if keywords:
            # These are pasted as they stand, before the docstring is dedented.
            filled = _BRACE.sub(lambda match: self._keyword(match, keywords, module), text)
            text = filled.replace("{{", "{").replace("}}", "}") if filled != text else text
        return self.fill(inspect.cleandoc(text), module, keywords)

    def fill(self, docstring: str, module: Module, keywords: dict[str, ast.expr] | None = None) -> str:
        """Replace the marks of a cleaned docstring; further lines of a value are indented like its mark."""

        def value(match: re.Match[str]) -> str:
            key = match["key"]
            given = (keywords or {}).get(key)
            text = self.text(given, module) if given is not None else self._entry(key, module)
            if text is None:
                return match[0]
            lines = textwrap.dedent(text.expandtabs()).strip("\n").rstrip().split("\n")
            before = docstring[docstring.rfind("\n", 0, match.start()) + 1 : match.start()]
            indent = before if not before.strip() else ""
            return ("\n" + indent).join(lines)

        if "$" in docstring and any(match["key"] in module.texts.entries for match in _DOLLAR.finditer(docstring)):
            docstring = _DOLLAR.sub(value, docstring)
        if "%(" not in docstring:
            return docstring
        # A value may hold marks of its own, as tables build on each other.
        for _ in range(3):
            filled = _MARK.sub(value, docstring)
            if filled == docstring or len(filled) > _MAX_TEXT_CHARS:
                break
            docstring = filled
        return docstring.replace("%%", "%")

    def _keyword(self, match: re.Match[str], keywords: dict[str, ast.expr], module: Module) -> str:
        text = self.text(keywords[match["key"]], module) if match["key"] in keywords else None
        return match[0] if text is None else text

    def _entry(self, key: str, module: Module) -> str | None:
        """Return the text that a table gives for a key: one in the same module, else the only one, else the nearest one."""
        if key in module.texts.entries:
            texts = [self.text(expression, module) for expression in module.texts.entries[key]]
            return next((text for text in texts if text), None)
        found: dict[str, Module] = {}
        for home, expression in self._tables.get(key, []):
            if (text := self.text(expression, home)) is not None:
                found.setdefault(text, home)
        if len(found) <= 1:
            return next(iter(found), None)
        shared = {text: _shared_parts(home.name, module.name) for text, home in found.items()}
        best = max(shared.values())
        nearest = [text for text, parts in shared.items() if parts == best]
        return nearest[0] if len(nearest) == 1 else None

    def text(self, expression: ast.expr, module: Module, depth: int = 0) -> str | None:
        """Return what a text expression of a module gives; None where only running the package could tell."""
        if depth > _MAX_DEPTH:
            return None
        found: str | None = None
        if isinstance(expression, ast.Constant):
            found = expression.value if isinstance(expression.value, str) else None
        elif isinstance(expression, ast.Name):
            found = self._named_text(module, expression.id, depth)
        elif isinstance(expression, ast.Attribute):
            found = self._attribute(expression, module, depth)
        elif isinstance(expression, ast.Subscript):
            key = expression.slice
            table = self._mapping(expression.value, module, depth + 1)
            found = table.get(str(key.value)) if table is not None and isinstance(key, ast.Constant) else None
        elif isinstance(expression, ast.BinOp):
            found = self._joined(expression, module, depth)
        elif isinstance(expression, ast.JoinedStr):
            found = self._interpolated(expression, module, depth)
        elif isinstance(expression, ast.Call):
            found = self._call(expression, module, depth)
        return found if found is None or len(found) <= _MAX_TEXT_CHARS else None

    def _named_text(self, module: Module, name: str, depth: int) -> str | None:
        place = (module.name, name)
        if place not in self._named:
            # A name that is defined by itself has no text.
            self._named[place] = None
            home, value = self._value_of(module, name)
            if value is not None:
                self._named[place] = self.text(value, home, depth + 1)
        return self._named[place]

    def _value_of(self, module: Module, name: str) -> tuple[Module, ast.expr | None]:
        """Follow a name through imports to the expression that it was given."""
        for _ in range(_MAX_DEPTH):
            if name in module.texts.names:
                return module, module.texts.names[name]
            target = self.index.reference(module, name)
            if target is None or target.name is None or (home := self.index.modules.get(target.module)) is None:
                break
            module, name = home, target.name
        return module, None

    def _attribute(self, expression: ast.Attribute, module: Module, depth: int) -> str | None:
        base = dotted_name(expression.value)
        if base is None:
            return None
        first, _, rest = base.partition(".")
        home = self.index.modules.get(self.index.module_behind(module, first)) or self.index.modules.get(base)
        if home is not None and not rest:
            return self._named_text(home, expression.attr, depth + 1)
        if home is not None and rest:
            module, first, rest = home, rest, ""
        found = self.index.resolve(module.name, first)
        if found is None or rest or not isinstance(found.node, ast.ClassDef):
            return None
        value = _class_value(found.node, expression.attr)
        return self.text(value, found.module, depth + 1) if value is not None else None

    def _joined(self, expression: ast.BinOp, module: Module, depth: int) -> str | None:
        if isinstance(expression.op, ast.Mod):
            return self._formatted(expression, module, depth)
        parts: list[str] = []
        left: ast.expr = expression
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
            if (right := self.text(left.right, module, depth + 1)) is None:
                return None
            parts.append(right)
            left = left.left
        first = self.text(left, module, depth + 1) if not isinstance(left, ast.BinOp) or isinstance(left.op, ast.Mod) else None
        return None if first is None else "".join([first, *reversed(parts)])

    def _formatted(self, expression: ast.BinOp, module: Module, depth: int) -> str | None:
        template = self.text(expression.left, module, depth + 1)
        if template is None:
            return None
        if (table := self._mapping(expression.right, module, depth + 1)) is not None:
            return _MARK.sub(lambda match: table.get(match["key"], match[0]), template).replace("%%", "%")
        pasted = expression.right.elts if isinstance(expression.right, ast.Tuple) else [expression.right]
        values = [self.text(item, module, depth + 1) for item in pasted]
        texts = [value for value in values if value is not None]
        pieces = template.split("%s")
        if len(texts) != len(values) or len(pieces) != len(texts) + 1:
            return None
        return "".join(piece for pair in zip(pieces, [*texts, ""], strict=True) for piece in pair).replace("%%", "%")

    def _interpolated(self, expression: ast.JoinedStr, module: Module, depth: int) -> str | None:
        parts = []
        for value in expression.values:
            plain = isinstance(value, ast.FormattedValue) and value.conversion == -1 and value.format_spec is None
            inner = value.value if isinstance(value, ast.FormattedValue) and plain else value
            part = self.text(inner, module, depth + 1)
            if part is None and isinstance(inner, ast.Name):
                _, number = self._value_of(module, inner.id)
                part = str(number.value) if isinstance(number, ast.Constant) else None
            if part is None:
                return None
            parts.append(part)
        return "".join(parts)

    def _call(self, call: ast.Call, module: Module, depth: int) -> str | None:
        name = (dotted_name(call.func) or "").rsplit(".", 1)[-1]
        if _LAYOUT.search(name) and len(call.args) == 1:
            inner = self.text(call.args[0], module, depth + 1)
            return None if inner is None else textwrap.dedent(inner)
        if not isinstance(call.func, ast.Attribute) or (text := self.text(call.func.value, module, depth + 1)) is None:
            return None
        arguments = [self.text(argument, module, depth + 1) for argument in call.args]
        given = [argument for argument in arguments if argument is not None]
        if call.func.attr in _STRIPS and len(given) == len(arguments) <= 1:
            return _STRIPS[call.func.attr](text, *given)
        if call.func.attr == "replace" and len(given) == len(arguments) == 2:
            return text.replace(given[0], given[1]) if len(text) * (1 + len(given[1])) < _MAX_TEXT_CHARS * 10 else None
        if call.func.attr == "format" and len(given) == len(arguments):
            table = self._keywords(call, module, depth)
            return None if table is None else _fill_format(text, given, table)
        return None

    def _keywords(self, call: ast.Call, module: Module, depth: int) -> dict[str, str] | None:
        table: dict[str, str] = {}
        for keyword in call.keywords:
            if keyword.arg is None:
                if (more := self._mapping(keyword.value, module, depth + 1)) is None:
                    return None
                table |= more
            elif (text := self.text(keyword.value, module, depth + 1)) is not None:
                table[keyword.arg] = text
        return table

    def _mapping(self, expression: ast.expr, module: Module, depth: int) -> dict[str, str] | None:
        """Return the texts of a table; entries that are none are left out."""
        if depth > _MAX_DEPTH:
            return None
        if isinstance(expression, ast.Name):
            place = (module.name, expression.id)
            if place not in self._mapped:
                # A table that is made of itself has no texts.
                self._mapped[place] = None
                self._mapped[place] = self._named_mapping(module, expression.id, depth)
            return self._mapped[place]
        if isinstance(expression, ast.Call) and dotted_name(expression.func) == "dict":
            return self._keywords(expression, module, depth)
        if not isinstance(expression, ast.Dict):
            return None
        table = {}
        for key, item in zip(expression.keys, expression.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and (text := self.text(item, module, depth + 1)) is not None:
                table[key.value] = text
        return table

    def _named_mapping(self, module: Module, name: str, depth: int) -> dict[str, str] | None:
        home, value = self._value_of(module, name)
        if value is None or isinstance(value, ast.Name):
            return None
        if (table := self._mapping(value, home, depth + 1)) is not None:
            return table
        # A table that is filled entry by entry.
        filled = {key: self.text(values[0], home, depth + 1) for key, values in home.texts.entries.items()}
        return {key: text for key, text in filled.items() if text is not None} or None


def _class_value(node: ast.ClassDef, name: str) -> ast.expr | None:
    """Return the expression that a class gives one of its names."""
    for statement in block_statements(node.body):
        if isinstance(statement, ast.Assign) and any(isinstance(target, ast.Name) and target.id == name for target in statement.targets):
            return statement.value
    return None


def _decorator_keywords(node: Definition) -> dict[str, ast.expr]:
    """Return the named arguments of the decorators that write into docstrings."""
    found: dict[str, ast.expr] = {}
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            name = (dotted_name(decorator.func) or "").rsplit(".", 1)[-1].lower()
            if "subst" in name or "doc" in name:
                found |= {keyword.arg: keyword.value for keyword in decorator.keywords if keyword.arg is not None}
    return found


def _fill_format(template: str, placed: Sequence[str], named: dict[str, str]) -> str:
    """Do what `str.format` does for plain fields; a field without a value stays as it stands."""
    waiting = iter(placed)

    def value(match: re.Match[str]) -> str:
        key = match["key"]
        if not key:
            return next(waiting, match[0])
        if key.isdecimal():
            return placed[int(key)] if int(key) < len(placed) else match[0]
        return named.get(key, match[0])

    return _FORMAT.sub(value, template).replace("{{", "{").replace("}}", "}")


def _shared_parts(one: str, other: str) -> int:
    shared = 0
    for left, right in zip(one.split("."), other.split("."), strict=False):
        if left != right:
            break
        shared += 1
    return shared
