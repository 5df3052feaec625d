"""What the statistics of a dataset count, and that its card shows them."""

from __future__ import annotations

import random

from gpiot_data.plan import Plan, describe_source
from gpiot_data.publish.card import render_card
from gpiot_data.publish.facts import Facts
from gpiot_data.publish.statistics import measure_build, measure_rows
from gpiot_data.quality.diversity import Diversity
from gpiot_data.quality.subjects import is_general, packages_of, tags_of
from gpiot_data.sources.packages import PackageSource
from gpiot_data.sources.papers import PaperSource
from gpiot_data.stages import StageResult

PLAN = Plan(schema="gpiot.manifest/1", name="toy", version="1.0.0", kind="cgd", corpora=("c.yaml",))
TOY = PackageSource(
    "toy", "1.0", "toy-1.0.tar.gz", "0" * 64, "MIT", corpus="c", tags=("general",), module_tags={"toy.sub": ("signal", "ml")}
)
EMPTY = PackageSource("empty", "2.0", "empty-2.0.tar.gz", "1" * 64, "BSD-3-Clause", corpus="c", tags=("io",))
SOURCES = [EMPTY, TOY]


def row(name: str, kind: str = "implementation", status: str = "passed", code: str | None = None, **given: object) -> dict:
    where = (
        {"isolation": "strong", "environment": "env-1"}
        if status in ("passed", "ran", "timeout")
        else {"isolation": None, "environment": None}
    )
    return {
        "id": name, "kind": kind, "symbol": "toy.f", "code": code if code is not None else f"x = {name!r}\n", "parents": [], "split": "train",
        "verdict": {"status": status, "reason": None, **where}, "source": {"source": "toy"}, **given,
    }  # fmt: skip


def described(name: str, **given: object) -> dict:
    return row(name, "description", "not_run", code="", **given)


ROWS = [
    row("a"),
    row("b", status="ran", symbol="toy.sub.g"),
    row("c", status="ran", code="x = 'a'\n"),
    row("d", status="passed", parents=[{"id": "a"}], symbol="toy.sub.g"),
    row("e", "example", status="timeout", split="test"),
    row("f", "example", status="needs_network"),
    row("g", "example", status="not_installed"),
    row("h", "example", status="not_run"),
    described("i", symbol="toy.sub"),
]


def stage(name: str, rows: list[dict], rejected: list[dict], before: int | None) -> StageResult:
    reasons = {item["reason"]: 1 for item in rejected}
    return StageResult(rows, rejected, {"name": name, "in": before, "out": len(rows), "rejected": reasons, "params": {}}, reused=False)


def test_rows_are_counted_by_kind_split_source_tag_and_verdict() -> None:
    found = measure_rows(ROWS, packages_of(SOURCES))
    assert found == {
        "rows": 9,
        "kinds": {"description": 1, "example": 4, "implementation": 4},
        "splits": {"test": {"example": 1}, "train": {"description": 1, "example": 3, "implementation": 4}},
        "sources": {"toy": {"description": 1, "example": 4, "implementation": 4}},
        "tags": {"general": 6, "ml": 3, "signal": 3},
        "specialised": 3,
        "verdicts": {
            "example": {"needs_network": 1, "not_installed": 1, "not_run": 1, "timeout": 1},
            "implementation": {"passed": 2, "ran": 2},
        },
        "executions": [
            {"status": "needs_network", "isolation": "", "environment": "", "programs": 1},
            {"status": "not_installed", "isolation": "", "environment": "", "programs": 1},
            {"status": "not_run", "isolation": "", "environment": "", "programs": 1},
            {"status": "passed", "isolation": "strong", "environment": "env-1", "programs": 2},
            {"status": "ran", "isolation": "strong", "environment": "env-1", "programs": 2},
            {"status": "timeout", "isolation": "strong", "environment": "env-1", "programs": 1},
        ],
        # a and c are one program, d is a variant.
        "origin_programs": 2,
        # Four of the six that need neither a network nor a package; two of eight that do.
        "executed_share": round(4 / 6, 6),
        "unrunnable_share": 0.25,
    }
    assert measure_rows(random.Random(1).sample(ROWS, len(ROWS)), packages_of(SOURCES)) == found


