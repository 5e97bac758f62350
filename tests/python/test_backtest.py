# SPDX-License-Identifier: Apache-2.0
"""Every headline figure of `jalki backtest`, computed once more with numpy from the panel's CSV and the definitions of
include/jalki/backtest.h, on a small panel that is made here; and what the command says to wrong calls."""
import csv
import datetime
import hashlib
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy as np
except ImportError:
    print("numpy is not there: SKIPPED")
    sys.exit(77)

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
TREATMENTS = ["surveil", "amicable", "legal"]
CLASSES = ["none", "weak", "able"]

MODEL = """
jalki_model: 1
include: [{nordic}]
name: {name}
scorecard:
  intercept: 0.1
  weak_from: 430
  able_from: 560
  characteristics:
    - {{name: default_marks, missing: -0.25, bins: [{{below: 1, points: 0.6}}, {{below: 3, points: 0.1}}, {{points: -0.5}}]}}
    - {{name: product, other: 0.05, levels: {{consumer_loan: {loan}, telecom: -0.2}}}}
segments:
  - id: loans
    when: {{product: [consumer_loan]}}
    exit_monthly: 0.0006
    theta_center: [-0.4, 0.0, 0.5]
    curves: {{surveil: [[0, 0.002], [24, 0.001]], amicable: [[0, 0.02], [6, 0.012], [18, 0.006]], legal: [[0, 0.015], [12, 0.009]]}}
    class_multiplier: {{surveil: [0.1, 0.5, 1], amicable: [0.05, 0.4, 1], legal: [0.02, 0.4, 1]}}
    class_monthly:
      surveil: [[0.985, 0.012, 0.003], [0.02, 0.96, 0.02], [0.005, 0.02, 0.975]]
      amicable: [[0.985, 0.012, 0.003], [0.02, 0.96, 0.02], [0.005, 0.02, 0.975]]
      legal: [[0.985, 0.012, 0.003], [0.02, 0.96, 0.02], [0.005, 0.02, 0.975]]
    recovery_share: {{surveil: 1.0, amicable: 0.9, legal: 0.95}}
    cost:
      surveil: {{monthly: 0.05, contingent: 0.15}}
      amicable: {{monthly: 0.6, contingent: 0.18}}
      legal: {{monthly: 0.4, contingent: 0.12, filing: 86, enforcement_monthly: 0.9, fee_shift: 1.0}}
    legal: {{months_to_title: 4, pre_title_factor: 0.5, garnish_share: [0, 0, 0]}}
    effort_hours: {{surveil: 0.02, amicable: 0.6, legal: 0.4}}
    market: {{price: [[0, 0.12], [24, 0.07]], title_factor: [1.0, 1.0, 1.25], bar_months: 36, transaction_cost: 0.03}}
"""
CURVES = {"surveil": [(0, 0.002), (24, 0.001)], "amicable": [(0, 0.02), (6, 0.012), (18, 0.006)],
          "legal": [(0, 0.015), (12, 0.009)]}
MULTIPLIER = {"surveil": [0.1, 0.5, 1], "amicable": [0.05, 0.4, 1], "legal": [0.02, 0.4, 1]}
SHARE = {"surveil": 1.0, "amicable": 0.9, "legal": 0.95}
CENTER = [-0.4, 0.0, 0.5]


