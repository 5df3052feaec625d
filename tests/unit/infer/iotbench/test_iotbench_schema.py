"""Reading tasks: what a file must be, and the one sentence where it is not; locks and faults on paper."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import yaml

from gpiot_data.errors import BadDataset, BadManifest
from gpiot_infer.iotbench import schema
from gpiot_infer.iotbench.faults import code_faults, decomposition_faults, skeleton, suite_faults
from gpiot_infer.iotbench.lock import LOCK, check_lock, write_lock
from gpiot_infer.iotbench.lock import MANIFEST as MANIFEST_FILE
from gpiot_infer.iotbench.schema import Suite, SuiteManifest, load_cases, load_code_task, load_decomposition_task, load_suite

SHEET = {
    "schema": "gpiot.iotbench/1",
    "kind": "code",
    "id": "mean-level",
    "domain": "filtering",
    "difficulty": "easy",
    "title": "Mean level",
    "method": {"name": "mean", "source": "RFC 1 section 2"},
    "license": "Apache-2.0",
    "function": "level",
    "specification": {
        "target": "Write a Python function `level(x)` that returns the mean of x.",
        "inputs": [{"name": "x", "type": "list"}],
        "outputs": [{"name": "mean", "type": "float"}],
    },
    "wrong": [{"file": "wrong_1.py", "mistake": "sum"}, {"file": "wrong_2.py", "mistake": "median"}],
}
WANTED = {
    "schema": "gpiot.suite/1",
    "name": "iotbench",
    "version": "1.0.0",
    "licenses": ["Apache-2.0"],
    "code": 1,
    "decomposition": 1,
    "domains": ["filtering", "gait"],
}
MANIFEST = SuiteManifest(
    schema="gpiot.suite/1",
    name="iotbench",
    version="1.0.0",
    licenses=("Apache-2.0",),
    code=1,
    decomposition=1,
    domains=("filtering", "gait"),
)
CASES = """
from gpiot_infer.iotbench.cases import Case, close

def cases():
    return [Case("two", ([1.0, 2.0],), close(1.5))]
"""


def write_task(folder: Path, **changes: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "task.yaml").write_text(yaml.safe_dump({**SHEET, **changes}))
    (folder / "reference.py").write_text("def level(x):\n    return sum(x) / len(x)\n")
    (folder / "wrong_1.py").write_text("def level(x):\n    return sum(x)\n")
    (folder / "wrong_2.py").write_text("def level(x):\n    return sorted(x)[len(x) // 2]\n")
    (folder / "cases.py").write_text(CASES)
    return folder


def decomposition(**changes: object) -> dict[str, object]:
    part = {"part": "reading", "says": "read it", "needs": [["read"], ["meter"]]}
    return {
        **{name: SHEET[name] for name in ("schema", "domain", "difficulty", "title", "method", "license")},
        "kind": "decomposition",
        "id": "read-meter",
        "problem": "word " * 50,
        "tasks": [{"name": "Read", "steps": ["Read the meter once an hour.", "Keep what was read for a day."]}] * 4,
        "checklist": [{**part, "part": f"reading-{number}"} for number in range(5)],
        **changes,
    }


def write_decomposition(folder: Path, **changes: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "read-meter.yaml"
    path.write_text(yaml.safe_dump(decomposition(**changes)).replace("&id001", "").replace("*id001", ""))
    return path


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


@pytest.fixture(autouse=True)
def _plain_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists that stand twice in a value are written out twice."""
    monkeypatch.setattr(yaml, "safe_dump", lambda value: yaml.dump(value, Dumper=_NoAliases))


