"""Programs that try to get out of a sandbox, to use up the machine, or to look as if they had passed.

Each sends a result that begins with PWNED when it got what it wanted. `FACTS` is what the harness knows about the
host: paths, ports and processes that were made for this and may be attacked. Nothing here does harm if it succeeds: files
are in a folder made for it, signals are ones that are ignored by default, the process to kill is a `sleep`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: A level lets a case have its way only where it is named here: the medium level has no quota on its scratch folder.
EXCEPTIONS = {("medium", "05 disk fill by many files at once")}

_HEAD = """
import ctypes, json, os, signal, socket, sys, time
import gpiot_job
FACTS = json.loads(gpiot_job.argument)
SECRET = FACTS["secret"]
def pwned(what=""):
    gpiot_job.result(b"PWNED " + str(what).encode() + b"\\n")
LIBC = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    answer = LIBC.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    return answer, ctypes.get_errno()
"""
#: What runs after a candidate: the value goes out, and nothing in here knows what it should be.
_CALL_F = """
import gpiot_job as _job, json as _json
_job.result(_json.dumps(f(41)).encode())
"""


@dataclass(frozen=True)
class Case:
    """One attack: the statuses that are right for it, and limits that differ from the harness's."""

    name: str
    program: str
    statuses: tuple[str, ...] = ("ok", "error")
    limits: dict[str, float] = field(default_factory=dict)
    collect: tuple[str, ...] = ()
    #: Counts processes or uses a lot of the machine: runs while no other case does.
    alone: bool = False
    #: Text that stdout must hold, so that an attack that never began does not count as refused.
    says: str = ""


def attack(name: str, program: str, *statuses: str, **more: object) -> Case:
    """Make a case of an attack that reports itself."""
    return Case(name, _HEAD + program, statuses or ("ok",), **more)


def fake(name: str, candidate: str, *statuses: str, **more: object) -> Case:
    """Make a case of a candidate for `f(41) == 42` that does not compute it."""
    return Case(name, candidate + _CALL_F, statuses or ("ok", "error"), **more)


#: Fills more than the harness's scratch folder may hold, and keeps it.
_HOARD = """
held, total = [], 0
try:
    for n in range(10):
        {make}
        total += sum(f.write(bytes(1 << 20)) for _ in range(2)); held.append(f)
        {after}
except OSError: pass
time.sleep(1)
if total > 9 << 20: pwned(total)
"""
_HOARDS = ("ok", "output_limit")

