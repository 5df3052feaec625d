def ds_twr_distances(timestamps):
    t = timestamps
    mask = 0xFFFFFFFF
    round_1 = (t[:, 3] - t[:, 0]) & mask
    reply_1 = (t[:, 2] - t[:, 1]) & mask
    round_2 = (t[:, 5] - t[:, 2]) & mask
    reply_2 = (t[:, 4] - t[:, 3]) & mask
    round_1, reply_1, round_2, reply_2 = (v.astype(float) for v in (round_1, reply_1, round_2, reply_2))
    flight = (round_1 * round_2 - reply_1 * reply_2) / (round_1 + round_2 + reply_1 + reply_2)
    return flight * 299792458.0 / (128 * 499.2e6)
