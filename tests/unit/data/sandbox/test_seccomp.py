"""The system call filter, run by a small interpreter of its instructions."""

from __future__ import annotations

import errno
import struct

import pytest

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox import seccomp
from gpiot_data.sandbox.seccomp import seccomp_program

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL = "allow", "kill"


def decide(program: bytes, call: int, *arguments: int, architecture: int = ARCHITECTURES["x86_64"]) -> str | int:
    """Return what the filter answers: allow, kill, or the number of an error."""
    data = struct.pack("<IIQ6Q", call, architecture, 0, *[value & (1 << 64) - 1 for value in (*arguments, *[0] * (6 - len(arguments)))])
    steps = list(struct.iter_unpack("=HBBI", program))
    accumulator = at = 0
    while True:
        code, true, false, value = steps[at]
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            return {0x7FFF0000: ALLOW, 0x80000000: KILL}.get(value, value & 0xFFFF)
        else:
            hit = {0x15: accumulator == value, 0x25: accumulator > value, 0x45: bool(accumulator & value)}[code]
            at += true if hit else false


@pytest.mark.parametrize("shared_host", [False, True])
@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_every_listed_call_gets_an_answer_and_reading_files_is_allowed(machine: str, shared_host: bool) -> None:
    program = seccomp_program(shared_host=shared_host, machine=machine)
    column = list(ARCHITECTURES).index(machine)
    architecture = ARCHITECTURES[machine]
    for name in seccomp._DENIED:
        number = seccomp._NUMBERS[name][column]
        assert number is None or decide(program, number, architecture=architecture) == errno.EPERM, name
    for number in {"x86_64": (0, 1, 3, 9, 12, 59, 202, 257), "aarch64": (56, 57, 63, 64, 98, 214, 221, 222)}[machine]:
        assert decide(program, number, architecture=architecture) == ALLOW


def test_a_foreign_architecture_is_killed_and_unknown_calls_do_not_exist() -> None:
    program = seccomp_program()
    assert decide(program, 20, architecture=0x40000003) == KILL
    assert decide(program, 0x40000000 | 39) == errno.ENOSYS
    assert decide(program, 463) == errno.ENOSYS
    assert decide(program, 462) == ALLOW


