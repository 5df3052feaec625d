"""A map of rows: their vectors seen from where they differ most, as points in a square.

Source: principal components, Pearson 1901, DOI 10.1080/14786440109462720. No neighbour embedding is used, as its pictures depend on a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gpiot_data.errors import InputError
from gpiot_data.vectors.encoder import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Coordinates are whole numbers from 0 to here, so that the last bits of the linear algebra do not show.
SIDE = 1000
#: Rows whose vectors lie further out than this share of all are drawn at the edge.
_OUTER = 0.002


def project(questions: Sequence[str], answers: Sequence[str], encoder: Encoder) -> list[tuple[int, int]]:
    """Return a point of the square for each row, by the mean of the vectors of its question and its answer.

    The same texts always give the same points; which way the axes point is by convention that of their largest weight.

    Args:
        questions: one for each row.
        answers: one for each row, in the same order.
        encoder: gives the vectors.

    Raises:
        InputError: if the encoder returns another number of vectors, or not finite ones.
    """
    import numpy as np

    if not questions:
        return []
    vectors = (_encode(questions, encoder) + _encode(answers, encoder)) / 2
    centred = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    # The last are the largest; a single dimension has no second.
    axes = directions[:, ::-1][:, :2]
    largest = np.abs(axes).argmax(axis=0)
    flat = centred @ (axes * np.where(axes[largest, range(axes.shape[1])] < 0, -1.0, 1.0))
    points = np.zeros((len(flat), 2), dtype=np.int64)
    points[:, : flat.shape[1]] = np.stack([_to_side(column) for column in flat.T], axis=1)
    return [(int(x), int(y)) for x, y in points]


def _encode(texts: Sequence[str], encoder: Encoder) -> NDArray[np.float64]:
    import numpy as np

    vectors = encoder.encode(list(texts)).astype(np.float64)
    if vectors.shape != (len(texts), encoder.dims) or not np.isfinite(vectors).all():
        raise InputError(
            f"the encoder {encoder.name} returned an array of shape {vectors.shape} for {len(texts)} texts, expected finite values "
            f"of shape {(len(texts), encoder.dims)}; choose another encoder"
        )
    return vectors


def _to_side(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Scale values to whole numbers from 0 to `SIDE`; without any difference all are in the middle."""
    import numpy as np

    low, high = (float(np.quantile(values, share)) for share in (_OUTER, 1 - _OUTER))
    if high - low < 1e-9:
        return np.full(len(values), SIDE // 2, dtype=np.int64)
    return np.rint(np.clip((values - low) / (high - low), 0, 1) * SIDE).astype(np.int64)
