"""When a variant counts as doing what its origin does."""

from __future__ import annotations

from gpiot_data.augment.agreement import disagreement
from gpiot_data.augment.drafts import Draft
from gpiot_data.schema import Variable
from gpiot_data.verify.judge import Finding
from gpiot_data.verify.observed import Observation


def draft(*compare: tuple[str, str], results: tuple[str, ...] = ("y",)) -> Draft:
    return Draft(
        kind="example",
        operation="function",
        code="",
        imports=(),
        target="",
        inputs=(Variable("x"),),
        outputs=(Variable("y"),),
        data=("x",),
        results=results,
        documentation="",
        compare=compare,
        expected=(),
        params={},
    )


def ran(status: str = "ran", **values: object) -> Finding:
    seen = [Observation(name, 1, type(value).__name__, None, None, value) for name, value in values.items()]
    return Finding(status, None if status == "ran" else "why", 0, "strong", tuple(seen))


BOTH = draft(("x", "x"), ("y", "y"))


def test_equal_values_agree() -> None:
    assert disagreement(BOTH, ran(x=1, y=2.0), ran(x=1, y=2.0000001)) is None


def test_one_other_value_is_enough_to_differ() -> None:
    assert disagreement(BOTH, ran(x=1, y=2), ran(x=1, y=3)) == ("variant_differs", "y: int 2, in the variant int 3")
    assert disagreement(BOTH, ran(x=1, y=2), ran(x=1, y=2.0))[0] == "variant_differs"
    assert disagreement(BOTH, ran(x=2, y=2), ran(x=1, y=2))[0] == "variant_differs"


def test_the_last_value_of_a_name_counts() -> None:
    early, late = Observation("y", 1, "int", None, None, 1), Observation("y", 2, "int", None, None, 2)
    once = Finding("ran", None, 0, "strong", (late,))
    assert disagreement(draft(("y", "y")), Finding("ran", None, 0, "strong", (early, late)), once) is None


def test_a_program_that_does_not_end_well_is_rejected_by_its_status() -> None:
    assert disagreement(BOTH, ran(x=1, y=2), ran("failed")) == ("variant_failed", "why")
    assert disagreement(BOTH, ran(x=1, y=2), ran("timeout"))[0] == "variant_timeout"


def test_inputs_alone_say_nothing() -> None:
    assert disagreement(BOTH, ran(x=1), ran(x=1))[0] == "variant_not_compared"
    assert disagreement(BOTH, ran(x=1, y=None), ran(x=1, y=None))[0] == "variant_not_compared"
    assert disagreement(BOTH, ran(x=1, y=None), ran("passed", x=1, y=None)) is None


def test_a_value_that_one_run_alone_can_tell_is_no_agreement() -> None:
    assert disagreement(BOTH, ran(x=1, y=2), ran(x=1))[0] == "variant_not_compared"
    assert disagreement(draft(("x", "x"), ("y", "y"), ("z", "z")), ran(x=1, y=2, z=1), ran(x=1, y=2))[0] == "variant_not_compared"


def test_an_object_beside_values_does_not_hinder_but_its_type_counts() -> None:
    with_object = draft(("g", "g"), ("y", "y"))
    mine = Finding("ran", None, 0, "strong", (Observation("g", 1, "Generator"), *ran(y=2).observed))
    other = Finding("ran", None, 0, "strong", (Observation("g", 1, "RandomState"), *ran(y=2).observed))
    assert disagreement(with_object, mine, mine) is None
    assert disagreement(with_object, mine, other)[0] == "variant_differs"


def test_a_shown_expression_is_a_result() -> None:
    shown = draft(("max(x)", "max(v)"), results=())
    seen = Finding("ran", None, 0, "strong", (Observation("max(x)", 2, "int", None, None, 3),))
    same = Finding("ran", None, 0, "strong", (Observation("max(v)", 2, "int", None, None, 3),))
    assert disagreement(shown, seen, same) is None
