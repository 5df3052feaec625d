"""Build a dataset folder: sources -> pairs -> variants -> duplicates and benchmarks off -> programs run -> limits -> split -> files.

Rows are the same whatever the number of workers, the order of the corpora, and how often the build
was interrupted; wall times go to `run.json`, which no claim covers.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from gpiot_data.augment.decompositions.stage import run_variants_stage
from gpiot_data.augment.stage import run_augment_stage
from gpiot_data.dataset import finished_lock, row_count, write_dataset
from gpiot_data.errors import BadDataset, BadManifest, BadSource, QualityGateFailed
from gpiot_data.extract import NOT_OBTAINED, byte_relevant_versions, obtain_each
from gpiot_data.lockfile import read_lock
from gpiot_data.pairing import PairMeans, lacks_answers, run_pairs_stage
from gpiot_data.papers.isolation import REASONS as UNREADABLE_PAPERS
from gpiot_data.plan import Plan, Source, describe_source, load_plan, load_sources
from gpiot_data.quality.decontaminate import params_of, run_decontaminate_stage
from gpiot_data.quality.dedup_stage import Published, encoder_of, made_with, read_against, run_dedup_stage
from gpiot_data.quality.execution import Execution, environments_path, isolated_by, modules_of, run_verify_stage
from gpiot_data.quality.limits import run_limits_stage
from gpiot_data.quality.split import split_rows
from gpiot_data.stages import StageResult, code_digest, run_stage, stage_place
from gpiot_data.store import cache_dir, exclusive, read_json, sha256_json, write_json
from gpiot_data.teacher.responses import FILE as RESPONSES
from gpiot_data.vectors import CachedEncoder, Encoder, open_encoder
from gpiot_data.verify.ledger import levels_for
from gpiot_data.verify.workers import SandboxRunner

#: A source whose only outcome is one of these is unusable as a whole.
UNUSABLE = (*UNREADABLE_PAPERS, "no_modules", NOT_OBTAINED, "unusable_archive")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made; `reused` tells that everything was there already."""

    folder: Path
    lock: dict[str, Any]
    reused: bool


@dataclass(frozen=True, slots=True)
class Means:
    """What a build may use, and whom it tells; no part of what it makes.

    `sandbox` '' leaves the level to the manifest. `pairs`, `verdicts` and `responses` are the folders of what was found before. With
    `replay_only` no teacher is asked what it did not answer before.
    """

    jobs: int
    sandbox: str
    say: Say
    pairs: Path
    verdicts: Path
    responses: Path
    replay_only: bool

    @classmethod
    def here(cls, jobs: int, sandbox: str | None, say: Say, replay_only: bool = False) -> Means:
        """Return the means of a build that takes from this machine's cache what was found before; no sandbox leaves it to the manifest."""
        cache = cache_dir()
        return cls(jobs, sandbox or "", say, cache / "pairs", cache / "verdicts", cache / "responses", replay_only)

    def for_pairs(self) -> PairMeans:
        """Return what the first stage may use."""
        return PairMeans(jobs=self.jobs, say=self.say, pairs=self.pairs, responses=self.responses, replay_only=self.replay_only)


def build(
    manifest_path: Path,
    out: Path | None,
    jobs: int,
    say: Say,
    *,
    teacher: Literal["rules", "chat"] | None = None,
    replay_only: bool = False,
    sandbox: str | None = None,
) -> BuildResult:
    """Build the dataset of a manifest, or go on with an interrupted build.

    Args:
        manifest_path: what to build.
        out: the dataset folder; by default named after the dataset, in `out`.
        jobs: worker processes, and programs that run at a time.
        say: told what goes on, for people.
        teacher: who writes the text of pairs, over the manifest's choice.
        replay_only: ask no teacher what it did not answer before; what lacks an answer is rejected.
        sandbox: how to run programs, over the manifest's choice.

    Raises:
        BadManifest, BadSource: if the manifest, a corpus or a pinned source is not as it should be.
        RemoteError: if a source cannot be fetched, or a teacher's server does not answer or its budget is spent.
        InputError: if the folder cannot be written to or another build holds it, or a teacher's key is not set or not taken.
        QualityGateFailed: if too many sources had to be dropped.
        SandboxUnavailable: if programs have to run and no sandbox can be had.
    """
    plan = _with_teacher(load_plan(manifest_path), teacher, manifest_path)
    means = Means.here(jobs, sandbox, say, replay_only)
    return build_plan(plan, load_sources(plan, manifest_path), manifest_path, out or Path("out") / plan.name, means)


