# SPDX-License-Identifier: Apache-2.0
"""The valuation model, one claim at a time, in 64-bit floats: the executable specification.

This program was written from the contract alone (model.md, tape.md, model-file.md, cli.md) and shares nothing with the
C engine: not a line, not a table, not a trick. It is slow and means to be obvious. "Section n" below is model.md's.
It does not check its input: cases for it are well formed (bad input is the business of other tests).

    /usr/bin/python3 reference.py TAPE.csv --model M.yaml --cutoff 2026-06-30 --claims C.csv --cashflow F.csv --json J

The order of the file is the order of the data: YAML, calendar, tape, law, score, terms, plan, projection, price, files.
Standard library and PyYAML only.
"""

import argparse
import calendar
import csv
import datetime
import decimal
import json
import math
import os
import re
import sys

import yaml

NAN = float("nan")
INFINITY = math.inf

# Actions in the order in which ties are decided (section 6), treatments, classes and title states by index.
CLOSE, SELL, SURVEIL, AMICABLE, LEGAL = ACTIONS = ("close", "sell", "surveil", "amicable", "legal")
TREATMENTS = (SURVEIL, AMICABLE, LEGAL)
CLASSES = ("none", "weak", "able")
TITLES = ("none", "pending", "title")
NO_TITLE, PENDING, TITLE = 0, 1, 2


# ---- YAML 1.2 and the model file (model-file.md) ----------------------------------------------------------


class Yaml12Loader(yaml.SafeLoader):
    """PyYAML reads YAML 1.1, where NO is false and 1:30 a number. These are the scalars of YAML 1.2's core schema."""


Yaml12Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
):
    Yaml12Loader.add_implicit_resolver(_tag, re.compile(_pattern), _first)
# The constructors of 1.1 would read 010 as eight and refuse 1e3: take the number as it is written.
Yaml12Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
Yaml12Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


def join_maps(earlier, later):
    """Maps are joined at every depth, later wins key by key; lists and scalars are replaced."""
    if not (isinstance(earlier, dict) and isinstance(later, dict)):
        return later
    joined = dict(earlier)
    for key, value in later.items():
        joined[key] = join_maps(earlier[key], value) if key in earlier else value
    return joined


def load_yaml(path):
    with open(path, encoding="utf-8") as file:
        document = yaml.load(file, Loader=Yaml12Loader)
    included = document.pop("include", [])
    joined = {}
    for name in [included] if isinstance(included, str) else included:
        joined = join_maps(joined, load_yaml(os.path.join(os.path.dirname(path), name)))
    return join_maps(joined, document)


# Section 10's defaults of the status table; the model's `statuses` overrides key by key.
STATUS_DEFAULTS = {
    "none": {},
    "filed": {"title": "pending"},
    "title": {"title": "title"},
    "enforcement": {"title": "title"},
    "enforcement_insolvent": {"title": "title", "class": "none"},
    "bankruptcy": {"class": "none", "allow": [SURVEIL, SELL, CLOSE]},
    "debt_adjustment": {"class": "none", "allow": [SURVEIL, SELL, CLOSE], "exit_monthly": 1.0 / 36.0},
    "deceased": {"allow": [CLOSE]},
    "disputed": {"allow": [SURVEIL, LEGAL, SELL, CLOSE]},
}


def load_model(path):
    """The model as nested dicts with the file's own keys; statuses completed, numbers left as they are written."""
    model = load_yaml(path)
    model["fx"] = dict(model.get("fx") or {})
    model["fx"].setdefault(model["base_currency"], 1.0)
    given = model.get("statuses") or {}
    model["statuses"] = {}
    for status, defaults in STATUS_DEFAULTS.items():
        rule = {"class": None, "title": "none", "allow": list(ACTIONS), "exit_monthly": 0.0}
        rule.update(defaults)
        rule.update(given.get(status) or {})
        rule["allow"] = set(rule["allow"]) | {CLOSE}
        model["statuses"][status] = rule
    model.setdefault("vulnerable_allow", [SURVEIL, AMICABLE, CLOSE])
    for country, rules in model["jurisdictions"].items():
        rules.setdefault("currency", model["base_currency"])
        rules["units"] = model["fx"][rules["currency"]]  # base units per unit of the jurisdiction's money
    starts = [0]
    for length in model["epochs"]:
        starts.append(starts[-1] + length)
    model["starts"] = starts  # T_0 .. T_J
    assert starts[-1] == model["horizon_months"]
    model["cache"] = {}
    return model


