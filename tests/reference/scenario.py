# SPDX-License-Identifier: Apache-2.0
"""Reference: scenarios (section 11), written from docs/scenario.md alone: figures of a segment under stresses, then the
plan anew or the base plan kept, claim by claim."""

import copy
import datetime
import math

import yaml

from law import attachable_income, law, sum_debtors
from model_file import CLOSE
from plan import nearest_tie, plan, project, states
from score import garnishment, score, terms
from tape import DAYS_PER_MONTH, with_defaults

SOONEST = 100.0  # instalments break at most so many times as fast
FACTORS = ("recovery", "theta", "garnishment", "costs", "court_cost", "exit", "market_price", "new_payers")


def load_scenarios(path):
    """{name: [entries]} in the order of first entries."""
    with open(path, encoding="utf-8") as file:
        entries = yaml.safe_load(file)
    scenarios = {}
    for entry in entries:
        scenarios.setdefault(entry["name"], []).append(entry)
    return scenarios


def holds(entry, country, segment):
    where = entry.get("where", {})
    return country in where.get("country", [country]) and segment in where.get("segment", [segment])


def tilted(row, k, tilt):
    weights = [p * math.exp(tilt * (to - k)) for to, p in enumerate(row)]
    return [w / sum(weights) for w in weights]


def with_new_payers(row, k, factor):
    upward = sum(row[k + 1:])
    if upward == 0:
        return row
    factor = min(factor, (upward + row[k]) / upward)
    return [p * factor if to > k else p + (1 - factor) * upward if to == k else p for to, p in enumerate(row)]


def stressed_segment(segment, entries):
    """Figures of the segment under the entries, one after the other."""
    segment = copy.deepcopy(segment)
    payers, sooner = segment.get("payers"), 1.0
    for entry in entries:
        for treatment, rows in segment["class_monthly"].items():
            rows = [tilted(row, k, entry.get("tilt", 0.0)) for k, row in enumerate(rows)]
            if payers is None:  # elsewhere new payers are a matter of h, see `stressed`
                rows = [with_new_payers(row, k, entry.get("new_payers", 1.0)) for k, row in enumerate(rows)]
            segment["class_monthly"][treatment] = rows
        if payers is not None:
            left = 1 - entry.get("breakage", 0.0)
            sooner = min(sooner / left, SOONEST) if left > 0 else SOONEST
            for treatment in payers["monthly"]:
                payers["monthly"][treatment] *= entry.get("costs", 1.0)
        else:
            for kappa in segment["class_multiplier"].values():
                for k in (1, 2):
                    kappa[k] *= 1 - entry.get("breakage", 0.0)
        for treatment in segment["curves"]:
            segment["cost"][treatment]["monthly"] *= entry.get("costs", 1.0)
        segment["cost"]["hour"] = segment["cost"].get("hour", 0.0) * entry.get("costs", 1.0) + entry.get("hour_price", 0.0)
        legal = segment["cost"]["legal"]
        for key in ("filing", "enforcement_monthly"):
            legal[key] *= entry.get("costs", 1.0) * entry.get("court_cost", 1.0)
        segment["legal"]["garnish_share"] = [phi * entry.get("garnishment", 1.0)
                                             for phi in segment["legal"]["garnish_share"]]
        segment["market"]["price"] = [[month, price * entry.get("market_price", 1.0)]
                                      for month, price in segment["market"]["price"]]
    if payers is not None:
        payers["breakage"] = {treatment: rate * sooner for treatment, rate in payers["breakage"].items()}
    return segment


def month_factor(entry, month):
    """Of the month that begins `month` months after the cut-off."""
    if month < entry.get("delay", 0):
        return 0.0
    recovery = entry.get("recovery", 1.0)
    if isinstance(recovery, list):
        recovery = [value for start, value in recovery if start <= month][-1]
    return recovery * entry.get("theta", 1.0)


def recovery_by_epoch(model, entries, delayed=True):
    """m_j; delays and theta are about who begins to pay, not about the instalments of those who do."""
    entries = entries if delayed else [{**entry, "delay": 0, "theta": 1.0} for entry in entries]
    factors = []
    for start, length in zip(model["starts"], model["epochs"]):
        months = [math.prod(month_factor(entry, month) for entry in entries) for month in range(start, start + length)]
        factors.append(sum(months) / length)
    return factors


