"""A small tokeniser, and an encoder that is easy to reckon with by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gpiot_data.store import sha256_text
from gpiot_data.vectors.encoder import to_grid

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[unused1]", "the", "filter", "sensor", "peak", "##s", "of", "ecg", "a", "noise")


class CountingEncoder:
    """Each known word is a coordinate; keeps what it was asked for."""

    name = "counting"
    sha256 = sha256_text("counting")
    dims = 16

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts):
        self.asked += texts
        rows = np.zeros((len(texts), self.dims))
        for position, text in enumerate(texts):
            for word in text.lower().split():
                rows[position, int(sha256_text(word)[:8], 16) % self.dims] += 1
        return to_grid(rows)


@pytest.fixture
def counting() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture(scope="session")
def wordpiece():
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.WordPiece({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


@pytest.fixture(scope="session")
def real_model():
    """The static encoder as builds use it, made once in the user's cache."""
    from gpiot_data.vectors import open_encoder

    return open_encoder()
