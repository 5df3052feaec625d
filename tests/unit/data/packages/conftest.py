"""A toy package made in memory, with the shapes that real packages have."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gpiot_data.sources.packages import PackageSource

SMOOTH = '''"""Smoothing, in a private module."""
import numpy as np

__all__ = ["smooth", "Tracker", "templated", "bare"]


def smooth(x, width=3, *, mode="same"):
    """Smooth a signal with a moving average.

    Each sample is replaced by the mean of its neighbours, as described in [1]_.
    The result of :func:`smooth` has the shape of `x`.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples of the signal, in Hz. More about `x`.
    width : int, optional
        Number of samples in the window.

        .. versionadded:: 1.2
    mode : {'same', 'valid'}, optional
        How borders are handled:

        ``same``
            As long as `x`.
        ``valid``
            Only where the window fits.

    Returns
    -------
    y, n : ndarray, int
        The smoothed signal and its length.

    References
    ----------
    .. [1] A book.

    Examples
    --------
    Smooth a short ramp and print it:

    >>> from toy import smooth
    >>> y, n = smooth(np.arange(4), width=2)
    >>> n
    4
    """
    return np.convolve(x, np.ones(width) / width, mode), len(x)


class Tracker:
    """Track the level of a signal over time, sample by sample, with a first-order low-pass filter.

    Parameters
    ----------
    gain : float
        Weight of a new sample.

    Examples
    --------
    >>> tracker = Tracker(gain=0.5)
    >>> tracker.level = undefined_thing
    """

    def __init__(self, gain, start=0.0):
        self.gain = gain


def templated(x):
    """Do %(what)s to a signal, which is described at import time by a decorator that nobody runs here, so no row may come of it."""


def bare(x):
    return x
'''

FILES = {
    "toy-1.0/toy/__init__.py": "from ._core import *\nfrom . import shim\nfrom ._core import smooth as soften\nfrom ._native import fast\n"
    "__all__ = [s for s in dir() if not s.startswith('_')]\n",
    "toy-1.0/toy/_core.py": "from ._smooth import *\n__all__ = [s for s in dir() if not s.startswith('_')]\n",
    "toy-1.0/toy/_smooth.py": SMOOTH,
    "toy-1.0/toy/shim.py": "__all__ = ['smooth', 'Tracker']\n\n\ndef __getattr__(name):\n    raise AttributeError(name)\n",
    "toy-1.0/toy/tests/test_toy.py": "def public_looking():\n    '''Not part of the package.'''\n",
    "toy-1.0/other/__init__.py": "def elsewhere():\n    '''Another package.'''\n",
    "toy-1.0/setup.py": "raise SystemExit('the build must never run')\n",
}

MakeSdist = Callable[..., Path]


def tar_bytes(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def toy_files() -> dict[str, str]:
    """Return the files of the toy package."""
    return dict(FILES)


@pytest.fixture
def make_sdist(tmp_path: Path) -> MakeSdist:
    """Return a function that writes files as an sdist and returns its path."""

    def make(files: dict[str, str | bytes] | None = None, name: str = "toy-1.0.tar.gz") -> Path:
        path = tmp_path / name
        path.write_bytes(tar_bytes(FILES if files is None else files))
        return path

    return make


@pytest.fixture
def source_of() -> Callable[[Path], PackageSource]:
    """Return a function that pins an artefact."""

    def pin(path: Path) -> PackageSource:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return PackageSource("toy", "1.0", path.name, digest, "MIT", ("toy",), "packages.toy")

    return pin
