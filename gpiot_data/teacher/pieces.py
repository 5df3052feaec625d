"""A module's text in numbered paragraphs, cut into pieces that fit into a model's context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gpiot_data.papers.modules import TechnicalModule
from gpiot_data.teacher.sentences import sentences

#: Fewer bytes a token than prose has, so that what is cut by it fits; formulas and names of parts have about three.
BYTES_PER_TOKEN = 3
#: What is longer is no head, whatever its type says.
MAX_HEAD_CHARS = 120


@dataclass(frozen=True, slots=True)
class Piece:
    """Paragraphs of a module in order; the first has the number `first`.

    `printed` are the same paragraphs as the paper has them, without the run-in heads that stand before them here.
    """

    paragraphs: tuple[str, ...]
    printed: tuple[str, ...]
    first: int

    def render(self) -> str:
        """Return the paragraphs with their numbers."""
        return "\n\n".join(f"({number}) {text}" for number, text in enumerate(self.paragraphs, start=self.first))


def cut_module(module: TechnicalModule, most_tokens: int) -> list[Piece]:
    """Return a module in as few pieces as its paragraphs allow, none of them longer than a model can read.

    A run-in head stays with its paragraph; only a paragraph that is too long by itself is cut, between sentences.
    """
    most = most_tokens * BYTES_PER_TOKEN
    pieces: list[Piece] = []
    held: list[tuple[str, str]] = []
    size, number = 0, 1
    for paragraph, printed in _paragraphs(module, most):
        cost = _size(paragraph)
        if held and size + cost > most:
            pieces.append(_piece(held, number))
            number += len(held)
            held, size = [], 0
        held.append((paragraph, printed))
        size += cost
    return [*pieces, _piece(held, number)] if held else pieces


def _piece(held: Sequence[tuple[str, str]], first: int) -> Piece:
    return Piece(tuple(paragraph for paragraph, _ in held), tuple(printed for _, printed in held), first)


def take_fitting(texts: Sequence[str], most_tokens: int) -> list[str]:
    """Return the first of `texts` that fit, best first as they come; one that is too long is left out."""
    left = most_tokens * BYTES_PER_TOKEN
    taken = []
    for text in texts:
        if (size := _size(text)) <= left:
            taken.append(text)
            left -= size
    return taken


def _paragraphs(module: TechnicalModule, most: int) -> Iterator[tuple[str, str]]:
    """Yield (paragraph, as printed), cut where it is too long; the first under a run-in head begins with it."""
    yield from ((text, text) for paragraph in module.opening for text in _cut(paragraph, most))
    for part in module.parts:
        head = f"{part.head[:MAX_HEAD_CHARS]}: " if part.head else ""
        for paragraph in part.paragraphs:
            for text in _cut(paragraph, most - len(head.encode("utf-8"))):
                yield head + text, text
                head = ""


def _size(text: str) -> int:
    # The number in brackets and the blank line before it.
    return len(text.encode("utf-8")) + 8


def _cut(paragraph: str, most: int) -> Iterator[str]:
    if _size(paragraph) <= most:
        yield paragraph
        return
    held = ""
    for sentence in sentences(paragraph):
        joined = f"{held} {sentence}".strip()
        if held and _size(joined) > most:
            yield held
            held = sentence
        else:
            held = joined
        while _size(held) > most:
            # What has no end of a sentence is a list or a torn formula; four bytes is the longest character.
            yield held[: max(1, (most - 8) // 4)]
            held = held[max(1, (most - 8) // 4) :]
    if held:
        yield held
