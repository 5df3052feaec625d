"""A variant on its way to a row: its specification and documentation as far as they are known before it ran."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gpiot_data.augment.programs.effects import imported_names
from gpiot_data.augment.programs.roles import is_symbol_call
from gpiot_data.augment.programs.scenario import RATE_NAMES
from gpiot_data.augment.programs.terms import given_as
from gpiot_data.augment.programs.variants import Variant
from gpiot_data.augment.programs.wording import annotation
from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.galleries.flows import read_flow
from gpiot_data.packages.pairs import documented_outputs, entries_used, single_entries, variable_of
from gpiot_data.packages.sheets import join_parts, one_line, program_documentation, section
from gpiot_data.packages.symbols import Symbol
from gpiot_data.schema import Expected, Variable
from gpiot_data.syntax_trees import walk

#: A longer value says less than its type.
MAX_VALUE_CHARS = 60
_OWN_DEFAULT = re.compile(
    r"\s*[(\[]\s*(?:optional,? ?)?(?:the )?defaults?\b[^()\[\]]*[)\]]|"
    r"(?:,|;|\.)?\s*\b(?:the )?(?:by )?defaults?(?: value)?\s*(?:is|to|=|:)\s*\S+",
    re.IGNORECASE,
)
#: What is said of a parameter that is left out.
_LEFT_OUT = re.compile(r"If (?:it is )?(?:(?:not (?:given|supplied|provided|specified|set|passed)|omitted|left out)\b|`?None\b)")
_OTHER_DEFAULT = re.compile(r"\bdefaults?\b", re.IGNORECASE)
FUNCTION_OPERATIONS = ("function", "focus_function")


@dataclass(frozen=True, slots=True)
class Subject:
    """The symbol that a program is about, its documentation, and the names of its positional parameters in order."""

    symbol: Symbol
    documentation: Documentation
    parameters: tuple[str, ...]
    package: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A variant with all of its row but what a run tells.

    `data` are the names at module level that go in, `results` those that it computes. `inputs` and `outputs` may have others: parameters
    of its function, or what its symbol documents, where the program binds none; of `results` some are only worked out from the outputs.
    `reshaped` are inputs that are made in several steps. `documentation` lacks the lists of inputs and outputs
    where `kind` is `example`. `params` say how it was made.
    """

    kind: Literal["implementation", "example"]
    operation: str
    code: str
    imports: tuple[str, ...]
    target: str
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    data: tuple[str, ...]
    results: tuple[str, ...]
    documentation: str
    compare: tuple[tuple[str, str], ...]
    expected: tuple[Expected, ...]
    params: Mapping[str, Any]
    reshaped: frozenset[str] = frozenset()


def make_draft(variant: Variant, subject: Subject) -> Draft:
    """Return the draft of a variant: one that is cut down to a case implements a symbol, one with a function is an example."""
    tree = ast.parse(variant.code)
    names = imported_names(tree)
    entries, taken, bound = _documented(tree, names, subject)
    rates = _rates(tree, subject.symbol.name.split(".")[0])
    inputs = tuple(_variable(name, taken.get(name), rates.get(name)) for name in variant.inputs)
    inputs += tuple(_default(name, text, entries.get(name)) for name, text in variant.defaults)
    outputs = tuple(_variable(name, bound.get(name), None) for name in variant.outputs)
    used = entries_used(subject.symbol, subject.documentation, variant.code)
    is_example = variant.operation in FUNCTION_OPERATIONS
    if inputs and not is_example:
        # What the call is given as it stands goes in too, where the target does not say it.
        known = {entry.name for entry in taken.values()}
        known |= set(variant.inputs)
        inputs += tuple(variable_of(entry) for entry in used if entry.name not in known and f"`{entry.name}=" not in variant.target)
    return Draft(
        kind="example" if is_example else "implementation",
        operation=variant.operation,
        code=variant.code.rstrip("\n"),
        imports=tuple(sorted({dotted.split(".")[0] for dotted in names.values()})),
        target=variant.target,
        inputs=inputs or tuple(map(variable_of, used)),
        outputs=outputs or _shown(tree, subject),
        data=variant.inputs,
        results=(*variant.outputs, *variant.derived),
        documentation=_example_head(variant.target, subject)
        if is_example
        else program_documentation(subject.symbol, subject.documentation, used, subject.package, variant.target),
        compare=variant.compare,
        expected=variant.expected,
        params=_params(variant),
        reshaped=variant.reshaped,
    )