@pytest.fixture
def suite_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A suite of one task of each kind."""
    folder = tmp_path / "v1"
    write_task(folder / "code" / "mean-level")
    write_decomposition(folder / "decomposition")
    (folder / MANIFEST_FILE).write_text(yaml.safe_dump(WANTED))
    monkeypatch.setattr(schema, "SUITES", tmp_path)
    return folder


def test_a_code_task_is_read_with_its_programs_and_cases(tmp_path: Path) -> None:
    task = load_code_task(write_task(tmp_path / "mean-level"))
    assert (task.id, task.function, [wrong.file for wrong in task.wrong]) == ("mean-level", "level", ["wrong_1.py", "wrong_2.py"])
    assert task.specification.inputs[0].name == "x"
    assert "len(x)" in task.reference
    assert [case.name for case in task.cases()] == ["two"]
    assert list(code_faults(task, MANIFEST)) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"id": "other"}, "id: expected 'mean-level'"),
        ({"schema": "gpiot.iotbench/2"}, "expected one of gpiot.iotbench/1"),
        ({"kind": "decomposition"}, "expected one of code"),
        ({"difficulty": "brutal"}, "expected one of easy, medium, hard"),
        ({"functions": "level"}, "unknown key 'functions'; did you mean 'function'?"),
        ({"reference": "def f(): pass"}, "unknown key 'reference'"),
        ({"wrong": [{"file": "missing.py", "mistake": "m"}]}, "missing.py: cannot be read"),
        ({"specification": {"target": "t", "inputs": []}}, "missing key 'outputs'"),
    ],
)
def test_a_sheet_that_does_not_follow_the_schema_is_refused(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    with pytest.raises(BadManifest) as caught:
        load_code_task(write_task(tmp_path / "mean-level", **changes))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def cases():\n    return 1 / 0", "ZeroDivisionError"),
        ("cases = 3", "TypeError"),
        ("def cases(:", "SyntaxError"),
        ("", "KeyError"),
        (CASES.replace("[Case", "2 * [Case"), "two cases are named 'two'"),
    ],
)
def test_cases_that_cannot_be_made_are_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "cases.py").write_text(text)
    with pytest.raises(BadManifest, match=r"cases\.py") as caught:
        load_cases(tmp_path / "cases.py")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"id": "other"}, "id: expected 'read-meter'"),
        ({"checklist": [{"part": "a", "says": "s", "needs": [["("], ["b"]]}]}, "'(' is no regular expression"),
        ({"checklist": [{"part": "a", "says": "s", "needs": [["a"]], "after": ["b"]}]}, "after: 'b' is no other part"),
        ({"checklist": [{"part": "a", "says": "s", "needs": [["a"]], "after": ["a"]}]}, "after: 'a' is no other part"),
        ({"tasks": [{"name": "Read", "step": []}]}, "did you mean 'steps'?"),
    ],
)
def test_a_decomposition_that_does_not_follow_the_schema_is_refused(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    with pytest.raises(BadManifest) as caught:
        load_decomposition_task(write_decomposition(tmp_path, **changes))
    assert says in str(caught.value)


def test_faults_on_paper_are_named(tmp_path: Path) -> None:
    task = load_code_task(write_task(tmp_path / "mean-level"))
    changed = dataclasses.replace(
        task,
        domain="cooking",
        license="WTFPL",
        method=dataclasses.replace(task.method, source="doi: 10.1/x"),
        wrong=task.wrong[:1],
        reference="def level(y):\n    return y\n",
        specification=dataclasses.replace(task.specification, target="Write level."),
    )
    faults = "\n".join(code_faults(changed, MANIFEST))
    for piece in ("domain 'cooking'", "licence WTFPL", "a DOI is written", "has 1 wrong", "level takes y", "does not name `level(x)`"):
        assert piece in faults
    loaded = load_decomposition_task(write_decomposition(tmp_path))
    assert list(decomposition_faults(loaded, MANIFEST)) == []
    shorter = dataclasses.replace(loaded, problem="short", tasks=loaded.tasks[:3], checklist=loaded.checklist[:1] * 2)
    faults = "\n".join(decomposition_faults(shorter, MANIFEST))
    for piece in ("the problem has 1 words", "has 3 sub-tasks", "has 2 parts", "two parts of the checklist have one name"):
        assert piece in faults


def test_programs_that_differ_in_names_and_literals_have_one_skeleton() -> None:
    one = 'import numpy as np\ndef f(a: int) -> int:\n    """Add."""\n    b = np.sum(a, axis=1) + 2\n    return b\n'
    other = "import scipy as sp\ndef g(x):\n    total = sp.mean(x, dim=0.5) + 'a'\n    return total\n"
    assert skeleton(one) == skeleton(other)
    assert skeleton(one) != skeleton(one.replace("+ 2", "- 2"))
    assert skeleton(one) != skeleton(one.replace("return b", "return (b, b)"))


def test_a_suite_with_two_references_of_one_skeleton_is_at_fault(tmp_path: Path) -> None:
    task = load_code_task(write_task(tmp_path / "mean-level"))
    twin = dataclasses.replace(task, id="twin", reference=task.reference.replace("x", "y"))
    faults = list(suite_faults(Suite("v1", MANIFEST, (task, twin, task), ())))
    assert "twin: its reference is that of mean-level but for names and literals" in faults
    assert "mean-level: 2 tasks have this id" in faults
    assert "no task of the domain 'gait'" in faults


def test_a_locked_suite_is_loaded_and_named_by_its_hash(suite_folder: Path) -> None:
    sha256 = write_lock(suite_folder)
    suite = load_suite("v1")
    assert (suite.sha256, [task.id for task in suite.code], [task.id for task in suite.decomposition]) == (
        sha256,
        ["mean-level"],
        ["read-meter"],
    )
    assert write_lock(suite_folder) == sha256


def test_compiled_files_and_what_is_made_from_the_tasks_are_not_locked(suite_folder: Path) -> None:
    sha256 = write_lock(suite_folder)
    for name in ("code/mean-level/__pycache__/cases.cpython-311.pyc", "index/head.json"):
        (suite_folder / name).parent.mkdir()
        (suite_folder / name).write_text("x")
    assert check_lock(suite_folder) == sha256


def change(folder: Path) -> None:
    (folder / "code" / "mean-level" / "reference.py").write_text("def level(x): return 0\n")


def remove(folder: Path) -> None:
    (folder / "code" / "mean-level" / "wrong_2.py").unlink()


def add(folder: Path) -> None:
    (folder / "decomposition" / "more.yaml").write_text("a: b\n")


def forge(folder: Path) -> None:
    text = (folder / LOCK).read_text()
    (folder / LOCK).write_text(text.replace('"sha256": "', '"sha256": "f'))


def empty(folder: Path) -> None:
    (folder / LOCK).write_text("[]")


def loosen(folder: Path) -> None:
    (folder / MANIFEST_FILE).write_text(yaml.safe_dump({**WANTED, "code": 0}))


def lose(folder: Path) -> None:
    (folder / LOCK).unlink()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (change, "reference.py: differs from the lock"),
        (remove, "wrong_2.py: is missing"),
        (add, "more.yaml: is not in the lock"),
        (forge, "its 'sha256' is not that of its files"),
        (empty, "is no lock of a suite"),
        (loosen, "manifest.yaml: differs from the lock"),
        (lose, "cannot be read"),
    ],
)
def test_a_suite_that_differs_from_its_lock_is_refused(suite_folder: Path, spoil, says: str) -> None:
    write_lock(suite_folder)
    spoil(suite_folder)
    with pytest.raises(BadDataset) as caught:
        load_suite("v1")
    assert says in str(caught.value)
    assert caught.value.exit_code == 3


def test_an_unknown_version_is_refused(suite_folder: Path) -> None:
    with pytest.raises(BadManifest, match="no version 'v9'; there is v1"):
        load_suite("v9")
