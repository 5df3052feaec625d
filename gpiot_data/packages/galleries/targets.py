"""What a section's program is for, as one request that makes sense without the page: from its narrative, else from its title."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from gpiot_data.packages.galleries.phrases import (
    LEANING,
    VAGUE_REQUEST,
    VAGUE_TITLE,
    as_request,
    clean_title,
    opens_with_verb,
    title_request,
)
from gpiot_data.packages.markdown import sentences

MAX_SUBJECT_CHARS = 110
MAX_SYMBOLS = 3
MIN_BACKGROUND_WORDS = 8
#: Who wrote a page and when is no subject of it.
_STAMP = re.compile(
    r"^(?:created|written|modified|updated|authors?|last (?:modified|updated|change)|date)\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?:\d{1,2}(?:st|nd|rd|th)?,? )?(?:19|20)\d\d\b"
    r"|\b\w+day [a-z]+ \d{1,2}|\b(?:19|20)\d\d-\d\d-\d\d\b",
    re.IGNORECASE,
)
#: Sentences that go on from another one, or speak of a figure or an output that is not there.
_HANGING = re.compile(
    r"^(?:and|but|or|so|then|thus|hence|where|when|while|because|in (?:particular|contrast|addition)|for (?:example|instance)|indeed|"
    r"as a result|therefore|conversely|consequently|moreover|furthermore|additionally|finally|first|second|third|overall|yes|no|"
    r"the (?:first|second|third|last)|on the other hand|otherwise|with (?:that|this)|a better|(?:a )?similar|equivalently|alternatively)\b"
    r"|\b(?:figures?|plots?|plotted|graph|panel|left|right|bottom|images?|shown|shows?|exercises?|lesson|results?|output|curve|chapter|paper|"
    r"observe|notice|noted?|recall|interesting|authors?|article|above-|reference|experiment|case|i\.e|versions?|deprecated|changed)\b",
    re.IGNORECASE,
)


def make_request(title: str, text: str, acts: str | None, fits: Callable[[str], bool], broad: bool = False) -> str | None:
    """Return what to do as a request without a final full stop; None where nothing says it.

    A sentence that announces the code (it ends in a colon) is preferred, then the first that can be put as a request, then a title
    that is one, as far as they say what the code does, and last what its calls tell. Where a program is `broad`, no single sentence
    speaks for it.

    Args:
        title: of the section.
        text: the narrative of the section as Markdown.
        acts: what the calls of the program do, as a request, where they tell.
        fits: tells whether the code does what a request says.
        broad: whether more goes on in the program than one sentence says.
    """
    said = [sentence for paragraph in paragraphs(text) for sentence in sentences(paragraph)]
    announced = [sentence for sentence in said if sentence.rstrip().endswith(":")]
    told = [] if broad else [as_request(sentence) for sentence in (*announced, *said)]
    choices = [*told, title_request(clean_title(title))]
    return next((request for request in choices if request and fits(request)), acts)


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
        if (
            new
            and not VAGUE_TITLE.match(name)
            and not _STAMP.search(name)
            and not VAGUE_REQUEST.fullmatch(name)
            and not re.search(r"[$|{}<>\[\]#\\?!]|https?:|\.py\b|\bcoding\b|\d{1,2} \w{3} \d\d", name)
        ):
            names.append(name)
    subject = " - ".join(names)
    return next((name for name in (subject, *names) if len(name) <= MAX_SUBJECT_CHARS), "")


def self_contained(text: str, max_chars: int, concerns: Callable[[str], bool]) -> str:
    """Return the paragraphs of a narrative that make sense without the page and concern the program, as many as fit.

    A paragraph with a sentence that points elsewhere is left out as a whole: what is left of it would hang in the air.
    """
    kept: list[str] = []
    for paragraph in paragraphs(text):
        said = sentences(paragraph)
        whole = all(not LEANING.search(part) and not _HANGING.search(part) and _whole(part) for part in said)
        if not whole or not concerns(paragraph) or all(opens_with_verb(part) for part in said):
            continue
        if len(paragraph.split()) >= MIN_BACKGROUND_WORDS and sum(map(len, kept)) + len(paragraph) <= max_chars:
            kept.append(paragraph)
        else:
            break
    return "\n\n".join(kept)


def _whole(sentence: str) -> bool:
    return (
        sentence[:1].isupper()
        and sentence.rstrip()[-1:] == "."
        and sentence.count("(") == sentence.count(")")
        and sentence.count("`") % 2 == 0
    )


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of Markdown that are prose, without emphasis."""
    for paragraph in re.sub(r"```.*?```", "", text, flags=re.DOTALL).split("\n\n"):
        if paragraph.strip() and not re.match(r"\s*(?:[-*+|>]|\d+[.)]|#)", paragraph):
            yield " ".join(re.sub(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", "", paragraph).split())


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}" if names else ""
