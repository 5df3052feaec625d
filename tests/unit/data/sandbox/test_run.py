"""Jobs and what is told of them: results, statuses, files, zygotes."""

from __future__ import annotations

import ast
import json
import os
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gpiot_data.sandbox
from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox import Environment, Job, Level, Limits, MediumSandbox, StrongSandbox, Zygote, process_tree
from gpiot_data.sandbox.interpreter import layout_of
from gpiot_data.sandbox.meter import Meter
from gpiot_data.sandbox.policy import check_inside
from gpiot_data.sandbox.shim import DONE, RESULT, TYPE_AND_LENGTH
from gpiot_data.sandbox.strong import bind, find_bwrap
from gpiot_data.sandbox.supervise import Streams, Watch, read_back

HERE = Environment(Path(sys.executable), name="tests")


class Alone:
    """This process, as if it were a sandbox."""

    pid = os.getpid()
    namespaced = False


def strong() -> StrongSandbox:
    """The strong sandbox for this interpreter."""
    program = find_bwrap()
    assert program is not None
    return StrongSandbox(HERE, program)


SANDBOXES = {
    "strong": strong,
    "medium": lambda: MediumSandbox(HERE),
    "zygote": lambda: Zygote(strong(), ("json",)),
    "medium zygote": lambda: Zygote(MediumSandbox(HERE), ("json",)),
}


@pytest.fixture(params=SANDBOXES, scope="module")
def sandbox(request: pytest.FixtureRequest):
    """Each way to run a job."""
    made = SANDBOXES[request.param]()
    yield made
    made.close()


def test_a_job_gets_its_argument_and_files_and_gives_back_result_output_and_files(sandbox) -> None:
    program = """
import gpiot_job, sys
import helper
gpiot_job.result(gpiot_job.argument[::-1])
gpiot_job.result(bytearray(b"!"))
print("out"); print("err", file=sys.stderr)
with open("made", "wb") as f: f.write(open("sub/data", "rb").read() * 2)
print(helper.word, __name__, __file__.endswith("program.py"))
"""
    files = (("helper.py", b"word = 'helped'"), ("sub/data", b"\x00\xff"))
    outcome = sandbox.run(Job(program=program, argument=b"abc\x00", files=files, collect=("made", "sub/data", "none")))
    assert (outcome.status, outcome.detail) == ("ok", "")
    assert outcome.result == b"\x00cba!"
    assert outcome.stdout == b"out\nhelped __main__ True\n"
    assert outcome.stderr == b"err\n"
    assert outcome.files == {"made": b"\x00\xff\x00\xff", "sub/data": b"\x00\xff"}
    assert outcome.isolation == sandbox.level
    assert 0 < outcome.cpu_seconds < 10
    assert outcome.max_rss_mib > 1


@pytest.mark.parametrize(
    ("program", "status", "detail"),
    [
        ("raise SystemExit", "ok", ""),
        ("import sys; sys.exit(3)", "error", "exit status 3"),
        ("import sys; sys.exit('gone')", "error", "exit status 1"),
        ("import os; os._exit(0)", "error", "ended before its last statement"),
        ("1 / 0", "error", "exit status 1"),
        ("def", "error", "exit status 1"),
        ("raise KeyboardInterrupt", "error", "exit status 1"),
        ("raise MemoryError", "oom", "asked for more than 1536 MiB"),
        ("import os; os.kill(os.getpid(), 11)", "killed", "ended by SIGSEGV"),
        ("import time; time.sleep(9)", "timeout", "ran longer than 0.5 s"),
        ("print('x' * 300_000)", "output_limit", "wrote more than 256 KiB"),
    ],
)
def test_how_a_program_ends_is_told(sandbox, program: str, status: str, detail: str) -> None:
    limits = Limits(wall_s=0.5 if "sleep" in program else 10)
    outcome = sandbox.run(Job(program=program, limits=limits))
    assert (outcome.status, outcome.detail) == (status, detail), outcome


def test_a_traceback_shows_the_program_and_nothing_of_the_shim(sandbox) -> None:
    text = sandbox.run(Job(program="def f():\n    return 1 / 0\n\nf()")).stderr.decode()
    assert "    return 1 / 0" in text
    assert text.count("File") == 2
    assert "shim" not in text


def test_what_was_sent_before_a_timeout_is_kept(sandbox) -> None:
    program = "import gpiot_job, time; gpiot_job.result(b'one'); print('said', flush=True); time.sleep(9)"
    outcome = sandbox.run(Job(program=program, limits=Limits(wall_s=3)))
    assert (outcome.status, outcome.result, outcome.stdout) == ("timeout", b"one", b"said\n")


