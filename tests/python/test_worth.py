# SPDX-License-Identifier: Apache-2.0
"""What a fitted model's plan loses by not knowing its figures, and how uncertain its value is: one figure of one curve is uncertain, so
that the spread is the value's slope in that figure (the plan is the best one: re-planning does not change it to first order), and the
plan loses nothing to first order. `bid` takes its error from it."""
import json
import math
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
import program  # noqa: E402

CURVE = "amicable: [[0, 0.02], [18, 0.008]]"
RISK = "risk: {parameters: {curve: 0, class_multiplier: 0, garnish_share: 0}}\n"  # what the file does not have is certain
TEXT = (SOURCE / "tests" / "fit" / "base.yaml").read_text() + RISK


def covariance(folder, deviation):
    named = {"segment": "rest", "treatment": "amicable", "characteristic": "curve", "level": "18 and more", "estimate": 0.0, "value": 0.0,
             "credibility": 1.0}
    (folder / "m.covariance.json").write_text(json.dumps({"jalki_covariance": 1, "parameters": [named], "covariance": [[deviation ** 2]]}))


def bid(folder, *options):
    program.must_run(["bid", folder / "t.h5", "--model", folder / "m.yaml", "--rivals", 2, "--spread", "0.6", "--accept", program.GATE,
                      "--json", folder / "b.json", "--quiet", *options])
    return json.loads((folder / "b.json").read_text())


def value(folder, *options, model="m.yaml"):
    program.must_run(["value", folder / "t.h5", "--model", folder / model, "--json", folder / "v.json", "--quiet", *options])
    return json.loads((folder / "v.json").read_text())


def main():
    assert TEXT.count(CURVE) == 1
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program.must_run(["generate", "-n", 1000, "-o", folder / "t.h5", "--quiet"])
        (folder / "m.yaml").write_text(TEXT)
        plain = value(folder)
        assert "fit" not in plain  # no covariance beside it: not a fit
        step = 0.05
        for sign, other in ((1, "more.yaml"), (-1, "less.yaml")):
            (folder / other).write_text(TEXT.replace(CURVE, CURVE.replace("0.008", str(0.008 * math.exp(sign * step)))))
        slope = math.log(value(folder, model="more.yaml")["value"] / value(folder, model="less.yaml")["value"]) / (2 * step)
        covariance(folder, 0.1)
        found = value(folder)
        fit = found.pop("fit")
        assert found["value"] == plain["value"] and fit["parameters"] == 1 and "spread" not in fit
        fit = bid(folder)["fit"]
        assert slope > 0.05 and abs(fit["spread"] / (0.1 * slope) - 1.0) < 0.08, (fit, slope)
        covariance(folder, 0.005)
        small = bid(folder)["fit"]
        assert 0.0 <= small["curse"] < 0.1 * small["spread"] and small["curse"] < 0.02 * fit["curse"], (small, fit)
        # Much uncertainty: now a better plan is missed. The same bits on any number of threads.
        covariance(folder, 1.5)
        wide = value(folder, "--threads", 1)["fit"]
        assert wide["curse"] > 5 * fit["curse"] > 0.0, (wide, fit)
        assert value(folder, "--threads", 2)["fit"] == wide
        # The page for those who decide says the same.
        value(folder, "-o", folder / "r.h5")
        program.must_run(["report", folder / "r.h5", "--json", folder / "p.json", "-o", folder / "p.html", "--quiet", "--accept", program.GATE])
        assert json.loads((folder / "p.json").read_text())["valuation"]["fit"] == wide
        program.must_run(["report", folder / "r.h5", "--json", folder / "p.json", "--no-curse", "--quiet", "--accept", program.GATE])
        assert "fit" not in json.loads((folder / "p.json").read_text())["valuation"]
        assert "fit" not in value(folder, "--no-curse")
        # Without uncertainty there is neither.
        covariance(folder, 0.0)
        none = bid(folder)["fit"]
        assert none["curse"] == 0.0 and none["spread"] < 1e-3, none
        # A bid is as uncertain as the fit, unless it is told.
        covariance(folder, 0.1)
        for options, error in (((), math.sqrt(math.log(1.0 + fit["spread"] ** 2))), (("--error", "0.2"), 0.2)):
            found = bid(folder, *options)
            assert abs(found["error"] / error - 1.0) < 1e-9 and found["fit"]["curse"] == fit["curse"], (found["error"], error)
            assert ("spread" in found["fit"]) == (not options)
        # The covariance of another model is told, and is no error.
        (folder / "m.covariance.json").write_text(json.dumps({"jalki_covariance": 1, "model_sha256": "0" * 64, "parameters": [1], "covariance": [[1]]}))
        ran = program.run(["value", folder / "t.h5", "--model", folder / "m.yaml", "--accept", program.GATE])
        assert ran.returncode == 0 and "covariance of another model" in ran.stderr and "loses" not in ran.stdout, ran
    print(f"slope {slope:.3f}, spread {fit['spread']:.4f}, curse {fit['curse']:.2e} and, where little is known, {wide['curse']:.4f}")


if __name__ == "__main__":
    main()
