import numpy as np

TICK = 1.0 / (128 * 499.2e6)


def ds_twr_distances(timestamps):
    t = np.asarray(timestamps)
    wrap = 1 << 40
    round_1 = (t[:, 3] - t[:, 0]) % wrap
    reply_1 = (t[:, 2] - t[:, 1]) % wrap
    round_2 = (t[:, 5] - t[:, 2]) % wrap
    reply_2 = (t[:, 4] - t[:, 3]) % wrap
    flight = ((round_1 - reply_1) + (round_2 - reply_2)) / 4.0
    return flight * TICK * 299792458.0
