# SPDX-License-Identifier: Apache-2.0
"""What must hold of any tape and model, through the program: costs never help, freedom and time never hurt, and neither
the order of rows, nor the cut of a tape, nor threads, blocks and instruction sets show in a result."""

import copy
import csv
import json
import math
import os
import random
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference"))
import model_file
import plan
import program
import random_case
import tape

CUTOFF = random_case.CUTOFFS[0]


def write_rows(name, columns, rows):
    with open(name, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Case:
    """A random model and tape as Python data, to be changed and run again. Scores do not depend on bars here, and
    fee_shift is 0: what the debtor comes to owe is not a cost."""

    def __init__(self, seed, claims=40):
        rng = random.Random(seed)
        self.model = random_case.random_model(rng)
        card = self.model["scorecard"]
        card["characteristics"] = [c for c in card["characteristics"] if c["name"] != "months_to_bar"]
        for segment in self.model["segments"]:
            segment["cost"]["legal"]["fee_shift"] = 0
        debtors = [f"D{i}" for i in range(max(2, claims // 3))]
        self.rows = [random_case.random_claim(rng, i, debtors, CUTOFF, self.model) for i in range(claims)]
        for i, row in enumerate(self.rows):
            row["claim_id"] = f"C{i}"

    def run(self, model=None, rows=None, **options):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "tape.csv")
            write_rows(path, tape.COLUMNS, self.rows if rows is None else rows)
            model_path = random_case.write_model(random.Random(1), copy.deepcopy(model or self.model), folder)
            return program.value_tape(path, model_path, CUTOFF, folder, **options)

    def values(self, *arguments, **options):
        return {row["claim_id"]: float(row["value"]) for row in self.run(*arguments, **options)[0]}


class Order(unittest.TestCase):
    """Values that may only go one way. Both figures may be off by section 13's tolerance."""

    def assert_not_above(self, lower, higher, what):
        self.assertEqual(lower.keys(), higher.keys())
        for claim, value in lower.items():
            allowed = higher[claim] + 2 * plan.money_tolerance(value)
            self.assertLessEqual(value, allowed, f"{what}: claim {claim}")

    def test_a_cost_raised_never_raises_a_value(self):
        for seed in (1, 2, 3):
            case = Case(seed)
            before = case.values(sell=True)

            def raised(change):
                model = copy.deepcopy(case.model)
                for segment in model["segments"]:
                    change(segment)
                return case.values(model, sell=True)

            def raise_cost(treatment, name, by):
                def change(segment):
                    segment["cost"][treatment][name] += by
                return change

            for treatment in model_file.TREATMENTS:
                self.assert_not_above(raised(raise_cost(treatment, "monthly", 0.7)), before, f"{treatment} monthly")
                self.assert_not_above(raised(raise_cost(treatment, "contingent", 0.1)), before,
                                      f"{treatment} contingent")
            self.assert_not_above(raised(raise_cost("legal", "filing", 25)), before, "filing")
            self.assert_not_above(raised(raise_cost("legal", "enforcement_monthly", 1)), before, "enforcement")
            self.assert_not_above(raised(lambda s: s["market"].update(transaction_cost=0.6)), before, "sale")
            self.assert_not_above(raised(lambda s: s.update(exit_monthly=s["exit_monthly"] + 0.01)), before, "exit")

    def test_a_letter_that_costs_more_never_raises_a_value(self):
        case = Case(4)
        before = case.values()
        model = copy.deepcopy(case.model)
        for rules in model["jurisdictions"].values():
            rules["limitation"]["interruption_cost"] += 30
        self.assert_not_above(case.values(model), before, "letter")

    def test_allowing_more_never_lowers_a_value(self):
        for seed in (5, 6):
            case = Case(seed)
            self.assert_not_above(case.values(sell=False), case.values(sell=True), "sell")
            narrow = copy.deepcopy(case.model)  # all work surveillance at least, so that shares stay the same
            narrow["statuses"] = {status: {"allow": ["surveil", "close"]} for status in random_case.STATUSES}
            for key in ("unreachable_allow", "vulnerable_allow"):  # else amicable makes other claims of the debtor workable
                narrow.pop(key, None)
            before = case.values(narrow)
            for more in ("amicable", "legal"):
                wide = copy.deepcopy(narrow)
                for rule in wide["statuses"].values():
                    rule["allow"].append(more)
                self.assert_not_above(before, case.values(wide), more)

    def test_a_later_bar_never_lowers_a_value(self):
        for seed in (7, 8, 9):
            case = Case(seed)
            for rules in case.model["jurisdictions"].values():
                rules["limitation"]["letter_interrupts"] = False
            before = None
            for days in (1, 40, 370, 487, 2000, 9000):
                for row in case.rows:
                    row["limitation_on"] = str(CUTOFF + random_case.datetime.timedelta(days))
                values = case.values(sell=True)
                if before is not None:
                    self.assert_not_above(before, values, f"{days} days")
                before = values


class Sameness(unittest.TestCase):
    """Bit for bit: the same text in every file."""

    @staticmethod
    def lines(rows):
        return {row["claim_id"]: row for row in rows}

    def test_permuted_rows_permute_results(self):
        case = Case(11, 300)
        rows, flow, figures = case.run(sell=True)
        shuffled = list(case.rows)
        random.Random(1).shuffle(shuffled)
        rows2, flow2, figures2 = case.run(rows=shuffled, sell=True)
        self.assertEqual([row["claim_id"] for row in rows2], [row["claim_id"] for row in shuffled])
        self.assertEqual(self.lines(rows), self.lines(rows2))
        self.assertEqual(flow, flow2)
        del figures["manifest"], figures2["manifest"]  # names the tape's sha256
        self.assertEqual(figures, figures2)

    def test_a_split_tape_changes_nothing(self):
        case = Case(12, 300)
        rows, flow, figures = case.run(sell=True)
        first = {row["debtor_id"] for row in case.rows if row["debtor_id"]} & {f"D{i}" for i in range(0, 100, 2)}
        parts = [[row for row in case.rows if (row["debtor_id"] in first) == half] for half in (True, False)]
        results = [case.run(rows=part, sell=True) for part in parts]
        self.assertEqual(self.lines(rows), {**self.lines(results[0][0]), **self.lines(results[1][0])})
        for whole, one, two in zip(flow, results[0][1], results[1][1]):
            for column in ("gross", "cost", "sale", "net"):  # printed with nine digits
                total = float(one[column]) + float(two[column])
                size = max(abs(float(row[column])) for row in (whole, one, two))
                self.assertAlmostEqual(float(whole[column]), total, delta=1.5e-8 * size + 1e-9)
        for key in ("face", "value", "net"):
            self.assertAlmostEqual(figures[key], results[0][2][key] + results[1][2][key], delta=1e-9 * figures["face"])

    def test_threads_blocks_and_instruction_sets_do_not_show(self):
        case = Case(13, 6000)
        with tempfile.TemporaryDirectory() as folder:
            path, store = os.path.join(folder, "tape.csv"), os.path.join(folder, "tape.h5")
            write_rows(path, tape.COLUMNS, case.rows)
            model = random_case.write_model(random.Random(1), case.model, folder)
            program.import_tape(path, store, CUTOFF)

            def outputs(environment=None, options=()):
                files = program.value_store(store, model, folder, sell=True, environment=environment, options=options)
                content = {}
                for name, output in files.items():
                    with open(output, "rb") as file:
                        content[name] = file.read()
                    os.remove(output)
                return content

            first = outputs(options=["--threads", "1"])
            for threads in ("2", "3", "7"):
                self.assertEqual(outputs(options=["--threads", threads]), first, f"{threads} threads")
            self.assertEqual(outputs(options=["--threads", "3"]), first, "again")
            # A bound on memory makes blocks small: from the least that the program asks for.
            told = program.run(["value", store, "--model", model, "--memory", "1M", "--quiet", "--accept", program.GATE])
            least = int(re.search(r"at least (\d+) MB", told.stderr).group(1))
            for megabytes in (least + 1, least + 2, least + 5):
                self.assertEqual(outputs(options=["--memory", f"{megabytes}M"]), first, f"{megabytes} MB")
            tried = []
            for isa in ("base", "v3", "v4"):
                done = program.run(["value", store, "--model", model, "--quiet", "--accept", program.GATE],
                                   {"JALKI_ISA": isa})
                if done.returncode != 0:
                    self.assertIn(isa, done.stderr)
                    continue  # not a processor for it
                tried.append(isa)
                self.assertEqual(outputs({"JALKI_ISA": isa}), first, isa)
            self.assertIn("base", tried)
            print("instruction sets compared:", *tried)


class ClosedForms(unittest.TestCase):
    """One treatment, no exit, no class change: V = max(0, (sigma (1 - contingent) B l - cost) (1 - exp(-x H)) / x) with
    x = l + delta, for many intensities, costs and balances in one tape."""

    def test_one_treatment(self):
        rng = random.Random(5)
        model = random_case.random_model(rng)
        same = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        model.update(epochs=[3, 3, 6, 12, 12, 5, 16, 1], horizon_months=58, irr=0.17, cost_inflation=0, statuses={},
                     scorecard={"intercept": 0, "weak_from": 300, "able_from": 400, "characteristics": []})
        for rules in model["jurisdictions"].values():
            rules["limitation"].update(letter_interrupts=True, interruption_cost=0, periods=[{"months": None}],
                                       final_months={"consumer": None, "business": None})
            rules["interest"] = {"consumer": 0, "business": 0}
            rules["mortality"]["G"] = 0
        template, segments, wanted, rows = model["segments"][-1], [], {}, []
        for i in range(40):
            treatment = rng.choice(["surveil", "amicable"])
            segment = copy.deepcopy(template)
            intensity, share = round(10 ** rng.uniform(-5, -0.5), 7), rng.choice([1, 0.8])
            segment.update(id=f"s{i}", when={"product": [f"p{i}"]}, exit_monthly=0, theta_center=[0, 0, 0],
                           curves={a: [[0, intensity]] for a in model_file.TREATMENTS},
                           class_multiplier={a: [0, 0, 1] if a == treatment else [0, 0, 0]
                                             for a in model_file.TREATMENTS},
                           class_monthly={a: same for a in model_file.TREATMENTS},
                           recovery_share={a: share for a in model_file.TREATMENTS})
            for action in model_file.TREATMENTS:
                segment["cost"][action].update(monthly=0.3, contingent=0.2)
            segment["cost"]["legal"].update(filing=10, enforcement_monthly=1)
            segment["legal"]["garnish_share"] = [0, 0, 0]
            segments.append(segment)
            for balance in (1, 77.77, 1e4, 1e9):
                claim = f"{i}-{balance}"
                rows.append({"claim_id": claim, "country": "FI", "product": f"p{i}", "written_off_on": "2025-01-31",
                             "principal": f"{balance:.2f}", "interest_rate": "0"})
                force = intensity + math.log(1.17) / 12
                wanted[claim] = max(0, (share * 0.8 * balance * intensity - 0.3) * -math.expm1(-58 * force) / force)
        model["segments"] = segments + [dict(template, id="rest")]
        case = Case(1)
        values = case.values(model, rows)
        for claim, value in wanted.items():
            self.assertAlmostEqual(values[claim], value, delta=plan.money_tolerance(value), msg=claim)

    def test_discounted_net_is_the_value(self):
        """Section 7: within 0.2 % of the discounted gross (no filing and no sale here: those are paid in advance)."""
        for seed in (21, 22, 23):
            case = Case(seed)
            case.model["irr"] = 0.3
            for segment in case.model["segments"]:
                segment["cost"]["legal"]["filing"] = 0
            _, flow, figures = case.run()
            net = gross = 0.0
            for row in flow:
                if row["segment"] == "all":
                    discount = 1.3 ** (-(int(row["month"]) - 0.5) / 12)
                    net += float(row["net"]) * discount
                    gross += float(row["gross"]) * discount
            self.assertLessEqual(abs(net - figures["value"]), 0.002 * gross + 1e-6, json.dumps(figures))


if __name__ == "__main__":
    program.path()
    unittest.main()
