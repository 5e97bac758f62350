# SPDX-License-Identifier: Apache-2.0
"""Golden cases (tests/reference/golden): hand arithmetic against the reference and against the program."""

import csv
import datetime
import math
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "reference"))
import model_file
import plan
import program
import reference
import tape

GOLDEN = os.path.join(HERE, "..", "reference", "golden")
CUTOFF = datetime.date(2026, 6, 30)


def arithmetic(text):
    return eval(text, {"__builtins__": {}}, {"exp": math.exp, "log": math.log, "min": min})


def expectations(case):
    with open(os.path.join(GOLDEN, case, "expected.csv"), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Golden(unittest.TestCase):
    def check_figures(self, case, claims, portfolio):
        """`claims`: claim id → column → text as in the claims file; `portfolio`: the JSON's figures."""
        for line in expectations(case):
            where = f"{case}: {line['claim_id']} {line['column']}"
            if line["claim_id"] == "portfolio":
                got, wanted = portfolio[line["column"]], arithmetic(line["arithmetic"])
                self.assertAlmostEqual(got, wanted, delta=1e-5 * abs(wanted), msg=where)
                continue
            got = claims[line["claim_id"]][line["column"]]
            if not line["arithmetic"]:  # a word, or an empty cell
                self.assertEqual(got, line["expected"], where)
                continue
            wanted = arithmetic(line["arithmetic"])
            self.assertAlmostEqual(wanted, float(line["expected"]), delta=1e-8 * abs(wanted), msg=where)
            precise = line["column"] in ("months_to_bar", "score", "theta")
            tolerance = 1e-7 * abs(wanted) if precise else plan.money_tolerance(wanted)
            self.assertAlmostEqual(float(got), wanted, delta=tolerance, msg=where)

    def files(self, case):
        folder = os.path.join(GOLDEN, case)
        return os.path.join(folder, "tape.csv"), os.path.join(folder, "model.yaml")

    def test_reference(self):
        for case in ("plain", "hours", "dates", "court", "sale"):
            tape_path, model_path = self.files(case)
            model = model_file.load_model(model_path)
            results = reference.value_tape(tape.read_tape(tape_path), model, CUTOFF, sell=case == "sale")
            rows = (dict(zip(reference.CLAIMS_HEADER, reference.claim_row(result, True))) for result in results)
            self.check_figures(case, {row["claim_id"]: row for row in rows}, reference.portfolio(results, model))

    def test_program(self):
        for case in ("plain", "hours", "dates", "court", "sale"):
            tape_path, model_path = self.files(case)
            with tempfile.TemporaryDirectory() as folder:
                rows, _, figures = program.value_tape(tape_path, model_path, CUTOFF, folder, sell=case == "sale")
            self.check_figures(case, {row["claim_id"]: row for row in rows}, figures)


if __name__ == "__main__":
    program.path()
    unittest.main()
