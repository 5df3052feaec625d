import numpy as np


def find_discord(series, width):
    sigma = series.std()
    z = (series - series.mean()) / (sigma if sigma > 0 else 1)
    windows = np.lib.stride_tricks.sliding_window_view(z, width)
    count = len(windows)
    profile = np.full(count, np.inf)
    for i in range(count):
        d = np.sqrt(((windows - windows[i]) ** 2).sum(axis=1))
        d[np.abs(np.arange(count) - i) < int(np.ceil(width / 2))] = np.inf
        profile[i] = d.min()
    finite = np.where(np.isfinite(profile), profile, -1)
    return profile, int(finite.argmax()) if finite.max() >= 0 else -1
