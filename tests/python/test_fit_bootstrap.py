# SPDX-License-Identifier: Apache-2.0
"""`fit --bootstrap`: errors and quantiles against NumPy (tests/reference/bootstrap.py), the same bytes from every kernel and any number of
threads, what is told, and how often the intervals hold the truth that histories were simulated under."""
import csv
import io
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
try:
    import bootstrap
    import history
    import model_file
except ImportError as problem:
    print(f"skipped: {problem}")
    sys.exit(77)
import program  # noqa: E402
import truth  # noqa: E402
from test_fit import fitted, key, near, references  # noqa: E402

TRUTH = SOURCE / "tests" / "fit" / "truth.yaml"
DRAWS, SEED = 499, 7
NEEDED = 5  # payers


def equals_numpy(folder):
    rows = history.simulate(5, 900)
    found = fitted(folder, rows, "--shrink", "none", "--bootstrap", DRAWS, "--seed", SEED)
    columns, x, cash, beta, mu, _, debtor = history.dense(rows, references(found))
    errors, quantiles = bootstrap.bootstrap(x, cash, mu, debtor, DRAWS, SEED)
    terms = {key(t): t for t in found["terms"] if not t["reference"]}
    assert set(terms) == set(columns)
    few = 0
    for i, name in enumerate(columns):
        term = terms[name]
        near(term["std_error_jackknife"], errors[i], 1e-7, f"{name} error")
        if term["payers"] < NEEDED:
            few += 1
            assert term["bootstrap_quantile"] is None and term["interval"] == [None, None], term
            continue
        near(term["bootstrap_quantile"], quantiles[i], 1e-6, f"{name} quantile")
        half = quantiles[i] * max(errors[i], term["std_error"], term["std_error_model"])
        near(term["interval"][0], beta[i] - half, 1e-6, f"{name} low")
        near(term["interval"][1], beta[i] + half, 1e-6, f"{name} high")
    assert found["bootstrap"] == {"draws": DRAWS, "seed": SEED, "figures": len(columns) - few, "too_few_payers": few}, found["bootstrap"]


def same_bytes(folder):
    """Threads and instruction sets; and by the unit test, which has blocks of debtors for either, kernels of OpenBLAS beside our own."""
    for core in ("PRESCOTT", "NEHALEM", "SANDYBRIDGE", "HASWELL", "ZEN", "SKYLAKEX"):
        done = subprocess.run([pathlib.Path(os.environ["JALKI_BUILD"]) / "tests" / "fit_test_bootstrap"], env={**os.environ, "OPENBLAS_CORETYPE": core},
                              capture_output=True, text=True, check=False)
        assert done.returncode in (0, -4), (core, done.stdout, done.stderr)  # -4: kernels that this processor does not run
    history.write_panel(folder / "p.csv", history.simulate(6, 700))
    program.must_run(["import", "--panel", folder / "p.csv", "-o", folder / "p.h5", "--quiet"])
    command = ["fit", folder / "p.h5", "--model", SOURCE / "tests" / "fit" / "base.yaml", "--hold-titles", "--quiet", "--bootstrap", DRAWS, "--format", "csv"]
    usual = program.must_run_text(command)
    for isa, threads in (("base", 4), ("v3", 1), ("v4", 2)):
        done = program.run([*command, "--threads", threads], {"JALKI_ISA": isa})
        if "does not run here" not in done.stderr:
            assert done.returncode == 0 and done.stdout == usual, (isa, done.stderr)
    other = program.must_run_text([*command, "--seed", 2])
    assert other != usual
    rows, again = (list(csv.DictReader(io.StringIO(text))) for text in (usual, other))
    for one, two in zip(rows, again):  # a seed moves the ends of intervals, and nothing else
        assert {k: v for k, v in one.items() if k not in ("low", "high")} == {k: v for k, v in two.items() if k not in ("low", "high")}
    assert any(one["low"] != two["low"] for one, two in zip(rows, again))


def tells(folder):
    rows = history.simulate(8, 60)
    found = fitted(folder, rows, "--bootstrap", 99, "--html", folder / "fit.html")
    few = found["bootstrap"]["too_few_payers"]
    assert few > 0
    assert any(said.startswith(f"bootstrap: {few} of {few + found['bootstrap']['figures']} figures have no interval") for said in found["messages"]), found["messages"]
    assert "draws of the bootstrap" in (folder / "fit.html").read_text()
    said = program.must_run_text(["fit", folder / "p.h5", "--model", SOURCE / "tests" / "fit" / "base.yaml", "--bootstrap", 99, "--full", "--quiet"])
    assert "intervals by bootstrap" in said and f"{few} figures without" in said and "too few payers" in said, said
    assert fitted(folder, rows)["bootstrap"] is None
    for wrong, what in ((["--bootstrap", 50], "50 draws are too few"), (["--bootstrap", 10001], "10000"), (["--seed", 3], "--bootstrap N"),
                        (["--bootstrap", 99, "--calibrate"], "--bootstrap is not for it")):
        done = program.run(["fit", folder / "p.h5", "--model", SOURCE / "tests" / "fit" / "base.yaml", *wrong])
        assert done.returncode == 2 and what in done.stderr, done.stderr


def covers(folder):
    """Histories in which a cell has a few dozen payers. Independent and exact intervals would hold the truth in 95 % of the cases."""
    program.statistics()
    model = model_file.load_yaml(str(TRUTH))
    held = {"draws": [], "before": []}
    for seed in range(1, 11):
        program.must_run(["generate", "--panel", "--model", TRUTH, "-n", 800, "--months", 12, "--instalments", 0.9, "--seed", seed, "-o", folder / "c.h5", "--quiet"])
        for way, more in (("draws", ["--bootstrap", 999]), ("before", [])):
            program.must_run(["fit", folder / "c.h5", "--model", TRUTH, "--json", folder / "c.json", "--quiet", "--hold-titles", *more])
            found = json.loads((folder / "c.json").read_text())
            values = truth.truth(model, found)
            for term in found["terms"]:
                if term["state"] == "estimated" and term["payers"] >= NEEDED:
                    low, high = term["interval"]
                    held[way].append((term["payers"], low <= values[term["segment"], term["treatment"], term["characteristic"], term["level"]] <= high, high - low))
    for way, all_of in held.items():
        for least, most in ((5, 9), (10, 24), (25, 49), (5, 49), (50, 1e9)):
            some = [(h, width) for payers, h, width in all_of if least <= payers <= most]
            if some:
                print(f"{way}: {len(some)} cells of {least} to {most:g} payers, {100 * sum(h for h, _ in some) / len(some):.1f} % hold, middle width {sorted(w for _, w in some)[len(some) // 2]:.2f}")
    thin = [h for payers, h, _ in held["draws"] if payers < 50]
    share = sum(thin) / len(thin)
    assert 0.95 - 3.29 * math.sqrt(0.95 * 0.05 / len(thin)) <= share <= 0.995, (share, len(thin))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        equals_numpy(folder)
        same_bytes(folder)
        tells(folder)
        covers(folder)


if __name__ == "__main__":
    main()