RESOURCES = [
    attack(
        "01 fork bomb, counted",
        """
n = 0
try:
    while n < 200:
        if os.fork() == 0: time.sleep(30); os._exit(0)
        n += 1
except OSError: pass
print("forked", n)
if n > 20: pwned(n)
""",
        alone=True,
        says="forked",
    ),
    attack(
        "01 fork bomb, doubling",
        "for _ in range(8):\n    try: os.fork()\n    except OSError: pass\nwhile True:\n    try: os.fork() or os._exit(0)\n    except OSError: pass\n",
        "timeout",
        "killed",
        limits={"wall_s": 1},
        alone=True,
    ),
    attack(
        "02 thread bomb",
        """
import threading
n = 0
try:
    for n in range(500): threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
except RuntimeError: pass
print("threads", n, flush=True)
if n > 40: pwned(n)
""",
        alone=True,
        says="threads",
    ),
    attack("03 private memory bomb", "x = [bytearray(50 << 20) for _ in range(40)]\npwned()", "oom"),
    attack(
        "03 memory bomb by many processes",
        """
for _ in range(3): os.fork()
x = b"x" * (100 << 20)
time.sleep(3)
pwned()
""",
        "oom",
        alone=True,
    ),
    attack(
        "03 kernel memory by larger buffers",
        """
import fcntl
a, b = socket.socketpair()
for option in (socket.SO_SNDBUF, socket.SO_RCVBUF, 32, 33):
    try: a.setsockopt(socket.SOL_SOCKET, option, 1 << 22); pwned(option)
    except OSError: pass
a.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
read, write = os.pipe()
try: fcntl.fcntl(write, 1031, 1 << 20); pwned("pipe")
except OSError: pass
for name in ("splice", "vmsplice", "tee"):
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(ctypes.create_string_buffer(4096)), 4096)
    arguments = {"vmsplice": (write, vector, 1, 0), "tee": (read, write, 1, 2), "splice": (read, 0, write, 0, 1, 2)}[name]
    ctypes.set_errno(0)
    if getattr(LIBC, name)(*arguments) >= 0 or ctypes.get_errno() != 38: pwned(name)
print("tried")
""",
        says="tried",
    ),
    attack(
        "03 kernel memory in sockets",
        """
for _ in range(2):
    if os.fork() == 0: break
held = []
try:
    while True:
        for end in (pair := socket.socketpair()):
            held.append(end); end.setblocking(False)
            try:
                while True: end.send(bytes(32768))
            except BlockingIOError: pass
except OSError: pass
time.sleep(1.5)
pwned(len(held))
""",
        "oom",
        limits={"memory_mib": 80},
        alone=True,
    ),
    attack(
        "03 kernel memory in connections that nobody accepts",
        """
n, message = 0, bytes(32768)
try:
    server = socket.socket(socket.AF_UNIX); server.bind("s"); server.listen(4096)
    for n in range(150):
        with socket.socket(socket.AF_UNIX) as client:
            client.setblocking(False); client.connect("s")
            try:
                while True: client.send(message)
            except BlockingIOError: pass
except PermissionError: pass
time.sleep(1)
if n > 100: pwned(n)
""",
        "ok",
        "oom",
        limits={"memory_mib": 40},
    ),
    attack(
        "04 shared memory bomb",
        """
import mmap
held = []
try:
    for _ in range(40):
        m = mmap.mmap(-1, 50 << 20); m[::4096] = b"x" * (50 << 8); held.append(m)
except (OSError, MemoryError): pass
print("maps", len(held))
if len(held) > 12: pwned(len(held))
""",
        says="maps",
    ),
    attack(
        "04 memory files and System V memory",
        """
for make in (lambda: os.memfd_create("x"), lambda: (_ for _ in ()).throw(OSError()) if LIBC.shmget(0, 1 << 20, 0o1666) < 0 else 1):
    try: make(); pwned()
    except OSError: pass
""",
    ),
    attack(
        "05 disk fill by one big file",
        """
n = 0
try:
    with open("big", "wb") as f:
        for n in range(64): f.write(bytes(1 << 20)); f.flush()
except OSError: pass
print("wrote", n)
if n > 2: pwned(n)
""",
        says="wrote",
    ),
    attack(
        "05 disk fill by many files at once",
        """
n = 0
try:
    for n in range(40):
        with open(f"f{n}", "wb") as f: f.write(bytes(1 << 20))
except OSError: pass
if n > 8: pwned(n)
""",
        "ok",
        "output_limit",
    ),
    attack(
        "05 disk fill that goes on",
        """
n = 0
while True:
    try:
        with open(f"f{n}", "wb") as f: f.write(bytes(1 << 20))
        n += 1
    except OSError: time.sleep(0.01)
    if n > 1000: pwned(n)
""",
        "timeout",
        "output_limit",
        limits={"wall_s": 1},
    ),
    attack(
        "05 deleted files that stay open", _HOARD.format(make="f = open(f'f{n}', 'wb', buffering=0)", after="os.unlink(f'f{n}')"), *_HOARDS
    ),
    attack(
        "05 deleted files that stay mapped",
        "LIBC.mmap.restype = ctypes.c_void_p\n"
        + _HOARD.format(
            make="f = open(f'f{n}', 'w+b', buffering=0); f.truncate(4096); LIBC.mmap(None, ctypes.c_size_t(4096), 1, 1, f.fileno(), ctypes.c_long(0))",
            after="f.close(); os.unlink(f'f{n}')",
        ),
        *_HOARDS,
    ),
    attack(
        "05 files in a folder that cannot be read",
        "os.mkdir('d', 0o300)\n" + _HOARD.format(make="f = open(f'd/f{n}', 'wb', buffering=0)", after="f.close()"),
        *_HOARDS,
    ),
    attack(
        "05 files deeper than a path",
        "for _ in range(45): os.mkdir('d' * 100); os.chdir('d' * 100)\n"
        + _HOARD.format(make="f = open(f'f{n}', 'wb', buffering=0)", after="f.close()"),
        *_HOARDS,
    ),
    attack(
        "05 flood of empty files",
        """
try:
    for n in range(10**7): open(f"f{n}", "wb").close()
except OSError: pass
pwned(n)
""",
        "output_limit",
        limits={"wall_s": 8},
    ),
    attack(
        "06 fill /dev/shm, /tmp, / and others",
        """
for place, most in (("/dev/shm", 8), ("/tmp", 8), ("/var/tmp", 0), ("/", 0), ("/dev", 0), ("/usr", 0), ("/proc", 0), ("/run", 0)):
    n = 0
    try:
        for n in range(40):
            with open(f"{place}/gpiot-abuse-{n}", "wb") as f: f.write(bytes(1 << 20))
            if n >= most: pwned(place)
    except OSError: pass
""",
    ),
    attack("07 busy loop", "while True: pass", "timeout", limits={"wall_s": 5, "cpu_s": 1}),
    attack("08 sleep", "time.sleep(99)", "timeout", limits={"wall_s": 0.7}),
    attack(
        "09 ignore signals",
        """
for n in range(1, 65):
    try: signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass
""",
        "timeout",
        limits={"wall_s": 1, "cpu_s": 1},
    ),
    attack("10 endless stdout", "while True: sys.stdout.write('x' * 65536)", "output_limit"),
    attack("10 endless stderr", "while True: sys.stderr.write('x' * 65536)", "output_limit"),
    attack("10 endless result", "while True: gpiot_job.result(bytes(65536))", "output_limit"),
    attack("11 read stdin", "try: input(); pwned()\nexcept EOFError: print('nothing there')", says="nothing there"),
]

