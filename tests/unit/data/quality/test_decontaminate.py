"""Rows that hold a benchmark's texts go, and nothing else does."""

from __future__ import annotations

import pytest
from word_bags import WordBags

from gpiot_data.errors import BadManifest
from gpiot_data.fingerprints import Item, read_fingerprints, write_fingerprints
from gpiot_data.quality.decontaminate import Thresholds, decontaminate, texts_of
from gpiot_data.schema import Kept, Rejected

PROBLEM = (
    "A cold store has forty loggers on a LoRa channel, each with one lithium cell, and the owner wants an alarm within five minutes of a "
    "door left open, without a false one each time that a pallet is carried in, for three years on the first cell."
)
CODE = (
    "import numpy as np\n\n\ndef door_alarm(temperature, limit, hold):\n    warm = temperature > limit\n    run = 0\n"
    "    for at, flag in enumerate(warm):\n        run = run + 1 if flag else 0\n        if run >= hold:\n            return at\n    return None\n"
)
ITEMS = [Item("cold-store", (PROBLEM,)), Item("door-alarm", (CODE,), (CODE,))]


@pytest.fixture
def index(tmp_path):
    write_fingerprints(tmp_path, "toy", ITEMS, WordBags(512))
    return read_fingerprints(tmp_path)


def row(**content):
    return {"id": "0" * 16, "source": {"source": "paper", "page": 3, "path": None, "lines": None}, **content}


def outcome(index, **content):
    (found,) = decontaminate([row(**content)], [index], WordBags(512))
    return found


def test_a_verbatim_copy_within_other_words_is_caught(index):
    found = outcome(index, problem=f"As our customer wrote to us last week: {PROBLEM} What would you do about that?")
    assert found == Rejected(
        "contaminated", "paper", "page 3", found.text, of="cold-store", field="problem", metric="13-gram", score=found.score
    )
    assert found.score == len(PROBLEM.split()) - 12


def test_code_indented_into_a_class_is_caught(index):
    inside = "class Door:\n" + "".join(f"        {line}\n" for line in CODE.splitlines())
    assert (found := outcome(index, code=inside)).of == "door-alarm"
    assert (found.field, found.metric) == ("code", "13-gram")


def test_a_copy_with_every_twelfth_word_changed_is_caught(index):
    words = PROBLEM.split()
    words[11::12] = ["something"] * len(words[11::12])
    found = outcome(index, problem=" ".join(words))
    assert (found.of, found.metric) == ("cold-store", "5-grams")
    assert 0.5 <= found.score < 0.7


def every_seventh_changed(text):
    words = text.split()
    words[::7] = [f"other{number}" for number in range(len(words[::7]))]
    return " ".join(words)


def test_a_copy_with_every_seventh_word_changed_is_caught(index):
    found = outcome(index, problem=every_seventh_changed(PROBLEM))
    assert (found.of, found.metric) == ("cold-store", "5-grams")


def test_such_a_copy_within_a_text_ten_times_as_long_is_caught(index):
    filler = " ".join(f"word{number}" for number in range(10 * len(PROBLEM.split())))
    found = outcome(index, problem=f"{filler} {every_seventh_changed(PROBLEM)} {filler}")
    assert (found.of, found.metric) == ("cold-store", "5-grams")
    assert found.score >= 0.2


@pytest.mark.parametrize(
    "swap", [{}, {"for at, flag": "for place, high", "if flag": "if high", "return at": "return place"}], ids=["some names", "all names"]
)
def test_code_under_other_names_is_caught(index, swap):
    code = CODE.replace("door_alarm(temperature, limit, hold)", "find(t: list[float], most: float, n: int) -> int").replace(
        "import numpy as np", ""
    )
    for before, after in {"temperature": "t", "limit": "most", "hold": "n", "warm": "above", "run": "count", **swap}.items():
        code = code.replace(before, after)
    found = outcome(index, code=code)
    assert (found.of, found.field, found.metric) == ("door-alarm", "code", "masked")


def test_code_that_computes_something_else_in_the_same_form_is_kept(index):
    code = "def smooth(signal, alpha):\n    level = signal[0]\n    out = []\n    for value in signal:\n        level += alpha * (value - level)\n"
    assert isinstance(outcome(index, code=f"{code}        out.append(level)\n    return out\n"), Kept)


def test_a_sentence_under_other_names_is_caught(index):
    renamed = PROBLEM.replace("cold store", "green house").replace("LoRa", "Zigbee").replace("pallet", "crate")
    assert outcome(index, problem=renamed).of == "cold-store"


def test_the_same_words_in_another_order_are_caught_by_their_vector(index):
    found = outcome(index, tasks=[{"name": " ".join(sorted(PROBLEM.split())), "steps": []}])
    assert (found.of, found.field, found.metric) == ("cold-store", "tasks", "cosine")
    assert found.score >= 0.95


def test_a_description_of_a_variable_counts_as_specification(index):
    entry = {"name": "x", "description": PROBLEM}
    found = outcome(index, specification={"target": "Return x.", "inputs": [entry], "outputs": []}, code="return x", documentation="")
    assert (found.field, found.of) == ("specification", "cold-store")


def test_a_text_on_the_same_subject_is_kept(index):
    other = "Loggers in a cold store send their temperature over a LoRa channel; estimate how long a lithium cell lasts for each of them."
    assert outcome(index, problem=other) == Kept(row(problem=other))


def test_a_phrase_of_a_few_words_is_kept(index):
    # Eleven words of the problem give seven runs of five, fewer than say anything.
    phrase = " ".join(PROBLEM.split()[:11])
    assert isinstance(outcome(index, problem=f"{phrase} or so."), Kept)
    longer = " ".join(PROBLEM.split()[:12])
    assert isinstance(outcome(index, problem=f"{longer} or so."), Rejected)


def test_common_imports_are_kept(index):
    code = "import numpy as np\n\n\ndef mean(values):\n    return np.asarray(values).mean()\n"
    assert isinstance(outcome(index, code=code), Kept)


def test_rows_keep_their_order_over_blocks(index, monkeypatch):
    monkeypatch.setattr("gpiot_data.quality.decontaminate.BLOCK_ROWS", 2)
    rows = [row(problem=text) for text in ("one", PROBLEM, "two", "three", PROBLEM)]
    found = list(decontaminate(rows, [index], WordBags(512)))
    assert [isinstance(item, Kept) for item in found] == [True, False, True, True, False]
    assert [item.row for item in found if isinstance(item, Kept)] == [rows[0], rows[2], rows[3]]


def test_thresholds_can_be_set(index):
    found = list(
        decontaminate(
            [row(tasks=[{"name": " ".join(sorted(PROBLEM.split())), "steps": []}])], [index], WordBags(512), Thresholds(cosine=1.01)
        )
    )
    assert isinstance(found[0], Kept)


def test_an_index_of_another_encoder_is_refused(index):
    other = WordBags(512)
    other.sha256 = "c" * 64
    with pytest.raises(BadManifest, match="made with another encoder"):
        list(decontaminate([row(problem="x")], [index], other))


def test_texts_of_both_kinds_of_rows_are_compared():
    tdd = row(problem="p", tasks=[{"name": "n", "steps": ["s", "t"]}])
    cgd = row(specification={"target": "t", "inputs": [{"name": "x", "description": None}], "outputs": []}, code="c", documentation="d")
    assert texts_of(tdd) == {"problem": "p", "tasks": "n\ns\nt"}
    assert texts_of(cgd) == {"specification": "t", "code": "c", "documentation": "d"}
    assert texts_of(row(specification=None, code=None, documentation="d")) == {"documentation": "d"}
