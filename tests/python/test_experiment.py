# SPDX-License-Identifier: Apache-2.0
"""`fit --experiment`: effects of treatments by lot and by choice against an independent computation and the truth that made the
history; hidden choice against trying all weights; `decide --cautious`."""
import csv
import itertools
import json
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
try:
    import numpy as np

    import experiment
except ImportError as problem:
    print(f"skipped: {problem}")
    sys.exit(77)
import program  # noqa: E402

BASE = SOURCE / "tests" / "fit" / "base.yaml"
MAPPING = SOURCE / "data" / "mappings" / "panel-arm.yaml"


def effects_of(folder, claims, by_lot):
    experiment.write_panel(folder / "p.csv", claims, by_lot)
    program.must_run(["import", "--panel", folder / "p.csv", "-o", folder / "p.h5", "--quiet"] + (["--mapping", MAPPING] if by_lot else []))
    program.must_run(["fit", folder / "p.h5", "--model", BASE, "--experiment", folder / "e.json", "--quiet"])
    return json.loads((folder / "e.json").read_text())


def effect_named(found, group="all", name="all"):
    return next(e for e in found["effects"] if e["treatment"] == "amicable" and e["group"] == group and e["name"] == name)


def held_against(found, mine, what):
    treated, other, uplift, error = (100 * figure for figure in mine)
    half = (found["uplift_high"] - found["uplift_low"]) / 2
    assert abs(found["rate"] - treated) < 1e-9 and abs(found["rate_watched"] - other) < 1e-9, (what, found, mine)
    assert abs(found["uplift"] - uplift) < 1e-9, (what, found, mine)
    assert 1.95 * error < half < 2.1 * error, (what, half / error)  # Student's factor of some hundred debtors


def by_lot(folder):
    held = []
    for seed in range(8):
        claims = experiment.simulate(seed, 900, 0.006, True)
        found = effects_of(folder, claims, True)
        assert found["kind"] == "experiment" and found["followed"] == 1.0 and found["overlap"] == []
        treated, cash, exposure, debtor = experiment.arrays(claims)
        mine = experiment.effect_of(treated, cash, exposure, debtor, experiment.lot_weights(claims))
        held_against(effect_named(found), mine, "all")
        fi = np.array([c["fi"] for c in claims])
        part = experiment.effect_of(treated[fi], cash[fi], exposure[fi], debtor[fi], np.ones(fi.sum()))
        held_against(effect_named(found, "segment", "fi"), part, "fi")
        bands = [e for e in found["effects"] if e["group"] == "score_band"]
        assert sum(e["claims"] for e in bands) == effect_named(found)["claims"] and len(bands) > 1
        one = effect_named(found)
        held.append(one["uplift_low"] <= 0.6 <= one["uplift_high"])
        assert one["hidden"] is None
    print(f"{sum(held)} of {len(held)} intervals hold the effect")
    assert sum(held) >= 7, held


def least_ratio(cash, exposure, odds, gamma):
    """Every claim at one end of its weights: for a dozen claims all ways can be tried."""
    return min(sum(w * y for w, y in zip(ws, cash)) / sum(w * x for w, x in zip(ws, exposure))
               for ws in itertools.product(*[(1 + o / gamma, 1 + o * gamma) for o in odds]))


