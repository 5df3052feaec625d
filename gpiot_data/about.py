"""What a report of trouble needs: versions, the sandbox level and why, what the cache holds; nothing secret."""

from __future__ import annotations

import importlib.metadata
import platform
from pathlib import Path
from typing import Any

from gpiot_data import __version__
from gpiot_data.extract import byte_relevant_versions
from gpiot_data.sandbox import probe
from gpiot_data.store import cache_dir

#: Packages whose version matters to what the commands do, where they are installed.
PACKAGES = ("numpy", "scipy", "torch", "transformers", "peft", "trl", "llama-cpp-python")
CACHES = {
    "sources": "artefacts of packages",
    "pairs": "pairs by source",
    "envs": "environments of examples",
    "verdicts": "verdicts of examples",
    "base": "base models",
}


def describe() -> dict[str, Any]:
    """Return the facts as JSON values; places below the home folder are written with `~`."""
    # Whoever reads a report wants what is so now, not what once was.
    found = probe(fresh=True)
    versions = {"gpiot": __version__, "python": platform.python_version(), **byte_relevant_versions()}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "versions": versions,
        "platform": f"{platform.system()} {platform.machine()}",
        "sandbox": {
            "level": str(found.level) if found.level else None,
            "reasons": list(found.reasons),
            "kernel": found.kernel,
            "bubblewrap": found.bwrap,
        },
        "cache": {"place": _homely(cache_dir()), "folders": {name: _size(cache_dir() / name) for name in CACHES}},
    }


def render(facts: dict[str, Any]) -> str:
    """Return the facts as text for people."""
    sandbox, cache = facts["sandbox"], facts["cache"]
    lines = [f"{name:<18} {version}" for name, version in facts["versions"].items()]
    lines.append(f"{'platform':<18} {facts['platform']}")
    lines.append(f"{'sandbox':<18} {sandbox['level'] or 'none'}")
    lines += [f"{'':<18} {reason}" for reason in sandbox["reasons"]]
    lines.append(f"{'kernel':<18} {sandbox['kernel']}")
    lines.append(f"{'bubblewrap':<18} {sandbox['bubblewrap'] or 'none'}")
    lines.append(f"{'cache':<18} {cache['place']}")
    lines += [f"{'':<18} {name}: {held['files']} files, {held['mib']} MiB ({CACHES[name]})" for name, held in cache["folders"].items()]
    return "\n".join(lines)


def _size(folder: Path) -> dict[str, Any]:
    sizes = [path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()] if folder.is_dir() else []
    return {"files": len(sizes), "mib": round(sum(sizes) / (1 << 20), 1)}


def _homely(path: Path) -> str:
    try:
        return f"~/{path.relative_to(Path.home())}"
    except ValueError:
        return str(path)