def _params(variant: Variant) -> dict[str, Any]:
    renamed = dict(sorted(variant.renamed.items()))
    return {key: value for key, value in (("scenario", variant.scenario), ("renamed", renamed)) if value}


def _example_head(target: str, subject: Subject) -> str:
    summary = subject.documentation.summary
    line = f"- `{subject.symbol.name}`" + (f": {summary}" if summary else "")
    return join_parts(f"## What it does\n{target}", section("Symbols", [line]))


def _variable(name: str, entry: Entry | None, rate_hz: float | None) -> Variable:
    if entry is None:
        return Variable(name, unit="Hz" if name in RATE_NAMES else None, rate_hz=rate_hz)
    description = one_line(entry.description, brief=True)
    if _LEFT_OUT.match(description):
        description = ""
    return Variable(name, unit=entry.unit, rate_hz=rate_hz, description=description or None)


def _default(name: str, text: str, entry: Entry | None) -> Variable:
    """Return a parameter of a function that need not be given."""
    plain = _variable(name, entry, None)
    if plain.description:
        # What the symbol has by default is no default of this function.
        plain = replace(plain, description=_OWN_DEFAULT.sub("", plain.description).strip() or None)
    value = ast.parse(text, mode="eval").body
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    if plain.description and (_OTHER_DEFAULT.search(plain.description) or (is_text and "{" in plain.description)):
        # Two defaults contradict each other, and what is said of a mapping is not said of a word.
        plain = replace(plain, description=None)
    told = f"`{text}` by default" if "`" not in text and "\n" not in text and len(text) <= MAX_VALUE_CHARS else "has a default"
    description = f"{plain.description.rstrip('.')}; {told}" if plain.description else told
    return replace(plain, type=annotation(None, value, {}), description=description)


def _shown(tree: ast.Module, subject: Subject) -> tuple[Variable, ...]:
    """Return the outputs of a program that binds no result: what its symbol gives, or what the program prints."""
    prints = any(isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print" for node in walk(tree))
    printed = (Variable("output", type="text", description="What the program prints."),) if prints else ()
    return documented_outputs(subject.symbol, subject.documentation) or printed or (Variable("result"),)


def _documented(tree: ast.Module, names: Mapping[str, str], subject: Subject) -> tuple[dict[str, Entry], ...]:
    """Return what is documented of parameters by name, of variables given as them, and of variables bound to what is returned."""
    documentation = subject.documentation
    entries = {
        single.name.lstrip("*"): single
        for entry in (*documentation.parameters, *documentation.other_parameters)
        for single in single_entries(entry)
    }
    returns = [single for entry in documentation.returns for single in single_entries(entry, respective=True)]
    if subject.symbol.kind == "class":
        returns = [Entry("instance", None, None, "")]
    bound: dict[str, Entry] = {}
    for node in walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and is_symbol_call(node.value, subject.symbol.name, names):
            bound |= _matched(node.targets[0], returns)
    given = given_as(tree, subject.symbol.name, names, subject.parameters)
    taken = {variable: entries[name] for variable, name in given.items() if name in entries}
    variables = {name: variable for variable, name in given.items()}
    return _speaking_of(variables, entries), _speaking_of(variables, taken), _speaking_of(variables, bound)


def _speaking_of(variables: Mapping[str, str], entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return entries whose descriptions name the variables of the program instead of the parameters that they are given as."""

    def named(code: re.Match[str]) -> str:
        # Names of keywords, functions and attributes stay.
        return re.sub(r"(?<![\w.'\"])[A-Za-z_]\w*(?![\w('\"]|=[^=])", lambda match: variables.get(match[0], match[0]), code[0])

    return {name: replace(entry, description=re.sub(r"`[^`]+`", named, entry.description)) for name, entry in entries.items()}


def _matched(target: ast.expr, returns: Sequence[Entry]) -> dict[str, Entry]:
    targets = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    if len(targets) != len(returns):
        return {}
    return {item.id: entry for item, entry in zip(targets, returns, strict=True) if isinstance(item, ast.Name)}


def _rates(tree: ast.Module, package: str) -> dict[str, float]:
    """Return the sampling rate of each input that is made with a rate which the program states as a number."""
    stated: dict[str, float] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() | float() as rate)) if name in RATE_NAMES:
                stated[name] = float(rate)
    found = {item.name: {stated[name] for name in item.depends if name in stated} for item in read_flow(tree, {package}).inputs}
    return {name: next(iter(rates)) for name, rates in found.items() if len(rates) == 1}
