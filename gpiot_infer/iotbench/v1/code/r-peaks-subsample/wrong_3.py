import numpy as np


def refine_r_peaks(ecg, fs, coarse, search):
    times = []
    for c in coarse:
        lo = max(0, c - search)
        times.append((lo + int(np.argmax(ecg[lo : c + search + 1]))) / fs)
    return np.array(times, dtype=float)
