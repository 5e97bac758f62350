# SPDX-License-Identifier: Apache-2.0
"""Tests of the reference itself, without the program: calendar, YAML 1.2, closed forms, forward against backward."""

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
import price
import program
import random_case
import reference
import score
import tape

date = datetime.date.fromisoformat


class Calendar(unittest.TestCase):
    def test_months_between(self):
        for first, second, months in (
            ("2026-01-31", "2026-02-28", 1),  # the last day of its month completes it
            ("2024-01-30", "2024-02-29", 1),
            ("2024-01-31", "2024-04-29", 2),
            ("2024-02-29", "2025-02-28", 12),
            ("2025-02-28", "2024-02-29", -12),  # mirrored
            ("2026-06-30", "2026-06-30", 0),
            ("2026-05-31", "2026-06-29", 0),
            ("2026-05-31", "2026-06-30", 1),
        ):
            self.assertEqual(tape.months_between(date(first), date(second)), months, (first, second))

    def test_days_after(self):
        for start, months, end in (("2026-01-31", 1, "2026-02-28"), ("2024-02-29", 12, "2025-02-28"),
                                   ("2023-11-30", 3, "2024-02-29"), ("2026-06-30", 36, "2029-06-30")):
            self.assertEqual(tape.days_after(date(start), months), tape.days(date(end)))
        # beyond the year 9999 the calendar goes on: 400 years are 146,097 days
        self.assertEqual(tape.days_after(date("9900-03-01"), 4800) - tape.days(date("9900-03-01")), 146097)


class Yaml(unittest.TestCase):
    def test_scalars_are_those_of_yaml_1_2(self):
        text = "a: NO\nb: off\nc: yes\nd: false\ne: 1:30\nf: 010\ng: 1e-3\nh: ~\ni:\nj: null\nk: +.5\nl: '1'\nm: 0x1g"
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "x.yaml")
            with open(name, "w", encoding="utf-8") as file:
                file.write(text)
            self.assertEqual(model_file.load_yaml(name), {
                "a": "NO", "b": "off", "c": "yes", "d": False, "e": "1:30", "f": 10, "g": 0.001, "h": None, "i": None,
                "j": None, "k": 0.5, "l": "1", "m": "0x1g"})

    def test_includes_join_maps_and_replace_the_rest(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "sub"))
            for name, text in (("sub/one.yaml", "m: {a: 1, deep: {x: 1, y: 2}}\nlist: [1, 2]\nkept: 7"),
                               ("two.yaml", "m: {a: 2}"),
                               ("main.yaml", "include: [sub/one.yaml, two.yaml]\nm: {deep: {y: 3}}\nlist: [9]")):
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(text)
            self.assertEqual(model_file.load_yaml(os.path.join(folder, "main.yaml")),
                             {"m": {"a": 2, "deep": {"x": 1, "y": 3}}, "list": [9], "kept": 7})


def simple_model(**changes):
    """Nothing but surveillance at 1 % a month: no cost, no exit, no class change, nothing barred."""
    none = {"surveil": [0, 0, 0], "amicable": [0, 0, 0], "legal": [0, 0, 0]}
    same = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    nothing = {"monthly": 0, "contingent": 0}
    model = {
        "base_currency": "EUR", "fx": {"EUR": 1.0}, "epochs": [12, 12, 12], "horizon_months": 36, "irr": 0.12,
        "cost_inflation": 0.0, "onboarding_cost": 0.5,
        "jurisdictions": {"EU": {
            "limitation": {"periods": [{"months": None}], "letter_interrupts": False, "interruption_cost": 0,
                           "title_renewable": True, "title_months": None,
                           "title_final_months": {"consumer": None, "business": None},
                           "final_months": {"consumer": None, "business": None}},
            "interest": {"consumer": 0.0, "business": 0.0}, "mortality": {"G": 0, "b": 0, "assumed_age": 50},
            "attachable": None}},
        "scorecard": {"intercept": 0.0, "weak_from": 400, "able_from": 500, "characteristics": []},
        "segments": [{
            "id": "all-claims", "exit_monthly": 0.0,
            "curves": {"surveil": [[0, 0.01]], "amicable": [[0, 0]], "legal": [[0, 0]]},
            "class_multiplier": dict(none, surveil=[1, 1, 1]), "class_monthly": {a: same for a in none},
            "recovery_share": {"surveil": 0.8, "amicable": 1, "legal": 1},
            "cost": {"surveil": dict(nothing), "amicable": dict(nothing),
                     "legal": dict(nothing, filing=0, enforcement_monthly=0, fee_shift=0)},
            "legal": {"months_to_title": 4, "pre_title_factor": 0.5, "garnish_share": [0, 0, 0]},
            "market": {"price": [[0, 0.1]], "title_factor": [1, 1, 1], "bar_months": 36, "transaction_cost": 0},
        }],
    }
    for key, value in changes.items():
        target, *path = key.split("__")[::-1]
        place = model
        for step in path[::-1]:
            place = place[int(step)] if step.isdigit() else place[step]
        place[target] = value
    return model


