"""Any sentence-transformers model as an encoder whose vectors do not depend on what else is encoded.

The last bits of a network's output change with the shape of a batch. So every batch has one of a few shapes: each
text is padded to its own multiple of 32 tokens, and a batch holds eight texts of the same length, the last one
filled up. What is left of such noise is far below the grid that vectors are rounded to.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gpiot_data.errors import MissingWeights
from gpiot_data.store import sha256_file, sha256_json
from gpiot_data.vectors.encoder import GRID, to_grid
from gpiot_data.vectors.words import whole_characters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH_TEXTS = 8
STEP_TOKENS = 32
#: For a model that does not tell its own.
MAX_TOKENS = 512
#: Modules behind the transformer may have their weights in any of these.
SHAPING = (".json", ".safetensors", ".txt", ".model", ".bin", ".pt", ".pth")


def model_sha256(folder: Path) -> str:
    """Return the hash of a model's files and of the rules that shape its vectors."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in SHAPING and path.is_file())
    digests = [[str(path.relative_to(folder)), sha256_file(path)] for path in files]
    return sha256_json({"files": digests, "batch_texts": BATCH_TEXTS, "step_tokens": STEP_TOKENS, "grid": GRID})


class SentenceEncoder:
    """A sentence-transformers model on the CPU in single precision; weights as safetensors only."""

    def __init__(self, label: str, folder: Path) -> None:
        """Load the model in `folder`.

        Raises:
            MissingWeights: if it cannot be loaded.
        """
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(
                str(folder), device="cpu", local_files_only=True, trust_remote_code=False, model_kwargs={"use_safetensors": True}
            )
        except (OSError, ValueError, KeyError) as error:
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise MissingWeights(f"{folder}: is no sentence-transformers model with safetensors weights ({reason[:100]})") from error
        self._model = model.float().eval()
        self._max_tokens = int(model.max_seq_length or MAX_TOKENS)
        self.sha256 = model_sha256(folder)
        self.dims = int(model.get_embedding_dimension() or 0)
        self.name = f"{label}:{self.dims}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors on the grid, of shape (n, dims)."""
        import numpy as np

        texts = [whole_characters(text) for text in texts]
        found = np.zeros((len(texts), self.dims), dtype=np.float32)
        rooms: dict[int, list[int]] = {}
        for position, room in enumerate(self._rooms(texts)):
            # A text without tokens has nothing to attend to; its vector stays zero.
            if room:
                rooms.setdefault(room, []).append(position)
        for room, positions in sorted(rooms.items()):
            for first in range(0, len(positions), BATCH_TEXTS):
                batch = positions[first : first + BATCH_TEXTS]
                filled = [texts[position] for position in batch] + [texts[batch[-1]]] * (BATCH_TEXTS - len(batch))
                found[batch] = self._run(filled, room)[: len(batch)]
        return found

    def _rooms(self, texts: Sequence[str]) -> list[int]:
        """Return the padded length of each text, in tokens."""
        if not texts:
            return []
        ids = self._model.tokenizer(list(texts), truncation=True, max_length=self._max_tokens)["input_ids"]
        return [min(-(-len(row) // STEP_TOKENS) * STEP_TOKENS, self._max_tokens) for row in ids]

    def _run(self, texts: Sequence[str], room: int) -> NDArray[np.float32]:
        import torch

        features = self._model.tokenizer(list(texts), truncation=True, padding="max_length", max_length=room, return_tensors="pt")
        with torch.inference_mode():
            return to_grid(self._model(dict(features))["sentence_embedding"].numpy())
