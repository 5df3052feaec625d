"""Linters as judges: fixed rules, no configuration, no silence."""

from __future__ import annotations

import subprocess

import pytest

from gpiot_data.errors import InputError
from gpiot_infer.iotbench import quality
from gpiot_infer.iotbench.quality import Findings, inspect_programs

CLEAN = '"""Add."""\n\n\ndef add(a, b):\n    """Return the sum."""\n    return a + b\n'
BUGGY = "import os\n\n\ndef first(items=[]):\n    return item[0]\n"
SMELLY = "def sign(x):\n    if x > 0:\n        return True\n    else:\n        return False\n"
UNSAFE = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"


def test_each_kind_of_finding_is_counted_where_it_belongs():
    found = inspect_programs([CLEAN, BUGGY, SMELLY, UNSAFE])
    assert found[CLEAN] == Findings(lines=4, bugs=0, smells=0, security=0)
    # An unused import, a mutable default, an undefined name.
    assert found[BUGGY] == Findings(lines=3, bugs=3, smells=0, security=0)
    assert (found[SMELLY].bugs, found[SMELLY].security) == (0, 0)
    assert found[SMELLY].smells >= 1
    # The import and the call.
    assert found[UNSAFE] == Findings(lines=4 - 1, bugs=0, smells=0, security=2)


def test_comments_that_silence_a_rule_are_not_heeded():
    silent = BUGGY.replace("import os", "import os  # noqa").replace("item[0]", "item[0]  # noqa: F821")
    trusted = UNSAFE.replace("pickle.loads(data)", "pickle.loads(data)  # nosec")
    file_wide = "# ruff: noqa\n" + BUGGY
    found = inspect_programs([silent, trusted, file_wide])
    assert (found[silent].bugs, found[trusted].security, found[file_wide].bugs) == (3, 2, 3)


def test_no_configuration_is_picked_up(tmp_path, monkeypatch):
    (tmp_path / "ruff.toml").write_text('[lint]\nignore = ["F", "B"]\n')
    (tmp_path / ".bandit").write_text("[bandit]\nskips = B301,B403\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(quality.tempfile, "tempdir", str(tmp_path))
    found = inspect_programs([BUGGY, UNSAFE])
    assert (found[BUGGY].bugs, found[UNSAFE].security) == (3, 2)


def test_what_is_no_python_has_no_findings():
    assert inspect_programs(["def (", "", "  \n"]) == {"def (": None, "": None, "  \n": None}
    assert inspect_programs([]) == {}


def test_a_constant_of_a_formula_is_no_smell():
    program = "def db(x):\n    return 20.0 * x + 32.45 if x > 17.5 else -174.0\n"
    assert inspect_programs([program])[program].smells == 0


def test_batches_give_the_same(monkeypatch):
    whole = inspect_programs([CLEAN, BUGGY, SMELLY, UNSAFE])
    monkeypatch.setattr(quality, "BATCH", 1)
    assert inspect_programs([CLEAN, BUGGY, SMELLY, UNSAFE]) == whole


def test_a_program_named_in_an_answer_is_not_imported_by_the_linter(tmp_path, monkeypatch):
    # A file that shadows a module of the standard library stands where the linter runs.
    real = subprocess.run

    def with_trap(command, cwd, **options):
        (cwd / "json.py").write_text("raise SystemExit('imported')\n")
        return real(command, cwd=cwd, **options)

    monkeypatch.setattr(quality.subprocess, "run", with_trap)
    assert inspect_programs([UNSAFE])[UNSAFE].security == 2


def test_a_missing_linter_is_named_with_what_to_install(monkeypatch):
    def missing(command, **_options):
        return subprocess.CompletedProcess(command, 1, "", f"python: No module named {command[3]}\n")

    monkeypatch.setattr(quality.subprocess, "run", missing)
    with pytest.raises(InputError, match=r"needs the package ruff; run: pip install 'gpiot\[bench\]'"):
        inspect_programs([CLEAN])
