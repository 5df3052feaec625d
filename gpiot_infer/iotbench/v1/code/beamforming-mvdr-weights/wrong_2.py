import numpy as np


def mvdr(snapshots, spacing, look_deg, loading):
    m, k = snapshots.shape
    r = snapshots.conj() @ snapshots.T / k
    r = r + loading * np.real(np.trace(r)) / m * np.eye(m)
    a = np.exp(2j * np.pi * spacing * np.arange(m) * np.sin(np.deg2rad(look_deg)))
    ri_a = np.linalg.solve(r, a)
    denom = np.real(a.conj() @ ri_a)
    return ri_a / denom, float(1 / denom)
