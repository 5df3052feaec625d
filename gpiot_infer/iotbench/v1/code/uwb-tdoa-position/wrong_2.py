import numpy as np
from scipy.optimize import least_squares


def locate_tag(anchors, arrival_ns, max_residual_m):
    ok = np.isfinite(arrival_ns)
    if ok.sum() < 4:
        return None

    def solve(idx):
        a = anchors[idx]
        r = arrival_ns[idx] * 0.299792458

        def res(q):
            return r - np.linalg.norm(a - q[:2], axis=1) - q[2]

        q = least_squares(res, np.r_[a.mean(axis=0), r.min()]).x
        return q[:2], np.abs(res(q))

    idx = np.flatnonzero(ok)
    p, e = solve(idx)
    good = idx[e <= max_residual_m]
    if len(good) >= 4 and len(good) < len(idx):
        p, e = solve(good)
        idx = good
    return p, [int(i) for i in idx]
