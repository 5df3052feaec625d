from __future__ import annotations

import pytest

from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.steps import Source, assemble, piece_of

CODE = '# Make it:\nx = 1; y = 2\nprint(x)\n# -> 1\n\n# Then\n# again:\n@staticmethod\ndef f():\n    return """a\nb"""\n'


def test_a_program_taken_apart_and_joined_again_is_the_same():
    source = Source(CODE)
    pieces = [piece_of(source, step) for step in source.steps]
    assert assemble(pieces, source.steps) == (CODE, {0: 2, 1: 3, 2: 8})


def test_a_comment_that_tells_a_value_belongs_to_the_statement_above():
    steps = Source(CODE).steps
    assert [step.tail for step in steps] == ["", "# -> 1", ""]
    assert [step.lead for step in steps] == ["# Make it:", "", "# Then\n# again:"]


def test_an_edit_replaces_a_part_of_a_line_with_other_than_ascii_letters():
    source = Source("größe = f('µ', 3)\n")
    call = source.tree.body[0].value
    assert source.text(source.steps[0].span, {source.span(call.args[1]): "n"}) == "größe = f('µ', n)"


@pytest.mark.parametrize(("code", "reason"), [("x = (", "not_python"), ("# nothing\n", "empty"), ("x = " + "-" * 100_000 + "1", "deep")])
def test_what_is_no_program_is_refused_by_a_reason(code, reason):
    with pytest.raises(Refused) as caught:
        Source(code)
    assert reason == caught.value.reason or (reason == "deep" and caught.value.reason == "not_python")
