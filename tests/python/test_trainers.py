#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trees beside the program that grew them: XGBoost trains, saves as JSON and UBJ and predicts; ours must be its prediction within 1e-6
on 10,000 rows with missing values, levels that training did not have, numbers that lie on a threshold. What explains a claim is what
XGBoost's own (approximate, that is along the path) contributions say. Skips aloud without python3-xgboost."""
import json
import os
import sys
import warnings

import numpy

from test_network import ONE, cells_of, close
from test_own_columns import MODEL, imported, rows_of, run, run_cases, write
from test_own_score import EXTRA, etas

try:
    import xgboost
except ImportError:
    print("XGBoost for Python (python3-xgboost) is not here")
    sys.exit(77)

NAMES = ["bureau_score", "guarantee", "balance", "region=north", "region=Uusimaa"]


def model(folder, card):
    write(folder, "model.yaml", MODEL % {"extra": EXTRA, "characteristics": card, "segments": ONE})


def table(folder, count=10000):
    """The tape, imported, and what XGBoost sees of it."""
    rows = [(s, "Newtown" if i % 97 == 5 else r, d, m) for i, (s, r, d, m) in enumerate(rows_of(count))]
    imported(folder, rows)
    cells = [cells_of(row, i) for i, row in enumerate(rows)]
    number = lambda value: numpy.nan if value is None else value  # noqa: E731
    x = numpy.array([[number(c["bureau_score"]), number(c["guarantee"]), c["balance"], c["region"] == "north", c["region"] == "Uusimaa"] for c in cells])
    dice = numpy.random.default_rng(2)
    intensity = numpy.exp(numpy.nan_to_num((x[:, 0] - 550) / 200) - x[:, 4])
    return x, dice.poisson(intensity), intensity


def on_thresholds(folder, booster, x):
    """The same trees with every other threshold moved to a number of the tape, so that rows tie with it."""
    booster.save_model(os.path.join(folder, "edited.json"))
    with open(os.path.join(folder, "edited.json"), encoding="utf-8") as file:
        saved = json.load(file)
    for t, tree in enumerate(saved["learner"]["gradient_booster"]["model"]["trees"]):
        for node, feature in enumerate(tree["split_indices"]):
            if tree["left_children"][node] >= 0 and feature < 3 and (t + node) % 2 == 0:
                given = x[~numpy.isnan(x[:, feature]), feature]
                tree["split_conditions"][node] = float(given[numpy.argmin(abs(given - tree["split_conditions"][node]))])
    write(folder, "edited.json", json.dumps(saved))
    edited = xgboost.Booster()
    edited.load_model(os.path.join(folder, "edited.json"))
    return edited


def held(folder, booster, x, name, card, wanted):
    booster.save_model(os.path.join(folder, name))
    model(folder, card % name)
    found = etas(folder)
    close(found, list(wanted), 1e-6, (name, card))
    return found


def as_xgboost_says(folder):
    x, y, intensity = table(folder)
    trees, eta = "[]\n  trees: %s", "[]\n  own_score: {trees: %s, form: eta}"
    log_odds = "[]\n  own_score: {trees: %s, form: log_odds}"
    cases = [("count:poisson", y, trees), ("reg:tweedie", y, trees), ("reg:gamma", intensity, trees), ("binary:logistic", y > 0, log_odds), ("reg:squarederror", y, eta),
             ("survival:cox", numpy.where(y > 0, 1.0, -1.0) * (1 + numpy.arange(len(y)) % 50), eta), ("count:poisson", y, eta)]
    for objective, target, card in cases:
        data = xgboost.DMatrix(x, label=target, feature_names=NAMES)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            options = {"objective": objective, "max_depth": 4, "eta": 0.3, "nthread": 1, "tree_method": "hist", "base_score": 0.3}
            booster = on_thresholds(folder, xgboost.train(options, data, 12), x)
            wanted = booster.predict(data, output_margin=True).astype(float)
            held(folder, booster, x, "t.json", card, wanted)
            if objective == "survival:cox":
                held(folder, booster, x, "t.ubj", card, wanted)
            if objective != "count:poisson" or card != trees:
                continue
            # the same entries, claim by claim, as XGBoost's contributions along the path
            shares = booster.predict(data, pred_contribs=True, approx_contribs=True)
        for claim in (2, 47, 102, 5005):
            told = json.loads(run("explain", "T.h5", "--model", "model.yaml", "--claim", "C%d" % claim, "--format", "json", folder=folder).stdout)["score"]
            close([e["points"] for e in told["characteristics"]], list(shares[claim].astype(float)), 2e-6, (claim, told["characteristics"]))


def broken(folder):
    """A binary file that is cut, or whose bytes are others, says so and is not read."""
    x, y, _ = table(folder, 300)
    data = xgboost.DMatrix(x, label=y, feature_names=NAMES)
    xgboost.train({"objective": "count:poisson", "nthread": 1}, data, 2).save_model(os.path.join(folder, "t.ubj"))
    with open(os.path.join(folder, "t.ubj"), "rb") as file:
        whole = file.read()
    model(folder, "[]\n  trees: t.ubj")
    for part, words in ((whole[:-1], "no binary JSON"), (whole[:200], "no binary JSON"), (whole + b"N}", "goes on after its end"), (whole.replace(b"learner", b"learned", 1), "missing")):
        with open(os.path.join(folder, "t.ubj"), "wb") as file:
            file.write(part)
        told = run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr
        assert words in told and "t.ubj" in told, (words, told)


