"""Limits: what stays of rows that are too many of their symbol, wording or kind, whatever their order."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpiot_data.errors import BadManifest, QualityGateFailed
from gpiot_data.plan import LimitsRule, Plan
from gpiot_data.quality.diversity import answer_text, skeleton_of
from gpiot_data.quality.limits import limit_rows, run_limits_stage
from gpiot_data.schema import Kept
from gpiot_data.sources.packages import PackageSource
from gpiot_data.stages import StageResult

LOOSE = LimitsRule(skeleton=1.0, descriptions=1.0)
#: Words that differ, so that texts made of them have different skeletons.
WORDS = [f"{a}{b}{c}" for a, b, c in itertools.product("bdfgklm", "aeiou", "nprst")]


def row(
    name: str,
    symbol: str = "toy.f",
    *,
    code: str | None = "x = f()",
    target: str | None = None,
    text: str | None = None,
    status: str = "passed",
    parents: int = 0,
    source: str = "toy",
    kind: str = "implementation",
) -> dict:
    words = " ".join(WORDS[int(digit)] for digit in str(sum(map(ord, name)) * 7919 + len(name)))
    return {
        "id": name, "kind": kind, "symbol": symbol, "code": code, "documentation": f"It {words}." if text is None else text,
        "specification": None if code is None else {"target": target or f"Try to {words}", "inputs": [], "outputs": []},
        "parents": [{}] * parents, "verdict": {"status": status},
        "source": {"source": source, "page": None, "path": "toy.py", "lines": [1, 2]},
    }  # fmt: skip


def described(name: str, symbol: str, source: str = "toy") -> dict:
    return row(name, symbol, code=None, kind="description", status="not_run", source=source, text=f"It {name} the thing.")


def limited(rows: list[dict], rule: LimitsRule = LOOSE, general: str = "general") -> dict[str, tuple[str, str | None] | str]:
    """Return by id "kept", or the reason and the row that stands for it."""
    found = list(limit_rows(rows, rule, lambda row: row["source"]["source"] == general))
    ids = sorted(row["id"] for row in rows)
    return {row_id: "kept" if isinstance(item, Kept) else (item.reason, item.of) for row_id, item in zip(ids, found, strict=True)}


def kept(rows: list[dict], rule: LimitsRule = LOOSE) -> list[str]:
    return [name for name, fate in limited(rows, rule).items() if fate == "kept"]


def program(number: int) -> str:
    return "x = f(" + ", ".join(["a"] * number) + ")"


def test_of_rows_of_a_symbol_that_differ_in_names_and_literals_the_best_stays() -> None:
    rows = [
        row("a", code="y = g(1)  # one", status="ran"),
        row("b", code="signal = f('text')", status="passed", parents=1),
        row("c", code="z = h(-2.5)", status="passed"),
        row("d", code="z = h(-2.5)", symbol="toy.g"),
        row("e", code="z = h(1, 2)", status="timeout"),
    ]
    assert limited(rows) == {"a": ("same_skeleton", "c"), "b": ("same_skeleton", "c"), "c": "kept", "d": "kept", "e": "kept"}


def test_the_same_program_under_another_kind_of_row_counts_once() -> None:
    assert limited([row("a", kind="example"), row("b", kind="implementation")]) == {"a": "kept", "b": ("same_skeleton", "a")}


def test_a_symbol_has_at_most_so_many_rows_of_a_kind_the_best_first() -> None:
    statuses = ["timeout", "ran", "passed", "passed", "needs_network", "ran", "passed"]
    rows = [row(f"r{n}", code=program(n), status=status, parents=n == 2) for n, status in enumerate(statuses)]
    others = [row("example", code=program(9), kind="example"), row("other", "toy.g", code=program(0))]
    rule = LimitsRule(per_symbol=4, skeleton=1.0, descriptions=1.0)
    assert kept([*rows, *others], rule) == ["example", "other", "r1", "r2", "r3", "r6"]
    assert limited(rows, rule)["r5"] == ("symbol_limit", None)


def test_rows_that_only_repeat_another_one_take_no_place() -> None:
    rows = [row("a", code=program(1)), row("b", code=program(1)), row("c", code=program(2))]
    assert kept(rows, LimitsRule(per_symbol=2, skeleton=1.0, descriptions=1.0)) == ["a", "c"]


def test_a_target_fills_no_more_than_its_share_of_the_rows_that_are_left() -> None:
    rows = [row(f"c{n:02}", f"toy.c{n}", target=f"Filter `signal{n}`", status="ran" if n % 2 else "passed") for n in range(20)]
    rows += [row(f"r{n:02}", f"toy.r{n}", target=f"Please {WORDS[n]}") for n in range(40)]
    rule = LimitsRule(skeleton=0.1, descriptions=1.0)
    fates = limited(rows, rule)
    stay = [name for name, fate in fates.items() if fate == "kept"]
    # Four of the 44 that are left; of sixty it would have been six.
    assert stay == ["c00", "c02", "c04", "c06", *(f"r{n:02}" for n in range(40))]
    assert {fate for fate in fates.values() if fate != "kept"} == {("common_target", None)}


def test_a_documentation_fills_no_more_than_its_share() -> None:
    rows = [row(f"c{n}", f"toy.c{n}", text=f"Returns `{n}`.") for n in range(5)] + [row(f"r{n}", f"toy.r{n}") for n in range(9)]
    fates = limited(rows, LimitsRule(skeleton=0.2, descriptions=1.0))
    assert [name for name, fate in fates.items() if fate == ("common_documentation", None)] == ["c2", "c3", "c4"]


def test_a_wording_that_occurs_once_is_never_too_common() -> None:
    rows = [row(f"r{n}", f"toy.r{n}") for n in range(3)]
    assert kept(rows, LimitsRule()) == ["r0", "r1", "r2"]


def test_descriptions_are_at_most_half_and_those_of_general_packages_go_first() -> None:
    rows = [row(f"p{n}", f"toy.p{n}") for n in range(3)]
    rows += [described(f"a{n}", f"gen.a{n}", "general") for n in range(4)] + [described(f"d{n}", f"toy.d{n}") for n in range(2)]
    fates = limited(rows, LimitsRule(skeleton=1.0))
    assert [name for name, fate in fates.items() if fate == "kept"] == ["a0", "d0", "d1", "p0", "p1", "p2"]
    assert fates["a1"] == ("description_limit", None)


def test_of_descriptions_those_whose_symbol_has_a_program_as_well_go_first() -> None:
    rows = [row(f"p{n}", f"toy.p{n}") for n in range(2)]
    rows += [described(f"a{n}", f"toy.p{n}") for n in range(2)] + [described(f"b{n}", f"toy.b{n}") for n in range(2)]
    assert kept(rows, LimitsRule(skeleton=1.0)) == ["b0", "b1", "p0", "p1"]
    rows += [described("c0", "gen.c0", "general")]
    assert kept(rows, LimitsRule(skeleton=1.0)) == ["b0", "b1", "p0", "p1"]


def test_a_share_that_no_binary_fraction_holds_is_exact() -> None:
    rows = [row(f"p{n}", f"toy.p{n}") for n in range(2)] + [described(f"d{n}", f"toy.d{n}") for n in range(5)]
    # Three of five are 0.6; in floating-point numbers 2 * 0.6 / (1 - 0.6) is less than three.
    assert kept(rows, LimitsRule(skeleton=1.0, descriptions=0.6)) == ["d0", "d1", "d2", "p0", "p1"]


def _many(seed: int, count: int) -> list[dict]:
    chosen = random.Random(seed)
    rows = []
    for number in range(count):
        source = chosen.choice(["toy", "general"])
        symbol = f"{source}.s{chosen.randrange(count // 4 + 1)}"
        about = chosen.choice(WORDS[:5]) if chosen.random() < 0.4 else WORDS[number % len(WORDS)]
        if chosen.random() < 0.6:
            rows.append(
                row(f"{number:05}", symbol, code=None, kind="description", status="not_run", source=source, text=f"It can {about}.")
            )
        else:
            kind, status = chosen.choice(["implementation", "example"]), chosen.choice(["passed", "ran", "timeout"])
            code, target = program(chosen.randrange(9)), f"Do {about} of `x{number}`"
            rows.append(row(f"{number:05}", symbol, code=code, target=target, status=status, source=source, kind=kind,
                            parents=chosen.randrange(2), text=f"Code to {chosen.choice(WORDS[:30])} {about}."))  # fmt: skip
    return rows


@given(st.integers(0, 10**6), st.integers(1, 150), st.integers(1, 4), st.sampled_from([0.02, 0.1, 0.35]), st.sampled_from([0.2, 0.5, 0.9]))
@settings(max_examples=40)
def test_every_limit_holds_for_what_stays_whatever_the_order(seed: int, count: int, most: int, skeleton: float, share: float) -> None:
    rows, rule = _many(seed, count), LimitsRule(per_symbol=most, skeleton=skeleton, descriptions=share)
    found = list(limit_rows(rows, rule, lambda row: row["source"]["source"] == "general"))
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert list(limit_rows(shuffled, rule, lambda row: row["source"]["source"] == "general")) == found
    stay = [item.row for item in found if isinstance(item, Kept)]
    assert max(Counter((item["symbol"], item["kind"]) for item in stay).values(), default=0) <= most
    contents = [(item["symbol"], skeleton_of(item["code"] or answer_text(item), bool(item["code"]))) for item in stay]
    assert len(set(contents)) == len(contents)
    for texts in ([item["specification"]["target"] for item in stay if item["code"]], [answer_text(item) for item in stay]):
        common = max(Counter(skeleton_of(text, False) for text in texts).values(), default=0)
        assert common <= max(1, skeleton * len(texts))
    assert sum(item["kind"] == "description" for item in stay) <= share * len(stay)


def test_what_stays_stays_again() -> None:
    rule = LimitsRule(per_symbol=2, skeleton=0.1)
    once = [item.row for item in limit_rows(_many(3, 200), rule, lambda row: False) if isinstance(item, Kept)]
    assert [item.row for item in limit_rows(once, rule, lambda row: False) if isinstance(item, Kept)] == once


def test_a_rejection_tells_what_it_was() -> None:
    (_, lost) = limit_rows([row("a"), row("b", target="Add numbers")], LOOSE, lambda row: False)
    assert lost.to_json() == {
        "reason": "same_skeleton", "source": "toy", "place": "toy.py:1", "text": "implementation of toy.f: Add numbers", "of": "a",
        "field": None, "metric": None, "score": None,
    }  # fmt: skip


SOURCES = (PackageSource("toy", "1.0", "toy-1.0.tar.gz", "0" * 64, "MIT", tags=("general",), module_tags={"toy.sub": ("signal",)}),)


def stage_of(rows: list[dict], digest: str = "0") -> StageResult:
    return StageResult(rows, [], {"digest": digest}, reused=False)


def test_the_stage_lets_descriptions_of_general_modules_go_first_and_is_kept(tmp_path: Path) -> None:
    rows = [described("a", "toy.a"), described("b", "toy.sub.b"), row("c")]
    first = run_limits_stage(LimitsRule(), SOURCES, tmp_path, stage_of(rows))
    assert [item["id"] for item in first.rows] == ["b", "c"]
    assert first.record["rejected"] == {"description_limit": 1}
    assert (first.record["name"], first.record["in"], first.record["params"]["per_symbol"]) == ("limits", 3, 6)
    assert run_limits_stage(LimitsRule(), SOURCES, tmp_path, stage_of(rows)).reused
    assert not run_limits_stage(LimitsRule(per_symbol=5), SOURCES, tmp_path, stage_of(rows)).reused
    # Other tags can let other rows go.
    assert not run_limits_stage(LimitsRule(per_symbol=5), (), tmp_path, stage_of(rows)).reused


def test_nothing_left_is_said(tmp_path: Path) -> None:
    with pytest.raises(QualityGateFailed, match=r"none of the 1 rows is within the limits; see .*rejected\.jsonl"):
        run_limits_stage(LimitsRule(), SOURCES, tmp_path, stage_of([described("a", "toy.a")]))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"per_symbol": 0}, "limits.per_symbol: expected a whole number from 1 on, got 0"),
        ({"skeleton": 1.5}, "limits.skeleton: expected a number from 0 to 1, got 1.5"),
        ({"descriptions": float("nan")}, "limits.descriptions: expected a number from 0 to 1, got nan"),
    ],
)
def test_limits_outside_their_range_are_refused(wrong: dict, message: str) -> None:
    with pytest.raises(BadManifest, match=message):
        LimitsRule(**wrong)


def test_limits_are_for_rows_of_packages() -> None:
    with pytest.raises(BadManifest, match="limits: rows of kind tdd have no symbol; leave the key out"):
        Plan(schema="gpiot.manifest/1", name="toy", version="1.0.0", kind="tdd", corpora=("c.yaml",), limits=LimitsRule())
