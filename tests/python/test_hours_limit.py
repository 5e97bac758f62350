#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plans within agent hours (--agent-hours) against what `value` says of models that name the price of an hour: hours are the slope of the
value by that price (the envelope theorem), and no price gives a lower bound on what is possible than the plan that was found is worth."""
import json
import math
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
import model_file  # noqa: E402
import program  # noqa: E402

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])


def told(store, model, command, *options):
    return json.loads(program.must_run_text([command, store, "--model", model, *options, "--json", "-", "--quiet"]))


def write(folder, name, hour, **changes):
    model = json.loads(json.dumps(model_file.load_yaml(str(SOURCE / "models/nordic.yaml"))))
    model.update(changes)
    for segment in model["segments"]:
        segment["cost"]["hour"] = hour
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps(model))
    return path


def check_one_epoch(folder, store):
    """One epoch of two years, no interest and no inflation: the price is a single one, and a model can name it."""
    plain = {"epochs": [24], "horizon_months": 24, "cost_inflation": 0}
    worth = {}

    def value(hour):
        if hour not in worth:
            worth[hour] = told(store, write(folder, "priced", hour, **plain), "value", "--irr", "0")["value"]
        return worth[hour]

    model = write(folder, "one", 0, **plain)
    wanted = told(store, model, "value", "--irr", "0", "--agent-hours", 1e9)["hours"]
    slope = (value(0) - value(0.02)) / 0.02
    assert math.isclose(wanted["epochs"][0]["wanted"], slope, rel_tol=0.01), (wanted, slope)
    assert wanted["value"] == wanted["unlimited"] == value(0) and wanted["epochs"][0]["price"] == 0 and wanted["rounds"] == 1
    for share in (0.7, 0.3):
        hours = share * slope
        made = told(store, model, "value", "--irr", "0", "--agent-hours", hours)
        found, price = made["hours"], made["hours"]["epochs"][0]["price"]
        bounds = [value(x) + x * hours for x in (0.8 * price, 0.9 * price, price, 1.1 * price, 1.2 * price)]
        assert found["value"] == made["value"] <= min(bounds) * (1 + 1e-6) and found["value"] <= found["bound"], (found, bounds)
        assert math.isclose(min(bounds), found["bound"], rel_tol=1e-3), (found, bounds)
        assert found["bound"] - found["value"] < 0.01 * found["value"], (found, bounds)
        assert found["epochs"][0]["used"] <= hours
        around = (value(0.98 * price) - value(1.02 * price)) / (0.04 * price)
        assert math.isclose(found["epochs"][0]["used"], around, rel_tol=0.05), (found, around)


def check_many_epochs(folder, store):
    model = SOURCE / "models/nordic.yaml"
    free = told(store, model, "value")
    wide = told(store, model, "value", "--agent-hours", 1e9)
    assert wide["value"] == free["value"] and wide["decisions"] == free["decisions"]
    # Hours of all epochs together: the slope of the value by the price, without interest and inflation.
    flat = write(folder, "flat", 0, cost_inflation=0)
    small = write(folder, "small", 0.01, cost_inflation=0)
    sum_wanted = sum(e["wanted"] for e in told(store, flat, "value", "--irr", "0", "--agent-hours", 1e9)["hours"]["epochs"])
    slope = (told(store, flat, "value", "--irr", "0")["value"] - told(store, small, "value", "--irr", "0")["value"]) / 0.01
    assert math.isclose(sum_wanted, slope, rel_tol=0.01), (sum_wanted, slope)
    before, quarter = 0.0, wide["hours"]["epochs"][0]["wanted"]
    for share in (0.2, 0.4, 0.8):
        claims = folder / "claims.csv"
        made = told(store, model, "value", "--agent-hours", share * quarter, "--claims", claims, "--full")
        hours = made["hours"]
        assert before < made["value"] == hours["value"] <= hours["bound"] and made["value"] <= free["value"]
        # The gap is what hours that are left would be worth at the prices, so it also holds prices to the hours that bind.
        assert hours["bound"] - hours["value"] < 0.01 * hours["bound"], hours
        for epoch, months in zip(hours["epochs"], (3, 3, 3, 3, 6, 6) + (12,) * 13):
            assert math.isclose(epoch["available"], share * quarter * months / 3, rel_tol=1e-9)
            assert epoch["used"] <= epoch["available"]
        rows = program.read_rows(str(claims))
        assert math.isclose(sum(float(row["value"]) for row in rows), made["value"], rel_tol=1e-5)
        assert sum(row["decision"] == "legal" for row in rows) == made["decisions"]["legal"]["claims"]
        before = made["value"]
    # Scarce now, plenty later: the first epoch alone has a price, and the plan is worth more than with as few for ever.
    phased = told(store, model, "value", "--agent-hours", f"{0.4 * quarter},{2 * quarter}")["hours"]
    always = told(store, model, "value", "--agent-hours", 0.4 * quarter)["hours"]
    assert phased["epochs"][0]["price"] > 0 and all(e["price"] == 0 for e in phased["epochs"][1:]), phased
    assert always["value"] < phased["value"] < free["value"]
    assert told(store, model, "value", "--agent-hours", 0.4 * quarter, "--threads", 1)["hours"] == always
    # The bid table has the same plan at the model's return, and one for every return.
    table = told(store, model, "price", "--agent-hours", 0.4 * quarter, "--irr", "0.10,0.15")["returns"]
    assert table[1]["value"] == always["value"] and table[1]["hours"] == always, (table[1]["hours"], always)
    assert table[0]["value"] > table[1]["value"] and table[0]["hours"]["epochs"] != always["epochs"]
    assert abs(sum(s["value"] for s in table[1]["segments"]) - always["value"]) < 0.05


def check_mistakes(folder, store):
    model = SOURCE / "models/nordic.yaml"
    (folder / "s.yaml").write_text("- {name: dear, costs: 1.5}\n")
    for command, *options in (["value", "--agent-hours", "0"], ["value", "--agent-hours", ","], ["value", "--agent-hours", "a"],
                              ["price", "--agent-hours", "5", "--scenarios", folder / "s.yaml"]):
        assert program.run([command, store, "--model", model, *options]).returncode == 2, (command, options)
    assert program.run(["value", store, "--model", model, "--agent-hours", ",".join(["5"] * 20)]).returncode == 1  # 19 epochs


with tempfile.TemporaryDirectory() as name:
    base = pathlib.Path(name)
    program.must_run(["generate", "-n", 1500, "-o", base / "t.csv", "--seed", 12, "--quiet"])
    program.import_tape(str(base / "t.csv"), str(base / "t.h5"), "2026-06-30")
    check_one_epoch(base, base / "t.h5")
    check_many_epochs(base, base / "t.h5")
    check_mistakes(base, base / "t.h5")
