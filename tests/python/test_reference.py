# SPDX-License-Identifier: Apache-2.0
"""Differential test: random tapes and models through the program and through the reference (tests/reference), held to
the tolerances of model.md section 13. Longer runs: tests/reference/run.py --seeds A:B."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference"))
import compare
import differential
import program

# 9004 has a claim of 88 million that resolves within weeks and is worth much if it does not: what little is left must be exact.
SEEDS = [*program.some(range(int(os.environ.get("JALKI_REFERENCE_SEEDS", "20"))), 6), 9004]


class Differential(unittest.TestCase):
    def test_random_cases(self):
        total = compare.Comparison()
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                total.add(differential.run_case(seed, folder))
        print(total.table())
        self.assertFalse(total.failures, "\n" + "\n".join(total.failures[:40]))


if __name__ == "__main__":
    program.path()
    unittest.main()
