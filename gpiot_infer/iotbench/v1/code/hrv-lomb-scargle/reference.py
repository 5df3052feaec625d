import numpy as np


def hrv_band_powers(rr: np.ndarray, valid: np.ndarray) -> dict[str, float] | None:
    """Return LF and HF power, normalised LF and the HF peak of RR intervals in milliseconds."""
    if np.sum(valid) < 10:
        return None
    # The clock runs on through the intervals that are left out.
    t = np.cumsum(rr)[valid] / 1000
    x = rr[valid] - np.mean(rr[valid])
    frequencies = np.arange(40, 401) / 1000
    density = 2 * (t[-1] - t[0]) / len(t) * np.array([_scargle(t, x, 2 * np.pi * f) for f in frequencies])
    low, high = density[:110], density[110:]
    lf, hf = np.sum(low) / 1000, np.sum(high) / 1000
    return {"lf": lf, "hf": hf, "lf_nu": 100 * lf / (lf + hf), "hf_peak": frequencies[110 + np.argmax(high)]}


def _scargle(t: np.ndarray, x: np.ndarray, w: float) -> float:
    """Return the periodogram of x(t) at the angular frequency w."""
    tau = np.arctan2(np.sum(np.sin(2 * w * t)), np.sum(np.cos(2 * w * t))) / (2 * w)
    wave = np.exp(1j * w * (t - tau))
    return (np.sum(x * wave.real) ** 2 / np.sum(wave.real**2) + np.sum(x * wave.imag) ** 2 / np.sum(wave.imag**2)) / 2