def stressed(model, t, entries):
    """Model and terms of one claim under the entries that are about it."""
    changed = {**model, "segments": list(model["segments"]), "cache": {}}
    changed["segments"][t["segment"]] = stressed_segment(model["segments"][t["segment"]], entries)
    costs = math.prod(entry.get("costs", 1.0) for entry in entries)
    has_payers = "payers" in changed["segments"][t["segment"]]
    new_payers = math.prod(entry.get("new_payers", 1.0) for entry in entries) if has_payers else 1.0
    return changed, {**t, "recovery": recovery_by_epoch(model, entries), "new_payers": new_payers,
                     "willing": recovery_by_epoch(model, entries, delayed=False),
                     "exit_factor": math.prod(entry.get("exit", 1.0) for entry in entries),
                     "interruption": t["interruption"] * costs}


def joined(earlier, later):
    """Maps at every depth, the later wins."""
    if not (isinstance(earlier, dict) and isinstance(later, dict)):
        return later
    return {**earlier, **{key: joined(earlier[key], value) if key in earlier else value for key, value in later.items()}}


def under_law(t, claim, fact, model, cutoff, entries):
    """Terms of a claim whose law changes on a day: a bar that has come by then stays, others come by the later law, on that day at the
    earliest; income is attached by the later law afterwards."""
    for entry in entries:
        if "law" in entry:
            later = {**model, "jurisdictions": joined(model["jurisdictions"], entry["law"])}
            start = (datetime.date.fromisoformat(entry["from"]) - cutoff).days / DAYS_PER_MONTH
            facts = law(claim, later, cutoff)
            mixed = {**fact, "attachable": attachable_income(claim, later)}
            bars = {d: t[d] if t[d] < start else max(facts[d], start) for d in ("d0", "d1")}
            t = {**t, **bars, "law_from": start, "gamma_later": garnishment(mixed) if fact["workable"] else 0.0}
    return t


def outcome(model, t, irr, given=None):
    """Value, decision and flows of a claim, and how near to a tie its plan comes."""
    q, chosen = plan(model, t, irr, given)
    flows, p = project(model, t, chosen)
    first = q[0][t["k0"]][t["z0"]][t["r0"]]
    decision = chosen[0][t["k0"]][t["z0"]][t["r0"]]
    largest = max(abs(q[j][k][z][r][chosen[j][k][z][r]]) for j in range(len(q)) for k, z, r in states(t["z0"])
                  if q[j][k][z][r] is not None)
    return {"value": first[decision], "decision": decision, "flows": flows, "chosen": chosen, "largest": largest,
            "tie": nearest_tie(t, q, p), "decision_tie": nearest_tie(t, q[:1], p[:1])}


def value_scenarios(claims, model, cutoff, scenarios, irr, sell):
    """By claim: its id, segment, face, `base`, and (name, mode) -> outcome."""
    claims = [with_defaults(claim, model) for claim in claims]
    facts = [law(claim, model, cutoff) for claim in claims]
    sum_debtors(claims, facts)
    results = []
    for claim, fact in zip(claims, facts):
        t = terms(claim, fact, score(claim, fact, model, cutoff), model, cutoff, sell)
        segment = model["segments"][fact["segment"]]["id"]
        result = {"claim_id": claim["claim_id"], "segment": segment, "face": fact["balance"]}
        nothing = {"value": 0.0, "decision": CLOSE, "flows": [], "tie": math.inf, "decision_tie": math.inf}
        dead = fact["barred"] or t["allowed"] == {CLOSE}
        result["base"] = nothing if dead else outcome(model, t, irr)
        for name, entries in scenarios.items():
            shift = sum(entry.get("irr", 0.0) for entry in entries)
            mine = [entry for entry in entries if holds(entry, claim["country"], segment)]
            if dead:
                result[name, "replanned"] = result[name, "committed"] = nothing
                continue
            changed, stressed_terms = stressed(model, under_law(t, claim, fact, model, cutoff, entries), mine)
            result[name, "replanned"] = outcome(changed, stressed_terms, irr + shift)
            result[name, "committed"] = outcome(changed, stressed_terms, irr + shift, result["base"]["chosen"])
        results.append(result)
    return results