def add_months(day, months):
    total = day.year * 12 + day.month - 1 + months
    return datetime.date(total // 12, total % 12 + 1, day.day)


def integral(steps, start, months):
    total = 0.0
    for i, (month, value) in enumerate(steps):
        low = max(month, start)
        high = min(steps[i + 1][0] if i + 1 < len(steps) else math.inf, start + months)
        total += value * max(0.0, high - low)
    return total


def eta_of(row, loan):
    marks = {"": -0.25, "0": 0.6, "1": 0.1, "2": 0.1}.get(row["default_marks"], -0.5)
    return 0.1 + marks + {"consumer_loan": loan, "telecom": -0.2}.get(row["product"], 0.05)


def expect(row, loan):
    k = CLASSES.index(row["capacity_class"])
    treatment = row["treatment"]
    written, start = (datetime.date.fromisoformat(row[c]) for c in ("written_off_on", "period_start"))
    age = (start.year - written.year) * 12 + start.month - written.month
    theta = math.exp(eta_of(row, loan) - CENTER[k])
    intensity = theta * MULTIPLIER[treatment][k] * integral(CURVES[treatment], age, float(row["period_months"]))
    if treatment == "legal" and row["title_state"] != "title":
        intensity *= 0.5
    return SHARE[treatment] * float(row["balance_start"]) * intensity


def make_panel(path):
    """Claims of some 150 debtors in three waves, quarterly periods; payments in lumps; some debtors never pay."""
    rng = np.random.default_rng(20260630)
    rows = []
    for claim in range(220):
        debtor = f"D{claim * 7 % 150:03d}"
        written = datetime.date(2021, 1 + claim % 12, 1)
        entry = datetime.date(2022, 1 + 3 * (claim % 3), 1)
        balance = round(float(np.exp(rng.normal(7, 1))), 2)
        product = ["consumer_loan", "telecom", "invoice"][claim % 3 if claim % 5 else 0]
        marks = ["", "0", "1", "2", "5"][claim % 5]
        for period in range(9 - claim % 3):
            treatment = TREATMENTS[(claim + period) % 3]
            row = {"claim_id": f"C{claim:04d}", "debtor_id": debtor, "country": "FI", "currency": "EUR", "product": product,
                   "written_off_on": written, "default_marks": marks, "period_start": add_months(entry, 3 * period),
                   "period_months": 3 if (claim + period) % 7 else 1.25, "balance_start": f"{balance:.2f}", "treatment": treatment,
                   "capacity_class": CLASSES[(claim // 3 + period) % 3],
                   "title_state": "title" if treatment == "legal" and claim % 2 else "none"}
            row = {key: str(value) for key, value in row.items()}
            expected = expect(row, 0.3)
            pays = claim % 11 and rng.random() < min(0.9, expected / (0.3 * balance))
            cash = round(min(balance, 0.3 * balance * float(rng.exponential())), 2) if pays else 0.0
            row["cash"] = f"{cash:.2f}"
            rows.append(row)
            balance = round(balance - cash, 2)
            if balance < 1:
                break
    rng.shuffle(rows)
    rows.sort(key=lambda row: (row["claim_id"], row["period_start"]))
    with open(path, "w", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return rows


# ---- the figures once more -------------------------------------------------------------------------------------------


def gamma_quantile(shape, p):
    """By bisection on the integral of the density, by Simpson's rule in u = log x."""
    def below(x):
        u = np.linspace(math.log(x) - 60.0 / shape ** 0.5 - 20.0 / shape, math.log(x), 6001)
        density = np.exp(shape * u - np.exp(u) - math.lgamma(shape))
        weights = np.ones_like(u)
        weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
        return float((density * weights).sum() * (u[1] - u[0]) / 3.0)
    low, high = shape * 1e-9, shape + 60.0 * shape ** 0.5 + 60.0
    for _ in range(50):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if below(middle) < p else (low, middle)
    return math.sqrt(low * high)


def student(degrees):
    """97.5 % point by bisection on the integral of the density, x = tan u."""
    u = np.linspace(0.0, math.pi / 2.0, 20001)[:-1]
    power = np.cos(u) ** -2.0 * (1.0 + np.tan(u) ** 2 / degrees) ** (-(degrees + 1.0) / 2.0)
    total = np.concatenate(([0.0], np.cumsum((power[1:] + power[:-1]) / 2.0))) * (u[1] - u[0])
    norm = math.sqrt(degrees * math.pi) * math.exp(math.lgamma(degrees / 2.0) - math.lgamma((degrees + 1.0) / 2.0))
    return float(np.tan(np.interp(0.475, total / norm, u)))


def debtor_sums(debtors, balance, *amounts):
    names, index = np.unique(debtors, return_inverse=True)
    largest = np.zeros(len(names))
    np.maximum.at(largest, index, balance)
    return largest, *(np.bincount(index, amount, len(names)) for amount in amounts)


def interval(actual, expected, balance, debtors, part):
    b, a, e = debtor_sums(debtors, balance, actual, expected)
    y, n, ratio = a.sum(), len(a), a.sum() / e.sum()
    worth = e.sum() ** 2 / (e * e).sum()
    v = (a * a).sum()
    if worth >= 2.0:
        shown = ((a - ratio * e) ** 2).sum() * n / (n - 1)
        v = min(shown * (student(worth - 1.0) / 1.959963984540054) ** 2, max(shown, v))
    v = max(v, ratio * (e * (part * b - ratio * e)).sum())
    low = v / y * gamma_quantile(y * y / v, 0.025) if y > 0 else 0.0
    w = max(a.max(), part * (e * b).sum() / e.sum())
    return low / e.sum(), (v + w * w) / (y + w) * gamma_quantile((y + w) ** 2 / (v + w * w), 0.975) / e.sum()


def to_key(value):
    mantissa, exponent = np.frexp(value)
    return np.ldexp(np.rint(np.ldexp(mantissa, 30)), exponent - 30)


def curve(key, weight, cash):
    key = to_key(key)
    order = np.argsort(-key, kind="stable")
    key, weight, cash = key[order], weight[order], cash[order]
    last = np.append(key[1:] != key[:-1], True)
    return (np.append(0.0, np.cumsum(weight)[last] / weight.sum()), np.append(0.0, np.cumsum(cash)[last] / cash.sum()))


def gini(key, weight, cash):
    x, y = curve(key, weight, cash)
    return 2.0 * float(((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2.0).sum()) - 1.0


def ppml(cash, exposure, log_intensity, debtors, part_of_balance):
    design = np.column_stack([np.ones_like(log_intensity), log_intensity])
    beta = np.array([0.0, 1.0])
    for _ in range(100):
        mean = exposure * np.exp(design @ beta)
        bread = design.T @ (design * mean[:, None])
        beta = beta + np.linalg.solve(bread, design.T @ (cash - mean))
    residual = (cash - exposure * np.exp(design @ beta))[:, None] * design
    inverse = np.linalg.inv(bread)
    names, index = np.unique(debtors, return_inverse=True)
    meat = np.zeros((2, 2))
    for d in range(len(names)):
        mine = index == d
        own = design[mine].T @ (design[mine] * mean[mine, None])
        score = np.linalg.solve(np.eye(2) - own @ inverse, residual[mine].sum(axis=0))
        meat += np.outer(score, score)
    likely = design.T @ (design * (mean * np.maximum(0.0, part_of_balance - mean))[:, None])
    return beta[1], math.sqrt(max((inverse @ meat @ inverse)[1, 1] * (len(names) - 1) / len(names),
                                  (inverse @ likely @ inverse)[1, 1]))


def deviance(cash, expected):
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2.0 * (np.where(cash > 0, cash * np.log(cash / expected), 0.0) - (cash - expected))


def hundredth(key):
    return int(hashlib.sha256(key.encode()).hexdigest()[-8:], 16) % 100


class Backtest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.rows = make_panel(cls.folder / "panel.csv")
        nordic = os.path.relpath(SOURCE / "models" / "nordic.yaml", cls.folder)
        loans = MODEL[MODEL.index("  - id: loans"):]
        text = MODEL + loans.replace("id: loans", "id: rest").replace("when: {{product: [consumer_loan]}}", "when: {{}}")
        (cls.folder / "true.yaml").write_text(text.format(nordic=nordic, name="right", loan=0.3))
        (cls.folder / "flat.yaml").write_text(text.format(nordic=nordic, name="flat", loan=-1.2))
        cls.program("import", "--panel", "panel.csv", "-o", "panel.h5", "--quiet")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def program(cls, *arguments, code=0):
        done = subprocess.run([PROGRAM, *arguments], cwd=cls.folder, capture_output=True, text=True)
        if done.returncode != code:
            raise AssertionError(f"{arguments}: exit {done.returncode}: {done.stderr}")
        return done.stdout if code == 0 else done.stderr

    def backtest(self, *arguments):
        return self.figures("panel.h5", *arguments)

    def figures(self, *arguments):
        """All but the record of the run, which says with which options and files it was made."""
        whole = json.loads(self.program("backtest", *arguments, "--json", "-"))
        whole["manifest"].pop("run")
        return whole

    def check(self, figures, rows, loan=0.3):
        near = lambda a, b, relative=1e-9: self.assertLessEqual(abs(a - b), relative * max(1.0, abs(b)), (a, b))
        cash = np.array([float(row["cash"]) for row in rows])
        expected = np.array([expect(row, loan) for row in rows])
        balance = np.array([float(row["balance_start"]) for row in rows])
        months = np.array([float(row["period_months"]) for row in rows])
        exposure = balance * months
        debtors = np.array([row["debtor_id"] for row in rows])
        self.assertEqual(figures["rows"], len(rows))
        self.assertEqual(figures["debtors"], len(set(debtors)))
        near(figures["actual"], cash.sum())
        near(figures["expected"], expected.sum())
        near(figures["exposure"], exposure.sum())
        near(figures["ratio"], cash.sum() / expected.sum())
        b, a = debtor_sums(debtors, balance, cash)
        self.assertEqual(figures["payers"], (a > 0).sum())
        part = (a * a).sum() / (a * b).sum()
        for got, wanted in zip(figures["ratio_interval"], interval(cash, expected, balance, debtors, part), strict=True):
            near(got, wanted, 1e-6)

        intensity = to_key(expected / exposure)
        near(figures["gini"], gini(intensity, exposure, cash))
        paid_rows, others = intensity[cash > 0], intensity[cash <= 0]
        if len(paid_rows) and len(others):
            better = (paid_rows[:, None] > others[None, :]).mean() + 0.5 * (paid_rows[:, None] == others[None, :]).mean()
            near(figures["auc"], better)
        near(figures["gini_time"], gini(to_key(1.0 / months), exposure, cash))
        near(figures["gini_best"], gini(cash / exposure, exposure, cash))
        x, y = curve(expected / months, np.ones_like(cash), cash)
        near(figures["top_decile_share"], np.interp(0.1, x, y))
        near(figures["top_quintile_share"], np.interp(0.2, x, y))
        first, paid = {}, {}
        for i, row in enumerate(rows):  # in the order of time within a claim
            first.setdefault(row["claim_id"], i)
            paid[row["claim_id"]] = paid.get(row["claim_id"], 0.0) + cash[i]
        at, paid = np.array(list(first.values())), np.array(list(paid.values()))
        self.assertEqual(figures["by_claim"]["claims"], len(at))
        near(figures["by_claim"]["gini"], gini(intensity[at], balance[at], paid))
        claims = np.array([row["claim_id"] for row in rows])
        whole = np.array([[expected[claims == c].sum(), months[claims == c].sum()] for c in first])
        near(figures["by_claim"]["gini_share"], gini(to_key(whole[:, 0] / balance[at]), balance[at], paid))
        near(figures["by_claim"]["gini_time"], gini(to_key(whole[:, 1]), balance[at], paid))
        x, y = curve(expected[at] / months[at], np.ones(len(at)), paid)
        near(figures["by_claim"]["top_decile_share"], np.interp(0.1, x, y))

        slope, error = ppml(cash, exposure, np.log(expected / exposure), debtors, part * balance)
        near(figures["paid_part"], part)
        near(figures["calibration_slope"], slope, 1e-7)
        near(figures["calibration_slope_std_error"], error, 1e-6)
        near(figures["calibration_slope_interval"][1], slope + 1.959963984540054 * error, 1e-6)
        errors = figures["errors"]
        null = exposure * cash.sum() / exposure.sum()
        near(errors["mean_absolute"], np.abs(cash - expected).sum() / exposure.sum())
        near(errors["root_mean_square"], math.sqrt(((cash - expected) ** 2 / exposure).sum() / exposure.sum()))
        near(errors["deviance"], deviance(cash, expected).sum())
        near(errors["null_model"]["deviance"], deviance(cash, null).sum())
        near(errors["share_model"]["deviance"], deviance(cash, balance * cash.sum() / balance.sum()).sum())
        near(errors["deviance_explained"], 1.0 - deviance(cash, expected).sum() / deviance(cash, null).sum())

        kinds = {"segment": lambda row: "loans" if row["product"] == "consumer_loan" else "rest",
                 "treatment": lambda row: row["treatment"],
                 "month": lambda row: row["period_start"][:7],
                 "vintage": lambda row: f"{row['written_off_on'][:4]}Q{(int(row['written_off_on'][5:7]) + 2) // 3}",
                 "capacity_class": lambda row: row["capacity_class"],
                 "country": lambda row: "FI",
                 "score_band": lambda row: "{0}-{1}".format(*(lambda s: (s // 50 * 50, s // 50 * 50 + 49))(
                     math.floor(500 + 100 * eta_of(row, loan) / math.log(2) + 0.5)))}
        for kind, name_of in kinds.items():
            cells = {cell["name"]: cell for cell in figures["by"].get(kind, [])}
            if kind not in figures["by"]:
                continue
            names = np.array([name_of(row) for row in rows])
            self.assertEqual(set(cells), set(names))
            for name in cells:
                mine = names == name
                self.assertEqual(cells[name]["rows"], mine.sum())
                near(cells[name]["actual"], cash[mine].sum())
                near(cells[name]["expected"], expected[mine].sum())
                near(cells[name]["ratio"], cash[mine].sum() / expected[mine].sum())
                wanted = interval(cash[mine], expected[mine], balance[mine], debtors[mine], part)
                near(cells[name]["ratio_interval"][0], wanted[0], 1e-6)
                near(cells[name]["ratio_interval"][1], wanted[1], 1e-6)

        x, y = curve(intensity, exposure, cash)
        self.assertEqual(sum(tenth["rows"] for tenth in figures["tenths"]), len(rows))
        middle = {}
        order = np.argsort(-intensity, kind="stable")
        start = 0.0
        for key in sorted(set(intensity), reverse=True):
            weight = exposure[intensity == key].sum() / exposure.sum()
            middle[key] = min(9, int(10.0 * (start + weight / 2.0)))
            start += weight
        mine = np.array([middle[key] for key in intensity])
        for place, tenth in enumerate(figures["tenths"]):
            near(tenth["cumulative_cash_share"], np.interp((place + 1) / 10.0, x, y))
            near(tenth["actual"], cash[mine == place].sum())
            if (mine == place).any():
                near(tenth["lift"], cash[mine == place].sum() / cash.sum() * exposure.sum() / exposure[mine == place].sum())

    def test_all_rows(self):
        figures = self.backtest("--model", "true.yaml", "--by",
                                     "segment,treatment,month,vintage,capacity_class,country,score_band,age")
        self.check(figures, self.rows)
        self.assertEqual(set(figures["by"]), {"segment", "treatment", "month", "vintage", "capacity_class", "country",
                                              "score_band", "age"})
        self.assertEqual(figures["panel"]["stability_reference"], "first half")

    def test_splits_and_dates(self):
        for key in ("debtor", "claim"):
            mine = [row for row in self.rows if hundredth(row[f"{key}_id"]) >= 70]
            figures = self.backtest("--model", "true.yaml", "--holdout", "30", "--key", key)
            self.check(figures, mine)
            self.assertEqual(self.backtest("--model", "true.yaml", "--split", "70-100", "--key", key), figures)
            self.assertEqual(figures["panel"]["stability_reference_rows"], len(self.rows) - len(mine))
        late = [row for row in self.rows if "2023-01-01" <= row["period_start"] < "2023-10-01"]
        figures = self.backtest("--model", "true.yaml", "--from", "2023-01-01", "--to", "2023-10-01")
        self.check(figures, late)
        early = sum(row["period_start"] < "2023-01-01" for row in self.rows)
        self.assertEqual(figures["panel"]["stability_reference_rows"], early)

    def test_claims_without_debtor(self):
        """They are their own debtors: the split goes by the claim then."""
        with open(self.folder / "panel.csv") as source, open(self.folder / "alone.csv", "w", newline="") as out:
            writer = csv.DictWriter(out, self.rows[0].keys())
            writer.writeheader()
            for row in csv.DictReader(source):
                writer.writerow({**row, "debtor_id": row["debtor_id"] if row["claim_id"] < "C0100" else ""})
        self.program("import", "--panel", "alone.csv", "-o", "alone.h5", "--quiet")
        figures = json.loads(self.program("backtest", "alone.h5", "--model", "true.yaml", "--split", "0-40", "--json", "-"))
        mine = sum(hundredth(row["debtor_id"] if row["claim_id"] < "C0100" else row["claim_id"]) < 40 for row in self.rows)
        self.assertEqual(figures["rows"], mine)

    def test_stability(self):
        figures = self.backtest("--model", "true.yaml", "--from", "2023-01-01")
        parts = [[row for row in self.rows if (row["period_start"] >= "2023-01-01") == late] for late in (False, True)]
        marks = lambda row: {"": 3, "0": 0, "1": 1, "2": 1}.get(row["default_marks"], 2)
        band = lambda row: math.floor(500 + 100 * eta_of(row, 0.3) / math.log(2) + 0.5) // 50
        for name, level, count in (("default_marks", marks, 4), ("score", band, 21)):
            p, q = ([(sum(level(row) == l for row in part) + 0.5) / (len(part) + 0.5 * count) for l in range(count)]
                    for part in parts)
            psi = sum((a - b) * math.log(a / b) for a, b in zip(p, q))
            got = [entry["psi"] for entry in figures["stability"] if entry["name"] == name]
            self.assertAlmostEqual(got[0], psi, 10)

    def test_two_models(self):
        figures = self.backtest("--model", "true.yaml", "--model", "flat.yaml")
        self.check(figures["models"][0], self.rows, 0.3)
        self.check(figures["models"][1], self.rows, -1.2)
        cash = np.array([float(row["cash"]) for row in self.rows])
        parts = [deviance(cash, np.array([expect(row, loan) for row in self.rows])) for loan in (0.3, -1.2)]
        names, index = np.unique([row["debtor_id"] for row in self.rows], return_inverse=True)
        difference = np.bincount(index, parts[1] - parts[0])
        n = len(names)
        other = figures["models"][1]
        self.assertAlmostEqual(other["deviance_difference"] / difference.sum(), 1.0, 9)
        half = 1.959963984540054 * math.sqrt(difference.var(ddof=1) * n)
        low, high = other["deviance_difference_interval"]
        self.assertAlmostEqual((high - low) / 2.0 / half, 1.0, 9)
        self.assertEqual(figures["model"]["name"], "right")
        self.assertEqual(other["model"]["name"], "flat")

    def test_chain_ladder(self):
        """Entry quarters 2022Q1 to Q3, cash by quarters since entry; 27 months are seen of the first."""
        ladder = self.backtest("--model", "true.yaml")["chain_ladder"]
        self.assertEqual(ladder["period_months"], 3)
        self.assertEqual([origin["origin"] for origin in ladder["origins"]], ["2022Q1", "2022Q2", "2022Q3"])
        entry = {}
        for row in self.rows:
            entry[row["claim_id"]] = min(entry.get(row["claim_id"], "9"), row["period_start"])
        for origin, start in zip(ladder["origins"], ("2022-01-01", "2022-04-01", "2022-07-01")):
            cash = sum(float(row["cash"]) for row in self.rows if entry[row["claim_id"]] == start)
            self.assertAlmostEqual(origin["latest"], cash, 6)
        self.assertGreater(ladder["reserve"], 0.0)

    def test_bits_and_order(self):
        """Threads, and the order of the rows on file, do not show."""
        one = self.backtest("--model", "true.yaml", "--threads", "1")
        self.assertEqual(self.backtest("--model", "true.yaml", "--threads", "4"), one)
        backwards = self.folder / "backwards.csv"
        lines = (self.folder / "panel.csv").read_text().splitlines()
        backwards.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
        self.program("import", "--panel", "backwards.csv", "-o", "backwards.h5", "--quiet")
        other = self.figures("backwards.h5", "--model", "true.yaml")
        other["panel"] = one["panel"]
        self.assertEqual(other, one)

    def test_outputs(self):
        table = self.program("backtest", "panel.h5", "--model", "true.yaml", "--model", "flat.yaml", "--json", "b.json",
                             "--html", "b.html")
        for words in ("actual over expected", "By treatment", "tenths of exposure", "Stability", "Second opinion", "flat.yaml"):
            self.assertIn(words, table)
        page = (self.folder / "b.html").read_text()
        self.assertNotRegex(page, r'(?:src|href)="(?!#)')
        embedded = json.loads(re.search(r'id="figures">(.*?)</script>', page, re.DOTALL).group(1))
        self.assertEqual(embedded, json.loads((self.folder / "b.json").read_text()))
        rows = list(csv.DictReader(self.program("backtest", "panel.h5", "--model", "true.yaml", "--format", "csv").splitlines()))
        self.assertEqual(rows[0]["by"], "all")
        self.assertEqual(int(rows[0]["rows"]), len(self.rows))
        self.assertTrue(all(None not in row.values() and len(row) == 14 for row in rows))
        tenths = [row for row in rows if row["by"] == "tenth"]
        for row, tenth in zip(tenths, embedded["tenths"], strict=True):  # the first model's
            if tenth["lift"] is None:
                self.assertEqual(row["lift"], "")
            else:
                self.assertAlmostEqual(float(row["lift"]) / max(tenth["lift"], 1e-300), 1.0 if tenth["lift"] > 0 else 0.0, 7)
            self.assertAlmostEqual(float(row["cash_so_far"]), 100.0 * tenth["cumulative_cash_share"], 3)
        self.assertTrue(all(row["lift"] == "" for row in rows if row["by"] != "tenth"))

    def test_little_to_tell(self):
        """No cash; one row; a model that expects nothing: figures that there are none of are null, and nothing is odd."""
        head = "claim_id,country,written_off_on,product,period_start,period_months,balance_start,treatment,cash\n"
        row = "{},FI,2020-01-01,telecom,2021-01-01,1,100.00,{},{}\n"
        cases = {"nobody": row.format("A", "amicable", 0) + row.format("B", "amicable", 0),
                 "one": row.format("A", "amicable", 50), "free": row.format("A", "surveil", 30) + row.format("B", "legal", 0)}
        text = (self.folder / "true.yaml").read_text()
        (self.folder / "zero.yaml").write_text(re.sub(r"curves: .*", "curves: {surveil: [[0, 0]], amicable: [[0, 0]], legal: [[0, 0]]}", text))
        for name, rows in cases.items():
            (self.folder / f"{name}.csv").write_text(head + rows)
            self.program("import", "--panel", f"{name}.csv", "-o", f"{name}.h5", "--quiet")
            for model in ("true.yaml", "zero.yaml"):
                table = self.program("backtest", f"{name}.h5", "--model", model, "--json", "little.json")
                self.assertNotRegex(table, r"\b(inf|nan)\b")
                figures = json.loads((self.folder / "little.json").read_text(), parse_constant=self.fail)
                self.assertIsNone(figures["calibration_slope"])
                if name == "nobody":
                    self.assertIsNone(figures["gini"])
                    self.assertIsNone(figures["errors"]["deviance_explained"])
                if model == "zero.yaml":
                    self.assertIsNone(figures["ratio"])
                    self.assertEqual(figures["ratio_interval"], [None, None])
                elif name == "nobody":
                    self.assertEqual(figures["ratio"], 0.0)
                    self.assertAlmostEqual(figures["ratio_interval"][1] / (-math.log(0.025) * 100 / figures["expected"]), 1.0, 8)

    def test_wrong_calls(self):
        for words, *arguments in (
                ("--model M.yaml is needed", "panel.h5"), ("a panel is needed", "--model", "true.yaml"),
                ("not segment", "panel.h5", "--model", "true.yaml", "--by", "segmnt"),
                ("two different numbers", "panel.h5", "--model", "true.yaml", "--split", "80-0"),
                ("one of them", "panel.h5", "--model", "true.yaml", "--split", "80-100", "--holdout", "20"),
                ("before --to", "panel.h5", "--model", "true.yaml", "--from", "2023-01-01", "--to", "2022-01-01"),
                ("debtor or claim", "panel.h5", "--model", "true.yaml", "--key", "row")):
            self.assertIn(words, self.program("backtest", *arguments, code=2))
        for words, *arguments in (
                ("is in the test", "panel.h5", "--model", "true.yaml", "--from", "2030-01-01", "--json", "bad.json"),
                ("none.yaml", "panel.h5", "--model", "none.yaml", "--json", "bad.json"),
                ("none.h5", "none.h5", "--model", "true.yaml", "--json", "bad.json"),
                ("would be replaced", "panel.h5", "--model", "true.yaml", "--json", "true.yaml"),
                ("named for two", "panel.h5", "--model", "true.yaml", "--json", "x", "--html", "x")):
            self.assertIn(words, self.program("backtest", *arguments, code=1))
        self.assertFalse((self.folder / "bad.json").exists())


if __name__ == "__main__":
    unittest.main()
