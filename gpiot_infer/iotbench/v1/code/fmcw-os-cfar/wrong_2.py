import numpy as np
from scipy.optimize import brentq


def os_cfar(power, guard, train, pfa):
    n = len(power)
    thresholds = np.zeros(n)
    for i in range(n):
        cells = [j for j in range(i - guard - train, i + guard + train + 1) if 0 <= j < n and j != i]
        m = len(cells)
        k = int(np.ceil(0.75 * m))
        j = np.arange(k)
        a = brentq(lambda x, m=m, j=j: np.sum(np.log((m - j) / (m - j + x))) - np.log(pfa), 1e-9, 1e9)
        thresholds[i] = a * np.sort(power[cells])[k - 1]
    return np.nonzero(power > thresholds)[0], thresholds
