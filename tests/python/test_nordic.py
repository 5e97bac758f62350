# SPDX-License-Identifier: Apache-2.0
"""The shipped model on the bundled tape: results a debt purchaser would believe, and those that the law alone decides.
Ranges are those of published accounts (docs/model-file.md), wide enough for another sample and not for a wrong sign."""
import csv
import datetime
import gzip
import json
import os
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.environ["JALKI_SOURCE"]
PROGRAM = os.environ["JALKI_PROGRAM"]
TAPE = os.path.join(SOURCE, "data", "sample-tape.csv.gz")
MODEL = os.path.join(SOURCE, "models", "nordic.yaml")
CUTOFF = datetime.date(2026, 6, 30)


def run(*arguments):
    subprocess.run([PROGRAM, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def value(store, folder, name, *options):
    claims, figures = (os.path.join(folder, f"{name}.{kind}") for kind in ("csv", "json"))
    run("value", store, "--model", MODEL, "--claims", claims, "--json", figures, *options)
    with open(claims, encoding="utf-8") as file:
        rows = {row["claim_id"]: row for row in csv.DictReader(file)}
    with open(figures, encoding="utf-8") as file:
        return rows, json.load(file)


def months_since(text):
    date = datetime.date.fromisoformat(text)
    return (CUTOFF.year - date.year) * 12 + CUTOFF.month - date.month


class Nordic(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with gzip.open(TAPE, "rt", encoding="utf-8") as file:
            cls.tape = {row["claim_id"]: row for row in csv.DictReader(file)}
        with tempfile.TemporaryDirectory() as folder:
            store = os.path.join(folder, "t.h5")
            run("import", TAPE, "-o", store, "--cutoff", CUTOFF.isoformat())
            cls.claims, cls.figures = value(store, folder, "keep")
            cls.selling, cls.sold = value(store, folder, "sell", "--sell")

    def total(self, column, chosen=lambda row, claim: True):
        return sum(float(row[column]) for key, row in self.claims.items() if chosen(self.tape[key], row))

    def share_of_face(self, low, high):
        """Value per unit of face of the claims of an age; euros only, so that the tape's amounts need no rates."""
        keys = [key for key, claim in self.tape.items()
                if claim["country"] == "FI" and claim["currency"] == "EUR"
                and low <= months_since(claim["written_off_on"]) < high]
        face = sum(float(self.tape[key][column] or 0) for key in keys
                   for column in ("principal", "interest_accrued", "fees"))
        return sum(float(self.claims[key]["value"]) for key in keys) / face

    def test_costs_and_multiples(self):
        gross, net = self.total("erc_gross"), self.total("erc_net")
        self.assertTrue(0.20 <= (gross - net) / gross <= 0.45)
        outlay = self.figures["bid"] + self.figures["onboarding"]
        self.assertTrue(1.5 <= gross / outlay <= 3.0)
        self.assertTrue(1.4 <= self.figures["multiple"] <= 2.5)
        self.assertTrue(3.0 <= self.figures["bid_pct_of_face"] <= 10.0)

    def test_old_debt_is_cheaper(self):
        young, recent, middle, old = (self.share_of_face(*ages) for ages in ((0, 12), (12, 36), (36, 72), (72, 180)))
        self.assertTrue(0.08 <= young <= 0.20, young)
        self.assertTrue(young > recent > middle > old)
        self.assertTrue(0.02 <= middle <= 0.06, middle)
        self.assertTrue(0.01 <= old <= 0.04, old)

    def test_every_decision_occurs(self):
        for action in ("close", "surveil", "amicable", "legal"):
            self.assertGreater(self.figures["decisions"][action]["claims"], 0.05 * self.figures["claims"], action)
        self.assertEqual(self.figures["decisions"]["sell"]["claims"], 0)
        self.assertGreater(self.sold["decisions"]["sell"]["claims"], 0.05 * self.sold["claims"])
        self.assertLess(self.sold["decisions"]["sell"]["claims"], 0.6 * self.sold["claims"])

    def test_a_buyer_who_sees_the_claim_takes_no_good_ones(self):
        """A seller sells only above what the claim is worth to him, so that the sum of what is sold lies above what the same model would hold it at;
        a price that knows the claim leaves next to nothing of that: 0.2 % of the portfolio's value."""
        sold = [key for key, row in self.selling.items() if row["decision"] == "sell"]
        proceeds = sum(float(self.selling[key]["value"]) for key in sold)
        held = sum(float(self.claims[key]["value"]) for key in sold)
        self.assertLess(proceeds - held, 0.003 * self.figures["value"])
        self.assertGreater(self.sold["value"], self.figures["value"])
        self.assertLess(self.sold["value"], 1.005 * self.figures["value"])

    def test_debts_are_paid_in_spells(self):
        paying = [key for key, row in self.claims.items() if row["paying"] == "1"]
        self.assertTrue(0.04 <= len(paying) / len(self.claims) <= 0.08, len(paying))
        for key in paying:
            self.assertNotEqual(self.claims[key]["decision"], "legal", key)
            self.assertEqual(self.claims[key]["q_legal"], "", key)
        self.assertEqual(self.figures["payers"][0], len(paying))
        self.assertTrue(all(0 < later < earlier for earlier, later in zip(self.figures["payers"], self.figures["payers"][1:])))

    def test_who_cannot_be_reached_is_not_called(self):
        gone = [key for key, claim in self.tape.items() if claim["reachable"] == "none"]
        self.assertGreater(len(gone), 100)
        for key in gone:
            self.assertEqual(self.claims[key]["q_amicable"], "", key)

    def test_better_classes_are_worth_more(self):
        mean = {}
        for name in ("none", "weak", "able"):
            gross = self.total("erc_gross", lambda claim, row: row["capacity_class"] == name)
            early = self.total("gross_12m", lambda claim, row: row["capacity_class"] == name)
            mean[name] = early / gross
        self.assertTrue(mean["none"] < mean["weak"] < mean["able"])

    def test_untitled_claims_end_where_letters_do_not_interrupt(self):
        untitled = [(claim, self.claims[key]) for key, claim in self.tape.items()
                    if not claim["title_on"] and claim["legal_status"] == "none" and claim["debtor_type"] == "consumer"]
        seen = 0
        for claim, row in untitled:
            if row["decision"] == "surveil" and claim["country"] in ("DK", "NO"):
                self.assertNotEqual(row["months_to_bar"], "", claim["claim_id"])
                self.assertLessEqual(float(row["months_to_bar"]), 121.0)
                seen += 1
            if row["decision"] == "surveil" and claim["country"] == "SE":
                self.assertEqual(row["months_to_bar"], "", claim["claim_id"])
        self.assertGreater(seen, 20)

    def test_nothing_is_attachable_in_denmark(self):
        for key, claim in self.tape.items():
            if claim["country"] == "DK":
                self.assertEqual(float(self.claims[key]["attachable"]), 0.0)
        countries = {name: part["value"] / part["face"] for name, part in self.figures["countries"].items()}
        self.assertEqual(min(("FI", "SE", "NO", "DK"), key=countries.get), "DK")

    def test_status_decides_first(self):
        for key, claim in self.tape.items():
            if claim["legal_status"] == "deceased":
                self.assertEqual(self.claims[key]["decision"], "close")
            if claim["legal_status"] in ("bankruptcy", "debt_adjustment"):
                self.assertIn(self.claims[key]["decision"], ("close", "surveil"))
            if claim["vulnerable"] == "1":
                self.assertNotIn(self.claims[key]["decision"], ("legal", "sell"))
                self.assertNotIn(self.selling[key]["decision"], ("legal", "sell"))


if __name__ == "__main__":
    if not os.path.exists(TAPE):
        print("skipped: no data/sample-tape.csv.gz")
        sys.exit(77)
    unittest.main()