def test_jobs_leave_nothing_for_the_next(sandbox) -> None:
    program = """
import glob, os, sys, tempfile
print(os.listdir("."), [n for n in glob.glob(tempfile.gettempdir() + "/*") if "mine" in n], getattr(sys, "mine", None), os.environ.get("MINE"))
sys.mine = os.environ["MINE"] = "x"
open("mine", "w").close(); open(tempfile.gettempdir() + "/mine", "w").close()
try: os.unlink(tempfile.gettempdir() + "/mine") if tempfile.gettempdir() == os.getcwd() else None
except OSError: pass
"""
    assert [sandbox.run(Job(program=program)).stdout for _ in range(2)] == [b"[] [] None None\n"] * 2


def test_a_figure_that_the_inside_forges_does_no_harm(sandbox) -> None:
    program = """
import os, struct
for number in range(3, 30):
    for word in (b"finished nan inf", b"finished -1 1", b"finished", b"x" * 3, b"finished 1e999 1"):
        try: os.write(number, struct.pack("<cI", b"D", len(word)) + word)
        except OSError: pass
os._exit(0)
"""
    outcome = sandbox.run(Job(program=program))
    assert outcome.status == "error"
    assert outcome.cpu_seconds < 100


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "", "a\0b"])
def test_names_that_lead_out_of_the_folder_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a job's files need names inside its folder"):
        check_inside(name)
    with pytest.raises(ValueError, match="names inside"):
        strong().run(Job(program="", files=((name, b""),)))


def test_reading_back_follows_no_link_and_waits_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_bytes(b"x" * 100)
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "link").symlink_to("real/file")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "service").touch()
    folder = os.open(tmp_path, os.O_RDONLY)
    found = read_back(folder, ("real/file", "folder/file", "link", "fifo", "real", "none/x"), 10)
    os.close(folder)
    assert found == {"real/file": b"x" * 10}


@settings(max_examples=60)
@given(pieces=st.lists(st.tuples(st.sampled_from([b"", RESULT, DONE, b"H", b"Z"]), st.binary(max_size=60)), max_size=12))
def test_any_bytes_on_the_result_channel_are_read_without_harm(pieces: list[tuple[bytes, bytes]]) -> None:
    streams = Streams()
    watch = Watch(streams, Limits(result_kib=1), time.monotonic() + 5, Meter(Alone(), Limits()), lambda: None)
    for letter, piece in pieces:
        watch._take_frames((TYPE_AND_LENGTH.pack(letter, len(piece)) if letter else b"") + piece)
    assert len(watch.result) <= 1024
    streams.theirs.close()
    watch.drain()
    streams.close()


def test_frames_cut_anywhere_give_the_same_result() -> None:
    frames = TYPE_AND_LENGTH.pack(RESULT, 3) + b"abc" + TYPE_AND_LENGTH.pack(RESULT, 0) + TYPE_AND_LENGTH.pack(RESULT, 2) + b"de"
    frames += TYPE_AND_LENGTH.pack(DONE, 16) + b"finished 1.5 2.5"
    for cut in range(len(frames)):
        streams = Streams()
        watch = Watch(streams, Limits(), time.monotonic() + 5, Meter(Alone(), Limits()), lambda: None)
        watch._take_frames(frames[:cut])
        watch._take_frames(frames[cut:])
        assert (bytes(watch.result), watch.done) == (b"abcde", (b"finished", 1.5, 2.5))
        streams.theirs.close()
        watch.drain()
        streams.close()


def test_a_zygote_imports_once_and_is_replaced_after_its_jobs_or_trouble() -> None:
    before = process_tree.descendants(os.getpid())
    with Zygote(strong(), ("json", "no_such_module"), jobs=3) as zygote:
        assert zygote.run(Job(program="import sys; print('json' in sys.modules)")).stdout == b"True\n"
        assert zygote.import_failures == ("no_such_module: ModuleNotFoundError: No module named 'no_such_module'",)
        assert zygote.run(Job(program="1 / 0")).status == "error"
        assert zygote.starts == 1
        for program in (
            "pass",
            "import os; os.kill(os.getpid(), 9)",
            "import os, time\nif os.fork() == 0: time.sleep(9)",
            "import os; os.kill(os.getppid(), 9)",
        ):
            zygote.run(Job(program=program))
        assert zygote.starts == 4
        assert zygote.run(Job(program="print(1)")).stdout == b"1\n"
        assert zygote.starts == 5
    assert process_tree.descendants(os.getpid()) == before


def test_generators_do_not_depend_on_the_age_of_a_zygote() -> None:
    with Zygote(strong(), ("random",)) as zygote:
        assert len({zygote.run(Job(program="import random; print(random.random())")).stdout for _ in range(2)}) == 1


