# SPDX-License-Identifier: Apache-2.0
"""Checks the files of one `jalki value` run against each other: value_figures.py CLAIMS.csv FULL.csv CASHFLOW.csv T.json YEARS.csv VALUE.csv TAPE.csv TABLE.txt

CASHFLOW.csv has rows of all (--with-all)."""
import csv
import json
import re
import sys

HEADER = ("claim_id,score,theta,capacity_class,paying,segment,decision,reason,value,q_close,q_sell,q_surveil,q_amicable,q_legal,"
          "erc_gross,erc_net,gross_12m,gross_60m,attachable,months_to_bar,debtor_id,country,currency,balance,"
          "value_pct_of_face").split(",")
MONEY = HEADER[8:20] + ["balance"]
ACTIONS = ["close", "sell", "surveil", "amicable", "legal"]
KEYS = ["claims", "face", "value", "onboarding", "bid", "bid_pct_of_face", "irr", "horizon_months", "erc_gross", "net",
        "multiple", "payback_months", "gross", "cost", "sale", "cost_share", "gross_multiple", "wal_years", "gross_irr", "net_irr",
        "npv", "years", "reasons", "agent_hours", "decisions", "segments", "countries", "payers", "payers_by_epoch", "rows", "manifest"]


def read(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], [dict(zip(rows[0], row)) for row in rows[1:]]


def close(a, b, relative, what):
    assert abs(a - b) <= relative * max(abs(a), abs(b), 1.0), (what, a, b)


def number(text):
    return float(text) if text else 0.0


header, claims = read(sys.argv[1])
full_header, full = read(sys.argv[2])
flow_header, flow = read(sys.argv[3])
with open(sys.argv[4]) as file:
    totals = json.load(file)

assert header == HEADER and full_header == HEADER
assert list(totals) == KEYS, list(totals)
assert len(claims) == len(full) == totals["claims"]
cents = re.compile(r"-?\d+\.\d\d\Z")
digits = re.compile(r"-?\d+(\.\d+)?(e[+-]\d+)?\Z")
for row, exact in zip(claims, full):
    assert row["claim_id"] == exact["claim_id"] and row["theta"] == exact["theta"]
    for name in MONEY:
        assert (row[name] == "") == (exact[name] == ""), (row, name)
        if row[name]:
            assert cents.match(row[name]) and row[name] != "-0.00", row
            assert digits.match(exact[name]) and exact[name] != "-0", exact
            assert abs(float(row[name]) - float(exact[name])) <= 0.005 + 1e-8 * abs(float(exact[name])), (row, exact, name)
    assert 0 <= int(row["score"]) <= 1000 and float(row["theta"]) > 0 and row["capacity_class"] in ("none", "weak", "able")
    assert row["paying"] in ("0", "1")
    best = {a: float(exact["q_" + a]) for a in ACTIONS if exact["q_" + a]}
    assert float(exact["value"]) == best[row["decision"]] == max(best.values()), exact
    assert row["reason"] in ("barred", "status", "uneconomic", "best"), row
    assert (row["decision"] == "close") == (row["reason"] != "best"), row
    if row["reason"] in ("barred", "status"):
        assert list(best) == ["close"], row
    assert row["q_sell"] == ""

# Whose they are, and what they owe: as the tape says, other currencies at one rate each; the value in per cent of it.
_, tape = read(sys.argv[7])
rates = {}
for row, exact, given in zip(claims, full, tape):
    assert (row["claim_id"], row["debtor_id"], row["country"]) == (given["claim_id"], given["debtor_id"], given["country"])
    assert row["currency"] == (given["currency"] or "EUR")
    owed = number(given["principal"]) + number(given["interest_accrued"]) + number(given["fees"])
    close(float(exact["balance"]) / owed, rates.setdefault(row["currency"], float(exact["balance"]) / owed), 1e-7, row)
    close(float(exact["value_pct_of_face"]), 100 * float(exact["value"]) / float(exact["balance"]), 1e-7, row)
assert len(rates) > 1 and abs(rates["EUR"] - 1) < 1e-12, rates
close(sum(float(r["balance"]) for r in full), totals["face"], 1e-7, "face")

# Sums of claims are the JSON's.
close(sum(float(r["value"]) for r in full), totals["value"], 1e-6, "value")
for action in ACTIONS:
    mine = [r for r in full if r["decision"] == action]
    assert len(mine) == totals["decisions"][action]["claims"]
    close(sum(float(r["value"]) for r in mine), totals["decisions"][action]["value"], 1e-6, action)
for segment in totals["segments"]:
    mine = [r for r in full if r["segment"] == segment["id"]]
    assert len(mine) == segment["claims"] and list(segment) == ["id", "claims", "face", "value", "erc_gross", "net", "agent_hours"]
    close(sum(float(r["value"]) for r in mine), segment["value"], 1e-6, segment["id"])
    close(sum(float(r["erc_gross"]) for r in mine), segment["erc_gross"], 1e-5, segment["id"])
    close(sum(float(r["erc_net"]) for r in mine), segment["net"], 1e-5, segment["id"])
