import json
import shutil

import pytest

from gpiot_data.errors import BadDataset
from gpiot_train.data import open_dataset


def test_a_sound_folder_gives_its_pairs_by_row_id(datasets):
    dataset = open_dataset(datasets["tdd"], "td")
    assert (len(dataset.train), len(dataset.test), dataset.name) == (6, 2, "tdd-toy")
    assert [pair.id for pair in dataset.train] == sorted(pair.id for pair in dataset.train)
    assert dataset.train[0].prompt.startswith("Break the following IoT problem down")


def remove_lock(folder):
    (folder / "lock.json").unlink()


def break_lock(folder):
    (folder / "lock.json").write_text("{", encoding="utf-8")


def change_a_row(folder):
    path = folder / "data/train.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("peaks", "heaps"), encoding="utf-8")


def cut_a_file(folder):
    path = folder / "data/test.jsonl"
    path.write_bytes(path.read_bytes()[:-20])


def remove_a_file(folder):
    (folder / "data/test.jsonl").unlink()


def drop_outputs(folder):
    lock = json.loads((folder / "lock.json").read_text(encoding="utf-8"))
    del lock["outputs"]
    (folder / "lock.json").write_text(json.dumps(lock), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (shutil.rmtree, "is not a dataset folder; build it first"),
        (remove_lock, "has no lock.json, so its build did not finish"),
        (break_lock, "is not valid JSON"),
        (change_a_row, "train.jsonl: differs from"),
        (cut_a_file, "test.jsonl: differs from"),
        (remove_a_file, "test.jsonl: is missing"),
        (drop_outputs, "the field 'outputs' should list files"),
    ],
)
def test_a_damaged_folder_is_refused_in_one_sentence(datasets, damage, message):
    damage(datasets["tdd"])
    with pytest.raises(BadDataset) as caught:
        open_dataset(datasets["tdd"], "td")
    assert message in str(caught.value)


def test_the_other_dataset_is_refused(datasets):
    with pytest.raises(BadDataset, match="expected a dataset of kind 'tdd', got 'cgd'"):
        open_dataset(datasets["cgd"], "td")


def test_rows_without_tasks_or_text_are_refused(tmp_path, toy):
    rows = toy.rows_of(toy.tdd_row, "a", 2, "train")
    test = toy.rows_of(toy.tdd_row, "b", 1, "test")
    without = [{key: value for key, value in rows[0].items() if key != "tasks"}]
    with pytest.raises(BadDataset, match=r"train\.jsonl:1: field 'tasks' should be list"):
        open_dataset(toy.write_dataset(tmp_path / "1", "tdd", without, test), "td")
    silent = [{**rows[0], "messages": [rows[0]["messages"][0], {"role": "assistant", "content": " "}]}]
    with pytest.raises(BadDataset, match="has an empty turn"):
        open_dataset(toy.write_dataset(tmp_path / "2", "tdd", silent, test), "td")
    with pytest.raises(BadDataset, match="has no rows"):
        open_dataset(toy.write_dataset(tmp_path / "3", "tdd", [], test), "td")


def test_a_source_in_both_splits_is_refused(tmp_path, toy):
    folder = toy.write_dataset(tmp_path / "d", "tdd", toy.rows_of(toy.tdd_row, "a", 2, "train"), toy.rows_of(toy.tdd_row, "a", 1, "test"))
    with pytest.raises(BadDataset, match="the source 'a' is in train and in test"):
        open_dataset(folder, "td")
