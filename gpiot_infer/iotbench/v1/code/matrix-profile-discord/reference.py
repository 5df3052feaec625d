import numpy as np


def find_discord(series: np.ndarray, width: int) -> tuple[np.ndarray, int]:
    """Return the matrix profile of a series and the start of the subsequence farthest from all others."""
    pieces = np.lib.stride_tricks.sliding_window_view(series, width)
    flat = np.ptp(pieces, axis=1) == 0
    # a flat piece becomes the zero vector: 0 from its like, sqrt(width) from any normalised piece
    deviation = np.where(flat, np.inf, pieces.std(axis=1))
    shapes = (pieces - pieces.mean(axis=1, keepdims=True)) / deviation[:, None]
    starts = np.arange(len(shapes))
    profile = np.array(
        [
            np.min(np.linalg.norm(shapes - shape, axis=1), where=2 * abs(starts - start) >= width, initial=np.inf)
            for start, shape in zip(starts, shapes, strict=True)
        ]
    )
    matched = np.flatnonzero(np.isfinite(profile))
    return profile, int(max(matched, key=lambda start: profile[start], default=-1))
