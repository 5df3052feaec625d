import itertools

import numpy as np


def spo2_per_beat(red, infrared, feet):
    out = []
    for a, b in itertools.pairwise(feet):
        r, i = red[a:b], infrared[a:b]
        if r.mean() <= 0 or i.mean() <= 0 or np.ptp(i) == 0 or np.ptp(r) == 0:
            out.append(np.nan)
            continue
        ratio = (np.ptp(i) / i.mean()) / (np.ptp(r) / r.mean())
        out.append(float(np.clip(110 - 25 * ratio, 0, 100)))
    return np.array(out, dtype=float)
