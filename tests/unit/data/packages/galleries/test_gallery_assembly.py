from __future__ import annotations

from gpiot_data.packages.galleries.assembly import Assembled, with_comment


def test_what_a_section_is_for_stands_over_what_it_does_and_not_over_a_definition():
    code = "import toy\n\ndef half(x):\n    return x / 2\n\n\ny = toy.smooth(half(1))\n"
    made = with_comment(Assembled(code, (), 3, 3), "Smooth a signal.", whole=True)
    assert made.code == code.replace("y = toy", "# Smooth a signal.\ny = toy")
    told = code.replace("y = toy", "# Half of it\ny = toy")
    assert with_comment(Assembled(told, (), 3, 3), "Smooth a signal.", whole=True).code == told
    only = "import toy\n\ndef half(x):\n    return x / 2\n"
    assert with_comment(Assembled(only, (), 3, 3), "Smooth a signal.", whole=True).code == only
