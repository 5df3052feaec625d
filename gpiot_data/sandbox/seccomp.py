"""The system calls a job may not make, as a classic BPF program for the kernel's seccomp filter.

The program is assembled here instead of by libseccomp, which is not installed everywhere: a list of numbers
and comparisons is short, has no state and gives the same bytes on every machine. It denies what reaches around
namespaces and Landlock (kernel keyrings, BPF, io_uring, mounts, other processes' memory, sockets that are not
confined by a network namespace), what makes the kernel hold more memory than can be counted (larger buffers of
sockets and pipes, pages kept in pipes) and every call younger than the list.
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Callable, Sequence
from functools import lru_cache

from gpiot_data.errors import SandboxUnavailable

#: name -> (x86_64, aarch64); None where the architecture has no such call. From the kernel's unistd tables, 6.8.
_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "lookup_dcookie": (212, 18), "fanotify_init": (300, 262), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "mount_setattr": (442, 442), "statmount": (457, 457), "listmount": (458, 458), "unshare": (272, 97),
    "setns": (308, 268), "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "quotactl": (179, 60),
    "quotactl_fd": (443, 443), "acct": (163, 89), "syslog": (103, 116), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "clock_adjtime": (305, 266), "adjtimex": (159, 171), "sethostname": (170, 161), "setdomainname": (171, 162), "vhangup": (153, 58),
    "iopl": (172, None), "ioperm": (173, None), "modify_ldt": (154, None), "uselib": (134, None), "personality": (135, 92),
    "nfsservctl": (180, 42), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "move_pages": (279, 239), "migrate_pages": (256, 238),
    "lsm_set_self_attr": (460, 460), "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "shmat": (30, 196),
    "shmctl": (31, 195), "semget": (64, 190), "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192), "msgget": (68, 186),
    "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181), "clone": (56, 220),
    "clone3": (435, 435), "socket": (41, 198), "socketpair": (53, 199), "ioctl": (16, 29), "kill": (62, 129), "tkill": (200, 130),
    "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "utime": (132, None), "utimes": (235, None),
    "futimesat": (261, None), "utimensat": (280, 88), "chown": (92, None), "lchown": (94, None), "fchown": (93, 55),
    "fchownat": (260, 54), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "prlimit64": (302, 261), "setpriority": (141, 140), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274), "ioprio_set": (251, 30), "fcntl": (72, 25), "prctl": (157, 167),
    "splice": (275, 76), "tee": (276, 77), "vmsplice": (278, 75), "sendfile": (40, 71), "setsockopt": (54, 208), "sendto": (44, 206),
    "sendmsg": (46, 211), "sendmmsg": (307, 269), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "inotify_init": (253, None), "inotify_init1": (294, 26), "inotify_add_watch": (254, 27),
}  # fmt: skip
#: The youngest call that the lists above were written for; what came later is refused as if the kernel did not have it.
_YOUNGEST = 462

_ANSWERED_DIFFERENTLY = ("clone", "clone3", "socket", "socketpair", "ioctl", "kill", "fcntl", "prctl", "setsockopt", "sendto")
#: Calls that can change other processes of the same user, with the arguments (position, value) that mean only the caller.
#: PRIO_PROCESS is 0 and IOPRIO_WHO_PROCESS is 1; with a group or a user instead, 0 means all processes of the caller's.
_OF_A_PROCESS: dict[str, tuple[tuple[int, int], ...]] = {
    "prlimit64": ((0, 0),),
    "sched_setaffinity": ((0, 0),),
    "sched_setscheduler": ((0, 0),),
    "sched_setparam": ((0, 0),),
    "sched_setattr": ((0, 0),),
    "setpriority": ((0, 0), (1, 0)),
    "ioprio_set": ((0, 1), (1, 0)),
}
_TIMES_AND_MODES = ("chmod", "fchmod", "fchmodat", "fchmodat2", "utime", "utimes", "futimesat", "utimensat")
_OWNERS = ("chown", "lchown", "fchown", "fchownat")
_ATTRIBUTES = ("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr")
_SIGNALS = ("tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal")
#: Memory that neither the address space limit nor the size of a tmpfs counts; ENOSYS sends callers to their fallback.
_MEMORY_FILES = ("memfd_create", "memfd_secret")
#: A pipe or socket that was given a page of a large one keeps all of that one; ENOSYS sends callers to reading and writing.
_KEPT_PAGES = ("splice", "tee", "vmsplice", "sendfile")
#: With no socket but the ends of a pair, each of these could only be used to reach a service, or to hide a file in a message.
_ADDRESSES_AND_MESSAGES = ("connect", "bind", "listen", "sendmsg", "sendmmsg")
#: Landlock does not cover these: they tell the names of new files in folders that cannot be read.
_WATCHING_FOLDERS = ("inotify_init", "inotify_init1", "inotify_add_watch")
_HOST_WIDE = (*_TIMES_AND_MODES, *_OWNERS, *_ATTRIBUTES, *_SIGNALS, *_ADDRESSES_AND_MESSAGES, *_WATCHING_FOLDERS)
_WITHOUT = (*_MEMORY_FILES, *_KEPT_PAGES)
_DENIED = tuple(name for name in _NUMBERS if name not in (*_ANSWERED_DIFFERENTLY, *_OF_A_PROCESS, *_HOST_WIDE, *_WITHOUT))

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_AF_UNIX = 1
#: CLONE_NEWUSER, NEWPID, NEWNET, NEWIPC, NEWUTS, NEWCGROUP, NEWNS.
_NEW_NAMESPACE = 0x10000000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000 | 0x02000000 | 0x00020000
#: TIOCSTI and TIOCLINUX put characters into the input of a terminal.
_TERMINAL_INPUT = (0x5412, 0x541C)
#: FIOSETOWN, SIOCSPGRP and F_SETOWN, F_SETSIG, F_SETOWN_EX let the kernel send any signal to another process.
_OWNER_OF_SOCKET = (0x8901, 0x8902)
_OWNER_OF_FILE = (8, 10, 15)
#: F_SETPIPE_SZ.
_SIZE_OF_PIPE = (1031,)
#: SO_SNDBUF, SO_RCVBUF and the same with FORCE, of SOL_SOCKET.
_SIZE_OF_SOCKET, _SOL_SOCKET = (7, 8, 32, 33), 1
#: Of the kinds of AF_UNIX sockets, this bit is in SOCK_DGRAM and in SOCK_RAW, which means the same, and not in the connected ones.
_DATAGRAMS = 2
_SET_DUMPABLE = 4
#: CLONE_FILES and CLONE_THREAD.
_SHARES_FILES, _IS_THREAD = 0x400, 0x10000
_EVERYBODY = 0xFFFFFFFF

_LOAD, _EQUAL, _GREATER, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_CALL_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16

_Step = tuple[int, int, int, int]


def supported() -> bool:
    """Tell whether there is a filter for this machine's architecture."""
    return platform.machine() in _ARCHITECTURES


