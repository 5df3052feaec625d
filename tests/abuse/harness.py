"""Runs abuse cases on one level as the user it is started as, looks at the host after each, and writes what it saw as JSON.

A script of its own, so that it can run as another user: `python harness.py SETTINGS.json`. It changes nothing but a folder that it
makes, and it listens on loopback only.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

settings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
sys.path[:0] = [settings["code"], str(Path(__file__).parent)]

import cases  # noqa: E402

from gpiot_data.sandbox import Environment, Job, Limits, MediumSandbox, Outcome, StrongSandbox, WeakSandbox, Zygote  # noqa: E402
from gpiot_data.sandbox.strong import find_bwrap  # noqa: E402

SECRET = "s3cr3t-" + os.urandom(8).hex()
LIMITS = {"wall_s": 4.0, "cpu_s": 3.0, "address_space_mib": 512, "memory_mib": 600, "processes": 16, "file_size_mib": 2}
LIMITS |= {"scratch_mib": 8, "scratch_files": 2000, "output_kib": 64, "result_kib": 64}
PLACES = ("/", "/tmp", "/var/tmp", "/dev/shm", "/dev", "/etc", "/root", "/home", "/opt", "/usr", "/usr/lib", "/run")


class Canaries:
    """What attacks aim at, and what is wrong with it afterwards."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gpiot-canary-"))
        # Open to everybody: what keeps a job out is the sandbox alone.
        self.folder.chmod(0o777)
        (self.folder / "secret").write_text(SECRET)
        (self.folder / "secret").chmod(0o666)
        (self.folder / "home" / ".ssh").mkdir(parents=True)
        (self.folder / "home" / ".ssh" / "id_rsa").write_text(SECRET)
        (self.folder / "victims").mkdir()
        (self.folder / "victims" / "file").write_text("here")
        (self.folder / "victims").chmod(0o777)
        self.marker = f"gpiot-abuse-daemon-{os.getpid()}"
        self.memory = ctypes.create_string_buffer(SECRET.encode(), 64)
        self.held = os.open(self.folder / "secret", os.O_RDONLY)
        os.set_inheritable(self.held, True)
        os.environ["HF_TOKEN"] = os.environ["GPIOT_ABUSE_TOKEN"] = SECRET
        self.victim = subprocess.Popen(["sleep", "600"])
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(self.tcp.getsockname())
        self.udp.setblocking(False)
        self.services = [socket.socket(socket.AF_UNIX) for _ in range(2)]
        for service, address in zip(self.services, ("\0" + self.marker, str(self.folder / "service")), strict=True):
            service.bind(address)
            service.listen(5)
        (self.folder / "service").chmod(0o777)
        self.datagrams = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2)]
        for server, address in zip(self.datagrams, ("\0" + self.marker, str(self.folder / "service")), strict=True):
            server.bind(address + "-datagrams")
            server.setblocking(False)
        (self.folder / "service-datagrams").chmod(0o777)
        for server in (self.tcp, *self.services):
            server.setblocking(False)
        self.signals: list[int] = []
        signal.signal(signal.SIGURG, lambda number, _frame: self.signals.append(number))
        self.before = self._look()

    def facts(self) -> bytes:
        """What programs are told."""
        return json.dumps(
            {
                "secret": SECRET,
                "secrets": [str(self.folder / "secret"), str(self.folder / "home" / ".ssh" / "id_rsa")],
                "folder": str(self.folder),
                "variables": ["HF_TOKEN", "GPIOT_ABUSE_TOKEN"],
                "pid": os.getpid(),
                "victim": self.victim.pid,
                "address": ctypes.addressof(self.memory),
                "descriptor": self.held,
                "port": self.tcp.getsockname()[1],
                "abstract": self.marker,
                "socket": str(self.folder / "service"),
                "marker": self.marker,
                # In a zygote the folder above is the jobs' own as well.
                "above": ["../..", "../../.."] if settings.get("zygote") else ["..", "../.."],
            }
        ).encode()

    def _look(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for path in sorted(self.folder.rglob("*")):
            state = path.lstat()
            content = path.read_bytes() if path.is_file() else b""
            found[str(path.relative_to(self.folder))] = (state.st_mode, state.st_uid, state.st_mtime_ns, state.st_nlink, content)
        return found

    def damage(self) -> list[str]:
        """Tell what has changed on the host."""
        found = [f"changed: {name}" for name, _ in set(self._look().items()) ^ set(self.before.items())]
        if self.signals:
            found.append("the harness got a signal")
            self.signals.clear()
        if self.victim.poll() is not None:
            found.append("a process of the host was killed")
        for server in (self.tcp, *self.services):
            with contextlib.suppress(BlockingIOError):
                server.accept()[0].close()
                found.append("a service was reached")
        for receiver, what in ((self.udp, "a datagram arrived"), *((server, "a service got a datagram") for server in self.datagrams)):
            with contextlib.suppress(BlockingIOError):
                while receiver.recv(10):
                    found.append(what)
        for place in PLACES:
            with contextlib.suppress(OSError):
                for name in [name for name in os.listdir(place) if name.startswith("gpiot-abuse-")]:
                    found.append(f"left in {place}: {name}")
                    os.unlink(f"{place}/{name}")
        return found

    def close(self) -> None:
        """Remove all of it."""
        self.victim.kill()
        self.victim.wait()
        subprocess.run(["rm", "-rf", "--", str(self.folder)], check=True)


def processes_left(marker: str, waiting: bool = True) -> list[str]:
    """Name processes that belong to jobs, and zombies of this process; a zygote may be `waiting` for the next job."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
            status = Path(f"/proc/{pid}/status").read_text()
            parent = int(status.split("PPid:")[1].split()[0])
            # The copy of the code that this run uses is in the command of each bubblewrap and warden; nothing outlives these.
            ours = b"shim.py" in command and settings["code"].encode() in command and not (waiting and settings.get("zygote"))
            if marker.encode() in command or ours or (parent == os.getpid() and "State:\tZ" in status):
                found.append(f"{pid}: {command[:80]!r}")
    return found


def report(case: cases.Case, outcome: Outcome, canaries: Canaries) -> dict[str, object]:
    """Put together what a test needs to judge."""
    written = (outcome.stdout, outcome.stderr, outcome.result, *outcome.files.values())
    breaches = outcome.result.decode("utf-8", "replace").splitlines() if b"PWNED" in outcome.result else []
    if any(SECRET.encode() in data for data in written):
        breaches.append("a secret came out")
    return {
        "name": case.name,
        "status": outcome.status,
        "detail": outcome.detail,
        "isolation": outcome.isolation,
        "breaches": breaches,
        "passed": passed(outcome),
        "seconds": outcome.seconds,
        "wall_s": case.limits.get("wall_s", LIMITS["wall_s"]),
        "stdout": outcome.stdout.decode("latin-1"),
        "stderr": outcome.stderr.decode("latin-1")[-600:],
        "files": sorted(outcome.files),
        "sizes": [len(outcome.stdout) + len(outcome.stderr), len(outcome.result)],
        "left": processes_left(canaries.marker) if case.alone else [],
        "damage": canaries.damage() if case.alone else [],
    }


def passed(outcome: Outcome) -> bool:
    """Judge as the parent does: a value that came back, of the right type, and equal to what only the parent knows."""
    try:
        value = json.loads(outcome.result)
    except ValueError:
        return False
    return outcome.status == "ok" and type(value) is int and value == 42


def main() -> None:
    """Run what the settings name."""
    python, level = Path(settings["python"]), settings["level"]
    environment = Environment(python, tuple(map(Path, settings["site"])), "abuse")
    program = find_bwrap()
    sandbox = {
        "strong": lambda: StrongSandbox(environment, program),
        "medium": lambda: MediumSandbox(environment),
        "weak": lambda: WeakSandbox(environment),
    }[level]()
    canaries = Canaries()
    lock = threading.Lock()
    rows: list[dict[str, object]] = []

    def run(case: cases.Case) -> None:
        job = Job(program=case.program, argument=canaries.facts(), limits=Limits(**{**LIMITS, **case.limits}), collect=case.collect)
        outcome = runner.run(job)
        with lock:
            rows.append(report(case, outcome, canaries))

    def run_honest(name: str) -> dict[str, object]:
        limits = Limits(wall_s=60, cpu_s=50, processes=16)
        outcome = (runner if settings.get("zygote") else sandbox).run(
            Job(program=cases.HONEST[name], files=(("data.txt", b"given"),), limits=limits)
        )
        return {"name": name, "passed": passed(outcome), "status": outcome.status, "stderr": outcome.stderr.decode("latin-1")[-2000:]}

    honest: list[dict[str, object]] = []
    wanted = [case for case in cases.ATTACKS if not settings.get("only") or case.name in settings["only"]]
    try:
        if settings.get("zygote"):
            with Zygote(sandbox, ("json",), limits=Limits(**LIMITS)) as runner:
                for case in wanted:
                    run(case)
            if settings.get("honest"):
                with Zygote(sandbox, ("json",)) as runner:
                    honest = [run_honest(name) for name in cases.HONEST]
        else:
            runner = sandbox
            for case in wanted:
                if case.alone:
                    run(case)
            # Several at a time: many of these wait for a limit. Honest programs, which take longest, begin first.
            with ThreadPoolExecutor(4) as pool:
                done = pool.map(run_honest, cases.HONEST) if settings.get("honest") else ()
                list(pool.map(run, [case for case in wanted if not case.alone]))
                honest = list(done)
        end = {
            "rows": rows,
            "honest": honest,
            "left": processes_left(canaries.marker, waiting=False),
            "damage": canaries.damage(),
            "uid": os.getuid(),
        }
        Path(settings["out"]).write_text(json.dumps(end), encoding="utf-8")
    finally:
        canaries.close()


if __name__ == "__main__":
    main()