def _with_teacher(plan: Plan, teacher: Literal["rules", "chat"] | None, manifest_path: Path) -> Plan:
    """Return a plan with the teacher that was chosen on the command line; how a model is asked is no matter of rules."""
    try:
        plan = replace(plan, teacher=teacher or plan.teacher)
    except BadManifest as error:
        raise BadManifest(f"{manifest_path}: {error}") from error
    return plan if plan.teacher == "chat" else replace(plan, chat=None)


def build_plan(plan: Plan, sources: list[Source], manifest_path: Path, folder: Path, means: Means) -> BuildResult:
    """Build a dataset from a manifest and sources that were read already; see `build`.

    Args:
        plan: what to build.
        sources: of its corpora, sorted by name.
        manifest_path: beside which environments, indexes and other datasets are looked for.
        folder: the dataset folder.
        means: what the build may use.
    """
    started = time.monotonic()
    say = means.say
    against = read_against(plan.dedup, manifest_path)
    key = _build_key(plan, sources, manifest_path, against)
    means = replace(means, sandbox=means.sandbox or (plan.verify.sandbox if plan.verify is not None else "auto"))
    with exclusive(folder):
        lock = finished_lock(folder, key)
        if lock is not None and isolated_by(folder, levels_for(means.sandbox)):
            say(f"{folder}: up to date, {row_count(lock)} rows, dataset {lock['dataset_sha256'][:16]}")
            return BuildResult(folder, lock, reused=True)
        paths = obtain_each(sources, say)
        stages, encoder = _run_stages(plan, sources, paths, manifest_path, folder, against, means)
        # What was made without some of its sources or answers is not finished: the next build asks for them again.
        missing = [source.id for source, path in zip(sources, paths, strict=True) if path is None]
        missing += [RESPONSES] if lacks_answers(stages[0]) else []
        key = sha256_json([key, missing]) if missing else key
        lock = write_dataset(folder, plan, sources, stages, key, encoder)
        reused = [stage.record["name"] for stage in stages if stage.reused]
        run = {"seconds": round(time.monotonic() - started, 1), "jobs": means.jobs, "reused_stages": reused, **stages[0].aside}
        write_json(folder / "run.json", {**run, "manifest": os.path.relpath(manifest_path, folder)})
    say(f"{folder}: {row_count(lock)} rows, dataset {lock['dataset_sha256'][:16]}")
    return BuildResult(folder, lock, reused=False)


def _build_key(plan: Plan, sources: list[Source], manifest_path: Path, against: tuple[Published, ...]) -> str:
    described = [describe_source(source) for source in sources]
    pinned = environments_path(manifest_path)
    environments = read_json(pinned) if plan.verify is not None and pinned.is_file() else None
    parts = {"plan": asdict(plan), "sources": described, "code": code_digest(), "versions": byte_relevant_versions()}
    dedup = made_with(plan.dedup, against, encoder_of(plan.dedup, manifest_path))
    return sha256_json({**parts, "environments": environments, "dedup": dedup, **_indexes(plan, manifest_path)})


def _indexes(plan: Plan, manifest_path: Path) -> dict[str, Any]:
    return {"decontaminate": params_of(plan.decontaminate, manifest_path)} if plan.decontaminate else {}


