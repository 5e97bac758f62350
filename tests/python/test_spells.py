# SPDX-License-Identifier: Apache-2.0
"""Debtors who pay in spells (tests/reference/spells.py: readiness unequal, gamma of shape 0.6; nothing of the program makes them), fitted on
months 6 to 35 and valued at month 36: what came in over the 60 months that follow beside `value`'s expected cash, in total and by months
since the last payment. A small run; larger ones are on the page about fits (scripts/recency.py)."""
import collections
import csv
import json
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
import program  # noqa: E402
import spells  # noqa: E402

BASE = SOURCE / "tests" / "fit" / "spells.yaml"
FIRST, CUT, HORIZON = 6, 36, 60


def recency(debtors, debtor):
    last = debtors.last_paid(debtor, CUT)
    if last is None:
        return "never"
    gap = CUT - 1 - last
    return "0-2" if gap < 3 else "3-11" if gap < 12 else "12 and more"


def main():
    debtors = spells.Debtors(4000, seed=1, spread=0.5)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        debtors.write_panel(folder / "panel.csv", FIRST, CUT)
        debtors.write_tape(folder / "tape.csv", CUT)
        program.must_run(["import", "--panel", folder / "panel.csv", "-o", folder / "p.h5", "--quiet", "--rejects", folder / "r.csv", "--max-rejects", 0])
        program.import_tape(str(folder / "tape.csv"), str(folder / "t.h5"), spells.month_start(CUT))
        program.must_run(["fit", folder / "p.h5", "--model", BASE, "-o", folder / "m.yaml", "--json", folder / "f.json", "--quiet"])
        outputs = program.value_store(str(folder / "t.h5"), str(folder / "m.yaml"), str(folder))
        claims = list(csv.DictReader(open(outputs["claims.csv"])))
        fit = json.loads((folder / "f.json").read_text())["spells"]
    assert fit["learned"] and fit["since_last_payment"] == 1, fit
    breakage = next(t for t in fit["terms"] if t["figure"] == "breakage" and t["segment"] and t["treatment"] == "amicable")
    assert 0.105 < breakage["estimate"] < 0.14, breakage  # one payment in eight is the last
    assert 0.4 < fit["readiness_shape"] < 0.9, fit["readiness_shape"]  # 0.6 of those who never paid before
    sums = collections.defaultdict(lambda: [0.0, 0.0])
    for claim in claims:
        debtor = int(claim["claim_id"][1:])
        for group in ("all", recency(debtors, debtor)):
            sums[group][0] += sum(debtors.paid[debtor][CUT:CUT + HORIZON]) / 100
            sums[group][1] += float(claim["gross_60m"])
    ratios = {group: came / expected for group, (came, expected) in sums.items()}
    print({group: round(ratio, 3) for group, ratio in sorted(ratios.items())})
    assert 0.9 < ratios["all"] < 1.1, ratios
    for group in ("0-2", "3-11", "12 and more", "never"):
        assert 0.75 < ratios[group] < 1.35, ratios  # valued once and for all by the last month: 0.4 to 8


if __name__ == "__main__":
    main()