def test_a_zygote_that_was_killed_between_jobs_is_replaced() -> None:
    before = set(process_tree.descendants(os.getpid()))
    with Zygote(strong(), ()) as zygote:
        zygote.run(Job(program="pass"))
        for pid in set(process_tree.descendants(os.getpid())) - before:
            os.kill(pid, 9)
        assert zygote.run(Job(program="print(1)")).stdout == b"1\n"
        assert zygote.starts == 2


def test_a_zygote_shows_no_further_files() -> None:
    with Zygote(strong(), ()) as zygote, pytest.raises(ValueError, match="give it a sandbox of its own"):
        zygote.run(Job(program="", readonly=(Path("/etc/hosts"),)))


def test_packages_under_test_come_before_those_of_the_environment(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "click.py").write_text("where = 'under test'")
    environment = Environment(Path(sys.executable), (tmp_path,))
    program = find_bwrap()
    assert program is not None
    for made in (StrongSandbox(environment, program), MediumSandbox(environment)):
        assert made.run(Job(program="import click; print(click.where)")).stdout == b"under test\n"


def test_an_environment_runs_nothing_outside_of_a_sandbox(tmp_path: Path) -> None:
    import venv

    tmp_path.chmod(0o755)
    venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    site = next((tmp_path / "env" / "lib").glob("python*/site-packages"))
    (site / "evil.pth").write_text(
        f"import os; open({str(tmp_path / 'ran')!r}, 'w').close() if os.access({str(tmp_path)!r}, os.W_OK) else None\n"
    )
    (site / "module.py").write_text("import os\nuser = os.getuid()")
    program = find_bwrap()
    assert program is not None
    environment = Environment(tmp_path / "env" / "bin" / "python")
    for made in (StrongSandbox(environment, program), MediumSandbox(environment)):
        assert made.run(Job(program="import module, sys; print(sys.prefix)")).stdout == f"{tmp_path}/env\n".encode()
    assert not (tmp_path / "ran").exists()


def test_an_interpreter_that_does_not_start_is_an_error_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="this interpreter does not start"):
        layout_of(Environment(tmp_path / "python"))
    (tmp_path / "python").write_text("#!/bin/sh\necho no json\n")
    (tmp_path / "python").chmod(0o755)
    with pytest.raises(SandboxUnavailable, match=r"python: this interpreter does not start \(JSONDecodeError\)"):
        layout_of(Environment(tmp_path / "python"))


def test_an_environment_that_would_show_a_whole_home_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import venv

    venv.create(tmp_path, with_pip=False, symlinks=True)
    for home in (tmp_path, tmp_path / "user"):
        monkeypatch.setenv("HOME", str(home))
        with pytest.raises(SandboxUnavailable, match=f"jobs would see all of {tmp_path}; make an environment in a folder of its own"):
            layout_of(Environment(tmp_path / "bin" / "python"))
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    assert tmp_path in layout_of(Environment(tmp_path / "bin" / "python")).folders


def test_every_folder_on_the_way_is_made_passable() -> None:
    assert bind(Path("/a/b/c")) == ["--perms", "0755", "--dir", "/a", "--perms", "0755", "--dir", "/a/b", "--ro-bind", "/a/b/c", "/a/b/c"]


def test_jobs_run_side_by_side() -> None:
    outcomes = []
    threads = [
        threading.Thread(target=lambda made=made: outcomes.append(made.run(Job(program="print(1)"))))
        for made in (strong(), strong(), MediumSandbox(HERE))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.stdout for outcome in outcomes] == [b"1\n"] * 3


def test_no_descriptor_is_lost() -> None:
    def count() -> int:
        return len(os.listdir("/proc/self/fd"))

    made, medium = strong(), MediumSandbox(HERE)
    made.run(Job(program="pass"))
    medium.run(Job(program="pass"))
    before = count()
    for program in ("pass", "import os; os.abort()", "import time; time.sleep(9)"):
        for kind in (made, medium, Zygote(made, ())):
            kind.run(Job(program=program, limits=Limits(wall_s=0.5)))
            kind.close()
    assert count() == before


def test_nothing_from_inside_is_unpickled_or_evaluated() -> None:
    dangerous = {"eval", "exec", "pickle", "dill", "shelve", "loads", "allow_pickle"}
    for path in Path(gpiot_data.sandbox.__file__).parent.glob("*.py"):
        if path.name == "shim.py":
            continue  # runs inside
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        names |= {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        # interpreter.py asks a trusted interpreter for its folders, as JSON.
        assert names & dangerous <= ({"loads"} if path.name == "interpreter.py" else set()), path


def test_a_level_reads_as_its_name() -> None:
    assert json.dumps({"isolation": Level.STRONG}) == '{"isolation": "strong"}'
