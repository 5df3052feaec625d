import numpy as np


def smooth_with_gaps(x: np.ndarray, fs: float, half_width: int, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Fit a local polynomial to the samples that are there; return its values and slopes."""
    smoothed, slope = np.full((2, len(x)), np.nan)
    present = np.flatnonzero(~np.isnan(x))
    for i in range(len(x)):
        used = present[np.abs(present - i) <= half_width]
        # Filling from one side only would be extrapolation. A sample that is there has itself on both sides.
        if np.all(used < i) or np.all(used > i):
            continue
        order = min(degree, len(used) - 1)
        powers = np.vander(used - i, order + 1, increasing=True)
        coefficients = np.linalg.lstsq(powers, x[used])[0]
        smoothed[i] = coefficients[0]
        slope[i] = coefficients[1] * fs if order else 0.0
    return smoothed, slope