READING = [
    attack(
        "12 read secrets by path",
        """
for path in (*FACTS["secrets"], os.path.expanduser("~/.ssh/id_rsa"), "/etc/shadow", "/etc/passwd", "/etc/hostname", "/root/.bashrc"):
    try: open(path, "rb").read(); pwned(path)
    except OSError: pass
for path in (FACTS["folder"], "/etc/ssl", "/home", "/root"):
    try:
        if set(os.listdir(path)) - {".pyenv"} and path != "/root": pwned(path)
    except OSError: pass
""",
    ),
    attack(
        "13 token in the environment",
        """
if any(SECRET in value for value in os.environ.values()): pwned()
if set(os.environ) & set(FACTS["variables"]): pwned("name")
""",
    ),
    attack(
        "14 environment and memory of others",
        """
try: listed = os.listdir("/proc")
except OSError: listed = []
for pid in {*filter(str.isdigit, listed), "1", "2", str(FACTS["pid"])}:
    for name in ("environ", "cmdline", "maps", "mem"):
        try:
            with open(f"/proc/{pid}/{name}", "r+b" if name == "mem" else "rb", buffering=0) as f:
                if name == "mem":
                    f.seek(FACTS["address"])
                if SECRET.encode() in (f.read(64) if name == "mem" else f.read()): pwned((pid, name))
        except (OSError, ValueError, OverflowError): pass
""",
    ),
    attack(
        "14 write to the memory of the parent",
        """
for pid in (1, os.getppid()):
    for name in (f"{pid}", f"{pid}/task/{pid}"):
        try: os.close(os.open(f"/proc/{name}/mem", os.O_RDWR)); pwned(name)
        except OSError: pass
""",
    ),
    attack(
        "29 inherited descriptors",
        """
for number in range(3, 256):
    try:
        if SECRET.encode() in os.pread(number, 1000, 0): pwned(number)
    except OSError: pass
    try:
        if "secret" in os.readlink(f"/proc/self/fd/{number}"): pwned(number)
    except OSError: pass
""",
    ),
]