def value_one(model, **columns):
    """The result of one claim of 1,000 euros under a model given as a dict."""
    claim = dict.fromkeys(tape.COLUMNS)
    claim.update(claim_id="1", country="FI", written_off_on=date("2025-06-30"), principal=100000)
    claim.update(columns)
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "model.yaml")
        with open(name, "w", encoding="utf-8") as file:
            file.write(random_case.block(random.Random(1), model, 1))
        loaded = model_file.load_model(name)
    return reference.value_tape([claim], loaded, date("2026-06-30"), sell=columns.get("sell", False))[0], loaded


class ClosedForms(unittest.TestCase):
    def test_one_treatment(self):
        """V = sigma B l/(l+d) (1 - exp(-(l+d) H))."""
        result, _ = value_one(simple_model())
        force = math.log(1.12) / 12
        expected = 0.8 * 1000 * 0.01 / (0.01 + force) * (1 - math.exp(-(0.01 + force) * 36))
        self.assertAlmostEqual(result["value"], expected, places=9)
        self.assertAlmostEqual(result["erc_gross"], 800 * (1 - math.exp(-0.36)), places=9)
        self.assertAlmostEqual(result["gross_12m"], 800 * (1 - math.exp(-0.12)), places=9)
        self.assertEqual((result["score"], result["capacity_class"], result["decision"]), (500, "able", "surveil"))

    def test_annuity(self):
        """A cost of 2 a month for a claim that pays l = 1 %: (sigma B l - 2) times the annuity of l + d."""
        result, _ = value_one(simple_model(segments__0__cost__surveil__monthly=2))
        force = 0.01 + math.log(1.12) / 12
        self.assertAlmostEqual(result["value"], (8 - 2) * (1 - math.exp(-36 * force)) / force, places=9)
        self.assertAlmostEqual(result["erc_net"], 6 * (1 - math.exp(-0.36)) / 0.01, places=9)

    def test_bar_in_mid_epoch(self):
        """487 days are 16 months: a third of the second epoch is alive, and the third is not reached (filing in time
        would save the claim, but costs as much as it is worth)."""
        model = simple_model(irr=0, segments__0__cost__legal__filing=1000)
        result, _ = value_one(model, limitation_on=date("2026-06-30") + datetime.timedelta(487))
        self.assertEqual(result["months_to_bar"], 16.0)
        second = 800 * math.exp(-0.12) * (1 - math.exp(-0.12)) * 4 / 12
        self.assertAlmostEqual(result["value"], 800 * (1 - math.exp(-0.12)) + second, places=9)

    def test_class_chain(self):
        """Only the able pay; none become able at 5 % a month at the epochs' ends."""
        model = simple_model(irr=0, segments__0__class_multiplier__surveil=[0, 0, 1])
        model["segments"][0]["class_monthly"]["surveil"] = [[0.95, 0, 0.05], [0, 1, 0], [0, 0, 1]]
        model["scorecard"].update(weak_from=900, able_from=950)
        result, _ = value_one(model)
        pays = [800 * (1 - math.exp(-0.12 * n)) for n in (1, 2)]  # 12 and 24 months as able
        becomes = 1 - 0.95**12
        self.assertAlmostEqual(result["value"], becomes * pays[1] + (1 - becomes) * becomes * pays[0], places=9)

    def test_instant_title_and_garnishment(self):
        """Legal for 100, a title after 12 months for certain; then a tenth of the claim a month is garnished."""
        model = simple_model(irr=0, segments__0__legal={"months_to_title": 0, "pre_title_factor": 0,
                                                        "garnish_share": [0, 0, 1]},
                             segments__0__class_multiplier__surveil=[0, 0, 0])
        model["segments"][0]["cost"]["legal"].update(filing=100, fee_shift=0.5)
        model["jurisdictions"]["EU"]["attachable"] = {"base": 500, "per_dependant": 0, "housing_counts": False,
                                                      "max_share": 0.5, "bands": [{"from_multiple": 1, "rate": 0.5}]}
        result, _ = value_one(model, income_monthly=70000)
        self.assertEqual(result["attachable"], 100.0)
        self.assertAlmostEqual(result["value"], 1050 * (1 - math.exp(-2.4)) - 100, places=9)
        self.assertEqual(result["decision"], "legal")

    def test_attachable_bands_and_cap(self):
        rule = {"base": 500, "per_dependant": 100, "housing_counts": True, "max_share": 0.4,
                "bands": [{"from_multiple": 1, "rate": 0.5}, {"from_multiple": 2, "rate": 0.25}]}
        for income, dependants, housing, expected in (
            (100000, 0, 0, 250.0),  # half of 500..1000
            (160000, 0, 0, 400.0),  # and a quarter of the 600 above
            (90000, 1, 20000, 50.0),  # 800 protected
            (70000, 1, 20000, 0.0),
            (None, 0, 0, 77.0),
        ):
            model = simple_model()
            model["jurisdictions"]["EU"]["attachable"] = dict(rule, assumed_attachable=77)
            result, _ = value_one(model, income_monthly=income, dependants=dependants, housing_cost=housing)
            self.assertAlmostEqual(result["attachable"], expected, places=9)

    def test_mortality(self):
        """G exp(b (a + 1/2)) / 12 in each epoch of a year; erc_gross by hand."""
        model = simple_model(irr=0)
        model["jurisdictions"]["EU"]["mortality"] = {"G": 0.001, "b": 0.1, "assumed_age": 50}
        for columns, age in (({}, 50), ({"birth_year": 1956}, 70)):
            result, _ = value_one(model, **columns)
            alive, expected = 1.0, 0.0
            for year in range(3):
                rate = 0.01 + 0.001 * math.exp(0.1 * (age + year + 0.5)) / 12
                expected += 800 * alive * 0.01 / rate * (1 - math.exp(-12 * rate))
                alive *= math.exp(-12 * rate)
            self.assertAlmostEqual(result["erc_gross"], expected, places=9)
        self.assertAlmostEqual(value_one(model, debtor_type="business")[0]["erc_gross"], 800 * (1 - math.exp(-0.36)))

    def test_interest(self):
        """Simple interest at mid-epoch, for 18 months at most: 6 %, 18 months' worth, and the same again."""
        model = simple_model(irr=0)
        model["jurisdictions"]["EU"]["interest"] = {"consumer": 0.06, "business": 0.5, "accrual_months": 18}
        result, _ = value_one(model)
        expected = sum(800 * (1 + 0.06 * months / 12) * (1 - math.exp(-0.12)) * math.exp(-0.12 * j)
                       for j, months in enumerate((6, 18, 18)))
        self.assertAlmostEqual(result["value"], expected, places=9)


