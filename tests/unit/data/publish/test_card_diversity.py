"""What the card of a dataset says of its diversity."""

from __future__ import annotations

from gpiot_data.plan import Plan
from gpiot_data.publish.card import render_card
from gpiot_data.publish.facts import Facts
from gpiot_data.publish.statistics import measure_build
from gpiot_data.quality.diversity import Diversity, Measure
from gpiot_data.stages import StageResult

PLAN = Plan(schema="gpiot.manifest/1", name="toy", version="1.0.0", kind="tdd", corpora=("c.yaml",))
NOTHING = measure_build([], [StageResult([], [], {"name": "pairs", "in": None, "out": 0, "rejected": {}}, reused=False)])


def _card(diversity: Diversity) -> list[str]:
    facts = Facts(sources=(), stages=(), files=(), statistics=NOTHING, digest="0" * 64)
    return render_card(PLAN, facts, diversity).splitlines()


def test_the_card_shows_the_last_point_of_each_curve() -> None:
    first = Measure(1, (1.0, 1.0, 1.0, 1.0), 1, 1.0, None, None)
    whole = Measure(40, (0.25, 0.5, 0.75, None), 30, 0.125, 0.4321, 12.34567)
    card = _card(Diversity(40, {"name": "e", "sha256": "0"}, {"question": (first, whole)}))
    assert [line for line in card if line.startswith("| question |")] == [
        "| question | 40 | 0.250 | 0.500 | 0.750 | not measured | 30 | 12.5% | 0.432 | 12.346 |"
    ]
    assert "## Diversity" in card


def test_the_card_of_no_rows_says_nothing_of_diversity() -> None:
    assert "## Diversity" not in _card(Diversity(0, None, {}))
