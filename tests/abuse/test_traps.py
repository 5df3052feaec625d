"""One test for each way in which sandboxes of this kind were seen to leak or to fail."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from players import LEVELS, NOBODY, USERS, Player, copy_python, everywhere

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox import Environment, Job, Limits, MediumSandbox, StrongSandbox, WeakSandbox, Zygote, process_tree
from gpiot_data.sandbox.strong import find_bwrap

HERE = Environment(Path(sys.executable), name="tests")

#: Runs one job as some user and prints what came of it.
RUN = """
import json, sys
from pathlib import Path
from gpiot_data.sandbox import Environment, Job, Limits, MediumSandbox, StrongSandbox
from gpiot_data.sandbox.strong import find_bwrap
level, python, program, limits, abi = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4]), json.loads(sys.argv[5])
environment = Environment(Path(python))
sandbox = StrongSandbox(environment, find_bwrap()) if level == "strong" else MediumSandbox(environment, abi)
outcome = sandbox.run(Job(program=program, limits=Limits(**limits)))
print(json.dumps([outcome.status, outcome.stdout.decode(), outcome.stderr.decode()]))
"""


def strong() -> StrongSandbox:
    """The strong sandbox for this interpreter."""
    program = find_bwrap()
    assert program is not None
    return StrongSandbox(HERE, program)


def run_as(player: Player, level: str, program: str, *, python: Path | None = None, abi: int | None = None, **limits: Any) -> str:
    """Run a program in a sandbox that `player` started; return what it printed."""
    answer = player.run(RUN, level, str(python or player.python), program, json.dumps(limits), json.dumps(abi))
    status, out, err = json.loads(answer)
    assert status == "ok", err
    return out


def test_1_no_process_of_the_sandbox_was_started_with_the_environment_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "s3cr3t")
    seen: dict[str, bytes] = {}

    def look() -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end and len(seen) < 3:
            for pid in process_tree.descendants(os.getpid()):
                with contextlib.suppress(OSError):
                    if b"shim" in (command := Path(f"/proc/{pid}/cmdline").read_bytes()) and b"time.sleep" not in command:
                        seen[f"{pid} {Path(f'/proc/{pid}/comm').read_text().strip()}"] = Path(f"/proc/{pid}/environ").read_bytes()
            time.sleep(0.05)

    watcher = threading.Thread(target=look)
    watcher.start()
    strong().run(Job(program="import time; time.sleep(2)"))
    watcher.join()
    assert [name.split()[1] for name in sorted(seen)].count("bwrap") >= 2
    assert not [name for name, environment in seen.items() if b"s3cr3t" in environment]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("user", USERS)
def test_2_a_job_has_another_user_no_capabilities_and_a_limit_on_processes(players: dict[str, Player], user: str, level: str) -> None:
    program = """
import os
print(os.getresuid(), os.getresgid(), os.getgroups())
try: print(*[line for line in open("/proc/self/status") if line.startswith(("CapPrm", "CapEff", "CapInh", "CapAmb", "NoNewPrivs", "Seccomp:"))])
except OSError: pass
n = 0
try:
    while n < 60:
        if os.fork() == 0: __import__("time").sleep(20); os._exit(0)
        n += 1
except OSError: pass
print("forks", n)
"""
    out = run_as(players[user], level, program, processes=20)
    if user != "self":
        assert f"({NOBODY}, {NOBODY}, {NOBODY}) ({NOBODY}, {NOBODY}, {NOBODY})" in out
    if level == "strong":
        capabilities = [int(line.split()[1], 16) for line in out.splitlines() if line.strip().startswith("Cap")]
        assert capabilities == [0, 0, 0, 0]
        assert "NoNewPrivs:\t1" in out
        assert "Seccomp:\t2" in out
    assert 10 <= int(out.split("forks")[1]) <= 24


@everywhere
def test_3_and_4_an_interpreter_in_a_private_folder_and_one_in_tmp_work(
    players: dict[str, Player], stage: Path, open_python: Path, user: str, level: str
) -> None:
    assert str(open_python).startswith("/tmp/")
    program = "import ctypes, sqlite3, json; print(json.dumps('works'))"
    assert '"works"' in run_as(players[user], level, program, python=open_python)
    if user == "root":  # another user could not start it at all
        private = stage / f"private-{level}"
        private.mkdir(mode=0o700)
        assert '"works"' in run_as(players[user], level, program, python=copy_python(private / "python"))


@pytest.mark.parametrize("user", USERS)
def test_5_what_is_writable_is_small_and_the_rest_is_read_only(players: dict[str, Player], user: str) -> None:
    program = """
