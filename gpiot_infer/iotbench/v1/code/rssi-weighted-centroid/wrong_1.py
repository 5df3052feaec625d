import numpy as np


def weighted_centroid(anchors, rssi, rssi_at_1m, path_loss_exponent, weight_exponent):
    heard = ~np.isnan(rssi)
    if not heard.any():
        return None
    level = rssi[heard] - rssi[heard].min() + 1.0
    weight = level**weight_exponent
    return (weight[:, None] * anchors[heard]).sum(axis=0) / weight.sum()
