# SPDX-License-Identifier: Apache-2.0
"""Transitions of a generated panel: counts against numpy over the store's columns, estimates against the model that made the panel,
which the intervals must hold about as often as they say. Part of the classes is hidden, so that the next row must answer."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
    import yaml
except ImportError as missing:
    print(f"SKIPPED: {missing}")
    sys.exit(77)

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
MODEL = str(SOURCE / "models/nordic.yaml")
TRUTH = {segment["id"]: segment for segment in yaml.safe_load((SOURCE / "models/segments.yaml").read_text())["segments"]}
TREATMENTS, CLASSES = ["surveil", "amicable", "legal"], ["none", "weak", "able"]
LEGAL, HELD, OPEN = 2, 2, 0


def jalki(*arguments):
    subprocess.run([os.environ["JALKI_PROGRAM"], *map(str, arguments), "--quiet"], check=True, stdout=subprocess.DEVNULL)


def count(path):
    """Class changes by treatment, and rows and titles of those who work towards one, row by row."""
    with h5py.File(path) as file:
        c = {name: file["tape"][name][:] for name in ("claim_index", "period_start", "period_months", "treatment", "capacity_class",
                                                      "capacity_class_end", "title_state", "exit")}
    place = {(claim, start): i for i, (claim, start) in enumerate(zip(c["claim_index"], c["period_start"]))}
    by_claim = {}
    for claim, start in sorted(place):
        by_claim.setdefault(claim, []).append(place[claim, start])
    pairs, pending, titles = np.zeros((3, 3, 3), int), 0, 0
    for rows in by_claim.values():
        for i, following in zip(rows, rows[1:] + [None]):
            if c["exit"][i] > OPEN:
                continue
            if following is not None:
                gap = (c["period_start"][following] - c["period_start"][i]) / 30.4375 - c["period_months"][i]
                following = following if abs(gap) <= 0.5 else None
            start, end = c["capacity_class"][i], c["capacity_class_end"][i]
            if end < 0 and following is not None:
                end = c["capacity_class"][following]
            if start >= 0 and end >= 0:
                pairs[c["treatment"][i], start, end] += 1
            if c["treatment"][i] == LEGAL and 0 <= c["title_state"][i] < HELD and following is not None:
                pending += 1
                titles += c["title_state"][following] == HELD
    return pairs, pending, titles


def check(path, fit, period):
    pairs, pending, titles = count(path)
    for row in fit["transitions"]:
        if row["segment"] is None:
            mine = pairs[TREATMENTS.index(row["treatment"]), CLASSES.index(row["from"])]
            assert row["counts"] == mine.tolist(), (row, mine)
            assert row["months"] == mine.sum() * period
            assert abs(sum(row["monthly"]) - 1.0) < 1e-12
    assert sum(entry["months_to_title"]["exposure"] for entry in fit["exits"]) == pending * period
    assert sum(entry["months_to_title"]["events"] for entry in fit["exits"]) == titles > 50


def held(fit):
    """Of the true figures, those that their intervals hold, and their number."""
    inside = []
    for row in fit["transitions"]:
        if row["segment"] is not None and sum(row["counts"]) > 0:
            truth = TRUTH[row["segment"]]["class_monthly"][row["treatment"]][CLASSES.index(row["from"])]
            inside += [low <= value <= high for low, value, high in zip(row["low"], truth, row["high"])]
    for entry in fit["exits"]:
        truth = TRUTH[entry["segment"]]
        for name, value in (("exit_monthly", truth["exit_monthly"]), ("months_to_title", truth["legal"]["months_to_title"])):
            if entry[name]["events"] > 0:
                inside.append(entry[name]["low"] <= value <= entry[name]["high"])
    return sum(inside), len(inside)


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    panel, out, model = folder / "panel.h5", folder / "fit.json", folder / "fit.yaml"
    for period, hidden in ((1, 0.3), (3, 0.0)):
        jalki("generate", "--panel", "-n", 4000, "--model", MODEL, "--months", 24, "--period-months", period, "--hide-classes",
              hidden, "--seed", 11, "-o", panel)
        jalki("fit", panel, "--model", MODEL, "-o", model, "--json", out)
        fit = json.loads(out.read_text())
        check(panel, fit, period)
        inside, total = held(fit)
        assert total > 250 and inside / total > 0.93, (inside, total)
        print(f"periods of {period}: {inside} of {total} intervals hold the truth")