import os
for place in ("/job", "/tmp", "/dev/shm"):
    space = os.statvfs(place)
    print(place, space.f_blocks * space.f_frsize >> 20)
for place in ("/", "/dev", "/usr", "/proc", "/etc", "/job/..", "/dev/pts"):
    try: open(place + "/x", "w"); print("written:", place)
    except OSError: pass
"""
    assert run_as(players[user], "strong", program, scratch_mib=16).split("\n") == ["/job 16", "/tmp 16", "/dev/shm 8", ""]


@everywhere
def test_6_and_7_vsock_and_shared_memory_beyond_the_limit_are_refused(players: dict[str, Player], user: str, level: str) -> None:
    program = """
import mmap, socket
try: socket.socket(40, socket.SOCK_STREAM); print("vsock")
except OSError as error: print(type(error).__name__)
try: mmap.mmap(-1, 600 << 20); print("mapped")
except OSError as error: print(type(error).__name__)
"""
    assert run_as(players[user], level, program, address_space_mib=512) == "PermissionError\nOSError\n"


@pytest.mark.parametrize("level", LEVELS)
def test_8_processes_that_the_user_has_already_do_not_use_up_the_limit(players: dict[str, Player], level: str) -> None:
    who: dict[str, Any] = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
    others = [subprocess.Popen(["sleep", "60"], **who) for _ in range(20)]
    try:
        program = "import os\nfor _ in range(4):\n    if os.fork() == 0: os._exit(0)\nprint('forked')"
        assert run_as(players["nobody" if os.geteuid() == 0 else "self"], level, program, processes=8) == "forked\n"
        assert run_as(players[USERS[0]], level, program, processes=8) == "forked\n"
    finally:
        for process in others:
            process.kill()
            process.wait()


@pytest.mark.parametrize("level", LEVELS)
def test_9_zombies_and_daemons_of_one_job_do_not_hinder_the_next(level: str) -> None:
    sandbox = strong() if level == "strong" else MediumSandbox(HERE)
    leave = "import os, time\nfor n in range(6):\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(30 * (n % 2)); os._exit(0)\nprint('left')"
    for _ in range(4):
        outcome = sandbox.run(Job(program=leave, limits=Limits(processes=10)))
        assert (outcome.status, outcome.stdout) == ("ok", b"left\n"), outcome
    assert process_tree.descendants(os.getpid()) == []


@pytest.mark.parametrize("abi", [4, 5])
@pytest.mark.parametrize("user", USERS)
def test_10_an_older_landlock_confines_too_and_lets_no_signal_out(players: dict[str, Player], user: str, abi: int) -> None:
    victim = subprocess.Popen(["sleep", "60"], **({"user": NOBODY} if os.geteuid() == 0 else {}))
    try:
        program = f"""
import os, signal
open("file", "w").write("x"); os.mkdir("d"); os.rename("file", "d/file"); print(open("d/file").read())
for action in (lambda: os.kill({victim.pid}, 9), lambda: signal.pidfd_send_signal(os.pidfd_open({victim.pid}), 9), lambda: open("/etc/passwd"), lambda: os.listdir("/")):
    try: action(); print("done")
    except OSError: print("refused")
"""
        assert run_as(players[user], "medium", program, abi=abi) == "x\nrefused\nrefused\nrefused\nrefused\n"
        assert victim.poll() is None
    finally:
        victim.kill()
        victim.wait()


@pytest.mark.parametrize("abi", [4, 5, None])
@pytest.mark.parametrize("user", USERS)
def test_10_a_signal_to_its_own_group_leaves_the_one_who_cleans_up_alive(players: dict[str, Player], user: str, abi: int | None) -> None:
    marker = f"gpiot-abuse-group-{user}-{abi}-{os.getpid()}"
    program = f"""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(64):
            try: os.close(number)
            except OSError: pass
        os.execv("/usr/bin/sleep", [{marker!r}, "30"])
    os._exit(0)
