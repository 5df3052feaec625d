"""A whole comparison with systems that answer from a script: figures, files, and going on after an interruption."""

from __future__ import annotations

import json
import re

import pytest
from word_bags import WordBags

from gpiot_data.errors import InputError, RemoteError
from gpiot_data.schema import render_tasks
from gpiot_infer.iotbench.bench import run_bench
from gpiot_infer.iotbench.comparison import Comparison, SystemEntry
from gpiot_infer.iotbench.report import summarise
from gpiot_infer.iotbench.schema import load_suite
from gpiot_infer.iotbench.systems import Loss, Reply

CODE, WAY = "lora-link-margin", "fall-detection-wrist-imu"
DOCUMENTATION = "The function returns the link margin in decibels."


class Scripted:
    """Answers by kind from a list, one for each sample in turn."""

    def __init__(self, name, answers, nats=100.0, parallel=1):
        self.name, self.parallel, self.answers, self.nats = name, parallel, answers, nats
        self.asked = []
        self.fails_at = None

    def identity(self, question):
        return {"script": self.name, "task": question.task}

    def answer(self, question, sampling):
        if self.fails_at == len(self.asked):
            raise RemoteError("the script is over")
        self.asked.append((question.task, sampling))
        texts = self.answers[question.kind]
        return Reply(texts[(len(self.asked) - 1) % len(texts)], "end", 7)

    def loss(self, question):
        return Loss(self.nats) if self.nats is not None else Loss(None, "the script does not tell")

    def describe(self):
        return {"name": self.name}

    def close(self):
        pass


@pytest.fixture(scope="module")
def suite():
    return load_suite("v1", locked=False)


@pytest.fixture(scope="module")
def references(suite):
    """The reference answers of the two tasks asked."""
    (code,) = [task for task in suite.code if task.id == CODE]
    (way,) = [task for task in suite.decomposition if task.id == WAY]
    return {
        "code": f"```python\n{code.reference}\n```\n\n{DOCUMENTATION}",
        "decomposition": render_tasks(way.tasks),
        "wrong": code.wrong[0].program,
    }


def comparison(*names, **options):
    entries = tuple(SystemEntry(name=name, adapters="none") for name in names)
    return Comparison(schema="gpiot.bench/1", name="toy", systems=entries, **{"tasks": (CODE, WAY), "n": 2, **options})


def run(suite, out, *systems, **options):
    by_name = {system.name: system for system in systems}
    wanted = comparison(*by_name, **options)
    return run_bench(wanted, suite, out, lambda entry: by_name[entry.name], lambda _choice: WordBags(), lambda _line: None)


def total(results, kind, name, system=0):
    return results["systems"][system]["figures"][kind]["total"][name]["value"]


@pytest.fixture(scope="module")
def good_and_bad(suite, references, tmp_path_factory):
    """The results and folder of a comparison between what is right and what is not."""
    out = tmp_path_factory.mktemp("bench") / "out"
    wrong = f"```python\n{references['wrong']}\n```"
    bad = Scripted("bad", {"code": [wrong, "I cannot write that: it's (too hard."], "decomposition": ["Just do it."]}, nats=None)
    good = Scripted("good", {"code": [references["code"]], "decomposition": [references["decomposition"]]}, nats=50.0)
    return run(suite, out, good, bad), out


def test_reference_answers_reach_the_best_of_every_figure(good_and_bad, references):
    results, _ = good_and_bad
    for name in ("pass@1", "pass@2", "cases_passed", "ran", "imported", "parsed", "well_formed"):
        assert total(results, "code", name) == 1.0
    assert total(results, "code", "bleu") == pytest.approx(100.0)
    assert total(results, "code", "similarity") == pytest.approx(1.0, abs=1e-3)
    assert total(results, "decomposition", "well_formed") == 1.0
    assert total(results, "decomposition", "coverage") >= 0.95
    assert total(results, "code", "tokens") == 7.0
    size = len(references["code"].removesuffix(f"\n\n{DOCUMENTATION}").replace("\n\n```", "\n```").encode())
    assert total(results, "code", "loss_per_byte") == pytest.approx(50.0 / size, rel=1e-2)


def test_wrong_and_broken_answers_are_told_apart(good_and_bad):
    results, out = good_and_bad
    # One of two answers is Python that runs on every case and is wrong.
    assert [total(results, "code", name, 1) for name in ("pass@1", "pass@2", "parsed", "imported", "ran", "well_formed")] == [
        *(0.0, 0.0, 0.5, 0.5, 0.5, 0.0)
    ]
    assert total(results, "code", "cases_passed", 1) < 0.5
    assert [total(results, "decomposition", name, 1) for name in ("coverage", "well_formed")] == [0.0, 0.0]
    assert total(results, "code", "loss_per_byte", 1) is None
    assert results["systems"][1]["no_loss"] == ["the script does not tell"]
    rows = [json.loads(line) for line in (out / "scores.jsonl").read_text().splitlines()]
    statuses = [(row["system"], row["status"]) for row in rows if row["kind"] == "code"]
    assert statuses == [("good", "passed"), ("good", "passed"), ("bad", "failed"), ("bad", "unparsable")]
    assert {row["isolation"] for row in rows if row["kind"] == "code"} == {"strong", None}


