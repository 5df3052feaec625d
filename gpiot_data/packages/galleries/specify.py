"""A gallery program as a specification: what it is for, the values made up for it, and the values that come out.

Types and shapes are given where the text of the program tells them; the rest is known once it has run.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gpiot_data.packages.galleries.acts import acts_request, is_generic
from gpiot_data.packages.galleries.aims import says_too_little, tells_outcome
from gpiot_data.packages.galleries.comments import telling_comment
from gpiot_data.packages.galleries.flows import Flow, read_flow
from gpiot_data.packages.galleries.grounding import evidence, is_grounded, quoted_names
from gpiot_data.packages.galleries.operands import (
    asked_calls,
    bound_directly,
    depend_on,
    draws_over,
    loaded_names,
    operand_names,
    settings,
    unnamed_sources,
)
from gpiot_data.packages.galleries.outcomes import drawn_figure, draws_twice, printed_text
from gpiot_data.packages.galleries.phrases import opens_with_verb
from gpiot_data.packages.galleries.programs import GalleryProgram
from gpiot_data.packages.galleries.reach import running
from gpiot_data.packages.galleries.steps import last_name
from gpiot_data.packages.galleries.targets import make_request, make_subject, make_target
from gpiot_data.packages.galleries.values import Value
from gpiot_data.packages.references import PublicNames, used_names
from gpiot_data.packages.scope import names_of
from gpiot_data.schema import Specification, Variable, render_specification
from gpiot_data.syntax_trees import walk

MAX_INPUTS = 6
MAX_OUTPUTS = 4
MAX_VALUE_CHARS = 60
#: Names that stand for one value after the other: with more of them a program is several.
MAX_REPEATS = 1
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")

_RATE_NAMES = re.compile(
    r"(?:fs|sfreq|sr|sampling_rate|sample_rate|samplerate|samplingrate|sampling_freq|sampling_frequency|fsamp|f_s)\d*$", re.IGNORECASE
)
_UNIT = re.compile(
    r"(?:\bin |\[)(?P<unit>Hz|kHz|MHz|dB|seconds|milliseconds|ms|radians|degrees|rad/s|rad/sec|samples|metres|meters|volts|m/s|kg)\b\]?"
)
_NUMBERS: dict[type, str] = {bool: "bool", int: "int", float: "float", complex: "complex", str: "str", bytes: "bytes"}
_CONTAINERS: dict[type, str] = {
    ast.List: "list",
    ast.Tuple: "tuple",
    ast.Dict: "dict",
    ast.Set: "set",
    ast.ListComp: "list",
    ast.JoinedStr: "str",
}
_ARRAYS = frozenset(
    {
        "array",
        "asarray",
        "arange",
        "linspace",
        "logspace",
        "zeros",
        "ones",
        "full",
        "eye",
        "sin",
        "cos",
        "exp",
        "rand",
        "randn",
        "standard_normal",
    }
)


@dataclass(frozen=True, slots=True)
class Specified:
    """A specification, the request that its target opens with, and whether that is about the `whole` program and not its section."""

    specification: Specification
    request: str
    whole: bool


class NoSpecificationError(ValueError):
    """A program that no specification fits.

    `reason` is `several_examples`, `several_figures`, `no_target`, `unclear_target` or `no_output`; `fused_figures` (examples drawn
    over one another), `output_is_input`, `unnamed_operand` (a value that the asked symbol is given and that is no input),
    `unsaid_setting` (more than a target can say) or `unnamed_data` (a data set or an address that it says nothing of).
    """

    def __init__(self, reason: str) -> None:
        """Name the reason."""
        super().__init__(reason)
        self.reason = reason


def specify(program: GalleryProgram, public: PublicNames, package: str, summaries: Mapping[str, str], symbols: Sequence[str]) -> Specified:
    """Return the specification of a program.

    Args:
        program: cut out of a document.
        public: the symbols of its package.
        package: the name by which the package is known.
        summaries: the first sentence of the documentation of each symbol.
        symbols: those that it is about, the most telling first.

    Raises:
        NoSpecificationError: if it is several programs, no self-contained target can be made, or nothing comes out of it.
    """
    tree = program.tree
    flow = read_flow(tree, public.packages)
    if flow.repeats > MAX_REPEATS:
        raise NoSpecificationError("several_examples")
    if flow.plots and draws_twice(tree, program.written.own_line):
        # The figure of an earlier section has nothing to do with this one.
        raise NoSpecificationError("several_figures")
    nodes = program.own_nodes
    known = evidence(nodes, (summaries.get(symbol, "") for symbol in program.own_symbols))
    hidden = frozenset(name for node in tree.body for name in names_of([node]).binds) - {item.name for item in flow.inputs}

    def fits(request: str) -> bool:
        return is_grounded(request, nodes, known) and not quoted_names(request) & hidden

    acts = acts_request(tree, public, summaries, program.written.own_line)
    # What opens a document speaks for all of it.
    title, text = ("", "") if program.opening else (program.title, program.text)
    if program.broad and acts is None:
        # No title says all that goes on here.
        raise NoSpecificationError("no_target")
    request = make_request("" if program.continues else title, text, acts, fits, program.broad)
    if request is None:
        raise NoSpecificationError("no_target")
    subject = make_subject(program.title, program.page_title, request)
    if is_generic(request) or (not subject and request == acts and re.match(r"Draw |Animate ", request)):
        # A line plot of what, and how?
        raise NoSpecificationError("no_target")
    summed_up = request == acts and says_too_little(request, nodes, flow, titled=bool(subject))
    if summed_up or not tells_outcome(request, tree, flow, public, summaries, program.written.own_line):
        # What a function is for in general says nothing of this program, and what is done on the way nothing of its end.
        raise NoSpecificationError("unclear_target")
    target = make_target(request, subject, symbols, package)
    return Specified(_determined(program, flow, target, symbols), request, whole=request == acts)


def _determined(program: GalleryProgram, flow: Flow, target: str, symbols: Sequence[str]) -> Specification:
    """Return a specification that says all that the calls of `symbols` are given.

    Raises:
        NoSpecificationError: if it cannot.
    """
    tree = program.tree
    calls = asked_calls(tree, symbols)
    if draws_over(calls, [name for _, name in used_names(tree)], tree):
        raise NoSpecificationError("fused_figures")
    reached = depend_on(tree, calls)
    direct = bound_directly(tree, calls)
    # What comes of a further call with settings of its own is not what is asked for.
    bare = {item.name for item in flow.outputs if not any(isinstance(part, ast.Constant) for part in walk(item.node))}
    values = [item for item in flow.outputs if item.name in reached & (direct | bare | flow.made.keys())]
    if len(values) > 1:
        # Of several values that have no words of their own, the name tells only what the asked calls give.
        values = [item for item in values if item.name in direct]
    outputs = _outputs(program, flow, values)
    if not outputs or all("`(time.time()" in (item.description or "") for item in outputs):
        raise NoSpecificationError("no_output")
    if any(item.name in flow.made and item.name not in flow.fitted for item in outputs):
        raise NoSpecificationError("output_is_input")
    operands = operand_names(calls)
    inputs = _inputs(program, flow, operands)
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    if operands & (flow.made.keys() | defined) - {item.name for item in (*inputs, *outputs)}:
        raise NoSpecificationError("unnamed_operand")
    said = settings(calls)
    if said is None:
        raise NoSpecificationError("unsaid_setting")
    specification = Specification(f"{target.rstrip('.')}, with {said}." if said else target, tuple(inputs), tuple(outputs))
    if unnamed_sources(tree, render_specification(specification)):
        raise NoSpecificationError("unnamed_data")
    return specification


def _outputs(program: GalleryProgram, flow: Flow, values: Sequence[Value]) -> list[Variable]:
    tree = running(program.tree)
    names = {place[0]: name for place, name in sorted(used_names(tree), reverse=True)}
    code = program.code.split("\n")
    outputs = [_variable(item, code, {}, names, told=False, valued=False) for item in values[-MAX_OUTPUTS:]]
    if flow.prints and len(outputs) < MAX_OUTPUTS:
        outputs.append(printed_text(tree))
    if flow.plots and len(outputs) < MAX_OUTPUTS:
        outputs.append(drawn_figure(tree))
    return outputs


def _inputs(program: GalleryProgram, flow: Flow, operands: Collection[str]) -> list[Variable]:
    """Return the inputs of which something is told without names that the specification does not have, and those among `operands`."""
    code = program.code.split("\n")
    rates = {item.name: item.node.value for item in flow.inputs if _is_rate(item) and isinstance(item.node, ast.Constant)}
    names = {place[0]: name for place, name in sorted(used_names(program.tree), reverse=True)}
    imports = [node for node in program.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    known = {*names_of(imports).binds, *dir(builtins)}
    inputs: list[Variable] = []
    for item in _taken(flow, program.tree):
        defined = names_of([ast.Expr(item.node)]).needs <= known
        variable = _variable(item, code, rates, names, told=True, valued=defined)
        if len(inputs) < MAX_INPUTS and (variable.type or variable.description or item.name in operands):
            inputs.append(variable)
            known.add(item.name)
    return inputs


def _taken(flow: Flow, tree: ast.Module) -> list[Value]:
    """Return the inputs of a flow, and the data sets that its other values are taken from."""
    given = {item.name for item in (*flow.inputs, *flow.outputs)}
    sets = [flow.made[name] for name in sorted(loaded_names(tree) & flow.made.keys() - given)]
    return sorted((item for item in (*flow.inputs, *sets) if item.name.strip("_")), key=lambda item: item.line)


def _variable(item: Value, code: list[str], rates: Mapping[str, object], names: Mapping[int, str], *, told: bool, valued: bool) -> Variable:
    """Return an input or output; the value of an input is told where it is short, and `valued` as it needs no other names."""
    kind, shape = _type_of(item, names)
    line = code[item.line - 1]
    remark = telling_comment(line.partition("  #")[2]) if line.count("#") == 1 else ""
    # What a line says beside a result, or as a request, is about how it is worked out.
    said = "" if not told or item.part is not None or opens_with_verb(remark) else remark.rstrip(".")
    description = "; ".join(part for part in (said, _told_value(item) if valued else "") if part) or None
    unit = found["unit"] if (found := _UNIT.search(remark)) else "Hz" if _is_rate(item) else None
    rate = next((rates[name] for name in sorted(item.depends) if name in rates), None)
    hertz = float(rate) if told and kind == "ndarray" and isinstance(rate, int | float) else None
    return Variable(item.name, type=kind, shape=shape, unit=unit, rate_hz=hertz, description=description)


def _told_value(item: Value) -> str:
    """Return what an input is made by, where that is short and not made of the input itself."""
    source = ast.unparse(item.node)
    if "`" in source or "\n" in source or any(isinstance(node, ast.Name) and node.id == item.name for node in walk(item.node)):
        return ""
    value = f"`{source}`" if len(source) <= MAX_VALUE_CHARS else ""
    if not value and isinstance(item.node, ast.Call):
        maker = ast.unparse(item.node.func)
        value = f"made by `{maker}`" if re.fullmatch(r"[\w.]+", maker) and len(maker) <= MAX_VALUE_CHARS else ""
    if not value or item.part is None:
        return value
    place = _ORDINALS[item.part] if item.part < len(_ORDINALS) else f"item {item.part} (from 0)"
    return (
        f"the {place} of the {item.parts} values of {value.removeprefix('made by ')}"
        if item.part < len(_ORDINALS)
        else f"{place} of {value}"
    )


def _is_rate(item: Value) -> bool:
    return _RATE_NAMES.match(item.name) is not None


def _type_of(item: Value, names: Mapping[int, str]) -> tuple[str | None, str | None]:
    """Return the type and the shape that the expression tells."""
    if item.part is not None:
        return None, None
    node = item.node.operand if isinstance(item.node, ast.UnaryOp) else item.node
    if isinstance(node, ast.Constant):
        return _NUMBERS.get(type(node.value)), None
    if kind := _CONTAINERS.get(type(node)):
        return kind, None
    if isinstance(node, ast.Call):
        name = last_name(node.func)
        if name in ("DataFrame", "Series"):
            return f"pandas.{name}", None
        if name in _ARRAYS and names.get(item.line, "").startswith("numpy"):
            return "ndarray", _shape_of(node, name)
        if re.match(r"[A-Z][a-z]\w+$", name) and (full := names.get(item.line, "")).endswith(f".{name}"):
            return full, None
    return None, None


def _shape_of(call: ast.Call, name: str) -> str | None:
    first = call.args[0] if call.args else None
    if name == "linspace" and len(call.args) == 3 and isinstance(call.args[2], ast.Constant):
        return f"({call.args[2].value!r},)"
    if name in ("zeros", "ones") and isinstance(first, ast.Constant):
        return f"({first.value!r},)"
    if (
        name == "array"
        and isinstance(first, ast.List)
        and first.elts
        and all(isinstance(part, ast.Constant | ast.UnaryOp) for part in first.elts)
    ):
        return f"({len(first.elts)},)"
    return None
