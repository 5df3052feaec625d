import numpy as np


def hrv_band_powers(rr, valid):
    if valid.sum() < 10:
        return None
    x = rr[valid] - rr[valid].mean()
    n = len(x)
    step = rr[valid].mean() / 1000
    f = np.arange(40, 401) / 1000
    transform = np.exp(-2j * np.pi * np.outer(f, np.arange(n) * step)) @ x
    psd = 2 * step / n * np.abs(transform) ** 2
    low, high = f < 0.15, f >= 0.15
    lf, hf = psd[low].sum() * 0.001, psd[high].sum() * 0.001
    return {"lf": lf, "hf": hf, "lf_nu": 100 * lf / (lf + hf), "hf_peak": f[high][np.argmax(psd[high])]}
