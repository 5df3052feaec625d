"""`gpiot-data build` as a user runs it: results, resuming, determinism, and what it says when something is wrong."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gpiot_data.row_form import check_row
from gpiot_data.schema import Specification, Variable, parse_specification, parse_tasks


def _bytes(folder: Path) -> dict[str, str]:
    files = [*folder.glob("data/*.jsonl"), folder / "rejected.jsonl", folder / "lock.json", folder / "README.md"]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)}


def _rows(folder: Path, split: str) -> list[dict]:
    return [json.loads(line) for line in (folder / "data" / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]


def _one_sentence(result, code: int) -> str:
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr.strip().splitlines()[-1]


def test_papers_become_pairs_with_their_place_and_licence(world) -> None:
    result = world.run("gpiot-data", "build", "tdd.yaml", "--json")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["rows"].keys() == {"data/test.jsonl", "data/train.jsonl", "rejected.jsonl", "statistics.json"}
    train, test = _rows(world.folder / "out/tdd", "train"), _rows(world.folder / "out/tdd", "test")
    assert {row["source"]["source"] for row in train} == {"ecg-rpeaks", "imu-fall"}
    assert {row["source"]["source"] for row in test} == {"mmwave-vitals"}
    for row in train + test:
        check_row(row, "tdd", "row")
        assert row["license"] == "CC-BY-4.0"
        assert row["source"]["page"] >= 1
        assert [task.name for task in parse_tasks(row["messages"][1]["content"])] == [task["name"] for task in row["tasks"]]


def test_packages_become_descriptions_and_implementations(world) -> None:
    result = world.run("gpiot-data", "build", "cgd.yaml")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "out/cgd\n"
    rows = _rows(world.folder / "out/cgd", "train")
    assert [(row["kind"], row["symbol"]) for row in rows] == [
        ("description", "toyone.moving_mean"),
        ("implementation", "toyone.moving_mean"),
        ("description", "toyone.moving_sum"),
    ]
    program = rows[1]
    specification = parse_specification(program["messages"][0]["content"].split("\n\n", 1)[1])
    assert isinstance(specification, Specification)
    assert specification.inputs[0] == Variable("x", type="array_like", description="Samples of the signal.")
    compile(program["code"], "row", "exec")
    assert "moving_mean(np.arange(5.0), 3)" in program["code"]


def test_every_package_span_slices_to_its_hash(world) -> None:
    import tarfile

    assert world.run("gpiot-data", "build", "cgd.yaml").returncode == 0
    for row in _rows(world.folder / "out/cgd", "train") + _rows(world.folder / "out/cgd", "test"):
        source = row["source"]
        with tarfile.open(world.folder / "links" / f"{source['source']}-1.0.tar.gz") as archive:
            member = archive.extractfile(source["path"])
            assert member is not None
            data = member.read()
        start, end = source["span"]
        assert hashlib.sha256(data[start:end]).hexdigest() == source["span_sha256"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tdd", "cgd"])
def test_the_folder_opens_with_load_dataset(world, kind: str) -> None:
    assert world.run("gpiot-data", "build", f"{kind}.yaml").returncode == 0
    code = (
        f"from datasets import load_dataset; d = load_dataset('out/{kind}'); "
        "print(sorted(d), d['train'].num_rows, d['train'][0]['messages'][0]['role'])"
    )
    import subprocess

    result = subprocess.run([sys.executable, "-c", code], cwd=world.folder, env=world.env, capture_output=True, text=True, timeout=120)
    assert result.stdout.strip() == f"['test', 'train'] {len(_rows(world.folder / 'out' / kind, 'train'))} user", result.stderr


def test_a_second_build_finds_everything_and_changes_nothing(world) -> None:
    assert world.run("gpiot-data", "build", "tdd.yaml").returncode == 0
    before = _bytes(world.folder / "out/tdd")
    result = world.run("gpiot-data", "build", "tdd.yaml", "--json")
    assert json.loads(result.stdout)["reused"] is True
    assert _bytes(world.folder / "out/tdd") == before


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tdd", "cgd"])
def test_empty_folder_empty_cache_other_hash_seed_and_workers_give_the_same_bytes(world, kind: str, tmp_path: Path) -> None:
    assert world.run("gpiot-data", "build", f"{kind}.yaml", "--jobs", "1", env={"PYTHONHASHSEED": "1"}).returncode == 0
    corpus = world.folder / ("papers.yaml" if kind == "tdd" else "packages.yaml")
    lines = corpus.read_text().splitlines()
    corpus.write_text("\n".join([*lines[:4], *reversed(lines[4:])]) + "\n")
    again = {"PYTHONHASHSEED": "2", "GPIOT_CACHE": str(tmp_path / "other-cache")}
    assert world.run("gpiot-data", "build", f"{kind}.yaml", "--jobs", "2", "--out", "elsewhere", env=again).returncode == 0
    assert _bytes(world.folder / "elsewhere") == _bytes(world.folder / "out" / kind)


@pytest.mark.slow
def test_killed_at_random_moments_a_build_ends_with_the_same_bytes(world) -> None:
    assert (
        world.run("gpiot-data", "build", "tdd.yaml", "--out", "straight", env={"GPIOT_CACHE": str(world.folder / "cache-a")}).returncode
        == 0
    )
    started = time.monotonic()
    assert (
        world.run("gpiot-data", "build", "tdd.yaml", "--out", "timing", env={"GPIOT_CACHE": str(world.folder / "cache-b")}).returncode == 0
    )
    whole = time.monotonic() - started
    rng = random.Random(7)
    killed = 0
    for _ in range(8):
        process = world.start("gpiot-data", "build", "tdd.yaml", "--out", "killed")
        time.sleep(rng.uniform(0.2, whole))
        if process.poll() is None:
            killed += 1
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    result = world.run("gpiot-data", "build", "tdd.yaml", "--out", "killed")
    assert result.returncode == 0, result.stderr
    assert killed > 0
    assert _bytes(world.folder / "killed") == _bytes(world.folder / "straight")
    assert not list((world.folder / "killed").rglob(".gpiot-tmp-*"))


@pytest.mark.slow
def test_a_changed_output_is_noticed_and_mended(world) -> None:
    assert world.run("gpiot-data", "build", "cgd.yaml").returncode == 0
    before = _bytes(world.folder / "out/cgd")
    (world.folder / "out/cgd/data/train.jsonl").write_text("{}\n")
    (world.folder / "out/cgd/stages/3-dedup/rows.jsonl").write_text("{}\n")
    assert world.run("gpiot-data", "build", "cgd.yaml").returncode == 0
    assert _bytes(world.folder / "out/cgd") == before


@pytest.mark.slow
def test_locked_compares_with_the_lock_beside_the_manifest(world) -> None:
    assert "there is no lock to compare with" in _one_sentence(world.run("gpiot-data", "build", "cgd.yaml", "--locked"), 3)
    lock = world.folder / "cgd.lock.json"
    lock.write_bytes((world.folder / "out/cgd/lock.json").read_bytes())
    assert world.run("gpiot-data", "build", "cgd.yaml", "--locked").returncode == 0
    changed = json.loads(lock.read_text())
    changed["dataset_sha256"] = "0" * 64
    lock.write_text(json.dumps(changed))
    assert "differs from 0000000000000000" in _one_sentence(world.run("gpiot-data", "build", "cgd.yaml", "--locked"), 1)


def test_a_missing_manifest_and_an_unknown_key_are_one_sentence(world) -> None:
    assert (
        _one_sentence(world.run("gpiot-data", "build", "none.yaml"), 3)
        == "error: none.yaml: cannot be read (No such file or directory); check the path"
    )
    (world.folder / "tdd.yaml").write_text((world.folder / "tdd.yaml").read_text() + "sead: 1\n")
    assert _one_sentence(world.run("gpiot-data", "build", "tdd.yaml"), 3) == "error: tdd.yaml: unknown key 'sead'; did you mean 'seed'?"


def test_a_paper_that_is_missing_changed_or_no_pdf(world) -> None:
    pdf = world.folder / "paper.pdf"
    pdf.write_text("<html>not here</html>")
    digest = hashlib.sha256(pdf.read_bytes()).hexdigest()
    corpus = "schema: gpiot.corpus/1\nname: papers\nkind: papers\nsources:\n  - {{id: one, file: {0}, sha256: {1}, license: CC-BY-4.0}}\n"
    (world.folder / "tdd.yaml").write_text(
        "schema: gpiot.manifest/1\nname: tdd\nversion: 0.1.0\nkind: tdd\ncorpora: [papers.yaml]\ndedup: {method: exact}\n"
    )
    (world.folder / "papers.yaml").write_text(corpus.format("paper.pdf", digest))
    expected = "error: none of the 1 sources can be used; the first: paper.pdf: is not a PDF (no '%PDF-' at its start)"
    assert _one_sentence(world.run("gpiot-data", "build", "tdd.yaml"), 3) == expected
    (world.folder / "papers.yaml").write_text(corpus.format("paper.pdf", "f" * 64))
    assert "but the corpus papers pins ffffffffffffffff" in _one_sentence(world.run("gpiot-data", "build", "tdd.yaml"), 3)
    (world.folder / "papers.yaml").write_text(corpus.format("gone.pdf", digest))
    assert (
        _one_sentence(world.run("gpiot-data", "build", "tdd.yaml"), 3)
        == "error: gone.pdf: the paper 'one' is not there; check 'file' in the corpus papers"
    )


@pytest.mark.slow
def test_one_bad_paper_among_good_ones_is_rejected_with_its_reason(world) -> None:
    (world.folder / "bad.pdf").write_text("no pdf")
    digest = hashlib.sha256(b"no pdf").hexdigest()
    with (world.folder / "papers.yaml").open("a") as stream:
        stream.write(f"  - {{id: bad, file: bad.pdf, sha256: {digest}, license: CC-BY-4.0}}\n")
    result = world.run("gpiot-data", "build", "tdd.yaml")
    assert result.returncode == 0, result.stderr
    rejected = [json.loads(line) for line in (world.folder / "out/tdd/rejected.jsonl").read_text().splitlines()]
    assert [item["reason"] for item in rejected if item["source"] == "bad"] == ["not_pdf"]


def test_a_place_that_cannot_be_written_to(world) -> None:
    (world.folder / "file").write_text("in the way")
    for place in ("file/inside", "/proc/gpiot-out"):
        assert f"{place}: cannot be written" in _one_sentence(world.run("gpiot-data", "build", "tdd.yaml", "--out", place), 3)


def test_a_package_that_no_index_has(world) -> None:
    for path in (world.folder / "links").iterdir():
        path.unlink()
    sentence = _one_sentence(world.run("gpiot-data", "build", "cgd.yaml"), 3)
    assert "toyone" in sentence


def test_an_interrupt_ends_with_130(world) -> None:
    for _ in range(10):
        process = _started(world, "1")
        process.send_signal(signal.SIGINT)
        # On a busy machine the build may be over before the signal comes.
        if process.wait(60) == 130:
            break
        assert process.returncode == 0
        shutil.rmtree(world.folder / "out/tdd")
    assert process.returncode == 130
    assert world.run("gpiot-data", "build", "tdd.yaml").returncode == 0


def test_show_prints_rows_with_their_lineage(world) -> None:
    assert world.run("gpiot-data", "build", "tdd.yaml").returncode == 0
    row = _rows(world.folder / "out/tdd", "train")[0]
    text = world.run("gpiot-data", "show", "out/tdd", row["id"][:8]).stdout
    assert text.startswith(f"=== {row['id']}  decomposition  train\nfrom {row['source']['source']} 1, page {row['source']['page']}")
    sample = world.run("gpiot-data", "show", "out/tdd", "--sample", "2", "--seed", "5", "--json").stdout.splitlines()
    assert sample == world.run("gpiot-data", "show", "out/tdd", "--sample", "2", "--seed", "5", "--json").stdout.splitlines()
    assert len({json.loads(line)["id"] for line in sample}) == 2
    assert "so the dataset is not finished" in _one_sentence(world.run("gpiot-data", "show", "nowhere", "abc"), 3)
    assert "give either a row id or --sample N" in _one_sentence(world.run("gpiot-data", "show", "out/tdd"), 2)


def test_no_worker_outlives_a_killed_build(world) -> None:
    process = _started(world, "2")
    time.sleep(0.5)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 60
    while _in_session(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _in_session(process.pid) == []


def _started(world, jobs: str) -> subprocess.Popen[str]:
    """Start a build and return when it holds its folder."""
    process = world.start("gpiot-data", "build", "tdd.yaml", "--jobs", jobs)
    while process.poll() is None and not (world.folder / "out/tdd/.lock").exists():
        time.sleep(0.01)
    return process


def _in_session(session: int) -> list[str]:
    """Return the processes of a session that are alive, by /proc."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, fields = (
                    (entry / "stat").read_text().rsplit(")", 1)[1].split()[0],
                    (entry / "stat").read_text().rsplit(")", 1)[1].split(),
                )
            except OSError:
                continue
            if int(fields[3]) == session and state != "Z":
                found.append(entry.name)
    return found


