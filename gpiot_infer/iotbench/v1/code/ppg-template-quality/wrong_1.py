import itertools

import numpy as np


def ppg_quality(ppg, peaks, fs):
    rr = np.diff(peaks) / fs
    if len(peaks) < 3 or not 40 <= 60 / rr.mean() <= 180 or rr.max() > 3 or rr.max() / rr.min() >= 2.2:
        return False, float("nan")
    h = int(np.median(np.diff(peaks)) // 2)
    pulses = [ppg[p - h : p + h + 1] for p in peaks if p - h >= 0 and p + h < len(ppg)]
    values = [np.corrcoef(a, b)[0, 1] for a, b in itertools.pairwise(pulses)]
    mean = float(np.mean(values)) if values else 1.0
    return mean >= 0.86, mean
