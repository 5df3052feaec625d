import numpy as np


def ds_twr_distances(timestamps):
    t = np.asarray(timestamps, dtype=float)
    round_1 = np.abs(t[:, 3] - t[:, 0])
    reply_1 = np.abs(t[:, 2] - t[:, 1])
    round_2 = np.abs(t[:, 5] - t[:, 2])
    reply_2 = np.abs(t[:, 4] - t[:, 3])
    flight = (round_1 * round_2 - reply_1 * reply_2) / (round_1 + round_2 + reply_1 + reply_2)
    return flight / (128 * 499.2e6) * 299792458.0
