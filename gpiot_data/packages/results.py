"""The outputs of a specification: what the documentation says that a symbol gives, under the names that its program has for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.examples import Program, parse_code
from gpiot_data.packages.markdown import first_sentence
from gpiot_data.packages.naming import name_value, snake_case
from gpiot_data.packages.outcomes import bound_names, is_use
from gpiot_data.packages.sheets import one_line
from gpiot_data.packages.symbols import Symbol
from gpiot_data.syntax_trees import walk

_CONDITION = re.compile(
    r"\b(?:only|returned|returns?|present|provided|available|given|set|computed)\b[^.]*?\b(?:if|when|for)\b(?P<condition>[^.]*)",
    re.IGNORECASE,
)
_STATED = re.compile(r"\W+(?:(?:is|was|are|set|to|equal|equals|be)\W+)*(?P<value>True|False|None)?")
_ON = {"True": ("True", "1"), "False": ("False", "0"), "None": ("None",)}


def outputs_given(symbol: Symbol, entries: Sequence[Entry], given: Sequence[str]) -> list[Entry]:
    """Return the documented outputs without those that come only with an argument that the program does not give.

    Args:
        symbol: with the defaults of its parameters.
        entries: what its documentation says that it gives.
        given: the names of the parameters that the program sets.
    """
    defaults = {parameter.name: parameter.text.partition("=")[2].strip() for parameter in symbol.parameters or ()}
    return [entry for entry in entries if not _is_left_out(f"{entry.type or ''}. {entry.description}", defaults, given)]


def _is_left_out(description: str, defaults: dict[str, str], given: Sequence[str]) -> bool:
    for condition in _CONDITION.finditer(description):
        for word in re.finditer(r"`?\b(?P<name>\w+)\b`?", condition["condition"]):
            name = word["name"]
            if name not in defaults or name in given:
                continue
            stated = _STATED.match(condition["condition"], word.end())
            value = stated["value"] if stated else None
            if value and defaults[name] and defaults[name] not in _ON[value]:
                return True
            if not value and defaults[name] in ("False", "None", "0") and "not" not in condition["condition"]:
                return True
    return False


def named_outputs(program: Program, symbol: Symbol, entries: Sequence[Entry]) -> tuple[Program, list[Entry]] | None:
    """Give the outputs the names that the program has for them, and the program a name where it has none.

    Returns:
        The program and the outputs; None where the program has no name for them, or takes another number of values.
    """
    entries = [entry for entry in entries if entry.type != "None"]
    if not entries:
        return program, []
    if len(entries) == 1 and (receiver := _receiver(program, symbol, entries[0])):
        return program, [replace(entries[0], name=receiver)]
    names = bound_names(parse_code(program.code), symbol)
    if not names:
        program, name = name_value(program, symbol, _wanted(symbol, entries))
        names = (name,) if name else ()
    if not names:
        return None
    if len(names) == len(entries):
        pairs = zip(entries, names, strict=True)
        return program, [replace(entry, name=name) for entry, name in pairs if name != "_"]
    if len(entries) == 1:
        return program, [replace(entries[0], name=", ".join(names))]
    if len(names) > 1:
        # "b, a" or "z, p, k" or "sos", as an argument has it: the program's names tell which.
        chosen = [entry for entry in entries if entry.name in names]
        return (program, chosen) if [entry.name for entry in chosen] == list(names) else None
    known = {node.attr for node in walk(parse_code(program.code)) if isinstance(node, ast.Attribute)}
    if all(entry.name in known for entry in entries):
        return program, list(entries)
    if _methods_of(names[0], program) - {entry.name for entry in entries}:
        # Several values have no method of one of them.
        return None
    return program, [Entry(names[0], None, None, "; ".join(map(_part, entries)) + ".")]


def _methods_of(name: str, program: Program) -> set[str]:
    """Return the attributes of a name that a program calls."""
    called = [node.func for node in walk(parse_code(program.code)) if isinstance(node, ast.Call)]
    parts = [part for part in called if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name)]
    return {part.attr for part in parts if isinstance(part.value, ast.Name) and part.value.id == name}


def outputs_fault(entries: Sequence[Entry], kept: Sequence[Entry]) -> str | None:
    """Return why what is documented of the outputs is of no use: `output_not_given` or `conditional_output`; None where it is.

    Args:
        entries: what the documentation says that a symbol gives.
        kept: those of them that a program gets.
    """
    if entries and not kept:
        return "output_not_given"
    return "conditional_output" if len(kept) > 1 and any(map(_is_condition, kept)) else None


def _is_condition(entry: Entry) -> bool:
    """Tell whether an entry is no value but the case in which the next one is given: "If a single node is requested"."""
    said = f"{entry.type or ''} {entry.description}".strip()
    return not entry.name and re.match(r"(?:if|when|otherwise|else|or|either)\b", said, re.IGNORECASE) is not None


def _receiver(program: Program, symbol: Symbol, entry: Entry) -> str | None:
    """Return the object whose method gives the object itself, where a statement is just that call: `model` of `model.fit(x)`."""
    if entry.name != "self" and entry.type != "self":
        return None
    for node in walk(parse_code(program.code)):
        call = node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        if call and is_use(call, symbol) and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            return call.func.value.id
    return None


def _wanted(symbol: Symbol, entries: Sequence[Entry]) -> list[str]:
    """Return names for a value that the program does not name, by preference."""
    if symbol.kind == "class":
        return [snake_case(symbol.short_name), "instance", "made"]
    if len(entries) == 1 and entries[0].name not in ("", "self"):
        return [entries[0].name, "result", "value"]
    return [symbol.short_name, "result", "value"] if symbol.kind == "property" else ["result", "value"]


def _part(entry: Entry) -> str:
    # One sentence of each: where a second one begins the brief text of all would end.
    said = first_sentence(one_line(entry.description, brief=True)).rstrip(".")
    head = f"`{entry.name}`" if entry.name else entry.type or ""
    kind = f" ({entry.type})" if entry.name and entry.type else ""
    return f"{head}{kind}: {said}" if head and said else f"{head}{kind}" or said


def returned(documentation: Documentation, kept: Sequence[Entry], whole: Sequence[Entry]) -> Documentation:
    """Return the documentation with the returned values that a program gets, where it has any."""
    return replace(documentation, returns=tuple(kept)) if documentation.returns and len(kept) < len(whole) else documentation
