import numpy as np
from numpy.polynomial import Polynomial


def smooth_with_gaps(x, fs, half_width, degree):
    n = len(x)
    smoothed = np.full(n, np.nan)
    slope = np.full(n, np.nan)
    good = ~np.isnan(x)
    if not good.any():
        return smoothed, slope
    index = np.arange(n)
    filled = np.interp(index, index[good], x[good])
    for i in range(n):
        lo, hi = max(0, i - half_width), min(n, i + half_width + 1)
        order = min(degree, hi - lo - 1)
        fit = Polynomial.fit(index[lo:hi] - i, filled[lo:hi], order) if hi - lo > 1 else Polynomial([filled[i]])
        smoothed[i] = fit(0.0)
        slope[i] = fit.deriv()(0.0) * fs
    return smoothed, slope
