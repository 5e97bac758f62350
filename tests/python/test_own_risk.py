#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The own risk of claims at any size and concentration of a tape. Nothing else is uncertain here, so that collections
are sums of independent claims that pay all or nothing: mean
and spread of the whole and the mean of each year are known."""
import json
import math
import os
import pathlib
import random
import subprocess
import tempfile

PROGRAM = os.environ["JALKI_PROGRAM"]
RATE, YEARS, PATHS = 0.01, 5, 500  # a claim resolves with this monthly intensity

MODEL = """
jalki_model: 1
name: own risk
base_currency: EUR
horizon_months: 60
epochs: [12, 12, 12, 12, 12]
irr: 0
jurisdictions:
  FI: &law
    limitation:
      periods: [{months: null}]
      letter_interrupts: false
      title_final_months: {consumer: null, business: null}
      final_months: {consumer: null, business: null}
    interest: {consumer: 0, business: 0}
    mortality: {G: 0, b: 0, assumed_age: 40}
    attachable: null
  SE: *law
scorecard: {intercept: 0, weak_from: 0, able_from: 0, characteristics: []}
segments:
  - id: one
    exit_monthly: 0
    curves: {surveil: [[0, 0.01]], amicable: [[0, 0]], legal: [[0, 0]]}
    class_multiplier: {surveil: [1, 1, 1], amicable: [1, 1, 1], legal: [1, 1, 1]}
    class_monthly:
      surveil: &still [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      amicable: *still
      legal: *still
    recovery_share: {surveil: 1, amicable: 1, legal: 1}
    cost:
      surveil: {monthly: 0, contingent: 0}
      amicable: {monthly: 10, contingent: 0}
      legal: {monthly: 10, contingent: 0, filing: 1000, enforcement_monthly: 10, fee_shift: 0}
    legal: {months_to_title: 4, pre_title_factor: 1, garnish_share: [0, 0, 0]}
    market: {price: [[0, 0]], title_factor: [1, 1, 1], bar_months: 36, transaction_cost: 0}
risk:
  correlation: 0
  countries: {FI: {volatility: 0, persistence: 0}, SE: {volatility: 0, persistence: 0}}

  parameters: {curve: 0, class_multiplier: 0, garnish_share: 0}
"""


def skewed(count):
    draw = random.Random(count)
    return [math.exp(draw.gauss(6.5, 1.5)) for _ in range(count)]


CASES = [(f"{n} skewed", skewed(n)) for n in (5120, 5121, 5900)]
CASES += [
    ("5121 equal", [800.0] * 5121),
    ("one claim of 90 %", [9 * 800.0 * 5999] + [800.0] * 5999),
    ("thirty of very different size", [10.0 * 1.6**i for i in range(30)] + [1.0] * 5200),
    ("large ones and dust", [5000.0 + i for i in range(5119)] + [0.01] * 700),
]


def simulate(folder, balances):
    rows = ["claim_id,country,written_off_on,principal"]
    rows += [f"C{i},{'FI' if i % 3 else 'SE'},2025-03-01,{b:.2f}" for i, b in enumerate(balances)]
    (folder / "t.csv").write_text("\n".join(rows) + "\n")
    subprocess.run([PROGRAM, "import", "t.csv", "-o", "t.h5", "--cutoff", "2026-06-30", "--quiet"], cwd=folder,
                   check=True, stdout=subprocess.DEVNULL)
    out = subprocess.run([PROGRAM, "simulate", "t.h5", "--model", "m.yaml", "--paths", str(PATHS), "--quiet", "--json",
                          "-"], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out)


def check(case, what, found, balances, chance):
    total, squares = sum(balances), sum(b * b for b in balances)
    mean, spread = chance * total, math.sqrt(chance * (1 - chance) * squares)
    # Four standard errors; amounts are rounded within the program: a hair more.
    assert abs(found["mean"] - mean) <= 4 * spread / math.sqrt(PATHS) + 1e-4 * mean, f"{case}, {what}: {found} {mean}"
    if "sd" in found:  # not of single years
        slack = max(found["std_errors"]["sd"], spread / math.sqrt(2 * PATHS))
        assert abs(found["sd"] - spread) <= 4 * slack, f"{case}, {what}: spread {found['sd']} not {spread}"


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "m.yaml").write_text(MODEL)
        for case, balances in CASES:
            balances = [round(b, 2) for b in balances]
            found = simulate(folder, balances)
            check(case, "all", found["gross"], balances, 1 - math.exp(-12 * YEARS * RATE))
            for y, entry in enumerate(found["erc_by_year"]):
                check(case, f"year {y + 1}", entry, balances, math.exp(-12 * y * RATE) - math.exp(-12 * (y + 1) * RATE))


if __name__ == "__main__":
    main()
