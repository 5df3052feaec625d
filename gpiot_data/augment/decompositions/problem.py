"""The problem statement of a setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gpiot_data.augment.decompositions.setting import Parts, Setting
from gpiot_data.augment.decompositions.wording import fill, number_of, pick
from gpiot_data.augment.ontology.model import Ontology


def write_problem(setting: Setting, parts: Parts, values: Mapping[str, str], ontology: Ontology, aspect: str) -> str:
    """Return the problem: what is wanted and sensed, and as a demand whatever the aspect changed."""
    texts = ontology.problems
    sentences = [_sentence(texts["openings"], values, setting.seed, "opening")]
    if "modality" in aspect or number_of(setting.seed, "given") % 2:
        sentences.append(_sentence(texts["given"], values, setting.seed, "given"))
    if number_of(setting.seed, "shows") % 3:
        sentences.append(_sentence(texts["shows"], values, setting.seed, "shows"))
    if "representation" in aspect:
        sentences.append(_sentence(texts["represent"], values, setting.seed, "represent"))
    sentences.append(_sentence(texts["answer"][parts.application.kind], values, setting.seed, "answer"))
    if parts.platform is not None:
        sentences.append(_sentence(texts["budget"], values, setting.seed, "budget"))
    return " ".join(sentence for sentence in sentences if sentence)


def _sentence(templates: Sequence[str], values: Mapping[str, str], seed: str, purpose: str) -> str:
    return fill(pick(templates, seed, purpose), values, seed) or ""
