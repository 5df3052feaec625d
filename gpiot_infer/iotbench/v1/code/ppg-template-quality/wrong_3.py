import itertools

import numpy as np


def ppg_quality(ppg, peaks, fs):
    rr = np.diff(peaks) / fs
    if len(peaks) < 3 or not 40 <= 60 / rr.mean() <= 180 or rr.max() > 3 or rr.max() / rr.min() >= 2.2:
        return False, float("nan")
    length = int(np.median(np.diff(peaks)))
    pulses = []
    for a, b in itertools.pairwise(peaks):
        pulses.append(np.interp(np.linspace(a, b - 1, length), np.arange(len(ppg)), ppg))
    template = np.mean(pulses, axis=0)
    mean = float(np.mean([np.corrcoef(p, template)[0, 1] for p in pulses]))
    return mean >= 0.86, mean
