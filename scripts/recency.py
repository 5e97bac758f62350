#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What debtors who pay in spells brought, beside what a fitted model's value expected of them, by months since their last payment: the table
of docs/fit.md. Histories are simulated with nothing of the program (tests/reference/spells.py), fitted on months 6 to 35, valued at month 36
and held against the 60 months that follow; and against the mean of many courses that they could have taken from there, each debtor being as ready as
he is: what is left then is the fit's error and who the debtors of a group happen to be. Not part of the tests, of which tests/python/test_spells.py is a small run.

    scripts/recency.py --program build/release/jalki --debtors 12000 --seeds 1-3 --rate 0.01 --spell 8
"""
import argparse
import collections
import csv
import math
import os
import pathlib
import random
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
import program  # noqa: E402
import spells  # noqa: E402

FIRST, CUT, HORIZON = 6, 36, 60
GROUPS = ("all", "0-2", "3-5", "6-11", "12 and more", "never")


def group_of(debtors, debtor):
    last = debtors.last_paid(debtor, CUT)
    if last is None:
        return "never"
    gap = CUT - 1 - last
    return "0-2" if gap < 3 else "3-5" if gap < 6 else "6-11" if gap < 12 else "12 and more"


def ratios_of(debtors, folder, base, futures):
    """Cash that came in, and the mean of what could have, over cash expected, by group."""
    debtors.write_panel(folder / "panel.csv", FIRST, CUT)
    debtors.write_tape(folder / "tape.csv", CUT)
    program.must_run(["import", "--panel", folder / "panel.csv", "-o", folder / "p.h5", "--quiet", "--rejects", folder / "r.csv", "--max-rejects", 0])
    program.import_tape(str(folder / "tape.csv"), str(folder / "t.h5"), spells.month_start(CUT))
    program.must_run(["fit", folder / "p.h5", "--model", base, "-o", folder / "m.yaml", "--quiet"])
    outputs = program.value_store(str(folder / "t.h5"), str(folder / "m.yaml"), str(folder))
    sums = collections.defaultdict(lambda: [0.0, 0.0, 0.0])
    draw = random.Random(1)
    with open(outputs["claims.csv"], encoding="utf-8") as claims:
        for claim in csv.DictReader(claims):
            debtor = int(claim["claim_id"][1:])
            could = sum(debtors.future(debtor, CUT, HORIZON, draw) for _ in range(futures)) / futures / 100
            for group in ("all", group_of(debtors, debtor)):
                sums[group][0] += sum(debtors.paid[debtor][CUT:CUT + HORIZON]) / 100
                sums[group][1] += could
                sums[group][2] += float(claim["gross_60m"])
    return {group: (came / expected, could / expected) for group, (came, could, expected) in sums.items()}


def main():
    parser = argparse.ArgumentParser(description="Cash that came in over cash that a fitted model's value expected, by recency.")
    parser.add_argument("--program", default=SOURCE / "build" / "release" / "jalki")
    parser.add_argument("--model", default=SOURCE / "tests" / "fit" / "spells.yaml", help="the base model of the fits")
    parser.add_argument("--debtors", type=int, default=12000)
    parser.add_argument("--seeds", default="1-3", help="first and last")
    parser.add_argument("--rate", type=float, default=0.01, help="new spells a month")
    parser.add_argument("--spell", type=float, default=8.0, help="months that a spell lasts on average")
    parser.add_argument("--shape", type=float, default=0.6, help="of the gamma distribution of readiness")
    parser.add_argument("--futures", type=int, default=20, help="courses that are drawn for each debtor")
    options = parser.parse_args()
    os.environ["JALKI_PROGRAM"] = str(options.program)
    first, last = map(int, options.seeds.split("-"))
    logs = collections.defaultdict(lambda: [[], []])
    print("seed  " + "  ".join(f"{group:>11}" for group in GROUPS) + "   came in / could have, over expected")
    for seed in range(first, last + 1):
        with tempfile.TemporaryDirectory() as name:
            ratios = ratios_of(spells.Debtors(options.debtors, seed, options.rate, options.spell, shape=options.shape), pathlib.Path(name), options.model, options.futures)
        print(f"{seed:4}  " + "  ".join(f"{ratios[group][0]:4.2f} / {ratios[group][1]:4.2f}" for group in GROUPS), flush=True)
        for group in GROUPS:
            for which in range(2):
                logs[group][which].append(math.log(ratios[group][which]))
    means = {group: [math.exp(sum(logs[group][which]) / len(logs[group][which])) for which in range(2)] for group in GROUPS}
    print("mean  " + "  ".join(f"{means[group][0]:4.2f} / {means[group][1]:4.2f}" for group in GROUPS))


if __name__ == "__main__":
    main()
