import numpy as np


def regress(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return intercept and slope of the least-squares line; the slope is 0 for a single point."""
    away = x - x.mean()
    slope = away @ y / max(away @ away, np.finfo(float).tiny)
    return y.mean() - slope * x.mean(), slope


def fit_clock(ticks: np.ndarray, reference: np.ndarray, query: int) -> tuple[float, float]:
    """Return the skew of a node's clock in ppm and the reference time at a counter value."""
    # steps modulo one turn add up to the unwrapped counter; the query goes along as the last point
    steps = np.diff(np.append(ticks, query).astype(np.int64)) % 2**32
    local = np.append(0, np.cumsum(steps)) / 32768
    x, now = local[:-1], local[-1]
    y = reference - x
    intercept, slope = regress(x, y)
    residuals = abs(y - intercept - slope * x)
    good = residuals <= np.maximum(3 * np.median(residuals), 1 / 32768)
    intercept, slope = regress(x[good], y[good])
    return 1e6 * slope, now + intercept + slope * now
