#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""jalki simulate against an independent simulation in NumPy, written from docs/simulate.md: two countries whose factors
are correlated autoregressions, epochs of different lengths, large and small claims that pay all or nothing. A claim of
this model needs one formula a period, so that the reference simulates every claim by itself."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("skipped: no numpy")
    sys.exit(77)

PROGRAM = os.environ["JALKI_PROGRAM"]
PATHS = 4000
EPOCHS = [3, 9, 12, 6]
INTENSITY, SHARE, FEE, IRR = {"FI": 0.012, "SE": 0.006}, 0.9, 0.2, 0.10
VOLATILITY, PERSISTENCE, CORRELATION = {"FI": 0.25, "SE": 0.4}, {"FI": 0.5, "SE": 0.8}, 0.3
CURVE = 0.1  # standard error of each segment's curve

MODEL = """
jalki_model: 1
name: two countries
base_currency: EUR
horizon_months: 30
epochs: {epochs}
irr: {irr}
jurisdictions:
  FI: &law
    limitation:
      periods: [{{months: null}}]
      letter_interrupts: false
      title_final_months: {{consumer: null, business: null}}
      final_months: {{consumer: null, business: null}}
    interest: {{consumer: 0, business: 0}}
    mortality: {{G: 0, b: 0, assumed_age: 40}}
    attachable: null
  SE: *law
scorecard: {{intercept: 0, weak_from: 0, able_from: 0, characteristics: []}}
segments:
  - id: fi
    when: {{country: [FI]}}
    exit_monthly: 0
    curves: {{surveil: [[0, {fi}]], amicable: [[0, 0]], legal: [[0, 0]]}}
    class_multiplier: &one {{surveil: [1, 1, 1], amicable: [1, 1, 1], legal: [1, 1, 1]}}
    class_monthly: &classes
      surveil: &still [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      amicable: *still
      legal: *still
    recovery_share: &share {{surveil: {share}, amicable: 1, legal: 1}}
    cost: &cost
      surveil: {{monthly: 0, contingent: {fee}}}
      amicable: {{monthly: 10, contingent: 0}}
      legal: {{monthly: 10, contingent: 0, filing: 1000, enforcement_monthly: 10, fee_shift: 0}}
    legal: &legal {{months_to_title: 4, pre_title_factor: 1, garnish_share: [0, 0, 0]}}
    market: &market {{price: [[0, 0]], title_factor: [1, 1, 1], bar_months: 36, transaction_cost: 0}}
  - id: se
    exit_monthly: 0
    curves: {{surveil: [[0, {se}]], amicable: [[0, 0]], legal: [[0, 0]]}}
    class_multiplier: *one
    class_monthly: *classes
    recovery_share: *share
    cost: *cost
    legal: *legal
    market: *market
risk:
  correlation: {correlation}
  countries:
    FI: {{volatility: {vol[FI]}, persistence: {per[FI]}}}
    SE: {{volatility: {vol[SE]}, persistence: {per[SE]}}}
  parameters: {{curve: {curve}, class_multiplier: 0, garnish_share: 0}}
"""


def claims():
    """Balances by country: a few large claims among many small ones, in whole cents."""
    rng = np.random.default_rng(5)
    return {c: np.round(np.exp(rng.normal(6.0, 1.4, n)), 2) for c, n in (("FI", 300), ("SE", 500))}


def write_tape(folder, balances):
    lines = ["claim_id,country,written_off_on,principal"]
    for country, amounts in balances.items():
        lines += [f"{country}{i},{country},2025-03-01,{b:.2f}" for i, b in enumerate(amounts)]
    (folder / "t.csv").write_text("\n".join(lines) + "\n")


def draw_factors(rng):
    """m by country, path and epoch."""
    months = sum(EPOCHS)
    common = rng.normal(size=(PATHS, months))
    factors = {}
    for country, sigma in VOLATILITY.items():
        shock = np.sqrt(CORRELATION) * common + np.sqrt(1 - CORRELATION) * rng.normal(size=(PATHS, months))
        rho = PERSISTENCE[country] ** (1 / 12)
        x = np.empty_like(shock)
        x[:, 0] = shock[:, 0]
        for t in range(1, months):
            x[:, t] = rho * x[:, t - 1] + np.sqrt(1 - rho**2) * shock[:, t]
        m = np.exp(sigma * x - sigma**2 / 2)
        bounds = np.cumsum([0] + EPOCHS)
        factors[country] = np.stack([m[:, a:b].mean(axis=1) for a, b in zip(bounds, bounds[1:])], axis=1)
    return factors


