# SPDX-License-Identifier: Apache-2.0
"""Balances with a long tail: curves rest on what rows tell, not on a few large debts, and yet expect the euros that come in where large
debts pay another part of themselves. Panels drawn from a known chance and part of the balance."""
import csv
import json
import math
import os
import pathlib
import random
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
import program  # noqa: E402

COLUMNS = ["claim_id", "debtor_id", "country", "currency", "written_off_on", "period_start", "period_months", "balance_start", "treatment",
           "cash", "employment", "default_marks"]
BASE = SOURCE / "tests" / "fit" / "base.yaml"
CHANCE, PART, USUAL = 0.1, 0.05, 2000.0


def fit(folder, slope, seed, one_large=0.0):
    """A year of 700 debtors, balances from 100 to 40,000; the chance of a payment goes with balance^slope."""
    draw = random.Random(seed)
    expected = 0.0
    with open(folder / "p.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for d in range(700):
            employment, mark = draw.choice(["employed", "unemployed", "retired"]), draw.choice((0, 2, 6))
            balance = round(100 * 400 ** draw.random(), 2)
            for month in range(1, 13):
                chance = CHANCE * (balance / USUAL) ** slope
                large = one_large > 0.0 and d == 7
                cash = round(PART * balance, 2) if draw.random() < chance else 0
                if large:
                    balance, cash = one_large, one_large / 2 if month == 3 else 0
                expected += chance * PART * balance if not large else 0.0
                out.writerow([f"c{d}", f"d{d}", "FI", "EUR", "2021-01-01", f"2021-{month:02d}-01", 1, balance, "amicable", cash, employment, mark])
    program.must_run(["import", "--panel", folder / "p.csv", "-o", folder / "p.h5", "--quiet"])
    program.must_run(["fit", folder / "p.h5", "--model", BASE, "--json", folder / "f.json", "-o", folder / "m.yaml", "--quiet"])
    found = json.loads((folder / "f.json").read_text())
    curve = next(t["shrunk"] for t in found["terms"] if t["characteristic"] == "curve" and t["segment"] == "fi" and t["treatment"] == "amicable")
    points = {t["level"]: t["shrunk"] for t in found["terms"] if t["segment"] is None and t["exposure"] > 0.0}
    return found, expected, curve, points


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # Large debts pay a smaller part: levels per claim alone would expect too much.
        found, expected, _, _ = fit(folder, -0.3, 1)
        assert abs(found["balance_power"] - 1.0) < 0.02, found["balance_power"]
        assert abs(found["expected"] / expected - 1.0) < 0.15, (found["expected"], expected)
        # All alike: the curve is the intensity that rows were drawn by (three errors: the euros
        # of this panel have one of 6 %).
        found, expected, curve, points = fit(folder, 0.0, 2)
        level = curve + sum(points.values()) / 3  # two characteristics of three levels each, all alike
        assert abs(level - math.log(CHANCE * PART)) < 0.15, (level, math.log(CHANCE * PART))
        # One debt of two million pays half of itself: most of all euros, and no news of the others' points.
        found, expected, _, far = fit(folder, 0.0, 2, one_large=2e6)
        assert found["cash"] > 3 * expected, (found["cash"], expected)
        for level, value in points.items():
            if value != 0.0 and far[level] != 0.0:
                assert abs(far[level] - value) < 0.25, (points, far)
    print("levels rest on what rows tell, and expect the euros that come in")


if __name__ == "__main__":
    main()
