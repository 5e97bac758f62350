#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""jalki checks: the bounds against the valuation, and one claim at a time against all plans there are: every plan that depends on the epoch
and on what is seen without a check is valued by the reference (tests/reference/plan.py), and the best of them is taken."""
import csv
import itertools
import json
import math
import os
import pathlib
import sys
import tempfile
from datetime import date

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
import law  # noqa: E402
import model_file  # noqa: E402
import plan as reference_plan  # noqa: E402
import program  # noqa: E402
import score  # noqa: E402
import tape  # noqa: E402
from model_file import ACTIONS, AMICABLE, CLOSE, LEGAL, SURVEIL, TITLE  # noqa: E402

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
CUTOFF = date(2026, 6, 30)
QUIET, PAYING = 0, 1


def checks(store, model, *options):
    return json.loads(program.must_run_text(["checks", store, "--model", model, *options, "--json", "-", "--quiet"]))


def check_portfolio(folder):
    store, model = folder / "t.h5", SOURCE / "models/nordic.yaml"
    program.must_run(["generate", "-n", 400, "-o", folder / "t.csv", "--seed", 4, "--quiet"])
    program.import_tape(str(folder / "t.csv"), str(store), CUTOFF.isoformat())
    value = json.loads(program.must_run_text(["value", store, "--model", model, "--json", "-", "--quiet"]))
    free = checks(store, model, "--price", "0", "--sample", "0")
    for row, segment in zip(free["rows"], value["segments"] + [dict(value, id="all")]):
        assert row["segment"] == segment["id"] and row["claims"] == segment["claims"] == max(row["sampled"], row["claims"])
        assert math.isclose(row["seen"], segment["value"], rel_tol=2e-5, abs_tol=0.05), (row, segment)
        # To look in every epoch for nothing is to see the class always; to look less brings less, never least.
        assert math.isclose(row["every_epoch"], row["seen"], rel_tol=1e-9, abs_tol=1e-3), row
        assert row["seen"] >= row["every_6"] >= row["every_12"] - 1e-6 and row["seen"] >= row["never"], row
        assert row["every_60"] >= row["never"] * (1 - 1e-3) - 1e-3 and row["best"] == ("every epoch" if row["seen"] > row["never"] else row["best"]), row
    dear = checks(store, model, "--price", "1000000", "--sample", "0")["rows"]
    assert all(row["best"] == "never" and row["check_now"] == 0 and row["check_now_gain"] == 0 for row in dear)
    assert [row["never"] for row in dear] == [row["never"] for row in free["rows"]]
    path = folder / "claims.csv"
    some = checks(store, model, "--price", "0.8", "--claims", path, "--threads", "1")
    assert some["rows"] == checks(store, model, "--price", "0.8", "--threads", "2")["rows"]
    rows = list(csv.DictReader(path.open()))
    assert sum(int(row["check_now"]) for row in rows) == some["rows"][-1]["check_now"] > 0
    gain = sum(float(row["check_worth"]) - float(row["check_cost"]) for row in rows if row["check_now"] == "1")
    assert abs(gain - some["rows"][-1]["check_now_gain"]) < 0.01 * len(rows)
    # Seen just now, there is nothing to learn.
    assert checks(store, model, "--price", "0.01", "--last-seen", "0")["rows"][-1]["check_now"] == 0


def blind_plans(t, epochs, free_from):
    """Actions by epoch and mood that do not depend on the class, before epoch `free_from`."""
    quiet = [a for a in (CLOSE, SURVEIL, AMICABLE, LEGAL) if a in t["allowed"]]
    paying = [a for a in quiet if a != LEGAL]
    moods = []
    for j in range(free_from):
        moods.append([[q] for q in quiet] if j == 0 and t["r0"] == QUIET else [[CLOSE, p] for p in paying] if j == 0
                     else [list(pair) for pair in itertools.product(quiet, paying)])
    for choice in itertools.product(*moods):
        yield [(actions + [CLOSE])[:2] for actions in choice]


def value_of(model, t, irr, chosen, best):
    """By class now: the value of the plan; from where it ends on, of the best one that sees all."""
    given = [[[[None, None] for _ in range(3)] for _ in range(3)] for _ in model["epochs"]]
    for j, k, z, r in itertools.product(range(len(model["epochs"])), range(3), range(t["z0"], 3), range(2)):
        given[j][k][z][r] = chosen[j][r] if j < len(chosen) else best[j][k][z][r]
        if given[j][k][z][r] is None:
            given[j][k][z][r] = CLOSE
    q, kept = reference_plan.plan(model, t, irr, given)
    return [q[0][k][t["z0"]][t["r0"]][kept[0][k][t["z0"]][t["r0"]]] for k in range(3)]


def one_claim(folder, model_path, raw, months):
    """The claim alone on a tape, and its terms by the reference."""
    with (folder / "one.csv").open("w") as file:
        csv.writer(file).writerows([raw.keys(), raw.values()])
    program.import_tape(str(folder / "one.csv"), str(folder / "one.h5"), CUTOFF.isoformat())
    model = model_file.load_model(str(model_path))
    claim = tape.with_defaults(tape.read_tape(str(folder / "one.csv"))[0], model)
    facts = law.law(claim, model, CUTOFF)
    law.sum_debtors([claim], [facts])
    t = score.terms(claim, facts, score.score(claim, facts, model, CUTOFF), model, CUTOFF, False)
    assert t["z0"] == TITLE  # else there are too many plans
    segment, irr, k0 = model["segments"][facts["segment"]], model["irr"], t["k0"]
    _, best = reference_plan.plan(model, t, irr)
    plans = [value_of(model, t, irr, chosen, best) for chosen in blind_plans(t, model["epochs"], len(model["epochs"]))]
    never = max(values[k0] for values in plans)
    belief = [1.0 if k == k0 else 0.0 for k in range(3)]
    for _ in range(months):
        belief = [sum(belief[a] * segment["class_monthly"][SURVEIL][a][b] for a in range(3)) for b in range(3)]
    now = sum(b * max(values[k] for values in plans) for k, b in enumerate(belief)) - max(
        sum(b * values[k] for k, b in enumerate(belief)) for values in plans)
    # Looked at after twelve months, in the third epoch, and always from then on: the last epoch of three.
    yearly = max(value_of(model, t, irr, chosen, best)[k0] for chosen in blind_plans(t, model["epochs"], 2))
    path = folder / "one-claims.csv"
    made = checks(folder / "one.h5", model_path, "--price", "0", "--sample", "0", "--last-seen", str(months), "--claims", path)["rows"][-1]
    for key, wanted in (("never", never), ("every_12", yearly)):
        assert math.isclose(made[key], wanted, rel_tol=1e-4, abs_tol=0.01), (raw, key, made, wanted)
    worth = float(next(csv.DictReader(path.open()))["check_worth"])
    assert abs(worth - now) <= 0.01 + 1e-4 * never, (raw, worth, now)
    return made["seen"] - never > 0.01, now > 0.01


def check_claims(folder):
    plain = json.loads(json.dumps(model_file.load_yaml(str(SOURCE / "models/nordic.yaml"))))
    plain.update(epochs=[6, 6, 12], horizon_months=24)
    for segment in plain["segments"]:  # classes that move fast, so that much is not known soon
        for treatment in segment["class_monthly"]:
            segment["class_monthly"][treatment] = [[0.9, 0.06, 0.04], [0.08, 0.84, 0.08], [0.05, 0.1, 0.85]]
        segment["cost"]["amicable"]["monthly"] *= 8
    path = folder / "short.yaml"
    path.write_text(json.dumps(plain))
    told = []
    for number, (product, principal, paid, income) in enumerate((("credit_card", 900, "", 2100), ("telecom", 150, "2026-06-01", 1500),
                                                                ("consumer_loan", 4000, "2026-01-10", 2600), ("telecom", 60, "", ""))):
        told.append(one_claim(folder, path, {
            "claim_id": f"C{number}", "country": "FI", "debtor_type": "consumer", "product": product, "principal": principal, "currency": "EUR",
            "written_off_on": "2024-03-15", "title_on": "2024-09-01", "legal_status": "title", "birth_year": 1980, "last_paid_on": paid,
            "income_monthly": income, "reachable": "phone"}, 6 + number))
    assert any(seen for seen, _ in told) and any(now for _, now in told), told


with tempfile.TemporaryDirectory() as name:
    check_portfolio(pathlib.Path(name))
    check_claims(pathlib.Path(name))
    assert program.run(["checks", pathlib.Path(name) / "t.h5", "--model", SOURCE / "models/nordic.yaml"]).returncode == 2  # no price
assert len(ACTIONS) == 5
