"""Faults that somebody plants in a dataset folder, with every hash of the folder made to agree: verify must tell each of them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from test_verify import QUICK, make_toys

from gpiot_data.errors import BadDataset
from gpiot_data.plan import source_of
from gpiot_data.publish.statistics import measure_rows
from gpiot_data.quality.split import split_place
from gpiot_data.quality.subjects import packages_of
from gpiot_data.reexecute import verify_folder
from gpiot_data.schema import dataset_sha256, row_id
from gpiot_data.store import canonical_json

Row = dict
Plant = Callable[[Row], object]


@pytest.fixture(scope="module")
def built(shared_world):
    """A dataset that was built once; tests change copies of it."""
    toys = make_toys(shared_world, QUICK)
    result = toys.build()
    assert result.returncode == 0, result.stderr
    return toys


@pytest.fixture
def copied(built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built dataset, with this process set up as the commands are."""
    for name, value in built.world.env.items():
        monkeypatch.setenv(name, value)
    return Path(shutil.copytree(built.folder, tmp_path / "copied"))


def differences(folder: Path, *, execute: bool = False, manifest: Path | None = None) -> str:
    return "\n".join(verify_folder(folder, manifest, lambda _line: None, execute=execute, jobs=1, sandbox="auto").wrong)


def edit_lock(folder: Path, change: Callable[[dict], object]) -> None:
    lock = json.loads((folder / "lock.json").read_text())
    change(lock)
    (folder / "lock.json").write_text(json.dumps(lock))


def write_lines(path: Path, values: list[Row]) -> None:
    path.write_text("".join(canonical_json(value) + "\n" for value in values))


def forge(
    folder: Path, change: Plant, chosen: Callable[[Row], bool], times: int = 1, *, kept: Callable[[Row], bool] = lambda _row: True
) -> None:
    """Change the chosen rows, leave out those that are not to be kept, write each file `times` over, and make all else agree.

    That is: every hash, the counts of every stage, as if what is gone had never been a candidate, and the statistics.
    """
    lock = json.loads((folder / "lock.json").read_text())
    rows, gone = [], 0
    for entry in lock["outputs"]:
        if not entry["path"].startswith("data/"):
            continue
        path = folder / entry["path"]
        own = [json.loads(line) for line in path.read_text().splitlines()] * times
        gone -= len(own) - len(own) // times
        gone += sum(not kept(row) for row in own)
        own = [row for row in own if kept(row)]
        for row in own:
            if chosen(row):
                change(row)
                row["id"] = row_id(row)
        rows += own
        write_lines(path, own)
        entry.update(rows=len(own))
        agree(lock, path)
    for record in lock["stages"]:
        record["out"] -= gone
        record["in"] = None if record["in"] is None else record["in"] - gone
    lock["dataset_sha256"] = dataset_sha256(rows)
    with contextlib.suppress(KeyError, TypeError):
        text = "".join(canonical_json(row) + "\n" for row in sorted(rows, key=split_place))
        lock["stages"][-1]["digest"] = hashlib.sha256(text.encode()).hexdigest()
        count_again(folder, lock, rows)
    (folder / "lock.json").write_text(json.dumps(lock))


def count_again(folder: Path, lock: dict, rows: list[Row]) -> None:
    """Make the statistics those of the rows and stages."""
    path = folder / "statistics.json"
    packages = packages_of(map(source_of, lock["sources"])) if lock["kind"] == "cgd" else {}
    statistics = json.loads(path.read_text()) | measure_rows(rows, packages)
    statistics["funnel"] = [{name: record[name] for name in ("name", "in", "out", "rejected")} for record in lock["stages"]]
    statistics["candidates"] = {"any": {"any": lock["stages"][0]["out"]}}
    path.write_text(json.dumps(statistics))
    agree(lock, path)


def agree(lock: dict, path: Path) -> None:
    """Make the lock's entry of a file agree with it."""
    for entry in lock["outputs"]:
        if Path(entry["path"]).name == path.name:
            entry.update(sha256=hashlib.sha256(path.read_bytes()).hexdigest(), bytes=path.stat().st_size)


def rows_of(folder: Path) -> list[Row]:
    return [json.loads(line) for path in sorted((folder / "data").glob("*.jsonl")) for line in path.read_text().splitlines()]


def is_program(row: Row) -> bool:
    return row.get("symbol") == "toyone.doubles" and bool(row["code"])


def break_code(row: Row) -> None:
    row["code"] = row["code"].replace("doubles(1.5)", "doubles(1.6)")


