# SPDX-License-Identifier: Apache-2.0
"""Random cases for the differential tests: from a seed to a canonical CSV tape, a model file and the options to run.

Cases are well formed (no row is to be rejected, no key out of range) but go to every corner of the contract: every
column missing or absent altogether, every status and channel, countries without a jurisdiction, dates on month ends,
leap days and epoch boundaries, scores exactly on a cut, balances of a cent and of a billion, debtors with hundreds of
claims, expired titles, passed bars, zero costs, instant titles, odd epoch grids, and model files split over includes.

    /usr/bin/python3 random_case.py SEED FOLDER      writes the case for a look at it
"""

import csv
import datetime
import json
import math
import os
import random
import re
import sys

import law
import model_file
import score
import tape

CUTOFFS = [datetime.date(2026, 6, 30), datetime.date(2024, 2, 29), datetime.date(2025, 2, 28),
           datetime.date(2026, 1, 31), datetime.date(2025, 12, 31), datetime.date(2026, 3, 15),
           datetime.date(2026, 5, 1), datetime.date(2023, 10, 30)]
CURRENCIES = {"EUR": 1.0, "SEK": 0.0885, "DKK": 0.134, "NOK": 0.086, "USD": 0.91}
COUNTRIES = ["FI", "SE", "DK", "NO", "EE"]
STATUSES = list(model_file.STATUS_DEFAULTS)
EMPLOYMENTS = ["employed", "self_employed", "unemployed", "retired", "unknown"]
CHANNELS = ["none", "letter", "email", "phone", "unknown"]
PRODUCTS = ["consumer_loan", "credit_card", "telecom", "utility", "rent", "invoice", "medical", "other", "unknown",
            "Päivälaina, \"pika\""]
REQUIRED = {"claim_id", "country", "written_off_on", "principal"}


def chance(rng, probability):
    return rng.random() < probability


def some(rng, values, low=1, high=None):
    values = list(values)
    return rng.sample(values, rng.randint(low, min(len(values), high or len(values))))


# ---- The model ------------------------------------------------------------------------------------------------


def random_epochs(rng):
    kind = rng.randrange(6)
    if kind == 0:
        epochs = [3, 3, 3, 3, 6, 6] + [12] * 13
    elif kind == 1:
        epochs = [16] * rng.randint(3, 15)  # 16 months are 487 days: bars can lie exactly on a boundary
    elif kind == 2:
        epochs = [1] * rng.randint(36, 48)
    else:
        epochs = []
        horizon = rng.choice([36, 60, 61, 100, 180, 240])
        while sum(epochs) < horizon:
            epochs.append(min(rng.choice([1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 12, 12, 16, 24]), horizon - sum(epochs)))
    return epochs


def random_when(rng):
    """`when:` on one to three of the columns that it may name."""
    choices = {"country": COUNTRIES + ["DE"], "debtor_type": ["consumer", "business"], "product": PRODUCTS,
               "currency": list(CURRENCIES), "legal_status": STATUSES, "employment": EMPLOYMENTS,
               "reachable": CHANNELS, "placements": [0, 1, 2, 3, 7], "vulnerable": [0, 1]}
    return {column: some(rng, choices[column], 1, 5) for column in some(rng, choices, 1, 3)}


def months_or_null(rng, low, high, null=0.3):
    return None if chance(rng, null) else rng.randint(low, high)