time.sleep(0.3)
os.kill(0, 9)
"""
    python = players[user].python
    status, _out, _err = json.loads(players[user].run(RUN, "medium", str(python), program, "{}", json.dumps(abi)))
    assert status == "killed"
    assert _running(marker) == []


def test_10_a_single_file_can_be_shown_read_only(tmp_path: Path, stage: Path) -> None:
    shown = stage / "data.csv"
    shown.write_text("1,2")
    program = f"print(open({str(shown)!r}).read())\ntry: open({str(shown)!r}, 'a'); print('written')\nexcept OSError: print('refused')"
    for sandbox in (strong(), MediumSandbox(HERE)):
        assert sandbox.run(Job(program=program, readonly=(shown,))).stdout == b"1,2\nrefused\n"
        assert sandbox.run(Job(program=program)).status == "error"


def test_a_folder_of_the_environment_can_be_hidden_on_the_strong_level(stage: Path) -> None:
    site = stage / "site"
    (site / "answers").mkdir(parents=True)
    (site / "answers" / "one.txt").write_text("42")
    (site / "beside.py").write_text("here = True")
    program = f"""
import os, beside
print(beside.here, os.listdir({str(site / "answers")!r}))
for action in (lambda: open({str(site / "answers" / "one.txt")!r}), lambda: open({str(site / "answers" / "new")!r}, "w")):
    try: action(); print("done")
    except OSError: print("refused")
"""
    environment = Environment(Path(sys.executable), site=(site,), hidden=(site / "answers",))
    program_of = find_bwrap()
    assert program_of is not None
    for sandbox in (StrongSandbox(environment, program_of), Zygote(StrongSandbox(environment, program_of), (), limits=Limits())):
        assert sandbox.run(Job(program=program)).stdout == b"True []\nrefused\nrefused\n"
        sandbox.close()


def test_where_a_folder_cannot_be_hidden_the_environment_is_refused(stage: Path) -> None:
    site = stage / "references"
    (site / "answers").mkdir(parents=True)
    environment = Environment(Path(sys.executable), site=(site,), hidden=(site / "answers",))
    for level in (MediumSandbox, WeakSandbox):
        with pytest.raises(SandboxUnavailable, match=f"{site}/answers: the {level.level} level cannot hide it"):
            level(environment)
    # What jobs cannot read anyway, or what is not there, needs no hiding.
    MediumSandbox(Environment(Path(sys.executable), hidden=(site / "answers",)))
    MediumSandbox(Environment(Path(sys.executable), site=(site,), hidden=(site / "none",)))
    with pytest.raises(SandboxUnavailable, match="the weak level cannot hide it"):
        WeakSandbox(Environment(Path(sys.executable), hidden=(site / "answers",)))


@everywhere
def test_a_thread_without_shared_descriptors_and_descriptors_in_messages(players: dict[str, Player], user: str, level: str) -> None:
    program = """
import array, ctypes, os, platform, socket
clone = {"x86_64": 56, "aarch64": 220}[platform.machine()]
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall(clone, 0x10000 | 0x800 | 0x100, 0, 0, 0, 0), ctypes.get_errno())
a, b = socket.socketpair()
try: a.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))]); print("sent")
except OSError as error: print(type(error).__name__)
print(libc.prctl(4, 0, 0, 0, 0))
"""
    expected = {"strong": "-1 1\nsent\n0\n", "medium": "-1 1\nPermissionError\n-1\n"}
    assert run_as(players[user], level, program) == expected[level]


@everywhere
def test_copying_files_and_pipes_and_pairs_of_sockets_work_without_the_refused_calls(
    players: dict[str, Player], user: str, level: str
) -> None:
    program = """
