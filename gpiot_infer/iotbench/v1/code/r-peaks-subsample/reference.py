import numpy as np


def refine_r_peaks(ecg: np.ndarray, fs: float, coarse: np.ndarray, search: int) -> np.ndarray:
    """Move each peak to the largest sample nearby and then to the top of the parabola through its neighbours."""
    times = np.zeros(len(coarse))
    for beat, centre in enumerate(coarse):
        start = max(0, centre - search)
        top = start + np.argmax(ecg[start : centre + search + 1])
        times[beat] = top
        if 0 < top < len(ecg) - 1:
            before, at, after = ecg[top - 1 : top + 2]
            curvature = before - 2 * at + after
            # Not curved downwards happens where the window cuts a rising or falling edge.
            if curvature < 0:
                times[beat] += np.clip((before - after) / (2 * curvature), -0.5, 0.5)
    return times / fs
