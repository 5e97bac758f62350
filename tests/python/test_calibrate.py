#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`jalki fit --calibrate`: slope and intercept of somebody else's score by segment. Against the same estimating equations solved in
Python from the panel's own numbers, with sandwich errors by debtor; against simulated truth; what is written loads, says the same,
and expects what came in."""
import csv
import json
import math
import os
import random
import re
import subprocess

import numpy

from test_own_columns import MODEL, PANEL, SEGMENT, run, run_cases, write

EXTRA = "extra: {bureau_score: number, region: text}"
RATE = 0.01  # of the curve of SEGMENT


def model(folder, name="model.yaml", own="{column: bureau_score, form: points, base_points: 500, base_odds: 0.02, points_to_double: 40, slope: 1, intercept: 3}"):
    segments = SEGMENT % ("north", "when: {region: [north]}") + SEGMENT % ("south", "when: {region: [south]}") + SEGMENT % ("rest", "")
    write(folder, name, MODEL % {"extra": EXTRA, "characteristics": "[]\n  own_score: " + own, "segments": segments})


TRUE = {"north": (0.6, 2.5), "south": (1.3, 4.0), "few": (1.0, 3.0)}


def x_of(score):
    return math.log(0.02) + (score - 500) / 40 * math.log(2)


def make_panel(folder, claims=1500, seed=4):
    """Months of claims whose chance to pay all is 1 - exp(-rate exp(a + b x)); some debtors have two claims, some rows no score."""
    dice = random.Random(seed)
    lines, rows = ["Id,Debtor,Start,Bal,Cash,Region,Score"], []
    for claim in range(claims):
        region = "few" if claim % 97 == 0 else ("north", "south")[claim % 2]
        score = None if claim % 13 == 0 else round(dice.gauss(500, 45), 1)
        b, a = TRUE[region]
        for month in range(1, 13):
            rate = RATE * math.exp(a + b * (x_of(score) if score is not None else -3))
            paid = dice.random() < 1 - math.exp(-rate)
            balance = 1000 + 7 * (claim % 50)
            cash = (balance if dice.random() < 0.4 else balance / 4) if paid else 0
            lines.append("C%d,D%d,2024-%02d-01,%d,%.2f,%s,%s" % (claim, claim // 3 * 2 + claim % 3 % 2, month, balance, cash, region, "" if score is None else score))
            rows.append((region, claim // 3 * 2 + claim % 3 % 2, score, balance, round(cash, 2)))
    write(folder, "p.csv", "\n".join(lines) + "\n")
    write(folder, "m.yaml", PANEL + "  debtor_id: Debtor\nextra:\n  region: {column: Region, type: text}\n  bureau_score: {column: Score, type: number}\n")
    run("import", "p.csv", "-o", "P.h5", "--panel", "--mapping", "m.yaml", folder=folder)
    return rows


def solve(rows):
    """Poisson pseudo-likelihood of cash with offset log(balance rate), by numpy; errors clustered by debtor."""
    rows = [row for row in rows if row[2] is not None]
    x = numpy.array([x_of(row[2]) for row in rows])
    offset = numpy.array([row[3] * RATE for row in rows])
    cash = numpy.array([row[4] for row in rows])
    design = numpy.column_stack([numpy.ones_like(x), x])
    beta = numpy.array([3.0, 1.0])
    for _ in range(100):
        mean = offset * numpy.exp(design @ beta)
        step = numpy.linalg.solve(design.T @ (design * mean[:, None]), design.T @ (cash - mean))
        beta = beta + step
    mean = offset * numpy.exp(design @ beta)
    bread = numpy.linalg.inv(design.T @ (design * mean[:, None]))
    scores = {}
    for row, u, line in zip(rows, cash - mean, design):
        scores[row[1]] = scores.get(row[1], 0) + u * line
    meat = sum(numpy.outer(s, s) for s in scores.values())
    count = len(scores)
    covariance = count / (count - 1) * bread @ meat @ bread
    return beta, numpy.sqrt(numpy.diag(covariance)), covariance[0, 1], cash.sum()


def calibrated(folder, *more):
    return {row["segment"]: row for row in json.loads(run("fit", "P.h5", "--model", "model.yaml", "-o", "c.yaml", "--calibrate", "--format", "json",
                                                          *more, folder=folder).stdout)["segments"]}


def against_numpy(folder):
    rows = make_panel(folder)
    model(folder)
    found = calibrated(folder)
    for segment, mine in (("all", rows), ("north", [row for row in rows if row[0] == "north"]), ("south", [row for row in rows if row[0] == "south"])):
        (a, b), (error_a, error_b), covariance, cash = solve(mine)
        got = found[segment]
        for key, wanted in (("slope", b), ("intercept", a), ("slope_error", error_b), ("intercept_error", error_a), ("covariance", covariance), ("cash", cash)):
            assert abs(got[key] - wanted) <= 1e-6 * (1 + abs(wanted)), (segment, key, got[key], wanted)
        assert got["rows"] == sum(row[2] is not None for row in mine) and got["without_score"] == sum(row[2] is None for row in mine)
        assert got["debtors"] == len({row[1] for row in mine if row[2] is not None})
    # near the truth, as far as their errors say (the mean of a month is 1 - exp(-h), and a part is paid in quarters)
    for segment in ("north", "south"):
        assert abs(found[segment]["slope"] - TRUE[segment][0]) < 4 * found[segment]["slope_error"] + 0.15, found[segment]
    # a segment of which too few debtors paid has the figures of all
    assert found["rest"]["state"] == "all segments" and found["rest"]["slope"] == found["all"]["slope"]
    # what is written loads, and says the same
    with open(os.path.join(folder, "c.yaml"), encoding="utf-8") as file:
        text = file.read()
    assert 'name: "own columns-calibrated"' in text and re.search(r'^version: "2025-01-01\.[0-9a-f]{8}"', text, re.M) and "  data:" in text, text
    assert re.search(r'^include: "?model.yaml"?$', text, re.M), text  # from beside it by its name, from elsewhere in full
    for place in ("near", "near_by"):
        os.mkdir(os.path.join(folder, place))
    os.replace(os.path.join(folder, "model.yaml"), os.path.join(folder, "near_by", "model.yaml"))
    for place, wanted in ((".", "near_by/model.yaml"), ("near", os.path.join(os.path.realpath(folder), "near_by", "model.yaml"))):
        run("fit", "P.h5", "--model", "near_by/model.yaml", "-o", place + "/elsewhere.yaml", "--calibrate", "--quiet", folder=folder)
        with open(os.path.join(folder, place, "elsewhere.yaml"), encoding="utf-8") as file:
            assert re.search(r'^include: "?%s"?$' % re.escape(wanted), file.read(), re.M), (place, wanted)
    os.replace(os.path.join(folder, "near_by", "model.yaml"), os.path.join(folder, "model.yaml"))
    told = json.loads(run("model", "diff", "model.yaml", "c.yaml", "--format", "json", folder=folder).stdout)["differences"]
    for segment in ("north", "south", "rest"):
        entry = next(entry for entry in told if entry["key"].startswith("segments[%s].own_score" % segment))
        slope, intercept = re.search(r"slope: ([-0-9.e]+), intercept: ([-0-9.e]+)", entry["is"]).groups()
        assert abs(float(slope) - found[segment]["slope"]) < 1e-8 and abs(float(intercept) - found[segment]["intercept"]) < 1e-8
    # calibrated again it stays, and expects what came in
    run("fit", "P.h5", "--model", "c.yaml", "-o", "again.yaml", "--calibrate", folder=folder)
    again = {row["segment"]: row for row in json.loads(run("fit", "P.h5", "--model", "c.yaml", "--calibrate", "--format", "json", folder=folder).stdout)["segments"]}
    for segment in ("north", "south"):
        assert abs(again[segment]["slope"] - found[segment]["slope"]) < 1e-6
        assert abs(again[segment]["expected"] - again[segment]["cash"]) < 1e-5 * again[segment]["cash"]
    # threads do not show
    one, three = (run("fit", "P.h5", "--model", "model.yaml", "--calibrate", "--format", "csv", "--threads", n, folder=folder).stdout for n in "13")
    assert one == three
    assert "north" in run("fit", "P.h5", "--model", "model.yaml", "--calibrate", folder=folder).stdout
    half = calibrated(folder, "--split", "0-50")
    assert 0 < half["all"]["rows"] < found["all"]["rows"]


PAYERS = """
    payers:
      settled_share: {surveil: 0.4, amicable: 0.4, legal: 0.4}
      monthly_share: [0.05, 0.05, 0.05]
      breakage: {surveil: 0.1, amicable: 0.1, legal: 0.1}
      monthly: {surveil: 0, amicable: 0, legal: 0}
