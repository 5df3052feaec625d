import numpy as np


def smooth_with_gaps(x, fs, half_width, degree):
    smoothed = np.full(len(x), np.nan)
    slope = np.full(len(x), np.nan)
    for i in range(len(x)):
        lo = max(0, i - half_width)
        window = x[lo : i + half_width + 1]
        offset = np.arange(lo, lo + len(window)) - i
        good = ~np.isnan(window)
        if np.isnan(x[i]) and not ((offset[good] < 0).any() and (offset[good] > 0).any()):
            continue
        order = min(degree, good.sum() - 1)
        fit = np.polyfit(offset[good], window[good], order)
        smoothed[i] = fit[-1]
        slope[i] = fit[-2] if order > 0 else 0.0
    return smoothed, slope