@pytest.mark.slow
def test_a_split_that_is_gone_leaves_no_file_behind(world) -> None:
    assert world.run("gpiot-data", "build", "cgd.yaml").returncode == 0
    manifest = world.folder / "cgd.yaml"
    manifest.write_text(manifest.read_text().replace("split: {test_sources: [toytwo]}", ""))
    assert world.run("gpiot-data", "build", "cgd.yaml").returncode == 0
    assert sorted(path.name for path in (world.folder / "out/cgd").glob("*/*-of-*")) == ["train-00000-of-00001.parquet"]
    assert [path.name for path in (world.folder / "out/cgd/data").iterdir()] == ["train.jsonl"]


@pytest.mark.slow
def test_a_title_in_the_corpus_changes_the_problem_whatever_is_cached(world) -> None:
    assert world.run("gpiot-data", "build", "tdd.yaml").returncode == 0
    corpus = world.folder / "papers.yaml"
    corpus.write_text(corpus.read_text().replace("{id: ecg-rpeaks,", "{id: ecg-rpeaks, title: 'Beats on a Patch',"))
    assert world.run("gpiot-data", "build", "tdd.yaml").returncode == 0
    problems = [row["problem"] for row in _rows(world.folder / "out/tdd", "train") if row["source"]["source"] == "ecg-rpeaks"]
    assert problems
    assert all("beats on a patch" in problem.lower() for problem in problems)


