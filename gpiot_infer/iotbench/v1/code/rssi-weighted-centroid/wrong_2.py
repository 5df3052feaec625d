import numpy as np


def weighted_centroid(anchors, rssi, rssi_at_1m, path_loss_exponent, weight_exponent):
    heard = np.isfinite(rssi)
    if not np.any(heard):
        return None
    distance = np.power(10.0, (rssi_at_1m - rssi[heard]) / (20.0 * path_loss_exponent))
    return np.average(anchors[heard], axis=0, weights=1.0 / distance**weight_exponent)