def step(steps, month):
    """A step function [[from month, value], …] at a month; the first step starts at 0, the last runs on for ever."""
    value = 0.0
    for start, level in steps:
        if month >= start:
            value = level
    return value


def cumulative(steps, months):
    """Section 4's Lambda: the integral of a step function from 0 to `months`."""
    total = 0.0
    for index, (start, level) in enumerate(steps):
        end = steps[index + 1][0] if index + 1 < len(steps) else INFINITY
        total += level * max(0.0, min(months, end) - start)
    return total


# ---- Calendar (section 2) -------------------------------------------------------------------------------------

EPOCH = datetime.date(1970, 1, 1)
DAYS_PER_MONTH = 30.4375


def last_day(year, month):
    return calendar.monthrange(year, month)[1]


def months_between(first, second):
    if first > second:
        return -months_between(second, first)
    short = second.day < first.day and second.day != last_day(second.year, second.month)
    return (second.year - first.year) * 12 + (second.month - first.month) - (1 if short else 0)


def days(date):
    return (date - EPOCH).days


def days_of(year, month, day):
    """Days since 1970 of a date that may lie beyond the year 9999, where Python's dates end (the calendar repeats
    every 400 years, which are 146,097 days)."""
    rounds = max(0, (year - 9000 + 399) // 400)
    return days(datetime.date(year - 400 * rounds, month, day)) + rounds * 146097


def days_after(date, months):
    """Date + months, in days since 1970: keeps the day, or the month's last day where it is missing there."""
    index = date.year * 12 + date.month - 1 + int(months)
    year, month = index // 12, index % 12 + 1
    return days_of(year, month, min(date.day, last_day(2000 + year % 400, month)))


# ---- The tape (tape.md) ---------------------------------------------------------------------------------------

DATE_COLUMNS = ("defaulted_on", "written_off_on", "last_paid_on", "limitation_on", "title_on")
MONEY_COLUMNS = ("principal", "interest_accrued", "fees", "original_principal", "income_monthly", "housing_cost",
                 "other_debt_enforced", "payments_12m", "payments_24m")
INTEGER_COLUMNS = ("birth_year", "dependants", "default_marks", "promises_kept", "promises_broken", "placements")
CODE_COLUMNS = ("country", "debtor_type", "product", "currency", "legal_status", "employment", "reachable",
                "vulnerable")
TEXT_COLUMNS = ("claim_id", "debtor_id")
COLUMNS = ("claim_id", "debtor_id", "country", "debtor_type", "product", "currency", "defaulted_on", "written_off_on",
           "last_paid_on", "limitation_on", "title_on", "principal", "interest_accrued", "fees", "original_principal",
           "interest_rate", "legal_status", "birth_year", "income_monthly", "dependants", "housing_cost",
           "other_debt_enforced", "default_marks", "employment", "reachable", "payments_12m", "payments_24m",
           "promises_kept", "promises_broken", "placements", "vulnerable")


def minor_units(text):
    """Money on file is integer hundredths; more decimals are rounded half away from zero (section 13)."""
    return int((decimal.Decimal(text) * 100).quantize(decimal.Decimal(1), rounding=decimal.ROUND_HALF_UP))


def read_tape(path):
    """Rows as dicts of typed values, None where missing. Money is in hundredths of the row's currency."""
    claims = []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            claim = dict.fromkeys(COLUMNS)
            for name, text in row.items():
                if text == "":
                    continue
                if name in DATE_COLUMNS:
                    claim[name] = datetime.date.fromisoformat(text)
                elif name in MONEY_COLUMNS:
                    claim[name] = minor_units(text)
                elif name in INTEGER_COLUMNS:
                    claim[name] = int(text)
                elif name == "interest_rate":
                    claim[name] = float(text)
                else:
                    claim[name] = text
            claims.append(claim)
    return claims


def jurisdiction_of(claim, model):
    return model["jurisdictions"].get(claim["country"]) or model["jurisdictions"]["EU"]


def with_defaults(claim, model):
    """The defaults of tape.md's table. What may stay missing (section 9) stays None."""
    claim = dict(claim)

    def default(name, value):
        if claim[name] is None:
            claim[name] = value

    default("debtor_type", "consumer")
    default("product", "other")
    default("currency", model["base_currency"])
    default("defaulted_on", claim["written_off_on"])
    default("original_principal", claim["principal"])
    default("legal_status", "none")
    default("employment", "unknown")
    default("reachable", "unknown")
    default("vulnerable", "0")
    for name in ("interest_accrued", "fees", "dependants", "housing_cost", "other_debt_enforced", "payments_12m",
                 "payments_24m", "promises_kept", "promises_broken", "placements"):
        default(name, 0)
    default("interest_rate", jurisdiction_of(claim, model)["interest"][claim["debtor_type"]])
    return claim


def base_money(claim, amount, model):
    """Hundredths of the row's currency to base currency."""
    return amount / 100.0 * model["fx"][claim["currency"]]


def matches(when, claim):
    """`when:` every named column has one of the listed values, after the tape's defaults."""
    return all(str(claim[column]) in [str(value) for value in values] for column, values in (when or {}).items())


# ---- Law (sections 9 and 10) ----------------------------------------------------------------------------------


def attachable_income(claim, model):
    """Base currency a month that enforcement can take from the debtor's income (section 9)."""
    jurisdiction = jurisdiction_of(claim, model)
    rule = jurisdiction.get("attachable")
    if rule is None or claim["debtor_type"] == "business":
        return 0.0
    if claim["income_monthly"] is None:
        return rule.get("assumed_attachable", 0) * jurisdiction["units"]
    income = base_money(claim, claim["income_monthly"], model)
    protected = (rule["base"] + rule["per_dependant"] * claim["dependants"]) * jurisdiction["units"]
    if rule["housing_counts"]:
        protected += base_money(claim, claim["housing_cost"], model)
    bands = rule["bands"]
    taken = 0.0
    for index, band in enumerate(bands):
        low = band["from_multiple"] * protected
        high = bands[index + 1]["from_multiple"] * protected if index + 1 < len(bands) else INFINITY
        taken += band["rate"] * max(0.0, min(income, high) - low)
    return min(taken, rule["max_share"] * income)


def law(claim, model, cutoff):
    """What the law and the calendar say of a claim (with defaults applied), as a dict."""
    jurisdiction = jurisdiction_of(claim, model)
    limitation = jurisdiction["limitation"]
    status = model["statuses"][claim["legal_status"]]
    debtor_type = claim["debtor_type"]
    today = days(cutoff)
    facts = {"jurisdiction": jurisdiction, "status": status}

    # Balance: the row's amounts are added in minor units and converted once.
    facts["balance"] = base_money(claim, claim["principal"] + claim["interest_accrued"] + claim["fees"], model)
    facts["principal"] = base_money(claim, claim["principal"], model)
    facts["rate"] = claim["interest_rate"]
    facts["u"] = months_between(claim["written_off_on"], cutoff)
    facts["segment"] = next(i for i, segment in enumerate(model["segments"]) if matches(segment.get("when"), claim))

    # Age for mortality: consumers only, assumed where unknown.
    facts["age"] = None
    if debtor_type == "consumer":
        known = claim["birth_year"] is not None
        facts["age"] = cutoff.year - claim["birth_year"] if known else jurisdiction["mortality"]["assumed_age"]

    # z0: the higher of the status's title state and the title on the tape.
    facts["z0"] = max(TITLES.index(status["title"]), TITLE if claim["title_on"] is not None else NO_TITLE)

    # What the status allows; vulnerable debtors are never taken to court and never sold.
    facts["allowed"] = set(status["allow"])
    if claim["vulnerable"] == "1":
        facts["allowed"] &= set(model["vulnerable_allow"])
    facts["allowed"] |= {CLOSE}

    # Bars, first as days since 1970.
    def after(date, months):
        return INFINITY if months is None else days_after(date, months)

    period = next(p["months"] for p in limitation["periods"] if matches(p.get("when"), claim))
    if claim["limitation_on"] is not None:
        limitation_day = days(claim["limitation_on"])
    else:
        latest = max(claim["defaulted_on"], claim["last_paid_on"] or claim["defaulted_on"])
        limitation_day = after(latest, period)
    final_day = after(claim["defaulted_on"], limitation["final_months"][debtor_type])

    facts["interruption"] = 0.0  # per debtor: to be multiplied by w
    if limitation["letter_interrupts"] and limitation_day > today:
        untitled_day = final_day
        if period is not None:
            facts["interruption"] = limitation["interruption_cost"] * jurisdiction["units"] / period
    else:
        untitled_day = min(limitation_day, final_day)

    titled_day = final_day
    if facts["z0"] == TITLE:
        title_on = claim["title_on"] or cutoff
        if not limitation["title_renewable"]:
            titled_day = min(titled_day, after(title_on, limitation.get("title_months")))
        titled_day = min(titled_day, after(title_on, limitation["title_final_months"][debtor_type]))

    # A later title ends at a constant rate instead (section 4).
    title_months = limitation.get("title_months")
    facts["title_exit"] = 0.0 if limitation["title_renewable"] or title_months is None else 1.0 / title_months

    facts["d0"] = (untitled_day - today) / DAYS_PER_MONTH
    facts["d1"] = (titled_day - today) / DAYS_PER_MONTH
    facts["months_to_bar"] = facts["d0"] if facts["z0"] == NO_TITLE else facts["d1"]
    facts["barred"] = facts["months_to_bar"] <= 0
    facts["workable"] = not facts["barred"] and bool(facts["allowed"] - {CLOSE, SELL})
    facts["attachable"] = attachable_income(claim, model)
    facts["other_debt"] = base_money(claim, claim["other_debt_enforced"], model)
    return facts


def sum_debtors(claims, facts):
    """Per debtor: number of claims, balance of all of them, balance of the workable ones."""
    debtors = {}
    for index, (claim, fact) in enumerate(zip(claims, facts)):
        key = claim["debtor_id"] if claim["debtor_id"] is not None else ("own", index)
        fact["debtor"] = debtor = debtors.setdefault(key, {"claims": 0, "balance": 0.0, "workable": 0.0})
        debtor["claims"] += 1
        debtor["balance"] += fact["balance"]
        if fact["workable"]:
            debtor["workable"] += fact["balance"]


# ---- Score (section 9) ----------------------------------------------------------------------------------------


def characteristic_value(name, claim, facts, model, cutoff):
    """Value of a tape column or derived figure; None where missing. Money in base currency."""
    balance = facts["balance"]
    if name == "balance":
        return balance
    if name == "age_years":  # the debtor's known age: of consumers, and never the assumed one
        known = claim["debtor_type"] == "consumer" and claim["birth_year"] is not None
        return cutoff.year - claim["birth_year"] if known else None
    if name == "months_since_write_off":
        return facts["u"]
    if name == "months_since_default":
        return months_between(claim["defaulted_on"], cutoff)
    if name == "months_since_last_payment":
        return None if claim["last_paid_on"] is None else months_between(claim["last_paid_on"], cutoff)
    if name == "months_to_bar":
        return facts["months_to_bar"]
    if name == "paid_12m_share":
        return base_money(claim, claim["payments_12m"], model) / balance
    if name == "paid_24m_share":
        return base_money(claim, claim["payments_24m"], model) / balance
    if name == "principal_share":
        return facts["principal"] / balance
    if name == "kept_share":
        promises = claim["promises_kept"] + claim["promises_broken"]
        return None if promises == 0 else claim["promises_kept"] / promises
    if name == "attachable":
        return facts["attachable"]
    if name == "attachable_years":
        return 12 * facts["attachable"] / facts["debtor"]["balance"]
    if name == "debtor_claims":
        return facts["debtor"]["claims"]
    if name == "debtor_balance":
        return facts["debtor"]["balance"]
    if name in MONEY_COLUMNS:
        return None if claim[name] is None else base_money(claim, claim[name], model)
    return claim[name]


def characteristic_points(characteristic, claim, facts, model, cutoff):
    value = characteristic_value(characteristic["name"], claim, facts, model, cutoff)
    missing = characteristic.get("missing", 0)
    if "levels" in characteristic:
        levels = {str(level): points for level, points in characteristic["levels"].items()}
        if value is None or value == "unknown":
            return levels.get("unknown", missing)
        return levels.get(str(value), characteristic.get("other", 0))
    if value is None:
        return missing
    return next(b["points"] for b in characteristic["bins"] if "below" not in b or value < b["below"])


def score(claim, facts, model, cutoff):
    """eta, rounded score, class now (k0) and theta."""
    card = model["scorecard"]
    eta = float(card["intercept"])
    for characteristic in card.get("characteristics") or []:
        eta += characteristic_points(characteristic, claim, facts, model, cutoff)
    rounded = min(1000, max(0, math.floor(500 + 100 * eta / math.log(2) + 0.5)))
    if facts["status"]["class"] is not None:
        capacity = CLASSES.index(facts["status"]["class"])
    else:
        capacity = 2 if rounded >= card["able_from"] else 1 if rounded >= card["weak_from"] else 0
    center = model["segments"][facts["segment"]].get("theta_center", [0.0, 0.0, 0.0])[capacity]
    return {"eta": eta, "score": rounded, "k0": capacity, "theta": math.exp(eta - center)}


# ---- Terms (section 3) ----------------------------------------------------------------------------------------


def terms(facts, scored, sell):
    """The symbols of section 3, by name."""
    t = {name: facts[name] for name in ("balance", "principal", "rate", "u", "z0", "d0", "d1", "age", "title_exit")}
    t["segment"] = facts["segment"]
    t["jurisdiction"] = facts["jurisdiction"]
    t["exit_status"] = facts["status"]["exit_monthly"]
    t["k0"], t["theta"] = scored["k0"], scored["theta"]
    t["w"] = t["gamma"] = t["interruption"] = 0.0  # an unworkable claim has no use for these
    if facts["workable"]:
        t["w"] = facts["balance"] / facts["debtor"]["workable"]
        t["gamma"] = min(1.0, facts["attachable"] / (facts["debtor"]["workable"] + facts["other_debt"]))
        t["interruption"] = facts["interruption"] * t["w"]
    t["allowed"] = facts["allowed"] if sell else facts["allowed"] - {SELL}
    return t


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


def plan(model, t, irr):
    """Action values q[j][k][z] = {action: value}, and chosen[j][k][z], for the title states from z0 up (a title state
    is never lost)."""
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


# ---- The whole job --------------------------------------------------------------------------------------------


def value_claim(model, facts, scored, irr, sell):
    """Result columns of one claim, its monthly flows and how near to a tie its plan comes."""
    t = terms(facts, scored, sell)
    result = {"score": scored["score"], "theta": scored["theta"], "capacity_class": CLASSES[scored["k0"]],
              "decision": CLOSE, "value": 0.0, "q": {CLOSE: 0.0}, "tie": INFINITY, "decision_tie": INFINITY,
              "flows": [[0.0] * 4 for _ in range(model["horizon_months"])]}
    if facts["barred"]:
        result["reason"] = "barred"
    elif t["allowed"] == {CLOSE}:
        result["reason"] = "status"
    else:
        q, chosen = plan(model, t, irr)
        result["q"] = q[0][t["k0"]][t["z0"]]
        result["decision"] = chosen[0][t["k0"]][t["z0"]]
        result["value"] = result["q"][result["decision"]]
        result["reason"] = "uneconomic" if result["decision"] == CLOSE else "best"
        result["flows"], p = project(model, t, chosen)
        result["tie"] = nearest_tie(t, q, p)
        result["decision_tie"] = nearest_tie(t, q[:1], p[:1])
    gross = [flow[0] for flow in result["flows"]]
    result["erc_gross"] = sum(gross)
    result["erc_net"] = sum(flow[0] - flow[1] - flow[2] + flow[3] for flow in result["flows"])
    result["gross_12m"] = sum(gross[:12])
    result["gross_60m"] = sum(gross[:60])
    return result


def value_tape(claims, model, cutoff, irr=None, sell=False):
    """Values every claim. Returns the claims' results in tape order; portfolio figures come from `portfolio`."""
    irr = model["irr"] if irr is None else irr
    claims = [with_defaults(claim, model) for claim in claims]
    facts = [law(claim, model, cutoff) for claim in claims]
    sum_debtors(claims, facts)
    results = []
    for claim, fact in zip(claims, facts):
        scored = score(claim, fact, model, cutoff)
        result = value_claim(model, fact, scored, irr, sell)
        result.update(claim_id=claim["claim_id"], debtor_id=claim["debtor_id"], country=claim["country"],
                      segment=model["segments"][fact["segment"]]["id"], face=fact["balance"],
                      attachable=fact["attachable"], months_to_bar=fact["months_to_bar"], eta=scored["eta"])
        results.append(result)
    return results


def cashflow(results, model):
    """[(month, segment id or `all`, gross, cost, sale, net)] in the order of the file."""
    ids = [segment["id"] for segment in model["segments"]] + ["all"]
    cells = {(m, name): [0.0] * 4 for m in range(1, model["horizon_months"] + 1) for name in ids}
    for result in results:
        for month, (gross, cost, filing, proceeds) in enumerate(result["flows"], 1):
            for name in (result["segment"], "all"):
                cell = cells[month, name]
                cell[0] += gross
                cell[1] += cost + filing
                cell[2] += proceeds
                cell[3] += gross - cost - filing + proceeds
    return [(month, name, *cell) for (month, name), cell in cells.items()]


# ---- Price (section 8) ----------------------------------------------------------------------------------------


def bid_for(value, onboarding):
    return max(0.0, value - onboarding)


def multiple_of(net, outlay):
    return None if outlay == 0 else sum(net) / outlay


def payback_of(net, outlay):
    total = 0.0
    for month, amount in enumerate(net, 1):
        total += amount
        if total >= outlay:
            return None if outlay == 0 else month
    return None


def present_value(net, rate):
    return sum(amount / (1 + rate) ** ((month - 0.5) / 12) for month, amount in enumerate(net, 1))


def irr_at(net, outlay):
    """The yearly rate at which the flows are worth the outlay, "none" where no rate in (-0.99, 100) is, "several" where
    more than one is. Looked for on a dense grid of log(1 + rate), then halved."""
    low, high, count = math.log(0.01), math.log(101.0), 4000
    points = [low + (high - low) * i / count for i in range(count + 1)]
    gaps = [present_value(net, math.exp(x) - 1) - outlay for x in points]
    roots = []
    for i in range(count):
        if (gaps[i] > 0) != (gaps[i + 1] > 0):
            a, b = points[i], points[i + 1]
            for _ in range(200):
                middle = (a + b) / 2
                same = (present_value(net, math.exp(middle) - 1) - outlay > 0) == (gaps[i] > 0)
                a, b = (middle, b) if same else (a, middle)
            roots.append(math.exp((a + b) / 2) - 1)
    return roots[0] if len(roots) == 1 else "several" if roots else "none"


def price_with_floors(bid, net, onboarding, multiple=None, payback=None):
    """Highest price that meets the required return and the floors, and the name of the one that binds."""
    limits = [(bid, "irr")]
    if multiple is not None:
        limits.append((sum(net) / multiple - onboarding, "multiple"))
    if payback is not None:
        total, best = 0.0, -INFINITY
        for amount in net[:int(payback)]:
            total += amount
            best = max(best, total)
        limits.append((best - onboarding, "payback"))
    price, binding = min(limits, key=lambda limit: limit[0])
    return max(0.0, price), binding


def portfolio(results, model, irr=None):
    """The figures of cli.md's JSON, without the manifest."""
    irr = model["irr"] if irr is None else irr
    flows = cashflow(results, model)
    everything = [row for row in flows if row[1] == "all"]
    gross, net = [row[2] for row in everything], [row[5] for row in everything]
    face = sum(result["face"] for result in results)
    value = sum(result["value"] for result in results)
    onboarding = model["onboarding_cost"] * len(results)
    bid = bid_for(value, onboarding)

    def group(rows):
        return {"claims": len(rows), "face": sum(r["face"] for r in rows), "value": sum(r["value"] for r in rows)}

    segments = []
    for segment in model["segments"]:
        rows = [result for result in results if result["segment"] == segment["id"]]
        segments.append({"id": segment["id"], **group(rows), "erc_gross": sum(r["erc_gross"] for r in rows),
                         "net": sum(r["erc_net"] for r in rows)})
    return {
        "claims": len(results), "face": face, "value": value, "onboarding": onboarding, "bid": bid,
        "bid_pct_of_face": 100 * bid / face if face else None, "irr": irr, "horizon_months": model["horizon_months"],
        "erc_gross": {str(months): sum(gross[:months]) for months in (84, 120, 180)}, "net": sum(net),
        "multiple": multiple_of(net, bid + onboarding), "payback_months": payback_of(net, bid + onboarding),
        "decisions": {action: group([r for r in results if r["decision"] == action]) for action in ACTIONS},
        "segments": segments,
        "countries": {country: group([r for r in results if r["country"] == country])
                      for country in sorted({r["country"] for r in results})},
    }


# ---- Files (cli.md) -------------------------------------------------------------------------------------------

CLAIMS_HEADER = ("claim_id,score,theta,capacity_class,segment,decision,reason,value,q_close,q_sell,q_surveil,q_amicable,"
                 "q_legal,erc_gross,erc_net,gross_12m,gross_60m,attachable,months_to_bar").split(",")


def claim_row(result, full):
    """One line of the claims file as text cells."""

    def amount(number):
        return "" if number is None else format(number, ".9g" if full else ".2f")

    bar = result["months_to_bar"]
    return [result["claim_id"], str(result["score"]), format(result["theta"], ".9g"), result["capacity_class"],
            result["segment"], result["decision"], result["reason"], amount(result["value"]),
            *(amount(result["q"].get(action)) for action in ACTIONS), amount(result["erc_gross"]),
            amount(result["erc_net"]), amount(result["gross_12m"]), amount(result["gross_60m"]),
            amount(result["attachable"]), amount(None if math.isinf(bar) else bar)]


def write_claims(path, results, full):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(CLAIMS_HEADER)
        writer.writerows(claim_row(result, full) for result in results)


def write_cashflow(path, results, model):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["month", "segment", "gross", "cost", "sale", "net"])
        for month, segment, *cells in cashflow(results, model):
            writer.writerow([month, segment] + [format(cell, ".9g") for cell in cells])


