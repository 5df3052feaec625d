"""Harness runs shared by all tests of a user and level."""

from __future__ import annotations

import json
import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from players import HERE, Player, copy_python


@pytest.fixture(scope="session")
def stage() -> Iterator[Path]:
    """A folder in /tmp that everybody can enter, with the code under test."""
    folder = Path(tempfile.mkdtemp(prefix="gpiot-stage-", dir="/tmp"))
    folder.chmod(0o777)
    import gpiot_data

    source = Path(gpiot_data.__file__).parent
    package = folder / "code" / "gpiot_data"
    package.mkdir(parents=True)
    for name in ("__init__.py", "errors.py", "store.py"):
        shutil.copy(source / name, package / name)
    shutil.copytree(source / "sandbox", package / "sandbox", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("harness.py", "cases.py"):
        shutil.copy(HERE / name, folder / name)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def open_python(stage: Path) -> Path:
    """An interpreter that every user can start: a copy, since that of a developer often lies in a private folder."""
    return copy_python(stage / "python")


@pytest.fixture(scope="session")
def players(stage: Path, open_python: Path) -> dict[str, Player]:
    """The users that attacks are run as."""
    site = [sysconfig.get_path("purelib")]
    own = Player("root" if os.geteuid() == 0 else "self", stage, Path(sys.executable), Path(os.path.realpath(sys.executable)), [])
    return {own.user: own, "nobody": Player("nobody", stage, open_python, open_python, site)}


@pytest.fixture(scope="session")
def played(players: dict[str, Player], stage: Path) -> Callable[..., dict[str, Any]]:
    """Run the harness once for each user, level and kind; the answer is what it wrote."""
    known: dict[str, dict[str, Any]] = {}

    def play(user: str, level: str, **more: Any) -> dict[str, Any]:
        player = players[user]
        key = json.dumps([user, level, more], sort_keys=True)
        if key not in known:
            number = len(known)
            settings = {
                "code": str(stage / "code"),
                "python": str(player.python),
                "site": player.site,
                "level": level,
                "out": str(stage / f"out-{number}"),
                **more,
            }
            path = stage / f"settings-{number}"
            path.write_text(json.dumps(settings), encoding="utf-8")
            process = player.start(stage / "harness.py", str(path))
            _out, err = process.communicate(timeout=400)
            assert process.returncode == 0, err
            known[key] = json.loads((stage / f"out-{number}").read_text(encoding="utf-8"))
        return known[key]

    return play
