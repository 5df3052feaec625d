import itertools

import numpy as np


def spo2_per_beat(red, infrared, feet):
    out = []
    for a, b in itertools.pairwise(feet):
        r, i = red[a:b], infrared[a:b]
        if r.mean() <= 0 or i.mean() <= 0 or np.ptp(i) == 0:
            out.append(np.nan)
            continue
        out.append(float(np.clip(110 - 25 * np.ptp(r) / np.ptp(i), 0, 100)))
    return np.array(out, dtype=float)
