import itertools

import numpy as np


def spo2_per_beat(red, infrared, feet):
    out = []
    for a, b in itertools.pairwise(feet):
        r, i = red[a : b + 1], infrared[a : b + 1]
        if r.mean() <= 0 or i.mean() <= 0 or i.std() == 0:
            out.append(np.nan)
            continue
        ratio = (r.std() / r.mean()) / (i.std() / i.mean())
        out.append(float(np.clip(110 - 25 * ratio, 0, 100)))
    return np.array(out, dtype=float)