def say_in_both(row: Row) -> None:
    """Change code and chat alike, so that only the source can tell."""
    old = row["code"]
    break_code(row)
    row["messages"][1]["content"] = row["messages"][1]["content"].replace(old.rstrip(), row["code"].rstrip())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda row: row["messages"][1].update(content="lies"), "its messages are not what its content renders to"),
        (lambda row: row["messages"][0].update(content="lies"), "its messages are not what its content renders to"),
        (lambda row: row.update(documentation="lies"), "its messages are not what its content renders to"),
        (lambda row: row["specification"].update(target=5), "its messages are not what its content renders to"),
        (say_in_both, "its content is not what toyone gives"),
        (lambda row: row.update(expected=[]), "its content is not what toyone gives"),
        (lambda row: row["teacher"].update(name="me"), "its content is not what toyone gives"),
        (lambda row: row.update(code=None), "but has no program"),
        (lambda row: row["verdict"].update(environment="py-evil"), "names the environment 'py-evil'"),
        (lambda row: row["verdict"].update(isolation="bulletproof"), "names the isolation 'bulletproof'"),
        (lambda row: row["verdict"].update(reason="\x1b[31m"), "gives a reason that is no short, printable text"),
        (lambda row: row["verdict"].update(reason="why"), "has a reason though the program passed"),
        (lambda row: row["verdict"].update(status="perfect"), "is 'perfect', which no row of a dataset has"),
        (lambda row: row.pop("verdict"), "verdict: expected an object, got NoneType"),
        (lambda row: row.update(verdict=None), "verdict: expected an object, got NoneType"),
        (lambda row: row["source"].pop("span_sha256"), "field 'span_sha256' should be str"),
        (lambda row: row["source"].update(source=[1]), "field 'source' should be str, got list"),
        (lambda row: row["source"].update(span="ab"), "field 'span' should be list, got str"),
        (lambda row: row["source"].update(span=[0, 1.5]), "should be two whole numbers"),
        (lambda row: row["source"].update(path=[1]), "'source.path' should be text or null"),
        (lambda row: row.update(expected=5), "field 'expected' should be list, got int"),
        (lambda row: row.update(code=5), "field 'code' should be text or null, got int"),
    ],
)
def test_a_changed_row_is_told(copied: Path, change: Plant, sentence: str) -> None:
    forge(copied, change, is_program)
    assert sentence in differences(copied)


def test_an_untouched_dataset_has_no_difference(copied: Path) -> None:
    assert differences(copied, execute=True) == ""


def test_a_split_that_is_not_that_of_the_file_is_told(copied: Path) -> None:
    forge(copied, lambda row: row.update(split={"train": "test", "test": "train"}[row["split"]]), lambda _row: True)
    assert "its split is 'test', but the file is train.jsonl" in differences(copied)


def test_a_row_that_is_there_twice_is_told(copied: Path) -> None:
    forge(copied, lambda _row: None, lambda _row: False, times=2)
    assert "is there 2 times" in differences(copied)


def test_a_program_that_was_not_run_is_run_and_told(copied: Path) -> None:
    forge(copied, lambda row: row["verdict"].update(status="not_run", isolation=None), is_program)
    assert "(toyone.doubles): recorded as not_run, now passed" in differences(copied, execute=True)


def test_a_source_that_only_pretends_to_be_missing_is_told(copied: Path) -> None:
    def hide(lock: dict) -> None:
        lock["environments"]["missing"]["toyone"] = "gone"
        for entry in lock["environments"]["locks"]:
            entry["sources"] = []

    forge(
        copied,
        lambda row: row.update(verdict={"status": "not_installed", "reason": "gone", "isolation": None, "environment": None}),
        lambda row: bool(row["code"]) and row["package"] == "toyone",
    )
    edit_lock(copied, hide)
    # Without a run its program could not have been dropped.
    (told,) = (line for line in differences(copied).splitlines() if not line.startswith("lock.json: says that the stage"))
    assert told.endswith("is not there, but toyone gives it and no stage drops it (implementation of toyone.doubles_wrongly)")
    assert "toyone: is recorded as not to be installed, but its environment can be made" in differences(copied, execute=True).splitlines()


def test_files_that_the_lock_does_not_list_are_told(copied: Path) -> None:
    shutil.copy(copied / "data/train.jsonl", copied / "data/validation.jsonl")
    edit_lock(copied, lambda lock: lock.update(outputs=[entry for entry in lock["outputs"] if entry["path"].startswith("data/")]))
    names = ("data/validation.jsonl", "environments.json", "rejected.jsonl", "statistics.json", "verdicts.jsonl")
    assert differences(copied).splitlines() == [f"{name}: is not listed in the lock" for name in names]


