#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reasons of a score: of every kind of score the entries add up to eta, and the four told are those that lie farthest from the entry's
lower median in the claim's segment. Points, medians and order are computed here from the tape's own cells; what the trees and cards
say is arithmetic on their files."""
import json
import os
import statistics

from test_own_columns import MODEL, SEGMENT, imported, rows_of, run, run_cases, write
from test_own_score import BY_HAND, EXTRA, XGBOOST, xgboost_tree

SEGMENTS = (SEGMENT % ("small", "when: {balance: [null, 1150]}")) + SEGMENT % ("rest", "")
CLAIMS = (3, 88, 149, 150, 260)


def model(folder, card):
    write(folder, "model.yaml", MODEL % {"extra": EXTRA, "characteristics": card, "segments": SEGMENTS})


def explain(folder, claim, *options):
    return json.loads(run("explain", "T.h5", "--model", "model.yaml", "--claim", "C%d" % claim, "--format", "json", *options, folder=folder).stdout)


def held(folder, points, intercept=0.0):
    """`points`: by entry that says something of a claim, its points of every row."""
    for claim in CLAIMS:
        score = explain(folder, claim)["score"]
        entries = {entry["name"]: entry for entry in score["characteristics"] if not entry["base"]}
        assert list(entries) == list(points), (list(entries), list(points))
        assert abs(score["intercept"] + sum(e["points"] for e in score["characteristics"]) - score["eta"]) < 1e-7, score
        rows = range(0, 150) if claim < 150 else range(150, len(next(iter(points.values()))))
        assert score["typical"]["claims"] == len(rows) and score["typical"]["looked_at"] == len(next(iter(points.values())))
        wanted = []
        for name, column in points.items():
            assert abs(entries[name]["points"] - column[claim]) < 1e-7, (claim, name, entries[name], column[claim])
            typical = statistics.median_low([column[i] for i in rows])
            wanted.append((name, column[claim] - typical, typical))
        wanted = sorted((w for w in wanted if abs(w[1]) > 1e-9), key=lambda w: -abs(w[1]))[:4]
        told = [(r["name"], r["difference"], r["typical"]) for r in score["reasons"]]
        assert [t[0] for t in told] == [w[0] for w in wanted], (claim, told, wanted)
        assert all(abs(a - b) < 1e-7 for t, w in zip(told, wanted) for a, b in zip(t[1:], w[1:])), (told, wanted)
        for reason in score["reasons"]:
            assert reason["words"].startswith(reason["name"] + ": ") and "%+.3f" % reason["typical"] in reason["words"], reason
    text = run("explain", "T.h5", "--model", "model.yaml", "--claim", "C%d" % CLAIMS[-1], folder=folder).stdout
    assert "Why this score, beside the median of %d claims of rest (" % len(rows) in text
    assert all(reason["words"] in text for reason in score["reasons"]), text


def bins(value, edges, points, missing):
    return missing if value is None else points[sum(value >= edge for edge in edges)]


def scorecard(folder):
    rows = rows_of(400)
    imported(folder, rows)
    model(folder, """
    - {name: bureau_score, missing: -0.31, bins: [{below: 450, points: -0.5}, {below: 600, points: 0.1}, {points: 0.7}]}
    - {name: region, other: 0.03, levels: {north: 0.25, Uusimaa: -0.4}}
    - {name: guarantee, missing: 0.07, bins: [{below: 0, points: 0.2}, {below: 30, points: 0.0}, {points: -0.15}]}
    - {name: balance, bins: [{below: 1100, points: 0.02}, {below: 1200, points: 0.3}, {points: -0.02}]}
    - {name: vulnerable, levels: {1: 1}}
    - {name: months_since_write_off, bins: [{points: 0.5}]}""")
    held(folder, {
        "bureau_score": [bins(s, (450, 600), (-0.5, 0.1, 0.7), -0.31) for s, _, _, _ in rows],
        "region": [{"Lappi": 0.25, "Uusimaa": -0.4, None: 0}.get(r, 0.03) for _, r, _, _ in rows],
        "guarantee": [bins(None if g is None else g / 100, (0, 30), (0.2, 0.0, -0.15), 0.07) for _, _, _, g in rows],
        "balance": [bins(1000 + i, (1100, 1200), (0.02, 0.3, -0.02), 0) for i in range(400)],
        "vulnerable": [0.0] * 400,
        "months_since_write_off": [0.5] * 400})


def trees(folder):
    rows = rows_of(400)
    imported(folder, rows)
    boosted = json.loads(json.dumps(XGBOOST))
    boosted["learner"]["gradient_booster"]["model"]["trees"] = [xgboost_tree(0, 500.5, True, -0.75, 0.5, 0), xgboost_tree(1, 0.5, False, -0.25, 1.0, 1),
                                                                xgboost_tree(0, 650.5, False, 0.125, 0.25, 2)]
    boosted["learner"]["gradient_booster"]["model"]["tree_info"] = [0, 0, 0]
    beside = lambda leaf, left, right: leaf - (0.6 * left + 0.4 * right)  # noqa: E731  six of ten lay left in training
    score = [beside(-0.75 if s is None or s < 500.5 else 0.5, -0.75, 0.5) + beside(0.25 if s is None or s >= 650.5 else 0.125, 0.125, 0.25) for s, _, _, _ in rows]
    north = [beside(1.0 if r == "Lappi" else -0.25, -0.25, 1.0) for _, r, _, _ in rows]
    write(folder, "t.json", json.dumps(boosted))
    model(folder, "[]\n  own_score: {trees: t.json, form: log_odds, slope: 0.5, intercept: 0.1}")
    held(folder, {"bureau_score": [0.5 * p for p in score], "region": [0.5 * p for p in north]})
    boosted["learner"]["objective"]["name"] = "count:poisson"
    write(folder, "t.json", json.dumps(boosted))
    model(folder, "[]\n  trees: t.json")
    held(folder, {"bureau_score": score, "region": north})


def others(folder):
    rows = rows_of(400)
    imported(folder, rows)
    model(folder, "[]\n  own_score: {column: bureau_score, form: eta, slope: 0.01, missing: -0.2}")
    held(folder, {"bureau_score": [-0.2 if s is None else 0.01 * s for s, _, _, _ in rows]})
    write(folder, "card.csv", BY_HAND)
    model(folder, "[]\n  own_score: {card: card.csv, names: {Area: region}, form: points, base_points: 0, base_odds: 1, points_to_double: 20}")
    of_point = 0.6931471805599453 / 20
    held(folder, {"bureau_score": [0.0 if s is None else of_point * (3 if s == -999 else (12.5, 20, 31.25)[sum(s > edge for edge in (450, 600))]) for s, _, _, _ in rows],
                  "region": [of_point * {"Lappi": 9, "Uusimaa": 8}.get(r, 0) for _, r, _, _ in rows]})


def large(folder):
    """Of a tape of more rows than are looked at, pieces spread evenly over it."""
    with open(os.path.join(folder, "t.csv"), "w", encoding="utf-8") as out:
        out.write("claim_id,country,currency,written_off_on,principal\n")
        out.writelines("C%d,FI,EUR,2024-01-31,%d\n" % (i, 1000 + i) for i in range(40000))
    run("import", "t.csv", "-o", "T.h5", "--cutoff", "2026-06-30", folder=folder)
    write(folder, "model.yaml", MODEL % {"extra": "", "characteristics": "[{name: balance, bins: [{below: 20000, points: 1}, {below: 41000, points: 2}, {points: 3}]}]",
                                         "segments": SEGMENT % ("one", "")})
    score = explain(folder, 0)["score"]
    looked = [i for p in range(32) for i in range(p * (40000 - 1024) // 31, p * (40000 - 1024) // 31 + 1024)]
    typical = statistics.median_low([1 if 1000 + i < 20000 else 2 for i in looked])
    assert score["typical"] == {"claims": 32768, "looked_at": 32768, "eta": typical}, score["typical"]
    assert [r["difference"] for r in score["reasons"]] == [1 - typical]
    assert "among 32768 rows looked at" in run("explain", "T.h5", "--model", "model.yaml", "--claim", "C0", folder=folder).stdout


CASES = [scorecard, trees, others, large]

if __name__ == "__main__":
    run_cases(CASES)