def by_choice(folder):
    claims = experiment.simulate(100, 3000, 0.004, False)
    found = effects_of(folder, claims, False)
    assert found["kind"] == "observed" and "no proof" in " ".join(found["words"])
    treated, cash, exposure, debtor = experiment.arrays(claims)
    chance = experiment.chances(claims)
    assert chance.min() > 0.05 and chance.max() < 0.95
    weight = np.where(treated, 1 / chance, 1 / (1 - chance))
    mine = experiment.effect_of(treated, cash, exposure, debtor, weight)
    one = effect_named(found)
    assert abs(one["rate"] - 100 * mine[0]) < 1e-7 and abs(one["rate_watched"] - 100 * mine[1]) < 1e-7, (one, mine)
    naive = experiment.effect_of(treated, cash, exposure, debtor, np.ones(len(cash)))
    print(f"truth 0.40, weighed {one['uplift']:.3f}, as they were chosen {100 * naive[2]:.3f}, hidden {one['hidden']:.2f}")
    assert abs(one["uplift"] - 0.4) < 3.5 * 100 * mine[3] and 100 * naive[2] > one["uplift"], (one, naive)
    assert sum(band["claims"] + band["claims_watched"] for band in found["overlap"]) == len(claims)
    choice = found["choice"]["amicable"]
    assert choice["difference"] > 0.2 and choice["difference_weighed"] < 0.05 and choice["outside"] == 0
    # Γ: the ends of both ratios by going through all cuts, and the root by bisection
    odds = np.where(treated, (1 - chance) / chance, chance / (1 - chance))

    def extreme(arm, gamma, sign):
        own = np.where(treated == arm)[0]
        own = own[np.argsort(cash[own] / exposure[own], kind="stable")]
        low, high = (gamma, 1 / gamma) if sign < 0 else (1 / gamma, gamma)
        ratios = []
        for cut in {0, len(own), *range(0, len(own), 1)}:
            w = 1 + odds[own] * np.where(np.arange(len(own)) < cut, low, high)
            ratios.append((w * cash[own]).sum() / (w * exposure[own]).sum())
        return min(ratios) if sign < 0 else max(ratios)

    width = (one["uplift"] - one["uplift_low"]) / 100
    left = [extreme(True, g, -1) - extreme(False, g, 1) - width for g in (one["hidden"] * 0.999, one["hidden"] * 1.001)]
    assert one["uplift_low"] > 0 and left[0] > 0 > left[1], (one, left)
    few = np.random.default_rng(1)
    y, x, o = few.random(8), few.random(8) + 0.5, few.random(8) + 0.2
    ways = least_ratio(y, x, o, 2.0)
    order = np.argsort(y / x)
    cuts = []
    for cut in range(9):
        w = 1 + o[order] * np.where(np.arange(8) < cut, 2.0, 0.5)
        cuts.append((w * y[order]).sum() / (w * x[order]).sum())
    assert abs(min(cuts) - ways) < 1e-12  # a cut in the order of yields is the worst of all ways


def decisions(folder, *options):
    program.must_run(["decide", folder / "t.h5", "--model", BASE, "--by-claim", "--claims", folder / "d.csv", "--json", folder / "d.json", "--quiet", *options])
    with open(folder / "d.csv", newline="") as file:
        return {row["claim_id"]: row for row in csv.DictReader(file)}, json.loads((folder / "d.json").read_text())


def cautious(folder):
    """By hand from the claims file: what was not shown to bring more than watching gains no more than its lower end."""
    for form in ("h5", "csv"):
        program.must_run(["generate", "-n", 400, "-o", folder / f"t.{form}", "--quiet"])
    with open(folder / "t.csv", newline="") as file:
        face = {row["claim_id"]: sum(float(row[part] or 0) for part in ("principal", "interest_accrued", "fees")) for row in csv.DictReader(file)}
    plain, figures = decisions(folder)
    assert figures["cautious"] is None
    effects = {"jalki_experiment": 1, "kind": "experiment", "follow_months": 12, "effects": [
        {"treatment": "amicable", "group": "all", "name": "all", "uplift_low": 0.2},
        {"treatment": "amicable", "group": "segment", "name": "fi", "uplift_low": -0.01},
        {"treatment": "amicable", "group": "score_band", "name": "400-499", "uplift_low": -5.0},
        {"treatment": "legal", "group": "all", "name": "all", "uplift_low": None},
        {"treatment": "legal", "group": "segment", "name": "gone", "uplift_low": -1.0}]}
    (folder / "e.json").write_text(json.dumps(effects))
    careful, told = decisions(folder, "--cautious", folder / "e.json")
    lowered = changed = 0
    for claim, row in plain.items():
        value = {a: float(row["q_" + a]) for a in ("close", "sell", "surveil", "amicable", "legal") if row["q_" + a] != ""}
        if row["segment"] == "fi" and "amicable" in value and "surveil" in value:
            most = value["surveil"] - 0.0001 * 12 * face[claim]
            lowered += value["amicable"] > most
            value["amicable"] = min(value["amicable"], most)
        best = max(value, key=value.get)
        changed += careful[claim]["decision"] != row["decision"]
        assert careful[claim]["decision"] == best, (row, careful[claim])
    assert told["cautious"]["by_lot"] and told["cautious"]["lowered"] == {"amicable": lowered, "legal": 0} and lowered > 20
    assert told["cautious"]["changed"] == changed > 5 and told["cautious"]["given_up"] > 0, (told["cautious"], changed)
    (folder / "bad.json").write_text("{}")
    assert program.run(["decide", folder / "t.h5", "--model", BASE, "--cautious", folder / "bad.json"]).returncode == 1


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        by_lot(folder)
        by_choice(folder)
        cautious(folder)


if __name__ == "__main__":
    main()
