# SPDX-License-Identifier: Apache-2.0
"""Reference: what the law and the calendar say of a claim, and sums per debtor (sections 9 and 10)."""

from model_file import CLOSE, INFINITY, NO_TITLE, SELL, TITLE, TITLES
from tape import DAYS_PER_MONTH, base_money, days, days_after, jurisdiction_of, matches, months_between


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
        taken += band["rate"] * band.get("months", 12) / 12 * max(0.0, min(income, high) - low)
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
    facts["segment"] = next(i for i, segment in enumerate(model["segments"]) if matches(segment.get("when"), claim, model, cutoff))

    # Age for mortality: consumers only, assumed where unknown.
    facts["age"] = None
    if debtor_type == "consumer":
        known = claim["birth_year"] is not None
        facts["age"] = cutoff.year - claim["birth_year"] if known else jurisdiction["mortality"]["assumed_age"]

    # z0: the higher of the status's title state and the title on the tape.
    facts["z0"] = max(TITLES.index(status["title"]), TITLE if claim["title_on"] is not None else NO_TITLE)

    # What the status allows, the debtor's state and its reach; the vulnerable are never taken to court and never sold.
    facts["allowed"] = set(status["allow"])
    if claim["vulnerable"] == "1":
        facts["allowed"] &= set(model["vulnerable_allow"])
    if claim["reachable"] == "none":  # known to be out of reach; where it is unknown, nothing changes
        facts["allowed"] &= set(model["unreachable_allow"])
    facts["allowed"] |= {CLOSE}

    # Bars, first as days since 1970.
    def after(date, months):
        return INFINITY if months is None else days_after(date, months)

    period = next(p["months"] for p in limitation["periods"] if matches(p.get("when"), claim, model, cutoff))
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