def what_the_file_does_not_say(folder):
    """Sets of categories by the levels of training, 0 for missing, a margin in the place of the base score."""
    x, y, _ = table(folder)
    levels = ["Uusimaa", "north", 'Åland, "itä"']
    codes = numpy.where(x[:, 3] == 1, 1.0, numpy.where(x[:, 4] == 1, 0.0, 2.0))
    for i, (_, region, _, _) in enumerate(rows_of(len(x))):  # what is missing or was not in training has no code
        codes[i] = numpy.nan if region is None or i % 97 == 5 else codes[i]
    for columns, names, kinds, settings in (
            (numpy.column_stack([x[:, 0], x[:, 2], codes]), ["bureau_score", "balance", "region"], ["float", "float", "c"], ", levels: {region: %s}" % json.dumps(levels, ensure_ascii=False)),
            (numpy.column_stack([x[:, 0], codes, x[:, 3]]), ["bureau_score", "region", "region=north"], ["float", "c", "float"], ", levels: {region: %s}" % json.dumps(levels, ensure_ascii=False))):
        data = xgboost.DMatrix(columns, label=y, feature_names=names, feature_types=kinds, enable_categorical=True)
        for most in (1, 9):
            booster = xgboost.train({"objective": "count:poisson", "max_depth": 5, "nthread": 1, "tree_method": "approx", "max_cat_to_onehot": most}, data, 8)
            wanted = booster.predict(data, output_margin=True).astype(float)
            for name in ("t.ubj",) if most == 9 else ("t.json",):
                held(folder, booster, columns, name, "[]\n  trees: {file: %s" + settings + "}", wanted)
    model(folder, "[]\n  trees: t.json")
    assert "levels: {region:" in run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr
    booster = xgboost.train({"objective": "count:poisson", "nthread": 1, "tree_method": "hist"}, xgboost.DMatrix(numpy.nan_to_num(x[:, :3]), label=y, feature_names=NAMES[:3], missing=0), 8)
    wanted = booster.predict(xgboost.DMatrix(numpy.nan_to_num(x[:, :3]), feature_names=NAMES[:3], missing=0), output_margin=True).astype(float)
    held(folder, booster, x, "t.json", "[]\n  trees: {file: %s, missing: 0}", wanted)
    data = xgboost.DMatrix(x, label=y, feature_names=NAMES)
    data.set_base_margin(numpy.full(len(x), -0.75, dtype=numpy.float32))
    booster = xgboost.train({"objective": "count:poisson", "nthread": 1, "tree_method": "hist"}, data, 8)
    held(folder, booster, x, "t.json", "[]\n  trees: {file: %s, margin: -0.75}", booster.predict(data, output_margin=True).astype(float))
    for entry, words in (("{missing: 0}", "file: missing key"), ("{file: t.json, margin: 1001}", "from -1000 to 1000"), ("{file: t.json, missing: x}", "expected a number"),
                         ("{file: t.json, base: 3}", "unknown key"), ("{file: [t.json]}", "expected the name"), ("{file: t.json, levels: {region: north}}", "a list of levels"),
                         ("{file: t.json, levels: {region: [[1]]}}", "expected a level"), ("{file: t.json, levels: 3}", "a map of columns")):
        model(folder, "[]\n  trees: " + entry)
        told = run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr
        assert words in told and "scorecard.trees" in told, (entry, told)


def shapes_of_later_versions(folder):
    """What XGBoost 2 and 3 write beside, or otherwise than, 1.7: the base score in brackets, where rounds begin, no categories."""
    x, y, _ = table(folder)
    data = xgboost.DMatrix(x, label=y, feature_names=NAMES)
    booster = xgboost.train({"objective": "count:poisson", "max_depth": 4, "nthread": 1, "tree_method": "hist", "base_score": 0.3}, data, 6)
    wanted = list(booster.predict(data, output_margin=True).astype(float))
    booster.save_model(os.path.join(folder, "t.json"))
    with open(os.path.join(folder, "t.json"), encoding="utf-8") as file:
        saved = json.load(file)
    learner = saved["learner"]
    learner["learner_model_param"].update({"boost_from_average": "1", "num_target": "1"})
    learner["gradient_booster"]["model"]["iteration_indptr"] = list(range(7))
    for version, score in (([2, 1, 4], "3E-1"), ([3, 1, 0], "[3E-1]")):
        saved["version"], learner["learner_model_param"]["base_score"] = version, score
        if version[0] == 3:
            learner["gradient_booster"]["model"]["cats"] = {"enc": [], "feature_segments": [], "sorted_idx": []}
        write(folder, "t.json", json.dumps(saved))
        model(folder, "[]\n  trees: t.json")
        close(etas(folder), wanted, 1e-6, version)


CASES = [what_the_file_does_not_say, as_xgboost_says, shapes_of_later_versions, broken]

if __name__ == "__main__":
    run_cases(CASES)
