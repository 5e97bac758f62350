# SPDX-License-Identifier: Apache-2.0
"""Reference: score, class and theta (section 9), and the symbols of section 3."""

import math

from model_file import CLASSES, SELL
from tape import INTEGER_COLUMNS, MONEY_COLUMNS, base_money, months_between


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
    if name in MONEY_COLUMNS:
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
