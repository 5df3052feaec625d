import json

import pytest

from gpiot_data.errors import InputError
from gpiot_data.store import write_json
from gpiot_train import run as run_module
from gpiot_train.plan import OUTPUTS, finished_lock, make_plan, output_entries, remove_results, remove_work
from gpiot_train.recipe import load_recipe
from gpiot_train.run import run_plan


@pytest.fixture
def plan(recipe_value, write_recipe):
    return make_plan(load_recipe(write_recipe(recipe_value)))


@pytest.fixture
def finished(plan):
    """A plan whose folder looks as a finished run leaves it."""
    for name in OUTPUTS:
        path = plan.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    figures = {"rows": 2, "loss_before": 2.0, "loss_after": 1.0}
    lock = {"schema": "gpiot.train-lock/1", "inputs_sha256": plan.inputs_sha256, "evaluation": {"td": figures, "cg": figures}}
    write_json(plan.out / "train.lock.json", {**lock, "outputs": output_entries(plan.out)})
    return plan


def test_a_folder_with_other_files_is_refused_and_left_as_it_is(plan):
    mine = plan.out / "adapters" / "mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        run_plan(plan)
    assert str(caught.value) == f"{plan.out}: is not empty and was not made by gpiot-train; choose another --out"
    assert [path.name for path in plan.out.rglob("*")] == ["adapters", "mine.txt"]


@pytest.mark.parametrize("held", [(), (".lock",), (".lock", "work"), ("train.lock.json", "notes.txt")])
def test_a_new_an_empty_and_an_unfinished_folder_are_taken(plan, monkeypatch, held):
    for name in held:
        (plan.out / name).mkdir(parents=True) if name == "work" else write_json(plan.out / name, {})
    monkeypatch.setattr(run_module, "_train", lambda *_: {"trained": True})
    assert run_plan(plan) == ({"trained": True}, False)


def test_a_stray_file_neither_undoes_a_finished_run_nor_is_deleted(finished):
    strays = [finished.out / "adapters/td/README.md", finished.out / "paths/notes.txt", finished.work / "mine.txt"]
    finished.work.mkdir()
    for path in strays:
        path.write_text("mine", encoding="utf-8")
    assert finished_lock(finished) is not None
    remove_results(finished.out)
    remove_work(finished)
    assert [path.is_file() for path in strays] == [True] * 3
    assert not any((finished.out / name).exists() for name in (*OUTPUTS, "train.lock.json"))


def test_a_changed_or_missing_output_undoes_a_finished_run(finished):
    (finished.out / "paths/td.gguf").write_text("other", encoding="utf-8")
    assert finished_lock(finished) is None
    (finished.out / "paths/td.gguf").unlink()
    assert finished_lock(finished) is None


@pytest.mark.parametrize("value", [None, [], {}, "x", [{"path": "../x"}], [{"path": []}], 3])
@pytest.mark.parametrize("key", ["outputs", "evaluation"])
def test_a_lock_without_its_keys_is_not_finished(finished, key, value):
    path = finished.out / "train.lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    write_json(path, {**lock, key: value})
    assert finished_lock(finished) is None


def test_the_inputs_do_not_depend_on_where_the_base_and_the_datasets_lie(recipe_value, write_recipe, tmp_path, plan):
    for name, place in (("base", recipe_value["base"]["folder"]), ("tdd", recipe_value["datasets"]["tdd"])):
        (tmp_path / f"moved-{name}").symlink_to(place)
    recipe_value["base"]["folder"] = str(tmp_path / "moved-base")
    recipe_value["datasets"]["tdd"] = str(tmp_path / "moved-tdd")
    moved = make_plan(load_recipe(write_recipe(recipe_value)))
    assert moved.inputs_sha256 == plan.inputs_sha256
    assert str(tmp_path) not in json.dumps(moved.base.to_json())