def test_differences_are_to_the_first_system(good_and_bad):
    results, _ = good_and_bad
    assert results["systems"][0]["over_first"] == {}
    assert results["systems"][1]["over_first"]["code"]["pass@1"]["value"] == -1.0


def test_figures_are_given_by_domain(good_and_bad):
    results, _ = good_and_bad
    assert {name: of["pass@1"]["n_tasks"] for name, of in results["systems"][0]["figures"]["code"]["domains"].items()} == {"link-budget": 1}


def test_results_record_what_they_were_measured_with(good_and_bad):
    results, _ = good_and_bad
    assert results["comparison"]["n"] == 2
    assert set(results["software"]["linters"]) == {"ruff", "bandit", "bugs", "smells", "not_smells"}
    assert results["software"]["encoder"] == {"name": "bags", "sha256": "b" * 64}
    assert "tok:13a" in results["software"]["signatures"]["bleu"]
    assert not re.search(r"seconds|rss", json.dumps(results))


def test_answers_are_kept_as_canonical_lines(good_and_bad):
    _, out = good_and_bad
    lines = (out / "answers" / "good.jsonl").read_text().splitlines()
    assert [sorted(json.loads(line)) for line in lines] == [["finish", "id", "kind", "sample", "task", "text", "tokens"]] * 4
    assert lines == [json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False) for line in lines]


def test_the_summary_names_the_headlines(good_and_bad):
    results, _ = good_and_bad
    assert summarise(results).splitlines()[0].startswith("code, good: pass@1 1; cases_passed 1; loss_per_byte 0.0")
    assert "loss_per_byte not known" in summarise(results)


def test_the_report_stands_alone_and_shows_failures(good_and_bad):
    _, out = good_and_bad
    page = (out / "report.html").read_text()
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#)|url\(|@import|<script|<link""", page)
    assert "default-src 'none'" in page
    assert page.count("<details>") == len(re.findall(r"<summary>", page)) == 2
    assert "<h4>Code</h4>" in page
    assert "1 code task, 1 decomposition task; 2 answers each" in page
    assert "it&#x27;s (too hard." not in page  # the nearest failure of the task is shown, not the broken one
    assert "Just do it." in page
    for opened in ("table", "div", "details", "main", "nav", "tr", "td", "th"):
        assert len(re.findall(rf"<{opened}[ >]", page)) == page.count(f"</{opened}>")
    # Over one task nothing is better or worse, and no domain is told apart.
    assert not re.search(r"class='(?:good|bad)'|class='bar'", page)


def test_a_difference_over_many_tasks_is_named_and_figures_that_are_equal_are_left_out(suite, tmp_path):
    ids = tuple(task.id for task in suite.decomposition)
    plans = {task.id: render_tasks(task.tasks) for task in suite.decomposition}

    class Planner(Scripted):
        def answer(self, question, sampling):
            text = plans[question.task] if self.name == "whole" else plans[question.task].split("\n\n")[0]
            return Reply(text, "end", 5)

    systems = {name: Planner(name, {}) for name in ("whole", "part")}
    wanted = comparison(*systems, tasks=ids, n=1, parts="decomposition", loss=False)
    results = run_bench(wanted, suite, tmp_path / "out", lambda entry: systems[entry.name], lambda _choice: WordBags(), lambda _line: None)
    page = (tmp_path / "out" / "report.html").read_text()
    difference = page[page.index("Difference to whole") : page.index("By domain")]
    assert re.search(r"checklist met.*?<span class='bad'>worse</span>", difference)
    assert "tokens per answer" not in difference
    domains = page[page.index("By domain") : page.index("Examples of failures")]
    sizes = [int(n) for n in re.findall(r"n = (\d+)", domains)]
    assert sizes
    assert min(sizes) >= 2
    assert len(sizes) < len(results["systems"][0]["figures"]["decomposition"]["domains"])
    assert "not shown" in domains


