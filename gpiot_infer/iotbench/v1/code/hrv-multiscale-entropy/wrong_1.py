import numpy as np


def multiscale_entropy(rr, m, r, scales):
    out = []
    for s in range(1, scales + 1):
        n = len(rr) // s
        x = np.array([np.mean(rr[i * s : (i + 1) * s]) for i in range(n)])
        tol = r * np.std(x) if n else 0.0
        a = b = 0
        for i in range(n - m):
            for j in range(i + 1, n - m):
                if np.max(np.abs(x[i : i + m] - x[j : j + m])) <= tol:
                    b += 1
                    if abs(x[i + m] - x[j + m]) <= tol:
                        a += 1
        out.append(np.log(b / a) if a else np.nan)
    return np.array(out)
