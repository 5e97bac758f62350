# SPDX-License-Identifier: Apache-2.0
"""Generated history against the contract as the reference reads it (tests/reference): each row is looked at as a claim of
a tape whose cut-off is its period_start, its expected cash is worked out from model.md, and cash less that must be noise
of the size that the simulation's own rules give. Nothing of the program but the file that it wrote is used."""

import collections
import datetime
import json
import math
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference"))
import model_file
import program
from law import law, sum_debtors
from score import score, terms
from tape import read_tape, with_defaults

SOURCE = os.environ["JALKI_SOURCE"]
INSTALMENTS = 0.5
CLASSES = ["none", "weak", "able"]
TITLES = ["none", "pending", "title"]


def expected_share(model, facts, scored, row):
    """share * integral of the intensity: expected cash as a part of balance_start, and the share."""
    segment = model["segments"][facts["segment"]]
    treatment, k, z = row["treatment"], CLASSES.index(row["capacity_class"]), TITLES.index(row["title_state"])
    center = segment.get("theta_center", [0.0, 0.0, 0.0])[k]
    months, u = float(row["period_months"]), facts["u"]
    curve = segment["curves"][treatment]
    part = math.exp(scored["eta"] - center) * segment["class_multiplier"][treatment][k] * (
        model_file.cumulative(curve, u + months) - model_file.cumulative(curve, u))
    if treatment == "legal" and z < 2:
        part *= segment["legal"]["pre_title_factor"]
    if treatment == "legal" and z == 2:
        part += segment["legal"]["garnish_share"][k] * terms(facts, scored, False)["gamma"] * months
    return part * segment["recovery_share"][treatment], segment["recovery_share"][treatment]


class History(unittest.TestCase):
    def test_expectations(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/model.yaml"
            with open(path, "w", encoding="utf-8") as out:  # the shipped model with ten times the collections
                out.write(f"include: [{os.path.relpath(SOURCE, folder)}/models/nordic.yaml]\n"
                          "scorecard: {intercept: 2.3, able_from: 900, weak_from: 760}\n")
            subprocess.run([program.path(), "generate", "--panel", "--model", path, "-n", "2500", "--months", "12",
                            "--period-months", "3", "--instalments", str(INSTALMENTS), "--seed", "5", "--quiet", "-o",
                            f"{folder}/p.csv"], check=True)
            model = model_file.load_model(path)
            rows = read_tape(f"{folder}/p.csv")
        periods = collections.defaultdict(list)
        for row in rows:
            periods[row["period_start"]].append(row)
        self.assertEqual(sorted(periods), ["2021-01-01", "2021-04-01", "2021-07-01", "2021-10-01"])
        cells = collections.defaultdict(lambda: [0.0, 0.0, 0.0])
        balances = {}
        for start in sorted(periods):
            day = datetime.date.fromisoformat(start)
            claims = [with_defaults(row, model) for row in periods[start]]
            facts = [law(claim, model, day) for claim in claims]
            sum_debtors(claims, facts)
            for row, claim, fact in zip(periods[start], claims, facts):
                self.assertEqual(TITLES[fact["z0"]], row["title_state"])
                self.assertTrue(fact["workable"])
                balance = float(row["balance_start"])
                self.assertAlmostEqual(balance * 100, claim["principal"] + (claim["interest_accrued"] or 0) +
                                       (claim["fees"] or 0), places=3)
                self.assertLessEqual(balance, balances.get(row["claim_id"], balance))  # nothing accrues
                balances[row["claim_id"]] = balance
                expected, share = expected_share(model, fact, score(claim, fact, model, day), row)
                for key in ("all", row["treatment"], "title " + row["title_state"], "class " + row["capacity_class"],
                            "segment %d" % fact["segment"], start):
                    cell = cells[key]
                    cell[0] += float(row["cash"]) / balance
                    cell[1] += expected
                    cell[2] += share * expected * (1 - INSTALMENTS + 0.05 * INSTALMENTS)
        for key, (cash, expected, variance) in sorted(cells.items()):
            z = (cash - expected) / math.sqrt(variance)
            print(f"{key:20} cash {cash:9.3f} expected {expected:9.3f} z {z:6.2f}")
            if expected > 5:
                self.assertLess(abs(z), 4.0, key)
        cash, expected, variance = cells["all"]
        self.assertLess(abs(cash - expected), 3 * math.sqrt(variance))
        self.assertLess(math.sqrt(variance), 0.06 * expected)  # the test can tell a wrong level
        exits = collections.Counter(row["exit"] for row in rows)
        print(json.dumps(exits))
        self.assertTrue(all(exits[name] > 0 for name in ("none", "paid", "insolvency", "closed")))


if __name__ == "__main__":
    unittest.main()
