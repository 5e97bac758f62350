#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What smooth points bring: histories are simulated under a model whose points go smoothly with age and marks, and fitted with three coarse bins, with
--auto-bins and with --splines. Told for each: the root mean square error of the points over ages and marks, the deviance on other claims (less the true model's,
in thousandths of that of the null model) and the errors of a tape's value: of the whole, of single claims, and of the portfolios of one kind that it can be cut into (by country, age and
marks), as a buyer is offered debtors who are other than those whose history he knows. --interactions: age counts a fifth in Finland and 1.6 times elsewhere, and fits
are with --splines, without and with --interactions. Not part of the tests.

    scripts/shape.py --program build/release/jalki --seeds 1-8 --claims 6000
"""
import argparse
import collections
import csv
import json
import math
import pathlib
import subprocess
import tempfile

import yaml

SOURCE = pathlib.Path(__file__).resolve().parent.parent
FITS = {"bins": (), "--auto-bins": ("--auto-bins",), "--splines all": ("--splines", "all")}
FITS_BY_SEGMENT = {"--splines all": ("--splines", "all"), "--splines all --interactions": ("--splines", "all", "--interactions")}
FACTORS = {"fi": 0.2, "rest": 1.6}
AGES = list(range(20, 90, 2))
MARKS = [1, 2, 3, 4, 6, 8, 12]


def of_age(age):
    return 0.8 * math.cos((age - 47.0) / 34.0 * math.pi) - 0.2


def of_marks(marks):
    return 0.3 - 0.35 * math.log1p(marks)


def bins(bounds, of):
    """Points at the middles of the bins."""
    middles = [bounds[0] - 1] + [(a + b) / 2 for a, b in zip(bounds, bounds[1:])] + [bounds[-1] + 1]
    return [dict({"below": b} if b is not None else {}, points=round(of(m), 4)) for b, m in zip([*bounds, None], middles)]


def models(folder, factors=None):
    truth = yaml.safe_load((SOURCE / "tests" / "fit" / "truth.yaml").read_text())
    card = truth["scorecard"]
    card["characteristics"] = [card["characteristics"][0],
                               {"name": "age_years", "missing": 0.0, "bins": bins(AGES, of_age)},
                               {"name": "default_marks", "missing": 0.0, "bins": bins(MARKS, of_marks)}]
    # In a history classes start as the score says in six claims of ten, and the intensity of a row is that of its class.
    card["class_given_score"] = [[0.6 if k == s else 0.2 for k in range(3)] for s in range(3)]
    if factors is not None:
        card["characteristics"][1]["in_segments"] = factors
    (folder / "truth.yaml").write_text(yaml.safe_dump(truth, sort_keys=False))
    card["characteristics"][1].pop("in_segments", None)
    card["characteristics"][1]["bins"] = [{"below": 35, "points": 0}, {"below": 60, "points": 0}, {"points": 0}]
    card["characteristics"][2]["bins"] = [{"below": 1, "points": 0}, {"below": 4, "points": 0}, {"points": 0}]
    (folder / "base.yaml").write_text(yaml.safe_dump(truth, sort_keys=False))


def run(program, *arguments):
    threads = () if arguments[0] == "generate" else ("--threads", 1)
    done = subprocess.run([program, *map(str, arguments), *map(str, threads), "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, arguments))}: {done.stderr}")


def valued(program, folder, model):
    """Of each claim."""
    run(program, "value", folder / "tape.h5", "--model", model, "--claims", folder / "claims.csv")
    with (folder / "claims.csv").open() as file:
        return [float(row["value"]) for row in csv.DictReader(file)]


def value_errors(found, true):
    """Of the whole, and of claims beside it: the sum of what single values are off, the level taken as right, over the value."""
    level = sum(true) / sum(found)
    return math.log(sum(found) / sum(true)), sum(abs(level * f - t) for f, t in zip(found, true)) / sum(true)


def portfolios(path):
    """Rows of the tape by kind: Finland or elsewhere, years of age, marks. Those of a hundred claims and more."""
    found = collections.defaultdict(list)
    with path.open() as file:
        for row, claim in enumerate(csv.DictReader(file)):
            age, marks = claim["birth_year"] and 2026 - int(claim["birth_year"]), claim["default_marks"]
            found[claim["country"] == "FI", age and sum(age >= bound for bound in (35, 50, 65)), marks and sum(int(marks) >= bound for bound in (1, 4))].append(row)
    return [rows for rows in found.values() if len(rows) >= 100]


def portfolio_error(found, true, kinds):
    """Root mean square over portfolios, alike, of how far the value of each is off."""
    errors = [math.log(sum(found[row] for row in rows) / sum(true[row] for row in rows)) for rows in kinds]
    return math.sqrt(sum(error * error for error in errors) / len(errors))


def points_at(item, value):
    return next(float(b["points"]) for b in item["bins"] if "below" not in b or value < float(b["below"]))


def points_error(model, age=of_age, marks=of_marks):
    """Root mean square over ages and marks alike, about the mean."""
    items = {i["name"]: i for i in yaml.safe_load(model.read_text())["scorecard"]["characteristics"]}
    total, count = 0.0, 0
    for name, of, values in (("age_years", age, range(21, 80)), ("default_marks", marks, range(0, 10))):
        rest = [points_at(items[name], v) - of(v) for v in values]
        mean = sum(rest) / len(rest)
        total += sum((r - mean) ** 2 for r in rest)
        count += len(rest)
    return math.sqrt(total / count)


def main():
    parser = argparse.ArgumentParser(description="Smooth points against bins on histories whose truth is smooth.")
    parser.add_argument("--program", default=SOURCE / "build" / "release" / "jalki")
    parser.add_argument("--seeds", default="1-8")
    parser.add_argument("--claims", type=int, default=6000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--interactions", action="store_true")
    options = parser.parse_args()
    fits = FITS_BY_SEGMENT if options.interactions else FITS
    first, last = map(int, options.seeds.split("-"))
    found = {name: [] for name in fits}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        models(folder, FACTORS if options.interactions else None)
        truth, base = folder / "truth.yaml", folder / "base.yaml"
        run(options.program, "generate", "-n", 5000, "--seed", 900, "-o", folder / "tape.csv")
        run(options.program, "import", folder / "tape.csv", "--cutoff", "2026-06-30", "--max-rejects", 0, "-o", folder / "tape.h5")
        kinds = portfolios(folder / "tape.csv")
        run(options.program, "generate", "--panel", "--model", truth, "-n", 20000, "--months", 12, "--seed", 901, "-o", folder / "other.h5")
        true_value = valued(options.program, folder, truth)
        for seed in range(first, last + 1):
            run(options.program, "generate", "--panel", "--model", truth, "-n", options.claims, "--months", options.months, "--seed", seed, "-o", folder / "panel.h5")
            for fit, extra in fits.items():
                fitted = folder / "fitted.yaml"
                run(options.program, "fit", folder / "panel.h5", "--model", base, "-o", fitted, *extra)
                run(options.program, "backtest", folder / "other.h5", "--model", truth, "--model", fitted, "--json", folder / "test.json")
                test = json.loads((folder / "test.json").read_text())["models"]
                deviance = (test[1]["errors"]["deviance"] - test[0]["errors"]["deviance"]) / test[0]["errors"]["null_model"]["deviance"]
                value = valued(options.program, folder, fitted)
                found[fit].append((points_error(fitted), 1000.0 * deviance, *value_errors(value, true_value), portfolio_error(value, true_value, kinds)))
            told = "; ".join(f"{fit}: points {of[-1][0]:.3f}, deviance {of[-1][1]:+.2f}, value {100 * of[-1][2]:+.1f} %, of claims {100 * of[-1][3]:.1f} %, of portfolios {100 * of[-1][4]:.1f} %"
                             for fit, of in found.items())
            print(f"{seed}: {told}", flush=True)
    for fit, of in found.items():
        n = len(of)
        print(f"{fit}, mean of {n}: points {sum(x[0] for x in of) / n:.3f}, deviance {sum(x[1] for x in of) / n:+.2f}, "
              f"value {100 * math.sqrt(sum(x[2] ** 2 for x in of) / n):.1f} % (root mean square), of claims {100 * sum(x[3] for x in of) / n:.1f} %, "
              f"of {len(kinds)} portfolios of one kind {100 * math.sqrt(sum(x[4] ** 2 for x in of) / n):.1f} %")


if __name__ == "__main__":
    main()
