"""Canonical JSON, atomic files, folder locks and the ledger."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpiot_data.errors import InputError
from gpiot_data.store import Ledger, canonical_json, content_id, exclusive, read_json, read_jsonl, sha256_file, write_atomic, write_jsonl

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(JSON)
def test_canonical_json_reads_back_to_the_same_value(value) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_canonical_json_does_not_depend_on_the_order_of_keys(value) -> None:
    backwards = dict(reversed(list(value.items())))
    assert canonical_json(backwards) == canonical_json(value)


def test_canonical_json_refuses_what_json_has_no_word_for() -> None:
    with pytest.raises(ValueError):
        canonical_json({"x": float("nan")})


def test_content_id_is_sixteen_hex_digits_fixed_for_ever() -> None:
    assert content_id({"a": 1, "b": ["x"]}) == "fd5e92badbe24726"


def test_write_atomic_leaves_no_temporary_file_and_readable_bytes(tmp_path: Path) -> None:
    write_atomic(tmp_path / "deep" / "file.txt", "text")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["file.txt"]
    assert (tmp_path / "deep" / "file.txt").read_text() == "text"


def test_write_atomic_under_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match=r"file/inside: cannot be written \(.*\); choose another folder"):
        write_atomic(tmp_path / "file" / "inside", "text")


def test_a_writer_killed_at_any_moment_leaves_the_old_or_the_new_bytes(tmp_path: Path) -> None:
    target = tmp_path / "file.bin"
    write_atomic(target, b"old" * 100_000)
    code = f"""
from pathlib import Path
from gpiot_data.store import write_atomic
number = 0
while True:
    write_atomic(Path({str(target)!r}), bytes([65 + number % 26]) * 300_000)
    number += 1
"""
    for round_number in range(5):
        process = subprocess.Popen([sys.executable, "-c", code])
        time.sleep(0.3 + 0.017 * round_number)
        process.send_signal(signal.SIGKILL)
        process.wait()
        data = target.read_bytes()
        assert len(data) == 300_000
        assert len(set(data)) == 1 or data == b"old" * 100_000
    with exclusive(tmp_path):
        assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "file.bin"]


def _hold(folder: str, ready: object, done: object) -> None:
    with exclusive(Path(folder)):
        ready.set()
        done.wait()


def test_a_folder_in_use_is_refused_and_free_again_after_a_kill(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(str(tmp_path), ready, done))
    holder.start()
    assert ready.wait(30)
    with pytest.raises(InputError, match="another run is working in this folder"), exclusive(tmp_path):
        pass
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    with exclusive(tmp_path):
        pass


def test_jsonl_reads_back_what_was_written(tmp_path: Path) -> None:
    rows = [{"text": "R\u2013peak \u2028 line"}, {"n": 1}]
    write_jsonl(tmp_path / "rows.jsonl", rows)
    assert list(read_jsonl(tmp_path / "rows.jsonl")) == rows


def test_a_broken_json_line_is_named_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"a":1}\n{"a":\n')
    with pytest.raises(InputError, match=r"rows\.jsonl:2: is not valid JSON"):
        list(read_jsonl(tmp_path / "rows.jsonl"))


def test_json_nested_too_deeply_is_told(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match="nested too deeply"):
        read_json(tmp_path / "deep.json")


def test_read_json_of_a_missing_file_names_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json: cannot be read"):
        read_json(tmp_path / "none.json")


def test_ledger_keeps_entries_and_cuts_a_torn_last_line(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    ledger = Ledger(path)
    ledger.put("a", {"answer": 1})
    ledger.close()
    whole = sha256_file(path)
    with path.open("ab") as stream:
        stream.write(b'{"key":"b","val')
    again = Ledger(path)
    assert again.get("a") == {"answer": 1}
    assert again.get("b") is None
    assert sha256_file(path) == whole
    again.put("b", 2)
    again.close()
    assert Ledger(path).get("b") == 2


def test_ledger_reports_damage_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text('{"key":"a","value":1}\ngarbage\n{"key":"b","value":2}\n')
    with pytest.raises(InputError, match=r"calls\.jsonl:2: damaged ledger line"):
        Ledger(path)


def test_a_run_sweeps_its_own_half_written_files_and_nothing_else(tmp_path: Path) -> None:
    for name in (".gpiot-tmp-abc", ".tmp-notes", "sub/.gpiot-tmp-def", "other/.lock", "other/.gpiot-tmp-live"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    with exclusive(tmp_path):
        left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == [".lock", ".tmp-notes", "other/.gpiot-tmp-live", "other/.lock"]