@pytest.mark.slow
def test_a_refused_answer_is_kept_with_its_reason_and_the_run_goes_on(suite, references, tmp_path):
    class Picky(Scripted):
        def answer(self, question, sampling):
            self.asked.append((question.task, sampling))
            return Reply("", "refused", None, "status 400, too long") if question.kind == "code" else Reply("I", "content_filter", 1)

    first = Picky("picky", {})
    results = run(suite, tmp_path / "out", first, n=1)
    again = Picky("picky", {})
    assert run(suite, tmp_path / "out", again, n=1) == results
    assert (len(first.asked), again.asked) == (2, [])
    lines = [json.loads(line) for line in (tmp_path / "out" / "answers" / "picky.jsonl").read_text().splitlines()]
    assert [(line["finish"], line.get("reason")) for line in lines] == [("content_filter", None), ("refused", "status 400, too long")]
    assert (total(results, "code", "parsed"), total(results, "code", "pass@1")) == (0.0, 0.0)
    page = (tmp_path / "out" / "report.html").read_text()
    assert "1 answer refused by the server." in page
    assert "1 answer held back by the server's filter." in page


def test_a_report_shows_markup_of_an_answer_as_text(suite, tmp_path):
    evil = "<script>alert(1)</script>\x1b[2J<img src=http://example.com/x>"
    run(suite, tmp_path / "out", Scripted("evil", {"code": [evil], "decomposition": [evil]}), n=1)
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<script" not in page
    assert "<img" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;" in page


def files(out):
    """What the claim covers: run.json holds seconds and memory, and the report shows them."""
    names = ("run.json", "report.html")
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file() and path.name not in names}


@pytest.mark.slow
def test_the_same_comparison_again_asks_and_runs_nothing_and_gives_the_same_bytes(suite, references, tmp_path, monkeypatch):
    first = Scripted("good", {"code": [references["code"]], "decomposition": [references["decomposition"]]})
    run(suite, tmp_path / "out", first)
    before = files(tmp_path / "out")
    monkeypatch.setattr("gpiot_infer.iotbench.verdicts.open_for_answers", lambda _choice: pytest.fail("a program was run again"))
    again = Scripted("good", {"code": ["other"], "decomposition": ["other"]})
    run(suite, tmp_path / "out", again)
    assert (len(first.asked), again.asked) == (4, [])
    assert files(tmp_path / "out") == before


@pytest.mark.slow
def test_an_interrupted_comparison_goes_on_where_it_was(suite, references, tmp_path):
    answers = {"code": [references["code"]], "decomposition": [references["decomposition"]]}
    run(suite, tmp_path / "whole", Scripted("good", answers))
    broken = Scripted("good", answers)
    broken.fails_at = 3
    with pytest.raises(RemoteError):
        run(suite, tmp_path / "out", broken)
    # A line torn by a kill.
    with (tmp_path / "out" / "ledger" / "answers.jsonl").open("ab") as stream:
        stream.write(b'{"key":"torn')
    rest = Scripted("good", answers)
    run(suite, tmp_path / "out", rest)
    assert (len(broken.asked), len(rest.asked)) == (3, 1)
    whole, out = ({file: data for file, data in files(tmp_path / name).items() if "ledger" not in file} for name in ("whole", "out"))
    assert whole == out


@pytest.mark.slow
def test_more_answers_ask_only_for_what_is_new(suite, references, tmp_path):
    answers = {"code": [references["code"]], "decomposition": [references["decomposition"]]}
    run(suite, tmp_path / "out", Scripted("good", answers), n=1)
    more = Scripted("good", answers)
    run(suite, tmp_path / "out", more, n=3)
    assert len(more.asked) == 4


@pytest.mark.slow
def test_seeds_differ_between_samples_tasks_and_systems_and_not_between_runs(suite, references, tmp_path):
    answers = {"code": ["x = 1"], "decomposition": ["-"]}
    one, other, again = Scripted("one", answers), Scripted("other", answers), Scripted("one", answers)
    run(suite, tmp_path / "a", one, other)
    run(suite, tmp_path / "b", again)
    seeds = [sampling.seed for system in (one, other) for _, sampling in system.asked]
    assert len(set(seeds)) == 8
    assert [sampling for _, sampling in again.asked] == [sampling for _, sampling in one.asked]
    assert {(sampling.temperature, sampling.top_p, sampling.min_p) for _, sampling in one.asked} == {(0.7, 0.95, 0.0)}


@pytest.mark.slow
def test_parallel_questions_give_the_same_results(suite, tmp_path):
    answers = {"code": ["x = 1"], "decomposition": ["-"]}
    run(suite, tmp_path / "a", Scripted("one", answers))
    run(suite, tmp_path / "b", Scripted("one", answers, parallel=3))
    assert (tmp_path / "a" / "results.json").read_bytes() == (tmp_path / "b" / "results.json").read_bytes()


def test_a_folder_of_others_is_left_alone(suite, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    system = Scripted("one", {"code": ["x = 1"], "decomposition": ["-"]})
    with pytest.raises(InputError, match="is not empty and was not made by gpiot-infer bench"):
        run(suite, tmp_path / "out", system)
    assert (system.asked, [path.name for path in (tmp_path / "out").iterdir()]) == ([], ["mine.txt"])
