# SPDX-License-Identifier: Apache-2.0
"""Reference: one epoch, the plan and its projection (sections 4 to 7).

A state is (k, z, r): capacity class, title state, quiet or paying. Arrays by state are nested in that order.
"""

import math

from model_file import (ACTIONS, AMICABLE, CLOSE, INFINITY, LEGAL, NO_TITLE, PAYING, PENDING, QUIET, SELL, SURVEIL,
                        TITLE, cumulative, step)

MOODS = (QUIET, PAYING)


def states(z0):
    """All states that a claim of title state z0 can come to: a title state is never lost."""
    return [(k, z, r) for k in range(3) for z in range(z0, 3) for r in MOODS]


def by_state(value):
    return [[[value for _ in MOODS] for _ in range(3)] for _ in range(3)]


# ---- Intensities and balances of an epoch (section 4) ---------------------------------------------------------


def matrix_power(matrix, power):
    result = [[1.0 if i == j else 0.0 for j in range(3)] for i in range(3)]
    for _ in range(power):
        result = [[sum(row[m] * matrix[m][j] for m in range(3)) for j in range(3)] for row in result]
    return result


def class_figure(model, t, j, k, figures):
    """A figure of class k; in the first epoch of a claim whose class is the score's, the mean over what such claims are."""
    if j == 0 and t.get("guessed"):
        return sum(share * figure for share, figure in zip(model["scorecard"]["class_given_score"][k], figures))
    return figures[k]


def moves_from(model, t, j, k, treatment):
    """The class at the end of epoch j: a guessed one is found out within the first."""
    step = class_moves(model, t["segment"], treatment, model["epochs"][j])
    return [class_figure(model, t, j, k, [row[to] for row in step]) for to in range(3)]


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


def middle_of(model, j):
    return model["starts"][j] + model["epochs"][j] / 2


def theta_in(model, t, j):
    """Theta_j: the fading part loses half of its weight every half_life months."""
    if t["fading"] == 0:
        return t["theta"]
    return t["theta"] * math.exp(t["fading"] * 2 ** (-middle_of(model, j) / model["scorecard"]["half_life"]))


def deadline(t, z, r=QUIET):
    """d: a payment interrupts limitation, so the final bar alone binds who pays."""
    return t["d0"] if z == NO_TITLE and r == QUIET else t["d1"]


def alive_share(model, t, z, j, r=QUIET):
    """f: the part of epoch j in which a claim of title state z is not yet barred."""
    return min(1.0, max(0.0, (deadline(t, z, r) - model["starts"][j]) / model["epochs"][j]))


def survives(model, t, z, j, r=QUIET):
    """c: 1 if it is not barred by the epoch's end."""
    return 1.0 if deadline(t, z, r) >= model["starts"][j + 1] else 0.0


def balance_without_fee(model, t, j):
    accrual = t["jurisdiction"]["interest"].get("accrual_months")
    months = min(middle_of(model, j), INFINITY if accrual is None else accrual)
    return t["balance"] + t["principal"] * t["rate"] * months / 12


def balance_in(model, t, z, j):
    """B_j: balance at mid-epoch, with the court fee where a claim without a title got beyond filing."""
    segment = model["segments"][t["segment"]]
    balance = balance_without_fee(model, t, j)
    if t["z0"] == NO_TITLE and z >= PENDING:
        balance += segment["cost"]["legal"]["fee_shift"] * segment["cost"]["legal"]["filing"] * t["w"]
    return balance


def exit_intensity(model, t, z, j):
    """mu of section 4: death, insolvency, emigration, and the end of a title that is yet to come."""
    mu = model["segments"][t["segment"]]["exit_monthly"] + t["exit_status"]
    if t["age"] is not None:
        mortality = t["jurisdiction"]["mortality"]
        mu += mortality["G"] * math.exp(mortality["b"] * (t["age"] + middle_of(model, j) / 12)) / 12
    mu *= t.get("exit_factor", 1.0)  # of a scenario; titles end as ever
    if z == TITLE and t["z0"] < TITLE:
        mu += t["title_exit"]
    return mu


def is_available(model, t, z, r, j, action):
    """Allowed by the status; `legal` only for a claim that is still alive, and never against a debtor who pays."""
    if action not in t["allowed"]:
        return False
    if action == LEGAL:
        if r == PAYING or alive_share(model, t, max(z, PENDING), j) == 0:
            return False
        if z == NO_TITLE and t["d0"] <= model["starts"][j]:
            return False
    return True


