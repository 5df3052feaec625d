import numpy as np


def breathing_rate(csi_a, csi_b, fs, angles):
    theta = np.pi * np.arange(angles) / angles
    x = csi_a.real[:, :, None] * np.cos(theta) + csi_a.imag[:, :, None] * np.sin(theta)
    x = (x - x.mean(axis=0)).reshape(len(csi_a), -1)
    p = np.abs(np.fft.rfft(x, axis=0)) ** 2
    f = np.arange(p.shape[0]) * fs / x.shape[0]
    band = np.where((f >= 0.125) & (f <= 0.625))[0]
    bnr = p[band].max(axis=0) / p[1:].sum(axis=0)
    best = int(np.argmax(bnr))
    k = band[np.argmax(p[band, best])]
    return float(f[k] * 60), float(bnr[best])
