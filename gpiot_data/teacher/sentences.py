"""Paragraphs of a paper -> its sentences, word for word, and a sentence without what only its page explains."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gpiot_data.teacher.phrases import ABBREVIATION, ASIDE, AUTHOR_YEAR, CITATION, POINTER, SENTENCE_END


def sentences(paragraph: str) -> Iterator[str]:
    """Yield the sentences of a paragraph, each a span of it; abbreviations and decimal points do not end one."""
    guarded = ABBREVIATION.sub(lambda match: match[0].replace(".", "\x00"), paragraph)
    for sentence in SENTENCE_END.split(guarded):
        text = sentence.replace("\x00", ".").strip()
        if text:
            yield text


def clean(sentence: str) -> str:
    """Drop citation marks, asides in brackets and pointers to figures, tables, sections and equations."""
    text = re.sub(r"(?<=\w)\^\((st|nd|rd|th)\)", r"\1", sentence)
    text = CITATION.sub("", AUTHOR_YEAR.sub("", text))
    text = POINTER.sub("", text)
    text = ASIDE.sub("", text)
    text = re.sub(r"\s+([,.;:])", r"\1", text)
    text = re.sub(r",(?=[,.;:])", "", text)
    return re.sub(r"\s+", " ", text).strip(" ,")
