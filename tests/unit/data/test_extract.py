"""Extraction of several packages: the same rows whatever the number of workers and the order of the sources."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from gpiot_data.extract import extract_all
from gpiot_data.plan import load_plan, load_sources
from gpiot_data.schema import Kept
from gpiot_data.store import canonical_json

MODULE = '''def smooth_{name}(x, width=3):
    """Smooth a signal with a moving average of `width` samples, as it is wanted of a sensor that is noisy.

    Parameters
    ----------
    x : array_like
        Samples of the signal.
    width : int
        Number of samples in the window.

    Returns
    -------
    y : int
        The middle of the smoothed signal.

    Examples
    --------
    >>> from {name} import smooth_{name}
    >>> smooth_{name}([1, 2, 3])
    2
    """
'''
SCRIPT = '''"""
A ramp
======

What a sensor that is slow gives.
"""

from {name} import smooth_{name}

# %%
# A moving average
# ----------------
# Smooth the samples with a width of five.
samples = [20.0, 21.0, 25.0, 22.0, 20.0]
smoothed = smooth_{name}(samples, width=5)
print(smoothed)
'''
NAMES = ("alpha", "beta", "gamma", "delta", "epsilon")


@pytest.fixture
def sdists(tmp_path: Path) -> dict[str, Path]:
    """Packages with one function and one script each, by name."""
    return {name: _sdist(tmp_path / f"{name}-1.tar.gz", name) for name in NAMES}


def _sdist(path: Path, name: str) -> Path:
    with tarfile.open(path, mode="w:gz") as tar:
        for inner, text in ((f"{name}/__init__.py", MODULE), ("examples/plot_ramp.py", SCRIPT)):
            data = text.format(name=name).encode()
            member = tarfile.TarInfo(f"{name}-1/{inner}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def extracted(folder: Path, sdists: dict[str, Path], names: tuple[str, ...], jobs: int) -> bytes:
    """Extract with an empty cache from a corpus that lists the sources in the order of `names`."""
    folder.mkdir()
    entries = (
        f"  - {{name: {name}, version: '1', file: {name}-1.tar.gz, license: MIT, sha256: {hashlib.sha256(sdists[name].read_bytes()).hexdigest()}}}"
        for name in names
    )
    head = "schema: gpiot.corpus/1\nname: toys\nkind: packages\nsources:\n"
    (folder / "toys.yaml").write_text(head + "\n".join(entries) + "\n")
    manifest = folder / "cgd.yaml"
    manifest.write_text("schema: gpiot.manifest/1\nname: toys\nversion: 0.1.0\nkind: cgd\ncorpora: [toys.yaml]\n")
    sources = load_sources(load_plan(manifest), manifest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GPIOT_CACHE", str(folder / "cache"))
        made = list(extract_all(sources, [sdists[source.id] for source in sources], jobs, lambda _line: None))
    lines = [canonical_json(item.row if isinstance(item, Kept) else item.to_json()) for item in made]
    assert sum('"kind":"example"' in line for line in lines) == sum('"kind":"implementation"' in line for line in lines) == len(names)
    return "\n".join(lines).encode()


def test_one_two_and_four_workers_and_another_order_of_the_sources_give_the_same_bytes(sdists, tmp_path):
    expected = extracted(tmp_path / "1", sdists, NAMES, 1)
    assert extracted(tmp_path / "2", sdists, NAMES, 2) == expected
    assert extracted(tmp_path / "4", sdists, NAMES[::-1], 4) == expected
