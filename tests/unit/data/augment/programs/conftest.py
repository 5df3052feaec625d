from __future__ import annotations

import contextlib
import io

import pytest


@pytest.fixture
def run():
    """Run a small program of a test; return its names and what it prints."""

    def run_program(code: str) -> tuple[dict, str]:
        names: dict = {"__name__": "__main__"}
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "<program>", "exec"), names)
        return names, printed.getvalue()

    return run_program
