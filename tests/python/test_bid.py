# SPDX-License-Identifier: Apache-2.0
"""`jalki bid` against tenders played out one by one: a true worth, everybody's estimate of it with its error, everybody's
bid. Nothing of the program's formulas is used."""

import json
import math
import os
import random
import statistics
import subprocess
import unittest

VALUE = 1000.0
TENDERS = 60000


def advice(*options):
    command = [os.environ["JALKI_PROGRAM"], "bid", "--value", str(VALUE), "--format", "json", *map(str, options)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def play(bids, rivals, spread, level, error, correlation, seed):
    """Per bid: the worths of the tenders that it wins, out of TENDERS; our own estimate is VALUE in each."""
    draw = random.Random(seed)
    shared, own = error * math.sqrt(correlation), error * math.sqrt(1 - correlation)
    taste = math.sqrt(max(0.0, spread**2 - 2 * own**2))  # what bids spread by besides estimates: targets, costs
    won = [[] for _ in bids]
    for _ in range(TENDERS):
        common = shared * draw.gauss(0, 1)
        ours = common + own * draw.gauss(0, 1)
        # The worth behind an estimate of VALUE with this error; the estimate is right on average.
        worth = VALUE * math.exp(-ours - error**2 / 2)
        true_level = math.log(VALUE) - ours
        highest = max(math.log(level) + true_level + common + own * draw.gauss(0, 1) + taste * draw.gauss(0, 1)
                      for _ in range(rivals))
        for k, bid in enumerate(bids):
            if math.log(bid) >= highest:
                won[k].append(worth)
    return won


class Bid(unittest.TestCase):
    def check(self, rivals, spread, level, error, correlation):
        got = advice("--rivals", rivals, "--spread", spread, "--level", level, "--error", error,
                     "--correlation", correlation)
        rows = [row for row in got["steps"] + [got["best"]] if row["chance"] > 0.02]
        self.assertGreater(len(rows), 5)
        for row, worths in zip(rows, play([row["bid"] for row in rows], rivals, spread, level, error, correlation, 7)):
            chance = len(worths) / TENDERS
            margin = 4.5 * math.sqrt(row["chance"] * (1 - row["chance"]) / TENDERS)
            self.assertAlmostEqual(row["chance"], chance, delta=margin, msg=row)
            margin = 4.5 * statistics.pstdev(worths) / math.sqrt(len(worths)) + 1e-9
            self.assertAlmostEqual(row["worth_if_won"], statistics.fmean(worths), delta=margin, msg=row)
            self.assertAlmostEqual(row["gain_if_won"], row["worth_if_won"] - row["bid"], places=6)
            self.assertAlmostEqual(row["expected_gain"], row["chance"] * row["gain_if_won"], places=6)
        best = max(row["expected_gain"] for row in got["steps"])
        self.assertGreaterEqual(got["best"]["expected_gain"], best)
        self.assertGreaterEqual(got["best"]["expected_gain"], got["naive"]["expected_gain"])
        self.assertAlmostEqual(got["curse"], 1 - got["best"]["worth_if_won"] / VALUE, places=9)

    def test_independent_errors(self):
        self.check(rivals=3, spread=0.3, level=0.85, error=0.15, correlation=0.0)

    def test_shared_errors(self):
        self.check(rivals=4, spread=0.25, level=0.8, error=0.2, correlation=0.6)

    def test_estimates_alone(self):
        """All of the spread comes from estimates: rivals bid what they think, times a factor."""
        self.check(rivals=2, spread=0.1 * math.sqrt(2), level=0.8, error=0.1, correlation=0.0)

    def test_private_values(self):
        self.check(rivals=5, spread=0.25, level=0.9, error=0.0, correlation=0.0)

    def test_one_rival(self):
        self.check(rivals=1, spread=0.4, level=1.0, error=0.2, correlation=0.2)


if __name__ == "__main__":
    unittest.main()
