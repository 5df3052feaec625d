"""The open papers of others: licensed CC BY, pinned where their authors keep them, and the files that were read are the pinned ones."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gpiot_data.sources.papers import PaperCorpus, verify_paper
from gpiot_data.sources.papers_fetch import fetch_paper

CORPUS = PaperCorpus.load(Path(__file__).parents[3] / "corpora" / "papers.open.yaml")


def test_every_paper_is_open_has_a_title_and_lies_in_a_repository() -> None:
    assert {source.license for source in CORPUS.sources} == {"CC-BY-4.0"}
    assert [source.id for source in CORPUS.sources if not (source.title and source.origin.startswith("github:"))] == []
    assert [source.id for source in CORPUS.sources] == sorted(source.id for source in CORPUS.sources)
    assert not [source.id for source in CORPUS.sources if "gpiot" in source.id]


@pytest.mark.shared
def test_the_pins_are_the_open_rows_of_the_index_and_fit_its_files(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (shared / "papers" / "index.csv").open(encoding="utf-8") as stream:
        rows = {row["slug"]: f"github:{row['repo']}/{row['path']}" for row in csv.DictReader(stream) if row["licence"] == "CC BY 4.0"}
    assert {source.id: source.origin for source in CORPUS.sources} == rows
    monkeypatch.setenv("GPIOT_PAPERS", str(shared / "papers"))
    assert [verify_paper(source) for source in CORPUS.sources] == [fetch_paper(source) for source in CORPUS.sources]
