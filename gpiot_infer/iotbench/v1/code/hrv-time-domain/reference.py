import numpy as np


def hrv_time_domain(rr: np.ndarray) -> dict[str, float] | None:
    """Return mean heart rate, SDNN, RMSSD and pNN50 of RR intervals in milliseconds."""
    if len(rr) < 2:
        return None
    steps = np.diff(rr)
    return {
        "mean_hr": 60000 / np.mean(rr),
        "sdnn": np.std(rr, ddof=1),
        "rmssd": np.sqrt(np.mean(steps**2)),
        "pnn50": 100 * np.mean(np.abs(steps) > 50),
    }