def random_jurisdiction(rng):
    periods = [{"when": random_when(rng), "months": months_or_null(rng, 1, 240)}
               for _ in range(rng.choice([0, 0, 1, 2]))]
    periods.append({"months": months_or_null(rng, 12, 160, 0.15)})
    limitation = {
        "periods": periods, "letter_interrupts": chance(rng, 0.5),
        "interruption_cost": rng.choice([0, 2.5, 40]),
        "title_renewable": chance(rng, 0.5),
        "title_final_months": {"consumer": months_or_null(rng, 24, 240), "business": months_or_null(rng, 24, 240)},
        "final_months": {"consumer": months_or_null(rng, 60, 300), "business": months_or_null(rng, 60, 300)},
    }
    if chance(rng, 0.85):
        limitation["title_months"] = months_or_null(rng, 12, 200)
    interest = {"consumer": rng.choice([0, 0.08, 0.115]), "business": rng.choice([0, 0.105])}
    if chance(rng, 0.7):
        interest["accrual_months"] = rng.choice([0, 12, 36, 500])
    rules = {
        "currency": rng.choice(list(CURRENCIES)), "limitation": limitation, "interest": interest,
        "mortality": {"G": rng.choice([0, 0.00003, 0.0005]), "b": rng.choice([0, 0.05, 0.095]),
                      "assumed_age": rng.randint(20, 90)},
        "attachable": None,
    }
    if chance(rng, 0.8):
        multiple, bands = rng.choice([0, 1, 1.5]), []
        for _ in range(rng.randint(1, 3)):
            bands.append({"from_multiple": multiple, "rate": rng.choice([0, 0.25, 0.3333, 0.6667, 0.8, 1])})
            if chance(rng, 0.3):
                bands[-1]["months"] = rng.choice([1, 9, 11, 12])
            multiple += rng.choice([0.5, 1, 2])
        rules["attachable"] = {
            "base": rng.choice([0, 700, 1000, 1354.5]), "per_dependant": rng.choice([0, 290]),
            "housing_counts": chance(rng, 0.5), "max_share": rng.choice([0, 0.3, 0.5, 1]), "bands": bands,
        }
        if chance(rng, 0.6):
            rules["attachable"]["assumed_attachable"] = rng.choice([0, 55.5, 300])
    if chance(rng, 0.3):
        del rules["currency"]
    return rules


def points(rng):
    return round(rng.uniform(-0.8, 0.8), rng.randint(1, 4))


def random_bins(rng, edges):
    bins = [{"below": edge, "points": points(rng)} for edge in sorted(some(rng, edges, 0, 4))] if edges else []
    return bins + [{"points": points(rng)}]


NUMERIC_EDGES = {
    "balance": [1, 100, 1000, 25000], "age_years": [25, 40, 60, 70], "months_since_write_off": [1, 6, 12, 36, 84],
    "months_since_default": [1, 6, 12, 36, 84], "months_since_last_payment": [3, 6, 24, 60],
    "months_to_bar": [0, 12, 16, 48, 100.5], "paid_12m_share": [0.0001, 0.05, 0.5], "paid_24m_share": [0.01, 0.3],
    "principal_share": [0.5, 0.9, 1], "kept_share": [0.25, 0.5, 1], "attachable": [0.01, 100, 400],
    "attachable_years": [0.01, 0.5, 2], "debtor_claims": [2, 3, 100], "debtor_balance": [100, 5000, 100000],
    "principal": [10, 1000], "interest_accrued": [0.01, 50], "fees": [0.01, 30], "original_principal": [50, 5000],
    "interest_rate": [0.05, 0.1], "birth_year": [1950, 1970, 1990], "income_monthly": [500, 1500, 3000],
    "dependants": [1, 2, 4], "housing_cost": [0.01, 600], "other_debt_enforced": [0.01, 10000],
    "default_marks": [1, 3], "payments_12m": [0.01, 100], "payments_24m": [0.01, 100], "instalment_monthly": [0.01, 20], "promises_kept": [1, 3],
    "promises_broken": [1, 2], "placements": [1, 2, 3],
}
LEVELS = {"country": COUNTRIES + ["DE"], "debtor_type": ["consumer", "business"], "product": PRODUCTS,
          "currency": list(CURRENCIES), "legal_status": STATUSES, "employment": EMPLOYMENTS, "reachable": CHANNELS,
          "vulnerable": ["0", "1"]}


def random_scorecard(rng):
    fading = chance(rng, 0.5)
    characteristics = []
    for name in some(rng, list(NUMERIC_EDGES) + list(LEVELS), 0, rng.choice([3, 12, 38])):
        entry = {"name": name}
        if chance(rng, 0.5):
            entry["missing"] = points(rng)
        if fading and chance(rng, 0.4):
            entry["fades"] = chance(rng, 0.8)
        if name in LEVELS:
            if chance(rng, 0.5):
                entry["other"] = points(rng)
            entry["levels"] = {level: points(rng) for level in some(rng, LEVELS[name])}
        else:
            entry["bins"] = random_bins(rng, NUMERIC_EDGES[name])
        characteristics.append(entry)
    card = {"intercept": rng.choice([0, 0.0, points(rng)]), "weak_from": 430, "able_from": 560}
    card["characteristics"] = characteristics
    if fading:
        card["half_life"] = rng.choice([1, 6, 18, 600])
    return card