for key in ("claims", "face", "value", "agent_hours"):
    close(sum(s[key] for s in totals["segments"]), totals[key], 1e-12, key)
    close(sum(c[key] for c in totals["countries"].values()), totals[key], 1e-12, key)
    close(sum(d[key] for d in totals["decisions"].values()), totals[key], 1e-12, key)
assert list(totals["countries"]) == sorted(totals["countries"])
assert list(totals["decisions"]) == ACTIONS

# The cash flow: months, segments in the model's order, then all; net = gross - cost + sale; sums are the JSON's.
assert flow_header == ["month", "segment", "gross", "instalments", "cost", "sale", "net"]
names = [s["id"] for s in totals["segments"]] + ["all"]
assert [(r["month"], r["segment"]) for r in flow] == [(str(t + 1), n) for t in range(totals["horizon_months"]) for n in names]
for t in range(totals["horizon_months"]):
    month = flow[t * len(names):(t + 1) * len(names)]
    for key in flow_header[2:]:
        terms = [float(r[key]) for r in month[:-1]]
        # Nine digits of each figure: off by at most 5e-9 of itself.
        allowed = 5e-9 * (sum(map(abs, terms)) + abs(float(month[-1][key]))) + 1e-9
        assert abs(sum(terms) - float(month[-1][key])) <= allowed, (t, key)
for row in flow:
    gross, instalments, cost, sale, net = (float(row[key]) for key in flow_header[2:])
    assert 0 <= instalments <= gross * (1 + 1e-8) + 1e-9, row
    assert abs(gross - cost + sale - net) <= 5e-9 * (gross + cost + sale + abs(net)) + 1e-9, row
every = [r for r in flow if r["segment"] == "all"]
for months in ("84", "120", "180"):
    close(sum(float(r["gross"]) for r in every if int(r["month"]) <= int(months)), totals["erc_gross"][months], 1e-7, months)
net = [float(r["net"]) for r in every]
close(sum(net), totals["net"], 1e-7, "net")

# Who pays at the cut-off is known; later it is expected.
paying = sum(row["paying"] == "1" and row["reason"] not in ("barred", "status") for row in claims)
assert abs(totals["payers"][0] - paying) < 1e-6 * paying + 1e-9, (totals["payers"][0], paying)
assert all(0 <= expected <= len(claims) for expected in totals["payers"])
epochs = totals["payers_by_epoch"]
assert [e["payers"] for e in epochs] == totals["payers"] and epochs[0]["after_months"] == 0
for epoch, end in zip(epochs, [e["after_months"] for e in epochs[1:]] + [totals["horizon_months"]]):
    close(epoch["share_of_claims"], 100 * epoch["payers"] / totals["claims"], 1e-12, epoch)
    within = [r for r in flow if r["segment"] == "all" and epoch["after_months"] < int(r["month"]) <= end]
    close(epoch["instalments"], sum(float(r["instalments"]) for r in within), 1e-7, epoch)

# The price, recomputed.
close(totals["bid"], max(0.0, totals["value"] - totals["onboarding"]), 1e-12, "bid")
close(totals["bid_pct_of_face"], 100 * totals["bid"] / totals["face"], 1e-12, "percent")
outlay = totals["bid"] + totals["onboarding"]
close(totals["multiple"], totals["net"] / outlay, 1e-12, "multiple")
cumulated, payback = 0.0, None
for t, amount in enumerate(net):
    cumulated += amount
    if payback is None and cumulated >= outlay:
        payback = t + 1
assert payback == totals["payback_months"], (payback, totals["payback_months"])

# What the trade quotes, from its definitions: multiples, the life, returns at which the flows are worth the outlay, present values.
gross = [float(r["gross"]) + float(r["sale"]) for r in every]


def worth(flow, rate, months=None):
    return sum(x * (1 + rate) ** (-(t + 0.5) / 12) for t, x in enumerate(flow[:months]))


close(totals["gross"], sum(float(r["gross"]) for r in every), 1e-7, "gross")
close(totals["cost"], sum(float(r["cost"]) for r in every), 1e-7, "cost")
close(totals["cost_share"], totals["cost"] / totals["gross"], 1e-12, "cost share")
close(totals["gross_multiple"], sum(gross) / outlay, 1e-7, "gross multiple")
close(totals["wal_years"], sum((t + 0.5) / 12 * x for t, x in enumerate(gross)) / sum(gross), 1e-7, "average life")
close(worth(gross, totals["gross_irr"]), outlay, 1e-7, "gross return")
close(worth(net, totals["net_irr"]), outlay, 1e-7, "net return")
for months in (12, 24, 36):
    close(totals["npv"][str(months)], worth(net, totals["irr"], months), 1e-7, f"worth of {months} months")