def test_rows_without_programs_have_no_shares() -> None:
    found = measure_rows([described("i")], packages_of(SOURCES))
    assert (found["executed_share"], found["unrunnable_share"], found["verdicts"], found["origin_programs"]) == (None, None, {}, 0)


def test_rows_of_papers_have_no_tags() -> None:
    paper = PaperSource(id="p", file="p.pdf", sha256="0" * 64, license="CC-BY-4.0")
    rows = [{"id": "a", "kind": "decomposition", "split": "train", "source": {"source": "p"}, "parents": []}]
    found = measure_rows(rows, packages_of([paper]))
    assert (found["kinds"], found["tags"], found["specialised"]) == ({"decomposition": 1}, {}, None)


def test_a_package_without_tags_is_neither_general_nor_specialised() -> None:
    bare = PackageSource("toy", "1.0", "toy-1.0.tar.gz", "0" * 64, "MIT")
    found = measure_rows(ROWS, packages_of([bare]))
    assert (found["tags"], found["specialised"]) == ({}, 0)


def test_tags_are_those_of_the_nearest_module() -> None:
    packages = packages_of(SOURCES)
    assert tags_of(row("a", symbol="toy.sub.deep.h"), packages) == ("signal", "ml")
    assert tags_of(row("a", symbol="other.f"), packages) == ("general",)
    assert tags_of(row("a", source={"source": "unknown"}), packages) == ()
    assert is_general(row("a"), packages)
    assert not is_general(row("a", symbol="toy.sub.g"), packages)


def built() -> dict:
    refused = [{"reason": "trivial", "source": "toy"}, {"reason": "not_obtained", "source": "empty"}]
    first = stage("pairs", [*ROWS, row("z")], refused, None)
    return measure_build(SOURCES, [first, stage("verify", ROWS, [{"reason": "failed", "source": "toy"}], 10)])


def test_a_build_tells_candidates_by_source_before_any_was_dropped_and_the_funnel() -> None:
    found = built()
    assert found["candidates"] == {"empty": {}, "toy": {"description": 1, "example": 4, "implementation": 5}}
    assert found["refused"] == {"empty": {"not_obtained": 1}, "toy": {"trivial": 1}}
    assert found["funnel"] == [
        {"name": "pairs", "in": None, "out": 10, "rejected": {"trivial": 1, "not_obtained": 1}},
        {"name": "verify", "in": 10, "out": 9, "rejected": {"failed": 1}},
    ]
    assert found["rows"] == 9


def card_of(statistics: dict) -> str:
    sources = [describe_source(source) for source in SOURCES]
    facts = Facts(sources=sources, stages=statistics["funnel"], files=(), statistics=statistics, digest="0" * 64)
    return render_card(PLAN, facts, Diversity(0, None, {}))


def test_the_card_shows_the_statistics() -> None:
    card = card_of(built()).splitlines()
    for line in (
        "| example | test | 1 |",
        "| implementation | train | 4 |",
        f"| empty | 2.0 | BSD-3-Clause | 0 | 1 | 0 | `{'1' * 16}` |",
        f"| toy | 1.0 | MIT | 10 | 1 | 9 | `{'0' * 16}` |",
        "3 of 9 rows come from packages that are not general-purpose.",
        "| signal | 3 |",
        "| pairs | 10 | not_obtained 1, trivial 1 |",
        "| verify | 9 | failed 1 |",
        "| passed | strong | env-1 | 2 |",
        "| not_run |  |  | 1 |",
        "Of 8 programs 25.0% need a network or a package that does not install; of the",
        "others 66.7% ran to their end. 2 different programs that are no",
        "| implementation | ran | 2 |",
    ):
        assert line in card


def test_the_card_of_a_build_that_ran_nothing_says_so() -> None:
    statistics = measure_build(SOURCES, [stage("pairs", [row("a", status="not_run")], [], None)])
    card = card_of(statistics)
    assert "No row was executed in this build: every verdict is `not_run`." in card
    assert "## Execution" not in card
