import numpy as np


def weighted_centroid(anchors, rssi, rssi_at_1m, path_loss_exponent, weight_exponent):
    if np.all(np.isnan(rssi)):
        return None
    filled = np.where(np.isnan(rssi), np.nanmin(rssi), rssi)
    distance = 10.0 ** ((rssi_at_1m - filled) / (10.0 * path_loss_exponent))
    weights = distance**-weight_exponent
    return np.average(anchors, axis=0, weights=weights)