# ---- Quiet and paying within an epoch (section 5) -------------------------------------------------------------


def mean_stay(x, length):
    """(1 - exp(-x E)) / x, and E where x is 0."""
    return length if x == 0 else -math.expm1(-x * length) / x


class Pair:
    """The two-state chain with rates of leaving x_q and x_p, s from quiet to paying and beta back: exp(-tA) by its
    eigenvalues m -+ omega, exp(-tA) = exp(-(m - omega) t) (I + N / omega) / 2 + exp(-(m + omega) t) (I - N / omega) / 2
    with N = [[-d, s], [beta, d]]."""

    def __init__(self, x_q, x_p, s, beta):
        self.rates = (x_q, x_p, s, beta)
        self.mean = (x_q + x_p) / 2
        half = (x_q - x_p) / 2
        self.omega = math.sqrt(half * half + s * beta)
        self.turn = ((-half, s), (beta, half))

    def combine(self, slow, fast, equal):
        """(slow (I + N/omega) + fast (I - N/omega)) / 2; with omega next to nothing: slow I + equal N."""
        rows = []
        for r in MOODS:
            row = []
            for r2 in MOODS:
                own = 1.0 if r == r2 else 0.0
                if self.omega < 1e-9:
                    row.append(slow * own + equal * self.turn[r][r2])
                else:
                    by = self.turn[r][r2] / self.omega
                    row.append((slow * (own + by) + fast * (own - by)) / 2)
            rows.append(row)
        return rows

    def probabilities(self, time):
        """P: from row to column, after `time` months."""
        x_q, x_p, s, beta = self.rates
        if s == 0 or beta == 0:  # one way only: no rounding where there is no way
            direct = [math.exp(-x_q * time), math.exp(-x_p * time)]
            way = time * direct[0] if abs(x_q - x_p) * time < 1e-9 else (direct[1] - direct[0]) / (x_q - x_p)
            return [[direct[0], s * way], [beta * way, direct[1]]]
        slow, fast = math.exp(-(self.mean - self.omega) * time), math.exp(-(self.mean + self.omega) * time)
        return self.combine(slow, fast, time * slow)

    def times(self, time):
        """M: the integral of P from 0 to `time`."""
        slow, fast = mean_stay(self.mean - self.omega, time), mean_stay(self.mean + self.omega, time)
        x = self.mean
        if abs(x * time) < 1e-4:
            equal = time * time * (0.5 - x * time / 3 + (x * time) ** 2 / 8)
        else:
            equal = (1 - math.exp(-x * time) * (1 + x * time)) / (x * x)
        return self.combine(slow, fast, equal)