def _run_stages(
    plan: Plan,
    sources: list[Source],
    paths: list[Path | None],
    manifest_path: Path,
    folder: Path,
    against: tuple[Published, ...],
    means: Means,
) -> tuple[list[StageResult], Encoder | None]:
    """Return the stages, the last with the rows of the dataset, and the encoder if one was needed: opening it takes seconds."""
    say = means.say
    here = [source for source, path in zip(sources, paths, strict=True) if path is not None]
    stages: list[StageResult] = []

    def made(stage: StageResult) -> None:
        stages.append(stage)
        _tell(stage, say)

    made(run_pairs_stage(plan, sources, paths, folder, means.for_pairs()))
    _check_sources(plan, sources, stages[0], folder)
    execution = _execution(plan, here, manifest_path, folder, means)
    if plan.augment is not None and execution is not None:
        made(run_augment_stage(plan.augment, execution, stages[-1], jobs=means.jobs))
    if plan.variants is not None:
        made(run_variants_stage(plan.variants, plan.seed, folder, stages[-1], jobs=means.jobs))
    encoder = CachedEncoder(open_encoder(encoder_of(plan.dedup, manifest_path))) if plan.dedup.method == "near" else None
    made(run_dedup_stage(plan.dedup, against, encoder, stage_place(folder, "dedup"), stages[-1]))
    if plan.decontaminate:
        made(run_decontaminate_stage(plan.decontaminate, manifest_path, stage_place(folder, "decontaminate"), stages[-1]))
    if execution is not None:
        made(run_verify_stage(execution, stages[-1]))
    if plan.limits is not None:
        made(run_limits_stage(plan.limits, here, stage_place(folder, "limits"), stages[-1]))
    before = stages[-1]
    made(
        run_stage(
            stage_place(folder, "split"),
            "split",
            params={**asdict(plan.split), "seed": plan.seed},
            inputs=before.record["digest"],
            rows_in=len(before.rows),
            compute=lambda: split_rows(before.rows, plan.split, plan.seed),
        )
    )
    return stages, encoder


def _execution(plan: Plan, sources: list[Source], manifest_path: Path, folder: Path, means: Means) -> Execution | None:
    """Return how programs are run; None where the manifest has none run."""
    if plan.verify is None:
        return None
    run = SandboxRunner(means.sandbox, means.jobs, plan.verify.cpu_s, modules_of(sources), means.say)
    return Execution(plan.verify, sources, manifest_path, folder, run, levels_for(means.sandbox), means.say, means.verdicts)


def _tell(stage: StageResult, say: Say) -> None:
    record = stage.record
    rejected = ", ".join(f"{reason} {count}" for reason, count in record["rejected"].items())
    say(
        f"  {record['name']:<8} {record['out']} kept"
        + (f"; rejected: {rejected}" if rejected else "")
        + (" (reused)" if stage.reused else "")
    )


def _check_sources(plan: Plan, sources: list[Source], stage: StageResult, folder: Path) -> None:
    """Stop when no source, or too few of them, could be used.

    Raises:
        BadSource: if none could.
        QualityGateFailed: if more than `max_drop_rate` could not, or none gave a pair.
    """
    where = f"see {stage_place(folder, 'pairs') / 'rejected.jsonl'}"
    dropped = {item["source"]: item for item in stage.rejected if item["reason"] in UNUSABLE}
    if len(dropped) == len(sources):
        first = dropped[sources[0].id]
        raise BadSource(f"none of the {len(sources)} sources can be used; the first: {first['place']}: {first['text']}")
    if len(dropped) > plan.max_drop_rate * len(sources):
        raise QualityGateFailed(
            f"{len(dropped)} of {len(sources)} sources could not be used, more than max_drop_rate {plan.max_drop_rate} allows; {where}"
        )
    if not stage.rows:
        doubted = any(item["reason"] in ("low_confidence", "open_references", "vague_title") for item in stage.rejected)
        where += "; a lower 'min_confidence' in the corpus lets pairs through that rules trust less" if doubted else ""
        raise QualityGateFailed(f"none of the {len(sources)} sources gave a pair; {where}")


def check_lock(result: BuildResult, manifest_path: Path) -> None:
    """Compare a build with the lock committed beside its manifest.

    Raises:
        BadDataset: if there is no such lock.
        QualityGateFailed: if the content differs from it.
    """
    path = manifest_path.with_suffix(".lock.json")
    if not path.is_file():
        raise BadDataset(f"{path}: there is no lock to compare with; copy {result.folder / 'lock.json'} there to make one")
    wanted, found = read_lock(path), result.lock
    # Derived files and versions of other packages may differ between machines; what the claim covers may not.
    changed = [name for name in ("dataset_sha256", "sources", "stages", "outputs") if wanted.get(name) != found[name]]
    if changed:
        raise QualityGateFailed(
            f"{result.folder}: dataset {found['dataset_sha256'][:16]} differs from {wanted['dataset_sha256'][:16]} in {path}; "
            f"changed: {', '.join(changed)}"
        )
