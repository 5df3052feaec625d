"""Which licences are open, and which rows are too close to a source that is not."""

from __future__ import annotations

import pytest

from gpiot_data.quality.licence import ClosedText, closed_sources, spdx_form, standing_of, too_close, unknown_licences

WORDS = [f"word{number}" for number in range(200)]


@pytest.mark.parametrize(
    ("expression", "standing"),
    [
        ("MIT", "open"),
        ("mit", "open"),
        ("CC-BY-4.0", "open"),
        ("CC-BY-SA-3.0", "open"),
        ("GPL-3.0-or-later", "open"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "open"),
        ("Apache-2.0 AND (MIT OR CC-BY-NC-4.0)", "open"),
        ("LicenseRef-scancode-matplotlib-1.3.0", "open"),
        ("MIT OR LicenseRef-house-rules", "open"),
        ("CC-BY-NC-4.0", "closed"),
        ("CC-BY-ND-4.0", "closed"),
        ("MIT AND CC-BY-NC-SA-4.0", "closed"),
        ("BUSL-1.1", "closed"),
        ("LicenseRef-house-rules", "unknown"),
        ("MIT AND LicenseRef-house-rules", "unknown"),
        ("NOASSERTION", "unknown"),
        ("BSD", "unknown"),
        ("MIT AND", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_licence_is_open_closed_or_unknown(expression: str, standing: str) -> None:
    assert standing_of(expression) == standing


def test_an_expression_has_one_form() -> None:
    assert [spdx_form(text) for text in ("apache-2.0 or mit", "free", "LicenseRef-x")] == ["Apache-2.0 OR MIT", None, "LicenseRef-x"]


def test_unknown_licences_of_sources_and_rows_are_told_once_each_unless_named() -> None:
    sources = [{"id": "a", "license": "MIT"}, {"id": "b", "license": "Freeware"}]
    rows = [{"id": "1", "license": "MIT"}, {"id": "2", "license": ""}, {"id": "3", "license": "Freeware"}]
    empty, free = unknown_licences(sources, rows, [])
    assert empty.startswith("row 2: the licence '' is unknown")
    assert free.startswith("source b and 1 more: the licence 'Freeware' is unknown")
    assert unknown_licences(sources, rows, ["Freeware"]) == [empty]
    assert unknown_licences(sources, rows, ["MIT"]) == [empty, free]


def test_only_closed_sources_that_nobody_named_are_compared_with() -> None:
    sources = [{"id": name, "license": name} for name in ("MIT", "CC-BY-NC-4.0", "BUSL-1.1", "Freeware")]
    assert [source["id"] for source in closed_sources(sources, ["BUSL-1.1"])] == ["CC-BY-NC-4.0"]


def row(problem: list[str], **given: object) -> dict:
    return {"id": "r", "problem": " ".join(problem), "tasks": [], **given}


def spread(count: int, of: int) -> list[str]:
    """Return `of` words in runs of ten, of which about `count` runs of five are those of the source and no run is longer than twelve."""
    words = [f"own{number}" for number in range(of)]
    for number in range(count // 6):
        words[number * 20 : number * 20 + 10] = WORDS[number * 12 : number * 12 + 10]
    return words


@pytest.mark.parametrize(
    ("text", "close"),
    [
        (WORDS[40:53], True),
        (["Before", *WORDS[40:53], "after", *(f"own{number}" for number in range(400))], True),
        ([word.upper() for word in WORDS[40:53]], True),
        (WORDS[40:52], True),
        (WORDS[40:51], False),
        ([*WORDS[40:52], *(f"own{number}" for number in range(60))], False),
        (spread(24, 100), True),
        (spread(24, 200), False),
        ([f"own{number}" for number in range(100)], False),
        ([], False),
    ],
)
def test_a_row_is_too_close_by_thirteen_words_in_a_row_or_a_fifth_of_its_fives(text: list[str], close: bool) -> None:
    closed = ClosedText("paper", "CC-BY-NC-4.0", " ".join(WORDS))
    assert bool(list(too_close([row(text)], [closed]))) is close


def test_what_is_close_is_told_with_its_field_and_source_whatever_source_the_row_names() -> None:
    closed = [ClosedText("other", "BUSL-1.1", "nothing alike"), ClosedText("paper", "CC-BY-NC-4.0", " ".join(WORDS))]
    taken = row(["mine"], tasks=[{"name": "Task", "steps": [" ".join(WORDS[:20])]}], source={"source": "free"})
    (sentence,) = too_close([row(["mine"]), taken], closed)
    assert sentence.startswith("row r: its tasks shares 8 runs of 13 words with paper, which is under CC-BY-NC-4.0")
    assert list(too_close([taken], [])) == []
