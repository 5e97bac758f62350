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
from score import garnishment, score
from tape import read_tape, with_defaults

SOURCE = os.environ["JALKI_SOURCE"]
INSTALMENTS = 0.5
CLASSES = ["none", "weak", "able"]
TITLES = ["none", "pending", "title"]


def expected_share(model, facts, scored, row):
    """Expected cash as a part of balance_start: share * integral of the curve's intensity, and what is garnished or a dividend, of which
    no share is taken off; and what one payment brings."""
    segment = model["segments"][facts["segment"]]
    treatment, k, z = row["treatment"], CLASSES.index(row["capacity_class"]), TITLES.index(row["title_state"])
    center = segment.get("theta_center", [0.0, 0.0, 0.0])[k]
    months, u = float(row["period_months"]), facts["u"]
    curve = segment["curves"][treatment]
    part = math.exp(scored["eta"] - center) * segment["class_multiplier"][treatment][k] * (
        model_file.cumulative(curve, u + months) - model_file.cumulative(curve, u))
    if treatment == "legal" and z < 2:
        part *= segment["legal"]["pre_title_factor"]
    share = segment["recovery_share"][treatment]
    other = (model.get("statuses") or {}).get(row["legal_status"] or "none", {}).get("dividend_monthly", 0.0) * months
    if treatment == "legal" and z == 2:
        other += segment["legal"]["garnish_share"][k] * (garnishment(facts) if facts["workable"] else 0.0) * months
    return share * part + other, share if other == 0 else 1.0


def without_payers(path, folder):
    """The shipped model with ten times the collections, in which whoever pays, pays at once, and no points fade: what fades does so from a
    claim's first row on, which the rows do not tell."""
    model = model_file.load_yaml(os.path.join(SOURCE, "models", "nordic.yaml"))
    model["scorecard"].update(intercept=2.3, able_from=900, weak_from=760)
    for segment in model["segments"]:
        segment.pop("payers", None)
    for item in model["scorecard"]["characteristics"]:
        item.pop("fades", None)
    with open(path, "w", encoding="utf-8") as out:
        out.write(json.dumps(model))


class History(unittest.TestCase):
    def test_expectations(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/model.yaml"
            without_payers(path, folder)
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


FLAT = {"jalki_model": 1, "name": "flat", "base_currency": "EUR", "fx": {"SEK": 0.09, "DKK": 0.13, "NOK": 0.09}, "irr": 0.1,
        "jurisdictions": {"EU": {"limitation": {"periods": [{"months": None}], "letter_interrupts": False,
                                                "title_final_months": {"consumer": None, "business": None},
                                                "final_months": {"consumer": None, "business": None}},
                                 "interest": {"consumer": 0, "business": 0}, "mortality": {"G": 0, "b": 0.1, "assumed_age": 48},
                                 "attachable": None}},
        "scorecard": {"intercept": 0.0, "weak_from": 0, "able_from": 0, "characteristics": []}}
KINDS = ("surveil", "amicable", "legal")


def flat_model(h, settled, rho, beta, since):
    ones = {kind: [1, 1, 1] for kind in KINDS}
    stay = {kind: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] for kind in KINDS}
    return {**FLAT, "segments": [{
        "id": "one", "exit_monthly": 0, "curves": {kind: [[0, h]] for kind in KINDS}, "class_multiplier": ones, "class_monthly": stay,
        "recovery_share": {kind: 1.0 for kind in KINDS},
        "cost": {"surveil": {"monthly": 0, "contingent": 0}, "amicable": {"monthly": 0, "contingent": 0},
                 "legal": {"monthly": 0, "contingent": 0, "filing": 0, "enforcement_monthly": 0, "fee_shift": 0}},
        "legal": {"months_to_title": 4, "pre_title_factor": 1, "garnish_share": [0, 0, 0]},
        "payers": {"settled_share": {kind: settled for kind in KINDS}, "monthly_share": [rho] * 3, "breakage": {kind: beta for kind in KINDS},
                   "monthly": {kind: 0 for kind in KINDS}, "since_last_payment": since},
        "market": {"price": [[0, 0.1]], "title_factor": [1, 1, 1], "bar_months": 36, "transaction_cost": 0}}]}


def chain(h, settled, rho, beta, months, paying):
    """Share of the balance that model.md's two moods bring in so many months, by small steps; 0.1 % a month are sold."""
    quiet, pays, brought, step, sold = 1.0 - paying, float(paying), 0.0, 1 / 200, 0.001
    for _ in range(int(months / step)):
        brought += step * (settled * h * quiet + rho * pays)
        quiet, pays = (quiet + step * (beta * pays - (h + sold) * quiet),
                       pays + step * ((1 - settled) * h * quiet - (beta + rho + sold) * pays))
    return brought


class Spells(unittest.TestCase):
    """Histories in spells against the chain of the contract: what comes in over three years as a part of the balance at the start, of
    those who begin quiet and of those who begin paying."""

    def spells(self, *options, months=36):
        figures = (0.02, 0.4, 0.03, 0.1)
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/m.yaml", "w", encoding="utf-8") as out:
                out.write(json.dumps(flat_model(*figures, 2)))
            subprocess.run([program.path(), "generate", "--panel", "--model", f"{folder}/m.yaml", "-n", "3000", "--months", str(months),
                            "--period-months", "3", "--quiet", "-o", f"{folder}/p.csv", *options], check=True)
            rows = read_tape(f"{folder}/p.csv")
        claims = collections.defaultdict(list)
        for row in rows:
            claims[row["claim_id"]].append(row)
        return figures, claims

    def test_chain(self):
        figures, claims = self.spells("--seed", "3")
        groups = {0: [], 1: []}
        for rows in claims.values():
            first, balance = rows[0], float(rows[0]["balance_start"])
            if rows[-1]["exit"] in ("closed", "insolvency") or first["legal_status"] in ("bankruptcy", "debt_adjustment") or balance < 50:
                continue
            last = str(first["last_paid_on"] or "")
            recent = last >= "2020-11-02"  # less than two whole months before 2021-01-01
            groups[int(recent)].append(sum(float(row["cash"]) for row in rows) / balance)
        for paying, shares in groups.items():
            mean = sum(shares) / len(shares)
            error = math.sqrt(sum((share - mean) ** 2 for share in shares) / len(shares) ** 2)
            wanted = chain(*figures, 36, paying)
            print(f"paying {paying}: {len(shares)} claims brought {mean:.4f} of their balance, s.e. {error:.4f}, the chain says {wanted:.4f}")
            # Payments stand at the start of the months that they are for, half a month early: hence the second term.
            self.assertLess(abs(mean - wanted), 4 * error + 0.01 * wanted)

    def test_rows(self):
        _, claims = self.spells("--seed", "4", "--heterogeneity", "0.6", months=12)
        for rows in claims.values():
            for before, row in zip(rows, rows[1:]):
                paid = round(float(before["cash"]) * 100)
                self.assertEqual(round(float(before["balance_start"]) * 100) - paid, round(float(row["balance_start"]) * 100))
                if paid:
                    self.assertTrue(before["period_start"] <= str(row["last_paid_on"]) < row["period_start"])
                else:
                    self.assertEqual(before["last_paid_on"], row["last_paid_on"])
                self.assertIsNone(row["instalment_monthly"])  # spells are of the model's size


if __name__ == "__main__":
    unittest.main()
