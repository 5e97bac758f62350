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


def covariance(folder, deviation, **more):
    named = {"expected": 100.0, "segment": "rest", "treatment": "amicable", "characteristic": "curve", "level": "18 and more", "estimate": 0.0, "value": 0.0,
             "credibility": 1.0}
    (folder / "m.covariance.json").write_text(json.dumps({"jalki_covariance": 1, "parameters": [named], "covariance": [[deviation ** 2]], **more}))


def bid(folder, *options):
    program.must_run(["bid", folder / "t.h5", "--model", folder / "m.yaml", "--rivals", 2, "--spread", "0.6", "--accept", program.GATE,
                      "--json", folder / "b.json", "--quiet", *options])
    return json.loads((folder / "b.json").read_text())


def value(folder, *options, model="m.yaml"):
    program.must_run(["value", folder / "t.h5", "--model", folder / model, "--json", folder / "v.json", "--quiet", *options])
    return json.loads((folder / "v.json").read_text())


def taken_off(folder):
    """What such plans do not bring is taken off our value before onboarding, and the flows are scaled alike: bidding all of it earns the
    required return. Payers' figures tell treatments apart, too."""
    covariance(folder, 1.0)
    told, found = bid(folder, "--overstated", "0"), bid(folder)
    share, cost = found["fit"]["overstated"], value(folder)["onboarding"]
    assert told["overstated"] == 0.0 and found["overstated"] == share > 0.0 and told["fit"]["overstated"] == share, (told, found)
    for off in (found, bid(folder, "--overstated", "0.2")):
        assert abs(off["value"] / ((told["value"] + cost) * (1.0 - off["overstated"]) - cost) - 1.0) < 1e-12, off
        step = off["steps"][10]
        assert step["share_of_value"] == 1.0 and abs(step["irr"] - told["steps"][10]["irr"]) < 1e-9 and abs(step["irr"] - 0.15) < 1e-4, step
    assert bid(folder, "--no-curse")["value"] == told["value"]
    program.must_run(["bid", "--value", 1000, "--rivals", 2, "--spread", "0.6", "--overstated", "0.1", "--json", folder / "b.json", "--quiet"])
    assert json.loads((folder / "b.json").read_text())["value"] == 900.0
    ran = program.run(["bid", "--value", 1000, "--rivals", 2, "--spread", "0.6", "--overstated", "1.5"])
    assert ran.returncode == 2 and "--overstated" in ran.stderr, ran


def levels(folder, slope):
    """What landmarks say of the level takes the place of what the figures say: a factor with the weight Z leaves (1 - Z) of their error, and
    brings Z times its own variance; what leans on all together likewise. Here the one figure is the level."""
    all_of = {"what": "curve", "segment": None, "treatment": None, "expected": 100.0, "std_error": 0.2, "credibility": 0.0}
    own = {"what": "curve", "segment": "rest", "treatment": "amicable", "expected": 100.0, "std_error": 0.05, "credibility": 0.0}
    for of_own, of_all, wanted in ((0.0, 0.0, 0.1), (1.0, 0.0, 0.05), (0.0, 0.36, math.hypot(0.64 * 0.1, 0.6 * 0.2)),
                                   (0.64, 0.0, math.hypot(0.36 * 0.1, 0.8 * 0.05)),
                                   (0.5, 0.36, math.sqrt((0.1 * (1 - 0.5 - 0.5 * 0.36)) ** 2 + 0.5 * 0.05 ** 2 + 0.25 * 0.36 * 0.2 ** 2))):
        covariance(folder, 0.1, levels=[{**all_of, "credibility": of_all}, {**own, "credibility": of_own}])
        spread = bid(folder)["fit"]["spread"]
        assert abs(spread / (wanted * slope) - 1.0) < 0.08, (of_own, of_all, spread, wanted * slope)
    for wrong in ({**own, "credibility": 2.0}, {**own, "what": "luck"}, {**own, "segment": "none"}, {**own, "credibility": 1.0, "std_error": None}, 7):
        covariance(folder, 0.1, levels=[wrong])
        ran = program.run(["value", folder / "t.h5", "--model", folder / "m.yaml", "--accept", program.GATE])
        assert ran.returncode == 0 and "levels" in ran.stderr and "loses" not in ran.stdout, (wrong, ran)


