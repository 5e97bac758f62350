#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jalki forward: one batch is the spot bid for the fresh claims alone; an agreement is written anew from that tape's cash
# flow; a mix is priced segment by segment.
. "$JALKI_SOURCE/tests/support/shell.sh"

jalki generate -n 9000 -o all.csv --seed 31 --quiet
# One claim a debtor: which of a debtor's claims are on the tape then changes nothing for the others.
python3 - <<'END'
import csv
rows, seen = [], set()
for row in csv.DictReader(open("all.csv")):
    if row["debtor_id"] not in seen:
        seen.add(row["debtor_id"])
        rows.append(row)
def write(name, keep):
    with open(name, "w", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(filter(keep, rows))
def age(row):  # whole months before 2026-06-30; a month's last day counts as the 30th
    year, month, day = map(int, row["written_off_on"].split("-"))
    return (2026 - year) * 12 + 6 - month
write("t.csv", lambda r: True)
write("fresh.csv", lambda r: age(r) < 6)
write("middle.csv", lambda r: 12 <= age(r) < 24)
END
for tape in t fresh middle; do
    jalki import $tape.csv -o $tape.h5 --cutoff 2026-06-30 --quiet >/dev/null
    jalki price $tape.h5 --model "$model" --quiet --irr 0.12 --format json >$tape-price.json
done
jalki value fresh.h5 --model "$model" --quiet --irr 0.12 --cashflow flow.csv --with-all >/dev/null
forward=(jalki forward t.h5 --model "$model" --quiet --irr 0.12 --fresh 6)
"${forward[@]}" --term 1 --json one.json >/dev/null
"${forward[@]}" --term 24 --volume 2e6 --ramp 6 --cap 3e7 --drift -0.06 --cost-drift 0.03 --pay-after 2 --asked 7 \
    --json deal.json >table.txt
"${forward[@]}" --term 24 --volume 2e6 --ramp 6 --cap 3e7 --drift -0.06 --cost-drift 0.03 --pay-after 2 --format csv >deal.csv
"${forward[@]}" --term 6 --mix fi-bills=0.5,se-finance=0.25 --json mix.json >mix.txt
"${forward[@]}" --term 6 --format json >plain.json
jalki forward fresh.h5 --model "$model" --quiet --irr 0.12 --fresh all --term 1 --json whole.json >/dev/null
"${forward[@]}" --term 1 --threads 1 --json - >single.json
cmp one.json single.json || fail "threads show"
for words in "Price .* % of face" "most money out" "By segment" "By age at sale" "Cash by year" "At 7.00 % of face"; do
    grep -q "$words" table.txt || fail "the table lacks '$words': $(cat table.txt)"
done
grep -q "at the tape's own mix" mix.txt || fail "the mix is not named"
python3 - <<'END'
import csv, json, math
load = lambda name: json.load(open(name))
near = lambda a, b, relative=1e-9: abs(a - b) <= relative * max(abs(a), abs(b)) + 1e-9
one, spot, deal, plain, mix = load("one.json"), load("fresh-price.json"), load("deal.json"), load("plain.json"), load("mix.json")
offer = spot["returns"][0]
assert near(one["price_pct_of_face"], offer["bid_pct_of_face"]), (one["price_pct_of_face"], offer["bid_pct_of_face"])
assert one["fresh"]["claims"] == spot["claims"] and near(one["terms"]["volume"], spot["face"] / 6)
assert near(one["multiple"], offer["multiple"]) and near(load("whole.json")["price_pct_of_face"], offer["bid_pct_of_face"])
middle = load("middle-price.json")["returns"][0]
band = next(a for a in one["ages"] if a["from_months"] == 12)
assert near(band["price_pct_of_face"], middle["bid_pct_of_face"]), (band, middle["bid_pct_of_face"])
assert sum(a["claims"] for a in one["ages"]) == load("t-price.json")["claims"]

# The agreement from the fresh tape's own flows.
face, onboarding, value = spot["face"], spot["onboarding"], offer["value"]
flow = [{k: float(v) for k, v in r.items() if k != "segment"} for r in csv.DictReader(open("flow.csv")) if r["segment"] == "all"]
assert 0.2 < sum(r["instalments"] for r in flow) / sum(r["gross"] for r in flow) < 0.9, "fresh claims are paid in spells, too"
def batches():
    left = 3e7
    for k in range(24):
        bought = min(2e6 * min(1, (k + 1) / 6), left)
        left -= bought
        yield k, bought
pv = lambda key: sum(r[key] / 1.12 ** ((t + 0.5) / 12) for t, r in enumerate(flow))
gross, cost = pv("gross"), pv("cost")
worth = lambda k: (value + (0.94 ** (k / 12) - 1) * gross - (1.03 ** (k / 12) - 1) * cost - 1.03 ** (k / 12) * onboarding) / face
top = sum(bought * worth(k) / 1.12 ** (k / 12) for k, bought in batches())
bottom = sum(bought / 1.12 ** ((k + 2) / 12) for k, bought in batches())
price = top / bottom
assert near(deal["price_pct_of_face"], 100 * price, 1e-7), (deal["price_pct_of_face"], 100 * price)
months = [dict(face=0.0, paid=0.0, onboarding=0.0, gross=0.0, cost=0.0) for _ in range(23 + len(flow))]
for k, bought in batches():
    months[k]["face"] += bought
    months[k]["onboarding"] += bought / face * onboarding * 1.03 ** (k / 12)
    months[k + 2]["paid"] += bought * price
    for t, r in enumerate(flow):
        months[k + t]["gross"] += bought / face * 0.94 ** (k / 12) * r["gross"]
        months[k + t]["cost"] += bought / face * 1.03 ** (k / 12) * r["cost"]
rows, cumulated, out, last_out = list(csv.DictReader(open("deal.csv"))), 0.0, (0.0, 0), 0
assert len(rows) == len(months) == len(deal["months"])
for t, (row, wanted) in enumerate(zip(rows, months), 1):
    out = max(out, (wanted["paid"] + wanted["onboarding"] - cumulated, -t))
    cumulated += wanted["gross"] - wanted["cost"] - wanted["paid"] - wanted["onboarding"]
    last_out = t if cumulated < 0 else last_out
    for key, amount in dict(wanted, cumulated=cumulated).items():
        assert abs(float(row[key]) - amount) < 1e-6 * deal["face"] * 0.01 + 1e-5, (t, key, row[key], amount)
        assert near(deal["months"][t - 1][key], float(row[key]), 1e-6) or abs(amount) < 1, (t, key)
assert near(deal["funding"], out[0], 1e-6) and deal["funding_month"] == -out[1] and deal["payback_months"] == last_out + 1
assert deal["batches"] == sum(bought > 0 for _, bought in batches()) < 24
assert near(deal["face"], 3e7) and near(deal["paid"], 3e7 * price, 1e-7)
def npv(rate, price):
    return sum((m["gross"] - m["cost"]) / (1 + rate) ** ((t + 0.5) / 12) - m["onboarding"] / (1 + rate) ** (t / 12)
               - (price * months[t - 2]["face"] if t >= 2 else 0) / (1 + rate) ** (t / 12) for t, m in enumerate(months))
assert abs(npv(deal["irr"], price)) < 1e-6 * deal["paid"] and abs(npv(deal["asked"]["irr"], 0.07)) < 1e-6 * deal["paid"]
assert abs(deal["irr"] - 0.12) < 0.003  # court fees at the start of their month, seen at its middle

# A mix: shares add up, its price is that of its parts, and so is that of the tape's own mix; ten points as said.
for got in (plain, mix):
    assert near(sum(s["share"] for s in got["segments"]), 1)
    total = sum(s["share"] * s["price_pct_of_face"] for s in got["segments"])
    assert near(total, got["price_pct_of_face"], 1e-7), (total, got["price_pct_of_face"])
    for s in got["segments"]:
        rest = [o for o in got["segments"] if o is not s]
        scale = (1 - s["share"] - 0.1) / (1 - s["share"])
        other = (s["share"] + 0.1) * s["price_pct_of_face"] + scale * sum(o["share"] * o["price_pct_of_face"] for o in rest)
        assert abs(other - total - s["if_tenth_more"]) < 1e-9, s
assert near(mix["price_pct_of_face_own_mix"], plain["price_pct_of_face"])
shares = {s["id"]: s["share"] for s in mix["segments"]}
assert shares["fi-bills"] == 0.5 and shares["se-finance"] == 0.25
assert near(shares["fi-finance"] / shares["se-bills"],
            next(s["face"] for s in mix["segments"] if s["id"] == "fi-finance")
            / next(s["face"] for s in mix["segments"] if s["id"] == "se-bills"))
END
jalki forward t.h5 --model "$model" --quiet --cap 5000 >small.txt
! grep -qiw "nan" small.txt || fail "a cap leaves a hole: $(cat small.txt)"
head -1 t.csv >old.csv && grep ',2015-' t.csv >>old.csv
jalki import old.csv -o old.h5 --cutoff 2026-06-30 --quiet >/dev/null
refused 1 "no claim was written off less than 3 months" jalki forward old.h5 --model "$model" --quiet
refused 1 "nowhere" "${forward[@]}" --mix nowhere=0.5
refused 1 "two shares" "${forward[@]}" --mix fi-bills=0.2,fi-bills=0.2
refused 1 "add up to 1.2" "${forward[@]}" --mix fi-bills=0.6,fi-finance=0.6
refused 2 "SEGMENT=SHARE" "${forward[@]}" --mix fi-bills
refused 2 "whole number" "${forward[@]}" --term 0
refused 2 "not a number" "${forward[@]}" --drift -1
refused 1 "is an input" "${forward[@]}" --json t.h5
echo "forward: all well"
