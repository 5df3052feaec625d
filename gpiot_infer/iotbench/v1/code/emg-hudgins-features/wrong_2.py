import numpy as np


def emg_features(emg, length, hop, threshold):
    out = []
    for s in range(0, len(emg) - length + 1, hop):
        w = emg[s : s + length]
        d = np.diff(w, axis=0)
        big = np.abs(d) >= threshold
        zc = ((w[:-1] * w[1:] < 0) & big).sum(axis=0)
        ssc = ((d[:-1] * d[1:] < 0) & (big[:-1] | big[1:])).sum(axis=0)
        out.append(np.concatenate([np.abs(w).mean(axis=0), np.abs(d).sum(axis=0), zc, ssc]))
    return np.array(out, dtype=float).reshape(len(out), 4 * emg.shape[1])
