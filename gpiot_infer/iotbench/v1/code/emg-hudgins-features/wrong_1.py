import numpy as np


def emg_features(emg, length, hop, threshold):
    out = []
    for s in range(0, len(emg) - length + 1, hop):
        row = []
        for c in range(emg.shape[1]):
            x = emg[s : s + length, c]
            d = np.diff(x)
            zc = np.sum(np.diff(np.sign(x)) != 0)
            ssc = np.sum(np.diff(np.sign(d)) != 0)
            row += [np.mean(np.abs(x)), np.sum(np.abs(d)), zc, ssc]
        out.append(row)
    return np.array(out, dtype=float).reshape(len(out), 4 * emg.shape[1])
