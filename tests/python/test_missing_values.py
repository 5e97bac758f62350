# SPDX-License-Identifier: Apache-2.0
"""What a tape does not say is missing to characteristics, trees and tables, column for column; the defaults serve law and money."""
import csv
import json
import os
import pathlib
import shutil
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
import program  # noqa: E402

COLUMNS = ["interest_accrued", "fees", "original_principal", "income_monthly", "dependants", "housing_cost", "other_debt_enforced", "default_marks",
           "payments_12m", "payments_24m", "promises_kept", "promises_broken", "placements"]
DERIVED = {"paid_12m_share": "payments_12m", "paid_24m_share": "payments_24m", "kept_share": "promises_kept"}
BARE = ["claim_id", "country", "written_off_on", "principal"]


def model(folder, lines):
    """The structure that fits are tested with, under another scorecard."""
    shutil.copy(SOURCE / "tests" / "fit" / "base.yaml", folder / "base.yaml")
    (folder / "m.yaml").write_text("jalki_model: 1\ninclude: [base.yaml]\nname: m\nscorecard:\n" + lines)
    return folder / "m.yaml"


def scores(folder, card):
    model(folder, card)
    for claim in ("given", "bare"):
        done = program.run(["explain", folder / "t.h5", "--model", folder / "m.yaml", "--claim", claim, "--format", "json"])
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)["score"]


def characteristics(folder):
    """Every column at 0 and every column missing are different claims."""
    with open(folder / "t.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(BARE + COLUMNS)
        out.writerow(["given", "FI", "2024-03-15", 1000] + [0] * len(COLUMNS))
        out.writerow(["bare", "FI", "2024-03-15", 1000] + [""] * len(COLUMNS))
        out.writerow(["kept", "FI", "2024-03-15", 1000] + ["3" if name == "promises_kept" else "" for name in COLUMNS])
    program.must_run(["import", folder / "t.csv", "-o", folder / "t.h5", "--cutoff", "2026-03-15", "--quiet"])
    names = COLUMNS + list(DERIVED)
    card = "  intercept: 0\n  weak_from: 430\n  able_from: 560\n  characteristics:\n" + "".join(
        f"    - {{name: {name}, missing: 0.25, bins: [{{below: 0.5, points: 0.5}}, {{points: 1.0}}]}}\n" for name in names)
    given, bare = scores(folder, card)
    for part, value, points in ((given, 0.0, 0.5), (bare, None, 0.25)):
        for item in part["characteristics"]:
            missing = value is None or item["name"] == "kept_share"  # 0 of 0 promises
            assert item["points"] == (0.25 if missing else points), item
            assert item["value"] == (None if missing else value), item
    assert len(given["characteristics"]) == len(names)


def trees(folder):
    """A fork on payments_12m that missing leaves to the right, 0 to the left."""
    forest = {"learner": {"feature_names": ["payments_12m"], "learner_model_param": {"base_score": "1E0"},
                          "objective": {"name": "count:poisson"},
                          "gradient_booster": {"name": "gbtree", "model": {"tree_info": [0], "trees": [
                              {"left_children": [1, -1, -1], "right_children": [2, -1, -1], "split_indices": [0, 0, 0],
                               "split_conditions": [5, 0.125, 0.75], "default_left": [0, 0, 0], "sum_hessian": [2, 1, 1],
                               "split_type": [0, 0, 0]}]}}}}
    (folder / "trees.json").write_text(json.dumps(forest))
    given, bare = scores(folder, "  intercept: 0\n  weak_from: 430\n  able_from: 560\n  characteristics: []\n  trees: trees.json\n")
    assert abs(bare["eta"] - given["eta"] - 0.625) < 1e-6, (given["eta"], bare["eta"])


def stability(folder):
    """A seller who stops giving a field has not sent a population without payments."""
    with open(folder / "p.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["claim_id", "debtor_id", "country", "written_off_on", "period_start", "period_months", "balance_start", "treatment", "cash",
                      "payments_12m"])
        for i in range(200):
            for start, paid in (("2021-01-01", 0), ("2021-07-01", "")):
                out.writerow([f"c{i}", f"d{i}", "FI", "2020-01-01", start, 1, 100, "amicable", 5 if i % 7 == 0 else 0, paid])
    program.must_run(["import", "--panel", folder / "p.csv", "-o", folder / "p.h5", "--quiet"])
    model(folder, "  intercept: 0\n  weak_from: 430\n  able_from: 560\n  characteristics:\n"
                  "    - {name: payments_12m, missing: 0.5, bins: [{below: 0.5, points: 0}, {points: 1}]}\n")
    program.must_run(["backtest", folder / "p.h5", "--model", folder / "m.yaml", "--from", "2021-06-01", "--json", folder / "b.json", "--quiet"])
    moved = {s["name"]: s["psi"] for s in json.loads((folder / "b.json").read_text())["stability"]}
    assert moved["payments_12m"] > 5, moved
    program.must_run(["fit", folder / "p.h5", "--model", folder / "m.yaml", "--json", folder / "f.json", "--quiet"])
    rows = {t["level"]: t["exposure"] for t in json.loads((folder / "f.json").read_text())["terms"] if t["characteristic"] == "payments_12m"}
    assert rows["missing"] == rows["below 0.5"] == 20000.0, rows


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for check in (characteristics, trees, stability):
            check(folder)
    print("missing values: all as promised")


if __name__ == "__main__":
    main()
