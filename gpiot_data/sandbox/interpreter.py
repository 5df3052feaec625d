"""Which folders of the host a Python needs, found without letting any of its packages run.

A virtual environment may run code of its packages when it starts (`.pth` files), so the interpreter is asked
with `-S`, which loads nothing but its own standard library.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from gpiot_data.errors import SandboxUnavailable
from gpiot_data.sandbox.model import Environment

_ASK = "import json, sys; print(json.dumps([sys.base_prefix, sys.base_exec_prefix, *sys.path]))"
#: Folders that every sandbox shows anyway.
_SYSTEM = Path("/usr")


@dataclass(frozen=True, slots=True)
class Layout:
    """The interpreter as it is started, and the folders to show read-only, outermost first."""

    python: Path
    folders: tuple[Path, ...]
    site: tuple[Path, ...]


def layout_of(environment: Environment) -> Layout:
    """Find what `environment` needs of the host.

    Raises:
        SandboxUnavailable: if its interpreter cannot be started, or lies so that a whole home would have to be shown.
    """
    python = Path(os.path.abspath(environment.python))
    try:
        done = subprocess.run(
            [python, "-I", "-S", "-B", "-c", _ASK], stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=True, env={}
        )
        places = [Path(place) for place in json.loads(done.stdout) if place]
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise SandboxUnavailable(f"{python}: this interpreter does not start ({reason}); name the python of another environment") from error
    if (python.parent.parent / "pyvenv.cfg").is_file():
        places.append(python.parent.parent)
    places += [link.parent for link in _links(python)]
    site = tuple(Path(os.path.abspath(folder)) for folder in environment.site)
    folders = _outermost([*places, *site])
    home = Path(os.path.expanduser("~"))
    for folder in folders:
        if home.is_relative_to(folder):
            raise SandboxUnavailable(f"{python}: jobs would see all of {folder}; make an environment in a folder of its own")
    return Layout(python, folders, site)


def _links(path: Path) -> list[Path]:
    """Return the files that a chain of symlinks goes through, the last one being no link."""
    found = [path]
    while found[-1].is_symlink() and len(found) < 40:
        found.append(Path(os.path.normpath(found[-1].parent / os.readlink(found[-1]))))
    return found


def _outermost(places: list[Path]) -> tuple[Path, ...]:
    """Return the folders that exist, with their real places, without those that lie in another one of them."""
    folders = {place for place in places if place.is_dir()}
    folders |= {place.resolve() for place in folders}
    return tuple(
        sorted(
            folder
            for folder in folders
            if not folder.is_relative_to(_SYSTEM) and not any(other != folder and folder.is_relative_to(other) for other in folders)
        )
    )