WRITING = [
    attack(
        "15 write and delete outside",
        """
import shutil
folder = FACTS["folder"]
for place in (folder, *FACTS["above"], "/etc", "/root", "/home", "/opt", "/usr/lib", os.path.dirname(os.__file__), sys.prefix):
    for mode in ("w", "a", "x"):
        try:
            with open(place + "/gpiot-abuse-x", mode) as f: f.write("x")
            pwned(place)
        except OSError: pass
shutil.rmtree(folder + "/victims", ignore_errors=True)
for action in (
    lambda: os.unlink(folder + "/secret"), lambda: os.truncate(folder + "/secret", 0), lambda: os.rename(folder + "/secret", "got"),
    lambda: os.rename(folder + "/secret", folder + "/moved"), lambda: open(folder + "/secret", "r+b"), lambda: os.mkdir(folder + "/new"),
    lambda: os.open(folder, os.O_TMPFILE | os.O_RDWR), lambda: os.mkfifo(folder + "/fifo"), lambda: os.setxattr(folder + "/secret", "user.x", b"x"),
):
    try: action(); pwned()
    except OSError: pass
for action in (lambda: os.chmod(folder + "/secret", 0o777), lambda: os.utime(folder + "/secret", (1, 1)), lambda: os.chown(folder + "/secret", 1, 1)):
    try: action()  # may pretend to succeed; the harness looks at the file
    except OSError: pass
""",
    ),
    attack(
        "16 links out, followed by the parent",
        """
try:
    os.link(FACTS["folder"] + "/secret", "hard"); pwned("hard link")
except OSError: pass
os.symlink(FACTS["folder"] + "/secret", "soft")
os.symlink(FACTS["folder"], "folder")
os.mkdir("inside"); os.symlink("../soft", "inside/soft")
os.mkfifo("fifo")
with open("plain", "w") as f: f.write("plain")
try:
    if SECRET in open("soft").read(): pwned("soft link")
except OSError: pass
try:
    open("soft", "a").write("!"); pwned("write through link")
except OSError: pass
""",
        collect=("soft", "hard", "folder/secret", "inside/soft", "fifo", "inside", "missing", "plain"),
    ),
    attack(
        "28 kernel switches and devices",
        """
for path in ("/proc/sys/kernel/hostname", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/dev/mem", "/dev/kmem", "/dev/port", "/dev/vda", "/dev/sda",
             "/dev/nvme0n1", "/dev/kmsg", "/dev/fuse", "/dev/kvm", "/sys/power/state", "/sys/kernel/mm/transparent_hugepage/enabled", "/proc/self/oom_score_adj"):
    try:
        os.close(os.open(path, os.O_RDWR))
        if path != "/proc/self/oom_score_adj": pwned(path)
    except OSError: pass
try: os.mknod("device", 0o600 | 0o020000, os.makedev(1, 1)); pwned("mknod")
except OSError: pass
""",
    ),
    attack(
        "35 file names with newlines",
        """
for name in ("a\\nb", "-rf", "\\x1b[2J", "x" * 200, "\\udcff"):
    with open(name, "w") as f: f.write("odd")
os.makedirs("deep/" * 50)
os.mkdir("closed", 0)
""",
        "ok",
        "output_limit",  # where whoever watches cannot look into the closed folder
        collect=("a\nb", "-rf"),
    ),
]

NETWORK = [
    attack(
        "17 TCP, UDP and names",
        """
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            s = socket.socket(family, kind); s.settimeout(1); s.connect((host, FACTS["port"])); s.send(b"x"); pwned((family, kind))
        except OSError: pass
try: socket.getaddrinfo("example.invalid", 80); pwned("name")
except OSError: pass
""",
    ),
    attack(
        "17 other socket families",
        """
for family in range(64):
    for kind in (1, 2, 3, 5):
        try: s = socket.socket(family, kind)
        except OSError: continue
        if family != socket.AF_UNIX: pwned((family, kind))
        s.close()
""",
    ),
    attack(
        "17 sockets of the host's services",
        """
for address in ("\\0" + FACTS["abstract"], FACTS["socket"]):
    try: s = socket.socket(socket.AF_UNIX); s.settimeout(1); s.connect(address); pwned(address)
    except OSError: pass
""",
    ),
]

NETWORK += [
    attack(
        "17 datagrams to the host's services",
        """
made = []
for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
    try: made += socket.socketpair(socket.AF_UNIX, kind)
    except OSError: pass
made += socket.socketpair()
for end in made:
    for address in ("\\0" + FACTS["abstract"] + "-datagrams", FACTS["socket"] + "-datagrams"):
        for action in (lambda: end.sendto(b"x", address), lambda: end.sendmsg([b"x"], [], 0, address), lambda: end.connect(address) or end.send(b"x")):
            try: action(); pwned(address)
            except OSError: pass
print("tried")
""",
        says="tried",
    ),
    attack(
        "17 names of files that others make",
        """
for make in (lambda: LIBC.inotify_init1(0), lambda: LIBC.fanotify_init(0, 0)):
    handle = make()
    if handle >= 0 and LIBC.inotify_add_watch(handle, FACTS["folder"].encode(), 0xfff) >= 0: pwned()
print("tried")
""",
        says="tried",
    ),
]

