import numpy as np


def unmask_mean(survivors, uploads, masks, fraction_bits):
    total = uploads.astype(np.int64).sum(axis=0)
    for _, j, mask in masks:
        total = total + mask.astype(np.int64) if j in survivors else total - mask.astype(np.int64)
    total = total % 2**32
    total = np.where(total >= 2**31, total - 2**32, total)
    return total / 2**fraction_bits / len(survivors)
