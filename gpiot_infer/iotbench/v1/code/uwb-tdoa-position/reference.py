import numpy as np
from scipy.optimize import least_squares


def locate_tag(anchors: np.ndarray, arrival_ns: np.ndarray, max_residual_m: float) -> tuple[np.ndarray, list[int]] | None:
    """Return the tag's position and the anchors that it was found with."""
    used = np.flatnonzero(~np.isnan(arrival_ns))
    if len(used) < 4:
        return None
    while True:
        position, residuals = _fit(anchors[used], arrival_ns[used] * 0.299792458)
        worst = np.argmax(residuals)
        if residuals[worst] <= max_residual_m or len(used) == 4:
            return position, used.tolist()
        used = np.delete(used, worst)


def _fit(anchors: np.ndarray, ranges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    def errors(position: np.ndarray) -> np.ndarray:
        # The best offset for a position is the mean error, so only the position is left to search.
        raw = ranges - np.hypot(*(anchors - position).T)
        return raw - raw.mean()

    found = least_squares(errors, anchors.mean(axis=0)).x
    return found, np.abs(errors(found))
