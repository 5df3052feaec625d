"""Ligatures, whole and broken, and odd characters."""

from __future__ import annotations

from gpiot_data.papers.characters import broken_ligatures, clean_text, mend_ligatures


def test_ligatures_spaces_and_mathematical_letters_are_made_plain() -> None:
    assert clean_text("e\ufb03cient\u00a0pro\ufb01le of \U0001d465\u2010axis") == "efficient profile of x-axis"


def test_a_broken_font_tells_its_ligatures_by_the_words_they_make() -> None:
    texts = [("A", 'a signi"cant e!ect of the "rst #ow'), ("A", 'speci"c o!set, re#ect'), ("B", "it works! really")]
    broken = broken_ligatures(texts)
    assert broken == {("A", '"'): "fi", ("A", "!"): "ff", ("A", "#"): "fl"}
    assert mend_ligatures(texts[0][1], "A", broken) == "a significant effect of the first flow"


def test_a_quotation_mark_before_a_word_stays_one() -> None:
    broken = broken_ligatures([("A", 'signi"cant and speci"c')])
    assert mend_ligatures('they said "none of it"', "A", broken) == 'they said "none of it"'


def test_the_same_character_of_another_font_is_left_alone() -> None:
    assert mend_ligatures('e!ect "rst', "B", {("A", "!"): "ff"}) == 'e!ect "rst'