def simulate(balances, own_risk):
    """Present value, collections of each year: every claim pays once, at an exponential time, or never."""
    rng = np.random.default_rng(17 if own_risk else 18)
    factors = draw_factors(rng)
    delta, starts = np.log(1 + IRR) / 12, np.cumsum([0] + EPOCHS)[:-1]
    value, years = np.zeros(PATHS), np.zeros((PATHS, 3))
    for country, amounts in balances.items():
        curve = np.exp(CURVE * rng.normal(size=(PATHS, 1)) - CURVE**2 / 2)
        rate = INTENSITY[country] * factors[country] * curve
        alive = np.ones((PATHS, len(amounts))) if own_risk else np.ones(PATHS)
        for j, (start, length) in enumerate(zip(starts, EPOCHS)):
            r = rate[:, j]
            chance = 1 - np.exp(-r * length)
            # what one unit paid within the epoch is worth on average, given that it is paid
            worth = np.exp(-delta * start) * r / (r + delta) * (1 - np.exp(-(r + delta) * length)) / chance
            if own_risk:
                pays = alive * (rng.random(alive.shape) < chance[:, None])
                alive = alive - pays
                paid = SHARE * pays @ amounts
            else:
                paid = SHARE * alive * chance * amounts.sum()
                alive = alive * (1 - chance)
            value += (1 - FEE) * paid * worth
            years[:, start // 12] += paid
    return value, years


def quantile_error(values, p):
    step = np.sqrt(p * (1 - p) / len(values))
    low, high = np.quantile(values, [max(p - step, 0), min(p + step, 1)])
    return (high - low) / 2


def compare(what, found, values, figures=("mean", "sd", "p05", "p50", "p95")):
    for name in figures:
        if name == "mean":
            expected, error = values.mean(), values.std() / np.sqrt(len(values))
        elif name == "sd":
            spread = values.std()
            expected = spread
            error = np.sqrt((((values - values.mean()) ** 4).mean() - spread**4) / len(values)) / (2 * spread)
        else:
            p = int(name[1:]) / 100
            expected, error = np.quantile(values, p), quantile_error(values, p)
        both = np.hypot(error, found["std_errors"][name])
        assert abs(found[name] - expected) <= 4 * both, f"{what} {name}: {found[name]} not {expected} +/- {both}"


def main():
    balances = claims()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_tape(folder, balances)
        (folder / "m.yaml").write_text(MODEL.format(
            epochs=EPOCHS, irr=IRR, fi=INTENSITY["FI"], se=INTENSITY["SE"], share=SHARE, fee=FEE,
            correlation=CORRELATION, vol=VOLATILITY, per=PERSISTENCE, curve=CURVE))
        subprocess.run([PROGRAM, "import", "t.csv", "-o", "t.h5", "--cutoff", "2026-06-30", "--quiet"], cwd=folder,
                       check=True, stdout=subprocess.DEVNULL)
        for own_risk in (False, True):
            command = [PROGRAM, "simulate", "t.h5", "--model", "m.yaml", "--paths", "20000", "--quiet", "--json", "-"]
            out = subprocess.run(command + ([] if own_risk else ["--no-own-risk"]), cwd=folder, check=True,
                                 capture_output=True, text=True).stdout
            found = json.loads(out)
            value, years = simulate(balances, own_risk)
            compare(f"value, own risk {own_risk}", found["pv"], value)
            compare(f"gross, own risk {own_risk}", found["gross"], years.sum(axis=1))
            for y, entry in enumerate(found["erc_by_year"]):
                compare(f"year {y + 1}, own risk {own_risk}", entry, years[:, y], ("mean", "p05", "p50", "p95"))
            print(f"own risk {own_risk}: {found['model_points']} points, value {found['pv']['mean']:.0f} "
                  f"against {value.mean():.0f}, spread {found['pv']['sd']:.0f} against {value.std():.0f}")


if __name__ == "__main__":
    main()
