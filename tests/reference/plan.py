# SPDX-License-Identifier: Apache-2.0
"""Reference: one epoch, the plan and its projection (sections 4 to 7)."""

import math

from model_file import ACTIONS, CLOSE, INFINITY, LEGAL, NO_TITLE, PENDING, SELL, TITLE, cumulative, step


# ---- One epoch, one state, one treatment (sections 4 and 5) ---------------------------------------------------


def matrix_power(matrix, power):
    result = [[1.0 if i == j else 0.0 for j in range(3)] for i in range(3)]
    for _ in range(power):
        result = [[sum(row[m] * matrix[m][j] for m in range(3)) for j in range(3)] for row in result]
    return result


def class_moves(model, segment, treatment, length):
    """Q_{g,a} to the power of the epoch's months (remembered: it is the same for every claim of the segment)."""
    key = ("Q", segment, treatment, length)
    if key not in model["cache"]:
        model["cache"][key] = matrix_power(model["segments"][segment]["class_monthly"][treatment], length)
    return model["cache"][key]


def mean_intensity(model, segment, treatment, u, j):
    """lambda-bar of section 4: the curve's mean over epoch j, u months after write-off at the cut-off."""
    key = ("lambda", segment, treatment, u, j)
    if key not in model["cache"]:
        curve = model["segments"][segment]["curves"][treatment]
        start, length = u + model["starts"][j], model["epochs"][j]
        model["cache"][key] = (cumulative(curve, start + length) - cumulative(curve, start)) / length
    return model["cache"][key]


def deadline(t, z):
    return t["d0"] if z == NO_TITLE else t["d1"]


def alive_share(model, t, z, j):
    """f: the part of epoch j in which a claim of title state z is not yet barred."""
    return min(1.0, max(0.0, (deadline(t, z) - model["starts"][j]) / model["epochs"][j]))


def balance_in(model, t, z, j):
    """B_j: balance at mid-epoch, with the court fee where a claim without a title got beyond filing."""
    segment = model["segments"][t["segment"]]
    accrual = t["jurisdiction"]["interest"].get("accrual_months")
    middle = model["starts"][j] + model["epochs"][j] / 2
    balance = t["balance"] + t["principal"] * t["rate"] * min(middle, INFINITY if accrual is None else accrual) / 12
    if t["z0"] == NO_TITLE and z >= PENDING:
        balance += segment["cost"]["legal"]["fee_shift"] * segment["cost"]["legal"]["filing"] * t["w"]
    return balance


def exit_intensity(model, t, z, j):
    """mu of section 4: death, insolvency, emigration, and the end of a title that is yet to come."""
    mu = model["segments"][t["segment"]]["exit_monthly"] + t["exit_status"]
    if t["age"] is not None:
        mortality = t["jurisdiction"]["mortality"]
        middle = t["age"] + (model["starts"][j] + model["epochs"][j] / 2) / 12
        mu += mortality["G"] * math.exp(mortality["b"] * middle) / 12
    mu *= t.get("exit_factor", 1.0)  # of a scenario; titles end as ever
    if z == TITLE and t["z0"] < TITLE:
        mu += t["title_exit"]
    return mu


def is_available(model, t, z, j, action):
    """Allowed by the status, and `legal` only for a claim that is still alive."""
    if action not in t["allowed"]:
        return False
    if action == LEGAL:
        if alive_share(model, t, max(z, PENDING), j) == 0:
            return False
        if z == NO_TITLE and t["d0"] <= model["starts"][j]:
            return False
    return True


def treat(model, t, k, z, j, action):
    """Everything that sections 5 to 7 need of a treatment in state (k, z) during epoch j, as a dict."""
    segment = model["segments"][t["segment"]]
    legal, cost = segment["legal"], segment["cost"][action]
    ze = max(z, PENDING) if action == LEGAL else z
    intensity = t["theta"] * segment["class_multiplier"][action][k] * mean_intensity(model, t["segment"], action,
                                                                                     t["u"], j)
    intensity *= t["recovery"][j] if "recovery" in t else 1.0  # m_j of a scenario
    if action == LEGAL and ze == PENDING:
        intensity *= legal["pre_title_factor"]
    if action == LEGAL and ze == TITLE:
        intensity += legal["garnish_share"][k] * t["gamma"]

    monthly = cost["enforcement_monthly"] if action == LEGAL and z == TITLE else cost["monthly"]
    running = monthly * t["w"] + (t["interruption"] if ze == NO_TITLE else 0.0)
    filing = cost["filing"] * t["w"] if action == LEGAL and z == NO_TITLE else 0.0

    # Title moves at the epoch's end: [(z', probability)].
    if action == LEGAL and ze == PENDING:
        wait = legal["months_to_title"]
        gained = 1.0 if wait == 0 else -math.expm1(-model["epochs"][j] / wait)
        moves = [(PENDING, 1.0 - gained), (TITLE, gained)]
    else:
        moves = [(ze, 1.0)]

    return {
        "l": intensity,
        "mu": exit_intensity(model, t, z, j),
        "f": alive_share(model, t, ze, j),
        "c": 1.0 if deadline(t, ze) >= model["starts"][j + 1] else 0.0,
        "B": balance_in(model, t, z, j),
        "sigma": segment["recovery_share"][action],
        "contingent": cost["contingent"],
        "running": running,  # per month alive, before inflation
        "filing": filing,  # at the epoch's start, before inflation
        "inflation": (1 + model["cost_inflation"]) ** (model["starts"][j] / 12),
        "moves": moves,
        "Q": class_moves(model, t["segment"], action, model["epochs"][j])[k],
    }


