"""What runs inside a sandbox: it confines itself, runs a program, and says how that ended.

This file is a script. It is started with `python -S` in another environment, perhaps by another version of
Python, so it imports nothing but the standard library, and of that only what is cheap to load.

    shim.py once ORDER RESULT          run one job
    shim.py zygote ORDER CONTROL       import modules, then run one forked job after another
    shim.py warden MODE ORDER SOCKET LIFE
                                       do either of these in a child, and kill all that is left of it afterwards

ORDER is the descriptor of a file with a marshalled mapping, made by `policy.order_of`; RESULT and CONTROL are
sockets to the parent; LIFE is a socket whose end of file means that the parent is gone. Nothing that is sent
here is a secret or a verdict: the program shares this process and can send the same.
"""

from __future__ import annotations

import _socket
import contextlib
import marshal
import os
import resource
import struct
import sys
import time
from typing import Any, NoReturn

TYPE_AND_LENGTH = struct.Struct("<cI")
HELLO, GO, RESULT, DONE, READY, EXITED, JOB, CLEAN, STOP = b"H", b"G", b"R", b"D", b"Y", b"E", b"J", b"C", b"S"
#: Words of the DONE message.
FINISHED, RAISED, OUT_OF_MEMORY = b"finished", b"raised", b"memory"
#: EXITED: wait status, CPU seconds, MiB, whether processes were left.
EXIT = struct.Struct("<idd?")
_SOL_SOCKET, _SCM_RIGHTS = 1, 1
_SET_DEATH_SIGNAL, _SET_DUMPABLE, _KEEP_CAPABILITIES, _SECCOMP, _SUBREAPER, _NO_NEW_PRIVILEGES = 1, 4, 8, 22, 36, 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ_ANY_FILE = 2  # CAP_DAC_READ_SEARCH
_CAPABILITY_VERSION = 0x20080522
_SIGKILL, _SIGSTOP = 9, 19


