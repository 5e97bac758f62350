# SPDX-License-Identifier: Apache-2.0
"""Reference: score, class and theta (section 9), who pays and with what (section 10), the symbols of section 3."""

import math

import network
from model_file import AMICABLE, CLASSES, PAYING, QUIET, SELL, SURVEIL
from tape import INTEGER_COLUMNS, MONEY_COLUMNS, OWN_COLUMNS, base_money, months_between


def characteristic_value(name, claim, facts, model, cutoff):
    """Value of a tape column or derived figure; None where missing. Money in base currency."""
    balance = facts["balance"]
    if name == "balance":
        return balance
    if name == "age_years":  # section 3's a0 where it is known: a business has none, and an assumed age is not known
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
    if name in ("paid_12m_share", "paid_24m_share", "principal_share"):
        # Both are money of the row: divided as they stand, so that a twentieth paid is 0.05 in any currency.
        parts = {"paid_12m_share": "payments_12m", "paid_24m_share": "payments_24m", "principal_share": "principal"}
        part = claim["given"][parts[name]]
        return None if part is None else part / (claim["principal"] + claim["interest_accrued"] + claim["fees"])
    if name == "kept_share":
        kept, broken = claim["given"]["promises_kept"], claim["given"]["promises_broken"]
        return None if kept is None or broken is None or kept + broken == 0 else kept / (kept + broken)
    if name == "attachable":
        return facts["attachable"]
    if name == "attachable_years":
        return 12 * facts["attachable"] / facts["debtor"]["balance"]
    if name == "debtor_claims":
        return facts["debtor"]["claims"]
    if name == "debtor_balance":
        return facts["debtor"]["balance"]
    if OWN_COLUMNS.get(name) == "date":  # whole months since then, below 0 where it lies ahead
        return None if claim[name] is None else months_between(claim[name], cutoff)
    if name in MONEY_COLUMNS or OWN_COLUMNS.get(name) == "money":
        given = claim["given"][name]
        return None if given is None else base_money(claim, given, model)
    return claim["given"][name] if name in INTEGER_COLUMNS else claim[name]


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
    """eta with its fading part, rounded score, class now (k0), theta (lasting) and what it is now, fading part included."""
    card = model["scorecard"]
    eta, fading = float(card["intercept"]), 0.0
    for characteristic in card.get("characteristics") or []:
        points = characteristic_points(characteristic, claim, facts, model, cutoff)
        points *= characteristic.get("in_segments", {}).get(model["segments"][facts["segment"]]["id"], 1)
        eta += points
        fading += points if characteristic.get("fades", False) else 0.0
    if "network" in card:
        eta += network.output(card["network"], lambda name: characteristic_value(name, claim, facts, model, cutoff))
    rounded = min(1000, max(0, math.floor(500 + 100 * eta / math.log(2) + 0.5)))
    if facts["status"]["class"] is not None:
        capacity = CLASSES.index(facts["status"]["class"])
    else:
        capacity = 2 if rounded >= card["able_from"] else 1 if rounded >= card["weak_from"] else 0
    center = model["segments"][facts["segment"]].get("theta_center", [0.0, 0.0, 0.0])[capacity]
    return {"eta": eta, "fading": fading, "score": rounded, "k0": capacity, "theta": math.exp(eta - fading - center),
            "theta_now": math.exp(eta - center),
            "guessed": "class_given_score" in card and facts["status"]["class"] is None}


def class_mean(figures, scored, model):
    """A figure of the class now: of a guessed one the mean over what such claims are."""
    if scored["guessed"]:
        return sum(share * figure for share, figure in zip(model["scorecard"]["class_given_score"][scored["k0"]], figures))
    return figures[scored["k0"]]


# ---- Who pays at the cut-off, and with what (section 10) --------------------------------------------------------


def garnishment(facts):
    """gamma of section 3, a month."""
    return min(1.0, facts["attachable"] / (facts["debtor"]["workable"] + facts["other_debt"]))


def is_paying(claim, facts, scored, model, cutoff):
    """r0."""
    segment = model["segments"][facts["segment"]]
    if "payers" not in segment or not facts["workable"] or not facts["allowed"] & {SURVEIL, AMICABLE}:
        return False
    since = segment["payers"].get("since_last_payment", 3)
    if claim["last_paid_on"] is None or months_between(claim["last_paid_on"], cutoff) >= since:
        return False
    if claim["legal_status"] in ("bankruptcy", "debt_adjustment"):
        return False  # dividends
    if claim["legal_status"] in ("enforcement", "enforcement_insolvent"):  # it may have been garnished
        own = (claim["instalment_monthly"] or 0) > 0
        return own or class_mean(segment["legal"]["garnish_share"], scored, model) * garnishment(facts) == 0
    return True


def spell_intensity(months, breakage):
    """rho*: of a balance of so many instalments the share y = (1 - exp(-beta n)) / (beta n) is paid before they stop; an
    intensity r brings r / (r + beta). Near beta n = 0 by 1 - y = x/2 - x^2/6 + x^3/24 - ..."""
    x = breakage * months
    if x < 0.5:
        unpaid_by_x = sum((-x)**k / math.factorial(k + 2) for k in range(22))
        return (1 - x * unpaid_by_x) / (months * unpaid_by_x)
    paid = -math.expm1(-x) / x
    return breakage * paid / (1 - paid)


def instalment_size(claim, facts, scored, model):
    """chi of a debtor who is paying."""
    payers = model["segments"][facts["segment"]]["payers"]
    typical = class_mean(payers["monthly_share"], scored, model)
    if not (claim["instalment_monthly"] or 0) > 0 or not typical > 0:
        return 1.0
    months = facts["balance"] / base_money(claim, claim["instalment_monthly"], model)
    return min(10.0, max(0.1, spell_intensity(months, payers["breakage"][AMICABLE]) / typical))


# ---- Terms (section 3) ----------------------------------------------------------------------------------------


def terms(claim, facts, scored, model, cutoff, sell):
    """The symbols of section 3, by name."""
    t = {name: facts[name] for name in ("balance", "principal", "rate", "u", "z0", "d0", "d1", "age", "title_exit")}
    t["segment"] = facts["segment"]
    t["jurisdiction"] = facts["jurisdiction"]
    t["exit_status"] = facts["status"]["exit_monthly"]
    t["dividend"] = facts["status"]["dividend_monthly"]
    t["k0"], t["theta"], t["fading"] = scored["k0"], scored["theta"], scored["fading"]
    t["guessed"] = scored["guessed"]
    t["r0"] = PAYING if is_paying(claim, facts, scored, model, cutoff) else QUIET
    t["chi"] = instalment_size(claim, facts, scored, model) if t["r0"] == PAYING else 1.0
    t["w"] = t["gamma"] = t["interruption"] = 0.0  # an unworkable claim has no use for these
    if facts["workable"]:
        t["w"] = facts["balance"] / facts["debtor"]["workable"]
        t["gamma"] = garnishment(facts)
        t["interruption"] = facts["interruption"] * t["w"]
    t["allowed"] = facts["allowed"] if sell else facts["allowed"] - {SELL}
    return t
