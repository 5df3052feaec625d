import numpy as np


def hampel_filter(x: np.ndarray, half_width: int, n_sigmas: float) -> tuple[np.ndarray, list[int]]:
    """Replace samples that lie far from the median of their window, and tell which ones."""
    cleaned = np.array(x, dtype=float)
    spikes = []
    for i in range(len(x)):
        window = x[max(0, i - half_width) : i + half_width + 1]
        median = np.median(window)
        # 1.4826 makes the median absolute deviation of Gaussian data equal to its standard deviation.
        sigma = 1.4826 * np.median(np.abs(window - median))
        if abs(x[i] - median) > n_sigmas * sigma:
            cleaned[i] = median
            spikes.append(i)
    return cleaned, spikes
