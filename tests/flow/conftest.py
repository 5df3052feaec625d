"""Commands run as a user runs them, and a small world to run them in."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

TOY = '''"""A toy package for smoothing."""
import numpy as np

__all__ = ["moving_mean", "moving_sum"]


def moving_mean(x, width=3):
    """Smooth a signal with a moving average over a window of fixed width.

    Every output sample is the mean of `width` neighbouring input samples; the ends are left out.

    Parameters
    ----------
    x : array_like
        Samples of the signal.
    width : int
        Number of samples in the window.

    Returns
    -------
    y : ndarray
        The smoothed signal.

    Examples
    --------
    Smooth a short ramp:

    >>> import numpy as np
    >>> from TOYNAME import moving_mean
    >>> moving_mean(np.arange(5.0), 3)
    array([1., 2., 3.])
    """
    return np.convolve(x, np.ones(width) / width, mode="valid")


def moving_sum(x, width=3):
    """Add up the samples of a signal in a moving window of fixed width, leaving out the ends of the signal.

    Parameters
    ----------
    x : array_like
        Samples of the signal.
    width : int
        Number of samples in the window.

    Returns
    -------
    y : ndarray
        One sum per window.
    """
    return np.convolve(x, np.ones(width), mode="valid")
'''


@dataclass
class World:
    """A working folder with manifests over the sample papers and over two toy packages that pip finds in a folder."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def run(self, command: str, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run one of the three commands and return its result."""
        return subprocess.run(
            self.argv(command, *arguments), cwd=self.folder, env={**self.env, **(env or {})}, capture_output=True, text=True, timeout=600
        )

    def start(self, command: str, *arguments: str) -> subprocess.Popen[str]:
        """Start one of the three commands in the background, in a process group of its own."""
        return subprocess.Popen(
            self.argv(command, *arguments),
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    @staticmethod
    def argv(command: str, *arguments: str) -> list[str]:
        """Return the argument list of a command in the environment that runs the tests."""
        return [str(Path(sys.executable).parent / command), *arguments]


def _sdist(folder: Path, name: str) -> tuple[str, str]:
    """Write a source archive with fixed bytes; return its file name and sha256."""
    file = f"{name}-1.0.tar.gz"
    raw = io.BytesIO()
    import gzip

    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as archive:
        data = TOY.replace("TOYNAME", name).encode()
        member = tarfile.TarInfo(f"{name}-1.0/{name}/__init__.py")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    (folder / file).write_bytes(raw.getvalue())
    return file, hashlib.sha256(raw.getvalue()).hexdigest()


@pytest.fixture
def world(tmp_path: Path, root: Path) -> World:
    """Manifests `tdd.yaml` (three sample papers) and `cgd.yaml` (two toy packages), an empty cache, pip bound to a folder."""
    return make_world(tmp_path, root)


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory, root: Path) -> World:
    """A world for the tests of one file that change nothing in it."""
    return make_world(tmp_path_factory.mktemp("shared"), root)


def make_world(tmp_path: Path, root: Path) -> World:
    """Lay out a world in an empty folder."""
    folder = tmp_path / "world"
    wheels = folder / "links"
    wheels.mkdir(parents=True)
    papers = ["ecg-rpeaks", "imu-fall", "mmwave-vitals"]
    lines = ["schema: gpiot.corpus/1", "name: papers", "kind: papers", "sources:"]
    for name in papers:
        path = root / "corpora" / "samples" / f"{name}.pdf"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"  - {{id: {name}, file: {path}, sha256: {digest}, license: CC-BY-4.0}}")
    (folder / "papers.yaml").write_text("\n".join(lines) + "\n")
    lines = ["schema: gpiot.corpus/1", "name: packages", "kind: packages", "sources:"]
    for name in ("toyone", "toytwo"):
        file, digest = _sdist(wheels, name)
        lines.append(f"  - {{name: {name}, version: '1.0', file: {file}, sha256: {digest}, license: MIT, modules: [{name}]}}")
    (folder / "packages.yaml").write_text("\n".join(lines) + "\n")
    head = "schema: gpiot.manifest/1\nname: {0}\nversion: 0.1.0\nkind: {0}\ncorpora: [{1}.yaml]\nsplit: {{test_sources: [{2}]}}\ndedup: {{method: exact}}\n"
    (folder / "tdd.yaml").write_text(head.format("tdd", "papers", "mmwave-vitals"))
    (folder / "cgd.yaml").write_text(head.format("cgd", "packages", "toytwo"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "GPIOT_", "HF_"))}
    env = {
        **kept,
        "GPIOT_CACHE": str(tmp_path / "cache"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "hf"),
    }
    return World(folder, env)
