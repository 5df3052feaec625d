"""Make the environments of a manifest's corpora, and pin them beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gpiot_data.errors import BadManifest
from gpiot_data.plan import load_plan, load_sources
from gpiot_data.quality.execution import environments_path, holds, package_sources
from gpiot_data.store import write_json
from gpiot_data.verify.environments import make_environment, resolve_environments
from gpiot_data.verify.locks import EnvironmentSet, load_environments


def make_environments(manifest_path: Path, pin: bool, say: Callable[[str], None]) -> tuple[EnvironmentSet, list[Path]]:
    """Return the environments of a manifest and their interpreters, those made that are not in the cache.

    Args:
        manifest_path: a manifest of kind `cgd` with a `verify` section.
        pin: resolve anew and write the result beside the manifest, from where builds take it.
        say: told what is installed, and one line for each package that will not install.

    Raises:
        BadManifest: if the manifest has no programs to run.
        InputError, RemoteError: if an environment cannot be made.
    """
    plan = load_plan(manifest_path)
    if plan.verify is None:
        raise BadManifest(f"{manifest_path}: has no 'verify' section, so nothing of it is run; add 'verify: {{}}'")
    sources = package_sources(load_sources(plan, manifest_path))
    path = environments_path(manifest_path)
    found = None if pin else load_environments(path)
    if found is None or not holds(found, sources, plan.verify):
        found = resolve_environments(sources, plan.verify.also, say)
    if pin:
        write_json(path, found.to_json())
        say(f"  {path}: {len(found.locks)} environments for {len(sources)} packages")
    return found, [make_environment(lock, say) for lock in found.locks]