years_header, years = read(sys.argv[5])
assert len(years) == len(totals["years"]) == (totals["horizon_months"] + 11) // 12
for y, (row, same) in enumerate(zip(years, totals["years"])):
    assert list(same) == years_header and int(row["year"]) == same["year"] == y + 1
    mine = every[12 * y:12 * y + 12]
    for name in ("gross", "instalments", "cost", "sale", "net"):
        close(same[name], sum(float(r[name]) for r in mine), 1e-7, (y, name))
    close(same["cost_to_collect"], 100 * same["cost"] / same["gross"], 1e-9, (y, "cost to collect"))
    so_far = sum(float(r["gross"]) for r in every[:12 * y + 12])
    close(same["gross_so_far"], so_far, 1e-7, (y, "so far"))
    close(same["liquidation"], 100 * so_far / totals["face"], 1e-7, (y, "liquidation"))
    assert abs(same["erc_remaining"] - (totals["gross"] - so_far)) <= 1e-7 * totals["gross"], (y, "left")
    close(same["npv_so_far"], worth(net, totals["irr"], 12 * y + 12), 1e-7, (y, "worth so far"))
    for name in years_header[1:]:
        assert abs(float(row[name]) - same[name]) <= 0.0051, (y, name)
close(sum(row["npv"] for row in totals["years"]), worth(net, totals["irr"]), 1e-7, "worth of all years")
assert sum(reason["claims"] for reason in totals["reasons"].values()) == totals["claims"]

# The CSV on standard output has them, and of a segment's own flow, too.
_, groups = read(sys.argv[6])
whole = groups[0]
for name in ("gross_multiple", "multiple", "wal_years", "gross_irr", "net_irr", "cost_share"):
    close(float(whole[name]), totals[name], 1e-5, name)
for months in (12, 24, 36):
    assert abs(float(whole[f"npv_{months}"]) - totals["npv"][str(months)]) <= 0.0051
for months in (84, 120, 180):
    assert abs(float(whole[f"erc_gross_{months}"]) - totals["erc_gross"][str(months)]) <= 0.0051
# All claims are what JSON says, to the cent, and the groups' parts of it; the table shows them beside their part of face.
for name, amount in (("onboarding", totals["onboarding"]), ("erc_gross", totals["gross"]), ("erc_net", totals["net"]), ("cost", totals["cost"]),
                     ("sale", totals["sale"]), ("bid", totals["bid"]), ("value", totals["value"]), ("face", totals["face"]),
                     ("instalments", sum(year["instalments"] for year in totals["years"]))):
    assert totals["rows"][0][name] == amount or name == "instalments", (name, totals["rows"][0][name], amount)
    assert abs(float(whole[name]) - amount) <= 0.00501, (name, whole[name], amount)
for kind in ("decision", "segment", "country"):
    close(sum(row["onboarding"] for row in totals["rows"] if row["group"] == kind), totals["onboarding"], 1e-12, kind)
for name in ("instalments", "sale"):
    close(sum(row[name] for row in totals["rows"] if row["group"] == "segment"), totals["rows"][0][name], 1e-9, name)
with open(sys.argv[8]) as file:
    table = [line.replace(",", "").split() for line in file]
decimals = 2 if totals["face"] < 1e6 else 0
for words, name in (("face", "face"), (f"value at {100 * totals['irr']:.1f} % a year", "value"), ("onboarding", "onboarding"), ("bid", "bid"),
                    ("ERC-84 (gross collections)", "erc_gross_84"), ("ERC-120 (gross collections)", "erc_gross_120"),
                    ("ERC-180 (gross collections)", "erc_gross_180"), (f"all {totals['horizon_months']} months: gross", "erc_gross"),
                    ("of it instalments", "instalments"), ("cost of collection", "cost"), ("sale proceeds", "sale"), ("net", "erc_net"),
                    ("NPV of the first 12 months", "npv_12"), ("NPV of the first 24 months", "npv_24"), ("NPV of the first 36 months", "npv_36")):
    amount = totals["rows"][0][name]
    assert [*words.split(), f"{amount:.{decimals}f}", f"{100 * amount / totals['face']:.2f}", "%"] in table, (words, amount)
for epoch in epochs:
    assert [str(epoch["after_months"]), f"{epoch['payers']:.0f}", f"{epoch['share_of_claims']:.2f}", "%",
            f"{epoch['instalments']:.{decimals}f}"] in table, epoch
for row in groups:
    mine = [r for r in flow if r["segment"] == row["name"]] if row["group"] == "segment" else []
    if row["group"] == "segment" and float(row["bid"]) > 200:
        paid = float(row["bid"]) + totals["onboarding"] / totals["claims"] * float(row["claims"])
        close(float(row["gross_multiple"]), sum(float(r["gross"]) for r in mine) / paid, 1e-4, row)
        close(worth([float(r["net"]) for r in mine], float(row["net_irr"])), paid, 1e-4, row)
    if row["group"] == "reason":
        assert int(row["claims"]) == totals["reasons"][row["name"]]["claims"], row
    if row["group"] in ("decision", "country", "reason"):
        assert row["gross_irr"] == row["npv_12"] == "", row
manifest = totals["manifest"]
assert manifest["scenario"] == "base" and manifest["seed"] is None and len(manifest["tape_sha256"]) == 64
assert len(manifest["model_sha256"]) == 64 and manifest["irr"] == totals["irr"] and manifest["options"] == {"sell": False}
print(f"{len(claims)} claims: figures agree")