@pytest.mark.parametrize(
    ("call", "arguments", "strong", "medium", "medium_old"),
    [
        (41, (1,), ALLOW, errno.EACCES, errno.EACCES),  # socket(AF_UNIX)
        (41, (2,), errno.EACCES, errno.EACCES, errno.EACCES),
        (41, (40,), errno.EACCES, errno.EACCES, errno.EACCES),
        (53, (1,), ALLOW, ALLOW, ALLOW),  # socketpair(AF_UNIX)
        (53, (2,), errno.EACCES, errno.EACCES, errno.EACCES),
        (53, (1, 0x80801), ALLOW, ALLOW, ALLOW),  # SOCK_STREAM, with SOCK_CLOEXEC and SOCK_NONBLOCK
        (53, (1, 5), ALLOW, ALLOW, ALLOW),  # SOCK_SEQPACKET
        (53, (1, 2), ALLOW, errno.EACCES, errno.EACCES),  # SOCK_DGRAM
        (53, (1, 0x80803), ALLOW, errno.EACCES, errno.EACCES),  # SOCK_RAW
        (44, (3, 0, 1, 0, 0), ALLOW, ALLOW, ALLOW),  # sendto without an address
        (44, (3, 0, 1, 0, 0x7000), ALLOW, errno.EACCES, errno.EACCES),
        (44, (3, 0, 1, 0, 1 << 32), ALLOW, errno.EACCES, errno.EACCES),
        (46, (3,), ALLOW, errno.EACCES, errno.EACCES),  # sendmsg
        (42, (3,), ALLOW, errno.EACCES, errno.EACCES),  # connect
        (54, (3, 1, 7), errno.EPERM, errno.EPERM, errno.EPERM),  # setsockopt(SO_SNDBUF)
        (54, (3, 1, 33), errno.EPERM, errno.EPERM, errno.EPERM),
        (54, (3, 1, 9), ALLOW, ALLOW, ALLOW),
        (54, (3, 6, 7), ALLOW, ALLOW, ALLOW),  # of another layer
        (72, (3, 1031, 1 << 20), errno.EPERM, errno.EPERM, errno.EPERM),  # fcntl(F_SETPIPE_SZ)
        (278, (), errno.ENOSYS, errno.ENOSYS, errno.ENOSYS),  # vmsplice
        (40, (), errno.ENOSYS, errno.ENOSYS, errno.ENOSYS),  # sendfile
        (157, (4, 0), ALLOW, errno.EPERM, errno.EPERM),  # prctl(PR_SET_DUMPABLE)
        (157, (4, 1), ALLOW, ALLOW, ALLOW),
        (157, (15, 0), ALLOW, ALLOW, ALLOW),
        (254, (), ALLOW, errno.ENOSYS, errno.ENOSYS),  # inotify_add_watch
        (56, (0x3D0F00,), ALLOW, ALLOW, ALLOW),  # a thread
        (56, (0x3D0B00,), errno.EPERM, errno.EPERM, errno.EPERM),  # a thread with descriptors of its own
        (56, (17,), ALLOW, ALLOW, ALLOW),  # fork
        (56, (0x10000011,), errno.EPERM, errno.EPERM, errno.EPERM),
        (435, (), errno.ENOSYS, errno.ENOSYS, errno.ENOSYS),  # clone3
        (319, (), errno.ENOSYS, errno.ENOSYS, errno.ENOSYS),  # memfd_create
        (16, (0, 0x5412), errno.EPERM, errno.EPERM, errno.EPERM),  # TIOCSTI
        (16, (0, 0x5413), ALLOW, ALLOW, ALLOW),
        (16, (0, 0x8901), ALLOW, ALLOW, errno.EPERM),  # FIOSETOWN
        (62, (1234, 9), ALLOW, ALLOW, errno.EPERM),  # kill
        (62, (-1, 9), ALLOW, errno.EPERM, errno.EPERM),
        (62, (0, 9), ALLOW, ALLOW, ALLOW),
        (234, (1, 1, 9), ALLOW, ALLOW, errno.EPERM),  # tgkill
        (72, (3, 10, 9), ALLOW, ALLOW, errno.EPERM),  # fcntl(F_SETSIG)
        (72, (3, 1, 0), ALLOW, ALLOW, ALLOW),
        (90, (), ALLOW, 0, 0),  # chmod: without effect
        (92, (), ALLOW, errno.EPERM, errno.EPERM),  # chown
        (302, (0,), ALLOW, ALLOW, ALLOW),  # prlimit64 of oneself
        (302, (1234,), errno.EPERM, errno.EPERM, errno.EPERM),
        (203, (0,), ALLOW, ALLOW, ALLOW),  # sched_setaffinity of oneself
        (203, (1234,), errno.EPERM, errno.EPERM, errno.EPERM),
        (144, (1234,), errno.EPERM, errno.EPERM, errno.EPERM),  # sched_setscheduler
        (141, (0, 0, 3), ALLOW, ALLOW, ALLOW),  # setpriority(PRIO_PROCESS) of oneself
        (141, (0, 1234, 3), errno.EPERM, errno.EPERM, errno.EPERM),
        (141, (1, 0, 3), errno.EPERM, errno.EPERM, errno.EPERM),  # PRIO_PGRP
        (141, (2, 0, 3), errno.EPERM, errno.EPERM, errno.EPERM),  # PRIO_USER
        (251, (1, 0, 3), ALLOW, ALLOW, ALLOW),  # ioprio_set(IOPRIO_WHO_PROCESS) of oneself
        (251, (1, 1234, 3), errno.EPERM, errno.EPERM, errno.EPERM),
        (251, (2, 0, 3), errno.EPERM, errno.EPERM, errno.EPERM),
        (251, (3, 0, 3), errno.EPERM, errno.EPERM, errno.EPERM),  # IOPRIO_WHO_USER
    ],
)
def test_answers_depend_on_arguments_and_on_what_else_confines(
    call: int, arguments: tuple[int, ...], strong: object, medium: object, medium_old: object
) -> None:
    assert decide(seccomp_program(), call, *arguments) == strong
    assert decide(seccomp_program(shared_host=True), call, *arguments) == medium
    assert decide(seccomp_program(shared_host=True, own_signals_only=True), call, *arguments) == medium_old


def test_an_unknown_architecture_is_refused() -> None:
    with pytest.raises(SandboxUnavailable, match="no system call filter for the architecture riscv64"):
        seccomp_program(machine="riscv64")
