"""One `gpiot-infer bench`: ask the systems, run their programs, count, and write the folder of a comparison.

results.json        figures with intervals; the same answers and verdicts give the same bytes
scores.jsonl        one row for each answer
answers/NAME.jsonl  the answers of each system
losses.jsonl        how likely each reference is to each system
report.html         for people
run.json            seconds and memory, outside every claim
ledger/             answers and verdicts as they came; with them, nothing is asked or run again
"""

from __future__ import annotations

import platform
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gpiot_data.errors import InputError
from gpiot_data.store import TEMP_PREFIX, Ledger, exclusive, write_atomic, write_json, write_jsonl
from gpiot_data.vectors.encoder import Encoder
from gpiot_infer.iotbench.answers import Given, GivenLoss, ask_system
from gpiot_infer.iotbench.comparison import Comparison, SystemEntry, choose_tasks
from gpiot_infer.iotbench.extract import program_of
from gpiot_infer.iotbench.metrics import DRAWS, LEVEL, MIN_TASKS, TextMetrics
from gpiot_infer.iotbench.progress import Progress
from gpiot_infer.iotbench.quality import inspect_programs, tool_versions
from gpiot_infer.iotbench.report import render_report
from gpiot_infer.iotbench.results import differences_of, figures_of, sums_of
from gpiot_infer.iotbench.schema import Suite
from gpiot_infer.iotbench.scoring import Row, score_code, score_decompositions
from gpiot_infer.iotbench.systems import System, question_of
from gpiot_infer.iotbench.verdicts import Program, run_programs

SCHEMA = "gpiot.bench-results/1"
RESULTS = "results.json"

OpenSystem = Callable[[SystemEntry], System]
OpenEncoder = Callable[[str], Encoder]
Say = Callable[[str], object]


@dataclass(slots=True)
class _Answered:
    """What one system said, and what came of it."""

    described: dict[str, Any]
    given: list[Given]
    losses: list[GivenLoss]
    rows: list[Row]
    run: dict[str, Any]


def run_bench(
    comparison: Comparison, suite: Suite, out: Path, open_system: OpenSystem, open_encoder: OpenEncoder, say: Say
) -> dict[str, Any]:
    """Make the folder of a comparison, or go on with one, and return what results.json holds.

    Raises:
        BadManifest: if a pattern takes no task.
        InputError: if the folder is not ours, or a system, a linter or the encoder is not there.
        RemoteError: if an endpoint does not answer.
        SandboxUnavailable: if programs have to run and there is no sandbox.
    """
    chosen = choose_tasks(comparison, suite)
    _check_ours(out)
    texts, linters = TextMetrics(), tool_versions()
    # What cannot be opened should be known before the first hour of answers.
    systems = [open_system(entry) for entry in comparison.systems]
    encoder = open_encoder(comparison.encoder)
    progress = Progress(say)
    with exclusive(out):
        answered = _ask(systems, chosen, comparison, out, progress)
        _score(answered, chosen, comparison, out, encoder, texts, progress)
        software = {
            "encoder": {"name": encoder.name, "sha256": encoder.sha256},
            "signatures": texts.signatures(),
            "linters": linters,
        }
        results = _results(comparison, chosen, answered, software)
        _write(out, results, answered)
    return results


def _check_ours(out: Path) -> None:
    """Refuse a folder with content of which nothing shows that a comparison made it.

    Raises:
        InputError: if it is one.
    """
    if not out.is_dir() or (out / RESULTS).is_file() or (out / "ledger").is_dir():
        return
    if any(path.name != ".lock" and not path.name.startswith(TEMP_PREFIX) for path in out.iterdir()):
        raise InputError(f"{out}: is not empty and was not made by gpiot-infer bench; choose another --out")


