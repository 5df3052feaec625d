"""Sentences above a program, against what it does."""

from __future__ import annotations

import pytest

from gpiot_data.packages.leads import is_done, is_one_of_several, target_not_done


@pytest.mark.parametrize(
    ("lead", "code", "done"),
    [
        ("plot the likelihood", "y = f(x)", False),
        ("plot the likelihood", "plt.plot(f(x))", True),
        ("compute it and plot it", "y = f(x)", False),
        ("find the plot in the garden", "y = f(x)", True),
        ("verify the connection to `lambertw`", "from toy import f, lambertw\ny = f(x)", False),
        ("verify the connection to `lambertw`", "y = f(x) - lambertw(x)", True),
        ("set `axis`", "y = f(x, axis=1)", True),
        ("use `np.mean`", "y = np.mean(x)", True),
    ],
)
def test_a_lead_is_done_where_the_program_plots_and_uses_what_it_names(lead: str, code: str, done: bool) -> None:
    assert is_done(lead, code) is done


def test_a_target_is_read_behind_its_symbol() -> None:
    assert target_not_done("Compute f with `toy.f` of toy: plot it.", "y = f(x)")
    assert not target_not_done("Compute f with `toy.f` of toy: plot it.", "plt.plot(f(x))")
    assert not target_not_done("Plot f with `toy.f` of toy.", "f(x)")


def test_a_lead_is_one_of_several_where_another_comment_asks_for_more() -> None:
    code = "# Set items to zero:\na[0] = 0\nprint(a)\n# -> [0 1]\n# Add items to the\n# second array:\na += b"
    assert is_one_of_several("Set items to zero", code)
    assert not is_one_of_several("Set items to zero", code.partition("\n# Add")[0])