def random_matrix(rng):
    kind = rng.randrange(4)
    if kind == 0:
        return [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    rows = []
    for own in range(3):
        move = [round(rng.choice([0, rng.uniform(0, 0.04)]), 4) for _ in range(3)]
        move[own] = 0
        move[own] = round(1 - sum(move), 4)
        rows.append(move)
    return rows


def random_steps(rng, high):
    months = [0] + sorted(some(rng, [1, 3, 12, 24, 31, 36, 60, 84, 120, 200], 0, 4))
    return [[month, rng.choice([0, round(rng.uniform(0, high), 5)]) if chance(rng, 0.2) else
             round(rng.uniform(high / 20, high), 5)] for month in months]


def random_payers(rng):
    def by_treatment(values):
        return {a: rng.choice(values) for a in model_file.TREATMENTS}

    payers = {
        "settled_share": by_treatment([0, 0.35, 0.6, 1]), "breakage": by_treatment([0, 0.02, 0.06, 0.12, 5]),
        "monthly_share": [round(rng.choice([0, rng.uniform(0, 0.08), rng.uniform(0, 0.08), 1.5]), 4) for _ in range(3)],
        "monthly": by_treatment([0, 0.02, 0.45, 5]),
    }
    if chance(rng, 0.4):
        payers["since_last_payment"] = rng.choice([0, 1, 6, 240])
    return payers


def random_segment(rng, name, when, payers=True):
    def per_class(high):
        return [round(rng.uniform(0, high), 3) for _ in range(3)] if chance(rng, 0.9) else [0, 0, 0]

    segment = {
        "id": name, "exit_monthly": rng.choice([0, 0.0006, 0.01]),
        "curves": {"surveil": random_steps(rng, 0.003), "amicable": random_steps(rng, 0.03),
                   "legal": random_steps(rng, 0.03)},
        "class_multiplier": {a: sorted(per_class(1.2)) for a in model_file.TREATMENTS},
        "class_monthly": {a: random_matrix(rng) for a in model_file.TREATMENTS},
        "recovery_share": {a: rng.choice([1, 1.0, 0.92, 0.5]) for a in model_file.TREATMENTS},
        "cost": {a: {"monthly": rng.choice([0, 0.05, 0.6, 4]), "contingent": rng.choice([0, 0.15, 0.4])}
                 for a in model_file.TREATMENTS},
        "legal": {"months_to_title": rng.choice([0, 1, 4, 7.5, 30]), "pre_title_factor": rng.choice([0, 0.5, 1]),
                  "garnish_share": sorted(per_class(1))},
        "effort_hours": {a: rng.choice([0, 0.02, 0.6]) for a in model_file.TREATMENTS},
        "market": {"price": random_steps(rng, 0.15), "title_factor": [1, rng.choice([0, 1.0]), rng.choice([0.5, 1.25])],
                   "bar_months": rng.choice([0.5, 12, 36, 100]), "transaction_cost": rng.choice([0, 0.03, 0.5])},
    }
    own = random.Random(repr(segment))  # so that the seeds of tests keep the models that they had
    if chance(own, 0.4):
        segment["cost"]["hour"] = own.choice([0, 2, 35.5])
    segment["cost"]["legal"].update(filing=rng.choice([0, 86, 350]), enforcement_monthly=rng.choice([0, 0.9, 5]),
                                    fee_shift=rng.choice([0, 0.5, 1]))
    if chance(rng, 0.6) and payers:
        segment["payers"] = random_payers(rng)
    if chance(rng, 0.4):
        segment["legal"]["lost_share"] = rng.choice([0, 0.03, 0.9])
    market = {"payer_factor": [0, 1.8], "informed": [0, 0.7, 1], "reference": [0.3, 0.8], "insight_cap": [1, 2.5]}
    for key in some(rng, market, 0):
        segment["market"][key] = rng.choice(market[key])
    if chance(rng, 0.5):
        segment["theta_center"] = [points(rng) for _ in range(3)]
    if when is not None:
        segment["when"] = when
    if chance(rng, 0.15):  # as good as one treatment
        for action in ("amicable", "legal"):
            segment["class_multiplier"][action] = [0, 0, 0]
            segment["legal"]["garnish_share"] = [0, 0, 0]
    return segment


def random_statuses(rng):
    statuses = {}
    for status in some(rng, STATUSES, 0, 4):
        rule = {}
        if chance(rng, 0.4):
            rule["class"] = rng.choice(model_file.CLASSES)
        if chance(rng, 0.4):
            rule["title"] = rng.choice(model_file.TITLES)
        if chance(rng, 0.6):
            rule["allow"] = some(rng, model_file.ACTIONS)
        if chance(rng, 0.4):
            rule["dividend_monthly"] = rng.choice([0, 0.001, 0.05])
        if chance(rng, 0.4) or not rule:
            rule["exit_monthly"] = rng.choice([0, 0.0278, 0.1])
        statuses[status] = rule
    return statuses


EXTREME_INTERCEPTS = (-12, -4, 4, 9)


def make_extreme(rng, model):
    """Intensities from next to nothing to certain payment, costs of hundreds, exits of a half a month."""
    model["scorecard"]["intercept"] = rng.choice(EXTREME_INTERCEPTS)
    for segment in model["segments"]:
        for action in model_file.TREATMENTS:
            curve = segment["curves"][action]
            segment["curves"][action] = [[month, round(min(1, 20 * rate), 5)] for month, rate in curve]
            segment["cost"][action]["monthly"] *= rng.choice([1, 100])
        segment["exit_monthly"] = rng.choice([0, 1e-7, 0.5])
        segment["legal"]["months_to_title"] = rng.choice([0, 0.01, 500])
        segment["market"]["bar_months"] = rng.choice([0.001, 5000])
    model["irr"] = rng.choice([0, 0.0001, 2, 9.5])
    model["cost_inflation"] = rng.choice([0, 0.3])


def random_model(rng, payers=True):
    epochs = random_epochs(rng)
    base = rng.choice(["EUR", "EUR", "SEK"])
    unit = CURRENCIES[base]
    model = {
        "jalki_model": 1, "name": "random", "base_currency": base,
        "fx": {currency: round(rate / unit, 6) if currency != base else 1.0 for currency, rate in CURRENCIES.items()},
        "horizon_months": sum(epochs), "epochs": epochs, "irr": rng.choice([0, 0.08, 0.15, 0.3]),
        "cost_inflation": rng.choice([0, 0.02, 0.05]), "onboarding_cost": rng.choice([0, 0.5, 3]),
        "jurisdictions": {country: random_jurisdiction(rng) for country in some(rng, COUNTRIES) + ["EU"]},
        "scorecard": random_scorecard(rng),
        "segments": [random_segment(rng, f"segment-{i}", random_when(rng), payers) for i in range(rng.randint(0, 4))],
    }
    model["segments"].append(random_segment(rng, "rest", None, payers))
    if chance(rng, 0.6):
        model["statuses"] = random_statuses(rng)
    if chance(rng, 0.15):
        make_extreme(rng, model)
    if chance(rng, 0.6):
        model["vulnerable_allow"] = some(rng, ["surveil", "amicable", "close"])
    if chance(rng, 0.4):
        model["unreachable_allow"] = some(rng, model_file.ACTIONS)
    own = random.Random(repr(model))  # a stream of its own, so that the cases are those that they were
    for characteristic in model["scorecard"]["characteristics"]:
        if chance(own, 0.2):
            ids = [segment["id"] for segment in model["segments"]]
            characteristic["in_segments"] = {name: own.choice([0, 0.5, 1.6, -1]) for name in some(own, ids)}
    return model


# ---- Own columns, and conditions on numbers -------------------------------------------------------------------


AREAS = ["north", "south", "Åland, \"itä\"", "unknown"]
OWN_EDGES = {"own_score": [350, 500, 650.5], "own_ratio": [-1, 0, 0.25], "own_seen": [0, 3, 12, 36],
             "own_due": [-24, -6, 0, 1], "own_pledge": [-50, 0.01, 1000]}
RANGES = {"balance": [1, 100, 1000, 25000], "age_years": [25, 40, 60], "months_since_write_off": [1, 6, 36],
          "months_since_default": [6, 36], "months_since_last_payment": [3, 24], "principal": [10, 1000],
          "interest_rate": [0.05, 0.1], "birth_year": [1950, 1985], "income_monthly": [500, 1500],
          "default_marks": [1, 3], "fees": [0.01, 30], "payments_12m": [0.01, 100],
          "written_off_on": ["2020-01-01", "2024-02-29"], "defaulted_on": ["2019-06-30", "2024-01-01"],
          "limitation_on": ["2025-01-01", "2030-01-01"]}
OWN_RANGES = {"own_score": [350, 500, 650.5], "own_ratio": [-1, 0, 0.25], "own_seen": ["2023-01-01", "2025-06-30"],
              "own_due": ["2026-06-30", "2028-01-01"], "own_pledge": [-50, 0.01, 1000]}


def random_range(rng, edges):
    low, high = sorted(rng.sample(edges, 2))
    kind = rng.randrange(4)
    if kind == 0:
        return [low, high]
    if kind == 1:
        return [None, high] if chance(rng, 0.5) else [low, None]
    return {"from": low} if kind == 2 else {"from": low, "below": high}


def add_ranges(rng, whens, edges):
    for when in whens:
        if chance(rng, 0.5):
            when.update({name: random_range(rng, edges[name]) for name in some(rng, edges, 1, 2)})


def add_own_columns(rng, model, claims):
    """Own columns to the tape, named by the scorecard and by conditions."""
    model["extra"] = dict(rng.sample(list(tape.OWN_COLUMNS.items()), len(tape.OWN_COLUMNS)))
    for claim in claims:
        own = {"own_score": rng.choice([350, 499, 500, 650.5, 720]), "own_ratio": rng.choice([-3, -1, 0, 0.2, 1e6]),
               "own_area": rng.choice(AREAS), "own_seen": past_date(rng, datetime.date(2026, 6, 30), 60),
               "own_due": datetime.date(2026, 6, 30) + datetime.timedelta(days=rng.randint(-400, 1500)),
               "own_pledge": money_text(rng, rng.choice([0, 12.5, 1000, 1e6])) if chance(rng, 0.8) else "-75.25"}
        claim.update({name: "" if chance(rng, 0.2) else value for name, value in own.items()})
    names = some(rng, [*OWN_EDGES, "own_area"])
    for name in names:
        entry = {"name": name, "missing": points(rng)}
        if name == "own_area":
            entry.update(other=points(rng), levels={level: points(rng) for level in some(rng, AREAS)})
        else:
            entry["bins"] = random_bins(rng, OWN_EDGES[name])
        model["scorecard"]["characteristics"].append(entry)
    for segment in model["segments"][:-1]:
        if chance(rng, 0.3):
            segment["when"]["own_area"] = some(rng, AREAS[:3])


def add_own(rng, model, claims):
    """What came after the first seeds were drawn: they keep the models that they had, and some get more."""
    own = chance(rng, 0.5)
    whens = [segment["when"] for segment in model["segments"] if "when" in segment]
    for rules in model["jurisdictions"].values():
        whens += [period["when"] for period in rules["limitation"]["periods"] if "when" in period]
    if own:
        add_own_columns(rng, model, claims)
    if chance(rng, 0.6):
        add_ranges(rng, whens, {**RANGES, **(OWN_RANGES if own else {})})


def add_network(seed, model, folder):
    """Some models get a network beside their points. Money has long tails: some rows lie far from what is typical."""
    rng = random.Random(f"network {seed}")
    if not chance(rng, 0.35):
        return
    inputs = []
    for name in some(rng, list(NUMERIC_EDGES) + list(LEVELS), 1, 8):
        if name in LEVELS:
            inputs.append({"name": f"{name}={rng.choice(LEVELS[name])}", "mean": rng.random(), "scale": rng.uniform(0.2, 0.6)})
            continue
        edges = NUMERIC_EDGES[name]
        entry = {"name": name}
        if chance(rng, 0.2):
            entry["is_missing"] = True
        else:
            entry.update(log1p=chance(rng, 0.4), high=rng.choice([3, 10]) * edges[-1])
            unit = math.log1p(edges[-1]) if entry["log1p"] else edges[-1]
            entry.update(mean=unit * rng.random(), scale=unit * rng.uniform(0.2, 1))
            entry.update({key: value for key, value in (("missing", rng.choice(edges)), ("low", edges[0] / 2)) if chance(rng, 0.5)})
        inputs.append(entry)
    layers, width = [], len(inputs)
    for _ in range(rng.choice([0, 1, 1, 2])):
        outputs = rng.choice([1, 3, 5, 8])
        layers.append({"weights": [[rng.gauss(0, 1 / math.sqrt(width)) for _ in range(width)] for _ in range(outputs)],
                       "bias": [rng.uniform(-0.5, 0.5) for _ in range(outputs)], "activation": rng.choice(["relu", "tanh", "logistic", "identity"])})
        width = outputs
    # the last layer brings a tail of fifty units to one, so that no claim's intensity leaves the bounds of 32 bits
    layers.append({"weights": [[rng.gauss(0, 0.02) for _ in range(width)]], "bias": [rng.uniform(-0.2, 0.2)]})
    model["scorecard"]["network"] = "network.json"
    with open(os.path.join(folder, "network.json"), "w", encoding="utf-8") as file:
        json.dump({"jalki_network": 1, "output": "log", "inputs": inputs, "layers": layers}, file)


# ---- Model files ----------------------------------------------------------------------------------------------


def scalar(rng, value):
    """A YAML scalar, plain where it may be: NO is a string in YAML 1.2."""
    if value is None:
        return rng.choice(["null", "~"])
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", value) and chance(rng, 0.7):
        return value
    return json.dumps(value, ensure_ascii=False)


def flow(rng, value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(rng, key)}: {flow(rng, item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(rng, item) for item in value) + "]"
    return scalar(rng, value)


def block(rng, value, depth, indent=0):
    """Block style down to `depth`, flow style below."""
    pad = "  " * indent
    if depth and isinstance(value, dict) and value:
        lines = []
        for key, item in value.items():
            if depth > 1 and isinstance(item, (dict, list)) and item:
                lines.append(f"{pad}{scalar(rng, key)}:   # {rng.randrange(100)}\n"
                             + block(rng, item, depth - 1, indent + 1))
            else:
                lines.append(f"{pad}{scalar(rng, key)}: {flow(rng, item)}\n")
        return "".join(lines)
    if depth and isinstance(value, list) and value:
        return "".join(f"{pad}- {flow(rng, item)}\n" for item in value)
    return f"{pad}{flow(rng, value)}\n"


def write_model(rng, model, folder):
    """Writes the model, often over several files whose figures the main file overrides."""
    path = os.path.join(folder, "model.yaml")
    main, files = dict(model), []
    if chance(rng, 0.5):
        first = {"jurisdictions": main.pop("jurisdictions"), "name": "overridden", "epochs": [12, 24, 36],
                 "irr": 0.99}
        files.append(("law.yaml", first))
        country = rng.choice(list(first["jurisdictions"]))
        kept = first["jurisdictions"][country]
        first["jurisdictions"][country] = dict(kept, interest={"consumer": 0.77, "business": 0.66})
        main["jurisdictions"] = {country: {"interest": kept["interest"]}}
        if "accrual_months" in kept["interest"] and chance(rng, 0.5):  # joined at depth: only two of three are replaced
            first["jurisdictions"][country]["interest"]["accrual_months"] = kept["interest"]["accrual_months"]
            rates = {key: kept["interest"][key] for key in ("consumer", "business")}
            main["jurisdictions"][country]["interest"] = rates
    if chance(rng, 0.4):
        files.append(("more/segments.yaml", {"segments": main.pop("segments"), "horizon_months": 1}))
    if files:
        main["include"] = [name for name, _ in files]
    for name, content in files:
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write("# part of a random model\n" + block(rng, content, rng.randint(1, 4)))
    keys = list(main)
    rng.shuffle(keys)
    with open(path, "w", encoding="utf-8") as file:
        file.write("---\n" + block(rng, {key: main[key] for key in keys}, rng.randint(1, 4)))
    return path


# ---- The tape -------------------------------------------------------------------------------------------------


def money_text(rng, amount):
    """An amount with no, one, two or more decimals."""
    text = f"{amount:.2f}"
    kind = rng.randrange(12)
    if kind == 0:
        return f"{max(amount, 0.01):.3f}" if amount >= 0.01 else text
    if kind == 1 and amount >= 1:
        return f"{amount:.0f}"
    if kind == 2 and amount >= 1:
        return f"{amount:.1f}"
    return text


def balance(rng):
    kind = rng.randrange(30)
    if kind == 0:
        return 0.01
    if kind == 1:
        return 1e9
    if kind == 2:
        return rng.uniform(1e5, 1e7)
    return rng.lognormvariate(6.5, 1.6)


def month_end(date):
    return date.replace(day=tape.last_day(date.year, date.month))


def past_date(rng, cutoff, months):
    """A date up to `months` before the cut-off, often on a month end, a leap day or exactly whole months away."""
    back = rng.randint(0, months)
    year, month = divmod(cutoff.year * 12 + cutoff.month - 1 - back, 12)
    date = datetime.date(year, month + 1, min(cutoff.day, tape.last_day(year, month + 1)))
    kind = rng.randrange(6)
    if kind == 0:
        date = month_end(date)
    elif kind == 1:
        date = datetime.date(max(1988, date.year // 4 * 4), 2, 29)
    elif kind >= 3:
        date = date - datetime.timedelta(days=rng.randint(0, 30))
    return min(date, cutoff)


def limitation_date(rng, cutoff, model):
    kind = rng.choice([0, 1, 1, 2, 3, 4])
    if kind == 0:
        return cutoff + datetime.timedelta(days=rng.choice([-1, 0, 1, 30, 31]))
    if kind == 1:  # exactly on an epoch boundary, where that is a whole number of days: 16 months are 487
        starts = [sum(model["epochs"][:j]) for j in range(1, len(model["epochs"]) + 1)]
        sixteens = [start // 16 for start in starts if start % 16 == 0] or list(range(1, 13))
        return cutoff + datetime.timedelta(days=487 * rng.choice(sixteens))
    if kind == 2:  # next to a boundary
        start = sum(model["epochs"][:rng.randint(1, len(model["epochs"]))])
        return cutoff + datetime.timedelta(days=round(start * 30.4375) + rng.randint(-1, 1))
    return cutoff + datetime.timedelta(days=rng.randint(-900, 7000))


def random_claim(rng, number, debtors, cutoff, model):
    written_off = past_date(rng, cutoff, rng.choice([0, 12, 60, 240]))
    total = balance(rng)
    claim = {
        "claim_id": rng.choice([f"C{number}", f"{number:040d}", f"Ä, \"{number}\""]),
        "debtor_id": rng.choice(debtors),
        "country": rng.choice(COUNTRIES + COUNTRIES + ["DE", "XK"]),
        "debtor_type": rng.choice(["consumer", "consumer", "business"]),
        "product": rng.choice(PRODUCTS), "currency": rng.choice(list(CURRENCIES)),
        "defaulted_on": min(cutoff, written_off + datetime.timedelta(days=rng.choice([0, 40, -90, -400, -7000]))),
        "written_off_on": written_off,
        "last_paid_on": past_date(rng, cutoff, rng.choice([2, 3, 7, 60, 200])),
        "limitation_on": limitation_date(rng, cutoff, model),
        "title_on": past_date(rng, cutoff, rng.choice([3, 60, 250])),
        "principal": money_text(rng, total),
        "interest_accrued": money_text(rng, rng.choice([0, total * rng.random()])),
        "fees": money_text(rng, rng.choice([0, 35, total * 0.1])),
        "original_principal": money_text(rng, total * rng.uniform(1, 4)) if total < 1e9 else money_text(rng, total),
        "interest_rate": rng.choice(["0", "0.07", "0.115", "0.24"]),
        "legal_status": rng.choice(STATUSES + ["none"] * 6),
        "birth_year": rng.randint(1925, 2006),
        "income_monthly": money_text(rng, rng.choice([0, 900, 1000, rng.lognormvariate(7.6, 0.6)])),
        "dependants": rng.choice([0, 0, 1, 2, 5, 20]), "housing_cost": money_text(rng, rng.choice([0, 450, 900.5])),
        "other_debt_enforced": money_text(rng, rng.choice([0, 0, 5000, 80000.25])),
        "default_marks": rng.choice([0, 1, 2, 3, 12]), "employment": rng.choice(EMPLOYMENTS),
        "reachable": rng.choice(CHANNELS),
        "payments_12m": money_text(rng, rng.choice([0, 0, total * 0.05, total * 0.7])),
        "payments_24m": money_text(rng, rng.choice([0, total * 0.05, total * 0.7])),
        "instalment_monthly": money_text(rng, rng.choice([0, total * 0.005, total * 0.03, total * 0.2, total * 2])),
        "promises_kept": rng.choice([0, 0, 1, 3]), "promises_broken": rng.choice([0, 0, 1, 2]),
        "placements": rng.choice([0, 0, 1, 2, 3, 7]), "vulnerable": rng.choice([0, 0, 0, 1]),
    }
    missing = {"limitation_on": 0.6, "title_on": 0.7, "last_paid_on": 0.4, "interest_rate": 0.5}
    for name in claim:
        if name not in REQUIRED and chance(rng, missing.get(name, 0.15)):
            claim[name] = ""
    return claim


def write_tape(rng, claims, folder):
    """Columns in any order; optional ones now and then absent altogether."""
    columns = [name for name in tape.COLUMNS if name in REQUIRED or not chance(rng, 0.06)]
    columns += [name for name in tape.OWN_COLUMNS if name in claims[0]]
    if chance(rng, 0.5):
        rng.shuffle(columns)
    path = os.path.join(folder, "tape.csv")
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator=rng.choice(["\n", "\r\n"]),
                            quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
        writer.writerow(columns)
        writer.writerows([claim[name] for name in columns] for claim in claims)
    return path


# ---- The case -------------------------------------------------------------------------------------------------


def put_cuts_on_scores(rng, model, model_path, tape_path, cutoff):
    """Scores that occur on the tape become the cuts, so that some claims lie exactly on one."""
    loaded = model_file.load_model(model_path)
    claims = [tape.with_defaults(claim, loaded) for claim in tape.read_tape(tape_path)]
    facts = [law.law(claim, loaded, cutoff) for claim in claims]
    law.sum_debtors(claims, facts)
    scores = sorted(score.score(claim, fact, loaded, cutoff)["score"] for claim, fact in zip(claims, facts))
    weak = rng.choice(scores[:len(scores) // 2 + 1])
    model["scorecard"]["weak_from"], model["scorecard"]["able_from"] = weak, max(weak + 1, rng.choice(scores))


def guess_classes(seed, model):
    """In some cases the model knows how often classes by the score are right; drawn apart, so that all else stays as it is."""
    rng = random.Random(seed + 7_000_003)
    if chance(rng, 0.4):
        rows = []
        for _ in range(3):
            none, weak = sorted(round(rng.random(), 3) for _ in range(2))
            rows.append([none, round(weak - none, 3), round(1 - weak, 3)])
        model["scorecard"]["class_given_score"] = rows if chance(rng, 0.8) else [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def make_case(seed, folder, count=30, payers=True, own=True):
    """Writes tape.csv and model.yaml into the folder; returns paths and options. Without `own` neither own columns nor
    ranges in conditions."""
    rng = random.Random(seed)
    os.makedirs(folder, exist_ok=True)
    cutoff = rng.choice(CUTOFFS)
    model = random_model(rng, payers)
    guess_classes(seed, model)
    people = rng.choice([1, 3, count])  # one debtor with all claims, a few, or many
    debtors = [f"D{i}" for i in range(people)]
    if seed % 20 == 7:
        count, debtors = 200, ["the one"]
        model["epochs"] = [12, 12, 12]
        model["horizon_months"] = 36
    claims = [random_claim(rng, i, debtors, cutoff, model) for i in range(count)]
    if own:
        add_own(random.Random(f"own {seed}"), model, claims)
        add_network(seed, model, folder)
    tape_path = write_tape(rng, claims, folder)
    files = random.Random(seed + 1)
    model_path = write_model(files, model, folder)
    if chance(rng, 0.7):
        put_cuts_on_scores(rng, model, model_path, tape_path, cutoff)
        model_path = write_model(random.Random(seed + 1), model, folder)
    return {"seed": seed, "tape": tape_path, "model": model_path, "cutoff": cutoff, "sell": chance(rng, 0.5),
            "irr": rng.choice([None, None, 0.0, 0.12, 0.25]),
            "extreme": model["scorecard"]["intercept"] in EXTREME_INTERCEPTS}


if __name__ == "__main__":
    print(make_case(int(sys.argv[1]), sys.argv[2]))
