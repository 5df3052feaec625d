import numpy as np
from scipy.signal import lfilter


def notch_blocks(blocks: list[np.ndarray], fs: float, f0: float, q: float) -> list[np.ndarray]:
    """Filter consecutive blocks with one notch whose state runs on from block to block."""
    w = 2 * np.pi * f0 / fs
    alpha = np.sin(w) / (2 * q)
    numerator = [1, -2 * np.cos(w), 1]
    denominator = [1 + alpha, -2 * np.cos(w), 1 - alpha]
    state = np.zeros(2)
    filtered = []
    for block in blocks:
        if len(block):
            block, state = lfilter(numerator, denominator, block, zi=state)
        filtered.append(block)
    return filtered