class _Libc:
    """System calls that the standard library does not have; ctypes is loaded only where one is needed."""

    def __init__(self) -> None:
        import ctypes

        self._ctypes = ctypes
        self._library = ctypes.CDLL(None, use_errno=True)

    def call(self, name: str, *arguments: Any) -> int:
        """Call a function of libc, bytes by address and numbers as long; raise OSError if it fails."""
        wrapped = [self._ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
        answer = int(getattr(self._library, name)(*wrapped))
        if answer < 0:
            number = self._ctypes.get_errno()
            raise OSError(number, f"{name}: {os.strerror(number)}")
        return answer

    def filter_calls(self, program: bytes) -> None:
        """Load a seccomp filter."""
        buffer = self._ctypes.create_string_buffer(program, len(program))
        self.call("prctl", _SECCOMP, 2, struct.pack("HxxxxxxQ", len(program) // 8, self._ctypes.addressof(buffer)), 0, 0)


def confine(order: dict[str, Any], keep: tuple[int, ...], presides: bool = False) -> None:
    """Give up every right that the order does not grant, or raise OSError; there is no way back."""
    close_all_but(keep)
    # Loaded before limits are: loading may map files and start nothing.
    libc = _Libc() if order.get("user") is not None or order.get("landlock") or order.get("seccomp") else None
    if libc and order.get("user") is not None:
        become(libc, order["user"], order.get("keep_reading", False))
    if presides:
        preside()
    elif libc and order.get("countable"):  # whoever watches may see what it holds open
        libc.call("prctl", _SET_DUMPABLE, 1, 0, 0, 0)
    limit(order["limits"])
    if libc:
        if order.get("death_signal"):  # a change of user clears it, so not earlier
            libc.call("prctl", _SET_DEATH_SIGNAL, _SIGKILL, 0, 0, 0)
        libc.call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if order.get("landlock"):
            landlock(libc, order["landlock"], order["rules"])
        if order.get("seccomp"):
            libc.filter_calls(order["seccomp"])


def preside() -> None:
    """Inherit orphans, and close this process's memory, and that of its forks, to others of this user: jobs could write to it."""
    for option, value in ((_SUBREAPER, 1), (_SET_DUMPABLE, 0)):
        _Libc().call("prctl", option, value, 0, 0, 0)


def close_all_but(keep: tuple[int, ...]) -> None:
    """Close every descriptor except stdin, stdout, stderr and `keep`."""
    for below, above in zip((2, *sorted(keep)), (*sorted(keep), 1 << 16), strict=True):
        os.closerange(below + 1, above)


def become(libc: _Libc, user: int, keep_reading: bool) -> None:
    """Become another user, with no capability but, if `keep_reading`, that of reading (Landlock then says where) a private interpreter."""
    if keep_reading:
        libc.call("prctl", _KEEP_CAPABILITIES, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    kept = 1 << _READ_ANY_FILE if keep_reading else 0
    # Effective, permitted, inheritable; the inheritable ones outlive the change of user.
    libc.call("capset", struct.pack("II", _CAPABILITY_VERSION, 0), struct.pack("6I", kept, kept, 0, 0, 0, 0))


def limit(limits: dict[str, tuple[int, int]]) -> None:
    """Set resource limits; one that is already lower stays."""
    for name, (soft, hard) in limits.items():
        kind = getattr(resource, name)
        highest = resource.getrlimit(kind)[1]
        if highest != resource.RLIM_INFINITY:
            soft, hard = min(soft, highest), min(hard, highest)
        resource.setrlimit(kind, (soft, hard))


def landlock(libc: _Libc, ruleset: bytes, rules: tuple[tuple[str, int], ...]) -> None:
    """Forbid all access to files that `rules` (path, rights) do not allow."""
    handle = libc.call("syscall", _LANDLOCK_CREATE, ruleset, len(ruleset), 0)
    for path, rights in rules:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        libc.call("syscall", _LANDLOCK_ADD, handle, 1, struct.pack("=Qi", rights, place), 0)
        os.close(place)
    libc.call("syscall", _LANDLOCK_RESTRICT, handle, 0)
    os.close(handle)


class Channel:
    """Frames to the parent: one letter, a length, bytes."""

    def __init__(self, descriptor: int) -> None:
        self._socket = _socket.socket(fileno=descriptor)

    def send(self, letter: bytes, data: bytes = b"") -> None:
        """Send one frame."""
        self._socket.sendall(TYPE_AND_LENGTH.pack(letter, len(data)) + data)

    def hello(self, folders: tuple[str, ...]) -> None:
        """Tell that confinement is complete, hand over the writable folders, which only exist in here, and wait for the parent."""
        handles = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) for folder in folders]
        if not handles:  # also where messages with descriptors are refused
            self.send(HELLO)
        else:
            packed = struct.pack(f"{len(handles)}i", *handles)
            self._socket.sendmsg([TYPE_AND_LENGTH.pack(HELLO, 0)], [(_SOL_SOCKET, _SCM_RIGHTS, packed)])
        for handle in handles:
            os.close(handle)
        if self._socket.recv(1) != GO:
            os._exit(1)

    def receive(self, n_descriptors: int) -> tuple[bytes, tuple[int, ...]]:
        """Wait for one letter from the parent, with the descriptors that come along; no letter when the parent is gone."""
        data, extra, _flags, _address = self._socket.recvmsg(1, 64)
        raw = b"".join(piece for level, kind, piece in extra if (level, kind) == (_SOL_SOCKET, _SCM_RIGHTS))
        return data, struct.unpack(f"{n_descriptors}i", raw) if len(raw) == 4 * n_descriptors else ()

    def close(self) -> None:
        """Close the parent's socket in this process."""
        self._socket.close()


class _Source:
    """Lets tracebacks and `inspect` find the program's text, which is in no file."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, _name: str) -> str:
        """Return the text."""
        return self._text


def prepare(order: dict[str, Any]) -> None:
    """Process the environment's site folders, now that no right is left for them to use."""
    import site

    sys.argv = ["program.py"]
    site.main()
    sys.path[:0] = order["path"]


def run_program(order: dict[str, Any], channel: Channel) -> int:
    """Run the program of an order as `__main__`, say how it ended, and return the exit status."""
    scratch = order["scratch"]
    os.chdir(scratch)
    for name, content in order["files"]:
        if folder := os.path.dirname(name):
            os.makedirs(folder, exist_ok=True)
        with open(name, "wb") as stream:
            stream.write(content)
    sys.path.insert(0, scratch)
    job = type(sys)("gpiot_job")
    job.__dict__.update(argument=order.pop("argument"), result=lambda data: channel.send(RESULT, bytes(data)))
    main, source = type(sys)("__main__"), order["program"]
    main.__dict__.update(__builtins__=__builtins__, __file__=f"{scratch}/program.py", __loader__=_Source(source))
    sys.modules["gpiot_job"], sys.modules["__main__"] = job, main
    status, word = 1, RAISED
    try:
        exec(compile(source, "program.py", "exec", dont_inherit=True), main.__dict__)  # noqa: S102 - this is what a sandbox is for
        status, word = 0, FINISHED
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        word = RAISED if status else FINISHED
        sys.stderr.write("" if end.code is None or isinstance(end.code, int) else f"{end.code}\n")
    except MemoryError:
        word = OUT_OF_MEMORY
        sys.stderr.write("MemoryError\n")
    except BaseException:
        report()
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu, rss = sum(one.ru_utime + one.ru_stime for one in used), max(one.ru_maxrss for one in used) / 1024
    with contextlib.suppress(OSError):
        channel.send(DONE, word + f" {cpu:.6f} {rss:.3f}".encode())
    return status


def report() -> None:
    """Print the exception being handled, from the program's first line on."""
    with contextlib.suppress(Exception):
        import traceback

        kind, error, trace = sys.exc_info()
        # The program's own frames: the shim's `exec` call is the outermost.
        traceback.print_exception(kind, error, trace.tb_next if trace and trace.tb_next else trace)


def once(order: dict[str, Any], socket: int) -> NoReturn:
    """Run one job and end as Python ends, with `atexit` and threads."""
    confine(order, (socket,))
    channel = Channel(socket)
    channel.hello(order["folders"])
    prepare(order)
    sys.exit(run_program(order, channel))


def zygote(order: dict[str, Any], socket: int) -> NoReturn:
    """Import modules once, then run each job in a fork of this process, until the parent closes the socket."""
    confine(order, (socket,), presides=True)
    own = os.getpid()
    channel = Channel(socket)
    channel.hello(order["folders"])
    prepare(order)
    import gc
    import shutil

    # An environment that lies below /tmp is shown there: its folders are the sandbox's own and cannot be removed.
    shown = {entry.path for folder in order["writable"] for entry in os.scandir(folder)}
    failed = []
    for name in order["modules"]:
        try:
            __import__(name)
        except BaseException as error:  # what is missing, broken or ends its program is for the job to find out
            failed.append(f"{name}: {type(error).__name__}: {error}")
    if os.getpid() != own:  # a module forked, and its child came this far
        os._exit(1)
    gc.collect()
    gc.freeze()
    channel.send(READY, "\n".join(failed).encode("utf-8", "replace"))
    while True:
        letter, descriptors = channel.receive(4)
        if letter == JOB and descriptors:
            os.mkdir(order["scratch"])
            serve(channel, descriptors, order.get("countable", False))
        elif letter == CLEAN:
            for folder in order["writable"]:
                for entry in [entry for entry in os.scandir(folder) if entry.path not in shown]:
                    shutil.rmtree(entry) if entry.is_dir(follow_symlinks=False) else os.unlink(entry)
            channel.send(CLEAN)
        else:
            os._exit(0)


def serve(channel: Channel, descriptors: tuple[int, ...], countable: bool) -> None:
    """Run one job in a child and tell the parent how it ended."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            channel.close()
            if countable:
                _Libc().call("prctl", _SET_DUMPABLE, 1, 0, 0, 0)
            status = job_of_zygote(*descriptors)
        finally:
            os._exit(status)
    for number in descriptors:
        os.close(number)
    _, status, used = os.wait4(child, 0)
    channel.send(EXITED, EXIT.pack(status, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, anybody_left()))


def job_of_zygote(order_file: int, output: int, errors: int, socket: int) -> int:
    """Run the job in this forked process; return its exit status."""
    os.setsid()
    os.dup2(output, 1)
    os.dup2(errors, 2)
    order = read_order(order_file)
    for number in (output, errors):
        os.close(number)
    limit(order["limits"])
    # A fork inherits the generators' state, which would make a job depend on the zygote's age.
    if "random" in sys.modules:
        sys.modules["random"].seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    (channel := Channel(socket)).hello(())
    return run_program(order, channel)


def anybody_left() -> bool:
    """Tell whether processes of the last job still live; those that are about to end get a moment."""
    for _ in range(20):
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return False
        time.sleep(0.005)
    return True


def warden(mode: str, order: dict[str, Any], socket: int, life: int) -> NoReturn:
    """Run `mode` in a child, outside of its confinement, so that nothing of it can outlive the job or the parent."""
    import select

    preside()
    child = os.fork()
    if child == 0:
        os.setsid()  # a signal to the job's own group must not reach this process
        MODES[mode](order, socket)
    os.close(socket)
    parent = _socket.socket(fileno=life)
    poll = select.poll()
    poll.register(life, select.POLLIN | select.POLLHUP)
    poll.register(handle := os.pidfd_open(child), select.POLLIN)
    ended = any(number == handle for number, _ in poll.poll())
    if ended:
        _, status, used = os.wait4(child, 0)
    kill_everything()
    if ended:
        with contextlib.suppress(OSError):
            parent.sendall(EXIT.pack(status, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, False))
    elif parent.recv(1) != STOP:  # it was killed and cannot clean up
        os.execv("/bin/rm", ["rm", "-rf", "--", order["remove"]])  # noqa: S606
    os._exit(0)


def kill_everything() -> None:
    """Kill and reap every descendant; orphans come to this process because it is a subreaper."""
    while True:
        stopped: set[int] = set()
        # All are stopped before one is killed: a fork bomb refills every place that becomes free.
        while young := set(descendants(os.getpid())) - stopped:
            for pid in young:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, _SIGSTOP)
            stopped |= young
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, _SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)


def descendants(pid: int) -> list[int]:
    """Return the children of a process, theirs, and so on."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as stream:
                found += [int(child) for child in stream.read().split()]
    return found + [grandchild for child in found for grandchild in descendants(child)]


def read_order(descriptor: int) -> dict[str, Any]:
    """Read what to do from a file that the parent wrote, and close it."""
    with open(descriptor, "rb") as stream:
        stream.seek(0)
        order: dict[str, Any] = marshal.loads(stream.read())  # noqa: S302 - written by the parent, which is trusted in here
    return order


MODES = {"once": once, "zygote": zygote}


if __name__ == "__main__":
    if sys.argv[1] == "warden":
        warden(sys.argv[2], read_order(int(sys.argv[3])), int(sys.argv[4]), int(sys.argv[5]))
    MODES[sys.argv[1]](read_order(int(sys.argv[2])), int(sys.argv[3]))
