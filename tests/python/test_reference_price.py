# SPDX-License-Identifier: Apache-2.0
"""`jalki price` against the reference: bids at several returns, floors, what an asked price would earn, on random cases
without near-ties (those may change a projection, model.md section 13)."""

import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference"))
import differential
import model_file
import price
import program
import random_case
import reference
import tape

RETURNS = (0.05, 0.15, 0.4)
SEEDS = program.some(range(500, 514), 3)


class Price(unittest.TestCase):
    def assert_near(self, got, wanted, size, what):
        """Totals: 1e-5 of the amounts that make them up, and a cent on small tapes."""
        if wanted is None:
            self.assertIsNone(got, what)
        else:
            self.assertAlmostEqual(got, wanted, delta=max(2e-5 * abs(size), 0.01), msg=what)

    def check_offer(self, offer, by_return, model, floors, asked, where):
        irr = offer["irr"]
        figures = reference.portfolio(by_return[irr], model, irr)
        nets = {plan: [row[6] for row in reference.cashflow(results, model) if row[1] == "all"]
                for plan, results in by_return.items()}
        onboarding, face = figures["onboarding"], figures["face"]
        self.assert_near(offer["value"], figures["value"], figures["value"], f"{where} value")
        self.assert_near(offer["bid_at_return"], figures["bid"], figures["value"], f"{where} bid at return")

        # The best of this return's plan and those of higher ones, which are worth their flows and never more than it.
        best, binding = {}, {}
        for plan, net in nets.items():
            if plan >= irr:
                worth = figures["value"] if plan == irr else min(figures["value"], price.present_value(net, irr))
                best[plan], binding[plan] = price.price_with_floors(worth - onboarding, net, onboarding, **floors)
        wanted = max(best.values())
        self.assert_near(offer["bid"], wanted, max(abs(wanted), figures["value"]), f"{where} bid under {floors}")
        plan = offer["plan_irr"]
        self.assertAlmostEqual(best[plan], wanted, delta=2e-5 * wanted + 0.01, msg=f"{where} plan {plan} of {best}")
        planned, net = reference.portfolio(by_return[plan], model, plan), nets[plan]
        self.assert_near(offer["net"], planned["net"], planned["net"], f"{where} net")
        for months, amount in planned["erc_gross"].items():
            self.assert_near(offer["erc_gross"][months], amount, amount, f"{where} erc {months}")
        if wanted > 1 and offer["binding"] != {"irr": "return"}.get(binding[plan], binding[plan]):
            worth = figures["value"] if plan == irr else min(figures["value"], price.present_value(net, irr))
            lowest = sorted((worth - onboarding, *(price.price_with_floors(1e18, net, onboarding, **{key: bound})[0]
                                                   for key, bound in floors.items())))
            self.assertAlmostEqual(lowest[0], lowest[1], delta=2e-5 * lowest[1] + 0.01, msg=f"{where} {binding}")
        outlay = offer["bid"] + onboarding
        if outlay > 1:
            self.assert_near(offer["multiple"] * outlay, sum(net), max(abs(sum(net)), outlay), f"{where} multiple")
        if face > 1:
            self.assertAlmostEqual(offer["bid_pct_of_face"], 100 * offer["bid"] / face, delta=1e-3)
        self.check_asked(offer["asked"], nets[irr], asked + onboarding, where)

    def check_asked(self, asked, net, outlay, where):
        """The rate is right if the reference's flows are worth the outlay at it."""
        wanted = price.irr_at(net, outlay)
        if asked["irr_outcome"] != "found":
            if asked["irr_outcome"] != wanted:  # two roots that all but coincide, or a root at the end of the range
                self.assertLess(self.smallest_gap(net, outlay), 2e-5 * sum(map(abs, net)) + 0.01, where)
            return
        rate = asked["irr"]
        weight = sum(abs(amount) / (1 + rate) ** ((month - 0.5) / 12) for month, amount in enumerate(net, 1))
        self.assertAlmostEqual(price.present_value(net, rate), outlay, delta=2e-5 * weight + 0.01, msg=where)

    @staticmethod
    def smallest_gap(net, outlay):
        rates = [-0.99 * 0.97**i for i in range(300)] + [100 * 0.97**i for i in range(400)]
        return min(abs(price.present_value(net, rate) - outlay) for rate in rates)

    def test_random_cases(self):
        checked = 0
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                checked += self.check_case(seed, folder)
        print(checked, "offers compared")
        self.assertGreater(checked, 1.5 * len(SEEDS))

    def check_case(self, seed, folder):
        case = random_case.make_case(seed, folder)
        model = model_file.load_model(case["model"])
        claims = tape.read_tape(case["tape"])
        for position, claim in enumerate(claims):
            claim["position"] = position
        for irr in RETURNS * 2:  # until no return has a near-tie
            case["irr"] = irr
            results = reference.value_tape(claims, model, case["cutoff"], irr, case["sell"])
            claims, _ = differential.without_ties(case, claims, model, results)
        if not claims:
            return 0
        clean, store = os.path.join(folder, "clean.csv"), os.path.join(folder, "clean.h5")
        differential.write_rows(case["tape"], clean, [claim["position"] for claim in claims])
        program.import_tape(clean, store, case["cutoff"])

        floors = {"multiple": (1.2, 2.0, 5.0)[seed % 3], "payback": (6, 24, 60)[seed // 3 % 3]}
        by_return = {irr: reference.value_tape(claims, model, case["cutoff"], irr, case["sell"]) for irr in RETURNS}
        if any(result["tie"] < 1 for results in by_return.values() for result in results):
            return 0
        asked = round(sum(result["value"] for result in by_return[0.15]) * (0.5, 1.0, 1.4)[seed % 3], 2)
        arguments = ["price", store, "--model", case["model"], "--irr", ",".join(map(str, RETURNS)), "--format", "json",
                     "--asked", str(asked), "--quiet",
                     "--accept", "base_currency,old_claims,cutoff_far,return_implausible,gross_above_face"]  # random models and dates are odd on purpose
        for kind, bound in floors.items():
            arguments += ["--floor", f"{kind}={bound}"]
        offers = json.loads(program.must_run(arguments + (["--sell"] if case["sell"] else [])).stdout)
        self.assertEqual([offer["irr"] for offer in offers["returns"]], list(RETURNS))
        for offer in offers["returns"]:
            self.check_offer(offer, by_return, model, floors, asked, f"seed {seed} at {offer['irr']}")
        return len(RETURNS)


if __name__ == "__main__":
    program.path()
    unittest.main()
