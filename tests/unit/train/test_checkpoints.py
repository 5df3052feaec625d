import pytest

from gpiot_train.checkpoints import MARKER, delete, in_order, is_whole, keep_newest, last_whole, mark_whole


@pytest.fixture
def checkpoints(tmp_path):
    for step in (2, 4, 10):
        (tmp_path / f"checkpoint-{step}" / "td").mkdir(parents=True)
        (tmp_path / f"checkpoint-{step}" / "td" / "weights").write_text(f"w{step}", encoding="utf-8")
        mark_whole(tmp_path / f"checkpoint-{step}", "inputs")
    return tmp_path


def steps(folder):
    return [path.name for path in in_order(folder)]


def test_the_newest_whole_checkpoint_is_taken_by_step_not_by_name(checkpoints):
    assert last_whole(checkpoints, "inputs") == checkpoints / "checkpoint-10"


def test_a_checkpoint_without_marker_is_ignored_and_deleted(checkpoints):
    (checkpoints / "checkpoint-10" / MARKER).unlink()
    assert last_whole(checkpoints, "inputs") == checkpoints / "checkpoint-4"
    assert steps(checkpoints) == ["checkpoint-4"]


def test_a_checkpoint_with_a_changed_missing_or_extra_file_is_not_whole(checkpoints):
    (checkpoints / "checkpoint-2" / "td" / "weights").write_text("w", encoding="utf-8")
    (checkpoints / "checkpoint-4" / "td" / "weights").unlink()
    (checkpoints / "checkpoint-10" / "more").write_text("w", encoding="utf-8")
    assert [is_whole(path, "inputs") for path in in_order(checkpoints)] == [False, False, False]


def test_checkpoints_of_other_inputs_are_not_resumed_from(checkpoints):
    assert last_whole(checkpoints, "others") is None
    assert steps(checkpoints) == []


def test_rotation_keeps_the_newest(checkpoints):
    keep_newest(checkpoints, 2)
    assert steps(checkpoints) == ["checkpoint-4", "checkpoint-10"]
    keep_newest(checkpoints, None)
    assert steps(checkpoints) == ["checkpoint-4", "checkpoint-10"]


def test_a_deletion_that_is_cut_short_leaves_nothing_whole(checkpoints, monkeypatch):
    monkeypatch.setattr("gpiot_train.checkpoints.shutil.rmtree", lambda path: None)
    delete(checkpoints / "checkpoint-10")
    assert not is_whole(checkpoints / "checkpoint-10", "inputs")