"""


def with_payers(folder):
    """Where debtors pay instalments the equations are those of what the model expects: it expects what came in, weighed by dmu/deta / mu."""
    make_panel(folder, claims=900)
    model(folder)
    with open(os.path.join(folder, "model.yaml"), encoding="utf-8") as file:
        text = file.read()
    write(folder, "model.yaml", text.replace("    legal: {months_to_title: 4,", PAYERS.lstrip("\n") + "    legal: {months_to_title: 4,"))
    found = calibrated(folder)
    assert found["north"]["state"] == "its rows" and found["north"]["slope_error"] > 0
    again = {row["segment"]: row for row in json.loads(run("fit", "P.h5", "--model", "c.yaml", "--calibrate", "--format", "json", folder=folder).stdout)["segments"]}
    for segment in ("north", "south"):
        assert abs(again[segment]["slope"] - found[segment]["slope"]) < 1e-5, (again[segment], found[segment])
        assert abs(again[segment]["expected"] / again[segment]["cash"] - 1) < 0.02, again[segment]


def one_score(folder):
    """Where all rows have one score the level alone is found: what came in is expected."""
    make_panel(folder, claims=300)
    model(folder, own="{column: debtor_claims, form: eta, slope: 0.2, intercept: 1}")
    write(folder, "m.yaml", PANEL + "extra:\n  region: {column: Region, type: text}\n  bureau_score: {column: Score, type: number}\n")
    run("import", "p.csv", "-o", "P.h5", "--panel", "--mapping", "m.yaml", folder=folder)
    found = calibrated(folder)
    assert found["north"]["state"] == "the level alone" and found["north"]["slope"] == 0.2
    again = {row["segment"]: row for row in json.loads(run("fit", "P.h5", "--model", "c.yaml", "--calibrate", "--format", "json", folder=folder).stdout)["segments"]}
    assert abs(again["north"]["expected"] / again["north"]["cash"] - 1) < 1e-9


def refused(folder):
    make_panel(folder, claims=60)
    write(folder, "plain.yaml", MODEL % {"extra": EXTRA, "characteristics": "[]", "segments": SEGMENT % ("one", "")})
    assert "own_score" in run("fit", "P.h5", "--model", "plain.yaml", "--calibrate", status=1, folder=folder).stderr
    model(folder)
    assert "--calibrate" in run("fit", "P.h5", "--model", "model.yaml", "-o", "x.yaml", status=1, folder=folder).stderr
    assert "--trees" in run("fit", "P.h5", "--model", "model.yaml", "-o", "x.yaml", "--calibrate", "--trees", status=2, folder=folder).stderr
    assert not os.path.exists(os.path.join(folder, "x.yaml"))
    model(folder, own="{column: bureau_score, form: probability, months: 12}")  # points are no probabilities: no row has a score
    assert "has the score" in run("fit", "P.h5", "--model", "model.yaml", "--calibrate", status=1, folder=folder).stderr


CASES = [against_numpy, with_payers, one_score, refused]

if __name__ == "__main__":
    run_cases(CASES)