def treat(model, t, k, z, j, action):
    """Everything that sections 5 to 7 need of a treatment of (k, z) during epoch j, for quiet and paying."""
    segment = model["segments"][t["segment"]]
    legal, cost = segment["legal"], segment["cost"][action]
    payers = segment.get("payers")
    ze = max(z, PENDING) if action == LEGAL else z
    untouched = t["balance"] / balance_without_fee(model, t, j)  # b_j: income does not grow because interest does
    multiplier = t["recovery"][j] if "recovery" in t else 1.0  # m_j of a scenario

    h = theta_in(model, t, j) * mean_intensity(model, t["segment"], action, t["u"], j)
    h *= class_figure(model, t, j, k, segment["class_multiplier"][action])
    h *= multiplier * t.get("new_payers", 1.0)
    if action == LEGAL and ze == PENDING:
        h *= legal["pre_title_factor"]
    gamma = t["gamma"]
    if "law_from" in t:  # what may be attached changes on a day: the epoch's mean
        start, length = model["starts"][j], model["epochs"][j]
        gamma += min(1.0, max(0.0, (start + length - t["law_from"]) / length)) * (t["gamma_later"] - gamma)
    garnished = class_figure(model, t, j, k, legal["garnish_share"]) * gamma * untouched
    g = garnished if action == LEGAL and ze == TITLE else 0.0
    v = t["dividend"]

    mu = exit_intensity(model, t, z, j)
    f = [alive_share(model, t, ze, j, r) for r in MOODS]
    settled = 1.0
    if payers is not None and t["allowed"] & {SURVEIL, AMICABLE}:  # else there is nobody to keep a plan with
        settled = payers["settled_share"][action]
    s = (1 - settled) * h * f[QUIET]
    resolve = [settled * h + g + v, v]
    brings = [segment["recovery_share"][action] * settled * h + g + v, v]
    beta, paid, payer_monthly = 0.0, 0.0, 0.0
    if payers is not None:
        willing = t["willing"][j] if "willing" in t else 1.0  # m_j without a delay
        paid = t["chi"] * class_figure(model, t, j, k, payers["monthly_share"]) * willing * untouched
        paid = max(paid, garnished) if z == TITLE else paid
        beta, payer_monthly = payers["breakage"][action], payers["monthly"][action]
    resolve[PAYING] += paid
    brings[PAYING] += paid

    monthly = cost["enforcement_monthly"] if action == LEGAL and z == TITLE else cost["monthly"]
    # What an hour costs, at the pace of the first epoch: quiet and paying alike.
    hours = segment["cost"].get("hour", 0.0) * segment.get("effort_hours", {}).get(action, 0.0) / model["epochs"][0]
    monthly += hours
    payer_monthly += hours
    running = [monthly * t["w"] + (t["interruption"] if ze == NO_TITLE else 0.0), payer_monthly * t["w"]]
    filing = cost["filing"] * t["w"] if action == LEGAL and z == NO_TITLE else 0.0

    # Title moves at the epoch's end: [(z', probability)]; a case that is lost takes the claim with it.
    if action == LEGAL and ze == PENDING:
        wait = legal["months_to_title"]
        decided = 1.0 if wait == 0 else -math.expm1(-model["epochs"][j] / wait)
        moves = [(PENDING, 1.0 - decided), (TITLE, decided * (1 - legal.get("lost_share", 0.0)))]
    else:
        moves = [(ze, 1.0)]

    def chain(discount):
        return Pair(resolve[QUIET] + s + mu + discount, resolve[PAYING] + beta + mu + discount, s, beta)

    return {
        "chain": chain,
        "f": f,
        "c": [survives(model, t, ze, j, r) for r in MOODS],
        "B": balance_in(model, t, z, j),
        "brings": brings,  # y: of the balance, a month
        "paid": paid,  # rho': the part of it that is instalments
        "contingent": cost["contingent"],
        "running": running,  # per month alive, before inflation
        "filing": filing,  # at the epoch's start, from quiet, before inflation
        "inflation": (1 + model["cost_inflation"]) ** (model["starts"][j] / 12),
        "moves": moves,
        "Q": moves_from(model, t, j, k, action),
    }


def gains(a):
    """What a month as quiet and a month as paying bring, after costs."""
    return [a["f"][r] * ((1 - a["contingent"]) * a["B"] * a["brings"][r] - a["running"][r] * a["inflation"])
            for r in MOODS]


def sale(model, t, k, z, r, j):
    """Proceeds of selling at T_j (section 6); nothing for a barred claim."""
    segment = model["segments"][t["segment"]]
    market = segment["market"]
    if alive_share(model, t, z, j, r) == 0:
        return 0.0
    left = (deadline(t, z, r) - model["starts"][j]) / market["bar_months"]
    seen = theta_in(model, t, j) / market.get("reference", 1.0)
    seen *= class_figure(model, t, j, k, segment["class_multiplier"][AMICABLE])
    insight = min(market.get("insight_cap", 4.0), seen) ** market.get("informed", 0.0)
    insight *= market.get("payer_factor", 1.0) if r == PAYING else 1.0
    return (step(market["price"], t["u"] + model["starts"][j]) * market["title_factor"][z] * insight * min(1.0, left)
            * balance_in(model, t, z, j) * (1 - market["transaction_cost"]))


# ---- The plan: backward induction (section 6) -----------------------------------------------------------------


def worth(a, r, P, M, after):
    """R plus what follows, from mood r."""
    other = PAYING if r == QUIET else QUIET
    gain = gains(a)
    reward = gain[r] * M[r][r] + gain[other] * M[r][other] - (a["filing"] * a["inflation"] if r == QUIET else 0.0)
    follow = [sum(share * a["Q"][k2] * after[k2][z2][r2] for z2, share in a["moves"] for k2 in range(3)) for r2 in MOODS]
    return reward + sum(a["c"][r2] * P[r][r2] * follow[r2] for r2 in MOODS)


