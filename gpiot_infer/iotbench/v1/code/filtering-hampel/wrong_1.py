import numpy as np


def hampel_filter(x, half_width, n_sigmas):
    cleaned = np.array(x, dtype=float)
    spikes = []
    for i in range(len(x)):
        window = x[max(0, i - half_width) : i + half_width + 1]
        if abs(x[i] - window.mean()) > n_sigmas * window.std():
            cleaned[i] = np.median(window)
            spikes.append(i)
    return cleaned, spikes