import multiprocessing, os, shutil, socket, subprocess, tempfile
open("a", "wb").write(b"x" * 300_000)
shutil.copyfile("a", "b"); os.mkdir("d"); shutil.copy2("a", "d"); shutil.copytree("d", "e"); print(os.path.getsize("b"))
print(subprocess.run(["/bin/cp", "a", "c"]).returncode, subprocess.run("/bin/cat a | /usr/bin/wc -c", shell=True, capture_output=True).stdout)
a, b = socket.socketpair(); a.sendall(b"x" * 100); print(len(b.recv(200)))
with tempfile.TemporaryFile() as f: f.write(b"y"); f.seek(0); print(f.read())
process = multiprocessing.get_context("fork").Process(target=print, args=("child",), daemon=False); process.start(); process.join()
reader, writer = multiprocessing.Pipe(); writer.send([1]); print(reader.recv())
import asyncio; print(asyncio.run(asyncio.sleep(0, "slept")))
"""
    out = run_as(players[user], level, program)
    assert out == "300000\n0 b'300000\\n'\n100\nb'y'\nchild\n[1]\nslept\n"


def test_the_medium_level_has_no_quota_and_the_strong_level_has() -> None:
    # The one exception, which its documentation names: what is written between two looks stays, until the job ends.
    program = "with open('big', 'wb') as f: f.write(bytes(3 << 20))"
    limits = Limits(scratch_mib=1)
    assert len(MediumSandbox(HERE).run(Job(program=program, limits=limits, collect=("big",))).files["big"]) == 3 << 20
    outcome = strong().run(Job(program=program, limits=limits, collect=("big",)))
    assert len(outcome.files["big"]) <= 1 << 20
    assert b"No space left on device" in outcome.stderr


def test_11_a_job_has_no_terminal_no_input_and_no_descriptor_but_its_own(tmp_path: Path) -> None:
    held = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(held, True)
    program = """
import os, sys
print(repr(sys.stdin.read()), os.readlink("/proc/self/fd/0"))
print(sorted(os.readlink(f"/proc/self/fd/{n}").split(":")[0] for n in range(100) if os.path.exists(f"/proc/self/fd/{n}") or os.path.islink(f"/proc/self/fd/{n}")))
try: open("/dev/tty"); print("terminal")
except OSError: pass
"""
    try:
        sandbox = strong()
        out = sandbox.run(Job(program=program)).stdout.decode().split("\n")
        assert out == ["'' /dev/null", "['/dev/null', 'pipe', 'pipe', 'socket']", ""]
        with Zygote(sandbox, ()) as zygote:
            assert zygote.run(Job(program=program)).stdout.decode().split("\n") == out
    finally:
        os.close(held)


@everywhere
def test_37_a_job_ends_when_its_harness_is_killed(players: dict[str, Player], stage: Path, user: str, level: str) -> None:
    marker = f"gpiot-abuse-orphan-{user}-{level}-{os.getpid()}"
    place = stage / f"tmp-{user}-{level}"
    place.mkdir()
    place.chmod(0o777)
    program = f"import os\nif os.fork() == 0: os.setsid()\nos.execv('/usr/bin/sleep', [{marker!r}, '60'])"
    process = players[user].start(
        players[user].script(RUN), level, str(players[user].python), program, "{}", "null", env={"TMPDIR": str(place)}
    )
    try:
        assert _wait_for(lambda: len(_running(marker)) == 2, 30)
        process.send_signal(signal.SIGKILL)
        assert _wait_for(lambda: not _running(marker), 30)
        assert _wait_for(lambda: not list(place.iterdir()), 30)
    finally:
        process.kill()
        process.communicate()


@everywhere
def test_36_two_runs_of_one_job_agree(players: dict[str, Player], user: str, level: str) -> None:
    program = (
        "import time, os\nprint(list({'a', 'b', 'c', 'delta', 'epsilon'}), hash('x'), time.tzname, sorted(os.environ), os.cpu_count() > 0)"
    )
    assert len({run_as(players[user], level, program) for _ in range(2)}) == 1


def _running(marker: str) -> list[int]:
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(marker.encode() + b"\0"):
                found.append(int(pid))
    return found


def _wait_for(condition: Any, timeout_s: float) -> bool:
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
