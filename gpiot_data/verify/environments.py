"""Environments in which the examples of a corpus run: as few as the pins allow, each locked, kept in the cache.

Only the package under test is pinned by a person; what it needs is resolved once and recorded. Where all pins
do not resolve together, the corpus is cut in half until its parts do, and parts that fit are joined again.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gpiot_data.errors import InputError
from gpiot_data.sources.packages import PackageSource
from gpiot_data.store import cache_dir, held_in_turn, make_folder, read_json, sha256_json, write_json
from gpiot_data.verify.locks import EnvironmentLock, EnvironmentSet, check_requirements, running_python
from gpiot_data.verify.pip_runs import UnmetError, resolve, unpack

Say = Callable[[str], None]
Resolve = Callable[[Sequence[str]], tuple[str, ...]]

MARK = "environment.json"


@dataclass(frozen=True, slots=True)
class _Group:
    sources: tuple[PackageSource, ...]
    packages: tuple[str, ...]


def resolve_environments(sources: Sequence[PackageSource], also: Sequence[str], say: Say, ask: Resolve | None = None) -> EnvironmentSet:
    """Find environments in which each source's package is installed at its version.

    Args:
        sources: the packages under test.
        also: requirements that every environment holds, such as what examples plot with.
        say: told about packages that will not install, one line each.
        ask: what requirements resolve to; pip, with its answers kept in the cache, unless a test has its own.

    Raises:
        BadManifest: if `also` holds something that is no requirement.
        RemoteError: if an index does not answer.
    """
    check_requirements(also, "verify.also")
    missing: dict[str, str] = {}
    groups = _grouped(tuple(sources), tuple(also), ask or _resolve_cached, missing)
    for source, reason in sorted(missing.items()):
        say(f"  {source}: will not install ({reason}); its rows get the verdict not_installed")
    locks = [
        EnvironmentLock(
            python=running_python(),
            requested=tuple(sorted(_requirements(group.sources, also))),
            packages=group.packages,
            sources=tuple(sorted(source.id for source in group.sources)),
        )
        for group in groups
    ]
    return EnvironmentSet(locks=tuple(sorted(locks, key=lambda lock: lock.sources)), missing=missing)


def _requirements(sources: Sequence[PackageSource], also: Sequence[str]) -> list[str]:
    from packaging.utils import canonicalize_name

    pinned = {canonicalize_name(source.name) for source in sources}
    return [*(f"{source.name}=={source.version}" for source in sources), *(name for name in also if canonicalize_name(name) not in pinned)]


def _grouped(sources: tuple[PackageSource, ...], also: tuple[str, ...], ask: Resolve, missing: dict[str, str]) -> list[_Group]:
    """Cut until every part resolves, then join parts that also resolve together."""
    if not sources:
        return []
    try:
        return [_Group(sources, ask(_requirements(sources, also)))]
    except UnmetError as error:
        if len(sources) == 1:
            missing[sources[0].id] = str(error)
            return []
    middle = len(sources) // 2
    groups: list[_Group] = []
    for group in (*_grouped(sources[:middle], also, ask, missing), *_grouped(sources[middle:], also, ask, missing)):
        for position, other in enumerate(groups):
            together = (*other.sources, *group.sources)
            if len(together) == len(sources):
                continue  # known not to resolve
            try:
                groups[position] = _Group(together, ask(_requirements(together, also)))
                break
            except UnmetError:
                continue
        else:
            groups.append(group)
    return groups


def _resolve_cached(requirements: Sequence[str]) -> tuple[str, ...]:
    """Ask pip, or read what it answered before: a corpus keeps its environments though newer releases appear."""
    asked = {"requirements": sorted(requirements), "python": running_python(), "platform": sys.platform}
    path = cache_dir() / "envs" / "resolved" / f"{sha256_json(asked)[:32]}.json"
    if path.is_file():
        try:
            answer = read_json(path)
            if answer["asked"] == asked and all(isinstance(package, str) for package in answer["packages"]):
                return tuple(answer["packages"])
        except (InputError, KeyError, TypeError):
            pass
    packages = resolve(requirements)
    write_json(path, {"asked": asked, "packages": list(packages)})
    return packages


def place_of(lock: EnvironmentLock) -> Path:
    """Return where an environment lies in the cache, there or not."""
    return cache_dir() / "envs" / lock.name


def is_made(lock: EnvironmentLock) -> bool:
    """Tell whether an environment is complete."""
    try:
        return bool(read_json(place_of(lock) / MARK)["sha256"] == lock.sha256)
    except (InputError, KeyError, TypeError):
        return False


def make_environment(lock: EnvironmentLock, say: Say) -> Path:
    """Return the interpreter of an environment, made first where it is not complete; nothing of it runs here.

    Raises:
        InputError: if the lock is for another Python, a package of it is gone, or the cache cannot be written to.
        RemoteError: if an index does not answer.
    """
    if lock.python != running_python():
        raise InputError(
            f"the environment {lock.name} is for Python {lock.python}, and this is {running_python()}; use that Python, or resolve it anew"
        )
    place = place_of(lock)
    python = place / "bin" / "python"
    with held_in_turn(place.parent, f"{place.name}.lock"):
        if is_made(lock):
            return python
        shutil.rmtree(place, ignore_errors=True)
        say(f"  environment {lock.name}: installing {len(lock.packages)} packages for {', '.join(lock.sources)}")
        make_folder(place)
        try:
            subprocess.run([_base_python(), "-I", "-m", "venv", "--without-pip", str(place)], check=True, capture_output=True)
            unpack(lock.packages, place / "lib" / f"python{lock.python}" / "site-packages")
        except UnmetError as error:
            raise InputError(f"the environment {lock.name} cannot be made again ({error}); pin anew with verify-env --pin") from error
        except (OSError, subprocess.CalledProcessError) as error:
            raise InputError(f"{place}: the environment cannot be made ({error}); set GPIOT_CACHE to a folder with room for it") from error
        # Written last: without it the folder counts as unfinished.
        write_json(place / MARK, {"sha256": lock.sha256, **lock.to_json()})
    return python


def _base_python() -> str:
    """Return the interpreter behind the running virtual environment, so that nothing of ours is in the new one."""
    return getattr(sys, "_base_executable", None) or sys.executable
