import numpy as np
from scipy.signal import lombscargle


def hrv_band_powers(rr, valid):
    if valid.sum() < 10:
        return None
    t = np.cumsum(rr[valid]) / 1000
    x = rr[valid] - rr[valid].mean()
    f = np.arange(40, 401) / 1000
    psd = 2 * (t[-1] - t[0]) / len(t) * lombscargle(t, x, 2 * np.pi * f)
    lf = psd[f < 0.15].sum() * 0.001
    hf = psd[f >= 0.15].sum() * 0.001
    return {"lf": lf, "hf": hf, "lf_nu": 100 * lf / (lf + hf), "hf_peak": f[f >= 0.15][np.argmax(psd[f >= 0.15])]}
