import numpy as np


def emg_bursts(emg: np.ndarray, rest: int, k: float, join: int, shortest: int) -> list[tuple[int, int]]:
    """Find runs of high Teager-Kaiser energy, join close ones and keep those that last."""
    energy = np.zeros(len(emg))
    energy[1:-1] = emg[1:-1] ** 2 - emg[:-2] * emg[2:]
    quiet = energy[1:rest]
    active = np.abs(energy) > quiet.mean() + k * quiet.std()
    active[[0, -1]] = False
    bursts: list[list[int]] = []
    for i in np.flatnonzero(active).tolist():
        # Directly after the last burst nothing lies between, whatever `join` says.
        if bursts and (i == bursts[-1][1] or i - bursts[-1][1] < join):
            bursts[-1][1] = i + 1
        else:
            bursts.append([i, i + 1])
    return [(onset, end) for onset, end in bursts if end - onset >= shortest]