PROCESSES = [
    attack(
        "18 trace, read and take from the harness",
        """
for pid in (FACTS["pid"], FACTS["victim"]):
    if call(101, 0x4206, pid, 0, 0)[0] == 0: pwned("ptrace")
    buffer = ctypes.create_string_buffer(64)
    local = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64); remote = (ctypes.c_size_t * 2)(FACTS["address"], 64)
    if call(310, pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)[0] > 0: pwned("process_vm_readv")
    try:
        handle = os.pidfd_open(pid)
        if call(438, handle, FACTS["descriptor"], 0)[0] >= 0: pwned("pidfd_getfd")
    except OSError: pass
"""
        if __import__("platform").machine() == "x86_64"
        else "pass",
    ),
    attack(
        "19 signals to the harness and to everybody",
        """
def attempt(action):
    try: action()
    except (OSError, ProcessLookupError): pass
attempt(lambda: os.kill(FACTS["pid"], signal.SIGURG))
attempt(lambda: os.kill(FACTS["victim"], signal.SIGKILL))
attempt(lambda: os.kill(-1, signal.SIGURG))
attempt(lambda: os.kill(os.getppid(), signal.SIGURG))
attempt(lambda: os.killpg(os.getpgid(FACTS["pid"]), signal.SIGURG))
attempt(lambda: signal.pidfd_send_signal(os.pidfd_open(FACTS["pid"]), signal.SIGURG))
LIBC.tgkill(FACTS["pid"], FACTS["pid"], signal.SIGURG)
LIBC.sigqueue(FACTS["pid"], signal.SIGURG, 0)
import resource
for name, action in {
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, FACTS["victim"], 19), "scheduler": lambda: os.sched_setaffinity(FACTS["victim"], {0}),
    "limits": lambda: resource.prlimit(FACTS["victim"], resource.RLIMIT_CORE, (0, 0)),
    "batch": lambda: os.sched_setscheduler(FACTS["victim"], os.SCHED_BATCH, os.sched_param(0)),
    "priority of the user": lambda: os.setpriority(os.PRIO_USER, 0, os.getpriority(os.PRIO_USER, 0)),
    "priority of the group": lambda: os.setpriority(os.PRIO_PGRP, 0, os.getpriority(os.PRIO_PGRP, 0)),
}.items():
    try: action(); pwned(name)
    except (OSError, PermissionError): pass
""",
        "ok",
        "error",
        "killed",
    ),
    attack(
        "20 daemon",
        """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(64):
            try: os.close(number)
            except OSError: pass
        os.execv("/usr/bin/sleep", [FACTS["marker"], "30"])
    os._exit(0)
time.sleep(0.2)
print("left")
""",
        alone=True,
        says="left",
    ),
    attack(
        "20 daemon, and a signal to its own group",
        """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(64):
            try: os.close(number)
            except OSError: pass
        os.execv("/usr/bin/sleep", [FACTS["marker"], "30"])
    os._exit(0)
time.sleep(0.2)
print("left", flush=True)
os.kill(0, 9)
""",
        "killed",
        alone=True,
        says="left",
    ),
    attack(
        "20 daemon that keeps the pipes",
        "if os.fork() == 0:\n    os.setsid()\n    time.sleep(30)\nprint('left', flush=True)\nos._exit(0)",
        "error",
        alone=True,
        says="left",
    ),
    attack("21 zombies", "for _ in range(10):\n    if os.fork() == 0: os._exit(0)\nprint('left')", alone=True, says="left"),
    attack(
        "26 namespaces, mounts, other users",
        """
NEW_USER = 0x10000000
for flag in (NEW_USER, 0x20000, 0x40000000, 0x20000000):
    if LIBC.unshare(flag) == 0: pwned("unshare")
pid = call(56, NEW_USER | 17, 0, 0, 0, 0)[0]
if pid == 0: os._exit(0)
if pid > 0: pwned("clone")
if LIBC.mount(b"none", b".", b"tmpfs", 0, None) == 0: pwned("mount")
if LIBC.umount2(b".", 2) == 0: pwned("umount")
for name, action in {
    "chroot": lambda: os.chroot("."), "setuid": lambda: os.setuid(0), "setgid": lambda: os.setgid(0), "setgroups": lambda: os.setgroups([0]),
    "setresuid": lambda: os.setresuid(0, 0, 0), "chown": lambda: os.chown(os.getcwd(), 0, 0), "nice": lambda: os.nice(-5),
    "uid_map": lambda: os.write(os.open("/proc/self/uid_map", os.O_WRONLY), b"0 0 1"), "hostname": lambda: socket.sethostname(socket.gethostname()), "clock": lambda: time.clock_settime(0, time.time()),
}.items():
    try: action(); pwned(name)
    except OSError: pass
if os.getuid() == 0 or os.geteuid() == 0: pwned("root")
import resource
for kind in (resource.RLIMIT_NPROC, resource.RLIMIT_AS, resource.RLIMIT_FSIZE):
    try: resource.setrlimit(kind, (1 << 40, 1 << 40)); pwned("limits")
    except (OSError, ValueError): pass
""",
    ),
    attack(
        "27 raw system calls",
        """
refused = {
    "io_uring_setup": (425, 8, ctypes.create_string_buffer(256)), "clone3": (435, ctypes.create_string_buffer(88), 88), "bpf": (321, 0, ctypes.create_string_buffer(128), 128),
    "keyctl": (250, 0, -3, 1), "add_key": (248, b"user", b"x", b"x", 1, -3), "userfaultfd": (323, 1), "perf_event_open": (298, ctypes.create_string_buffer(128), 0, -1, -1, 0),
    "open_by_handle_at": (304, -100, ctypes.create_string_buffer(128), 0), "personality": (135, 0x40000), "memfd_secret": (447, 0), "future call": (463, 0), "future call 2": (600, 0),
    "x32 getpid": (0x40000000 | 39,), "fsopen": (430, b"tmpfs", 0), "landlock of lsm": (460, 0, 0, 0, 0), "setns": (308, 0, 0), "quotactl": (179, 0, 0, 0, 0),
}
for name, (number, *arguments) in refused.items():
    answer, error = call(number, *arguments)
    if answer >= 0 or error not in (1, 38, 13): pwned((name, answer, error))
"""
        if __import__("platform").machine() == "x86_64"
        else "pass",
    ),
    attack(
        "27 system calls of another architecture",
        """
import mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(b"\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3")  # getpid as a 32-bit program calls it
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
pwned()
"""
        if __import__("platform").machine() == "x86_64"
        else "os.abort()",
        "killed",
    ),
]

