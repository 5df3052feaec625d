"""What the report page holds, that the same dataset gives the same page, and that no text of a row can be more than text on it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from datasets_made import HOSTILE, write_cgd, write_tdd
from word_bags import WordBags

from gpiot_data.errors import BadDataset
from gpiot_data.publish.projection import SIDE, project
from gpiot_data.publish.report import MAX_POINTS, write_report
from gpiot_data.publish.report_figures import asked, facets_of, pairs_of
from gpiot_data.schema import CG_PROMPT, TD_PROMPT
from gpiot_data.show import choose_rows
from gpiot_data.store import canonical_json


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cgd(tmp_path_factory.mktemp("cgd") / "d", 40, WordBags(), HOSTILE)


def figures(path: Path) -> dict:
    found = re.search(r'<script type="application/json" id="figures">(.*?)</script>', path.read_text(), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def facet(found: dict, name: str) -> dict[str, int]:
    """Return how many rows each value of a property has."""
    chosen = next(facet for facet in found["facets"] if facet["name"] == name)
    codes = [code for codes in chosen["codes"] for code in (codes if isinstance(codes, list) else [codes])]
    return {value: codes.count(code) for code, value in enumerate(chosen["values"])}


def test_the_page_holds_what_the_rows_are(folder: Path, tmp_path: Path) -> None:
    found = figures(write_report(folder, tmp_path / "r.html", WordBags()))
    assert (found["name"], found["version"], found["total"], found["counted"]) == ("toy-cgd", "1.2.0", 40, 40)
    assert facet(found, "kind") == {"description": 20, "implementation": 20}
    assert facet(found, "source") == {"other": 20, "toy": 20}
    assert facet(found, "tag") == {"general": 20, "io": 20, "signal": 20}
    assert facet(found, "verdict") == {"not_run": 20, "passed": 13, "ran": 7}
    assert facet(found, "operation") == {"rename": 5}
    assert [column["title"] for column in found["lengths"]] == ["Question", "Answer", "Program"]
    assert sum(value > 0 for value in found["lengths"][2]["values"]) == 20
    assert [stage["name"] for stage in found["statistics"]["funnel"]] == ["pairs", "dedup"]
    assert set(found["diversity"]) == {"question", "answer", "code"}
    assert len(found["map"]["points"]) == 40


def test_rows_of_papers_are_counted_by_what_augmentation_changed(tmp_path: Path) -> None:
    found = figures(write_report(write_tdd(tmp_path / "d", 12, WordBags()), encoder=WordBags()))
    assert facet(found, "aspect") == {"modality": 5, "raw": 5, "resource": 2}
    assert facet(found, "modality") == {"radar": 3, "IMU": 2}
    assert facet(found, "platform") == {"ESP32": 2}
    assert next(facet["title"] for facet in found["facets"] if facet["name"] == "source") == "Paper"
    assert "tag" not in [facet["name"] for facet in found["facets"]]


def test_aspects_that_were_changed_together_count_each() -> None:
    step = {"id": "0", "aspect": "modality+resource", "operation": "swap", "params": {"modality": "radar", "platform": "ESP32"}}
    row = {"kind": "k", "split": "train", "source": {"source": "s"}, "verdict": {"status": "not_run"}, "license": "MIT", "parents": [step]}
    plain = {**row, "parents": []}
    found = {"facets": facets_of([row, plain], {})}
    assert facet(found, "aspect") == {"modality": 1, "raw": 1, "resource": 1}
    assert (facet(found, "modality"), facet(found, "platform"), facet(found, "operation")) == ({"radar": 1}, {"ESP32": 1}, {"swap": 1})


def test_the_same_dataset_gives_the_same_page(folder: Path, tmp_path: Path) -> None:
    first = write_report(folder, tmp_path / "a.html", WordBags()).read_bytes()
    again = write_cgd(tmp_path / "d", 40, WordBags(), HOSTILE)
    assert write_report(again, encoder=WordBags()) == again / "report.html"
    assert (again / "report.html").read_bytes() == first


def test_no_text_of_a_row_is_markup(folder: Path, tmp_path: Path) -> None:
    page = write_report(folder, tmp_path / "r.html", WordBags()).read_text()
    assert page.count("<script") == page.count("</script>") == 2
    assert "<img" not in page
    shown = [row["question"] + row["answer"] for row in figures(tmp_path / "r.html")["sample"]]
    assert any("</script><img src=x onerror" in text for text in shown)
    assert "\\u202e" not in page


def test_only_the_pages_own_style_and_script_may_be_used(folder: Path, tmp_path: Path) -> None:
    page = write_report(folder, tmp_path / "r.html", WordBags()).read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    style, script = re.search(r"<style>(.*?)</style>", page, re.DOTALL), re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    assert style is not None
    assert script is not None
    assert policy[1] == (
        f"default-src 'none'; style-src 'sha256-{digest(style[1])}'; script-src 'sha256-{digest(script[1])}'; base-uri 'none'; form-action 'none'"
    )
    assert "http" not in style[1]
    assert set(re.findall(r"https?://[^\"'`\s]*", script[1])) == {"http://www.w3.org/2000/svg"}


def test_the_ten_rows_are_those_that_show_draws(folder: Path, tmp_path: Path) -> None:
    found = figures(write_report(folder, tmp_path / "r.html", WordBags()))["sample"]
    assert [row["id"] for row in choose_rows(folder, None, 10, None)] == [row["id"] for row in found]
    assert {name for name, _ in found[0]["lineage"]} >= {"Source", "Span", "Licence", "Made by", "Made from", "Verdict"}


def test_pairs_that_are_least_alike_come_first_and_name_what_stayed() -> None:
    kept = {"id": "k", "messages": [{"content": CG_PROMPT.format(specification="## Target\nFind peaks.\n\n## Input\n- none")}], "source": {"source": "s", "page": 3}}  # fmt: skip
    base = {"source": "s", "place": "a.py:1", "text": "Describe `f`.", "field": "answer", "reason": "near_duplicate_meaning"}
    rejected = [
        {**base, "of": "k", "metric": "cosine", "score": 0.95},
        {**base, "of": "gone", "metric": "jaccard", "score": 0.71},
        {**base, "of": "k", "metric": "exact", "score": 1.0, "reason": "exact_duplicate"},
        {**base, "of": None, "metric": None, "score": None, "reason": "trivial"},
    ]
    found = pairs_of(rejected, [kept])
    assert (found["count"], found["copies"]) == (2, 1)
    assert [(pair["score"], pair["kept"], pair["kept_from"]) for pair in found["shown"]] == [
        (0.71, "", ""),
        (0.95, "Find peaks.", "s, page 3"),
    ]
    assert found["scores"] == [{"metric": "cosine", "score": 95, "pairs": 1}, {"metric": "jaccard", "score": 71, "pairs": 1}]


def test_what_a_row_asks_is_without_the_words_of_the_prompt() -> None:
    assert asked(TD_PROMPT.format(problem="Count steps.")) == "Count steps."
    assert asked("Describe `f` of the package p.") == "Describe `f` of the package p."


def test_a_dataset_made_without_vectors_says_why_it_has_no_map(tmp_path: Path) -> None:
    folder = write_cgd(tmp_path / "d", 8)
    lock = json.loads((folder / "lock.json").read_text())
    lock["manifest"]["dedup"]["method"] = "exact"
    (folder / "lock.json").write_text(json.dumps(lock))
    assert figures(write_report(folder))["map"] == {
        "points": [],
        "why": "This dataset was built without vectors, so there is no map of it.",
    }


def test_weights_that_are_not_here_are_named(tmp_path: Path) -> None:
    folder = write_cgd(tmp_path / "d", 8)
    lock = json.loads((folder / "lock.json").read_text())
    lock["manifest"]["dedup"]["encoder"] = "no/such-model"
    (folder / "lock.json").write_text(json.dumps(lock))
    assert "no/such-model" in figures(write_report(folder))["map"]["why"]


def test_a_dataset_without_rows_has_a_page(tmp_path: Path) -> None:
    found = figures(write_report(write_cgd(tmp_path / "d", 0), encoder=WordBags()))
    assert (found["total"], found["map"]["points"], found["sample"], found["diversity"]) == (0, [], [], {})


@pytest.mark.parametrize("broken", ["lock.json", "statistics.json", "diversity.json", "rejected.jsonl", "data/train.jsonl"])
def test_a_damaged_folder_is_one_sentence(tmp_path: Path, folder: Path, broken: str) -> None:
    copy = shutil.copytree(folder, tmp_path / "d")
    (copy / broken).write_text(canonical_json({"text": "x", "of": "y", "metric": "cosine"}) + "\n")
    with pytest.raises(BadDataset) as caught:
        write_report(copy, encoder=WordBags())
    assert "\n" not in str(caught.value)
    assert not (copy / "report.html").exists()


@pytest.mark.parametrize(("name", "old", "new"), [("diversity.json", '"rows":1,', '"rows":NaN,'), ("rejected.jsonl", "0.9123", "Infinity"), ("lock.json", '"dataset_sha256": "', '"dataset_sha256": "x')])  # fmt: skip
def test_numbers_that_no_browser_reads_are_refused(tmp_path: Path, folder: Path, name: str, old: str, new: str) -> None:
    copy = shutil.copytree(folder, tmp_path / "d")
    text = (copy / name).read_text()
    assert old in text
    (copy / name).write_text(text.replace(old, new))
    with pytest.raises(BadDataset):
        write_report(copy, encoder=WordBags())


def test_rows_of_one_meaning_lie_together_and_others_apart() -> None:
    questions = ["radar phase"] * 5 + ["wavelet noise"] * 5
    points = project(questions, ["answer"] * 10, WordBags())
    assert len(set(points[:5])) == len(set(points[5:])) == 1
    assert abs(points[0][0] - points[9][0]) == SIDE
    assert project(questions, ["answer"] * 10, WordBags()) == points
    assert project([], [], WordBags()) == []
    assert project(["one"], ["row"], WordBags()) == [(SIDE // 2, SIDE // 2)]
    assert project(["a", "b"], ["c", "d"], WordBags(dims=1)) == [(SIDE // 2, 0)] * 2


def test_an_encoder_that_misbehaves_is_named() -> None:
    class Short(WordBags):
        def encode(self, texts):
            return super().encode(texts)[:-1]

    with pytest.raises(Exception, match="the encoder bags returned an array of shape"):
        project(["a", "b"], ["c", "d"], Short())


@pytest.mark.slow
def test_thirty_thousand_rows_make_a_page_below_five_megabytes(tmp_path: Path) -> None:
    path = write_report(write_cgd(tmp_path / "d", 30_000), encoder=WordBags())
    found = figures(path)
    assert (found["total"], found["counted"], len(found["map"]["points"])) == (30_000, 30_000, MAX_POINTS)
    assert path.stat().st_size < 5_000_000
