import numpy as np


def emg_features(emg, length, hop, threshold):
    out = []
    for s in range(0, len(emg) - length + 1, hop):
        row = []
        for c in range(emg.shape[1]):
            x = emg[s : s + length, c]
            zc = ssc = 0
            for i in range(length - 1):
                if x[i] * x[i + 1] < 0 and abs(x[i] - x[i + 1]) >= threshold:
                    zc += 1
            for i in range(1, length - 1):
                left, right = x[i] - x[i - 1], x[i] - x[i + 1]
                if left * right > 0 and abs(left) >= threshold and abs(right) >= threshold:
                    ssc += 1
            row += [np.mean(np.abs(x)), np.sum(np.abs(np.diff(x))), zc, ssc]
        out.append(row)
    return np.array(out, dtype=float).reshape(len(out), 4 * emg.shape[1])
