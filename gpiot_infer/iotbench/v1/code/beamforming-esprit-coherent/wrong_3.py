import numpy as np


def esprit_angles(snapshots, sources, spacing):
    r = snapshots @ snapshots.conj().T / snapshots.shape[1]
    r = (r + np.flipud(np.fliplr(r.conj()))) / 2
    _, v = np.linalg.eigh(r)
    es = v[:, -sources:]
    psi = np.linalg.lstsq(es[:-1], es[1:], rcond=None)[0]
    ph = np.angle(np.linalg.eigvals(psi))
    return np.sort(np.rad2deg(np.arcsin(np.clip(ph / np.pi, -1, 1))))
