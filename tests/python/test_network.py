#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Networks (`scorecard.network`, `own_score.network`): against evaluations in Python from the tape's own cells, against scikit-learn's
own predictions on 10,000 rows with missing values and levels that training did not have, the same bits from every kernel, instruction
set and thread; the export programs of docs/examples; a network that says what a column says is worth what the column is, in every command."""
import csv
import json
import math
import os
import random
import sys
import types
import warnings

import numpy

from test_own_columns import MODEL, SEGMENT, imported, rows_of, run, run_cases, write
from test_own_score import EXTRA, etas

sys.path.insert(0, os.path.join(os.environ["JALKI_SOURCE"], "docs", "examples"))
sys.path.insert(0, os.path.join(os.environ["JALKI_SOURCE"], "tests", "reference"))
import export_network as export  # noqa: E402
import export_trees  # noqa: E402
import network as reference  # noqa: E402

ONE = SEGMENT % ("one", "")


def model(folder, card, name="model.yaml", extra=EXTRA, segments=ONE):
    write(folder, name, MODEL % {"extra": extra, "characteristics": card, "segments": segments})


def close(found, wanted, bound, what):
    worst = max(abs(a - b) / (1 + abs(b)) for a, b in zip(found, wanted))
    assert len(found) == len(wanted) and worst <= bound, (what, worst)


def cells_of(row, i):
    score, region, _, cents = row
    return {"bureau_score": score, "region": "north" if region == "Lappi" else region, "guarantee": None if cents is None else cents / 100,
            "balance": 1000.0 + i, "months_since_write_off": 28}


def random_network(dice, widths, activations, output="log", tail=1.0):
    inputs = [{"name": "bureau_score", "mean": 550, "scale": 140, "missing": 500}, {"name": "bureau_score", "is_missing": True, "mean": 0.1, "scale": 0.3},
              {"name": "guarantee", "mean": 40, "scale": 60 / tail}, {"name": "balance", "log1p": True, "mean": 7, "scale": 0.2},
              {"name": "region=north", "mean": 0.3, "scale": 0.46}, {"name": "region=missing"}, {"name": "balance", "low": 1100, "high": 1300, "mean": 1200, "scale": 80}]
    layers, before = [], len(inputs)
    for width, activation in zip(widths, activations):
        layers.append(export.layer([[dice.gauss(0, 1 / math.sqrt(before)) for _ in range(before)] for _ in range(width)],
                                   [dice.uniform(-0.5, 0.5) for _ in range(width)], activation))
        before = width
    return {"jalki_network": 1, "output": output, "inputs": inputs, "layers": layers}


def in_python(folder):
    """Every activation, one to four layers, rows far from what is typical; entries of `explain` add up, and are differences of the output
    where the network is a line."""
    rows, dice = rows_of(300), random.Random(3)
    imported(folder, rows)
    for widths, activations, tail in (((1,), ("identity",), 1), ((16, 1), ("relu", "identity"), 1), ((9, 1), ("tanh", "identity"), 1), ((64, 5, 1), ("logistic", "relu", "identity"), 1),
                                      ((8, 8, 8, 1), ("relu", "identity", "tanh", "identity"), 1), ((16, 1), ("relu", "identity"), 100)):
        made = random_network(dice, widths, activations, tail=tail)
        write(folder, "n.json", json.dumps(made))
        model(folder, "[{name: balance, bins: [{points: 0.25}]}]\n  network: n.json")
        wanted = [0.25 + reference.output(made, cells_of(row, i).get) for i, row in enumerate(rows)]
        close(etas(folder), wanted, 2e-6, (widths, tail))
        for claim in (3, 264):
            told = json.loads(run("explain", "T.h5", "--model", "model.yaml", "--claim", "C%d" % claim, "--format", "json", folder=folder).stdout)["score"]
            assert abs(told["eta"] - wanted[claim]) < 2e-6 * (1 + abs(wanted[claim])), (told["eta"], wanted[claim])
            assert abs(sum(e["points"] for e in told["characteristics"]) + told["intercept"] - told["eta"]) < 1e-7 * (1 + abs(told["eta"])), told
            assert len(told["reasons"]) == 4 and [e["base"] for e in told["characteristics"]] == [False] * 8 + [True]
            if len(widths) == 1:
                for entry, weight, part in zip(made["inputs"], made["layers"][0]["weights"][0], told["characteristics"][1:]):
                    assert abs(part["points"] - weight * reference.standardised(entry, cells_of(rows[claim], claim).get)) < 1e-5, (entry, part)
    return rows


def gradients(folder):
    """Shares of a network with one hidden layer are its integrated gradients, here by two thousand points of another rule."""
    rows, dice = rows_of(60), random.Random(8)
    imported(folder, rows)
    made = random_network(dice, (12, 1), ("tanh", "identity"))
    write(folder, "n.json", json.dumps(made))
    model(folder, "[]\n  network: n.json")
    first, last = (numpy.array(layer["weights"]) for layer in made["layers"])
    bias = numpy.array(made["layers"][0]["bias"])
    for claim in (7, 31):
        z = numpy.array([reference.standardised(entry, cells_of(rows[claim], claim).get) for entry in made["inputs"]])
        way = numpy.linspace(0, 1, 2001)
        slopes = numpy.array([(last[0] * (1 - numpy.tanh(first @ (a * z) + bias) ** 2)) @ first for a in way])
        shares = z * numpy.trapz(slopes, way, axis=0)
        told = json.loads(run("explain", "T.h5", "--model", "model.yaml", "--claim", "C%d" % claim, "--format", "json", folder=folder).stdout)["score"]
        close([e["points"] for e in told["characteristics"][:-1]], list(shares), 2e-5, claim)


def pytorch(folder):
    """PyTorch is large: its modules by stand-ins of the same shape."""
    tensor = lambda array: types.SimpleNamespace(detach=lambda: numpy.array(array))  # noqa: E731
    named = lambda kind, **parts: type(kind, (), parts)()  # noqa: E731
    layers = export.torch_layers([named("Linear", weight=tensor([[1, 2], [3, 4.5]]), bias=tensor([5, 6])), named("ReLU"), named("Dropout"),
                                  named("Linear", weight=tensor([[0.5, -1]]), bias=None)])
    assert layers == [{"weights": [[1, 2], [3, 4.5]], "bias": [5, 6], "activation": "relu"}, {"weights": [[0.5, -1]], "bias": [0.0], "activation": "identity"}], layers


def scikit_learn(folder):
    """Its models by the export programs, against its own predictions of 10,000 rows: linear ones and networks, and trees of every kind."""
    try:
        from sklearn import ensemble, tree
        from sklearn.impute import SimpleImputer
        from sklearn.linear_model import LogisticRegression
        from sklearn.neural_network import MLPClassifier, MLPRegressor
        from sklearn.preprocessing import StandardScaler
    except ImportError:
        print("scikit-learn (python3-sklearn) is not here: its predictions were not compared")
        return
    warnings.simplefilter("ignore")  # that some could be trained for longer
    rows = [(s, "Newtown" if i % 97 == 5 else r, d, m) for i, (s, r, d, m) in enumerate(rows_of(10000))]  # a level that training did not have
    imported(folder, rows)
    names = ["bureau_score", "guarantee", "balance", "region=north", "region=Uusimaa"]
    cells = [cells_of(row, i) for i, row in enumerate(rows)]
    number = lambda value: math.nan if value is None else value  # noqa: E731
    x = numpy.array([[number(c["bureau_score"]), number(c["guarantee"]), c["balance"], c["region"] == "north", c["region"] == "Uusimaa"] for c in cells], dtype=float)
    dice = numpy.random.default_rng(4)
    y = (dice.random(len(x)) < 1 / (1 + numpy.exp(-numpy.nan_to_num((x[:, 0] - 550) / 120) - x[:, 3]))).astype(int)
    imputer = SimpleImputer(strategy="median").fit(x[:6000])
    full = imputer.transform(x)
    scaler = StandardScaler().fit(full[:6000])
    ready = scaler.transform(full)
    for trained in (LogisticRegression(), MLPClassifier((8, 4), activation="tanh", max_iter=3, random_state=1), MLPRegressor((8,), activation="logistic", max_iter=4, random_state=1)):
        regression = isinstance(trained, MLPRegressor)
        trained.fit(ready[:6000], y[:6000] - 0.3 if regression else y[:6000])
        export.save(os.path.join(folder, "n.json"), export.inputs(names, scaler, imputer), export.sklearn_layers(trained), "log" if regression else "log_odds", "scikit-learn")
        if regression:
            wanted = trained.predict(ready)
            model(folder, "[]\n  network: n.json")
        else:
            p = trained.predict_proba(ready)[:, 1]
            wanted = numpy.log(p) - numpy.log1p(-p)
            model(folder, "[]\n  own_score: {network: n.json, form: log_odds}")
        close(etas(folder), list(wanted), 1e-6, type(trained).__name__)
    forest = {"n_estimators": 7, "max_depth": 5, "random_state": 2}
    for trained, form in ((tree.DecisionTreeRegressor(max_depth=6), "eta"), (ensemble.RandomForestClassifier(**forest), "probability"),
                          (ensemble.GradientBoostingClassifier(n_estimators=9), "log_odds"), (ensemble.HistGradientBoostingClassifier(max_iter=9), "log_odds"),
                          (ensemble.HistGradientBoostingRegressor(max_iter=9, loss="poisson"), "log")):
        learns_missing = hasattr(trained, "max_iter")
        seen = x if learns_missing else full
        trained.fit(seen[:6000], y[:6000])
        export_trees.save(os.path.join(folder, "t.txt"), trained, names, None if learns_missing else imputer)
        model(folder, "[]\n  trees: t.txt" if form == "log" else "[]\n  own_score: {trees: t.txt, form: %s}" % form)
        if form == "log_odds":
            wanted = trained.decision_function(seen)
        elif form == "probability":
            p = numpy.clip(trained.predict_proba(seen)[:, 1], 1e-12, 1 - 1e-12)
            wanted = numpy.log(p) - numpy.log1p(-p)
        else:
            wanted = numpy.log(trained.predict(seen)) if form == "log" else trained.predict(seen)
        close(etas(folder), list(wanted), 1e-6, type(trained).__name__)


def same_bits(folder):
    """A wide network over 800 dummies: the files are the same for every instruction set, kernel of OpenBLAS and number of threads."""
    dice = random.Random(5)
    rows = [(s, "r%d" % dice.randrange(900), d, m) for s, _, d, m in rows_of(1500)]
    imported(folder, rows)
    inputs = [{"name": "bureau_score", "mean": 550, "scale": 140}] + [{"name": "region=r%d" % i, "mean": 1 / 900, "scale": 0.0333} for i in range(800)]
    layers = [export.layer([[dice.gauss(0, 0.1) for _ in inputs] for _ in range(24)], [0.1] * 24, "relu"), export.layer([[dice.gauss(0, 0.2) for _ in range(24)]], [0.0], "identity")]
    made = {"jalki_network": 1, "output": "log", "inputs": inputs, "layers": layers}
    write(folder, "n.json", json.dumps(made))
    model(folder, "[]\n  network: n.json")
    close(etas(folder)[:40], [reference.output(made, cells_of(row, i).get) for i, row in enumerate(rows[:40])], 5e-6, "wide")
    texts = set()
    cases = [("v4", None, 1), ("v4", None, 2), ("v3", "HASWELL", 1), ("base", "PRESCOTT", 2), ("base", "NEHALEM", 1), ("base", "SANDYBRIDGE", 1), ("v3", "ZEN", 1), ("v4", "SKYLAKEX", 3)]
    for isa, core, threads in cases:
        os.environ["JALKI_ISA"] = isa
        os.environ.pop("OPENBLAS_CORETYPE", None)
        if core is not None:
            os.environ["OPENBLAS_CORETYPE"] = core
        try:
            run("value", "T.h5", "--model", "model.yaml", "--claims", "c.csv", "--full", "--accept", "gross_above_face", "--threads", str(threads), folder=folder)
        except AssertionError as failure:
            if "does not run here" not in str(failure):
                raise
            continue
        with open(os.path.join(folder, "c.csv"), encoding="utf-8") as file:
            texts.add(file.read())
    os.environ.pop("JALKI_ISA", None)
    os.environ.pop("OPENBLAS_CORETYPE", None)
    assert len(texts) == 1, len(texts)


def as_a_column(folder):
    """A network of one input with mean 0 says what the column says: all commands bring the same."""
    rows = [(550.0 if s is None else s, r, d, m) for s, r, d, m in rows_of(400)]
    imported(folder, rows)
    write(folder, "n.json", json.dumps({"jalki_network": 1, "output": "log_odds", "inputs": [{"name": "bureau_score", "scale": 128}],
                                        "layers": [export.layer([[0.5]], [-2.0], "identity")]}))
    two = SEGMENT % ("small", "when: {balance: [null, 1150]}") + ONE
    model(folder, "[]\n  own_score: {network: n.json, form: log_odds, months: 12, slope: 0.9, intercept: 4}", "a.yaml", segments=two)
    model(folder, "[]\n  own_score: {column: bureau_score, form: points, base_points: 512, base_odds: 1, points_to_double: %r, months: 12, slope: 0.9, intercept: 4}" % (256 * math.log(2)),
          "b.yaml", segments=two)
    for command in (["value", "--accept", "gross_above_face"], ["price", "--irr", "0.1"], ["simulate", "--paths", "100", "--seed", "3"], ["decide", "--agent-hours", "5"]):
        found = []
        for name in ("a.yaml", "b.yaml"):
            run(command[0], "T.h5", "--model", name, *command[1:], "--json", "o.json", "--quiet", folder=folder)
            with open(os.path.join(folder, "o.json"), encoding="utf-8") as file:
                found.append(json.load(file))
        numbers = [[], []]

        def gather(node, into):
            for key, item in node.items() if isinstance(node, dict) else enumerate(node):
                if isinstance(item, (dict, list)) and key not in ("manifest", "model"):
                    gather(item, into)
                elif isinstance(item, float):
                    into.append(item)
        for one, into in zip(found, numbers):
            gather(one, into)
        assert len(numbers[0]) == len(numbers[1]) > 5 and all(abs(a - b) <= 2e-5 * (1 + abs(b)) for a, b in zip(*numbers)), command
    run("value", "T.h5", "--model", "a.yaml", "--challenger", "b.yaml", "--accept", "gross_above_face", folder=folder)
    log = json.loads(run("model", "log", "a.yaml", "--format", "json", folder=folder).stdout)
    assert "network" in json.dumps(log), log
    # calibrated as a column's score is
    lines = ["Id,Start,Bal,Cash,Score"]
    dice = random.Random(2)
    lines += ["C%d,2024-%02d-01,1000,%d,%g" % (i, month, 1000 * (dice.random() < 0.003 * math.exp(dice.random() + (i % 300) / 200)), 400 + i % 300) for i in range(600) for month in range(1, 9)]
    write(folder, "p.csv", "\n".join(lines) + "\n")
    from test_own_columns import PANEL
    write(folder, "m.yaml", PANEL + "extra:\n  bureau_score: {column: Score, type: number}\n")
    run("import", "p.csv", "-o", "P.h5", "--panel", "--mapping", "m.yaml", folder=folder)
    told = [json.loads(run("fit", "P.h5", "--model", name, "-o", "c.yaml", "--calibrate", "--format", "json", folder=folder).stdout)["segments"] for name in ("a.yaml", "b.yaml")]
    for one, other in zip(*told):
        for key in ("slope", "intercept"):
            assert abs(one[key] - other[key]) < 1e-4 * (1 + abs(other[key])), (key, one, other)


def refused(folder):
    imported(folder, rows_of(20))
    good = random_network(random.Random(1), (3, 1), ("relu", "identity"))

    def told(change, card="[]\n  network: n.json"):
        made = json.loads(json.dumps(good))
        change(made)
        write(folder, "n.json", json.dumps(made))
        model(folder, card)
        return run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr

    cases = [(lambda n: n.update(jalki_network=2), "jalki_network: 1"), (lambda n: n.update(other=1), "unknown key other"), (lambda n: n.update(output="log_odds"), "own_score"),
             (lambda n: n.update(output="p"), "expected log"), (lambda n: n["inputs"][0].update(name="nowhere"), "unknown feature nowhere"),
             (lambda n: n["inputs"][0].update(scale=0), "scale: expected a number"), (lambda n: n["inputs"][0].update(low=3, high=3), "low below high"),
             (lambda n: n["inputs"][4].update(missing=3), "is about a number"), (lambda n: n["inputs"][1].update(log1p=True), "is about a number"),
             (lambda n: n["inputs"][0].update(means=3), "unknown key means"), (lambda n: n["inputs"][0].update(name="months_to_bar"), "missing key high"),
             (lambda n: n["inputs"].clear(), "1 to 4096 inputs"), (lambda n: n["layers"].clear(), "1 to 16 layers"), (lambda n: n["layers"].pop(), "one output"),
             (lambda n: n["layers"][0]["weights"][1].pop(), "list of 7 numbers"), (lambda n: n["layers"][0]["bias"].pop(), "list of 3 numbers"),
             (lambda n: n["layers"][0]["bias"].__setitem__(0, "x"), "numbers from -1e6"), (lambda n: n["layers"][1].update(activation="tanh"), "expected identity in the last"),
             (lambda n: n["layers"][0].update(activation="swish"), "identity, relu, tanh or logistic")]
    for change, words in cases:
        message = told(change)
        assert words in message and "n.json" in message, (words, message)
    assert "not JSON" in (write(folder, "n.json", "{") or run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr)
    assert "log_odds" in told(lambda n: n.update(output="log_odds"), "[]\n  own_score: {network: n.json, form: eta}")
    assert "scorecard.network" in told(lambda n: None, "[]\n  own_score: {network: n.json, form: log_odds}")
    assert "not below the model's folder" in told(lambda n: None, "[]\n  network: /etc/hostname")


CASES = [in_python, gradients, pytorch, scikit_learn, same_bits, as_a_column, refused]

if __name__ == "__main__":
    run_cases(CASES)
