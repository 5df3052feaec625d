import numpy as np
from scipy.optimize import least_squares


def locate_tag(anchors, arrival_ns, max_residual_m):
    used = [i for i in range(len(anchors)) if not np.isnan(arrival_ns[i])]
    if len(used) < 4:
        return None
    while True:
        a = anchors[used]
        r = arrival_ns[used] * 0.299792458

        def residuals(p, a=a, r=r):
            d = np.linalg.norm(a - p, axis=1)
            return (r - r[0]) - (d - d[0])

        p = least_squares(residuals, a.mean(axis=0)).x
        e = np.abs(residuals(p))
        if e.max() <= max_residual_m or len(used) <= 4:
            return p, used
        used.pop(int(np.argmax(e)))
