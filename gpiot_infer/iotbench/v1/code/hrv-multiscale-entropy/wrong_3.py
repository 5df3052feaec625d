import numpy as np


def multiscale_entropy(rr, m, r, scales):
    tol = r * np.std(rr)
    out = []
    for s in range(1, scales + 1):
        x = rr[::s][: len(rr) // s]
        n = len(x)
        a = b = 0
        for i in range(n - m):
            for j in range(i + 1, n - m):
                if np.max(np.abs(x[i : i + m] - x[j : j + m])) <= tol:
                    b += 1
                    if abs(x[i + m] - x[j + m]) <= tol:
                        a += 1
        out.append(np.log(b / a) if a else np.nan)
    return np.array(out)
