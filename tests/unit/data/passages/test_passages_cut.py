"""Papers and texts cut into passages, each of which is a span of its source."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpiot_data.passages.cut import ENOUGH_WORDS, MAX_WORDS, cut_paper, cut_text
from gpiot_data.store import sha256_text


def _words(count: int, start: str = "w") -> str:
    return " ".join([start.upper(), *(f"{start}{number}" for number in range(count - 2)), "end."])


@pytest.mark.parametrize("name", ["csi-activity", "ecg-rpeaks", "vibration-maintenance"])
def test_every_passage_of_a_paper_is_a_span_of_its_text_on_a_page_it_has(name: str, root: Path) -> None:
    paper, passages = cut_paper(root / "corpora" / "samples" / f"{name}.pdf", "s")
    assert len(passages) > 20
    for passage in passages:
        assert paper.text[slice(*passage.span)] == passage.text
        assert sha256_text(passage.text) == passage.span_sha256
        assert passage.page is not None
        assert 1 <= passage.page <= paper.pages
        assert passage.bbox is not None
        assert passage.bbox[0] < passage.bbox[2]
        assert passage.bbox[1] < passage.bbox[3]


def test_no_passage_of_a_paper_holds_its_references_or_is_far_too_long(root: Path) -> None:
    for path in sorted((root / "corpora" / "samples").glob("*.pdf")):
        _, passages = cut_paper(path, "s")
        assert [passage.text for passage in passages if passage.text.lower().startswith("references")] == []
        assert max(len(passage.text.split()) for passage in passages) <= 1.5 * MAX_WORDS


def test_short_paragraphs_are_merged_until_there_is_enough() -> None:
    text = "\n\n".join(_words(50) for _ in range(4))
    assert [len(passage.text.split()) for passage in cut_text(text, "s")] == [150, 50]


def test_a_paragraph_that_would_make_a_passage_too_long_starts_the_next() -> None:
    text = f"{_words(ENOUGH_WORDS - 1)}\n\n{_words(MAX_WORDS - 10)}"
    assert [len(passage.text.split()) for passage in cut_text(text, "s")] == [ENOUGH_WORDS - 1, MAX_WORDS - 10]


def test_a_long_paragraph_is_parted_where_sentences_end() -> None:
    text = " ".join(_words(30, letter) for letter in "abcdefghij")
    passages = cut_text(text, "s")
    assert [len(passage.text.split()) for passage in passages] == [150, 150]
    assert [passage.text.endswith("end.") for passage in passages] == [True, True]


def test_a_sentence_without_an_end_is_cut_between_words() -> None:
    assert [len(passage.text.split()) for passage in cut_text("x " * 500, "s")] == [200, 200, 100]


def test_blank_lines_part_paragraphs_and_belong_to_none() -> None:
    text = f"  {_words(130)} \n \n\n{_words(140)}\n"
    assert [passage.text for passage in cut_text(text, "s")] == [_words(130), _words(140)]


@pytest.mark.parametrize("line", ["\r\n", "\n"])
def test_blank_lines_part_paragraphs_whatever_ends_a_line(line: str) -> None:
    text = f"{_words(130)}{line}{line}{_words(140)}{line} {line}{line}{_words(150)}{line}"
    assert [passage.text for passage in cut_text(text, "s")] == [_words(130), _words(140), _words(150)]


@given(st.text(alphabet="aB.?! \r\n\t1", max_size=400))
def test_the_passages_of_any_text_are_spans_in_order_that_leave_out_only_white_space(text: str) -> None:
    passages = cut_text(text, "s")
    assert [text[slice(*passage.span)] for passage in passages] == [passage.text for passage in passages]
    inside = "".join(passage.text for passage in passages)
    assert "".join(inside.split()) == "".join(text.split())
    assert all(first.span[1] <= second.span[0] for first, second in pairwise(passages))
