import numpy as np


def heart_rate_under_motion(ppg, acc, fs, previous):
    x = (ppg - ppg.mean()) * np.hanning(len(ppg))
    spectrum = np.abs(np.fft.rfft(x, 60 * fs))[40:201]
    if spectrum.max() < 1e-9:
        return previous
    if previous is None:
        return 40 + int(np.argmax(spectrum))
    low, high = max(40, previous - 15), min(200, previous + 15)
    return low + int(np.argmax(spectrum[low - 40 : high - 39]))
