# SPDX-License-Identifier: Apache-2.0
"""One differential case: a random tape and model through the program and through the reference.

The program runs twice. First on the whole tape: claims and the totals that a near-tie cannot move. Then on the tape
without the claims whose plan has a near-tie (section 13 exempts their projection): decisions, cash flow and everything.
"""

import csv
import os

import compare
import model_file
import program
import random_case
import reference
import tape


def without_ties(case, claims, model, results):
    """Removes claims with a near-tie until none is left (shares of a debtor change when one of its claims goes)."""
    for _ in range(8):
        kept = [claim for claim, result in zip(claims, results) if result["tie"] >= 1]
        if len(kept) == len(claims) or not kept:
            return kept, results if kept else []
        claims = kept
        results = reference.value_tape(claims, model, case["cutoff"], case["irr"], case["sell"])
    return [], []


def write_rows(source, target, wanted):
    """Copies the rows of the CSV whose position is wanted."""
    with open(source, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    with open(target, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([rows[0]] + [rows[1 + index] for index in wanted])


def run_case(seed, folder, count=30):
    """Returns the Comparison of the case."""
    comparison = compare.Comparison()
    case = random_case.make_case(seed, folder, count)
    model = model_file.load_model(case["model"])
    claims = tape.read_tape(case["tape"])
    for position, claim in enumerate(claims):
        claim["position"] = position
    results = reference.value_tape(claims, model, case["cutoff"], case["irr"], case["sell"])
    options = {"irr": case["irr"], "sell": case["sell"]}
    irr = model["irr"] if case["irr"] is None else case["irr"]

    name = f"seed {seed}"
    rows, flows, figures = program.value_tape(case["tape"], case["model"], case["cutoff"], os.path.join(folder, "all"),
                                              **options)
    clean = all(result["tie"] >= 1 for result in results)
    compare.compare_claims(comparison, rows, results, name)
    compare.compare_json(comparison, figures, results, model, irr, name, clean)
    if clean:
        compare.compare_cashflow(comparison, flows, results, model, name)
        return comparison

    kept, results = without_ties(case, claims, model, results)
    if kept:
        name += " without ties"
        clean_tape = os.path.join(folder, "clean.csv")
        write_rows(case["tape"], clean_tape, [claim["position"] for claim in kept])
        rows, flows, figures = program.value_tape(clean_tape, case["model"], case["cutoff"],
                                                  os.path.join(folder, "clean"), **options)
        compare.compare_claims(comparison, rows, results, name)
        compare.compare_json(comparison, figures, results, model, irr, name, True)
        compare.compare_cashflow(comparison, flows, results, model, name)
    return comparison
