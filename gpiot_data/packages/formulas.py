"""Formulas in TeX: those that a reader can set, mended where their environment is missing, and the faults of the others."""

from __future__ import annotations

import re

_COMMAND = re.compile(r"(?<!\\)\\[A-Za-z]{2,}")
_DOUBLED = re.compile(r"(?<!\\)\\\\(?=[A-Za-z]{2,})")
_ALIGNED = re.compile(r"(?<!\\)&|\\\\")
#: A control sequence whose name stands apart from its backslash.
_APART = re.compile(r"\\ (?=(?:arcsin|arccos|arctan|sin|cos|tan|exp|log|ln|sqrt|min|max|sum)\b)")
#: What "\theta", "\nu" and such become in a docstring that is not raw.
_EATEN = re.compile(r"(?<![\\A-Za-z])(?:(?:heta|imes|abla)(?![A-Za-z])|(?:ilde|ext|extbf|extrm)\{)")
_COMMENT = re.compile(r"(?<!\\)%")


def whole_formula(formula: str) -> str:
    """Return a formula that stands by itself: commands with one backslash, aligned lines inside the environment for them."""
    formula = re.sub(r"(?:\s*\\\\)+\s*$", "", " ".join(formula.split()))
    if _DOUBLED.search(formula) and not _COMMAND.search(formula):
        formula = _DOUBLED.sub(r"\\", formula)
    formula = _APART.sub(r"\\", formula)
    if "\\begin{" not in formula and _ALIGNED.search(re.sub(r"\\substack\{(?:[^{}]|\{[^{}]*\})*\}", "", formula)):
        return rf"\begin{{aligned}} {formula} \end{{aligned}}"
    return formula


def is_broken_formula(formula: str) -> bool:
    """Tell whether a formula cannot be set: backslashes doubled or eaten, brackets or environments open, or its end commented out."""
    plain = re.sub(r"\\[{}]", "", formula)
    unbalanced = plain.count("{") != plain.count("}") or formula.count("\\begin{") != formula.count("\\end{")
    pairs = len(re.findall(r"\\left(?![a-z])", formula)) != len(re.findall(r"\\right(?![a-z])", formula))
    marks = _DOUBLED.search(formula) or _EATEN.search(formula) or _COMMENT.search(formula)
    return bool(unbalanced or pairs or marks)
