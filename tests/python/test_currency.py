#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`--currency CODE`: a tape with several currencies told in one of them. Every amount is that of the model's own currency times
the rate, scores, decisions and shares stay what they are, and the rates are said where the figures are read."""
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
MODEL = SOURCE / "models/nordic.yaml"
EURO_PER_KRONA = 0.0885  # fx of models/nordic.yaml
FX = {"EUR": 1.0, "SEK": EURO_PER_KRONA, "DKK": 0.134, "NOK": 0.086}
CLAIMS = 1200
MONEY = {"value", "balance", "erc_gross", "erc_net", "gross_12m", "gross_60m", "attachable", "q_close", "q_sell", "q_surveil",
         "q_amicable", "q_legal"}


def run(*arguments, code=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.stderr)
    return done.stdout if code == 0 else done.stderr


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


class Currency(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.kept.name)
        cls.tape = cls.folder / "t.h5"
        run("generate", "-n", CLAIMS, "--seed", 3, "-o", cls.folder / "t.csv", "--quiet")
        run("import", cls.folder / "t.csv", "--cutoff", "2026-06-30", "-o", cls.tape, "--quiet")

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def both(self, command, *options):
        """The document in the model's currency and in kronor."""
        own = json.loads(run(command, self.tape, "-m", MODEL, *options, "--format", "json", "--quiet"))
        told = json.loads(run(command, self.tape, "-m", MODEL, *options, "--currency", "SEK", "--format", "json", "--quiet"))
        return own, told

    def same(self, own, told, tolerance=1e-6):
        self.assertLessEqual(abs(told * EURO_PER_KRONA - own), tolerance * max(abs(own), 1.0), (own, told))

    def test_value(self):
        own, told = self.both("value")
        for name in ("face", "value", "bid", "onboarding", "net"):
            self.same(own[name], told[name])
        for name in ("bid_pct_of_face", "multiple", "payback_months", "claims", "payers"):
            self.assertEqual(json.dumps(own[name])[:9], json.dumps(told[name])[:9])
        self.assertEqual({k: v["claims"] for k, v in own["decisions"].items()}, {k: v["claims"] for k, v in told["decisions"].items()})
        manifest = told["manifest"]
        self.assertEqual(manifest["base_currency"], "SEK")
        self.assertEqual(own["manifest"]["model_sha256"], manifest["model_sha256"])
        for currency, rate in manifest["exchange_rates"].items():
            self.assertAlmostEqual(rate, FX[currency] / EURO_PER_KRONA, 9)
        self.assertEqual(set(manifest["exchange_rates"]), {"EUR", "DKK", "NOK"})
        self.assertEqual(own["manifest"]["exchange_rates"], {name: rate for name, rate in FX.items() if name != "EUR"})

    def test_claims(self):
        for name, options in (("own", ()), ("told", ("--currency", "SEK"))):
            run("value", self.tape, "-m", MODEL, *options, "--claims", self.folder / f"{name}.csv", "--full", "--quiet")
        own, told = rows_of(self.folder / "own.csv"), rows_of(self.folder / "told.csv")
        for one, other in zip(own, told, strict=True):
            for column in one:
                if column in MONEY and one[column]:
                    self.assertLessEqual(abs(float(other[column]) * EURO_PER_KRONA - float(one[column])),
                                         1e-4 + 2e-6 * abs(float(one[column])), (one["claim_id"], column))
                elif column != "value_pct_of_face":
                    self.assertEqual(one[column], other[column], (one["claim_id"], column))
        # the face, from the tape, at the file's own rates
        tape = {row["claim_id"]: row for row in rows_of(self.folder / "t.csv")}
        for row in told:
            claim = tape[row["claim_id"]]
            amount = sum(float(claim[c] or 0) for c in ("principal", "interest_accrued", "fees"))
            wanted = amount * FX[claim["currency"] or "EUR"] / EURO_PER_KRONA
            self.assertAlmostEqual(float(row["balance"]), wanted, delta=1e-8 * wanted + 1e-6)

    def test_others(self):
        own, told = self.both("price", "--irr", "0.12,0.15", "--floor", "multiple=1.8")
        for one, other in zip(own["returns"], told["returns"], strict=True):
            self.same(one["bid"], other["bid"], 1e-5)
            self.assertEqual(one["binding"], other["binding"])
        # prices that are asked are in the currency that is told
        asked = own["returns"][0]["bid"]
        low = json.loads(run("price", self.tape, "-m", MODEL, "--asked", asked, "--format", "json", "--quiet"))
        high = json.loads(run("price", self.tape, "-m", MODEL, "--asked", asked / EURO_PER_KRONA, "--currency", "SEK", "--format", "json",
                              "--quiet"))
        self.assertAlmostEqual(low["returns"][0]["asked"]["irr"], high["returns"][0]["asked"]["irr"], 6)
        own, told = self.both("scenario", "--scenarios", SOURCE / "data/scenarios/nordic.yaml", "--replanned")
        for one, other in zip(own["scenarios"], told["scenarios"], strict=True):
            self.same(one["replanned"]["value"], other["replanned"]["value"])
        # a scenario file stays in the model file's own currency
        (self.folder / "s.yaml").write_text("- name: dear\n  hour_price: 12\n")
        own, told = self.both("scenario", "--scenarios", self.folder / "s.yaml", "--replanned")
        self.assertLess(own["scenarios"][0]["replanned"]["value"], own["base"]["value"])
        self.same(own["scenarios"][0]["replanned"]["value"], told["scenarios"][0]["replanned"]["value"])
        own = json.loads(run("decide", self.tape, "-m", MODEL, "--court-budget", "2000", "--format", "json", "--quiet"))
        told = json.loads(run("decide", self.tape, "-m", MODEL, "--court-budget", 2000 / EURO_PER_KRONA, "--currency", "SEK", "--format",
                              "json", "--quiet"))
        self.same(own["objective"], told["objective"], 2e-4)
        own, told = self.both("worklist", "--top", "5")
        for one, other in zip(own["rows"], told["rows"], strict=True):
            self.assertEqual((one["claim_id"], one["action"], one["balance_own"]), (other["claim_id"], other["action"], other["balance_own"]))
            self.same(one["gain"], other["gain"], 1e-5)
        pair = [self.tape, self.tape, "-m", MODEL, "--cutoff-b", "2026-09-30", "--format", "json", "--quiet"]
        own, told = (json.loads(run("compare", *pair, *options)) for options in ((), ("--currency", "SEK")))
        self.assertEqual(told["currency"], "SEK")
        self.same(own["rows"][0]["closing"], told["rows"][0]["closing"])

    def test_inspect(self):
        told = json.loads(run("inspect", self.tape, "-m", MODEL, "--currency", "SEK", "--format", "json"))
        value = json.loads(run("value", self.tape, "-m", MODEL, "--currency", "SEK", "--format", "json", "--quiet"))
        self.assertEqual(list(told["currencies"]), ["SEK"])
        self.assertEqual(told["currency"], "SEK")
        self.assertEqual(told["currencies"]["SEK"]["claims"], CLAIMS)
        self.assertAlmostEqual(told["currencies"]["SEK"]["balance"], value["face"], delta=0.015 * CLAIMS)  # each part to the hundredth
        levels = told["columns"]["currency"]["levels"]
        apart = json.loads(run("inspect", self.tape, "--format", "json"))["currencies"]
        for name, group in apart.items():
            if name != "(none)":
                self.assertEqual(levels[name]["claims"], group["claims"])
                self.assertAlmostEqual(levels[name]["balance"]["SEK"], group["balance"] * FX[name] / EURO_PER_KRONA,
                                       delta=0.015 * group["claims"] + 0.01)
        self.assertIn("Rates     1 EUR = 11.2994 SEK", run("inspect", self.tape, "-m", MODEL, "--currency", "SEK"))
        self.assertIn("--currency", run("inspect", self.tape, "--currency", "SEK", code=2))

    def test_results_and_pages(self):
        results, page = self.folder / "r.h5", self.folder / "p.html"
        run("value", self.tape, "-m", MODEL, "--currency", "SEK", "-o", results, "--quiet")
        figures = json.loads(run("report", results, "--json", "-", "-o", page, "--quiet"))
        self.assertEqual(figures["currency"], "SEK")
        own = json.loads(run("report", results, "--currency", "EUR", "--json", "-", "--quiet"))
        self.assertEqual(own["currency"], "EUR")
        self.same(own["valuation"]["value"], figures["valuation"]["value"])
        total = sum(row["balance_told"] for row in figures["tape"]["currencies"])
        self.assertAlmostEqual(total, figures["valuation"]["face"], delta=1.0)
        bridge = json.loads(run("compare", results, results, "--format", "json", "--quiet"))
        self.assertEqual(bridge["currency"], "SEK")

    def test_said(self):
        text = run("value", self.tape, "-m", MODEL, "--currency", "SEK", "--quiet")
        self.assertRegex(text, r"Rates     1 EUR = 11\.2994 SEK, 1 DKK = 1\.51412 SEK, 1 NOK = 0\.971751 SEK\n")
        self.assertRegex(run("value", self.tape, "-m", MODEL, "--quiet"), r"Rates     1 SEK = 0\.0885 EUR, ")
        self.assertIn("1 EUR = 11,2994 SEK", run("value", self.tape, "-m", MODEL, "--currency", "SEK", "--language", "fi", "--quiet"))
        self.assertIn("no rate of XXX", run("value", self.tape, "-m", MODEL, "--currency", "XXX", code=1))
        self.assertIn("three capital letters", run("value", self.tape, "-m", MODEL, "--currency", "sek", code=2))

    def test_the_models_own_is_as_without(self):
        plain = run("value", self.tape, "-m", MODEL, "--quiet")
        self.assertEqual(plain, run("value", self.tape, "-m", MODEL, "--currency", "EUR", "--quiet"))
        header = io.StringIO(run("value", self.tape, "-m", MODEL, "--format", "csv", "--quiet")).readline()
        self.assertTrue(re.match("group,name,claims", header))


if __name__ == "__main__":
    unittest.main()
