"""Acronyms in a row: where neither its problem nor an earlier step says what one stands for, its first step does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gpiot_data.teacher.phrases import listed

_COMMON = re.compile(listed("common_acronym"))


def expand_acronyms(texts: Sequence[str], problem: str, expansions: Mapping[str, str]) -> list[str]:
    """Return texts in which each acronym that the paper expands is expanded at its first use; common ones stay as they are.

    >>> expand_acronyms(["Send the model to MAA.", "Ask MAA for a list."], "Plan a module.", {"MAA": "Model Adaptation Agent"})
    ['Send the model to Model Adaptation Agent (MAA).', 'Ask MAA for a list.']
    """
    told = problem
    expanded = []
    for text in texts:
        for acronym, words in expansions.items():
            known = _COMMON.fullmatch(acronym) or words.lower() in told.lower() or words.lower() in text.lower()
            if not known:
                text = _expand_first(text, acronym, words)
        told = f"{told} {text}"
        expanded.append(text)
    return expanded


def _expand_first(text: str, acronym: str, words: str) -> str:
    def expansion(match: re.Match[str]) -> str:
        many = "s" if match[1] and not words.endswith("s") else ""
        return f"{words}{many} ({match[0]})"

    return re.sub(rf"(?<![\w(-]){re.escape(acronym)}(s?)(?![\w-])", expansion, text, count=1)
