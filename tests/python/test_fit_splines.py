# SPDX-License-Identifier: Apache-2.0
"""`fit --splines` on histories whose points go smoothly with age and marks (scripts/shape.py, which also has a larger comparison): the smooth points
lie nearer to the truth than three bins do, their intervals hold it, what has no shape gets none, and the covariance names the bins that the model has."""
import json
import math
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
sys.path.insert(0, str(SOURCE / "scripts"))
try:
    import yaml
except ImportError as problem:
    print(f"skipped: {problem}")
    sys.exit(77)
import program  # noqa: E402
import shape  # noqa: E402

CLAIMS = 2500 if os.environ.get("JALKI_FEW_CASES") else 5000


def fit(folder, name, *options, base="base.yaml"):
    program.must_run(["fit", folder / "panel.h5", "--model", folder / base, "-o", folder / f"{name}.yaml", "--json", folder / f"{name}.json", "--quiet", *options])
    return json.loads((folder / f"{name}.json").read_text())


def middle(item, bin_number):
    bounds = [float(b["below"]) for b in item["bins"][:-1]]
    return (bounds[bin_number - 1] + bounds[bin_number]) / 2


def intervals(folder, spline):
    """Of bins against the middle one, by the posterior's covariance: how many hold the truth."""
    covariance = json.loads((folder / "spline.covariance.json").read_text())
    card = yaml.safe_load((folder / "spline.yaml").read_text())["scorecard"]["characteristics"]
    item = next(i for i in card if i["name"] == "age_years")
    places = [n for n, p in enumerate(covariance["parameters"]) if p["characteristic"] == "age_years" and p["level"] != "missing"]
    # The reference, known exactly, is missing or one of the bins.
    assert len(places) in (len(item["bins"]), len(item["bins"]) - 1) and len(places) > 20
    level_of = {t["level"]: t["index"] if "index" in t else n for n, t in
                enumerate(t for t in spline["terms"] if t["characteristic"] == "age_years")}
    held = count = 0
    matrix, base = covariance["covariance"], places[len(places) // 2]
    for place in places:
        a, b = level_of[covariance["parameters"][place]["level"]], level_of[covariance["parameters"][base]["level"]]
        if place == base or not 0 < a < len(item["bins"]) - 1:
            continue
        error = math.sqrt(matrix[place][place] + matrix[base][base] - 2 * matrix[place][base])
        found = float(item["bins"][a]["points"]) - float(item["bins"][b]["points"])
        true = shape.of_age(middle(item, a)) - shape.of_age(middle(item, b))
        held += abs(found - true) < 1.96 * error
        count += 1
    return held, count


def refused(folder):
    for names, words in (("employment", "have no order"), ("age_year", "did you mean age_years"), ("age_years,", "no characteristic")):
        ran = program.run(["fit", folder / "panel.h5", "--model", folder / "base.yaml", "--splines", names])
        assert ran.returncode != 0 and words in ran.stderr, ran.stderr
    ran = program.run(["fit", folder / "panel.h5", "--model", SOURCE / "models" / "nordic.yaml", "--splines", "paid_12m_share"])
    assert ran.returncode != 0 and "fade" in ran.stderr, ran.stderr


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shape.models(folder)
        program.must_run(["generate", "--panel", "--model", folder / "truth.yaml", "-n", CLAIMS, "--months", 24, "--seed", 5, "-o", folder / "panel.h5", "--quiet"])
        fit(folder, "bins")
        spline = fit(folder, "spline", "--splines", "age_years,default_marks", "--threads", 1)
        bins, smooth = shape.points_error(folder / "bins.yaml"), shape.points_error(folder / "spline.yaml")
        assert smooth < 0.75 * bins, (smooth, bins)
        freedom = {s["characteristic"]: s["degrees_of_freedom"] for s in spline["splines"]}
        assert set(freedom) == {"age_years", "default_marks"} and all(1.0 < f < 15.0 for f in freedom.values()), freedom
        held, count = intervals(folder, spline)
        assert held >= 0.75 * count, (held, count)  # neighbours err together
        # All, on two threads: the same; then a truth without shape.
        assert fit(folder, "again", "--splines", "all", "--threads", 2)["terms"] == spline["terms"]
        program.must_run(["generate", "--panel", "--model", folder / "base.yaml", "-n", CLAIMS, "--months", 24, "--seed", 6, "-o", folder / "panel.h5", "--quiet"])
        flat = fit(folder, "flat", "--splines", "all")
        noise = shape.points_error(folder / "flat.yaml", lambda _: 0.0, lambda _: 0.0)
        assert noise < 0.15, noise
        program.must_run(["generate", "-n", 500, "-o", folder / "t.h5", "--quiet"])
        program.must_run(["simulate", folder / "t.h5", "--model", folder / "spline.yaml", "--covariance", folder / "spline.covariance.json", "--paths", 100,
                          "--json", folder / "s.json", "--quiet"])
        manifest = json.loads((folder / "s.json").read_text())["manifest"]
        assert manifest["parameters_left_out"] == 0 and manifest["parameters_drawn"] > 60, manifest
        refused(folder)
    print(f"points off by {bins:.3f} in three bins, {smooth:.3f} smooth, {freedom}; {held} of {count} intervals of bins hold; without shape "
          f"{noise:.3f}, {[round(s['degrees_of_freedom'], 1) for s in flat['splines']]}")


if __name__ == "__main__":
    main()
