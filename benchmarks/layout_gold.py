"""What people read off the pages of real papers, and how far the extractor agrees with it.

Three files in `tdd_gold` each: heads (tuned and held out papers), the order of paragraphs, hyphens at line ends. They hold heads and
first words only; the papers themselves are in the folder named by GPIOT_SHARED.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gpiot_data.papers.modules import find_modules
from gpiot_data.papers.sections import Paper

GOLD = Path(__file__).with_name("tdd_gold")
#: A word cut at a line's end, as the file writes it.
CUT_WORD = re.compile(r"([A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)-\n([a-z]+)")
#: Where a PDF holds no spaces, what stands before a hyphen is no word.
LONGEST_HALF = 20
#: Fewer letters than this may stand anywhere.
SHORT = 32


@dataclass(frozen=True, slots=True)
class Head:
    """A head as printed; `kind` is s (own line), r (opens a paragraph) or o (either way is right); `system` is y, n, ? or empty."""

    page: int
    kind: str
    key: str
    system: str = ""


@dataclass(slots=True)
class Score:
    """Right, wrongly found and missed; `faults` names what is not right."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of what is there that was found."""
        return self.right / max(1, self.right + self.missed)

    def add(self, other: Score) -> None:
        """Count another paper in."""
        self.right, self.wrong, self.missed = self.right + other.right, self.wrong + other.wrong, self.missed + other.missed
        self.faults += other.faults


def fold(text: str) -> str:
    """Return letters and digits only, in lower case."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKC", text).lower())


def _sections_of(name: str) -> Iterator[tuple[str, list[str]]]:
    key, lines = "", list[str]()
    for line in (GOLD / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            if key:
                yield key, lines
            key, lines = line[3:], []
        elif line and not line.startswith("#"):
            lines.append(line)
    yield key, lines


def read_heads(name: str) -> dict[str, list[Head]]:
    """Return the heads of each paper in a file of `tdd_gold`."""
    heads: dict[str, list[Head]] = {}
    for paper, lines in _sections_of(name):
        heads[paper] = []
        for line in lines:
            page, kind, number, text, system = line.split("|")
            heads[paper].append(Head(int(page), kind, fold(number + text), system))
    return heads


def found_heads(paper: Paper) -> list[Head]:
    """Return what the extractor takes for heads, in reading order."""
    heads = []
    for section in paper.sections:
        if section.level:
            heads.append(Head(section.page + 1, "s", fold(section.number + section.title)))
        heads.extend(Head(block.page + 1, "r", fold(block.run_in)) for block in section.blocks if block.run_in)
    return heads


def score_heads(gold: list[Head], found: list[Head]) -> Score:
    """Compare kind, page and text of heads."""
    score = Score()
    wanted = Counter((head.kind, head.page, head.key) for head in gold if head.kind != "o")
    optional = {(head.page, head.key) for head in gold if head.kind == "o"}
    for head in found:
        key = (head.kind, head.page, head.key)
        if wanted[key]:
            wanted[key] -= 1
            score.right += 1
        elif not any(head.page == page and (head.key.startswith(text) or text.startswith(head.key)) for page, text in optional):
            score.wrong += 1
            score.faults.append(f"+{head.kind} p{head.page} {head.key[:70]}")
    for (kind, page, text), count in wanted.items():
        score.missed += count
        score.faults += [f"-{kind} p{page} {text[:70]}"] * count
    return score


def score_system(gold: list[Head], paper: Paper) -> Score:
    """Compare the sections that modules were made of with those that a reader says describe the system."""
    score = Score()
    judged = {head.key: head.system for head in gold if head.kind == "s" and head.system in ("y", "n")}
    found = {fold(section.number + section.title) for module in find_modules(paper) for section in [_section_at(paper, module.span[0])]}
    for key, verdict in judged.items():
        if key in found:
            score.right += verdict == "y"
            score.wrong += verdict == "n"
        else:
            score.missed += verdict == "y"
        if (key in found) != (verdict == "y"):
            score.faults.append(f"{'+' if verdict == 'n' else '-'} {key[:70]}")
    return score


def _section_at(paper: Paper, start: int) -> object:
    return next(section for section in paper.sections if any(span[0] == start for span in section.spans))


def score_order(papers: dict[str, Paper]) -> Score:
    """Count the neighbours on a page that also follow each other in the text of the paper."""
    score = Score()
    for place, starts in _sections_of("order.txt"):
        name, page = place.split()
        at = _places(fold(papers[name].text), [fold(start) for start in starts])
        for before, after, first, second in zip(at, at[1:], starts, starts[1:], strict=False):
            if 0 <= before < after and not any(before < other < after for other in at):
                score.right += 1
            else:
                score.wrong += 1
                score.faults.append(f"{name} p{page}: {first[:30]} ({before}) -> {second[:30]} ({after})")
    return score


def _places(text: str, keys: list[str]) -> list[int]:
    """Return where each key stands; a short one, which may be words of a sentence elsewhere, is looked for before the next long one."""
    places: list[int] = []
    limit = len(text)
    for key in reversed(keys):
        place = text.find(key) if len(key) >= SHORT else text.rfind(key, 0, limit)
        places.append(place)
        limit = place if place >= 0 else limit
    return places[::-1]


def score_joins(papers: dict[str, Paper], raw: dict[str, str]) -> Score:
    """Count the words cut at a line's end that are whole again; those in text that was left out are not counted.

    Args:
        papers: extracted, by name.
        raw: the text of each PDF as the file has it, by name.
    """
    score = Score()
    for name, lines in _sections_of("hyphens.txt"):
        kept = {cut for line in lines if not line.startswith("?") for cut in line.split()}
        either = {cut for line in lines if line.startswith("?") for cut in line[1:].split()}
        words = set(re.findall(r"[a-z0-9]+(?:-+[a-z0-9]+)*", papers[name].text.lower()))
        for left, right in sorted({(found[1], found[2]) for found in CUT_WORD.finditer(raw[name])}):
            cut = f"{left}|{right}"
            if cut in either or len(left) > LONGEST_HALF:
                continue
            joined, hyphened = _has(words, left + right), _has(words, f"{left}-{right}")
            if not (joined or hyphened):
                continue
            wrong = joined if cut in kept else hyphened
            score.right, score.wrong = score.right + (not wrong), score.wrong + wrong
            score.faults += [f"{name}: {cut}"] if wrong else []
    return score


def _has(words: set[str], word: str) -> bool:
    word = word.lower()
    return word in words or any(other.startswith(word + "-") or other.endswith("-" + word) or f"-{word}-" in other for other in words)
