#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an agent's hour costs (`cost.hour` of a segment) is the same everywhere: a model that names its price is worth, in every command,
what the model is worth whose monthly costs hold hour x effort_hours / months of the first epoch by hand."""
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
HOUR = 30
MOVED = ("running_hours", "manifest", "model", "model_path")  # what says which of the two models it was


def models():
    """The shipped model, with a price of hours, and with the same by hand."""
    plain = model_file.load_yaml(str(SOURCE / "models/nordic.yaml"))
    named, folded = (json.loads(json.dumps(plain)) for _ in range(2))  # without what aliases share
    months = plain["epochs"][0]
    for segment in named["segments"]:
        segment["cost"]["hour"] = HOUR
    for segment in folded["segments"]:
        for treatment, hours in segment["effort_hours"].items():
            monthly = HOUR * hours / months
            segment["cost"][treatment]["monthly"] += monthly
            segment["payers"]["monthly"][treatment] += monthly
            if treatment == "legal":
                segment["cost"]["legal"]["enforcement_monthly"] += monthly
    return plain, named, folded


def same(a, b, where):
    if isinstance(a, dict):
        assert a.keys() == b.keys(), (where, a.keys() ^ b.keys())
        for key in a:
            if key not in MOVED:
                same(a[key], b[key], f"{where}.{key}")
    elif isinstance(a, list):
        assert len(a) == len(b), where
        for i, (one, other) in enumerate(zip(a, b)):
            same(one, other, f"{where}[{i}]")
    elif isinstance(a, float) or isinstance(b, float):
        assert math.isclose(a, b, rel_tol=2e-5, abs_tol=1e-3), (where, a, b)
    else:
        assert a == b, (where, a, b)


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    store = folder / "t.h5"
    program.must_run(["generate", "-n", 800, "-o", folder / "t.csv", "--seed", 5, "--quiet"])
    program.import_tape(str(folder / "t.csv"), str(store), "2026-06-30")
    paths = []
    for kind, model in zip(("plain", "named", "folded"), models()):
        paths.append(folder / f"{kind}.yaml")
        paths[-1].write_text(json.dumps(model))
    plain, named, folded = paths
    (folder / "dear.yaml").write_text("- {name: dear, costs: 1.5}\n")

    def told(model, command, *options):
        as_json = ["--format", "json"] if command == "explain" else ["--json", "-", "--quiet"]
        return json.loads(program.must_run_text([command, store, "--model", model, *options, *as_json]))

    claims = folder / "claims.csv"
    base = told(plain, "value")
    program.must_run(["value", store, "--model", named, "--claims", claims, "--full", "--quiet"])
    rows = program.read_rows(str(claims))
    for command, *options in (["value"], ["value", "--sell"], ["price", "--irr", "0.12"], ["decide", "--agent-hours", 100],
                              ["scenario", "--scenarios", folder / "dear.yaml"], ["simulate", "--paths", 100, "--seed", 3],
                              *(["explain", "--claim", row["claim_id"]] for row in rows[:8])):
        same(told(named, command, *options), told(folded, command, *options), f"{command} {options}")

    # The hours of value: by hand from the claims file, as decide has them without limits, and fewer where they cost.
    value = told(named, "value")
    effort = {segment["id"]: segment["effort_hours"] for segment in models()[0]["segments"]}
    by_hand = sum(effort[row["segment"]].get(row["decision"], 0) for row in rows)
    assert abs(value["agent_hours"] - by_hand) < 1e-6, (value["agent_hours"], by_hand)
    assert abs(value["agent_hours"] - told(named, "decide", "--by-claim", "--agent-hours", 1e6)["agent_hours"]) < 1e-6
    for group in ("segments", "countries", "decisions"):
        parts = value[group] if isinstance(value[group], list) else value[group].values()
        assert abs(sum(part["agent_hours"] for part in parts) - by_hand) < 1e-6, group
    assert value["agent_hours"] < base["agent_hours"] and value["value"] < base["value"]

    # explain: of the running cost of a claim, hours are hour x hours a month x its months, and none where the price is not named.
    seen = 0
    for row in rows[:8]:
        priced, free = told(named, "explain", "--claim", row["claim_id"]), told(plain, "explain", "--claim", row["claim_id"])
        for action in ("surveil", "amicable", "legal"):
            with_price, without = priced["actions"][action], free["actions"][action]
            if with_price["value"] is not None:
                assert without["running_hours"] == 0
                assert math.isclose(with_price["running"] - with_price["running_hours"], without["running"], rel_tol=1e-6, abs_tol=1e-6), (action, with_price, without)
                most = HOUR * effort[row["segment"]][action] * priced["debtor"]["share"]
                assert 0 < with_price["running_hours"] <= most, (action, with_price, most)
                seen += 1
    assert seen > 8, seen

    # A fit leaves the price and what stands beside it as they are.
    program.must_run(["generate", "-n", 400, "--panel", "--months", 12, "--seed", 3, "--model", named, "-o", folder / "p.h5", "--quiet"])
    program.must_run(["fit", folder / "p.h5", "--model", named, "-o", folder / "fitted.yaml"])
    for before, after in zip(models()[1]["segments"], model_file.load_yaml(str(folder / "fitted.yaml"))["segments"]):
        assert before["cost"] == after["cost"] and before["effort_hours"] == after["effort_hours"], after["id"]
        assert before["payers"]["monthly"] == after["payers"]["monthly"], after["id"]

    # In words, and a price that is none.
    text = program.must_run_text(["value", store, "--model", named, "--quiet"])
    assert f"the treatments take {value['agent_hours']:,.1f} agent hours in the first 3 months" in text, text[:2000]
    bad = models()[1]
    bad["segments"][0]["cost"]["hour"] = -1
    (folder / "bad.yaml").write_text(json.dumps(bad))
    refused = program.run(["value", store, "--model", folder / "bad.yaml"])
    assert refused.returncode != 0 and "segments[0].cost.hour" in refused.stderr, refused.stderr