@lru_cache(maxsize=8)
def seccomp_program(*, shared_host: bool = False, own_signals_only: bool = False, machine: str | None = None) -> bytes:
    """Return the filter as an array of `struct sock_filter`.

    Args:
        shared_host: the job has no namespaces of its own, so every socket is refused but the ends of a connected pair (a path
            may lead to a service that obeys this user), so are signals to everybody, watching folders, and hiding from
            the count of open files, and changes of modes, times and owners have no effect: Landlock does not cover these.
        own_signals_only: refuse signals altogether but those that a process sends to its own group (kernels
            whose Landlock cannot keep signals in).
        machine: the architecture; that of this machine by default.

    Raises:
        SandboxUnavailable: for an architecture whose calls are not known here.
    """
    name = platform.machine() if machine is None else machine
    if name not in _ARCHITECTURES:
        raise SandboxUnavailable(f"no system call filter for the architecture {name}; run on x86_64 or aarch64")
    column, architecture = _ARCHITECTURES[name]
    steps: list[_Step] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, architecture),
        _give(_KILL),
        (_LOAD, 0, 0, _CALL_AT),
        (_GREATER, 0, 1, _YOUNGEST),
        _refuse(errno.ENOSYS),
    ]

    def on(call: str, *then: _Step) -> None:
        number = _NUMBERS[call][column]
        if number is not None:
            steps.extend([(_EQUAL, 0, len(then), number), *then])

    for call in _DENIED:
        on(call, _refuse(errno.EPERM))
    # The flags of clone3 lie behind a pointer that a filter cannot read: callers fall back to clone.
    for call in ("clone3", *_WITHOUT):
        on(call, _refuse(errno.ENOSYS))
    spaces = (_argument(0), (_ANY_BIT, 0, 1, _NEW_NAMESPACE), _refuse(errno.EPERM))
    # A thread with descriptors of its own would have them where nobody looks.
    on("clone", *spaces, (_ANY_BIT, 0, 2, _IS_THREAD), (_ANY_BIT, 1, 0, _SHARES_FILES), _refuse(errno.EPERM), _give(_ALLOW))
    owners = _OWNER_OF_SOCKET if own_signals_only else ()
    on("ioctl", _argument(1), *_refuse_values((*_TERMINAL_INPUT, *owners), errno.EPERM))
    unix_only = (_argument(0), (_EQUAL, 0, 1, _AF_UNIX), _give(_ALLOW), _refuse(errno.EACCES))
    connected = (_argument(1), (_ANY_BIT, 0, 1, _DATAGRAMS), _refuse(errno.EACCES)) if shared_host else ()
    on("socketpair", *connected, *unix_only)
    on("socket", *([_refuse(errno.EACCES)] if shared_host else unix_only))
    sizes = _refuse_values(_SIZE_OF_SOCKET, errno.EPERM)
    on("setsockopt", _argument(1), (_EQUAL, 1, 0, _SOL_SOCKET), _give(_ALLOW), _argument(2), *sizes)
    owners_of_file = _OWNER_OF_FILE if own_signals_only else ()
    on("fcntl", _argument(1), *_refuse_values((*_SIZE_OF_PIPE, *owners_of_file), errno.EPERM))
    # On every level: in a zygote's namespace the zygote itself is such a process, and later jobs inherit what it has.
    for call, only in _OF_A_PROCESS.items():
        checks = [step for position, value in only for step in (_argument(position), (_EQUAL, 1, 0, value), _refuse(errno.EPERM))]
        on(call, *checks, _give(_ALLOW))
    if shared_host:
        _protect_host(on, own_signals_only)
    steps.append(_give(_ALLOW))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _protect_host(on: Callable[..., None], own_signals_only: bool) -> None:
    for call in _TIMES_AND_MODES:
        on(call, _refuse(0))  # "success" without effect: copying files inside the scratch folder goes on to work
    for call in (*_OWNERS, *_ATTRIBUTES):
        on(call, _refuse(errno.EPERM))
    for call in _ADDRESSES_AND_MESSAGES:
        on(call, _refuse(errno.EACCES))
    for call in _WATCHING_FOLDERS:
        on(call, _refuse(errno.ENOSYS))
    on("sendto", *(step for half in (0, 4) for step in (_argument(4, half), (_EQUAL, 1, 0, 0), _refuse(errno.EACCES))), _give(_ALLOW))
    shown = (_argument(1), (_EQUAL, 0, 1, 1), _give(_ALLOW), _refuse(errno.EPERM))
    on("prctl", _argument(0), (_EQUAL, 1, 0, _SET_DUMPABLE), _give(_ALLOW), *shown)
    if own_signals_only:
        for call in _SIGNALS:
            on(call, _refuse(errno.EPERM))
        on("kill", _argument(0), (_EQUAL, 0, 1, 0), _give(_ALLOW), _refuse(errno.EPERM))
    else:
        on("kill", _argument(0), *_refuse_values((_EVERYBODY,), errno.EPERM))


def _give(verdict: int) -> _Step:
    return (_RETURN, 0, 0, verdict)


def _refuse(number: int) -> _Step:
    return _give(_ERRNO | number)


def _argument(index: int, half: int = 0) -> _Step:
    # The low half of a 64-bit argument, or with 4 the high one; both architectures are little-endian.
    return (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * index + half)


def _refuse_values(values: Sequence[int], number: int) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    for value in values:
        steps += [(_EQUAL, 0, 1, value), _refuse(number)]
    return (*steps, _give(_ALLOW))
