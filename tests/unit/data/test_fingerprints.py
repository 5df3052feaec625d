"""The index of fingerprints: its bytes, what it recognises, and what it refuses."""

from __future__ import annotations

import json

import numpy as np
import pytest
from word_bags import WordBags

from gpiot_data.errors import InputError
from gpiot_data.fingerprints import FILES, HEAD, MASKED, SIZES, Item, WordHashes, index_sha256, read_fingerprints, write_fingerprints
from gpiot_data.masked_code import masked_tokens
from gpiot_data.store import sha256_json

SENTENCE = "Detrend the chest displacement with a moving average of two seconds, then count the peaks that stand above the noise floor."
CODE = "def count_peaks(signal, floor):\n    above = signal > floor\n    return int((above[1:] & ~above[:-1]).sum() + above[0])\n"
ITEMS = [
    Item("peaks", (SENTENCE, CODE), (CODE,)),
    Item("other", ("A lake is crossed by boats that measure how deep its water is at each of nine buoys.",)),
]


def shared(folder, text, n):
    index = read_fingerprints(folder)
    return np.isin(WordHashes().ngrams(text, n), index.hashes[f"ngrams-{n}.bin"]).mean()


def test_the_same_items_in_any_order_give_the_same_bytes(tmp_path):
    digests = [write_fingerprints(tmp_path / name, "toy", items, WordBags()) for name, items in (("a", ITEMS), ("b", ITEMS[::-1]))]
    assert digests[0] == digests[1] == index_sha256(tmp_path / "a")
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["index.json", "masked-24.bin", "ngrams-13.bin", "ngrams-5.bin", "vectors.bin"]
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_an_index_is_read_as_it_was_written(tmp_path):
    write_fingerprints(tmp_path, "toy", ITEMS, WordBags())
    index = read_fingerprints(tmp_path)
    assert index.ids == ("other", "peaks")
    wanted = {f"ngrams-{n}.bin": sum(max(0, len_ - n + 1) for len_ in (21, 16, 18)) for n in SIZES}
    assert {file: len(index.hashes[file]) for file in FILES} == wanted | {MASKED: len(set(WordHashes().masked(CODE).tolist()))}
    assert len(index.hashes[MASKED]) > 0
    assert all((np.diff(index.hashes[file].astype(object)) > 0).all() for file in FILES)
    assert np.array_equal(index.vectors, WordBags().encode([text for item in sorted(ITEMS, key=lambda one: one.id) for text in item.texts]))
    assert [index.item_of(text) for text in range(4)] == ["other", "peaks", "peaks", "peaks"]
    assert set(index.owners[MASKED].tolist()) == {3}
    assert (index.encoder, index.encoder_sha256) == ("bags", "b" * 64)


def test_white_space_case_and_punctuation_are_of_no_account(tmp_path):
    write_fingerprints(tmp_path, "toy", ITEMS, WordBags())
    indented = "class Counter:\n" + "".join(f"\t\t{line}\n" for line in CODE.upper().splitlines())
    assert shared(tmp_path, indented.split("\n", 1)[1], 13) == 1.0
    assert shared(tmp_path, SENTENCE.replace(",", " -\n"), 5) == 1.0


def test_other_texts_share_nothing(tmp_path):
    write_fingerprints(tmp_path, "toy", ITEMS, WordBags())
    assert shared(tmp_path, " ".join(SENTENCE.split()[::-1]), 5) == 0.0


def test_a_text_shorter_than_an_ngram_has_none():
    assert len(WordHashes().ngrams("only seven words are in this text", 8)) == 0
    assert len(WordHashes().ngrams("there are just eight words in this text", 8)) == 1


def test_hashes_do_not_depend_on_what_was_hashed_before():
    used = WordHashes()
    used.ngrams("completely different words come first in this one, many of them", 8)
    assert np.array_equal(used.ngrams(SENTENCE, 8), WordHashes().ngrams(SENTENCE, 8))


def test_no_text_stands_in_an_index(tmp_path):
    write_fingerprints(tmp_path, "toy", ITEMS, WordBags())
    everything = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert not [word for word in ("displacement", "buoys", "count_peaks", "detrend") if word.encode() in everything.lower()]


def test_a_folder_without_index_is_named(tmp_path):
    with pytest.raises(InputError, match=r"is no index of fingerprints \(it has no index.json\); check the path"):
        read_fingerprints(tmp_path)


@pytest.mark.parametrize("file", ["ngrams-5.bin", "masked-24.bin", "vectors.bin"])
def test_a_changed_file_is_damage(tmp_path, file):
    write_fingerprints(tmp_path, "toy", ITEMS, WordBags())
    data = bytearray((tmp_path / file).read_bytes())
    data[3] ^= 1
    (tmp_path / file).write_bytes(data)
    with pytest.raises(InputError, match=rf"{file}: damaged index of fingerprints \(is missing or differs from its hash\)"):
        read_fingerprints(tmp_path)


def test_a_head_that_promises_more_than_there_is_is_damage(tmp_path):
    write_fingerprints(tmp_path, "toy", ITEMS, WordBags())
    head = json.loads((tmp_path / HEAD).read_text())
    head["ngrams"]["ngrams-5.bin"] += 1
    (tmp_path / HEAD).write_text(json.dumps(head))
    with pytest.raises(InputError, match=r"bytes, the head says"):
        read_fingerprints(tmp_path)
    del head["ngrams"]
    (tmp_path / HEAD).write_text(json.dumps(head))
    with pytest.raises(InputError, match="damaged index"):
        read_fingerprints(tmp_path)


def test_an_index_of_another_rule_is_refused(tmp_path):
    write_fingerprints(tmp_path, "toy", ITEMS, WordBags())
    head = json.loads((tmp_path / HEAD).read_text()) | {"rule": "words/0"}
    (tmp_path / HEAD).write_text(json.dumps(head))
    with pytest.raises(InputError, match="make the index again"):
        read_fingerprints(tmp_path)


def test_the_hash_of_an_index_covers_its_files(tmp_path):
    before = write_fingerprints(tmp_path, "toy", ITEMS, WordBags())
    after = write_fingerprints(tmp_path, "toy", [*ITEMS, Item("new", ("One more text of enough words to be hashed here.",))], WordBags())
    assert before != after == sha256_json(json.loads((tmp_path / HEAD).read_text()))


RENAMED = (
    "def seek(values: list[float], least: float) -> int:\n    '''Count.'''\n    high = values > least  # above\n"
    "    return int((high[1:] & ~high[:-1]).sum() + high[0])\n"
)


def test_masked_tokens_are_those_of_the_program_under_other_names():
    assert masked_tokens(RENAMED) == masked_tokens(CODE)
    assert masked_tokens("x = np.sin(y)") == ["_", "=", "np", ".", "sin", "(", "y", ")"]


def test_masked_tokens_tell_calls_numbers_and_operators_apart():
    for before, after in ((".sum()", ".mean()"), ("[1:]", "[2:]"), ("&", "|"), ("int(", "float(")):
        assert masked_tokens(CODE.replace(before, after)) != masked_tokens(CODE)


@pytest.mark.parametrize("program", ["def (", "\0", "(" * 5000, "", "import numpy as np\n"])
def test_what_holds_no_statement_has_no_runs_of_tokens(program):
    assert len(WordHashes().masked(program)) == 0
