# SPDX-License-Identifier: Apache-2.0
"""`fit` against an independent fit in NumPy on the same history, the fitted model against the fit, and histories that say nothing."""
import json
import math
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
try:
    import history
except ImportError as problem:
    print(f"skipped: {problem}")
    sys.exit(77)
import program  # noqa: E402

BASE = SOURCE / "tests" / "fit" / "base.yaml"


def fitted(folder, rows, *options, base=BASE):
    """Imports and fits; returns the JSON."""
    history.write_panel(folder / "p.csv", rows)
    program.must_run(["import", "--panel", folder / "p.csv", "-o", folder / "p.h5", "--quiet", "--max-rejects", "0"])
    program.must_run(["fit", folder / "p.h5", "--model", base, "-o", folder / "mine.yaml", "--json", folder / "fit.json", "--quiet", "--hold-titles",
                      *options])
    return json.loads((folder / "fit.json").read_text())


def references(found):
    """Reference level of each characteristic, and the class of each (segment, treatment)."""
    names = dict(found["references"])
    for term in found["terms"]:
        if term["characteristic"] == "capacity_class" and term["reference"]:
            names[term["segment"], term["treatment"]] = term["level"]
    return names


def key(term):
    level = term["from_month"] if term["characteristic"] == "curve" else term["level"]
    return term["segment"], term["treatment"], term["characteristic"], level


def near(value, expected, tolerance, what):
    assert abs(value - expected) <= tolerance * max(1.0, abs(expected)), f"{what}: {value!r} is not {expected!r}"


def equals_numpy(folder):
    rows = history.simulate(5, 1200)
    found = fitted(folder, rows, "--shrink", "none")
    assert [said for said in found["messages"] if not said.startswith("payers: ")] == [], found["messages"]  # it has no spells of payments
    expected, dispersion, total = history.fit(rows, references(found))
    terms = {key(t): t for t in found["terms"] if not t["reference"]}
    assert set(terms) == set(expected), set(terms) ^ set(expected)
    for name, (estimate, error) in expected.items():
        near(terms[name]["estimate"], estimate, 1e-8, f"{name} estimate")
        near(terms[name]["std_error"], error, 1e-8, f"{name} standard error")
    near(found["dispersion"], dispersion, 1e-8, "dispersion")
    near(found["cash"], sum(float(r["cash"]) for r in rows), 1e-12, "cash")
    near(found["exposure"], sum(float(r["balance_start"]) for r in rows), 1e-12, "exposure")
    near(found["expected"], total, 1e-6, "cash expected by the new model")
    # Figures of a model that was not shrunk are the fit: the same panel, fitted with it as base, has the same estimates.
    again = fitted(folder, rows, "--shrink", "none", "-o", folder / "again.yaml", base=folder / "mine.yaml")
    for term, other in zip(found["terms"], again["terms"]):
        near(other["estimate"], term["estimate"], 1e-8, "estimate on the fitted model")
    covariance = json.loads((folder / "mine.covariance.json").read_text())
    free = [t for t in found["terms"] if not t["reference"]]
    assert [key_of(p) for p in covariance["parameters"]] == [key_of(t) for t in free]
    for i, term in enumerate(free):
        near(math.sqrt(covariance["covariance"][i][i]), term["std_error"], 1e-12, "covariance")


def key_of(term):
    return term["segment"], term["treatment"], term["characteristic"], term["level"]


def same_for_any_threads(folder):
    rows = history.simulate(6, 300)
    texts = []
    for threads in (1, 3):
        fitted(folder, rows, "--threads", threads)
        texts.append([(folder / name).read_bytes() for name in ("fit.json", "mine.yaml", "mine.covariance.json")])
    assert texts[0] == texts[1]


def values_a_tape(folder):
    rows = history.simulate(7, 400)
    fitted(folder, rows)
    program.must_run(["generate", "-n", 2000, "-o", folder / "t.h5", "--quiet"])
    done = program.must_run(["value", folder / "t.h5", "--model", folder / "mine.yaml", "--format", "json"])
    assert json.loads(done.stdout)["value"] > 0


def says_what_cannot_be_fitted(folder):
    rows = history.simulate(8, 400)
    for row in rows:
        row["default_marks"] = 2  # one level
        if row["employment"] == "retired" or (row["segment"] == "rest" and row["treatment"] == "legal"):
            row["cash"] = "0.00"
        if row["employment"] == "":
            row["employment"] = "employed"
    found = fitted(folder, rows)
    text = json.dumps(found)
    assert "NaN" not in text and "Infinity" not in text
    said = " | ".join(found["messages"])
    for part in ("default_marks: all rows have one level", "employment, retired: no cash", "rest, legal, curve, 0 to below 24: no cash"):
        assert part in said, f"'{part}' is not in {said}"
    retired = next(t for t in found["terms"] if t["level"] == "retired")
    assert retired["estimate"] == 0 and retired["std_error"] == 0 and retired["state"] == "no cash"
    program.must_run(["value", "--help"])
    assert "nan" not in (folder / "mine.yaml").read_text().lower().replace("finance", "")


def refuses(folder):
    rows = history.simulate(9, 30)
    for row in rows:
        row["cash"] = "0.00"
    history.write_panel(folder / "p.csv", rows)
    program.must_run(["import", "--panel", folder / "p.csv", "-o", folder / "p.h5", "--quiet"])
    outputs = ["-o", folder / "none.yaml", "--quiet"]
    done = program.run(["fit", folder / "p.h5", "--model", BASE, *outputs])
    assert done.returncode == 1 and "cash of 0" in done.stderr, done.stderr
    done = program.run(["fit", folder / "p.h5", "--model", BASE, *outputs, "--monotone", "default_mark=up"])
    assert done.returncode == 1 and "did you mean default_marks?" in done.stderr, done.stderr
    done = program.run(["fit", folder / "p.h5", "--model", BASE, *outputs, "--monotone", "employment=up"])
    assert done.returncode == 1 and "no order" in done.stderr, done.stderr
    done = program.run(["fit", folder / "p.h5", "--model", BASE, "-o", folder / "p.h5"])
    assert done.returncode == 1 and "input of this run" in done.stderr, done.stderr
    done = program.run(["fit", folder / "p.h5", "--model", BASE, "--split", "80-0"])
    assert done.returncode == 2, done.stderr
    assert not (folder / "none.yaml").exists() and not (folder / "none.covariance.json").exists()


def finds_bins(folder):
    """Four steps of default_marks 0..19 in the truth; the points must not fall where they are asked to rise."""
    rows = history.simulate(10, 2500, months=6)
    marks = {}
    for i, row in enumerate(rows):
        mark = marks.setdefault(row["debtor_id"], len(marks) % 20)
        row["default_marks"] = mark
        paid = 1.0 if mark >= 10 else 0.25
        row["cash"] = f"{float(row['cash']) * paid:.2f}"
    found = fitted(folder, rows, "--auto-bins", "--monotone", "default_marks=up")
    bins = [t for t in found["terms"] if t["characteristic"] == "default_marks"]
    points = [t["estimate"] for t in bins]
    assert points == sorted(points), bins
    assert any("10 and more" in t["level"] or t["level"].startswith("10 to") for t in bins), [t["level"] for t in bins]
    assert 2 <= len(bins) <= 4, [t["level"] for t in bins]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for test in (equals_numpy, same_for_any_threads, values_a_tape, says_what_cannot_be_fitted, refuses, finds_bins):
            test(folder)
            print("ok:", test.__name__, flush=True)


if __name__ == "__main__":
    main()
