import numpy as np


def weighted_centroid(
    anchors: np.ndarray, rssi: np.ndarray, rssi_at_1m: float, path_loss_exponent: float, weight_exponent: float
) -> np.ndarray | None:
    """Return the mean of the anchors that heard the beacon, weighted by inverse powers of their distance."""
    heard = ~np.isnan(rssi)
    if not heard.any():
        return None
    distance = 10 ** ((rssi_at_1m - rssi[heard]) / (10 * path_loss_exponent))
    weight = distance**-weight_exponent
    return weight @ anchors[heard] / weight.sum()
