"""Rows of a paper, tied to the words they rest on."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from gpiot_data.papers.sections import read_paper_here
from gpiot_data.schema import Kept, Rejected, TddRow, Teacher, render_tasks
from gpiot_data.sources.papers import PaperCorpus, PaperSource
from gpiot_data.store import sha256_text
from gpiot_data.teacher.pairs import extract_paper
from gpiot_data.teacher.protocol import Decomposition
from gpiot_data.teacher.references import dangling
from gpiot_data.teacher.rules import RulesTeacher

CORPUS = PaperCorpus.load(Path(__file__).parents[4] / "corpora" / "papers.samples.yaml")
SOURCES = {source.id: source for source in CORPUS.sources}


def _pairs(source: PaperSource, teacher=None) -> tuple[list[TddRow], list[Rejected]]:
    found = list(extract_paper(source, source.path, teacher or RulesTeacher()))
    return [item.row for item in found if isinstance(item, Kept)], [item for item in found if isinstance(item, Rejected)]


class Copyist:
    """A teacher that hands back what stands there."""

    name = Teacher(name="copyist", prompt="none/1")

    def decompose(self, paper_title, module):
        from gpiot_data.schema import SubTask

        first = module.opening[0] if module.opening else module.parts[0].paragraphs[0]
        return Decomposition("Do it.", (SubTask("All", (first,)),))


def test_every_step_rests_on_words_that_stand_at_its_place() -> None:
    source = SOURCES["ecg-rpeaks"]
    text = read_paper_here(source.path).text
    pairs, _ = _pairs(source)
    assert len(pairs) >= 2
    for pair in pairs:
        assert [len(task.steps) for task in pair.tasks] == [len(places) for places in pair.passages]
        start, end = pair.source.span
        assert sha256_text(text[start:end]) == pair.source.span_sha256
        for task, places in zip(pair.tasks, pair.passages, strict=True):
            for step, (first, last) in zip(task.steps, places, strict=True):
                assert start <= first < last <= end
                shared = set(re.findall(r"[a-z]{4,}", step.lower())) & set(re.findall(r"[a-z]{4,}", text[first:last].lower()))
                assert shared, (step, text[first:last])


def test_a_row_that_is_a_copy_is_rejected_and_says_how_much_of_it_is() -> None:
    pairs, rejected = _pairs(SOURCES["imu-fall"], Copyist())
    assert pairs == []
    assert {item.reason for item in rejected} == {"copied_text"}
    assert min(item.score for item in rejected if item.score is not None) > 0.95


class Doubter(RulesTeacher):
    """The embedded teacher, which trusts nothing that it makes."""

    def decompose(self, paper_title, module):
        found = super().decompose(paper_title, module)
        return found if isinstance(found, str) else dataclasses.replace(found, confidence=0.2)


def test_a_pair_that_its_teacher_does_not_trust_is_rejected_with_its_figure() -> None:
    pairs, rejected = _pairs(SOURCES["ecg-rpeaks"], Doubter())
    assert pairs == []
    assert {item.score for item in rejected if item.reason == "low_confidence"} == {0.2}
    trusted, _ = _pairs(dataclasses.replace(SOURCES["ecg-rpeaks"], min_confidence=0.2), Doubter())
    assert len(trusted) == sum(item.reason == "low_confidence" for item in rejected) > 0


def test_rows_come_with_overlap_and_confidence() -> None:
    source = SOURCES["csi-activity"]
    pairs, rejected = _pairs(source)
    assert all(0 <= pair.overlap <= 0.95 and pair.confidence is not None and 0 < pair.confidence <= 1 for pair in pairs)
    assert {item.reason for item in rejected} <= {
        "too_few_tasks", "too_few_steps", "copied_text", "low_confidence", "open_references", "unanswered_problem", "vague_title",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["acoustic-events", "csi-activity", "ecg-rpeaks", "lora-adaptation"])
def test_samples_give_sound_pairs(name: str) -> None:
    pairs, _ = _pairs(SOURCES[name])
    assert len(pairs) >= 1
    for pair in pairs:
        answer = render_tasks(pair.tasks)
        assert re.findall(r"\[\d|\b(?:Fig|Figure|Table|Section|we|our|us)\b", answer) == []
        assert len({task.name for task in pair.tasks}) == len(pair.tasks) >= 2
        told = " . ".join([pair.problem, *(task.name for task in pair.tasks)])
        for step in (step for task in pair.tasks for step in task.steps):
            assert dangling(step, told) is None
            told = f"{told} . {step}"


def test_a_file_that_is_no_pdf_is_one_rejection(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_text("<html>not found</html>")
    source = PaperSource(id="page", file="page.pdf", sha256="a" * 64, license="CC-BY-4.0", folder=str(tmp_path))
    (rejected,) = extract_paper(source, path, RulesTeacher())
    assert isinstance(rejected, Rejected)
    assert (rejected.source, rejected.place) == ("page", "page.pdf")
