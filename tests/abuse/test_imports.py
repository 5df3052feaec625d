"""Modules that attack, or end, the process that imports them for many jobs."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from players import LEVELS

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox import Environment, Job, Limits, MediumSandbox, StrongSandbox, Zygote, process_tree
from gpiot_data.sandbox.strong import find_bwrap

LIMITS = Limits(wall_s=4, cpu_s=2, memory_mib=120, processes=8, address_space_mib=1024, scratch_files=2000)
HONEST = Job(program="import gpiot_job; gpiot_job.result(b'honest')", limits=LIMITS)

#: What a module does, and what is told of it.
ENDINGS = {
    "raise SystemExit(0)": "under_test: SystemExit: 0",
    "raise KeyboardInterrupt": "under_test: KeyboardInterrupt: ",
    "import os; os._exit(3)": "under_test: not imported beforehand: it ended without a word",
    "import ctypes; ctypes.string_at(0)": "under_test: not imported beforehand: it ended without a word",
    "print('last \\x1b[2J words', flush=True); import os; os.abort()": "under_test: not imported beforehand: last \ufffd[2J words",
}
FORKS = """
import os, time
for _ in range(40):
    try: os.fork() or time.sleep(30)
    except OSError: break
time.sleep(30)
"""
#: Finds the sockets that it inherited, and sends the beginning of an answer, then a byte now and then.
DRIPS = """
import os, stat, struct, threading, time
def sockets():
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode): yield number
        except OSError: pass
def drip(letter):
    found = [*sockets()]
    for number in found: os.write(number, struct.pack("<cI", letter, 60000))
    while True:
        for number in found: os.write(number, b"x")
        time.sleep(0.2)
"""


def hosting(level: str, folder: Path, source: str) -> StrongSandbox | MediumSandbox:
    """Return a sandbox with a module `under_test`."""
    folder.chmod(0o755)
    (folder / "under_test.py").write_text(source)
    environment = Environment(Path(sys.executable), site=(folder,))
    program = find_bwrap()
    assert program is not None
    return StrongSandbox(environment, program) if level == "strong" else MediumSandbox(environment)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("source", ENDINGS)
def test_an_import_that_ends_its_process_is_for_each_job_to_find_out(tmp_path: Path, level: str, source: str) -> None:
    sandbox = hosting(level, tmp_path, source)
    descriptors, family = len(os.listdir("/proc/self/fd")), process_tree.descendants(os.getpid())
    with Zygote(sandbox, ("json", "under_test"), limits=LIMITS) as zygote:
        assert zygote.run(HONEST).result == b"honest"
        assert zygote.import_failures[-1] == ENDINGS[source]
        assert zygote.run(Job(program="import under_test\nprint('after')", limits=LIMITS)).stdout != b"after\n"
        assert zygote.run(HONEST).result == b"honest"
        assert zygote.import_failures[-1] == ENDINGS[source]
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert process_tree.descendants(os.getpid()) == family


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (FORKS, "the imports made more than 12 processes"),
        ("import time\nheld = b'x' * (200 << 20)\ntime.sleep(30)", "its processes held more than 120 MiB"),
        ("import os\nfor n in range(4000): open(os.environ['TMPDIR'] + f'/{n}', 'w').close()\nimport time; time.sleep(30)",
         "the imports made more than 2000 files"),
    ],
    ids=["forks", "memory", "files"],
)  # fmt: skip
def test_imports_are_watched_as_a_job_is(tmp_path: Path, level: str, source: str, reason: str) -> None:
    sandbox = hosting(level, tmp_path, source)
    before, started = process_tree.descendants(os.getpid()), time.monotonic()
    limits = replace(LIMITS, memory_mib=1000) if source is FORKS else LIMITS
    with Zygote(sandbox, ("under_test",), limits=limits) as zygote:
        assert zygote.run(HONEST).result == b"honest"
        assert zygote.import_failures == (f"under_test: not imported beforehand: {reason}",)
        assert zygote.starts == 1
    assert time.monotonic() - started < 25
    assert process_tree.descendants(os.getpid()) == before


def test_imports_have_a_time_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpiot_data.sandbox.zygote.IMPORT_S", 1.0)
    with Zygote(hosting("strong", tmp_path, "import time; time.sleep(30)"), ("under_test",), limits=LIMITS) as zygote:
        assert zygote.run(HONEST).result == b"honest"
        assert zygote.import_failures == ("under_test: not imported beforehand: the imports took longer than 1 s",)


@pytest.mark.parametrize("level", LEVELS)
def test_an_answer_that_arrives_byte_by_byte_is_not_waited_for(tmp_path: Path, level: str) -> None:
    started = time.monotonic()
    with Zygote(hosting(level, tmp_path, DRIPS + "drip(b'Y')"), ("under_test",), limits=LIMITS) as zygote:
        assert zygote.run(HONEST).result == b"honest"
        assert zygote.import_failures[0].startswith("under_test: not imported beforehand")
    assert time.monotonic() - started < 25
    later = DRIPS + "def wait():\n    time.sleep(0.7)\n    drip(b'E')\nthreading.Thread(target=wait, daemon=True).start()"
    with Zygote(hosting(level, tmp_path, later), ("under_test",), limits=LIMITS) as zygote:
        outcome = zygote.run(Job(program="import time; time.sleep(2)", limits=LIMITS))
        assert outcome.status in ("killed", "sandbox_error", "error")
        assert outcome.seconds < LIMITS.wall_s + 10


def test_an_environment_that_ends_every_python_is_named(tmp_path: Path) -> None:
    import venv

    tmp_path.chmod(0o755)
    venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    site = next((tmp_path / "env" / "lib").glob("python*/site-packages"))
    (site / "ends.pth").write_text("import os; os._exit(0)\n")
    program = find_bwrap()
    assert program is not None
    python = tmp_path / "env" / "bin" / "python"
    sandbox = StrongSandbox(Environment(python), program)
    with pytest.raises(SandboxUnavailable) as error, Zygote(sandbox, ("json",), limits=LIMITS) as zygote:
        zygote.run(HONEST)
    assert str(error.value) == f"{python}: it ends before any program begins (it ended without a word)"