@pytest.mark.parametrize("symbol", ["toyone.doubles", "toytwo.doubles"])
def test_rows_that_were_taken_out_are_missed_though_every_hash_and_count_agrees(copied: Path, symbol: str) -> None:
    names = sorted(row["id"] for row in rows_of(copied) if row["symbol"] == symbol)
    forge(copied, lambda _row: None, lambda _row: False, kept=lambda row: row["symbol"] != symbol)
    found = differences(copied).splitlines()
    told = [line for line in found if line.startswith("row ")]
    assert sorted(line.split()[1].rstrip(":") for line in told) == names
    assert all(f"is not there, but {symbol.split('.')[0]} gives it and no stage drops it" in line for line in told)


def test_a_row_that_was_taken_out_is_missed_though_a_rejection_was_written_for_it(copied: Path) -> None:
    (row,) = (row for row in rows_of(copied) if is_program(row))
    forge(copied, lambda _row: None, lambda _row: False, kept=lambda other: other["id"] != row["id"])
    path = copied / "rejected.jsonl"
    lie = {"reason": "exact_duplicate", "source": "toyone", "place": "toyone-1.0/toyone/__init__.py:1", "text": "", "of": "0" * 16}
    write_lines(path, [*(json.loads(line) for line in path.read_text().splitlines()), lie])

    def count(lock: dict) -> None:
        agree(lock, path)
        at = next(number for number, record in enumerate(lock["stages"]) if record["name"] == "dedup")
        lock["stages"][at]["rejected"] = {"exact_duplicate": 1}
        for number, record in enumerate(lock["stages"]):
            record["out"] += number < at
            record["in"] = None if record["in"] is None else record["in"] + (number <= at)
        count_again(copied, lock, rows_of(copied))

    edit_lock(copied, count)
    found = [line for line in differences(copied).splitlines() if line.startswith("row ")]
    assert found == [f"row {row['id']}: is not there, but toyone gives it and no stage drops it (implementation of toyone.doubles)"]


def test_a_row_that_was_taken_out_is_told_by_the_counts_where_another_engine_made_the_dataset(copied: Path) -> None:
    before = json.loads((copied / "lock.json").read_text())["stages"]
    forge(copied, lambda _row: None, lambda _row: False, kept=lambda row: not is_program(row))
    edit_lock(copied, lambda lock: lock.update(stages=before, engine={**lock["engine"], "gpiot": "0.0.1"}))
    assert f"lock.json: the stage split gave {before[-1]['out']} rows, but {before[-1]['out'] - 1} are there" in differences(copied)


def test_statistics_that_are_missing_or_of_other_rows_are_told(copied: Path) -> None:
    path = copied / "statistics.json"
    statistics = json.loads(path.read_text())
    path.write_text(json.dumps({**statistics, "rows": 5, "kinds": {"example": 5}, "candidates": {}}))
    edit_lock(copied, lambda lock: agree(lock, path))
    assert differences(copied).splitlines() == [
        "statistics.json: kinds is not what the rows and stages give",
        "statistics.json: rows is not what the rows and stages give",
        f"statistics.json: candidates counts 0, the stage pairs {statistics['funnel'][0]['out']}",
    ]
    path.write_text("[]")
    edit_lock(copied, lambda lock: agree(lock, path))
    assert differences(copied) == "statistics.json: does not count these rows"
    path.unlink()
    assert differences(copied) == "statistics.json: is missing"


def test_a_licence_that_is_gone_is_told(copied: Path) -> None:
    forge(copied, lambda row: row.update(license=""), is_program)
    assert "licence , but toyone is under MIT" in differences(copied)
    edit_lock(copied, lambda lock: [source.update(license="ask me") for source in lock["sources"]])
    assert "toyone: its licence 'ask me' is no expression of SPDX" in differences(copied)


def test_a_view_of_the_rows_that_changed_or_went_is_told(copied: Path) -> None:
    (copied / "README.md").write_text("better than ever\n")
    (copied / "parquet/train-00000-of-00001.parquet").unlink()
    assert differences(copied).splitlines() == [
        "parquet/train-00000-of-00001.parquet: is missing",
        "README.md: is not the file that the lock describes",
    ]


def test_a_verdict_that_did_not_come_with_the_dataset_is_told_without_running(copied: Path) -> None:
    forge(copied, lambda row: row["verdict"].update(status="ran"), is_program)
    assert "its verdict is not the one in verdicts.jsonl" in differences(copied)


