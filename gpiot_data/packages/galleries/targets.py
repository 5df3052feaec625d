"""What a section's program is for, as one request that makes sense without the page: from its narrative, else from its title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gpiot_data.packages.galleries.phrases import (
    LEANING,
    VAGUE_TITLE,
    as_request,
    clean_title,
    sound_request,
    subject_request,
    title_request,
)
from gpiot_data.packages.markdown import sentences

MAX_SUBJECT_CHARS = 110
MAX_SYMBOLS = 3


def make_request(title: str, page_title: str, text: str, summary: str = "", broad: bool = False) -> str | None:
    """Return what to do as a request without a final full stop; None where neither narrative nor titles say it.

    A sentence that announces the code (it ends in a colon) is preferred, then the first that can be put as a request, then a title
    that is one, then `summary`, what the documentation of the main function asks for, and last a title that names a subject. Where
    a program is `broad`, no single sentence speaks for it, and titles go before them.
    """
    said = [sentence for paragraph in _paragraphs(text) for sentence in sentences(paragraph)]
    announced = [sentence for sentence in said if sentence.rstrip().endswith(":")]
    heading = clean_title(title)
    titles = (heading, clean_title(page_title)) if broad or not heading else (heading,)
    told = [as_request(sentence) for sentence in (*announced, *said)]
    named, subjects = [title_request(name) for name in titles], [subject_request(name) for name in titles]
    choices = [*named, *subjects, *told, sound_request(summary)] if broad else [*told, *named, sound_request(summary), *subjects]
    return next((request for request in choices if request), None)


def make_target(request: str, subject: str, symbols: Sequence[str], package: str) -> str:
    """Return the target of a specification: the request, what to do it with, and the subject of the page where there is one."""
    tools = _listed([f"`{symbol}`" for symbol in symbols[:MAX_SYMBOLS]])
    target = f"{request}, using {tools} of {package}" if tools else f"{request}, using {package}"
    return f"{target} (subject: {subject})." if subject else f"{target}."


def make_subject(title: str, page_title: str, request: str) -> str:
    """Return the titles that tell what a request is about, as far as it does not say so itself."""
    names: list[str] = []
    for name in (clean_title(page_title), clean_title(title)):
        known = " ".join([request, *names]).lower()
        # The stem of a word is enough: "Plotting" says no more than "Plot".
        new = [word for word in re.findall(r"\w{4,}", name.lower()) if word[:4] not in known]
        if new and not VAGUE_TITLE.match(name) and not re.search(r"[$|{}<>\[\]#\\?!]|https?:", name):
            names.append(name)
    subject = " - ".join(names)
    return next((name for name in (subject, *names) if len(name) <= MAX_SUBJECT_CHARS), "")


def self_contained(text: str, max_chars: int) -> str:
    """Return the paragraphs of a narrative without the sentences that point elsewhere, as many as fit."""
    kept: list[str] = []
    for paragraph in _paragraphs(text):
        said = [part for part in sentences(paragraph) if not LEANING.search(part) and not part.rstrip().endswith(":")]
        words = " ".join(said).strip()
        if len(words.split()) >= 5 and sum(map(len, kept)) + len(words) <= max_chars:
            kept.append(words)
    return "\n\n".join(kept)


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of Markdown that are prose, without emphasis."""
    for paragraph in re.sub(r"```.*?```", "", text, flags=re.DOTALL).split("\n\n"):
        if paragraph.strip() and not re.match(r"\s*(?:[-*+|>]|\d+[.)]|#)", paragraph):
            yield " ".join(re.sub(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", "", paragraph).split())


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}" if names else ""
