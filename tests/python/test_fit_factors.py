#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fit --factors on histories made with known correlations: they are found within their errors, and what is made of the
shocks is what a reference in NumPy, with whole matrices, makes of them."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy as np
except ImportError:
    print("skipped: no numpy")
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from test_simulate_factors import MODEL  # noqa: E402

PROGRAM = os.environ["JALKI_PROGRAM"]
CELLS = [("telecom", "FI"), ("telecom", "SE"), ("consumer_loan", "FI")]
NAMES = ["bills/FI", "bills/SE", "loans"]
SIGMA, TRUTH, RATE, MONTHS, CLAIMS = 0.3, np.array([[1, -0.2, 0.3], [-0.2, 1, 0.7], [0.3, 0.7, 1]]), 0.3, 96, 200


RENT = "  - {id: rent, when: {product: [rent]}, exit_monthly: 0, curves: *curves, class_multiplier: *one, class_monthly: *classes, recovery_share: *share, cost: *cost, legal: *legal, market: *market}\n"


def model_text(persistence, correlation):
    text = MODEL.replace("CORRELATION", correlation).replace("persistence: 1", f"persistence: {persistence}")
    return text.replace("0.00002", str(RATE)).replace("SE: {volatility: 0.4}", "SE: {volatility: 0.3}")


def write_history(path, rng, months, claims, keep=0.0):
    """Claims of one month each, which pay all or nothing: cash is their number times a factor of mean 1."""
    root, x = np.linalg.cholesky(TRUTH), rng.normal(size=3)
    lines = ["claim_id,country,product,written_off_on,period_start,period_months,balance_start,cash,treatment"]
    x = root @ x
    for t in range(months):
        m = np.exp(SIGMA * x - SIGMA**2 / 2)
        year, month = 2015 + t // 12, t % 12 + 1
        for (product, country), share in zip(CELLS, m):
            pays = rng.random(claims) < RATE * share
            lines += [f"{product}{country}{t}-{i},{country},{product},{year - 1}-{month:02}-01,{year}-{month:02}-01,1,1000,{1000 if pay else 0},surveil"
                      for i, pay in enumerate(pays)]
        x = keep * x + np.sqrt(1 - keep**2) * (root @ rng.normal(size=3))
    path.write_text("\n".join(lines) + "\n")


def reference(found):
    """docs/fit.md: weighted moments of the shocks, by matrices."""
    factors, n = found["factors"], found["periods"]
    prior, size = np.array(found["base"]), len(found["factors"])
    shocks = [np.array([0 if z is None else z for z in f["shocks"]]) for f in factors]
    chance = [np.array([np.inf if e is None else e * e for e in f["chance"]]) for f in factors]
    sigma = [f["volatility"] for f in factors]
    lags = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    w = [s**2 / (s**2 + c) for s, c in zip(sigma, chance)]
    centred = [np.eye(n) - np.outer(np.ones(n), v / v.sum()) for v in w]

    def moment(i, j, own, covariance):
        g = w[i] * w[j]
        power = lambda keep: float(keep) ** lags  # noqa: E731
        both = power(np.sqrt(factors[i]["keeps"] * factors[j]["keeps"]))
        b = (g * np.diag(centred[i] @ both @ centred[j].T)).sum() / g.sum()
        c = (g * (centred[i] @ shocks[i]) * (centred[j] @ shocks[j])).sum() / g.sum()
        single = [own[k] ** 2 * power(factors[f]["keeps"]) + np.diag(np.where(np.isinf(chance[f]), 0, chance[f])) for k, f in enumerate((i, j))]
        cross = single[0] if i == j else covariance * both
        return c, b, (np.outer(g, g) * (single[0] * single[1] + cross**2)).sum() / g.sum() ** 2, (g * np.where(np.isinf(chance[i]), 0, chance[i])).sum() / g.sum()

    spread = []
    for i in range(size):
        c, b, v, luck = moment(i, i, (sigma[i], sigma[i]), sigma[i] ** 2)
        own = sigma[i] ** 2
        variance = own + own**2 / (own**2 + v / b**2) * ((c - luck) / b - own)
        spread.append(np.sqrt(max(variance, own / 16)))
    observed, error = np.eye(size), np.zeros((size, size))
    pairs = [(i, j) for i in range(size) for j in range(i)]
    for i, j in pairs:
        c, b, v, _ = moment(i, j, (spread[i], spread[j]), prior[i, j] * spread[i] * spread[j])
        observed[i, j], error[i, j] = c / (b * spread[i] * spread[j]), v / (b * spread[i] * spread[j]) ** 2
    weights = [1 / error[p] ** 2 for p in pairs]
    scatter = sum(w * ((observed[p] - prior[p]) ** 2 - error[p]) for w, p in zip(weights, pairs)) / sum(weights)
    scatter = min(max(scatter, 0), 1)
    return spread, np.sqrt(scatter), {p: (observed[p], error[p], scatter / (scatter + error[p])) for p in pairs}


