# SPDX-License-Identifier: Apache-2.0
"""Histories simulated under a known model by `generate --panel`, fitted: how often the 95 % intervals hold the truth.

Were the 496 intervals independent and exact, 95 % of them would hold it, and between 91.8 and 98.2 % in 999 of 1000 tries (binomial).
Two things pull below 95 %: balances have a long tail, so that a debtor's cash does too and errors come out about 7 % small on
histories of this size (they were 1.075 standard errors over 40 seeds); and estimates of one history share their reference levels."""
import json
import math
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
try:
    import model_file
except ImportError as problem:
    print(f"skipped: {problem}")
    sys.exit(77)
import program  # noqa: E402
import truth  # noqa: E402

TRUTH = SOURCE / "tests" / "fit" / "truth.yaml"
SEEDS = 16
NORMAL_95, NORMAL_999 = 1.96, 3.29


def main():
    program.statistics()
    model = model_file.load_yaml(str(TRUTH))
    scores, held = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for seed in range(1, SEEDS + 1):
            program.must_run(["generate", "--panel", "--model", TRUTH, "-n", 8000, "--months", 12, "--instalments", 0.9, "--seed", seed,
                              "-o", folder / "p.h5", "--quiet"])
            program.must_run(["fit", folder / "p.h5", "--model", TRUTH, "--json", folder / "fit.json", "--quiet", "--hold-titles"])
            found = json.loads((folder / "fit.json").read_text())
            assert found["converged"]
            for term, score in truth.scores(model, found):
                scores.append(score)
                low, high = term["interval"]
                held.append(low <= term["estimate"] - score * term["std_error"] <= high)
    covered = sum(abs(score) < NORMAL_95 for score in scores) / len(scores)
    bound = NORMAL_999 * math.sqrt(0.95 * 0.05 / len(scores))
    mean = sum(scores) / len(scores)
    print(f"{len(scores)} intervals, {100 * covered:.1f} % hold the truth; mean score {mean:+.2f}")
    assert 0.95 - bound <= covered <= 0.95 + bound, covered
    print(f"the intervals that it gives: {100 * sum(held) / len(held):.1f} %")
    assert 0.95 - bound <= sum(held) / len(held) <= 0.98
    # A bias of the estimates would show in the mean of the scores, whose own error is a few times 1/sqrt(seeds) over the terms.
    assert abs(mean) < 0.25, mean


if __name__ == "__main__":
    main()
