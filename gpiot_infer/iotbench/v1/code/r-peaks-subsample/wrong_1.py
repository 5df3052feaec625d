import numpy as np


def refine_r_peaks(ecg, fs, coarse, search):
    times = []
    for c in coarse:
        lo, hi = max(0, c - search), min(len(ecg), c + search + 1)
        j = lo + int(np.argmax(ecg[lo:hi]))
        d = 0.0
        if 0 < j < len(ecg) - 1:
            p, q, r = ecg[j - 1], ecg[j], ecg[j + 1]
            k = p - 2 * q + r
            if k < 0:
                d = min(0.5, max(-0.5, (r - p) / (2 * k)))
        times.append((j + d) / fs)
    return np.array(times, dtype=float)
