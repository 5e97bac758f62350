#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which intervals hold where few debtors paid: simulated histories of 24 months whose payments are settlements (three in ten) and parts of
balances with a long tail, fitted in NumPy; intervals of `fit`, of `fit --bootstrap` and of what might be done instead (docs/fit.md).

    scripts/draws.py [histories] [debtors] [intensity] [deviation]     [30 2000 0.002 1.2]
"""
import pathlib
import sys

import numpy as np
from scipy.stats import gamma

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "reference"))
import bootstrap  # noqa: E402

CELLS = [(1, 4), (5, 9), (10, 24), (25, 49), (5, 49), (50, 199)]
SHARES, LEVELS = [0.55, 0.25, 0.13, 0.07], [0.5, 0.28, 0.15, 0.07]  # of segments, of the levels of a characteristic
CURVES = np.array([[1, 0.6, 0.4], [1.3, 0.7, 0.5], [0.8, 0.6, 0.3], [1.2, 0.5, 0.5]])  # times the intensity, by segment and step
POINTS = np.array([[0, 0.4, -0.5, 0.7], [0, -0.3, 0.5, -0.4], [0, 0.2, 0.2, -0.6], [0, 0.5, 0.3, 0.3], [0, 0, 0, 0.5]])
STEPS, MONTHS, SETTLED, PART, DRAWS = [0, 12, 24, 48], 24.0, 0.3, 0.25, 400


def simulate(random, debtors, intensity, deviation):
    """Design, exposure, cash, debtor of each row (a debtor's months in a step); the truth."""
    segment = random.choice(4, debtors, p=SHARES)
    balance = np.exp(random.normal(7, deviation, debtors))
    level = np.stack([random.choice(4, debtors, p=LEVELS) for _ in POINTS], 1)
    age = random.uniform(0, 24, debtors)
    rows = []
    for step in range(3):
        months = np.minimum(age + MONTHS, STEPS[step + 1]) - np.maximum(age, STEPS[step])
        who = np.flatnonzero(months > 0)
        rate = intensity * CURVES[segment[who], step] * np.exp(POINTS[np.arange(len(POINTS)), level[who]].sum(1)) * months[who]
        payments = random.poisson(rate / (SETTLED + (1 - SETTLED) * PART))
        cash = np.array([np.where(random.random(n) < SETTLED, 1.0, random.gamma(2.0, PART / 2, n)).sum() for n in payments]) * balance[who]
        x = np.zeros((len(who), 12 + 3 * len(POINTS)))
        x[np.arange(len(who)), 3 * segment[who] + step] = 1
        for c in range(len(POINTS)):
            own = np.flatnonzero(level[who, c] > 0)
            x[own, 12 + 3 * c + level[who[own], c] - 1] = 1
        rows.append((x, balance[who] * months[who], cash, who))
    truth = np.concatenate([np.log(intensity * CURVES).ravel(), POINTS[:, 1:].ravel()])
    return [np.concatenate(parts) for parts in zip(*rows)], truth


def fit(x, exposure, cash):
    """Figures with cash, rows of the estimation, estimates and means there; None where the search does not end."""
    kept = x.T @ cash > 0
    rows = (cash > 0) | ~(x[:, ~kept] > 0).any(1)
    x, exposure, cash = x[rows][:, kept], exposure[rows], cash[rows]
    beta, curves = np.zeros(x.shape[1]), kept[:12].sum()
    beta[:curves] = np.log((x[:, :curves].T @ cash) / (x[:, :curves].T @ exposure))
    for _ in range(60):
        mu = exposure * np.exp(x @ beta)
        step = np.linalg.solve(x.T @ (mu[:, None] * x), x.T @ (cash - mu))
        beta += np.clip(step, -1.5, 1.5)
        if np.abs(step).max() < 1e-9:
            return kept, rows, beta, mu
    return None


def intervals(x, cash, beta, mu, debtor, seed):
    """Name, lower and upper ends."""
    inverse = np.linalg.inv(x.T @ (mu[:, None] * x))
    scores = np.zeros((debtor.max() + 1, x.shape[1]))
    np.add.at(scores, debtor, x * (cash - mu)[:, None])
    z, left = scores @ inverse, bootstrap.influence(x, cash, mu, debtor)
    clustered = np.sqrt((z * z).sum(0) * len(z) / (len(z) - 1))
    jackknife = np.sqrt((left * left).sum(0) * (len(z) - 1) / len(z))
    model = np.sqrt(((cash - mu) ** 2 / mu).sum() / (len(cash) - len(beta)) * np.diag(inverse))
    larger, largest = np.maximum(clustered, model), np.maximum(np.maximum(clustered, model), jackknife)
    yield "symmetric, clustered error", beta - 1.96 * clustered, beta + 1.96 * clustered
    shape = 1 / larger**2
    yield "gamma, the larger error (fit)", *(beta + np.log(np.maximum(gamma.ppf([[0.025], [0.975]], shape + [[0], [1]]) / shape, 1e-300)))
    w = bootstrap.weights(seed, DRAWS, len(z))
    signs = np.where(np.random.default_rng(seed).random(w.shape) < 0.5, -1.0, 1.0)
    t = signs @ z / np.sqrt((z * z).sum(0) - (signs @ z) ** 2 / len(z))
    quantile = np.quantile(np.abs(t), 0.95, axis=0)
    yield "Rademacher, the larger error", beta - quantile * larger, beta + quantile * larger
    for name, moved, error in (("Poisson, the larger error", z, larger), ("Poisson, left out, without model's", left, jackknife), ("Poisson, left out (fit --bootstrap)", left, largest)):
        sums, count = w @ moved, w.sum(1, keepdims=True)
        t = (sums - moved.sum(0)) / np.sqrt(np.maximum(w @ (moved * moved) - sums * sums / count, 1e-30))
        quantile = np.quantile(np.abs(t), 0.95, axis=0)
        yield name, beta - quantile * error, beta + quantile * error
    low, high = np.quantile(t, [0.025, 0.975], axis=0)
    yield "the same, equal tails", beta - high * largest, beta - low * largest


def main():
    histories, debtors, intensity, deviation = (float(given) for given in (sys.argv[1:] + ["30", "2000", "0.002", "1.2"][len(sys.argv) - 1:]))
    found, paid = {}, []
    for seed in range(1, int(histories) + 1):
        (x, exposure, cash, who), truth = simulate(np.random.default_rng(seed), int(debtors), intensity, deviation)
        done = fit(x, exposure, cash)
        if done is None:
            continue
        kept, rows, beta, mu = done
        x, cash, debtor = x[rows][:, kept], cash[rows], np.unique(who[rows], return_inverse=True)[1]
        paying = np.zeros((debtor.max() + 1, x.shape[1]), bool)
        np.logical_or.at(paying, debtor[cash > 0], x[cash > 0] > 0)
        paid.append(paying.any(1).sum())
        for name, low, high in intervals(x, cash, beta, mu, debtor, seed):
            found.setdefault(name, []).append(np.stack([paying.sum(0), (low <= truth[kept]) & (truth[kept] <= high), high - low], 1))
    print(f"{len(paid)} histories, {np.mean(paid):.0f} of {debtors:.0f} debtors paid on average; per cent that hold (middle width)")
    print("payers in the cell".ljust(36), *(f"{low} to {high}".rjust(14) for low, high in CELLS))
    for name, parts in found.items():
        cells = np.concatenate(parts)
        some = [cells[(cells[:, 0] >= low) & (cells[:, 0] <= high)] for low, high in CELLS]
        print(name.ljust(36), *((f"{100 * c[:, 1].mean():.1f} ({np.median(c[:, 2]):.1f})" if len(c) else "-").rjust(14) for c in some))
    print("cells".ljust(36), *(str(len(c)).rjust(14) for c in some))


if __name__ == "__main__":
    main()
