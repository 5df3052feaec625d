"""One row of scores for each answer of a system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gpiot_data.schema import render_tasks
from gpiot_data.vectors.encoder import Encoder
from gpiot_infer.iotbench.answers import Given
from gpiot_infer.iotbench.checklist import cover
from gpiot_infer.iotbench.execute import Score
from gpiot_infer.iotbench.extract import is_well_formed_code, is_well_formed_decomposition, program_of
from gpiot_infer.iotbench.metrics import TextMetrics
from gpiot_infer.iotbench.quality import Findings
from gpiot_infer.iotbench.schema import CodeTask, DecompositionTask

Row = dict[str, Any]


def score_code(
    given: Sequence[Given],
    tasks: Mapping[str, CodeTask],
    scores: Sequence[Score],
    findings: Mapping[str, Findings | None],
    encoder: Encoder,
    texts: TextMetrics,
) -> list[Row]:
    """Return what was found of each answer to a code task; `scores` are those of the answers' programs, in order.

    What is compared with the reference is the program, not the prose around it.
    """
    programs = [program_of(answer.text, tasks[answer.question.task].function) for answer in given]
    similar = _cosines(programs, [tasks[answer.question.task].reference for answer in given], encoder)
    rows = []
    for answer, program, score, cosine in zip(given, programs, scores, similar, strict=True):
        task, found = tasks[answer.question.task], findings[program]
        rows.append(
            {
                **_head(answer),
                "status": score.status,
                "reason": score.reason,
                "parsed": score.parsed,
                "imported": score.imported,
                "ran": score.ran,
                "passed": score.status == "passed",
                "cases": len(score.faults),
                "cases_passed": score.cases_passed,
                "well_formed": is_well_formed_code(answer.text),
                "similarity": cosine,
                "bleu_sums": list(texts.bleu_sums(program, task.reference)),
                "chrf": round(texts.chrf(program, task.reference), 4),
                "isolation": score.isolation,
                "quality": None if found is None else [found.lines, found.bugs, found.smells, found.security],
            }
        )
    return rows


def score_decompositions(given: Sequence[Given], tasks: Mapping[str, DecompositionTask], texts: TextMetrics) -> list[Row]:
    """Return what was found of each decomposition."""
    rows = []
    for answer in given:
        task = tasks[answer.question.task]
        coverage, reference = cover(answer.text, task), render_tasks(task.tasks)
        rows.append(
            {
                **_head(answer),
                "coverage": round(coverage.share, 6),
                "missing": list(coverage.missing),
                "steps": coverage.n_steps,
                "instructions": coverage.n_instructions,
                "well_formed": is_well_formed_decomposition(answer.text),
                "bleu_sums": list(texts.bleu_sums(answer.text, reference)),
                "chrf": round(texts.chrf(answer.text, reference), 4),
            }
        )
    return rows


def _head(answer: Given) -> Row:
    question = answer.question
    return {
        "id": answer.id,
        "task": question.task,
        "domain": question.domain,
        "kind": question.kind,
        "sample": answer.sample,
        "finish": answer.finish,
        "tokens": answer.tokens,
    }


def _cosines(texts: Sequence[str], others: Sequence[str], encoder: Encoder) -> list[float]:
    import numpy as np

    pairs = [encoder.encode(list(side)).astype(np.float64) for side in (texts, others)]
    return [round(float(value), 6) for value in np.einsum("ij,ij->i", *pairs)]