@pytest.mark.parametrize(
    ("symbol", "value", "sentences"),
    [
        (
            "toyone.doubles_quietly",
            {"status": "passed", "compared": 1},
            ["says that the program passed, but the row shows no value", "verdicts.jsonl cannot come from comparing the values"],
        ),
        ("toyone.doubles", {"status": "passed", "compared": 2}, ["verdicts.jsonl cannot come from comparing the values"]),
        ("toyone.doubles", {"status": "ran", "compared": 0}, ["verdicts.jsonl cannot come from comparing the values"]),
    ],
)
def test_a_verdict_that_no_run_can_give_is_told_without_running(copied: Path, symbol: str, value: Row, sentences: list[str]) -> None:
    path = copied / "verdicts.jsonl"
    forged = {"reason": None, "isolation": "strong", "observed": [], **value}
    entries = [{**json.loads(line), "value": forged} for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    edit_lock(copied, lambda lock: agree(lock, path))
    forge(
        copied, lambda row: row["verdict"].update(status=value["status"], reason=None), lambda row: row["symbol"] == symbol and row["code"]
    )
    (name,) = (row["id"] for row in rows_of(copied) if row["symbol"] == symbol and row["code"])
    found = [sentence for sentence in differences(copied).splitlines() if sentence.startswith(f"row {name}: its verdict ")]
    assert len(found) == len(sentences)
    assert all(expected in sentence for expected, sentence in zip(sentences, found, strict=True))


def test_another_engine_version_is_told_instead_of_comparing_content(copied: Path) -> None:
    forge(copied, say_in_both, is_program)
    edit_lock(copied, lambda lock: lock["engine"].update(gpiot="0.0.1"))
    assert differences(copied) == "lock.json: made by another engine version; content not compared"


@pytest.mark.parametrize(
    "change",
    [
        lambda lock: lock.pop("sources"),
        lambda lock: lock.update(sources=[5]),
        lambda lock: lock["sources"][0].update(id=[1]),
        lambda lock: lock["sources"][0].update(modules=[1]),
        lambda lock: lock.update(outputs={"path": "x"}),
        lambda lock: lock["outputs"][0].update(rows="many"),
        lambda lock: lock["outputs"][0].update(path="./data/test.jsonl"),
        lambda lock: lock["outputs"].append(lock["outputs"][0]),
        lambda lock: lock.update(dataset_sha256=5),
        lambda lock: lock.update(engine=None),
        lambda lock: lock.update(kind=["cgd"]),
        lambda lock: lock.update(environments=[]),
        lambda lock: lock["environments"].update(locks=5),
        lambda lock: lock["manifest"].update(verify=5),
        lambda lock: lock["manifest"]["verify"].update(cpu_s=float("nan")),
        lambda lock: lock["manifest"]["verify"].update(cpu_s=0.5),
        lambda lock: lock["manifest"]["verify"].update(cpu_s=3601),
        lambda lock: lock["manifest"]["verify"].update(cpu_s="20"),
    ],
)
def test_a_lock_with_fields_of_the_wrong_type_is_no_dataset(copied: Path, change: Callable[[dict], object]) -> None:
    edit_lock(copied, change)
    with pytest.raises(BadDataset, match=r"lock\.json"):
        differences(copied, execute=True)


@pytest.mark.parametrize("text", ["[]", "5", "[" * 100_000, '"\\ud800"', "\x00"])
def test_a_lock_that_is_no_mapping_is_no_dataset(copied: Path, text: str) -> None:
    (copied / "lock.json").write_text(text)
    with pytest.raises(BadDataset, match="is no lock of a dataset"):
        differences(copied)


@pytest.mark.slow
def test_changed_paper_rows_are_told(world, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.run("gpiot-data", "build", "tdd.yaml").returncode == 0
    for name, value in world.env.items():
        monkeypatch.setenv(name, value)
    folder, manifest = world.folder / "out/tdd", world.folder / "tdd.yaml"
    assert differences(folder, manifest=manifest) == ""
    forge(folder, lambda row: row["tasks"][0].update(name="Lie"), lambda row: row["source"]["source"] == "imu-fall")
    found = differences(folder, manifest=manifest)
    assert "its messages are not what its content renders to" in found
    assert "its content is not what imu-fall gives" in found


def test_a_program_that_says_passed_but_fails_is_told_by_running_it(copied: Path) -> None:
    forge(copied, say_in_both, is_program)
    assert "(toyone.doubles): recorded as passed, now failed (line" in differences(copied, execute=True)
