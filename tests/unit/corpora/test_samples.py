"""The sample papers: what the corpus pins is what their sources typeset, and no two share their wording."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pymupdf
import pytest

from gpiot_data.sources.papers import PaperCorpus, verify_paper

ROOT = Path(__file__).parents[3]
SAMPLES = sorted((ROOT / "corpora" / "samples").glob("*.pdf"))
TOPICS = 8


def _words(path: Path) -> list[str]:
    with pymupdf.open(path) as document:
        text = " ".join(page.get_text() for page in document)
    licence = r"Sample paper of the gpiot toolkit, licensed CC BY 4\.0\.\s*\d*"
    return re.findall(r"[a-z0-9]+", re.sub(licence, " ", re.sub(r"-\s*\n", "", text)).lower())


def test_there_are_eight_and_the_corpus_pins_them_all() -> None:
    corpus = PaperCorpus.load(ROOT / "corpora" / "papers.samples.yaml")
    assert [verify_paper(source) for source in corpus.sources] == SAMPLES
    assert len(SAMPLES) == TOPICS
    assert {source.license for source in corpus.sources} == {"CC-BY-4.0"}


def test_no_two_share_eight_words_in_a_row() -> None:
    grams = {path.stem: set(zip(*(_words(path)[start:] for start in range(8)), strict=False)) for path in SAMPLES}
    shared = {(a, b): grams[a] & grams[b] for a, b in itertools.combinations(grams, 2)}
    assert {pair: found for pair, found in shared.items() if found} == {}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_has_three_to_five_pages_a_figure_a_table_an_equation_and_references(path: Path) -> None:
    with pymupdf.open(path) as document:
        text = re.sub(r"\s+", " ", " ".join(page.get_text() for page in document))
        assert 3 <= document.page_count <= 5
    source = (path.parent / "src" / f"{path.stem}.typ").read_text()
    assert "Figure 1:" in text
    assert "Table 1:" in text
    assert "references" in text.lower()
    assert re.search(r"^\$ ", source, re.MULTILINE) or "$ <" in source
    assert re.search(r"\bsample\b", text)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_source_typesets_to_the_committed_bytes(path: Path) -> None:
    import typst

    assert typst.compile(path.parent / "src" / f"{path.stem}.typ") == path.read_bytes()
