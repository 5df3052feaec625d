import numpy as np


def hrv_time_domain(rr):
    if len(rr) < 2:
        return None
    d = np.diff(rr)
    return {
        "mean_hr": float(60000 / np.mean(rr)),
        "sdnn": float(np.std(rr, ddof=1)),
        "rmssd": float(np.sqrt(np.mean(d**2))),
        "pnn50": float(np.sum(np.abs(d) >= 50) / len(rr)),
    }
