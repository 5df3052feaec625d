"""The three commands answer at once, load nothing heavy for it, and refuse a wrong call with 2."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMANDS = ["gpiot-data", "gpiot-train", "gpiot-infer"]
HEAVY = [
    "torch",
    "transformers",
    "trl",
    "peft",
    "datasets",
    "pymupdf",
    "numpy",
    "scipy",
    "sentence_transformers",
    "openai",
    "llama_cpp",
    "faiss",
    "pyarrow",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_loads_no_heavy_package(command: str) -> None:
    module = command.replace("-", "_") + ".cli"
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['{command}', '--help']\n"
        "try:\n"
        f"    __import__('{module}', fromlist=['main']).main()\n"
        "except SystemExit as error:\n"
        "    assert error.code == 0, error.code\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.stdout.splitlines()[-1] == "HEAVY []", result.stderr
    assert "Usage: " in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_version_and_wrong_calls(world, command: str) -> None:
    assert world.run(command, "--version").stdout.startswith(f"{command}, version 0.1.0")
    for arguments in (["nonsense"], ["--nonsense"]):
        result = world.run(command, *arguments)
        assert result.returncode == 2
        assert "Traceback" not in result.stderr
