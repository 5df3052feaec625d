"""What the benchmark of code rows says of rows that break each of their limits, and of names that are not there."""

from __future__ import annotations

from importlib.metadata import version

from code_figures import name_figures, row_figures


def row(symbol: str, code: str | None, target: str = "", documentation: str = "", kind: str = "example") -> dict:
    specification = {"target": target} if code else None
    return {"symbol": symbol, "kind": kind, "code": code, "specification": specification, "documentation": documentation}


def test_rows_are_held_to_their_limits() -> None:
    rows = [
        row("toy.f", "x = 1", "Set x to 1.", "Sets it."),
        row("toy.f", "y = 2", "Set y to 2.", "Changes it."),
        row("toy.f", "print(lost)", "Print it.", "Prints it."),
        row("toy.g", "x = 1 +", "Add nothing.", "Adds it."),
        row("toy.g", None, documentation="Adds two numbers.", kind="description"),
    ]
    assert row_figures(rows) == {
        "most_rows_of_symbol_and_kind": 3,
        "rows_like_another_of_their_symbol": 1,
        "commonest_target_share": 0.25,
        "commonest_documentation_share": 0.2,
        "rows_with_unsound_code": 2,
    }


def test_names_without_candidate_or_row_are_listed() -> None:
    here = [row(f"scipy.signal.{name}", None) for name in ("butter", "get_window")]
    found = name_figures(version("scipy"), here, here[:1])
    lost, unwritten = found["signal_names_without_candidate"], found["signal_names_without_row"]
    assert "scipy.signal.butter" not in lost
    # What the windows offer of another module goes by that module's name.
    assert ("scipy.signal.windows.get_window" in lost, "scipy.signal.windows.get_window" in unwritten) == (False, True)
    assert {"scipy.signal.firwin", "scipy.signal.windows.hann"} <= set(lost) <= set(unwritten)
    assert "signal_names_without_row" not in name_figures(version("scipy"), here, None)


def test_another_version_than_the_installed_one_tells_nothing() -> None:
    assert name_figures("0.0.1", [], []) == {}