def main():
    parser = argparse.ArgumentParser(description="Values a canonical CSV tape by the contract, slowly.")
    parser.add_argument("tape")
    parser.add_argument("--model", required=True)
    parser.add_argument("--cutoff", required=True, type=datetime.date.fromisoformat)
    parser.add_argument("--irr", type=float)
    parser.add_argument("--sell", action="store_true")
    parser.add_argument("--claims")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--cashflow")
    parser.add_argument("--json")
    parser.add_argument("--asked", type=float, help="also the yearly return at this price")
    parser.add_argument("--floor", action="append", default=[], help="multiple=X or payback=MONTHS")
    options = parser.parse_args()

    model = load_model(options.model)
    results = value_tape(read_tape(options.tape), model, options.cutoff, options.irr, options.sell)
    figures = portfolio(results, model, options.irr)
    net = [row[5] for row in cashflow(results, model) if row[1] == "all"]
    if options.asked is not None:
        figures["irr_at_asked"] = irr_at(net, options.asked + figures["onboarding"])
    if options.floor:
        floors = {name: float(bound) for name, bound in (floor.split("=") for floor in options.floor)}
        figures["price"], figures["binding"] = price_with_floors(figures["bid"], net, figures["onboarding"], **floors)
    if options.claims:
        write_claims(options.claims, results, options.full)
    if options.cashflow:
        write_cashflow(options.cashflow, results, model)
    text = json.dumps(figures, indent=1)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    else:
        sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
