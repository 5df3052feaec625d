"""The cache of vectors: no text twice, shared, and never wrong in silence."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from gpiot_data.errors import InputError
from gpiot_data.vectors import CachedEncoder


def test_a_text_is_encoded_once(counting, tmp_path: Path) -> None:
    first = CachedEncoder(counting, tmp_path).encode(["one two", "three", "one two"])
    assert counting.asked == ["one two", "three"]
    again = CachedEncoder(counting, tmp_path)
    second = again.encode(["three", "four", "one two"])
    assert counting.asked == ["one two", "three", "four"]
    assert again.encoded == 1
    assert second[[2, 0]].tolist() == first[[0, 1]].tolist()
    assert first.tolist() == counting.encode(["one two", "three", "one two"]).tolist()


def test_another_encoder_has_vectors_of_its_own(counting, tmp_path: Path) -> None:
    CachedEncoder(counting, tmp_path).encode(["one"])
    counting.sha256 = "f" * 64
    CachedEncoder(counting, tmp_path).encode(["one"])
    assert counting.asked == ["one", "one"]


def test_no_texts_are_no_trouble(counting, tmp_path: Path) -> None:
    assert CachedEncoder(counting, tmp_path).encode([]).shape == (0, 16)


def test_more_texts_than_a_statement_takes(counting, tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(5000)]
    cached = CachedEncoder(counting, tmp_path)
    assert cached.encode(texts).tolist() == cached.encode(texts).tolist()
    assert cached.encoded == 5000


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b""])
def test_a_damaged_file_is_told_or_made_anew(counting, tmp_path: Path, damage: bytes) -> None:
    CachedEncoder(counting, tmp_path).encode(["one"])
    (file,) = tmp_path.glob("*.sqlite")
    file.write_bytes(damage)
    if damage:
        with pytest.raises(InputError, match="delete the file"):
            CachedEncoder(counting, tmp_path).encode(["one"])
    else:
        assert CachedEncoder(counting, tmp_path).encode(["one"]).any()


@pytest.mark.parametrize("stored", [bytes(40), b"", b"short", 5, 1.5, "text", "\x00" * 40])
def test_a_vector_that_is_not_as_it_was_written_is_made_again(counting, tmp_path: Path, stored: object) -> None:
    whole = CachedEncoder(counting, tmp_path).encode(["one", "two"])
    (file,) = tmp_path.glob("*.sqlite")
    with contextlib.closing(sqlite3.connect(file)) as store, store:
        key = hashlib.sha256(b"one").digest()
        assert store.execute("UPDATE vectors SET vector = ? WHERE key = ?", (stored, key)).rowcount == 1
    mended = CachedEncoder(counting, tmp_path)
    assert mended.encode(["one", "two"]).tolist() == whole.tolist()
    assert mended.encoded == 1
    again = CachedEncoder(counting, tmp_path)
    assert again.encode(["one", "two"]).tolist() == whole.tolist()
    assert again.encoded == 0


def test_half_a_character_is_no_trouble(counting, tmp_path: Path) -> None:
    assert CachedEncoder(counting, tmp_path).encode(["one \ud800"]).tolist() == counting.encode(["one \ufffd"]).tolist()


def test_two_processes_fill_the_same_file(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); from conftest import CountingEncoder; "
        "from gpiot_data.vectors import CachedEncoder; "
        "c = CachedEncoder(CountingEncoder(), Path(sys.argv[2])); "
        "print(c.encode([f'text {n}' for n in range(3000)]).sum())"
    )
    command = [sys.executable, "-c", program, str(Path(__file__).parent), str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0, 0]
    assert len(answers) == 1
