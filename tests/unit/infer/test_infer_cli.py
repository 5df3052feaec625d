"""The command: arguments, exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from gpiot_data.console import run as run_command
from gpiot_infer.cli import cli

REQUIREMENT = "Detect heartbeats in a single-lead ECG sampled at 360 Hz and report the heart rate."


@pytest.fixture
def infer(capfd, monkeypatch, tmp_path):
    """Run the command in an empty folder; return (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["gpiot-infer", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_info:
            run_command(cli)
        return exit_info.value.code, *capfd.readouterr()

    return call


@pytest.fixture
def model(monkeypatch, scripted):
    """Let the command talk to a scripted model."""

    def use(**answers):
        backend = scripted(**answers)
        monkeypatch.setattr("gpiot_infer.backends.open_backend", lambda *_: backend.open())
        return backend

    return use


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run"], 2, "Missing argument"),
        (["run", "   \n", "--paths", "none"], 2, "the requirement is empty"),
        (["run", REQUIREMENT], 2, "--adapters DIR is missing"),
        (["run", REQUIREMENT, "--adapters", "nowhere"], 3, "no such adapter folder"),
        (["run", "missing.txt", "--paths", "none"], 3, "no such file"),
        (["run", "", "--paths", "none"], 2, "the requirement is empty"),
        (["run", "needs/missing", "--paths", "none"], 3, "no such file"),
        (["run", "missing.json", "--paths", "none"], 3, "no such file"),
        (["run", ".", "--paths", "none"], 3, "is a folder"),
        (["run", "x" * 20_001, "--paths", "none"], 3, "more than 20000 bytes"),
        (["run", "bad \udcff bytes", "--paths", "none"], 3, "no UTF-8"),
        (["run", REQUIREMENT, "--paths", "some"], 2, "Invalid value"),
        (["run", REQUIREMENT, "--samples", "0"], 2, "Invalid value"),
        (["run", REQUIREMENT, "--seed", "-1"], 2, "Invalid value"),
        (["run", REQUIREMENT, "--out", "/proc/none", "--paths", "none"], 3, "cannot be written"),
    ],
)
def test_a_faulty_call_is_one_sentence_and_the_right_code(infer, arguments, code, message):
    found, out, err = infer(*arguments)
    assert (code, "") == (found, out)
    assert message in err
    assert "Traceback" not in err


def test_a_file_that_is_no_text_is_refused(infer, tmp_path):
    (tmp_path / "photo.txt").write_bytes(b"\xff\xd8\xff\xe0")
    code, _out, err = infer("run", "photo.txt", "--paths", "none")
    assert (code, "no UTF-8" in err) == (3, True)


def test_a_requirement_can_come_from_a_file(infer, model, tmp_path):
    (tmp_path / "need.md").write_text(f"\ufeff{REQUIREMENT}\r\n", encoding="utf-8")
    model()
    code, out, _err = infer("run", "need.md", "--paths", "none", "--json")
    assert (code, json.loads(out)["requirement"]) == (0, REQUIREMENT)


def test_people_see_the_result_on_stdout_and_the_progress_on_stderr(infer, model):
    model()
    code, out, err = infer("run", REQUIREMENT, "--paths", "none")
    assert code == 0
    assert all(piece in out for piece in ("1. Band-pass filtering", "def band_pass(ecg):", "takes the mean off", "Folder: out/chain-"))
    assert "decompose: 2 sub-tasks (1 sample)\n" in err


def test_json_is_the_content_of_the_record(infer, model, tmp_path):
    model()
    code, out, _err = infer("run", REQUIREMENT, "--paths", "none", "--out", "here", "--json")
    assert (0, json.loads((tmp_path / "here" / "chain.json").read_text())) == (code, json.loads(out))


def test_without_a_well_formed_answer_the_last_one_is_printed_raw(infer, model, tmp_path):
    backend = model(decompose="I would rather\x1b[31m not\x07.")
    code, out, err = infer("run", REQUIREMENT, "--paths", "none", "--out", "here", "--samples", 3)
    assert (code, backend.calls["decompose"]) == (1, 3)
    assert "I would rather\ufffd[31m not\ufffd.\n" in out
    assert err.startswith("error: no well-formed answer for the decompose in 3 samples")
    assert json.loads((tmp_path / "here" / "chain.json").read_text())["status"] == "failed"


def test_a_failed_chain_is_a_failure_again(infer, model):
    model(decompose="No.")
    infer("run", REQUIREMENT, "--paths", "none", "--samples", 2)
    backend = model()
    code, _out, err = infer("run", REQUIREMENT, "--paths", "none", "--samples", 2, "--json")
    assert (code, backend.opened) == (1, 0)
    assert "no well-formed answer" in err


def test_an_interrupted_run_ends_with_130_and_goes_on(infer, model):
    backend = model()
    backend.fails_at = 3
    assert infer("run", REQUIREMENT, "--paths", "none")[0] == 130
    assert sum(backend.calls.values()) == 3
    again = model()
    assert infer("run", REQUIREMENT, "--paths", "none")[0] == 0
    # Of the first three answers none is asked again: the decomposition, a target, its inputs.
    assert again.calls["decompose"] == 0
    assert (again.calls["target"], again.calls["inputs"]) == (1, 1)


@pytest.mark.parametrize("length", [300, 1000, 5000])
def test_a_long_requirement_on_one_line_is_a_text(infer, model, length):
    model()
    text = (f"{REQUIREMENT} " * 80)[:length].strip()
    code, out, _err = infer("run", text, "--paths", "none", "--json")
    assert (code, json.loads(out)["requirement"]) == (0, text)


def test_the_package_can_be_run_as_a_module():
    done = subprocess.run([sys.executable, "-m", "gpiot_infer", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("gpiot-infer, version")


def test_help_imports_nothing_heavy():
    probe = (
        "import sys; from gpiot_infer import cli\n"
        "try: cli.cli(['run', '--help'])\nexcept SystemExit: pass\n"
        "print([name for name in ('torch', 'transformers', 'llama_cpp', 'peft', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_run_that_is_only_replayed_imports_nothing_heavy(infer, model, tmp_path):
    model()
    infer("run", REQUIREMENT, "--paths", "none", "--out", tmp_path / "here")
    probe = (
        f"import sys; from gpiot_infer import cli\n"
        f"try: cli.cli(['run', {REQUIREMENT!r}, '--paths', 'none', '--out', {str(tmp_path / 'here')!r}])\nexcept SystemExit: pass\n"
        "print([name for name in ('torch', 'transformers', 'llama_cpp', 'peft', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "already made from the same inputs" in done.stderr
