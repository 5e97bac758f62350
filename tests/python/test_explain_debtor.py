#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`jalki explain --debtor` against `explain --claim` and the figures of `value`, and its treatments of all claims computed here."""
import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
import model_file  # noqa: E402
import program  # noqa: E402

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
MODEL = SOURCE / "models/nordic.yaml"


def explain(store, *options):
    return json.loads(program.must_run_text(["explain", store, "--model", MODEL, *options, "--format", "json"]))


def segments():
    """filing and effort_hours by segment, in base currency."""
    return {segment["id"]: segment for segment in model_file.load_model(str(MODEL))["segments"]}


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    program.must_run(["generate", "-n", 1500, "-o", folder / "t.csv", "--seed", 12, "--quiet"])
    program.import_tape(str(folder / "t.csv"), str(folder / "t.h5"), "2026-06-30")
    store = folder / "t.h5"
    debtors = {}
    for row in program.read_rows(str(folder / "t.csv")):
        debtors.setdefault(row["debtor_id"], []).append(row["claim_id"])
    made = program.value_store(str(store), str(MODEL), str(folder))
    values = {row["claim_id"]: row for row in program.read_rows(made["claims.csv"])}
    chosen = [debtor for debtor in sorted(debtors) if len(debtors[debtor]) in (3, 4)][:9]
    known, seen = {}, set()
    for debtor in chosen:
        told = known[debtor] = explain(store, "--debtor", debtor)
        assert [claim["claim_id"] for claim in told["claims"]] == debtors[debtor]
        apart, hours, count = 0.0, {}, {}
        sums = {action: 0.0 for action in ("sell", "surveil", "amicable", "legal")}
        for claim in told["claims"]:
            row, segment = values[claim["claim_id"]], segments()[claim["segment"]]
            if debtor == chosen[0]:
                alone = explain(store, "--claim", claim["claim_id"])
                del alone["manifest"]
                assert claim == alone, debtor
            assert abs(claim["value"] - float(row["value"])) < 1e-5 * (1 + float(row["value"]))
            apart += float(row["value"])
            for action in sums:
                worth = float(row["q_" + action] or 0)
                if worth <= 0:
                    continue
                sums[action] += worth
                count[action] = count.get(action, 0) + 1
                hours[action] = max(hours.get(action, 0.0), segment.get("effort_hours", {}).get(action, 0.0))
        for action, entry in told["actions"].items():
            assert entry["claims"] == count.get(action, 0), (debtor, action)
            if entry["claims"] and action != "legal":
                assert abs(entry["value"] - sums[action]) < 1e-4 * (1 + sums[action]), (debtor, action)
                assert abs(entry["hours"] - hours[action]) < 1e-9
            elif entry["claims"]:
                # one whole fee, where the shares come to less
                assert entry["value"] <= sums[action] + 1e-4 * (1 + sums[action])
        assert abs(told["value_apart"] - apart) < 1e-4 * (1 + apart)
        best = max((e["value"] for e in told["actions"].values() if e["claims"]), default=0.0)
        assert told["value_together"] == max(0.0, best)
        assert told["together"] == "close" or told["actions"][told["together"]]["value"] == best
        seen.add(told["together"])
    for debtor in chosen[:2]:
        text = program.must_run_text(["explain", store, "--model", MODEL, "--debtor", debtor])
        assert f"Debtor {debtor}: {len(debtors[debtor])} claim" in text and "Plan:" in text
    assert len(seen) > 1, seen
    # What `decide` without limits chooses is what is told here.
    program.must_run(["decide", store, "--model", MODEL, "--claims", folder / "decided.csv", "--quiet"])
    decided = {row["claim_id"]: row["decision"] for row in program.read_rows(str(folder / "decided.csv"))}
    for debtor in chosen:
        told = known[debtor]
        mine = {decided[claim] for claim in debtors[debtor]} - {"close"}
        assert mine == ({told["together"]} if told["together"] != "close" else set()), (debtor, mine, told["together"])
    for code, words, options in ((2, "--claim ID is needed, or --debtor ID", []), (2, "expected one of them", ["--claim", "a", "--debtor", "b"]),
                                 (1, "no debtor 'nobody'", ["--debtor", "nobody"])):
        done = program.run(["explain", store, "--model", MODEL, *options])
        assert done.returncode == code and words in done.stderr, (options, done.stderr)
