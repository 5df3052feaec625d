import numpy as np


def emg_bursts(emg, rest, k, join, shortest):
    level = np.abs(emg)
    active = level > level[1:rest].mean() + k * level[1:rest].std()
    active[0] = active[-1] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(int), [0]])))
    joined = []
    for a, b in edges.reshape(-1, 2).tolist():
        if joined and a - joined[-1][1] < join:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return [(a, b) for a, b in joined if b - a >= shortest]