class Price(unittest.TestCase):
    def test_figures(self):
        net = [10.0] * 24
        self.assertEqual(price.payback_of(net, 100), 10)
        self.assertIsNone(price.payback_of(net, 241))
        self.assertIsNone(price.payback_of(net, 0))
        self.assertEqual(price.multiple_of(net, 120), 2.0)
        self.assertEqual(price.bid_for(3, 5), 0)
        self.assertEqual(price.price_with_floors(200, net, 5, multiple=1.5), (155.0, "multiple"))
        self.assertEqual(price.price_with_floors(200, net, 5, multiple=1.5, payback=12), (115.0, "payback"))
        self.assertEqual(price.price_with_floors(100, net, 5, multiple=1.5, payback=12), (100, "irr"))

    def test_irr(self):
        net = [0.0] * 11 + [112.0]
        self.assertAlmostEqual(price.irr_at(net, 100), 1.12 ** (12 / 11.5) - 1, places=12)
        self.assertEqual(price.irr_at([-5.0] * 12, 100), "none")
        # 230 in a year and -132 a year later: worth the same at two rates
        net = [0.0] * 24
        net[11], net[23] = 230.0, -132.0
        self.assertEqual(price.irr_at(net, price.present_value(net, 0.15)), "several")


class ForwardAndBackward(unittest.TestCase):
    """The induction's value must be the discounted worth of what the projection says, on random cases."""

    def test_values_are_discounted_flows(self):
        checked = 0
        for seed in range(100, 114):
            with tempfile.TemporaryDirectory() as folder:
                case = random_case.make_case(seed, folder, 12)
                if case["extreme"]:
                    continue  # a claim that pays in days has its mid-month flows too late
                model = model_file.load_model(case["model"])
                irr = min(0.3, model["irr"] if case["irr"] is None else case["irr"])  # section 7: up to 30 %
                results = reference.value_tape(tape.read_tape(case["tape"]), model, case["cutoff"], irr, case["sell"])
            starts = set(model["starts"])
            worth = gross = 0.0
            for result in results:
                for month, (received, cost, filing, sale, instalments) in enumerate(result["flows"]):
                    middle = (1 + irr) ** (-(month + 0.5) / 12)
                    worth += (received - cost) * middle
                    gross += received * middle
                    self.assertLessEqual(instalments, received * (1 + 1e-12))
                    if filing or sale:
                        self.assertIn(month, starts)
                        worth += (sale - filing) * (1 + irr) ** (-month / 12)
                self.assertGreaterEqual(result["value"], 0)
                checked += 1
            value = sum(result["value"] for result in results)
            self.assertLessEqual(abs(worth - value), 0.002 * gross + 1e-9, f"seed {seed}")
        self.assertGreater(checked, 100)

    def test_value_is_the_exact_forward_sum(self):
        """Σ over epochs and states of discounted probability times reward, exactly."""
        for seed in range(200, 206):
            with tempfile.TemporaryDirectory() as folder:
                case = random_case.make_case(seed, folder, 8)
                model = model_file.load_model(case["model"])
                claims = [tape.with_defaults(c, model) for c in tape.read_tape(case["tape"])]
            facts = [law.law(claim, model, case["cutoff"]) for claim in claims]
            law.sum_debtors(claims, facts)
            for claim, fact in zip(claims, facts):
                if fact["barred"]:
                    continue
                scored = score.score(claim, fact, model, case["cutoff"])
                t = score.terms(claim, fact, scored, model, case["cutoff"], case["sell"])
                q, chosen = plan.plan(model, t, model["irr"])
                first = q[0][t["k0"]][t["z0"]][t["r0"]]
                expected = first[chosen[0][t["k0"]][t["z0"]][t["r0"]]]
                self.assertAlmostEqual(self.forward(model, t, chosen), expected, delta=1e-9 * max(1, abs(expected)))

    @staticmethod
    def forward(model, t, chosen):
        force = math.log(1 + model["irr"]) / 12
        here, worth = {(t["k0"], t["z0"], t["r0"]): 1.0}, 0.0
        for j, length in enumerate(model["epochs"]):
            there = {}
            for (k, z, r), p in here.items():
                action = chosen[j][k][z][r] if p > 0 else "close"
                if action == "sell":
                    worth += p * plan.sale(model, t, k, z, r, j)
                if p == 0 or action in ("close", "sell"):
                    continue
                a = plan.treat(model, t, k, z, j, action)
                chain = a["chain"](force)
                stay, after, gain = chain.times(length)[r], chain.probabilities(length)[r], plan.gains(a)
                worth += p * (gain[0] * stay[0] + gain[1] * stay[1])
                worth -= p * a["filing"] * a["inflation"] if r == 0 else 0.0
                for z2, share in a["moves"]:
                    for k2 in range(3):
                        for r2 in range(2):
                            state = (k2, z2, r2)
                            there[state] = there.get(state, 0) + p * a["c"][r2] * after[r2] * share * a["Q"][k2]
            here = there
        return worth


if __name__ == "__main__":
    program.statistics()
    unittest.main()
