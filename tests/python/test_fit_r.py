# SPDX-License-Identifier: Apache-2.0
"""`fit` against R: glm(family = quasipoisson) and the clustered errors of sandwich on the same rows, to six digits and more."""
import csv
import json
import math
import os
import pathlib
import shutil
import subprocess
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


def needs_r():
    if shutil.which("Rscript") is None:
        print("skipped: no Rscript here (Debian: r-base-core, r-cran-sandwich)")
        sys.exit(77)
    if subprocess.run(["Rscript", "-e", "library(sandwich)"], capture_output=True, check=False).returncode != 0:
        print("skipped: R has no package sandwich here (Debian: r-cran-sandwich)")
        sys.exit(77)


def level(value, reference):
    """Reference levels first in the order of R's factors."""
    return f"0{value}" if value == reference else value


def main():
    needs_r()
    rows = history.simulate(11, 1500)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        history.write_panel(folder / "p.csv", rows)
        program.must_run(["import", "--panel", folder / "p.csv", "-o", folder / "p.h5", "--quiet", "--max-rejects", "0"])
        program.must_run(["fit", folder / "p.h5", "--model", SOURCE / "tests" / "fit" / "base.yaml", "--json", folder / "f.json", "--quiet", "--hold-titles"])
        found = json.loads((folder / "f.json").read_text())
        classes = {(t["segment"], t["treatment"]): t["level"] for t in found["terms"]
                   if t["characteristic"] == "capacity_class" and t["reference"]}
        with open(folder / "rows.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["cash", "offset", "debtor", "term_curve", "term_class", "term_employment", "term_default_marks"])
            for r in rows:
                at = (r["segment"], r["treatment"])
                factor = history.PENDING if r["treatment"] == "legal" and r["title_state"] != "title" else 1.0
                own = r["capacity_class"] != classes[at]
                writer.writerow([r["cash"], math.log(float(r["balance_start"]) * factor), r["debtor_id"],
                                 "/".join(at) + f"/{history.KNOTS[at][r['step']]}",
                                 f"{at[0]}/{at[1]}/{r['capacity_class']}" if own else "0",
                                 level(r["employment"] or "missing", found["references"]["employment"]),
                                 level(r["mark"], found["references"]["default_marks"])])
        with open(folder / "fit.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["name", "estimate", "std_error"])
            for t in found["terms"]:
                where = f"{t['segment']}/{t['treatment']}/" if t["segment"] else ""
                what = t["from_month"] if t["characteristic"] == "curve" else t["level"]
                if not t["reference"]:
                    writer.writerow([f"{where}{what}", repr(t["estimate"]), repr(t["std_error"])])
            writer.writerow(["dispersion", repr(found["dispersion"]), 0])
        done = subprocess.run(["Rscript", SOURCE / "tests" / "fit" / "compare.R", folder / "rows.csv", folder / "fit.csv"],
                              capture_output=True, text=True, check=False)
        print(done.stdout + done.stderr)
        sys.exit(1 if done.returncode else 0)


if __name__ == "__main__":
    main()
