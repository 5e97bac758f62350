# SPDX-License-Identifier: Apache-2.0
"""Levels that pay almost nothing, nothing, or nothing only together with another: an estimate is the one at which every level expects
the cash it brought (the score equations of a log-linear model, which have one solution), and what has no estimate is expected to bring
no more than one more debtor's payment, without moving the others."""
import csv
import json
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


def write(path, chance, seed, debtors=240, marks=(0, 2, 6)):
    """Rows of a year; chance(employment, marks, random) is the probability of a payment and its part of the balance."""
    draw = random.Random(seed)
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for d in range(debtors):
            employment, mark = draw.choice(["employed", "unemployed", "retired"]), draw.choice(marks)
            balance = draw.randrange(100, 2000)
            for month in range(1, 13):
                paid, part = chance(employment, mark, d, month, draw)
                cash = round(part * balance, 2) if draw.random() < paid else 0
                out.writerow([f"c{d}", f"d{d}", "FI", "EUR", "2021-01-01", f"2021-{month:02d}-01", 1, balance, "amicable", cash, employment, mark])


def fit(folder, *options):
    program.must_run(["import", "--panel", folder / "p.csv", "-o", folder / "p.h5", "--quiet"])
    program.must_run(["fit", folder / "p.h5", "--model", BASE, "--json", folder / "f.json", "-o", folder / "m.yaml", "--quiet", *options])
    found = json.loads((folder / "f.json").read_text())
    return found, {(t["characteristic"], t["level"]): t for t in found["terms"] if t["segment"] is None}


def solves(found, terms):
    for name, term in terms.items():
        if term["state"] in ("estimated", "reference"):
            assert abs(term["expected"] - term["cash"]) < 1e-6 * max(1.0, term["cash"]), (name, term)
    assert found["converged"]


def sweep(folder):
    """Panels with a level that pays from a hundredth to a ten-thousandth of the reference, by one debtor, a dozen or a hundred."""
    for seed in range(12):
        less, payers = 10 ** (-2 - seed % 3), (1, 12, 100)[seed // 3 % 3]

        def chance(employment, mark, d, month, draw):
            if employment != "unemployed":
                return 0.1, 0.05
            return (0.1 if d % 240 < 3 * payers else 0.0), 0.05 * less
        write(folder / "p.csv", chance, seed)
        found, terms = fit(folder)
        solves(found, terms)
        low = terms["employment", "unemployed"]
        assert low["state"] == ("estimated" if low["cash"] > 0 else "no cash") and low["expected"] <= low["cash"] + 1e-6, (seed, low)
        if low["cash"] > 0:
            assert low["estimate"] < -3.0, (seed, low)


def nothing(folder):
    """A level that never pays: R and ppmlhdfe leave it out; the others expect what they brought."""
    write(folder / "p.csv", lambda e, m, d, month, draw: (0.0 if e == "unemployed" else 0.1, 0.05), 7)
    for options in ((), ("--shrink", "none")):
        found, terms = fit(folder, *options)
        solves(found, terms)
        level = terms["employment", "unemployed"]
        assert level["state"] == "no cash" and level["expected"] == 0.0 and level["shrunk"] < -2.0, level
        assert any("employment, unemployed: no cash" in m for m in found["messages"]), found["messages"]
        assert abs(found["expected"] / found["cash"] - 1.0) < 0.02, (options, found["expected"], found["cash"])
    program.must_run(["backtest", folder / "p.h5", "--model", folder / "m.yaml", "--json", folder / "b.json", "--quiet"])
    total = json.loads((folder / "b.json").read_text())
    assert abs(total["ratio"] - 1.0) < 0.02, total["ratio"]


def thin(folder):
    """One debtor without cash for a year is no proof of nothing: by the reference it brings less than a payment, and so it is expected to."""
    write(folder / "p.csv", lambda e, m, d, month, draw: (0.02 if m != 6 or d != 5 else 0.0, 0.9), 8, marks=(0, 2))
    rows = list(csv.reader(open(folder / "p.csv")))
    for row in rows[1:]:
        if row[1] == "d5":
            row[COLUMNS.index("default_marks")], row[COLUMNS.index("cash")], row[COLUMNS.index("balance_start")] = "6", "0", "100"
    with open(folder / "p.csv", "w", newline="") as file:
        csv.writer(file).writerows(rows)
    found, terms = fit(folder)
    level = terms["default_marks", "4 and more"]
    assert level["state"] == "no cash" and abs(level["shrunk"]) < 0.05, level


def together(folder):
    """Many marks pay only with the unemployed, and the unemployed with fewer marks never: neither level alone is without cash."""
    draw = random.Random(3)
    with open(folder / "p.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for d in range(600):
            employment = draw.choice(["employed", "unemployed", "retired"])
            mark = 6 if employment == "unemployed" and draw.random() < 0.5 else draw.choice([0, 2])
            balance = draw.randrange(100, 2000)
            for month in range(1, 13):
                pays = 0.0 if employment == "unemployed" and mark < 6 else 0.1
                cash = round(0.05 * balance, 2) if draw.random() < pays else 0
                out.writerow([f"c{d}", f"d{d}", "FI", "EUR", "2021-01-01", f"2021-{month:02d}-01", 1, balance, "amicable", cash, employment, mark])
    found, terms = fit(folder)
    solves(found, terms)
    assert any(m.startswith("employment unemployed: no cash") and "only together" in m for m in found["messages"]), found["messages"]
    program.must_run(["backtest", folder / "p.h5", "--model", folder / "m.yaml", "--json", folder / "b.json", "--quiet"])
    total = json.loads((folder / "b.json").read_text())
    assert abs(total["ratio"] - 1.0) < 0.02 and total["calibration_slope"] > 0.7, (total["ratio"], total["calibration_slope"])
    unemployed, many = terms["employment", "unemployed"], terms["default_marks", "4 and more"]
    assert unemployed["shrunk"] < -2.0 < 2.0 < many["shrunk"], (unemployed, many)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for check in (sweep, nothing, thin, together):
            check(folder)
    print("levels without cash: all as promised")


if __name__ == "__main__":
    main()