def plan(model, t, irr, given=None):
    """Action values q[j][k][z][r] = {action: value}, and chosen[j][k][z][r], for the title states from z0 up (a title
    state is never lost). `given`: a plan to keep to (section 11, committed); then q is what its actions are worth."""
    delta = math.log(1 + irr) / 12
    count = len(model["epochs"])
    after = by_state(0.0)  # V_{j+1}
    q = [by_state(None) for _ in range(count)]
    chosen = [by_state(None) for _ in range(count)]
    moods = MOODS if "payers" in model["segments"][t["segment"]] else (QUIET,)
    for j in reversed(range(count)):
        length = model["epochs"][j]
        value = by_state(0.0)
        for k in range(3):
            for z in range(t["z0"], 3):
                treated = {}
                for action in (SURVEIL, AMICABLE, LEGAL):
                    if action in t["allowed"]:
                        a = treat(model, t, k, z, j, action)
                        chain = a["chain"](delta)
                        treated[action] = (a, chain.probabilities(length), chain.times(length))
                for r in moods:
                    values = {}
                    for action in ACTIONS:
                        if not is_available(model, t, z, r, j, action):
                            continue
                        if action == CLOSE:
                            values[action] = 0.0
                        elif action == SELL:
                            values[action] = sale(model, t, k, z, r, j)
                        else:
                            a, P, M = treated[action]
                            values[action] = worth(a, r, P, M, after)
                    best = CLOSE  # ties go to the earliest: a later action must be strictly better
                    for action, amount in values.items():
                        if amount > values[best]:
                            best = action
                    best = best if given is None else given[j][k][z][r]
                    best = best if best in values else CLOSE  # what a later law has barred by then
                    q[j][k][z][r], chosen[j][k][z][r], value[k][z][r] = values, best, values[best]
        after = value
    return q, chosen


# ---- Projection under the plan (section 7) --------------------------------------------------------------------


def project(model, t, chosen):
    """Months 1..H of (gross, cost without filing, filing, sale, instalments), undiscounted, and the probabilities
    p[j][k][z][r]."""
    flows = [[0.0] * 5 for _ in range(model["horizon_months"])]
    count = len(model["epochs"])
    p = [by_state(0.0) for _ in range(count + 1)]
    p[0][t["k0"]][t["z0"]][t["r0"]] = 1.0
    for j in range(count):
        first, length = model["starts"][j], model["epochs"][j]
        for k, z, r in states(t["z0"]):
            here = p[j][k][z][r]
            if here == 0:
                continue
            action = chosen[j][k][z][r]
            if action == CLOSE:
                continue
            if action == SELL:
                flows[first][3] += here * sale(model, t, k, z, r, j)
                continue
            a = treat(model, t, k, z, j, action)
            chain = a["chain"](0.0)
            flows[first][2] += here * a["filing"] * a["inflation"] if r == QUIET else 0.0
            month = chain.times(1)
            for m in range(1, length + 1):
                began = chain.probabilities(m - 1)[r]
                occupied = [sum(began[r1] * month[r1][r2] for r1 in MOODS) for r2 in MOODS]
                gross = here * a["B"] * sum(a["f"][i] * a["brings"][i] * occupied[i] for i in MOODS)
                cost = here * a["inflation"] * sum(a["f"][i] * a["running"][i] * occupied[i] for i in MOODS)
                flow = flows[first + m - 1]
                flow[0] += gross
                flow[1] += a["contingent"] * gross + cost
                flow[4] += here * a["B"] * a["f"][PAYING] * a["paid"] * occupied[PAYING]
            after = chain.probabilities(length)[r]
            for r2 in MOODS:
                for z2, share in a["moves"]:
                    for k2 in range(3):
                        p[j + 1][k2][z2][r2] += here * a["c"][r2] * after[r2] * share * a["Q"][k2]
    return flows, p


def payers_by_epoch(p):
    """Probability to be paying at each T_j."""
    return [sum(p[j][k][z][PAYING] for k in range(3) for z in range(3)) for j in range(len(p) - 1)]


def nearest_tie(t, q, p):
    """Smallest distance between the best and the second best action over the states that the plan reaches, in units of
    section 13's tolerance (below 1 = a near-tie)."""
    nearest = INFINITY
    for j, values in enumerate(q):
        for k, z, r in states(t["z0"]):
            if p[j][k][z][r] > 0 and len(values[k][z][r]) > 1:
                best, second = sorted(values[k][z][r].values(), reverse=True)[:2]
                nearest = min(nearest, (best - second) / money_tolerance(best, second))
    return nearest


def money_tolerance(*amounts):
    """Section 13: 1e-4 relative or 0.01 currency units, whichever is larger."""
    return max(0.01, 1e-4 * max(abs(amount) for amount in amounts))
