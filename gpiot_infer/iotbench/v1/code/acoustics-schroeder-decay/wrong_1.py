import numpy as np


def decay_times(impulse, fs):
    start = int(np.argmax(np.abs(impulse)))
    energy = np.cumsum(impulse[start:][::-1] ** 2)[::-1]
    level = 10 * np.log10(energy / energy[0])
    t = np.arange(len(level)) / fs

    def fit(hi, lo):
        keep = (level <= hi) & (level >= lo)
        if level.min() > lo or keep.sum() < 2:
            return float("nan")
        slope = np.polyfit(t[keep], level[keep], 1)[0]
        return float((lo - hi) / slope)

    return fit(0, -10), fit(-5, -25)
