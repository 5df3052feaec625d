import numpy as np


def ds_twr_distances(timestamps: np.ndarray) -> np.ndarray:
    """Return the distance of each exchange in metres."""
    poll_sent, poll_received, response_sent, response_received, final_sent, final_received = timestamps.T
    round_1 = _ticks_between(poll_sent, response_received)
    reply_1 = _ticks_between(poll_received, response_sent)
    round_2 = _ticks_between(response_sent, final_received)
    reply_2 = _ticks_between(response_received, final_sent)
    flight = (round_1 * round_2 - reply_1 * reply_2) / (round_1 + round_2 + reply_1 + reply_2)
    return flight / (128 * 499.2e6) * 299792458


def _ticks_between(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    # The products of two intervals need up to 80 bits: more than an int64 holds.
    return ((end - start) % 2**40).astype(float)
