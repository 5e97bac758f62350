# SPDX-License-Identifier: Apache-2.0
"""Classes by the score are guesses: `generate --panel` starts claims by the truth's `class_given_score`, `fit` learns one for its own score,
counted again here from the panel's first rows and the scores that `value` gives the same claims; without classes there is none."""
import csv
import json
import math
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
import program  # noqa: E402

SHARES = [[0.7, 0.2, 0.1], [0.15, 0.6, 0.25], [0.1, 0.3, 0.6]]
CLASSES = ["none", "weak", "able"]
FORCED = ("enforcement_insolvent", "bankruptcy", "debt_adjustment")
START, CLAIMS, PRIOR = "2021-01-01", 4000, 10


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def scores(folder, model, first):
    """Class by the score and theta of the claims as they stood in their first row, but for those whose status forces a class."""
    program.must_run(["value", folder / "t.h5", "--model", model, "--claims", folder / "c.csv", "--full", "--quiet"])
    for row in rows_of(folder / "c.csv"):
        if row["claim_id"] in first and first[row["claim_id"]]["legal_status"] not in FORCED:
            yield first[row["claim_id"]]["capacity_class"], row["capacity_class"], float(row["theta"])


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        truth = folder / "truth.yaml"
        text = (SOURCE / "tests" / "fit" / "truth_payers.yaml").read_text()
        truth.write_text(text.replace("scorecard:\n", f"scorecard:\n  class_given_score: {SHARES}\n", 1))
        common = ["-n", CLAIMS, "--seed", 5, "--quiet"]
        program.must_run(["generate", "--panel", "--model", truth, "--months", 12, "--start", START, *common, "-o", folder / "p.csv"])
        program.must_run(["generate", *common, "--cutoff", START, "-o", folder / "t.h5"])
        program.must_run(["import", "--panel", folder / "p.csv", "-o", folder / "p.h5", "--quiet"])
        first = {row["claim_id"]: row for row in rows_of(folder / "p.csv") if row["period_start"] == START}

        begun = [[0.0] * 3 for _ in CLASSES]
        for is_class, by_score, _ in scores(folder, truth, first):
            begun[CLASSES.index(by_score)][CLASSES.index(is_class)] += 1
        for row, shares in zip(begun, SHARES):
            for count, share in zip(row, shares):
                error = math.sqrt(share * (1 - share) / sum(row))
                assert abs(count / sum(row) - share) < 4 * error, (begun, SHARES)

        fit = ["fit", folder / "p.h5", "--model", truth, "-o", folder / "m.yaml", "--json", folder / "f.json", "--quiet"]
        program.must_run(fit)
        found = json.loads((folder / "f.json").read_text())["class_given_score"]
        weight, claims = [[0.0] * 3 for _ in CLASSES], [0] * 3
        for is_class, by_score, theta in scores(folder, folder / "m.yaml", first):
            weight[CLASSES.index(by_score)][CLASSES.index(is_class)] += theta
            claims[CLASSES.index(by_score)] += 1
        assert claims == [found[name]["claims"] for name in CLASSES], (claims, found)
        everything = sum(map(sum, weight))
        of_class = [sum(weight[s][k] for s in range(3)) / everything for k in range(3)]
        for s, of_score in enumerate(CLASSES):
            mean = sum(weight[s]) / claims[s]
            again = [(weight[s][k] + PRIOR * mean * of_class[k]) / (sum(weight[s]) + PRIOR * mean) for k in range(3)]
            # theta of a segment is beside the segment's own centre: the weights of one score are those of exp(eta) but for it
            assert all(abs(a - b) < 0.02 for a, b in zip(again, found[of_score]["shares"])), (again, found)

        hidden = [{**row, "capacity_class": "", "capacity_class_end": ""} for row in rows_of(folder / "p.csv")]
        with open(folder / "h.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, hidden[0])
            writer.writeheader()
            writer.writerows(hidden)
        program.must_run(["import", "--panel", folder / "h.csv", "-o", folder / "p.h5", "--quiet"])
        program.must_run(fit)
        assert json.loads((folder / "f.json").read_text())["class_given_score"] is None
        assert "class_given_score" not in (folder / "m.yaml").read_text()


if __name__ == "__main__":
    main()
