# SPDX-License-Identifier: Apache-2.0
"""What a fit says of figures beside the cash (exits, class moves, titles, half-life): errors by hand arithmetic from the counts of fit.json, and
what `simulate` makes of an error against valuations of the model moved by it. And curves that are the base model's, because too few paid
under a treatment: landmarks of other treatments do not move what they bring."""
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
    import yaml
except ImportError as problem:
    print(f"skipped: {problem}")
    sys.exit(77)
import program  # noqa: E402

MODEL = SOURCE / "models" / "nordic.yaml"
PRIOR = 5.0  # exits and titles by which a segment leans on all


def errors_of_counts(found, covariance):
    """A gamma distribution's shape is the exits that were seen and those of all segments that are beside them."""
    beside = covariance["beside_cash"]
    events = sum(of["exit_monthly"]["events"] for of in found["exits"])
    assert math.isclose(beside["exits"], 1.0 / math.sqrt(1.0 + events), rel_tol=1e-6), beside["exits"]
    checked = 0
    for of, told in zip(found["exits"], beside["segments"]):
        assert of["segment"] == told["segment"]
        seen = of["exit_monthly"]
        if seen["observed"]:  # what was known beforehand is what is missing of the rate
            known = seen["events"] - seen["observed"] * seen["exposure"]
            shape = PRIOR + seen["events"]
            assert math.isclose(told["exit_monthly"], math.sqrt(shape) / (shape - known), rel_tol=1e-6), (of, told)
            assert math.isclose(told["exit_leans"], min(1.0, PRIOR / (shape - known)), rel_tol=1e-6), (of, told)
            checked += 1
        title = of["months_to_title"]
        if title["exposure"]:
            # monthly rows: chances q = 1 - exp(-1/L) of as many months; ln(1/L) has the information n (1/L)^2 (1 - q) / q
            rate = 1.0 / title["value"]
            still = math.exp(-rate)
            information = title["exposure"] * rate * rate * still / (1.0 - still)
            assert math.isclose(told["months_to_title"], 1.0 / math.sqrt(information + PRIOR), rel_tol=1e-4), (title, told)
            checked += 1
    assert checked > 20, checked
    rows = {(row["segment"], row["treatment"], row["from"]): row for row in found["transitions"]}
    for of in beside["class_moves"]:
        for i, name in enumerate(("none", "weak", "able")):
            row = rows[of["segment"], of["treatment"], name]
            for told, error, value in zip(of["relative_error"][i], row["std_error"], row["monthly"]):
                assert math.isclose(told, error / value, rel_tol=1e-6), (of, row)
            if of["segment"] is not None:
                assert math.isclose(of["leans"][i], 240.0 / (240.0 + row["months"]), rel_tol=1e-9)
    assert 0.0 < beside["half_life"] < 3.0


def expected(folder, model):
    line = ["backtest", folder / "p.h5", "--model", model, "--horizon", 24, "--landmark", 6, "--by", "treatment", "--to", "2022-01-02",
            "--json", folder / "b.json", "--quiet"]
    program.must_run(line)
    cells = json.loads((folder / "b.json").read_text())["models"][0]["horizons"][0]["by"]["treatment"]
    return {cell["name"]: cell["expected"] for cell in cells}


def base_curves(folder, covariance):
    """Surveillance under the fit brings what it would under the base model's points, classes and curves, payers being as they were learnt."""
    assert "surveil" in covariance["base_curves"], covariance["base_curves"]
    assert not any(level["treatment"] in covariance["base_curves"] for level in covariance["levels"])
    fitted = yaml.safe_load((folder / "m.yaml").read_text())
    base = model_file.load_yaml(str(MODEL))
    mixed = json.loads(json.dumps(fitted))
    mixed["scorecard"] = base["scorecard"]
    for to, of in zip(mixed["segments"], base["segments"]):
        for key in ("curves", "class_multiplier", "theta_center"):
            to[key] = of[key]
    (folder / "mixed.yaml").write_text(yaml.safe_dump(mixed, sort_keys=False))
    own, by_base = expected(folder, folder / "m.yaml"), expected(folder, folder / "mixed.yaml")
    print(f"surveillance {own['surveil']:.0f} by the fit, {by_base['surveil']:.0f} by the base model's hazards; "
          f"amicable {own['amicable']:.0f} and {by_base['amicable']:.0f}")
    assert abs(own["surveil"] / by_base["surveil"] - 1.0) < 0.05


def spread_of(folder):
    """Nothing else is drawn than the exits of all segments together."""
    still = model_file.load_yaml(str(MODEL))
    for country in still["risk"]["countries"].values():
        country["volatility"] = 0.0
    still["risk"]["parameters"] = {name: 0.0 for name in still["risk"]["parameters"]}
    error, value = 0.5, {}
    for name, factor in (("less", math.exp(-error)), ("still", 1.0), ("more", math.exp(error))):
        moved = json.loads(json.dumps(still))
        for segment in moved["segments"]:
            segment["exit_monthly"] *= factor * 20.0  # large enough to be seen
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(moved, sort_keys=False))
        program.must_run(["value", folder / "t.h5", "--model", folder / f"{name}.yaml", "--json", folder / "v.json", "--quiet"])
        value[name] = json.loads((folder / "v.json").read_text())["value"]
    segments = [{"segment": of["id"], "exit_monthly": None, "exit_leans": 1.0, "months_to_title": None} for of in still["segments"]]
    first = still["segments"][0]["id"]
    covariance = {"jalki_covariance": 1, "covariance": [[0.0]],
                  "parameters": [{"segment": first, "treatment": "surveil", "characteristic": "curve", "level": "0 and more", "credibility": 1.0}],
                  "beside_cash": {"half_life": 0.001, "pre_title_factor": None, "exits": error, "segments": segments, "class_moves": []}}
    (folder / "c.json").write_text(json.dumps(covariance))
    program.must_run(["simulate", folder / "t.h5", "--model", folder / "still.yaml", "--covariance", folder / "c.json", "--no-own-risk",
                      "--paths", 20000, "--json", folder / "s.json", "--quiet"])
    told = json.loads((folder / "s.json").read_text())["pv"]
    spread, moves = told["sd"] / told["mean"], math.log(value["less"] / value["more"]) / 2.0
    print(f"spread {spread:.4f}, valuations {moves:.4f}")
    assert moves > 0.02 and abs(spread / moves - 1.0) < 0.1, (spread, moves)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program.must_run(["generate", "-n", 1000, "--seed", 3, "-o", folder / "t.h5", "--quiet"])
        spread_of(folder)
        program.must_run(["generate", "--panel", "--model", MODEL, "-n", 2000, "--months", 24, "--seed", 5, "-o", folder / "p.h5", "--quiet"])
        program.must_run(["fit", folder / "p.h5", "--model", MODEL, "-o", folder / "m.yaml", "--json", folder / "f.json", "--quiet"])
        covariance = json.loads((folder / "m.covariance.json").read_text())
        errors_of_counts(json.loads((folder / "f.json").read_text()), covariance)
        base_curves(folder, covariance)


if __name__ == "__main__":
    main()
