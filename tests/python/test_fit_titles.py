# SPDX-License-Identifier: Apache-2.0
"""What a title brings, found again in histories simulated under a known model from a base model that guesses it wrongly: cases before a
title bring half of what it says, and garnishment twice as much."""
import json
import math
import os
import pathlib
import sys
import tempfile

import yaml

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
import program  # noqa: E402

ATTACHABLE = "attachable: {base: 900, per_dependant: 200, housing_counts: false, max_share: 0.5, bands: [{from_multiple: 1, rate: 0.5}]}"
HELD = "pre_title_factor: 0.5, garnish_share: [0.0, 0.0, 0.0]"
TRUE = {"pre_title_factor": 0.4, "garnish_share": [0.2, 0.3, 0.5]}
GUESS = {"pre_title_factor": 0.8, "garnish_share": [0.1, 0.15, 0.25]}
FACTOR = {"pre_title_factor": 0.5, "garnish_share": 2.0}
SEEDS, NORMAL_999 = (1, 2), 3.29


def write(path, figures):
    text = (SOURCE / "tests" / "fit" / "truth.yaml").read_text()
    assert HELD in text and "attachable: null" in text
    given = ", ".join(f"{key}: {value}" for key, value in figures.items())
    path.write_text(text.replace("attachable: null", ATTACHABLE).replace(HELD, given))


def fit(folder, *options):
    program.must_run(["fit", folder / "p.h5", "--model", folder / "base.yaml", "-o", folder / "m.yaml", "--json", folder / "f.json", "--quiet", *options])
    return json.loads((folder / "f.json").read_text())


def check_model(folder, titles):
    for segment in yaml.safe_load((folder / "m.yaml").read_text())["segments"]:
        assert math.isclose(segment["legal"]["pre_title_factor"], 0.8 * titles["pre_title_factor"]["taken"], rel_tol=1e-6), segment["legal"]
        for found, guess in zip(segment["legal"]["garnish_share"], GUESS["garnish_share"]):
            assert math.isclose(found, min(1, guess * titles["garnish_share"]["taken"]), rel_tol=1e-6), segment["legal"]


def main():
    scores = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write(folder / "truth.yaml", TRUE)
        write(folder / "base.yaml", GUESS)
        for seed in SEEDS:
            program.must_run(["generate", "--panel", "--model", folder / "truth.yaml", "-n", 2500, "--months", 15, "--seed", seed,
                              "-o", folder / "p.h5", "--quiet"])
            found = fit(folder)
            for key, factor in found["titles"].items():
                assert factor["learned"] and factor["why_not"] is None and factor["payers"] >= 20, factor
                scores.append(math.log(factor["factor"] / FACTOR[key]) / factor["std_error"])
                low, high = factor["interval"]
                assert low < factor["factor"] < high and abs(math.log(factor["taken"])) < abs(math.log(factor["factor"])), factor
            check_model(folder, found["titles"])
            assert any(line.startswith("garnish_share: ") for line in found["summary"]["learned"]), found["summary"]
        assert all(abs(score) < NORMAL_999 for score in scores), scores
        assert max(score["std_error"] for score in found["titles"].values()) < 0.6
        alone = fit(folder, "--shrink", "none")["titles"]  # the estimates are taken as they are
        for key in alone:
            assert math.isclose(alone[key]["taken"], alone[key]["factor"], rel_tol=1e-6)
        # A tenth of the debtors is too little: the base model's figures stand, and that is said.
        few = fit(folder, "--split", "0-4")
        assert not any(factor["learned"] or factor["factor"] is not None for factor in few["titles"].values()), few["titles"]
        assert "at least 20" in few["titles"]["garnish_share"]["why_not"]
        assert any("garnish_share stays the base model's" in message for message in few["messages"]), few["messages"]
        kept = yaml.safe_load((folder / "m.yaml").read_text())["segments"][0]["legal"]
        assert {key: kept[key] for key in GUESS} == GUESS, kept
    print("titles: scores " + ", ".join(f"{score:+.1f}" for score in scores))


if __name__ == "__main__":
    main()
