# SPDX-License-Identifier: Apache-2.0
"""A history with treatments by lot or by choice and a known effect, and an independent computation of what
`fit --experiment` says of it, written from docs/experiment.md in NumPy."""
import csv
import datetime

import numpy as np

FOLLOW = 12
MARKS = [0, 2, 6]  # below 1, 1 to below 4, 4 and more
EMPLOYMENT = ["employed", "unemployed", "retired", ""]


def simulate(seed, debtors, effect, by_lot, hidden=0.0):
    """Claims with monthly rows. `effect`: share of the balance a month that amicable adds to a rate that depends on work and
    marks; `hidden`: what a frailty that nobody sees adds to the log odds of being chosen."""
    random = np.random.default_rng(seed)
    claims = []
    for d in range(debtors):
        frailty = random.gamma(2.0, 0.5)
        work, mark = random.integers(4), random.integers(3)
        fi = random.random() < 0.6
        rate = (0.004, 0.001, 0.002, 0.002)[work] * (2.0, 1.0, 0.5)[mark]
        for c in range(1 + (random.random() < 0.3)):
            if by_lot:
                chance = 0.5 if fi else 0.75
            else:
                chance = 1 / (1 + np.exp(-(0.8 * (work == 0) - 0.6 * (mark == 2) + 0.3 + hidden * (frailty - 1))))
            treated = random.random() < chance
            balance = round(float(np.exp(random.normal(6.5, 0.7))), 2)
            age = int(random.integers(0, 40))
            months = int(random.choice([FOLLOW, FOLLOW, 7]))  # some are watched for less
            cash = []
            left = ""
            for m in range(months):
                pays = random.random() < frailty * (rate + effect * treated) / 0.1
                cash.append(round(balance * random.uniform(0.02, 0.18), 2) if pays else 0.0)
                if random.random() < 0.004:
                    left = ("paid", "sold")[random.integers(2)]
                    break
            claims.append({"id": f"c{d}-{c}", "debtor": f"d{d}", "fi": fi, "work": work, "mark": mark, "treated": treated,
                           "balance": balance, "age": age, "cash": cash, "exit": left})
    return claims


def write_panel(path, claims, by_lot):
    with open(path, "w", newline="") as file:
        names = ["claim_id", "debtor_id", "country", "currency", "written_off_on", "period_start", "period_months",
                 "balance_start", "treatment", "cash", "exit", "employment", "default_marks"] + ["arm"] * by_lot
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for claim in claims:
            off = 2020 * 12 - claim["age"]
            for m, cash in enumerate(claim["cash"]):
                last = m + 1 == len(claim["cash"])
                row = {"claim_id": claim["id"], "debtor_id": claim["debtor"], "country": "FI" if claim["fi"] else "SE",
                       "currency": "EUR", "written_off_on": f"{off // 12}-{off % 12 + 1:02d}-01",
                       "period_start": datetime.date(2020, 1 + m, 1).isoformat(), "period_months": 1,
                       "balance_start": f"{claim['balance']:.2f}", "cash": f"{cash:.2f}",
                       "treatment": "amicable" if claim["treated"] else "surveil",
                       "exit": claim["exit"] if last else "", "employment": EMPLOYMENT[claim["work"]],
                       "default_marks": MARKS[claim["mark"]]}
                if by_lot:
                    row["arm"] = "amicable" if claim["treated"] else "held_out"
                writer.writerow(row)


def arrays(claims):
    cash = np.array([sum(c["cash"]) for c in claims])
    months = np.array([FOLLOW if c["exit"] == "paid" else len(c["cash"]) for c in claims], float)
    return (np.array([c["treated"] for c in claims]), cash, months * np.array([c["balance"] for c in claims]),
            np.array([c["debtor"] for c in claims]))


def effect_of(treated, cash, exposure, debtor, weight):
    """Rates of the treated and the others, their difference and its standard error by debtor."""
    rate, moved = {}, np.zeros(len(cash))
    for arm, sign in ((True, 1.0), (False, -1.0)):
        own = treated == arm
        total = (weight * exposure)[own].sum()
        rate[arm] = (weight * cash)[own].sum() / total
        moved += np.where(own, sign * weight * (cash - rate[arm] * exposure) / total, 0.0)
    _, place = np.unique(debtor, return_inverse=True)
    by_debtor = np.bincount(place, moved)
    count = len(by_debtor)
    return rate[True], rate[False], rate[True] - rate[False], np.sqrt((by_debtor**2).sum() * count / (count - 1))


def lot_weights(claims):
    """One over the share of the arm in the segment."""
    fi = np.array([c["fi"] for c in claims])
    treated = np.array([c["treated"] for c in claims])
    weight = np.zeros(len(claims))
    for segment in (True, False):
        for arm in (True, False):
            own = (fi == segment) & (treated == arm)
            weight[own] = (fi == segment).sum() / own.sum()
    return weight


def chances(claims):
    """A logistic regression with a ridge of one on all but the level."""
    columns = [np.ones(len(claims))]
    for number in (np.log([c["balance"] for c in claims]), np.log1p([float(c["age"]) for c in claims])):
        columns.append((number - number.mean()) / number.std())
    for name, levels in (("fi", 2), ("work", 4), ("mark", 3)):
        value = np.array([int(c[name]) for c in claims])
        columns += [(value == level).astype(float) for level in range(levels)]
    columns += [np.ones(len(claims))] * 2  # title and class: the same for all, drawn to 0 by the ridge
    x = np.stack(columns, axis=1)
    y = np.array([c["treated"] for c in claims], float)
    beta = np.zeros(x.shape[1])
    ridge = np.ones(x.shape[1])
    ridge[0] = 0.0
    for _ in range(50):
        e = 1 / (1 + np.exp(-x @ beta))
        beta += np.linalg.solve((x * (e * (1 - e))[:, None]).T @ x + np.diag(ridge), x.T @ (y - e) - ridge * beta)
    return 1 / (1 + np.exp(-x @ beta))
