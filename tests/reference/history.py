# SPDX-License-Identifier: Apache-2.0
"""A history with a known truth for the tests of `fit`, and an independent fit of it: pseudo-Poisson maximum likelihood by
Newton steps on a dense design, with standard errors clustered by debtor, written from their definitions in NumPy."""
import csv
import datetime

import numpy as np

SEGMENTS = ["fi", "rest"]
TREATMENTS = ["surveil", "amicable", "legal"]
CLASSES = ["none", "weak", "able"]
KNOTS = {("fi", "surveil"): [0, 24], ("fi", "amicable"): [0, 12, 36], ("fi", "legal"): [0, 24], ("rest", "surveil"): [0],
         ("rest", "amicable"): [0, 18], ("rest", "legal"): [0, 24]}
CURVE = {("fi", "surveil"): [0.004, 0.002], ("fi", "amicable"): [0.03, 0.018, 0.008], ("fi", "legal"): [0.02, 0.01],
         ("rest", "surveil"): [0.003], ("rest", "amicable"): [0.024, 0.012], ("rest", "legal"): [0.016, 0.009]}
CLASS = {"none": 0.15, "weak": 0.5, "able": 1.0}
EMPLOYMENT = {"employed": 0.0, "unemployed": -0.5, "retired": -0.1, "": -0.2}
MARKS = [(0, 0.35), (2, 0.0), (6, -0.4), (None, -0.1)]
PENDING = 0.5
MARK_LEVELS = ["below 1", "1 to below 4", "4 and more", "missing"]


def simulate(seed, debtors, months=12):
    """Rows of a panel as dictionaries; claims of a debtor share a frailty of mean 1."""
    random = np.random.default_rng(seed)
    rows = []
    for d in range(debtors):
        frailty = random.gamma(2.0, 0.5)
        segment = SEGMENTS[random.random() < 0.4]
        employment = list(EMPLOYMENT)[random.choice(4, p=[0.5, 0.25, 0.15, 0.1])]
        mark = random.integers(4)
        for c in range(1 + (random.random() < 0.25)):
            age = int(random.integers(0, 50))
            balance = round(float(np.exp(random.normal(6.0, 0.8))), 2)
            start = datetime.date(2020, 1, 1)
            state = random.integers(3)
            title = "none"
            for m in range(months):
                treatment = TREATMENTS[random.choice(3, p=[0.2, 0.5, 0.3])]
                if treatment == "legal" and title == "none":
                    title = "pending" if random.random() < 0.5 else "none"
                elif title == "pending" and random.random() < 0.3:
                    title = "title"
                step = sum(k <= age + m for k in KNOTS[segment, treatment]) - 1
                mean = (balance * CURVE[segment, treatment][step] * CLASS[CLASSES[state]] * frailty *
                        np.exp(EMPLOYMENT[employment] + MARKS[mark][1]) *
                        (PENDING if treatment == "legal" and title != "title" else 1.0))
                share = random.uniform(0.01, 0.09)  # a payment is a part of the balance
                paid = balance * share if random.random() < mean / (balance * 0.05) else 0.0
                month = (start.year * 12 + start.month - 1) + m
                off = month - age - m
                after = random.choice(3, p=np.eye(3)[state] * 0.94 + 0.02)
                rows.append({
                    "claim_id": f"c{d}-{c}", "debtor_id": f"d{d}", "country": "FI" if segment == "fi" else "SE",
                    "currency": "EUR", "written_off_on": f"{off // 12}-{off % 12 + 1:02d}-01",
                    "period_start": f"{month // 12}-{month % 12 + 1:02d}-01", "period_months": 1,
                    "balance_start": f"{balance:.2f}", "treatment": treatment, "capacity_class": CLASSES[state],
                    "capacity_class_end": CLASSES[after], "title_state": title, "cash": f"{paid:.2f}",
                    "employment": employment, "default_marks": "" if MARKS[mark][0] is None else MARKS[mark][0],
                    "age": age + m, "segment": segment, "step": step, "mark": MARK_LEVELS[mark]})
                state = int(after)
    return rows


HIDDEN = ("age", "segment", "step", "mark")  # what the test knows and the panel does not say


def write_panel(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, [k for k in rows[0] if k not in HIDDEN])
        writer.writeheader()
        writer.writerows({k: v for k, v in row.items() if k not in HIDDEN} for row in rows)


def names(rows, references, with_class=True):
    """(segment, treatment, characteristic, level) of every row's indicators, without the reference levels."""
    for row in rows:
        at = (row["segment"], row["treatment"])
        found = [(*at, "curve", KNOTS[at][row["step"]])]
        if with_class and row["capacity_class"] != references[at]:
            found.append((*at, "capacity_class", row["capacity_class"]))
        for name, level in (("employment", row["employment"] or "missing"), ("default_marks", row["mark"])):
            if level != references[name]:
                found.append((None, None, name, level))
        yield found


def dense(rows, references, with_class=True):
    """The fit on a dense design: names of its figures, design, cash, estimates, means, inverse information, number of the row's debtor."""
    found = list(names(rows, references, with_class))
    columns = sorted({n for row in found for n in row}, key=str)
    place = {n: i for i, n in enumerate(columns)}
    x = np.zeros((len(rows), len(columns)))
    for i, row in enumerate(found):
        for n in row:
            x[i, place[n]] = 1.0
    cash = np.array([float(r["cash"]) for r in rows])
    offset = np.log([float(r["balance_start"]) * r["period_months"] *
                     (PENDING if r["treatment"] == "legal" and r["title_state"] != "title" else 1.0) for r in rows])
    beta = np.linalg.lstsq(x, np.full(len(rows), np.log(cash.sum() / np.exp(offset).sum())), rcond=None)[0]
    for _ in range(50):
        mu = np.exp(offset + x @ beta)
        step = np.linalg.solve(x.T @ (mu[:, None] * x), x.T @ (cash - mu))
        beta += step
        if np.abs(step).max() < 1e-12:
            break
    mu = np.exp(offset + x @ beta)
    bread = np.linalg.inv(x.T @ (mu[:, None] * x))
    debtors = {d: i for i, d in enumerate(dict.fromkeys(r["debtor_id"] for r in rows))}
    return columns, x, cash, beta, mu, bread, np.array([debtors[r["debtor_id"]] for r in rows])


def fit(rows, references, with_class=True):
    """{name: (estimate, standard error)} and the dispersion."""
    columns, x, cash, beta, mu, bread, debtor = dense(rows, references, with_class)
    debtors = debtor.max() + 1
    by_debtor = np.zeros((debtors, len(columns)))
    np.add.at(by_debtor, debtor, x * (cash - mu)[:, None])
    meat = by_debtor.T @ by_debtor * debtors / (debtors - 1)
    errors = np.sqrt(np.diag(bread @ meat @ bread))
    dispersion = ((cash - mu) ** 2 / mu).sum() / (len(rows) - len(columns))
    return {n: (beta[i], errors[i]) for i, n in enumerate(columns)}, dispersion, mu.sum()
