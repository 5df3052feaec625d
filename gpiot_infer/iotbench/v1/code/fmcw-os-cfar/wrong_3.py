import numpy as np


def os_cfar(power, guard, train, pfa):
    n = len(power)
    thresholds = np.zeros(n)
    for i in range(n):
        cells = [j for j in range(i - guard - train, i + guard + train + 1) if 0 <= j < n and abs(j - i) > guard]
        m = len(cells)
        k = int(np.ceil(0.75 * m))
        a = m * (pfa ** (-1.0 / m) - 1.0)
        thresholds[i] = a * np.sort(power[cells])[k - 1]
    return np.nonzero(power > thresholds)[0], thresholds
