#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Nordic model with debtors who pay in spells, on the bundled sample tape: figures that the trade would believe, and rules of the contract
that can be read off the results."""
import csv
import gzip
import json
import os
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = os.environ["JALKI_SOURCE"]
MODEL = os.path.join(SOURCE, "models", "nordic-payers.yaml")


class NordicPayers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="jalki-payers-")
        cls.addClassCleanup(cls.folder.cleanup)
        with gzip.open(os.path.join(SOURCE, "data", "sample-tape.csv.gz"), "rt", newline="") as file:
            cls.tape = {row["claim_id"]: row for row in csv.DictReader(file)}
        cls.run_program("import", os.path.join(SOURCE, "data", "sample-tape.csv.gz"), "--cutoff", "2026-06-30", "-o", "t.h5")
        cls.claims, cls.figures = cls.value()
        cls.selling, cls.sold = cls.value("--sell")

    @classmethod
    def run_program(cls, *arguments):
        done = subprocess.run([PROGRAM, *arguments, "--quiet"], cwd=cls.folder.name, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @classmethod
    def value(cls, *options):
        cls.run_program("value", "t.h5", "--model", MODEL, "--claims", "c.csv", "--json", "v.json", *options)
        with open(os.path.join(cls.folder.name, "c.csv"), newline="") as file:
            rows = {row["claim_id"]: row for row in csv.DictReader(file)}
        with open(os.path.join(cls.folder.name, "v.json")) as file:
            return rows, json.load(file)

    def test_figures_are_those_of_the_trade(self):
        figures = self.figures
        gross = figures["erc_gross"]["180"]
        self.assertTrue(3.0 <= figures["bid_pct_of_face"] <= 10.0, figures["bid_pct_of_face"])
        self.assertTrue(1.7 <= gross / figures["bid"] <= 2.5, gross / figures["bid"])
        self.assertTrue(0.20 <= 1 - figures["net"] / gross <= 0.39)

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

    def test_a_buyer_who_sees_the_claim_takes_no_good_ones(self):
        """A seller sells only above what the claim is worth to him, so that the sum of what is sold lies above what he would hold it at; a price
        that knows the claim leaves next to nothing of that."""
        sold = [key for key, row in self.selling.items() if row["decision"] == "sell"]
        proceeds = sum(float(self.selling[key]["value"]) for key in sold)
        held = sum(float(self.claims[key]["value"]) for key in sold)
        self.assertLess(proceeds - held, 0.003 * self.figures["value"])
        self.assertGreaterEqual(self.sold["value"], self.figures["value"])
        self.assertLess(self.sold["value"], 1.005 * self.figures["value"])


if __name__ == "__main__":
    unittest.main()
