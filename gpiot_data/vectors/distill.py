"""Token vectors for the static encoder, made once from a sentence-transformers model and kept in the cache.

Each token of the vocabulary goes through the model alone, between the marks of a text's start and end, and its own
output is taken. Outputs are centred, turned to their principal axes, cut to the first of these, and weighted down
the more frequent a token is. Frequencies are by rank (Zipf), as a WordPiece vocabulary is sorted by frequency. All
of it is in double precision and then rounded to whole numbers, so that neither the number of threads nor another
machine's last bits show in the table.

Source: Tulkens and van Dongen, Model2Vec (2024), https://github.com/MinishLab/model2vec; the weights are those of
Arora, Liang and Ma, A Simple but Tough-to-Beat Baseline for Sentence Embeddings (ICLR 2017). What differs: double
precision, whole numbers, and the token's own output instead of the mean with both marks, which agrees with the model
on more pairs of texts.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpiot_data.errors import InputError, MissingWeights
from gpiot_data.store import cache_dir, read_json, sha256_bytes, sha256_file, sha256_json, write_atomic, write_json
from gpiot_data.vectors.encoder import GRID
from gpiot_data.vectors.static import StaticEncoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: 256 and 1e-4 are Model2Vec's defaults; 2047 keeps the sum of 8,000 tokens exact in single precision.
PARAMS: dict[str, Any] = {"dims": 256, "sif": 1e-4, "peak": 2047, "output": "own", "version": 1}
#: Part of the name that a table has in the cache, and of nothing that is in it.
TABLE_MARK = {"grid": GRID, "word_chars": 200}
#: What is tokenised: a word between white space, however long.
PIECES = "whole words"
BATCH_TOKENS = 512
SOURCE = ("model.safetensors", "config.json", "tokenizer.json")


def _tell(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201  # told once, as it takes a while


def open_static(label: str, folder: Path, say: Callable[[str], None] = _tell) -> StaticEncoder:
    """Return the static encoder of a sentence-transformers folder, distilled on first use.

    Args:
        label: how people call the model.
        folder: with `model.safetensors`, `config.json` and `tokenizer.json`.
        say: told when distillation starts and ends.

    Raises:
        MissingWeights: if the folder lacks a file.
        InputError: if the cache cannot be written to.
    """
    place = cache_dir() / "vectors" / f"static-{_table_key(folder)[:16]}"
    found = _load(place)
    if found is None:
        started = time.monotonic()
        say(f"making the static vectors of {label}; this is done once and takes two minutes or so")
        _save(place, distill(folder), (folder / "tokenizer.json").read_bytes())
        say(f"made in {time.monotonic() - started:.0f} s, kept in {place}")
        found = _load(place)
    if found is None:
        raise InputError(f"{place}: cannot be read back; check the disk")
    table, tokenizer = found
    shaped_by = {
        "table": _table_sha256(table),
        "tokenizer": sha256_file(folder / "tokenizer.json"),
        "grid": GRID,
        "pieces": PIECES,
    }
    return StaticEncoder(f"static:{label}:{table.shape[1]}", sha256_json(shaped_by), table, tokenizer)


def static_key(folder: Path) -> str:
    """Return the hash of what the static encoder of a model is made from.

    Raises:
        MissingWeights: if the folder lacks a file.
    """
    return sha256_json({"table": _table_key(folder), "grid": GRID, "pieces": PIECES})


def _table_key(folder: Path) -> str:
    """Return the hash of what a table is made from.

    Raises:
        MissingWeights: if the folder lacks a file.
    """
    for name in SOURCE:
        if not (folder / name).is_file():
            raise MissingWeights(f"{folder}: expected a sentence-transformers model, but there is no {name}")
    return sha256_json({"source": {name: sha256_file(folder / name) for name in SOURCE}, "params": PARAMS, **TABLE_MARK})


def distill(folder: Path) -> NDArray[np.int16]:
    """Return the token table of a model, of shape (vocabulary, dims); rows of special and unused tokens are zero.

    Raises:
        MissingWeights: if the model cannot be loaded.
    """
    import numpy as np

    vocabulary: dict[str, int] = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    outputs = _run_tokens(folder, vocabulary)
    used = np.array(sorted(number for token, number in vocabulary.items() if not re.fullmatch(r"\[.+\]", token)))
    axes = _principal(outputs[used], PARAMS["dims"])
    shares = 1.0 / np.arange(2, len(used) + 2)
    weights = PARAMS["sif"] / (PARAMS["sif"] + shares / shares.sum())
    weighted = axes * weights[:, None]
    table = np.zeros((len(outputs), axes.shape[1]), dtype=np.int16)
    table[used] = np.rint(weighted * (PARAMS["peak"] / np.abs(weighted).max())).astype(np.int16)
    return table


def _run_tokens(folder: Path, vocabulary: dict[str, int]) -> NDArray[np.float64]:
    """Return the model's output for each token, alone between the marks of a text's start and end."""
    import numpy as np
    import torch
    from transformers import AutoModel

    try:
        model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True).double().eval()
    except (OSError, ValueError) as error:
        raise MissingWeights(f"{folder}: the model cannot be loaded ({str(error).splitlines()[0][:100]})") from error
    tokens = torch.arange(len(vocabulary))
    rows = torch.stack([torch.full_like(tokens, vocabulary["[CLS]"]), tokens, torch.full_like(tokens, vocabulary["[SEP]"])], dim=1)
    with torch.inference_mode():
        batches = (rows[first : first + BATCH_TOKENS] for first in range(0, len(rows), BATCH_TOKENS))
        pieces = [model(input_ids=batch).last_hidden_state[:, 1].numpy() for batch in batches]
    return np.concatenate(pieces)


def _principal(rows: NDArray[np.float64], dims: int) -> NDArray[np.float64]:
    """Return rows centred and on their first principal axes, each axis turned so that its largest entry is positive."""
    import numpy as np

    centred = rows - rows.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    axes = vectors[:, ::-1][:, :dims]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return np.asarray(centred @ axes)


def _save(place: Path, table: NDArray[np.int16], tokenizer: bytes) -> None:
    from safetensors.numpy import save

    write_atomic(place / "table.safetensors", save({"table": table}))
    write_atomic(place / "tokenizer.json", tokenizer)
    write_json(place / "encoder.json", {"params": PARAMS, "table": _table_sha256(table), "tokenizer": sha256_bytes(tokenizer)})


def _load(place: Path) -> tuple[NDArray[np.int16], Any] | None:
    """Return table and tokeniser; None if they are not there, or not as they were written."""
    from safetensors import SafetensorError
    from safetensors.numpy import load
    from tokenizers import Tokenizer

    try:
        made = read_json(place / "encoder.json")
        table = load((place / "table.safetensors").read_bytes())["table"]
        text = (place / "tokenizer.json").read_bytes()
        if made["table"] != _table_sha256(table) or made["tokenizer"] != sha256_bytes(text):
            return None
    except (InputError, OSError, SafetensorError, KeyError, TypeError):
        return None
    tokenizer = Tokenizer.from_str(text.decode("utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return table, tokenizer


def _table_sha256(table: NDArray[np.int16]) -> str:
    return sha256_bytes(f"{table.dtype.str} {table.shape}\n".encode() + table.tobytes())
