# SPDX-License-Identifier: Apache-2.0
"""Reference: calendar (model.md section 2) and tape (tape.md): columns, defaults, money, `when:`."""

import calendar
import csv
import datetime
import decimal

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
                 "other_debt_enforced", "payments_12m", "payments_24m", "instalment_monthly")
INTEGER_COLUMNS = ("birth_year", "dependants", "default_marks", "promises_kept", "promises_broken", "placements")
CODE_COLUMNS = ("country", "debtor_type", "product", "currency", "legal_status", "employment", "reachable",
                "vulnerable")
TEXT_COLUMNS = ("claim_id", "debtor_id")
# Own columns of the random cases, which a mapping adds (`extra`), with their types.
OWN_COLUMNS = {"own_score": "number", "own_ratio": "number", "own_area": "text", "own_seen": "date", "own_due": "date",
               "own_pledge": "money"}
COLUMNS = ("claim_id", "debtor_id", "country", "debtor_type", "product", "currency", "defaulted_on", "written_off_on",
           "last_paid_on", "limitation_on", "title_on", "principal", "interest_accrued", "fees", "original_principal",
           "interest_rate", "legal_status", "birth_year", "income_monthly", "dependants", "housing_cost",
           "other_debt_enforced", "default_marks", "employment", "reachable", "payments_12m", "payments_24m",
           "instalment_monthly", "promises_kept", "promises_broken", "placements", "vulnerable")


def minor_units(text):
    """Money on file is integer hundredths; more decimals are rounded half away from zero (section 13)."""
    return int((decimal.Decimal(text) * 100).quantize(decimal.Decimal(1), rounding=decimal.ROUND_HALF_UP))


def read_tape(path):
    """Rows as dicts of typed values, None where missing. Money is in hundredths of the row's currency."""
    claims = []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            claim = dict.fromkeys((*COLUMNS, *OWN_COLUMNS))
            for name, text in row.items():
                if text == "":
                    continue
                if name in DATE_COLUMNS or OWN_COLUMNS.get(name) == "date":
                    claim[name] = datetime.date.fromisoformat(text)
                elif name in MONEY_COLUMNS or OWN_COLUMNS.get(name) == "money":
                    claim[name] = minor_units(text)
                elif name in INTEGER_COLUMNS:
                    claim[name] = int(text)
                elif name == "interest_rate" or OWN_COLUMNS.get(name) == "number":
                    claim[name] = float(text)
                else:
                    claim[name] = text
            claims.append(claim)
    return claims


def jurisdiction_of(claim, model):
    return model["jurisdictions"].get(claim["country"]) or model["jurisdictions"]["EU"]


def with_defaults(claim, model):
    """The defaults of tape.md's table. What may stay missing (section 9) stays None."""
    claim = dict(claim, given=claim)  # what the tape says, for characteristics: defaults serve law and money alone

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


# Columns of which a condition names values; of all others it names a range.
LISTED_COLUMNS = (*(name for name in CODE_COLUMNS), "placements", "own_area")


def condition_number(name, claim, model, cutoff):
    """The number or date that a range is about: a column as the tape has it (statutory rates and the default of
    defaulted_on apart) or a figure of the row; None where missing. Money in base currency."""
    if name == "balance":
        return base_money(claim, claim["principal"] + claim["interest_accrued"] + claim["fees"], model)
    if name == "age_years":
        known = claim["debtor_type"] == "consumer" and claim["birth_year"] is not None
        return cutoff.year - claim["birth_year"] if known else None
    since = {"months_since_write_off": "written_off_on", "months_since_default": "defaulted_on",
             "months_since_last_payment": "last_paid_on"}
    if name in since:
        date = claim[since[name]]
        return None if date is None else months_between(date, cutoff)
    value = claim[name] if name in ("interest_rate", "defaulted_on") else claim["given"][name]
    money = name in MONEY_COLUMNS or OWN_COLUMNS.get(name) == "money"
    return base_money(claim, value, model) if money and value is not None else value


def in_range(bounds, value):
    """from <= value < below, each bound if it is given; [from, below] or {from, below}."""
    low, high = bounds if isinstance(bounds, list) else (bounds.get("from"), bounds.get("below"))
    if value is None:
        return False
    if isinstance(value, datetime.date):
        low, high = (bound and datetime.date.fromisoformat(bound) for bound in (low, high))
    return (low is None or value >= low) and (high is None or value < high)


def matches(when, claim, model, cutoff):
    """`when:` every named column has one of the listed values, after the tape's defaults, or lies in the range."""
    for column, wanted in (when or {}).items():
        if column in LISTED_COLUMNS:
            if claim[column] is None or str(claim[column]) not in [str(value) for value in wanted]:
                return False
        elif not in_range(wanted, condition_number(column, claim, model, cutoff)):
            return False
    return True
