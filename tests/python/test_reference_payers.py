# SPDX-License-Identifier: Apache-2.0
"""Tests of the reference's payers (version 2 of the contract), without the program: the two-state chain against a series, chains of
quiet and paying by hand, rho*, what fades, what a buyer sees, and single claims drawn in continuous time."""

import datetime
import math
import os
import random
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference"))
import law
import model_file
import plan
import random_case
import reference
import score
import tape
from test_reference_self import simple_model, value_one

date = datetime.date.fromisoformat
PATHS = int(os.environ.get("JALKI_PATHS", "2500"))


def product(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(2)) for j in range(2)] for i in range(2)]


def exponential(x_q, x_p, s, beta, time):
    """exp(-tA) and its integral: Taylor series over a small step, then doubled: P(2t) = P(t)^2, M(2t) = M(t) + P(t) M(t)."""
    doublings = max(0, math.ceil(math.log2(max(1e-9, (x_q + x_p + s + beta) * time))) + 7)
    step = time / 2**doublings
    a = [[-x_q, s], [beta, -x_p]]
    term, power, stay = [[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]
    for n in range(14):
        for i in range(2):
            for j in range(2):
                power[i][j] += term[i][j]
                stay[i][j] += term[i][j] * step / (n + 1)
        term = [[value * step / (n + 1) for value in row] for row in product(term, a)]
    for _ in range(doublings):
        moved = product(power, stay)
        stay = [[stay[i][j] + moved[i][j] for j in range(2)] for i in range(2)]
        power = product(power, power)
    return power, stay


class TwoStates(unittest.TestCase):
    def test_against_a_series(self):
        rng = random.Random(5)
        rates = [(0.02, 0.3, 0.001, 0.06), (0.3, 0.3, 0.0, 0.0), (0.01, 0.01, 0.0, 0.0), (1.0, 0.2, 0.5, 0.0),
                 (0.2, 1.0, 0.0, 0.5), (9.0, 0.4, 0.1, 0.3), (0.0, 0.0, 0.0, 0.0), (60.0, 110.0, 40.0, 10.0)]
        for _ in range(60):
            s, beta = rng.uniform(0, 0.1), rng.choice([0, rng.uniform(0, 3)])
            rates.append((s + rng.uniform(0, 1), beta + rng.uniform(0, 1), s, beta))
        for x_q, x_p, s, beta in rates:
            for time in (1, 3, 12):
                power, stay = exponential(x_q, x_p, s, beta, time)
                chain = plan.Pair(x_q, x_p, s, beta)
                for got, expected in ((chain.probabilities(time), power), (chain.times(time), stay)):
                    for i in range(2):
                        for j in range(2):
                            self.assertAlmostEqual(got[i][j], expected[i][j], delta=1e-9 * max(1e-3, expected[i][j]),
                                                   msg=f"{x_q} {x_p} {s} {beta} {time}")


PAYERS = {"settled_share": {"surveil": 0.25, "amicable": 1, "legal": 1}, "monthly_share": [0.04, 0.04, 0.04],
          "breakage": {"surveil": 0, "amicable": 0.2, "legal": 0}, "monthly": {"surveil": 0, "amicable": 0, "legal": 0}}


def with_payers(**changes):
    model = simple_model(irr=0, **changes)
    model["segments"][0]["payers"] = {key: dict(value) if isinstance(value, dict) else value for key, value in PAYERS.items()}
    return model


class ByHand(unittest.TestCase):
    def test_quiet_then_paying_for_ever(self):
        """Instalments that never stop: of 1 % a month a quarter settles for 80 %, the rest begins to pay 4 % a month."""
        result, _ = value_one(with_payers())
        gone = 1 - math.exp(-0.36)
        begins = lambda t: 0.0075 / 0.03 * (math.exp(-0.01 * t) - math.exp(-0.04 * t))  # paying at t
        paid = 0.04 * 0.0075 / 0.03 * ((1 - math.exp(-0.36)) / 0.01 - (1 - math.exp(-1.44)) / 0.04)
        self.assertAlmostEqual(result["value"], 1000 * (0.25 * 0.8 * gone + paid), places=8)
        self.assertAlmostEqual(sum(flow[4] for flow in result["flows"]), 1000 * paid, places=8)
        for j, probability in enumerate(result["payers"]):
            self.assertAlmostEqual(probability, begins(12 * j), places=12)

    def test_a_payer_who_stops(self):
        """Paying at the cut-off, 4 % a month, stops with 6 %; nobody begins anew."""
        model = with_payers(segments__0__class_multiplier__surveil=[0, 0, 0])
        model["segments"][0]["payers"]["breakage"]["surveil"] = 0.06
        model["segments"][0]["payers"]["monthly"]["surveil"] = 0.5
        result, _ = value_one(model, last_paid_on=date("2026-06-01"))
        stay = (1 - math.exp(-0.1 * 36)) / 0.1
        self.assertEqual(result["paying"], 1)
        self.assertAlmostEqual(result["value"], (40 - 0.5) * stay, places=8)
        self.assertAlmostEqual(result["payers"][1], math.exp(-1.2), places=12)

    def test_a_title_sets_the_least_and_paying_claims_are_not_sued(self):
        """With a title nobody pays less than enforcement takes: 100 of 1,000 a month."""
        model = with_payers(segments__0__class_multiplier__surveil=[0, 0, 0],
                            segments__0__legal={"months_to_title": 0, "pre_title_factor": 0, "garnish_share": [0, 0, 1]})
        model["segments"][0]["payers"]["breakage"]["surveil"] = 0.1
        model["jurisdictions"]["EU"]["attachable"] = {"base": 500, "per_dependant": 0, "housing_counts": False,
                                                      "max_share": 0.5, "bands": [{"from_multiple": 1, "rate": 0.5}]}
        result, _ = value_one(model, income_monthly=70000, title_on=date("2025-01-01"), legal_status="title",
                              last_paid_on=date("2026-06-01"))
        self.assertNotIn("legal", result["q"])
        month = result["flows"][0]
        self.assertAlmostEqual(month[0], 1000 * 0.1 * (1 - math.exp(-0.2)) / 0.2, places=8)
        # in enforcement the last payment may have been garnished: quiet
        result, _ = value_one(model, income_monthly=70000, title_on=date("2025-01-01"), legal_status="enforcement",
                              last_paid_on=date("2026-06-01"))
        self.assertEqual(result["paying"], 0)
        self.assertIn("legal", result["q"])

    def test_dividends_come_whatever_is_done(self):
        model = with_payers()
        model["statuses"] = {"bankruptcy": {"allow": ["surveil", "sell", "close"], "dividend_monthly": 0.02}}
        model["segments"][0]["class_multiplier"]["surveil"] = [0, 0, 0]
        result, _ = value_one(model, legal_status="bankruptcy", last_paid_on=date("2026-06-01"))
        self.assertEqual(result["paying"], 0)
        self.assertAlmostEqual(result["value"], 1000 * (1 - math.exp(-0.02 * 36)), places=8)
        self.assertEqual(sum(flow[4] for flow in result["flows"]), 0)

    def test_a_case_can_be_lost(self):
        model = simple_model(irr=0, segments__0__legal={"months_to_title": 0, "pre_title_factor": 0, "garnish_share": [0, 0, 1],
                                                        "lost_share": 0.25},
                             segments__0__class_multiplier__surveil=[0, 0, 0])
        model["jurisdictions"]["EU"]["attachable"] = {"base": 500, "per_dependant": 0, "housing_counts": False,
                                                      "max_share": 0.5, "bands": [{"from_multiple": 1, "rate": 0.5}]}
        result, _ = value_one(model, income_monthly=70000)
        self.assertAlmostEqual(result["value"], 0.75 * 1000 * (1 - math.exp(-2.4)), places=8)

    def test_garnishment_does_not_grow_with_interest(self):
        """100 a month of 1,000 at first: with interest the same 100, so that less of the balance comes in each month."""
        model = simple_model(irr=0.5, segments__0__class_multiplier__surveil=[0, 0, 0])  # no waiting for interest
        model["jurisdictions"]["EU"]["interest"] = {"consumer": 0.2, "business": 0}
        model["jurisdictions"]["EU"]["attachable"] = {"base": 500, "per_dependant": 0, "housing_counts": False,
                                                      "max_share": 0.5, "bands": [{"from_multiple": 1, "rate": 0.5}]}
        model["segments"][0]["legal"]["garnish_share"] = [0, 0, 1]
        result, _ = value_one(model, income_monthly=70000, title_on=date("2025-01-01"))
        alive, expected = 1.0, 0.0
        for year in range(3):
            rate = 100 / (1000 + 200 * (year + 0.5)) + math.log(1.5) / 12
            expected += alive * 100 * (1 - math.exp(-12 * rate)) / rate
            alive *= math.exp(-12 * rate)
        self.assertAlmostEqual(result["value"], expected, places=8)

    def test_points_that_fade(self):
        """0.9 of eta, half of it gone in a year: in the middle of year j exp(0.9 / 2^(j + 1/2))."""
        model = simple_model(irr=0, scorecard={"intercept": 0.0, "weak_from": 400, "able_from": 500, "half_life": 12,
                                               "characteristics": [{"name": "placements", "fades": True,
                                                                    "bins": [{"points": 0.9}]}]})
        result, _ = value_one(model, placements=1)
        alive, expected = 1.0, 0.0
        for year in range(3):
            rate = 0.01 * math.exp(0.9 / 2 ** (year + 0.5))
            expected += alive * 800 * (1 - math.exp(-12 * rate))
            alive *= math.exp(-12 * rate)
        self.assertAlmostEqual(result["value"], expected, places=8)
        self.assertAlmostEqual(result["theta"], math.exp(0.9), places=12)

    def test_what_a_buyer_sees(self):
        """Price 10 %; the able have twice the reference; a third of the log counts: 2^(1/3), capped at 1.5^(1/3); payers 1.8."""
        for cap, seen in ((4, 2.0), (1.5, 1.5)):
            model = with_payers(segments__0__class_multiplier={"surveil": [0, 0, 0], "amicable": [1, 1, 2], "legal": [0, 0, 0]})
            model["segments"][0]["market"].update(informed=1 / 3, reference=1.0, insight_cap=cap, payer_factor=1.8)
            loaded = value_one(model)[1]
            t = {"segment": 0, "theta": 1.0, "fading": 0.0, "d0": math.inf, "d1": math.inf, "z0": 0, "u": 12, "balance": 1000.0,
                 "principal": 1000.0, "rate": 0.0, "jurisdiction": loaded["jurisdictions"]["EU"], "w": 1.0}
            self.assertAlmostEqual(plan.sale(loaded, t, 2, 0, 0, 0), 100 * seen ** (1 / 3), places=9)
            self.assertAlmostEqual(plan.sale(loaded, t, 2, 0, 1, 0), 180 * seen ** (1 / 3), places=9)


class Instalments(unittest.TestCase):
    def test_the_share_that_is_paid_is_the_same(self):
        """rho / (rho + beta) is what constant instalments bring of the balance before they stop, by quadrature."""
        for months in (1, 7, 24, 120, 3000):
            for beta in (0, 1e-9, 1e-3, 0.06, 0.4, 5):
                steps = 4000
                width = months / steps
                paid = sum((2 if i % 2 == 0 else 4) * math.exp(-beta * width * i) for i in range(1, steps))
                paid = (paid + 1 + math.exp(-beta * months)) * width / 3 / months
                rho = score.spell_intensity(months, beta)
                if beta == 0:
                    self.assertAlmostEqual(rho, 2 / months, places=12)
                elif beta * width < 0.1:
                    self.assertAlmostEqual(rho / (rho + beta), paid, delta=1e-7 * paid)


def draw_claim(rng, model, t, chosen, force):
    """One claim in continuous time under the plan: (present value, gross, instalments)."""
    k, z, r = t["k0"], t["z0"], t["r0"]
    worth = gross = instalments = 0.0
    for j, length in enumerate(model["epochs"]):
        now, end = float(model["starts"][j]), float(model["starts"][j + 1])
        action = chosen[j][k][z][r]
        if action == "close":
            break
        if action == "sell":
            worth += plan.sale(model, t, k, z, r, j) * math.exp(-force * now)
            break
        a = plan.treat(model, t, k, z, j, action)
        x_q, x_p, s, beta = a["chain"](0.0).rates
        if r == 0:
            worth -= a["filing"] * a["inflation"] * math.exp(-force * now)
        while True:
            leave, turn = ((x_q, s), (x_p, beta))[r]
            stop = now + rng.expovariate(leave) if leave > 0 else math.inf
            until = min(stop, end)
            span = (math.exp(-force * now) - math.exp(-force * until)) / force if force else until - now
            worth -= a["f"][r] * a["running"][r] * a["inflation"] * span
            if stop >= end:
                break
            now = stop
            u = rng.random() * leave
            if u < turn:
                r = 1 - r
                continue
            # gone: with what it brings, or with nothing. `brings` is a mean of settlements, garnishment and dividends.
            resolves = leave - turn - plan.exit_intensity(model, t, z, j)
            if u < turn + resolves:
                cash = a["f"][r] * a["B"] * a["brings"][r] / resolves
                gross += cash
                worth += (1 - a["contingent"]) * cash * math.exp(-force * now)
                instalments += cash * a["paid"] / a["brings"][1] if r == 1 else 0.0
            return worth, gross, instalments
        if a["c"][r] == 0:
            break
        u = rng.random()
        for z2, share in a["moves"]:
            if u < share:
                z = z2
                break
            u -= share
        else:
            break  # the case is lost
        k = rng.choices(range(3), a["Q"])[0]
    return worth, gross, instalments


class ContinuousTime(unittest.TestCase):
    def test_drawn_claims_agree_with_expectation(self):
        """Three standard errors, for the eight claims of most interest in each of some random cases: 72 comparisons."""
        compared, beyond, worst = 0, 0, 0.0
        for seed in (300, 302, 305):
            with tempfile.TemporaryDirectory() as folder:
                case = random_case.make_case(seed, folder, 30, own=False)  # the models that these seeds were counted with
                model = model_file.load_model(case["model"])
                claims = [tape.with_defaults(c, model) for c in tape.read_tape(case["tape"])]
            facts = [law.law(claim, model, case["cutoff"]) for claim in claims]
            law.sum_debtors(claims, facts)
            plans = []
            for claim, fact in zip(claims, facts):
                scored = score.score(claim, fact, model, case["cutoff"])
                t = score.terms(claim, fact, scored, model, case["cutoff"], case["sell"])
                if not fact["barred"] and t["allowed"] != {"close"}:
                    q, chosen = plan.plan(model, t, 0.1)
                    flows, p = plan.project(model, t, chosen)
                    first = q[0][t["k0"]][t["z0"]][t["r0"]][chosen[0][t["k0"]][t["z0"]][t["r0"]]]
                    interest = sum(plan.payers_by_epoch(p))
                    plans.append((interest, t, chosen, first, sum(f[0] for f in flows), sum(f[4] for f in flows)))
            plans.sort(key=lambda entry: -entry[0])
            rng = random.Random(seed)
            for _, t, chosen, *expected in plans[:8]:
                drawn = [draw_claim(rng, model, t, chosen, math.log(1.1) / 12) for _ in range(PATHS)]
                for i, want in enumerate(expected):
                    mean = sum(d[i] for d in drawn) / PATHS
                    variance = sum((d[i] - mean) ** 2 for d in drawn) / (PATHS - 1)
                    error = math.sqrt(variance / PATHS)
                    if error > 1e-6 * abs(want):  # else all claims come to the same
                        z = abs(mean - want) / error
                        compared, beyond, worst = compared + 1, beyond + (z > 3), max(worst, z)
        print(f"{compared} means, {beyond} beyond three standard errors, the worst {worst:.2f}")
        self.assertGreater(compared, 40)
        self.assertEqual(beyond, 0)


if __name__ == "__main__":
    unittest.main()
