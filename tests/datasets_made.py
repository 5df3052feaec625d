"""Finished dataset folders, written as a build writes them from rows made here."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
from pathlib import Path

import pytest

from gpiot_data.dataset import write_dataset
from gpiot_data.plan import Plan
from gpiot_data.schema import CgdRow, SourceRef, Specification, SubTask, TddRow, Teacher, Variable, Verdict
from gpiot_data.sources.packages import PackageSource, cached_path
from gpiot_data.sources.papers import PaperSource
from gpiot_data.stages import StageResult
from gpiot_data.store import sha256_bytes

WORDS = ("filter", "sensor", "peak", "window", "signal", "pulse", "gateway", "sample", "wavelet", "phase", "noise", "packet")
HOSTILE = "</script><img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>&lt;\u202e"


def _archive(name: str, version: str) -> bytes:
    """Return a source archive that holds a licence and nothing else."""
    text = f"MIT License\n\nCopyright (c) 2026 the authors of {name}\n".encode()
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as archive:
        member = tarfile.TarInfo(f"{name}-{version}/LICENSE")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return raw.getvalue()


def _package(name: str, version: str, licence: str, *tags: str) -> PackageSource:
    digest = sha256_bytes(_archive(name, version))
    return PackageSource(name, version, f"{name}-{version}.tar.gz", digest, licence, (name,), corpus="c", tags=tags)


PACKAGES = [_package("toy", "1.0", "MIT", "signal", "io"), _package("other", "2.0", "MIT AND BSD-3-Clause", "general")]
PAPERS = [
    PaperSource(id=f"p-{name}", file=f"{name}.pdf", sha256=digit * 64, license="CC-BY-4.0") for name, digit in (("one", "3"), ("two", "4"))
]


def write_cgd(folder: Path, count: int = 40, encoder: object = None, words: str = "") -> Path:
    """Write a code dataset of `count` rows, half of them programs; `words` are added to each question."""
    plan = Plan(schema="gpiot.manifest/1", name="toy-cgd", version="1.2.0", kind="cgd", corpora=("c.yaml",))
    rows = [_code_row(number, words) for number in range(count)]
    return _write(folder, plan, PACKAGES, rows, encoder)


def write_tdd(folder: Path, count: int = 12, encoder: object = None) -> Path:
    """Write a decomposition dataset whose later rows are variants of the first: other modalities, other platforms."""
    plan = Plan(schema="gpiot.manifest/1", name="toy-tdd", version="0.3.0", kind="tdd", corpora=("c.yaml",))
    return _write(folder, plan, PAPERS, [_task_row(number) for number in range(count)], encoder)


def _write(folder: Path, plan: Plan, sources: list, rows: list[dict], encoder: object) -> Path:
    near = {
        "reason": "near_duplicate_meaning", "source": sources[0].id, "place": "a.py:7", "text": f"Near {HOSTILE}",
        "of": rows[0]["id"] if rows else "0" * 16, "field": "answer", "metric": "cosine", "score": 0.9123,
    }  # fmt: skip
    params = {"method": "near", "match": "any", "jaccard": 0.7, "cosine": 0.9, "against": [], "encoder": {"name": "bags"}}
    pairs = {"name": "pairs", "in": None, "out": len(rows) + 1, "rejected": {}, "params": {}, "digest": "0"}
    dedup = {"name": "dedup", "in": len(rows) + 1, "out": len(rows), "rejected": {near["reason"]: 1}, "params": params, "digest": "1"}
    stages = [StageResult([*rows, *rows[:1]], [], pairs, reused=False), StageResult(rows, [near], dedup, reused=False)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GPIOT_CACHE", f"{folder}-cache")
        for source in sources:
            if isinstance(source, PackageSource):
                cached_path(source).parent.mkdir(parents=True, exist_ok=True)
                cached_path(source).write_bytes(_archive(source.name, source.version))
        write_dataset(folder, plan, sources, stages, "key", encoder)
    return folder


def _words(number: int, count: int) -> str:
    return " ".join(random.Random(number).choices(WORDS, k=count))


def _source(number: int, source: PackageSource | PaperSource, **place: object) -> SourceRef:
    return SourceRef("c", source.id, source.version, source.sha256, (number, number + 5), "5" * 64, **place)


def _code_row(number: int, words: str) -> dict:
    package = PACKAGES[number % 2]
    described = number % 4 > 1
    name = f"x{number}"
    return CgdRow(
        kind="description" if described else "implementation",
        symbol=f"{package.name}.f{number}",
        package=package.name,
        documentation=f"## What it does\n{_words(number, 30)} {words}",
        imports=() if described else ("numpy",),
        specification=None if described else Specification(f"Find {_words(number, 4)} {words}", (Variable(name, "int"),), ()),
        code=None if described else f"{name} = {number}\nprint({name})",
        source=_source(number, package, path=f"{package.name}/a.py", lines=(number + 1, number + 3)),
        license=package.license,
        teacher=Teacher("rules", "cgd-rules/1"),
        verdict=Verdict() if described else Verdict("passed" if number % 3 else "ran", None, "strong", "env-1"),
        split="train" if package.name == "toy" else "test",
        parents=({"id": "0" * 16, "aspect": "target", "operation": "rename", "params": {}},) if number % 8 == 1 else (),
    ).to_json()


def _task_row(number: int) -> dict:
    paper = PAPERS[number % 2]
    aspect, to = (("modality", "IMU"), ("resource", "ESP32"), ("modality", "radar"))[number % 3]
    step = {"id": "0" * 16, "aspect": aspect, "operation": f"{aspect}-swap", "params": {"from": "CSI", "to": to}}
    return TddRow(
        problem=f"Design {_words(number, 12)}.",
        tasks=(SubTask(f"Read {number}", (_words(number, 8),)), SubTask("Report", ("Send it.", "Wait."))),
        aspect=aspect if number > 4 else "raw",
        source=_source(number, paper, page=2, bbox=(1, 2, 3, 4)),
        license=paper.license,
        teacher=Teacher("rules", "tdd-rules/1"),
        split="train" if paper.id == "p-one" else "test",
        parents=(step,) if number > 4 else (),
    ).to_json()