def mean_stay(x, length):
    """(1 - exp(-x E)) / x, and E where x is 0."""
    return length if x == 0 else -math.expm1(-x * length) / x


def sale(model, t, z, j):
    """Proceeds of selling at T_j (section 6); nothing for a barred claim."""
    market = model["segments"][t["segment"]]["market"]
    if alive_share(model, t, z, j) == 0:
        return 0.0
    left = (deadline(t, z) - model["starts"][j]) / market["bar_months"]
    return (step(market["price"], t["u"] + model["starts"][j]) * market["title_factor"][z] * min(1.0, left)
            * balance_in(model, t, z, j) * (1 - market["transaction_cost"]))


# ---- The plan: backward induction (section 6) -----------------------------------------------------------------


def plan(model, t, irr, given=None):
    """Action values q[j][k][z] = {action: value}, and chosen[j][k][z], for the title states from z0 up (a title state
    is never lost). `given`: a plan to keep to (section 11, committed); then q is what its actions are worth."""
    delta = math.log(1 + irr) / 12
    count = len(model["epochs"])
    after = [[0.0] * 3 for _ in range(3)]  # V_{j+1}
    q = [None] * count
    chosen = [None] * count
    for j in reversed(range(count)):
        length = model["epochs"][j]
        q[j] = [[None] * 3 for _ in range(3)]
        chosen[j] = [[None] * 3 for _ in range(3)]
        value = [[0.0] * 3 for _ in range(3)]
        for k in range(3):
            for z in range(t["z0"], 3):
                values = {}
                for action in ACTIONS:
                    if not is_available(model, t, z, j, action):
                        continue
                    if action == CLOSE:
                        values[action] = 0.0
                    elif action == SELL:
                        values[action] = sale(model, t, z, j)
                    else:
                        a = treat(model, t, k, z, j, action)
                        x = a["l"] + a["mu"] + delta
                        stay = mean_stay(x, length)
                        reward = a["f"] * (a["sigma"] * (1 - a["contingent"]) * a["B"] * a["l"] * stay
                                           - a["running"] * a["inflation"] * stay) - a["filing"] * a["inflation"]
                        follow = sum(share * a["Q"][k2] * after[k2][z2] for z2, share in a["moves"] for k2 in range(3))
                        values[action] = reward + a["c"] * math.exp(-x * length) * follow
                best = CLOSE  # ties go to the earliest: a later action must be strictly better
                for action, amount in values.items():
                    if amount > values[best]:
                        best = action
                best = best if given is None else given[j][k][z]
                q[j][k][z], chosen[j][k][z], value[k][z] = values, best, values[best]
        after = value
    return q, chosen


# ---- Projection under the plan (section 7) --------------------------------------------------------------------


def project(model, t, chosen):
    """Months 1..H of (gross, cost without filing, filing, sale), undiscounted, and the probabilities p[j][k][z]."""
    flows = [[0.0] * 4 for _ in range(model["horizon_months"])]
    count = len(model["epochs"])
    p = [[[0.0] * 3 for _ in range(3)] for _ in range(count + 1)]
    p[0][t["k0"]][t["z0"]] = 1.0
    for j in range(count):
        first, length = model["starts"][j], model["epochs"][j]
        for k in range(3):
            for z in range(3):
                here = p[j][k][z]
                if here == 0:
                    continue
                action = chosen[j][k][z]
                if action == CLOSE:
                    continue
                if action == SELL:
                    flows[first][3] += here * sale(model, t, z, j)
                    continue
                a = treat(model, t, k, z, j, action)
                y = a["l"] + a["mu"]
                flows[first][2] += here * a["filing"] * a["inflation"]
                for m in range(1, length + 1):
                    alive = math.exp(-y * (m - 1)) * mean_stay(y, 1)
                    gross = here * a["f"] * a["sigma"] * a["B"] * a["l"] * alive
                    flows[first + m - 1][0] += gross
                    flows[first + m - 1][1] += (a["contingent"] * gross
                                                + here * a["f"] * a["running"] * a["inflation"] * alive)
                left = here * a["c"] * math.exp(-y * length)
                for z2, share in a["moves"]:
                    for k2 in range(3):
                        p[j + 1][k2][z2] += left * share * a["Q"][k2]
    return flows, p


def nearest_tie(t, q, p):
    """Smallest distance between the best and the second best action over the states that the plan reaches, in units of
    section 13's tolerance (below 1 = a near-tie)."""
    nearest = INFINITY
    for j, states in enumerate(q):
        for k in range(3):
            for z in range(t["z0"], 3):
                if p[j][k][z] > 0 and len(states[k][z]) > 1:
                    best, second = sorted(states[k][z].values(), reverse=True)[:2]
                    nearest = min(nearest, (best - second) / money_tolerance(best, second))
    return nearest


def money_tolerance(*amounts):
    """Section 13: 1e-4 relative or 0.01 currency units, whichever is larger."""
    return max(0.01, 1e-4 * max(abs(amount) for amount in amounts))