CRASHES = [
    attack("30 abort", "os.abort()", "killed"),
    attack("30 segmentation fault", "ctypes.string_at(0)", "killed"),
    attack(
        "31 endless recursion",
        "sys.setrecursionlimit(10**9)\ndef r(): r()\nr()",
        "killed",
        "oom",
        "error",
        "timeout",
        limits={"wall_s": 0.7},
    ),
    attack(
        "31 endless C recursion",
        "x = []\nfor _ in range(10**6): x = [x]\nrepr(x)\nsys.setrecursionlimit(10**9)\nrepr(x)",
        "killed",
        "oom",
        "error",
        "timeout",
        limits={"wall_s": 0.7},
    ),
    attack("31 digits", "print(9 ** 9 ** 9)", "timeout", "oom", limits={"wall_s": 0.7}),
    attack("31 regular expression", "import re; re.match('(a+)+$', 'a' * 60 + 'b')", "timeout", limits={"wall_s": 0.7}),
    attack(
        "33 terminal escapes",
        """
import fcntl
print("\\x1b]0;owned\\x07\\x1b[2J")
for path in (0, 1, "/dev/tty"):
    try:
        number = os.open(path, os.O_RDWR) if isinstance(path, str) else path
        fcntl.ioctl(number, 0x5412, b"x"); pwned(path)
    except OSError: pass
""",
        says="\x1b[2J",
    ),
    attack("34 output that is no text", "sys.stdout.buffer.write(bytes(range(256)))", says="ABC"),
    attack("34 one endless line", "for _ in range(10**6): os.write(1, b'x' * 1000)", "output_limit"),
    attack(
        "32 a pickle as result",
        """
import pickle
class Bomb:
    def __reduce__(self): return (os.mkdir, (FACTS["folder"] + "/unpickled",))
gpiot_job.result(pickle.dumps(Bomb()))
print("sent")
""",
        says="sent",
    ),
]

