import numpy as np


def breathing_rate(csi_a, csi_b, fs, angles):
    x = np.abs(csi_a / csi_b)
    x = x - x.mean(axis=0)
    p = np.abs(np.fft.rfft(x, axis=0)) ** 2
    f = np.arange(p.shape[0]) * fs / x.shape[0]
    band = np.where((f >= 0.125) & (f <= 0.625))[0]
    bnr = p[band].max(axis=0) / (p[1:].sum(axis=0) + 1e-300)
    best = int(np.argmax(bnr))
    k = band[np.argmax(p[band, best])]
    return float(f[k] * 60), float(bnr[best])
