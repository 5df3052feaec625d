import numpy as np


def ppg_quality(ppg, peaks, fs):
    if len(peaks) < 3:
        return False, float("nan")
    rr = np.diff(peaks)
    if rr.min() < 3:
        return False, float("nan")
    h = int(np.median(rr) // 2)
    pulses = np.array([ppg[p - h : p + h + 1] for p in peaks if p - h >= 0 and p + h < len(ppg)])
    if len(pulses) == 0:
        return False, float("nan")
    template = pulses.mean(axis=0)
    mean = float(np.mean([np.corrcoef(p, template)[0, 1] for p in pulses]))
    return mean >= 0.86, mean
