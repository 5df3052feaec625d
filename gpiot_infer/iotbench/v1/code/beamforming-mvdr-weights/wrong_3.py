import numpy as np


def mvdr(snapshots, spacing, look_deg, loading):
    m, k = snapshots.shape
    r = snapshots @ snapshots.conj().T / k
    r = r + loading * np.real(np.trace(r)) / m * np.eye(m)
    a = np.exp(2j * np.pi * spacing * np.arange(m) * np.sin(np.deg2rad(look_deg)))
    w = a / m
    return w, float(np.real(w.conj() @ r @ w))
