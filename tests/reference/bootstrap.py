# SPDX-License-Identifier: Apache-2.0
"""The bootstrap of `fit --bootstrap` from its definition in NumPy: each debtor is left out by solving the whole system anew, draws are
made of Philox4x32-10 written from its paper, and sums are of 64-bit floats in NumPy's order."""
import math

import numpy as np

SHARES = (94, 95, 46, 16, 4, 1)  # of 256, of the weights 0 to 5
STREAM, LONGEST = 0x500, 3.0


def philox(seed, stream, index):
    """Salmon, Moraes, Dror, Shaw 2011; four words for each of `index`."""
    low = np.uint64(0xFFFFFFFF)
    word = [index & low, index >> np.uint64(32), np.full_like(index, stream) & low, np.full_like(index, stream) >> np.uint64(32)]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        a, b = word[0] * np.uint64(0xD2511F53), word[2] * np.uint64(0xCD9E8D57)
        word = [(b >> np.uint64(32)) ^ word[1] ^ np.uint64(key[0]), b & low, (a >> np.uint64(32)) ^ word[3] ^ np.uint64(key[1]), a & low]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return word


def weights(seed, draws, debtors):
    """[draws][debtors] whole numbers of mean and variance 1."""
    of = np.repeat(np.arange(len(SHARES)), SHARES)
    assert len(of) == 256 and of.mean() == 1 and of.var() == 1
    made, index = [], np.arange(debtors, dtype=np.uint64)
    for stream in range(math.ceil(draws / 16)):
        for word in philox(seed, STREAM + stream, index):
            made += [of[(word >> np.uint64(8 * byte)) & np.uint64(255)] for byte in range(4)]
    return np.array(made[:draws], dtype=float)


def influence(x, cash, mu, debtor):
    """What each debtor moves the estimates by: one step of Fisher scoring without him."""
    information = x.T @ (mu[:, None] * x)
    moved = np.zeros((debtor.max() + 1, x.shape[1]))
    for d in range(len(moved)):
        own = x[debtor == d]
        score = own.T @ (cash - mu)[debtor == d]
        moved[d] = np.linalg.lstsq(information - own.T @ (mu[debtor == d][:, None] * own), score, rcond=1e-12)[0]
    return np.clip(moved, -LONGEST, LONGEST)


def bootstrap(x, cash, mu, debtor, draws, seed):
    """Standard errors by the jackknife, and 95 % quantiles of |t|."""
    z = influence(x, cash, mu, debtor)
    w = weights(seed, draws, len(z))
    count = w.sum(axis=1, keepdims=True)
    sums = w @ z
    t = (sums - z.sum(axis=0)) / np.sqrt(w @ (z * z) - sums * sums / count)
    place = min(math.ceil(0.95 * (draws + 1)), draws) - 1
    return np.sqrt((z * z).sum(axis=0) * (len(z) - 1) / len(z)), np.sort(np.abs(t), axis=0)[place]
