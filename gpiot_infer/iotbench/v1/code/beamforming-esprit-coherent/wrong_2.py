import numpy as np


def esprit_angles(snapshots, sources, spacing):
    r = snapshots @ snapshots.conj().T / snapshots.shape[1]
    r = (r + np.flipud(np.fliplr(r.conj()))) / 2
    _, v = np.linalg.eigh(r)
    es = v[:, -sources:]
    psi = np.linalg.lstsq(es[:-1], es[1:], rcond=None)[0]
    ph = np.angle(np.linalg.eigvals(psi))
    s = np.clip(ph / (2 * np.pi * spacing), -1, 1)
    return np.sort(np.rad2deg(np.arccos(s)))
