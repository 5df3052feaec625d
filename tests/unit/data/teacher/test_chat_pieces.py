"""A module in pieces that a model can read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gpiot_data.papers.modules import Part, TechnicalModule
from gpiot_data.teacher.pieces import BYTES_PER_TOKEN, cut_module, take_fitting


def module(opening=(), parts=()):
    return TechnicalModule("Sampling", tuple(opening), tuple(Part(head, tuple(body)) for head, body in parts), (0, 9), 1, (0, 0, 1, 1))


def test_a_short_module_is_one_piece_with_its_heads_before_their_paragraphs():
    (piece,) = cut_module(module(["One."], [("Filter", ["Two.", "Three."]), ("", ["Four."])]), 500)
    assert piece.paragraphs == ("One.", "Filter: Two.", "Three.", "Four.")
    assert piece.printed == ("One.", "Two.", "Three.", "Four.")
    assert piece.render() == "(1) One.\n\n(2) Filter: Two.\n\n(3) Three.\n\n(4) Four."


def test_a_long_module_is_cut_between_paragraphs_and_numbers_go_on():
    pieces = cut_module(module(["a" * 100, "b" * 100, "c" * 100, "d" * 100]), 80)
    assert [(piece.first, [text[0] for text in piece.paragraphs]) for piece in pieces] == [(1, ["a", "b"]), (3, ["c", "d"])]
    assert pieces[1].render().startswith("(3) ccc")


def test_a_long_paragraph_is_cut_between_sentences():
    pieces = cut_module(module([" ".join(f"Sentence {name} has exactly so many words." for name in "ABCDEF")]), 40)
    assert [piece.paragraphs for piece in pieces] == [
        ("Sentence A has exactly so many words. Sentence B has exactly so many words.",),
        ("Sentence C has exactly so many words. Sentence D has exactly so many words.",),
        ("Sentence E has exactly so many words. Sentence F has exactly so many words.",),
    ]


@given(st.lists(st.text(st.sampled_from("ab .\u03bc\U0001f600"), min_size=1, max_size=400), max_size=6), st.integers(20, 60))
def test_no_piece_is_longer_than_allowed_and_nothing_is_lost(paragraphs, tokens):
    pieces = cut_module(module(paragraphs, [("Head", paragraphs)]), tokens)
    for piece in pieces:
        assert len(piece.render().encode()) <= tokens * BYTES_PER_TOKEN
    squeezed = "".join("".join(text.split()) for text in [*paragraphs, *paragraphs])
    assert "".join("".join(text.split()) for piece in pieces for text in piece.printed) == squeezed


def test_the_best_texts_that_fit_are_taken():
    assert take_fitting(["a" * 30, "b" * 300, "c" * 30], 30) == ["a" * 30, "c" * 30]
