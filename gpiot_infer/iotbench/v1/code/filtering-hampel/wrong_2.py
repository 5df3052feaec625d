import numpy as np


def hampel_filter(x, half_width, n_sigmas):
    cleaned = np.array(x, dtype=float)
    spikes = []
    for i in range(len(x)):
        window = cleaned[max(0, i - half_width) : i + half_width + 1]
        median = np.median(window)
        sigma = 1.4826 * np.median(np.abs(window - median))
        if abs(cleaned[i] - median) > n_sigmas * sigma:
            cleaned[i] = median
            spikes.append(i)
    return cleaned, spikes
