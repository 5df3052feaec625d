import numpy as np


def unmask_mean(survivors, uploads, masks, fraction_bits):
    total = uploads.astype(np.int64).sum(axis=0)
    for i, j, mask in masks:
        if i in survivors:
            total = total - mask.astype(np.int64)
        elif j in survivors:
            total = total + mask.astype(np.int64)
    return (total % 2**32) / 2**fraction_bits / len(survivors)
