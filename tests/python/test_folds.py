# SPDX-License-Identifier: Apache-2.0
"""`backtest --folds N` is N fits and N back-tests put together: each part of the debtors under the model that was fitted on the others
(`fit --split 67-33` leaves out 33-67), in single periods and over horizons."""
import json
import math
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
import program  # noqa: E402

BASE = SOURCE / "tests" / "fit" / "truth.yaml"
PARTS = ((0, 33), (33, 66), (66, 100))


def tested(folder, model, *options):
    program.must_run(["backtest", folder / "p.h5", "--model", model, *options, "--json", folder / "b.json", "--quiet"])
    return json.loads((folder / "b.json").read_text())


def same(whole, parts, keys):
    for key in keys:
        total = sum(part[key] for part in parts)
        assert math.isclose(whole[key], total, rel_tol=1e-9), (key, whole[key], total)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program.must_run(["generate", "--panel", "--model", BASE, "-n", 400, "--months", 9, "--seed", 3, "-o", folder / "p.h5", "--quiet"])
        periods, years = [], []
        for low, high in PARTS:
            others = f"{high % 100}-{low or 100}"
            program.must_run(["fit", folder / "p.h5", "--model", BASE, "--split", others, "-o", folder / "m.yaml", "--quiet"])
            periods.append(tested(folder, folder / "m.yaml", "--split", f"{low}-{high}"))
            years.append(tested(folder, folder / "m.yaml", "--split", f"{low}-{high}", "--horizon", 6))
        whole = tested(folder, BASE, "--folds", 3)
        same(whole, periods, ("rows", "debtors", "payers", "actual", "expected"))
        assert whole["panel"]["folds"] == 3 and whole["stability"] == [] and periods[0]["panel"]["folds"] == 1
        assert "What a treatment brings is tested on who was chosen for it" in whole["in_words"]
        horizon = tested(folder, BASE, "--folds", 3, "--horizon", 6)
        same(horizon, years, ("landmarks", "claims"))
        of = [one["models"][0]["horizons"][0] for one in (horizon, *years)]
        same(of[0]["total"], [one["total"] for one in of[1:]], ("debtors", "payers", "actual", "expected"))
        cells = {cell["name"] for one in of for cell in one["by"]["decision"]}
        for cell in cells:
            found = [[c for c in one["by"]["decision"] if c["name"] == cell] for one in of]
            same(found[0][0], [c for one in found[1:] for c in one], ("landmarks", "actual", "expected"))
        assert "had the treatment that the model's plan decides" in of[0]["in_words"]
        for options in (["--folds", 3, "--split", "0-50"], ["--folds", 3, "--holdout", 20], ["--folds", 1], ["--folds", 21]):
            done = program.run(["backtest", folder / "p.h5", "--model", BASE, *options])
            assert done.returncode == 2 and "--folds" in done.stderr, (options, done.stderr)
    print(f"folds hold: {whole['rows']} rows, {sorted(cells)}")


if __name__ == "__main__":
    main()
