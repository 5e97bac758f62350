#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""jalki simulate with a matrix of correlations against closed forms. Debtors of this model pay so rarely that what a cell
(a segment in a country) brings is its part of what is expected, a, times a log-normal factor m of mean 1 that stays:

    Var(sum over cells of a m) = sum over i, k of a_i a_k (exp(R_ik sigma_i sigma_k) - 1)

Two cells that share a factor have R = 1 also where their countries are not equally volatile."""
import json
import math
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["JALKI_PROGRAM"]
VOLATILITY = {"FI": 0.3, "SE": 0.4}
MODEL = """
jalki_model: 1
name: two segments in two countries
base_currency: EUR
horizon_months: 24
epochs: [12, 12]
irr: 0
jurisdictions:
  FI: &law
    limitation:
      periods: [{months: null}]
      letter_interrupts: false
      title_final_months: {consumer: null, business: null}
      final_months: {consumer: null, business: null}
    interest: {consumer: 0, business: 0}
    mortality: {G: 0, b: 0, assumed_age: 40}
    attachable: null
  SE: *law
scorecard: {intercept: 0, weak_from: 0, able_from: 0, characteristics: []}
segments:
  - id: bills
    when: {product: [telecom]}
    exit_monthly: 0
    curves: &curves {surveil: [[0, 0.00002]], amicable: [[0, 0]], legal: [[0, 0]]}
    class_multiplier: &one {surveil: [1, 1, 1], amicable: [1, 1, 1], legal: [1, 1, 1]}
    class_monthly: &classes
      surveil: &still [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      amicable: *still
      legal: *still
    recovery_share: &share {surveil: 1, amicable: 1, legal: 1}
    cost: &cost
      surveil: {monthly: 0, contingent: 0}
      amicable: {monthly: 10, contingent: 0}
      legal: {monthly: 10, contingent: 0, filing: 1000, enforcement_monthly: 10, fee_shift: 0}
    legal: &legal {months_to_title: 4, pre_title_factor: 1, garnish_share: [0, 0, 0]}
    market: &market {price: [[0, 0]], title_factor: [1, 1, 1], bar_months: 36, transaction_cost: 0}
  - {id: loans, exit_monthly: 0, curves: *curves, class_multiplier: *one, class_monthly: *classes, recovery_share: *share, cost: *cost, legal: *legal, market: *market}
risk:
  persistence: 1
  countries: {FI: {volatility: 0.3}, SE: {volatility: 0.4}}
  parameters: {curve: 0, class_multiplier: 0, garnish_share: 0}
  correlation: CORRELATION
"""
CELLS = [("telecom", "FI", 1000), ("telecom", "SE", 2500), ("consumer_loan", "FI", 3000), ("consumer_loan", "SE", 1500)]


def matrix_text(names, rows):
    return f"{{factors: [{', '.join(names)}], matrix: [{', '.join(str(row) for row in rows)}]}}"


class Factors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.made.name)
        lines = ["claim_id,country,written_off_on,principal,product"]
        for product, country, balance in CELLS:
            lines += [f"{product}{country}{i},{country},2025-03-01,{balance},{product}" for i in range(40)]
        (cls.folder / "t.csv").write_text("\n".join(lines) + "\n")
        cls.run_program("import", "t.csv", "-o", "t.h5", "--cutoff", "2026-06-30", "--quiet")

    @classmethod
    def tearDownClass(cls):
        cls.made.cleanup()

    @classmethod
    def run_program(cls, *arguments, **environment):
        run = subprocess.run([PROGRAM, *arguments], cwd=cls.folder, env={**os.environ, **environment}, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return run.stdout

    def simulate(self, correlation, *arguments, **environment):
        (self.folder / "m.yaml").write_text(MODEL.replace("CORRELATION", correlation))
        return self.run_program("simulate", "t.h5", "--model", "m.yaml", "--no-own-risk", "--quiet", "--json", "-", *arguments, **environment)

    def check(self, correlation, factor_of, rows):
        """factor_of: of each cell, an index into rows."""
        found = json.loads(self.simulate(correlation, "--paths", "40000"))
        a = [40 * balance * (1 - math.exp(-0.00002 * 24)) for _, _, balance in CELLS]
        sigma = [VOLATILITY[country] for _, country, _ in CELLS]
        variance = sum(a[i] * a[k] * (math.exp(rows[factor_of[i]][factor_of[k]] * sigma[i] * sigma[k]) - 1) for i in range(4) for k in range(4))
        gross, errors = found["gross"], found["gross"]["std_errors"]
        self.assertLessEqual(abs(gross["mean"] - sum(a)), 3 * errors["mean"] + 1e-3 * sum(a))
        self.assertLessEqual(abs(gross["sd"] - math.sqrt(variance)), 3 * errors["sd"] + 2e-3 * math.sqrt(variance), (gross["sd"], math.sqrt(variance), errors["sd"]))
        return found["correlation"]

    def test_segments_in_countries(self):
        rows = [[1, -0.5, 0.3], [-0.5, 1, 0.6], [0.3, 0.6, 1]]
        told = self.check(matrix_text(["bills/FI", "bills", "loans"], rows), [0, 1, 2, 2], rows)
        self.assertEqual(told, {"factors": 3, "lowest": -0.5, "highest": 0.6})

    def test_factors_that_cancel(self):
        rows = [[1, -0.9], [-0.9, 1]]
        self.check(matrix_text(["bills", "loans"], rows), [0, 0, 1, 1], rows)

    def test_countries_as_a_matrix_and_as_a_number(self):
        rows = [[1, 0.4], [0.4, 1]]
        self.check(matrix_text(["SE", "FI"], rows), [1, 0, 1, 0], rows)
        told = self.check("0.4", [1, 0, 1, 0], rows)
        self.assertEqual(told, {"factors": 0, "lowest": 0.4, "highest": 0.4})

    def test_the_same_bits(self):
        rows = [[1, -0.5, 0.3], [-0.5, 1, 0.6], [0.3, 0.6, 1]]
        text = matrix_text(["bills/FI", "bills", "loans"], rows)
        first = self.simulate(text, "--paths", "500", JALKI_ISA="base")
        for arguments, environment in ((("--threads", "1"), {}), (("--threads", "3"), {"JALKI_ISA": "v3"}), ((), {"JALKI_BLOCK_ROWS": "7"})):
            self.assertEqual(self.simulate(text, "--paths", "500", *arguments, **environment), first)

    def test_what_is_no_matrix_of_a_reasonable_size(self):
        many = ", ".join(f"bills{i}" for i in range(10000))
        (self.folder / "m.yaml").write_text(MODEL.replace("CORRELATION", f"{{factors: [{many}], matrix: [[1]]}}"))
        run = subprocess.run([PROGRAM, "simulate", "t.h5", "--model", "m.yaml", "--quiet"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("risk.correlation.factors: expected at most 512 factors, found 10000", run.stderr)


if __name__ == "__main__":
    unittest.main()
