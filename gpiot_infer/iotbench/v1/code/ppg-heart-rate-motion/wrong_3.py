import numpy as np


def heart_rate_under_motion(ppg, acc, fs, previous):
    def spectrum(x):
        return np.abs(np.fft.rfft((x - x.mean(axis=0)) * np.hanning(len(x))[:, None], 60 * fs, axis=0))[40:201].max(axis=1)

    p, a = spectrum(ppg[:, None]), spectrum(acc)
    if p.max() < 1e-9:
        return previous
    d = p / p.max()
    if a.max() >= 1e-9:
        d = np.maximum(d - a / a.max(), 0)
    if previous is None:
        return 40 + int(np.argmax(d))
    low, high = max(40, previous - 15), min(200, previous + 15)
    return low + int(np.argmax(d[low - 40 : high - 39]))