def _ask(systems: Sequence[System], suite: Suite, comparison: Comparison, out: Path, progress: Progress) -> list[_Answered]:
    questions = [*map(question_of, suite.decomposition), *map(question_of, suite.code)]
    answered = []
    ledger = Ledger(out / "ledger" / "answers.jsonl")
    try:
        for system in systems:
            try:
                given, losses = ask_system(system, questions, comparison, ledger, progress)
            finally:
                system.close()
            # Of this process, systems before included: a model is freed before the next one is loaded.
            peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10), 1)
            run = {"answer_seconds": round(sum(one.seconds for one in given), 1), "peak_rss_mib": peak}
            run["tokens"] = sum(one.tokens or 0 for one in given)
            answered.append(_Answered(system.describe(), given, losses, [], run))
            write_jsonl(out / "answers" / f"{system.name}.jsonl", [one.to_json() for one in given])
    finally:
        ledger.close()
    return answered


def _score(
    answered: Sequence[_Answered], suite: Suite, comparison: Comparison, out: Path, encoder: Encoder, texts: TextMetrics, progress: Progress
) -> None:
    code = {task.id: task for task in suite.code}
    ways = {task.id: task for task in suite.decomposition}
    asked = [[one for one in system.given if one.question.kind == "code"] for system in answered]
    programs = [
        [Program(code[one.question.task], program_of(one.text, code[one.question.task].function)) for one in given] for given in asked
    ]
    ledger = Ledger(out / "ledger" / "verdicts.jsonl")
    try:
        scores = iter(run_programs([one for of in programs for one in of], comparison.sandbox, ledger, progress))
    finally:
        ledger.close()
    findings = inspect_programs([one.text for of in programs for one in of])
    for system, given in zip(answered, asked, strict=True):
        mine = [next(scores) for _ in given]
        system.rows = score_code(given, code, mine, findings, encoder, texts)
        system.rows += score_decompositions([one for one in system.given if one.question.kind == "decomposition"], ways, texts)
        system.run["program_cpu_seconds"] = round(sum(score.cpu_seconds for score in mine), 1)
        system.run["program_peak_rss_mib"] = round(max((score.max_rss_mib for score in mine), default=0.0), 1)


def _results(comparison: Comparison, suite: Suite, answered: Sequence[_Answered], software: Mapping[str, Any]) -> dict[str, Any]:
    domains = {
        "code": {task.id: task.domain for task in suite.code},
        "decomposition": {task.id: task.domain for task in suite.decomposition},
    }
    asked = [kind for kind in comparison.kinds if domains[kind]]
    sums = [{kind: sums_of(kind, comparison.n, system.rows, system.losses) for kind in asked} for system in answered]
    systems = []
    for system, of in zip(answered, sums, strict=True):
        figures = {kind: figures_of(kind, comparison.n, of[kind], domains[kind], comparison.seed) for kind in asked}
        over_first = {
            kind: differences_of(kind, comparison.n, sums[0][kind], of[kind], domains[kind], comparison.seed)
            for kind in asked
            if system is not answered[0]
        }
        no_loss = sorted({loss.reason for loss in system.losses if loss.reason is not None})
        isolation = sorted({row["isolation"] for row in system.rows if row.get("isolation")})
        systems.append({**system.described, "figures": figures, "over_first": over_first, "no_loss": no_loss, "isolation": isolation})
    return {
        "schema": SCHEMA,
        "comparison": asdict(comparison),
        "suite": {"version": suite.version, "sha256": suite.sha256, "tasks": {kind: len(domains[kind]) for kind in asked}},
        "intervals": {"level": LEVEL, "draws": DRAWS, "resampled": "tasks", "min_tasks": MIN_TASKS},
        "software": dict(software),
        "systems": systems,
    }


def _write(out: Path, results: Mapping[str, Any], answered: Sequence[_Answered]) -> None:
    rows = {system.described["name"]: system.rows for system in answered}
    answers = {one.id: one.text for system in answered for one in system.given}
    runs = {system.described["name"]: system.run for system in answered}
    write_jsonl(out / "scores.jsonl", [{"system": name, **row} for name, of in rows.items() for row in of])
    losses = [
        {"system": system.described["name"], "task": loss.question.task, "nats": loss.nats, "reason": loss.reason}
        for system in answered
        for loss in system.losses
    ]
    write_jsonl(out / "losses.jsonl", losses)
    host = {"machine": platform.machine(), "python": platform.python_version(), "platform": sys.platform}
    write_json(out / "run.json", {"systems": runs, "host": host})
    write_atomic(out / "report.html", render_report(results, rows, answers, runs))
    write_json(out / RESULTS, results)