FAKES = [
    fake("22 os._exit(0)", "import os; os._exit(0)", "error"),
    fake("22 sys.exit(0)", "import sys; sys.exit(0)"),
    fake("22 SystemExit in __del__", "class A:\n    def __del__(self): raise SystemExit(0)\na = A(); del a\ndef f(x): return A() and 0"),
    fake("22 exit in atexit", "import atexit, os\natexit.register(os._exit, 0)\ndef f(x): return 0"),
    fake(
        "22 exit in a thread",
        "import os, threading\nt = threading.Thread(target=os._exit, args=(0,)); t.start(); t.join()\ndef f(x): return 0",
        "error",
    ),
    fake("23 object that equals everything", "class A:\n    def __eq__(self, other): return True\ndef f(x): return A()"),
    fake(
        "23 int that equals everything",
        "class A(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\ndef f(x): return A(0)",
    ),
    fake("23 a bool, a float and a string for an int", "def f(x): return [True, 42.0, '42']"),
    fake(
        "24 patched checkers",
        """
import builtins, sys, unittest, doctest
builtins.AssertionError = type("X", (BaseException,), {})
doctest.OutputChecker.check_output = lambda *a: True
unittest.TestCase.assertEqual = lambda *a: None
sys.modules["pytest"] = None
builtins.isinstance = lambda *a: True
builtins.type = lambda *a: int
def f(x): return 0
""",
    ),
    fake("24 patched json", "import json\njson.dumps = lambda value: '\"passed\"'\ndef f(x): return 0"),
    fake(
        "25 frames, objects and descriptors searched",
        """
import gc, os, sys, gpiot_job, json
expected = json.loads(gpiot_job.argument)["marker"] + "-expected"
frame, found = sys._getframe(), []
while frame:
    found += [v for v in (*frame.f_locals.values(), *frame.f_globals.values()) if isinstance(v, str) and v.endswith("-expected") and v is not expected]
    frame = frame.f_back
found += [o for o in gc.get_objects() if isinstance(o, dict) and "expected value" in o]
for number in range(3, 64):
    for data in (b'{"status": "ok", "result": 42, "passed": true}', b"R\\x06\\0\\0\\0passed", b"D\\x10\\0\\0\\0finished 0.1 1.0", b"E" * 40, b"\\xff" * 9):
        try: os.write(number, data)
        except OSError: pass
def f(x): return found and found[0]
""",
    ),
    fake(
        "25 a length of four gigabytes",
        """
import os
for number in range(3, 64):
    try: os.write(number, b"R\\xff\\xff\\xff\\xff" + bytes(1000))
    except OSError: pass
def f(x): return 0
""",
    ),
]

HONEST = {
    "39 plain": "import json, gpiot_job\nwith open('data.txt') as f: print(f.read())\nwith open('out.txt', 'w') as f: f.write('made')\ngpiot_job.result(json.dumps(6 * 7).encode())",
    "39 processes, threads, temporary files": """
import os, subprocess, sys, tempfile, threading, gpiot_job, shutil
t = threading.Thread(target=lambda: print("thread", flush=True)); t.start(); t.join()
print(subprocess.run(["/bin/echo", "child"], capture_output=True, text=True).stdout)
with tempfile.TemporaryDirectory() as folder:
    open(folder + "/a", "w").write("a"); shutil.copy2(folder + "/a", folder + "/b"); os.chmod(folder + "/b", 0o600)
    print(sorted(os.listdir(folder)))
if (pid := os.fork()) == 0: os._exit(0)
os.waitpid(pid, 0)
gpiot_job.result(b"42")
""",
    "39 numpy": "import numpy as np, gpiot_job\na = np.arange(16.0).reshape(4, 4); np.save('a.npy', a)\ngpiot_job.result(str(int(np.load('a.npy').trace()) + 12).encode())",
    "39 scipy": "import numpy as np, gpiot_job\nfrom scipy import signal\nb, a = signal.butter(2, 0.2)\ny = signal.filtfilt(b, a, np.ones(100))\ngpiot_job.result(str(round(float(y.mean()) * 42)).encode())",
    "39 matplotlib": "import gpiot_job, matplotlib.pyplot as plt\nassert plt.get_backend().lower() == 'agg'\nplt.plot([1, 2]); plt.savefig('p.png'); gpiot_job.result(b'42' if open('p.png', 'rb').read(4) == b'\\x89PNG' else b'')",
    "39 scikit-learn": "import numpy as np, gpiot_job\nfrom sklearn.ensemble import RandomForestClassifier\nx = np.arange(40.0).reshape(-1, 1)\nm = RandomForestClassifier(5, n_jobs=1, random_state=0).fit(x, x[:, 0] > 20)\ngpiot_job.result(str(41 + int(m.predict([[39.0]])[0])).encode())",
}

ATTACKS = [*RESOURCES, *READING, *WRITING, *NETWORK, *PROCESSES, *CRASHES, *FAKES]
