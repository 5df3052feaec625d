import numpy as np
from scipy.optimize import least_squares


def locate_tag(anchors, arrival_ns, max_residual_m):
    idx = np.flatnonzero(np.isfinite(arrival_ns))
    if idx.size < 4:
        return None

    def solve(sel):
        a = anchors[sel]
        r = arrival_ns[sel] * 0.299792458
        r = r - r.mean()

        def res(q):
            return r - np.linalg.norm(a - q[:2], axis=1) - q[2]

        q = least_squares(res, np.append(a.mean(axis=0), 0.0)).x
        return q[:2], np.abs(res(q))

    p, e = solve(idx)
    order = np.argsort(e)
    keep = [k for k in order if e[k] <= max_residual_m]
    for k in order:
        if len(keep) >= 4:
            break
        if k not in keep:
            keep.append(k)
    used = np.sort(idx[keep])
    if used.size < idx.size:
        p, _ = solve(used)
    return p, used.tolist()
