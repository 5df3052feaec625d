import numpy as np


def emg_bursts(emg, rest, k, join, shortest):
    e = np.zeros(len(emg))
    e[1:-1] = emg[1:-1] ** 2 - emg[:-2] * emg[2:]
    active = np.abs(e) > e[1:rest].mean() + k * e[1:rest].std()
    active[0] = active[-1] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(int), [0]])))
    joined = []
    for a, b in edges.reshape(-1, 2).tolist():
        if joined and a - joined[-1][1] - 1 < join:
            joined[-1] = (joined[-1][0], b - 1)
        else:
            joined.append((a, b - 1))
    return [(a, b) for a, b in joined if b - a + 1 >= shortest]
