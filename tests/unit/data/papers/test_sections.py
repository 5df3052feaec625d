"""The sample papers, whose headings are known, read back from their PDFs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gpiot_data.papers.modules import find_modules
from gpiot_data.papers.sections import read_paper_here

SAMPLES = sorted(path.stem for path in (Path(__file__).parents[4] / "corpora" / "samples").glob("*.pdf"))


def _typst_heads(source: str) -> list[str]:
    heads = re.findall(r"^=+ (.+)$", source, re.MULTILINE)
    return [re.sub(r"\s+", " ", head.replace("\\", "")).strip().lower() for head in heads]


def _run_ins(source: str) -> list[str]:
    return [re.sub(r"\s+", " ", head).strip().lower() for head in re.findall(r"#(?:runin|ri)(?:\([^)]*\))?\[([^\]]+)\]", source)]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_numbered_heading_of_a_sample_is_found_and_no_other(name: str, root: Path) -> None:
    source = (root / "corpora" / "samples" / "src" / f"{name}.typ").read_text()
    paper = read_paper_here(root / "corpora" / "samples" / f"{name}.pdf")
    found = [section.title.lower() for section in paper.sections if section.number]
    assert found == _typst_heads(source)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_run_in_head_of_a_sample_opens_a_paragraph(name: str, root: Path) -> None:
    source = (root / "corpora" / "samples" / "src" / f"{name}.typ").read_text()
    paper = read_paper_here(root / "corpora" / "samples" / f"{name}.pdf")
    found = [block.run_in.strip(" .:").lower() for section in paper.sections if section.number for block in section.blocks if block.run_in]
    assert found == _run_ins(source)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_gives_its_six_modules(name: str, root: Path) -> None:
    paper = read_paper_here(root / "corpora" / "samples" / f"{name}.pdf")
    assert sum(1 for module in find_modules(paper) if len(module.parts) >= 3) == 6


@pytest.mark.parametrize("name", SAMPLES)
def test_spans_of_modules_slice_the_text_of_the_paper(name: str, root: Path) -> None:
    paper = read_paper_here(root / "corpora" / "samples" / f"{name}.pdf")
    for module in find_modules(paper):
        text = paper.text[slice(*module.span)]
        paragraphs = [*module.opening, *(paragraph for part in module.parts for paragraph in part.paragraphs)]
        assert all(paragraph.strip(" .:") in text for paragraph in paragraphs)
