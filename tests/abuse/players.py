"""Who attacks: users, and an interpreter and code that they can read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NOBODY = 65534
#: Root can try both; another user is the unprivileged one.
USERS = ("root", "nobody") if os.geteuid() == 0 else ("self",)
LEVELS = ("strong", "medium")
_NOT_NEEDED = ("site-packages", "test", "tests", "idlelib", "ensurepip", "lib2to3", "tkinter", "turtledemo", "config-*")


def copy_python(into: Path) -> Path:
    """Copy the running interpreter and its standard library, by hard links where that is possible."""

    def link(source: str, target: str) -> None:
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)

    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix)
    (into / "bin").mkdir(parents=True)
    link(os.path.realpath(sys.executable), str(into / "bin" / name))
    for library in (base / "lib").glob("libpython*.so*"):
        (into / "lib").mkdir(exist_ok=True)
        link(str(library.resolve()), str(into / "lib" / library.name))
    shutil.copytree(
        base / "lib" / name, into / "lib" / name, copy_function=link, ignore=shutil.ignore_patterns(*_NOT_NEEDED), symlinks=True
    )
    return into / "bin" / name


class Player:
    """A user with an interpreter and a copy of the sandbox's code that it can read."""

    def __init__(self, user: str, folder: Path, python: Path, real_python: Path, site: list[str]) -> None:
        self.user, self.folder, self.python, self.site = user, folder, python, site
        self.real_python = real_python

    def start(self, script: Path, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        """Start a script as this user, with an environment of its own."""
        who: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if self.user == "nobody" else {}
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{self.folder}/code",
            "GPIOT_CACHE": f"{self.folder}/cache-{self.user}",
            **more.pop("env", {}),
        }
        command = [str(self.python), "-P", "-B", str(script), *arguments]
        return subprocess.Popen(
            command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd="/", **who, **more
        )

    def script(self, text: str, name: str = "script.py") -> Path:
        """Put a script where this user can read it."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        return path

    def run(self, text: str, *arguments: str, **more: Any) -> str:
        """Run a script to its end and return its stdout."""
        process = self.start(self.script(text), *arguments, **more)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return out


everywhere = pytest.mark.parametrize(("user", "level"), [(user, level) for user in USERS for level in LEVELS])
