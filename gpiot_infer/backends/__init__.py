"""The libraries that can run the chain's model, and the choice between them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from typing import Literal

from gpiot_data.errors import InputError, MissingWeights
from gpiot_data.weights import gguf_of, weights_sha256
from gpiot_infer.adapters import Adapters
from gpiot_infer.backends.protocol import Backend, BackendName

_MODULES: dict[BackendName, tuple[str, str]] = {
    "llama.cpp": ("llama_cpp", "llama-cpp-python"),
    "transformers": ("transformers", "transformers"),
}


def choose(wanted: Literal["auto"] | BackendName, adapters: Adapters) -> BackendName:
    """Resolve `auto`: llama.cpp where the base is a GGUF file, else transformers. Imports neither.

    Raises:
        InputError: if the library is not installed.
    """
    name: BackendName
    if wanted == "auto":
        name = "llama.cpp" if adapters.has_gguf and _has_gguf(adapters) and importlib.util.find_spec("llama_cpp") else "transformers"
    else:
        name = wanted
    module, package = _MODULES[name]
    if importlib.util.find_spec(module) is None:
        raise InputError(f"the backend '{name}' needs the package {package}; run: pip install {package}")
    return name


def library_version(name: BackendName) -> str:
    """Return the installed version of a backend's library; another version may write other answers."""
    return importlib.metadata.version(_MODULES[name][1])


def open_backend(name: BackendName, adapters: Adapters, threads: int) -> Backend:
    """Load the base model and the adapters of the paths in use.

    Raises:
        MissingWeights: if the base model is not there.
        BadAdapters: if the adapters were made for another base.
    """
    if name == "llama.cpp":
        from gpiot_infer.backends.llama_cpp import LlamaCppBackend

        gguf = gguf_of(adapters.base)
        adapters.check_base(weights_sha256(gguf))
        return LlamaCppBackend(gguf, adapters.gguf_paths(), threads)
    from gpiot_infer.backends.transformers import open_transformers

    return open_transformers(adapters, threads)


def _has_gguf(adapters: Adapters) -> bool:
    try:
        gguf_of(adapters.base)
    except MissingWeights:
        # A package that is not there is no reason to load its weights from elsewhere: let llama.cpp report it.
        return adapters.base.package is not None
    return True
