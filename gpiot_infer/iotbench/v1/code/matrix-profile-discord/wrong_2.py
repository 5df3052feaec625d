import numpy as np


def find_discord(series, width):
    windows = np.lib.stride_tricks.sliding_window_view(series, width)
    sigma = windows.std(axis=1, keepdims=True, ddof=1)
    z = np.where(sigma > 0, (windows - windows.mean(axis=1, keepdims=True)) / np.where(sigma > 0, sigma, 1), 0)
    count = len(z)
    profile = np.full(count, np.inf)
    for i in range(count):
        d = np.sqrt(((z - z[i]) ** 2).sum(axis=1))
        d[np.abs(np.arange(count) - i) < int(np.ceil(width / 2))] = np.inf
        profile[i] = d.min()
    finite = np.where(np.isfinite(profile), profile, -1)
    return profile, int(finite.argmax()) if finite.max() >= 0 else -1
