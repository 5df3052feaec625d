"""A draft and what its run saw -> the row of a variant."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from gpiot_data.augment.drafts import Draft
from gpiot_data.augment.literals import with_nested_shapes
from gpiot_data.augment.rows import JsonRow, read_cgd_row
from gpiot_data.augment.specified import complete_variables
from gpiot_data.packages.example_faults import example_fault, function_fault
from gpiot_data.packages.galleries.rows import variable_line
from gpiot_data.packages.leads import target_not_done
from gpiot_data.packages.lineage import NOT_RUN
from gpiot_data.packages.row_checks import row_fault
from gpiot_data.packages.sheets import join_parts, section
from gpiot_data.schema import Specification, Teacher, Variable
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.observed import Observation, first_seen, last_seen

#: The version moves whenever the same programs would give other variants.
RULES = Teacher(name="rules", prompt="cgd-variants/3")
#: "Nothing: a plot window opens": no value comes back.
_NOTHING = re.compile(r"(?:nothing|none)\b(?! (?:if|when|where|or)\b)|an? (?:plot|figure)? ?window opens", re.IGNORECASE)
_SYMBOLS = re.compile(r"^## Symbols\n(?:- .*(?:\n|$))+", re.MULTILINE)


def finish_row(draft: Draft, origin: JsonRow, finding: Finding) -> JsonRow | str:
    """Return the row of a variant of `origin`, or the reason why there is none.

    That is `variant_wrong_annotation`, `variant_no_value`, `variant_undescribed_output` (one of several of which nothing is told),
    `variant_target_not_done`, or `variant_` and a word of `row_fault`, `example_fault` or `function_fault`.
    """
    first, last = first_seen(finding.observed), last_seen(finding.observed)
    # Where the data is made in several steps, it goes in as the last of them left it.
    seen = {name: last[name] if name in draft.reshaped else item for name, item in first.items()}
    # A parameter that is documented may have the name of some other variable.
    inputs = complete_variables(draft.inputs, with_nested_shapes(_of(seen, draft.data), draft.code))
    if draft.kind == "example" and not _is_annotated(draft, _of(seen, draft.data)):
        return "variant_wrong_annotation"
    if draft.kind == "example" and any(_is_nothing(item, last) for item in draft.outputs):
        return "variant_no_value"
    outputs = complete_variables(draft.outputs, _of(last, draft.results))
    # Of several outputs one text for two is that of another case.
    if draft.kind == "example" and len(outputs) > 1 and len({item.description for item in outputs} - {None}) < len(outputs):
        return "variant_undescribed_output"
    specification = Specification(draft.target, inputs, outputs)
    documentation = draft.documentation
    if draft.kind == "example":
        lists = (section(title, [variable_line(item) for item in items]) for title, items in (("Input", inputs), ("Output", outputs)))
        # A program out of a document may use other symbols too, and its row names them.
        listed = _SYMBOLS.search(origin["documentation"])
        head = f"## What it does\n{draft.target}\n\n{listed[0]}" if listed else documentation
        documentation = join_parts(head, *lists)
    if target_not_done(draft.target, draft.code):
        return "variant_target_not_done"
    if (fault := row_fault(specification, draft.code, documentation)) is not None:
        return f"variant_{fault}"
    if draft.kind == "example" and (fault := example_fault(specification, draft.code) or function_fault(specification, draft.code)):
        return f"variant_{fault}"
    row = replace(
        read_cgd_row(origin),
        teacher=RULES,
        verdict=NOT_RUN,
        parents=({"id": origin["id"], "aspect": "target", "operation": draft.operation, "params": dict(draft.params)},),
        kind=draft.kind,
        documentation=documentation,
        imports=draft.imports,
        specification=specification,
        code=draft.code,
        expected=draft.expected,
    )
    return row.to_json()


def _is_nothing(output: Variable, last: Mapping[str, Observation]) -> bool:
    """Tell whether an output is what a call without a result gives, or is only said to be one."""
    seen = last.get(output.name)
    none = seen is not None and seen.type == "NoneType"
    return none or _NOTHING.match(output.name) is not None or _NOTHING.match(output.description or "") is not None


def _of(seen: Mapping[str, Observation], names: Collection[str]) -> dict[str, Observation]:
    return {name: item for name, item in seen.items() if name in names}


def _is_annotated(draft: Draft, seen: Mapping[str, Observation]) -> bool:
    """Tell whether what goes into the function of a variant is of the types that its signature says."""
    functions = [node for node in ast.parse(draft.code).body if isinstance(node, ast.FunctionDef)]
    stated = {item.arg: ast.unparse(item.annotation).rpartition(".")[2] for node in functions for item in node.args.args if item.annotation}
    return all(seen[name].type.rpartition(".")[2] == kind for name, kind in stated.items() if name in seen)