@pytest.mark.slow
def test_a_damaged_lock_is_made_again(world) -> None:
    assert world.run("gpiot-data", "build", "cgd.yaml").returncode == 0
    before = _bytes(world.folder / "out/cgd")
    for text in ("[]", "{", '{"outputs": 1}'):
        (world.folder / "out/cgd/lock.json").write_text(text)
        assert world.run("gpiot-data", "build", "cgd.yaml").returncode == 0
        assert _bytes(world.folder / "out/cgd") == before


@pytest.mark.slow
def test_a_bad_paper_gives_the_same_bytes_from_another_folder(world, tmp_path: Path) -> None:
    (world.folder / "bad.pdf").write_text("no pdf")
    digest = hashlib.sha256(b"no pdf").hexdigest()
    with (world.folder / "papers.yaml").open("a") as stream:
        stream.write(f"  - {{id: bad, file: bad.pdf, sha256: {digest}, license: CC-BY-4.0}}\n")
    assert world.run("gpiot-data", "build", "tdd.yaml").returncode == 0
    other = {"GPIOT_CACHE": str(tmp_path / "other-cache")}
    assert world.run("gpiot-data", "build", str(world.folder / "tdd.yaml"), "--out", "elsewhere", env=other).returncode == 0
    assert _bytes(world.folder / "elsewhere") == _bytes(world.folder / "out/tdd")


def test_fetch_verifies_every_source(world) -> None:
    result = world.run("gpiot-data", "fetch", "packages.yaml", "--json")
    assert [entry["id"] for entry in json.loads(result.stdout)] == ["toyone", "toytwo"]
    result = world.run("gpiot-data", "fetch", "papers.yaml")
    assert len(result.stdout.splitlines()) == 3
