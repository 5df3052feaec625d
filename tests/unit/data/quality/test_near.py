"""Near-duplicates: what goes, what stands for it, and that no accident decides."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from word_bags import WordBags

from gpiot_data.errors import InputError
from gpiot_data.quality.compared import Field
from gpiot_data.quality.near import Limits, Removal, find_near, near_duplicates, searches_cells
from gpiot_data.quality.signatures import Shingles, band_keys, band_shape, shared_keys, shingle
from gpiot_data.store import sha256_text
from gpiot_data.vectors import cosines_of, to_grid
from gpiot_data.vectors.words import split_words

BASE = "the filter removes noise below half a hertz from the ecg before its peaks are found and counted every ten seconds by the node"


BAG = WordBags(name="bag")


def _jaccard(left: str, right: str) -> float:
    first, second = (
        {tuple(words[start : start + 5]) for start in range(max(1, len(words) - 4))} for words in (split_words(left), split_words(right))
    )
    return len(first & second) / len(first | second)


def test_shingles_are_sets_of_five_words() -> None:
    texts = ["a b c d e f", "A b  c d e\nf", "a b c", "", "a b c d e a b c d e"]
    shingles = shingle(texts)
    assert np.diff(shingles.starts).tolist() == [2, 2, 1, 0, 5]
    assert shingles.of(0).tolist() == shingles.of(1).tolist()
    assert shingles.jaccards(0, np.array([1, 3, 4]), 0.1).tolist() == [1.0, 0.0, 1 / 6]
    assert shingles.jaccards(0, np.array([4]), 0.5).tolist() == [0.0]
    assert shingles.jaccards(3, np.array([3]), 0.1).tolist() == [0.0]


def test_short_texts_are_alike_only_as_a_whole() -> None:
    shingles = shingle(["x + y", "x - y", "x + y", "x + y z"])
    assert shingles.jaccards(0, np.array([1, 2, 3]), 0.5).tolist() == [0.0, 1.0, 0.0]


def test_shingles_do_not_depend_on_what_else_is_there() -> None:
    alone, among = shingle([BASE]), shingle(["other words come first and differ", BASE])
    assert alone.of(0).tolist() == among.of(1).tolist()
    assert band_keys(alone, 0.7)[0].tolist() == band_keys(among, 0.7)[1].tolist()


@pytest.mark.parametrize("least", [0.5, 0.7, 0.9])
def test_bands_propose_what_they_promise(least: float) -> None:
    bands, rows = band_shape(least)
    assert 1 - (1 - least**rows) ** bands >= 0.99
    assert bands * rows <= 256


def test_signatures_propose_pairs_at_the_threshold() -> None:
    rng = random.Random(5)
    texts = []
    for _ in range(400):
        words = [f"w{rng.randrange(10**6)}" for _ in range(104)]
        # 18 other words at the end leave 82 of 118 shingles in common.
        texts += [" ".join(words), " ".join(words[:86] + [f"v{rng.randrange(10**6)}" for _ in range(18)])]
    assert _jaccard(texts[0], texts[1]) == 82 / 118
    keys = shared_keys(shingle(texts), 82 / 118)
    proposed = sum(bool(set(keys[pair]) & set(keys[pair + 1])) for pair in range(0, 800, 2))
    assert proposed >= 388
    assert sum(bool(set(keys[pair]) & set(keys[pair + 3])) for pair in range(0, 796, 2)) == 0


def test_copies_words_and_meaning_are_told_apart() -> None:
    swapped = " ".join(reversed(BASE.split()))
    texts = {
        "a": BASE,
        "b": BASE.upper().replace(" ", "  "),
        "c": BASE + " again",
        "d": swapped,
        "e": "publish the temperature of each shelf to the broker",
    }
    found = near_duplicates(list(texts.values()), list(texts), BAG)
    assert [(item.id, item.of, item.reason, item.metric) for item in found] == [
        ("b", "a", "exact_duplicate", "exact"),
        ("c", "a", "near_duplicate_words", "jaccard"),
        ("d", "a", "near_duplicate_meaning", "cosine"),
    ]
    assert found[1].score == round(_jaccard(BASE, texts["c"]), 4)
    assert found[2].score == 1.0


def test_numbers_and_names_count_as_words() -> None:
    low, high = "sample at 50 Hz", "sample at 5000 Hz"
    assert near_duplicates([low, high], ["a", "b"], BAG) == []
    assert near_duplicates(["y = fft(x)", "y = ifft(x)"], ["a", "b"], BAG) == []


def test_what_is_kept_is_never_removed_and_chains_do_not_spread() -> None:
    words = [f"word{number}" for number in range(60)]
    chain = [" ".join(words[start : start + 40]) for start in (0, 4, 8, 12)]
    found = near_duplicates(chain, ["a", "b", "c", "d"], BAG, limits=Limits(cosine=1.0))
    assert [(item.id, item.of) for item in found] == [("b", "a"), ("d", "c")]


def test_the_nearest_of_those_that_stay_is_named() -> None:
    first, second = BASE + " one two three four five six", BASE + " seven eight nine ten eleven twelve"
    assert _jaccard(first, second) < 0.7
    found = near_duplicates([first, second, second + " more"], ["a", "b", "c"], BAG, limits=Limits(cosine=1.0))
    assert [(item.id, item.of) for item in found] == [("c", "b")]


WORDS = ["filter", "noise", "peak", "ecg", "node", "10", "20"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), max_size=25)


@settings(max_examples=40)
@given(TEXTS, st.randoms())
def test_order_is_of_no_account_and_a_second_pass_removes_nothing(texts: list[str], rng: random.Random) -> None:
    items = [(f"{number:03d}", text) for number, text in enumerate(texts)]
    found = near_duplicates([text for _, text in items], [name for name, _ in items], BAG)
    rng.shuffle(items)
    assert near_duplicates([text for _, text in items], [name for name, _ in items], BAG) == found
    gone = {item.id for item in found}
    assert gone.isdisjoint(item.of for item in found)
    kept = [(name, text) for name, text in items if name not in gone]
    assert near_duplicates([text for _, text in kept], [name for name, _ in kept], BAG) == []


@settings(max_examples=40)
@given(TEXTS)
def test_the_result_is_that_of_comparing_all_with_all(texts: list[str]) -> None:
    vectors = BAG.encode(texts)
    kept: list[int] = []
    for number, text in enumerate(texts):
        near = False
        for other in kept:
            same = bool(text.strip()) and split_words(text) == split_words(texts[other])
            words = bool(text.strip() and texts[other].strip()) and _jaccard(text, texts[other]) >= 0.7
            product = float(vectors[number].astype(float) @ vectors[other].astype(float))
            lengths = float(np.linalg.norm(vectors[number].astype(float)) * np.linalg.norm(vectors[other].astype(float)))
            near |= same or words or (lengths > 0 and round(product / lengths, 4) >= 0.9)
        if not near:
            kept.append(number)
    gone = {int(item.id) for item in near_duplicates(texts, [f"{number:03d}" for number in range(len(texts))], BAG)}
    assert [number for number in range(len(texts)) if number not in gone] == kept


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    texts = [" ".join(rng.choices(WORDS, k=rng.randrange(3, 8))) for _ in range(150)]
    ids = [f"{number:03d}" for number in range(150)]
    whole = near_duplicates(texts, ids, BAG)
    assert len(whole) > 30
    monkeypatch.setattr("gpiot_data.quality.near.BLOCK_ROWS", 7)
    assert near_duplicates(texts, ids, BAG) == whole


def test_texts_of_another_dataset_stay_and_stand_for_new_ones() -> None:
    old = {"z1": BASE, "z2": BASE + " again"}
    found = near_duplicates([BASE, "something else", BASE + " once more"], ["a", "b", "c"], BAG, against=old)
    assert [(item.id, item.of) for item in found] == [("a", "z1"), ("c", "z1")]


def test_both_asks_for_question_and_answer() -> None:
    fields = {"answer": ["x y z", "x y z", "x y z"], "question": [BASE, BASE + " again", "publish the temperature of each shelf"]}
    either = find_near(fields, BAG, Limits(match="any"))
    both = find_near(fields, BAG, Limits(match="both"))
    assert [(near.position, near.keeper, near.field) for near in either] == [(1, 0, "answer"), (2, 0, "answer")]
    assert [(near.position, near.keeper, near.field) for near in both] == [(1, 0, "answer+question")]
    assert both[0].score == round(_jaccard(fields["question"][0], fields["question"][1]), 4)


def test_empty_texts_are_near_nothing() -> None:
    fields = {"answer": ["", "", ""], "question": ["one two", "three four", "one two"]}
    assert [(near.position, near.reason) for near in find_near(fields, BAG, Limits())] == [(2, "exact_duplicate")]


def test_items_without_any_words_are_nobodys_copy() -> None:
    fields = {"answer": ["", " \n", "one", "one"], "question": ["", "", "", ""]}
    assert [(near.position, near.keeper) for near in find_near(fields, AllAlike(), Limits())] == [(3, 2)]


class AllAlike:
    """Gives every text the same vector, as a network does with the marks around an empty text."""

    name = "alike"
    sha256 = sha256_text("alike")
    dims = 4

    def encode(self, texts):
        return to_grid(np.ones((len(texts), self.dims)))


@pytest.mark.parametrize("least", [number / 100 for number in range(30, 101)])
def test_a_share_of_exactly_the_threshold_is_enough_at_every_threshold(least: float) -> None:
    whole = round(least * 100)
    hashes = np.concatenate([np.arange(100), np.arange(whole)]).astype(np.uint64)
    shingles = Shingles(hashes, np.array([0, 100, 100 + whole]))
    assert shingles.jaccards(0, np.array([1]), least).tolist() == [whole / 100]


def test_jaccards_are_the_same_however_many_shingles_are_gathered_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(4)
    texts = [" ".join(rng.choices(WORDS, k=rng.randrange(0, 12))) for _ in range(60)]
    shingles, others = shingle(texts), np.arange(60)
    whole = shingles.jaccards(7, others, 0.0)
    sets = [set(shingles.of(number).tolist()) for number in range(60)]
    assert whole.tolist() == [len(sets[7] & other) / len(sets[7] | other) if other else 0.0 for other in sets]
    monkeypatch.setattr("gpiot_data.quality.signatures.GATHERED", 5)
    assert shingles.jaccards(7, others, 0.0).tolist() == whole.tolist()


def test_texts_that_share_only_a_head_are_not_even_proposed() -> None:
    head = " ".join(f"head{number}" for number in range(40))
    texts = [head + " " + " ".join(f"own{number}x{word}" for word in range(20)) for number in range(200)]
    assert _jaccard(texts[0], texts[1]) == 36 / 76
    assert shared_keys(shingle(texts), 0.7) == [[]] * 200
    assert any(shared_keys(shingle(texts), 0.3))


def test_what_all_repeat_is_not_asked_when_both_have_to_be_near(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    by_meaning = Field.by_meaning
    monkeypatch.setattr(Field, "by_meaning", lambda view, *block: asked.append(view.name) or by_meaning(view, *block))
    fields = {"answer": ["x y z"] * 4, "question": [BASE, BASE + " again", "publish the temperature", "count steps"]}
    found = find_near(fields, BAG, Limits(match="both"))
    assert [(near.position, near.keeper, near.field) for near in found] == [(1, 0, "answer+question")]
    assert asked == ["question"]


def test_what_stays_in_any_case_is_not_searched_for_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    by_meaning = Field.by_meaning
    monkeypatch.setattr(Field, "by_meaning", lambda view, *block: asked.append(block) or by_meaning(view, *block))
    old = {f"z{number:02d}": f"{BASE} number {number}" for number in range(30)}
    found = near_duplicates([BASE + " number 7 again", "publish the temperature"], ["a", "b"], BAG, against=old)
    assert [(item.id, item.of) for item in found] == [("a", "z07")]
    assert asked == [(30, 32)]


@settings(max_examples=40)
@given(TEXTS, st.randoms())
def test_both_gives_what_comparing_all_items_in_all_fields_gives(texts: list[str], rng: random.Random) -> None:
    other = [rng.choice(texts) if rng.random() < 0.7 else "other words" for _ in texts]
    vectors = [BAG.encode(texts), BAG.encode(other)]
    kept: list[int] = []
    for number in range(len(texts)):
        near = False
        for keeper in kept:
            each = []
            for field, rows in ((texts, vectors[0]), (other, vectors[1])):
                words = bool(field[number] and field[keeper]) and _jaccard(field[number], field[keeper]) >= 0.7
                each.append(words or bool(cosines_of(rows[[number]], rows[[keeper]])[0] >= 0.9))
            same = bool(texts[number] or other[number]) and (texts[number], other[number]) == (texts[keeper], other[keeper])
            near |= same or all(each)
        if not near:
            kept.append(number)
    gone = {near.position for near in find_near({"a": texts, "b": other}, BAG, Limits(match="both"))}
    assert [number for number in range(len(texts)) if number not in gone] == kept


def test_cells_are_told_of_only_when_different_items_are_too_many() -> None:
    assert searches_cells({"text": ["one", "two", "three"]}, 2)
    assert not searches_cells({"text": ["one", "two", "One "]}, 2)
    assert not searches_cells({"text": ["one", "two"]}, 2)
    assert not searches_cells({}, 2)


def test_half_a_character_is_no_trouble() -> None:
    assert [item.id for item in near_duplicates(["\ud800 hello", "\udfff hello", "bye"], ["a", "b", "c"], BAG)] == ["b"]


def test_cells_are_used_above_the_limit_and_find_copies_and_words_all_the_same() -> None:
    rng = random.Random(2)
    texts = [" ".join(f"w{rng.randrange(500)}" for _ in range(20)) for _ in range(120)]
    texts += [text + " more" for text in texts[:40]]
    ids = [f"{number:03d}" for number in range(len(texts))]
    exact = near_duplicates(texts, ids, BAG)
    assert len(exact) == 40
    assert near_duplicates(texts, ids, BAG, exact_rows=50) == exact


def test_ids_that_repeat_are_refused() -> None:
    with pytest.raises(InputError, match="a different id"):
        near_duplicates(["x", "y"], ["a", "a"], BAG)
    with pytest.raises(InputError, match="a different id"):
        near_duplicates(["x", "y"], ["a"], BAG)


def test_nothing_gives_nothing() -> None:
    assert near_duplicates([], [], BAG) == []
    removal = Removal("a", "b", "exact_duplicate", "text", "exact", 1.0)
    assert near_duplicates(["x", "x"], ["b", "c"], BAG) == [Removal("c", "b", removal.reason, "text", "exact", 1.0)]