def confounding(folder):
    """The worst model is the one whose figures under legal are divided by F: its value, by a file that says so."""
    legal = "legal: [[0, 0.015], [24, 0.006]]"
    assert TEXT.count(legal) == 2
    (folder / "weak.yaml").write_text(TEXT.replace(legal, "legal: [[0, 0.01], [24, 0.004]]"))
    program.must_run(["bid", folder / "t.h5", "--model", folder / "weak.yaml", "--rivals", 2, "--spread", "0.6", "--accept", program.GATE,
                      "--json", folder / "w.json", "--quiet"])
    weak = json.loads((folder / "w.json").read_text())["value"]
    found = bid(folder, "--confounding", "1.5", "--no-curse")
    at = found["confounding"]
    assert at["value"] == found["value"] and abs(at["best"] / weak - 1.0) < 1e-6, (at, weak)
    assert at["kept"] < at["best"] < at["value"] and at["bid"] < found["best"]["bid"], at
    nothing = bid(folder, "--confounding", "1", "--no-curse")
    assert nothing["confounding"]["kept"] == nothing["confounding"]["best"] == nothing["value"]
    assert nothing["confounding"]["bid"] == nothing["best"]["bid"]
    for options, words in ((["--confounding", "0.5"], "--confounding"), (["--confounding", "101"], "--confounding")):
        ran = program.run(["bid", folder / "t.h5", "--model", folder / "m.yaml", "--rivals", 2, "--spread", "0.6", *options])
        assert ran.returncode == 2 and words in ran.stderr, ran
    ran = program.run(["bid", "--value", 1000, "--rivals", 2, "--spread", "0.6", "--confounding", "2"])
    assert ran.returncode == 2 and "a value alone" in ran.stderr, ran


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
        # Were the drawn models fits of this one, their plans would lose here about what this plan loses there.
        assert 1.2 * fit["curse"] < fit["overstated"] < 3.0 * fit["curse"], fit
        covariance(folder, 0.005)
        small = bid(folder)["fit"]
        assert 0.0 <= small["curse"] < 0.1 * small["spread"] and small["curse"] < 0.02 * fit["curse"], (small, fit)
        # Much uncertainty: now a better plan is missed. The same bits on any number of threads.
        covariance(folder, 1.5)
        wide = value(folder, "--threads", 1)["fit"]
        assert wide["curse"] > 5 * fit["curse"] > 0.0 and wide["overstated"] > wide["curse"], (wide, fit)
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
        assert none["curse"] == 0.0 == none["overstated"] and none["spread"] < 1e-3, none
        # A bid is as uncertain as the fit, unless it is told.
        covariance(folder, 0.1)
        for options, error in (((), math.sqrt(math.log(1.0 + fit["spread"] ** 2))), (("--error", "0.2"), 0.2)):
            found = bid(folder, *options)
            assert abs(found["error"] / error - 1.0) < 1e-9 and found["fit"]["curse"] == fit["curse"], (found["error"], error)
            assert ("spread" in found["fit"]) == (not options)
        taken_off(folder)
        levels(folder, slope)
        confounding(folder)
        # The covariance of another model is told, and is no error.
        (folder / "m.covariance.json").write_text(json.dumps({"jalki_covariance": 1, "model_sha256": "0" * 64, "parameters": [1], "covariance": [[1]]}))
        ran = program.run(["value", folder / "t.h5", "--model", folder / "m.yaml", "--accept", program.GATE])
        assert ran.returncode == 0 and "covariance of another model" in ran.stderr and "loses" not in ran.stdout, ran
    print(f"slope {slope:.3f}, spread {fit['spread']:.4f}, curse {fit['curse']:.2e} and, where little is known, {wide['curse']:.4f}")


if __name__ == "__main__":
    main()