class FitFactors(unittest.TestCase):
    def fit(self, seed, months, claims, persistence, *arguments, rent=False):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            keep = persistence ** (1 / 12) if persistence > 0 else 0.0
            write_history(folder / "p.csv", np.random.default_rng(seed), months, claims, keep)
            text = model_text(persistence, "0.5")
            (folder / "m.yaml").write_text(text.replace("  - {id: loans", RENT + "  - {id: loans") if rent else text)
            (folder / "t.csv").write_text("claim_id,country,written_off_on,principal,product\n" + "".join(f"{p}{c},{c},2025-03-01,900,{p}\n" for p, c in CELLS))
            for line in (("import", "--panel", "p.csv", "-o", "p.h5", "--quiet"),
                         ("fit", "p.h5", "--model", "m.yaml", "-o", "f.yaml", "--factors", "--quiet", "--json", "f.json", *arguments),
                         ("import", "t.csv", "-o", "t.h5", "--cutoff", "2026-06-30", "--quiet"),
                         ("simulate", "t.h5", "--model", "f.yaml", "--paths", "100", "--quiet", "--json", "s.json")):
                run = subprocess.run([PROGRAM, *line], cwd=folder, capture_output=True, text=True)
                self.assertEqual(run.returncode, 0, run.stderr)
            found = json.loads((folder / "f.json").read_text())
            told = json.loads((folder / "s.json").read_text())["correlation"]
            self.assertEqual(told["factors"], len(found["correlation"]["factors"]))
            return found, (folder / "f.yaml").read_text()

    def check_reference(self, found):
        spread, scatter, pairs = reference(found)
        for factor, expected in zip(found["factors"], spread):
            self.assertAlmostEqual(factor["spread"], expected, delta=1e-9)
        self.assertAlmostEqual(found["scatter"], scatter, delta=1e-9)
        for (i, j), (observed, _, weight) in pairs.items():
            self.assertAlmostEqual(found["observed"][i][j], min(max(observed, -1), 1), delta=1e-9)
            self.assertAlmostEqual(found["weight"][i][j], weight, delta=1e-9)
            if found["moved"] == 0:
                prior = found["base"][i][j]
                self.assertAlmostEqual(found["taken"][i][j], prior + weight * (found["observed"][i][j] - prior), delta=1e-6)
        return pairs

    def test_known_correlations(self):
        fit, model = self.fit(3, MONTHS, CLAIMS, 0)
        found = fit["correlation"]
        self.assertEqual([factor["name"] for factor in found["factors"]], NAMES)
        self.assertEqual((found["periods"], found["period_months"]), (MONTHS, 1))
        self.assertEqual(found["base"], [[1, 0.5, 1], [0.5, 1, 0.5], [1, 0.5, 1]])
        pairs = self.check_reference(found)
        for (i, j), (observed, error, _) in pairs.items():
            self.assertLessEqual(abs(observed - TRUTH[i, j]), 3 * np.sqrt(error), (NAMES[i], NAMES[j], observed, error))
            self.assertLess(abs(found["taken"][i][j] - TRUTH[i, j]), 0.3)
        self.assertGreaterEqual(np.linalg.eigvalsh(np.array(found["taken"])).min(), -1e-6)
        self.assertIn('factors: ["bills/FI", "bills/SE", "loans"]', model)
        self.assertIn("persistence: 0", model)

    def test_few_periods_stay_near_the_base_model(self):
        fit, _ = self.fit(4, 8, 60, 0.7)
        found = fit["correlation"]
        self.check_reference(found)
        self.assertLess(max(found["weight"][i][j] for i in range(3) for j in range(i)), 0.5)
        self.assertIn("8 periods of 1 months say little of how factors move together", fit["summary"]["worries"])

    def test_what_history_has_not(self):
        """Rent goes with factors of the countries, one with all of its country by the base model: history says that these
        do not go with each other, so that the matrix has to be moved."""
        fit, _ = self.fit(3, MONTHS, CLAIMS, 0, rent=True)
        found = fit["correlation"]
        self.assertEqual([factor["name"] for factor in found["factors"]], [*NAMES, "FI", "SE"])
        self.assertEqual({weight for row in found["weight"][3:] for weight in row}, {0})
        taken = np.array(found["taken"])
        self.assertGreaterEqual(np.linalg.eigvalsh(taken).min(), 0)
        wanted = np.array(found["base"]) + np.array(found["weight"]) * (np.array(found["observed"]) - np.array(found["base"]))
        value, vector = np.linalg.eigh(wanted)
        self.assertLess(value.min(), -1e-3)
        near = vector @ np.diag(np.maximum(value, 5e-6)) @ vector.T
        near /= np.sqrt(np.outer(np.diag(near), np.diag(near)))
        self.assertLess(abs(near - taken).max(), 2e-6)
        self.assertAlmostEqual(found["moved"], abs(taken - wanted).max(), delta=1e-9)
        self.assertTrue(any("were moved, by at most" in line for line in fit["messages"]))

    def test_threads(self):
        first, model = self.fit(5, 24, 50, 0.5, "--threads", "1")
        second, again = self.fit(5, 24, 50, 0.5, "--threads", "3")
        self.assertEqual(first["correlation"], second["correlation"])
        self.assertEqual(model, again)


if __name__ == "__main__":
    unittest.main()
