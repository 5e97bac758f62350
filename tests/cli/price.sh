#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jalki price end to end: its bids are those of value, floors hold, the return at an asked price is the bid's.
. "$JALKI_SOURCE/tests/support/shell.sh"

jalki generate -n 3000 -o t.csv --seed 7 --quiet
jalki import t.csv -o t.h5 --cutoff 2026-06-30 --quiet >import.txt
price=(jalki price t.h5 --model "$model" --quiet)

for irr in 0.12 0.15 0.18; do
    jalki value t.h5 --model "$model" --quiet --irr $irr --json v$irr.json --cashflow f$irr.csv --with-all >/dev/null
done
"${price[@]}" --irr 0.12,0.15,0.18 --format json >p.json
"${price[@]}" --irr 0.12,0.15,0.18 --floor multiple=2.5 --floor payback=30 --floor irr=0.16 --format json >floors.json
"${price[@]}" --irr 0.15 --format csv >p.csv
bid=$(python3 -c 'import json; print(json.load(open("p.json"))["returns"][1]["bid"])')
"${price[@]}" --irr 0.15 --asked "$bid" --format json >asked.json
"${price[@]}" --irr 0.15 --asked "$bid" --format csv >asked.csv
"${price[@]}" --irr 0.15 --asked 1e12 --format json >dear.json
sed 's/^onboarding_cost:.*/onboarding_cost: 0/' "$model" >free.yaml
cp -r "$JALKI_SOURCE/models/law" "$JALKI_SOURCE"/models/*.yaml . && mv free.yaml nordic.yaml
jalki price t.h5 --model nordic.yaml --quiet --asked 0 --format json >free.json
python3 - <<'END'
import csv, json
prices, floors = json.load(open("p.json")), json.load(open("floors.json"))
near = lambda a, b, relative=1e-12: abs(a - b) <= relative * max(abs(a), abs(b), 1e-9)
for offer, bound, irr in zip(prices["returns"], floors["returns"], ("0.12", "0.15", "0.18")):
    value = json.load(open(f"v{irr}.json"))
    assert offer["irr"] == float(irr) and offer["scenario"] == "base"
    for key in ("value", "bid", "bid_pct_of_face", "erc_gross", "net", "multiple", "payback_months"):
        assert offer[key] == value[key], (irr, key)
    assert offer["binding"] == "return" and offer["attainable"] and offer["asked"] is None
    assert [s["id"] for s in offer["segments"]] == [s["id"] for s in value["segments"]]
    for name, group in list(offer["countries"].items()) + list(offer["decisions"].items()):
        assert near(group["bid"], max(0.0, group["value"] - group["onboarding"])), name
    assert near(offer["cost_share"], offer["cost"] / offer["gross"])
    # The floors, recomputed from the cash flow file of each plan that may bear the bid: its own or a higher return's.
    best = {}
    for plan in ("0.12", "0.15", "0.18"):
        net = [float(r["net"]) for r in csv.DictReader(open(f"f{plan}.csv")) if r["segment"] == "all"]
        worth = lambda rate: sum(n / (1 + rate) ** ((t + 0.5) / 12) for t, n in enumerate(net))
        cumulated = [sum(net[:t + 1]) for t in range(len(net))]
        highest = {"return": value["value"] if plan == irr else min(value["value"], worth(float(irr))),
                   "multiple": sum(net) / 2.5, "payback": max(cumulated[:30]), "irr": worth(0.16)}
        if plan >= irr:
            best[float(plan)] = (min(highest.values()), min(highest, key=highest.get))
    outlay = bound["bid"] + prices["onboarding"]
    assert near(outlay, max(best.values())[0], 1e-7), (irr, outlay, best)
    assert near(outlay, best[bound["plan_irr"]][0], 1e-7) and bound["binding"] == best[bound["plan_irr"]][1], (irr, best)
    assert bound["bid_at_return"] == offer["bid"] and offer["plan_irr"] == offer["irr"]
bids = [bound["bid"] for bound in floors["returns"]]
assert bids == sorted(bids, reverse=True), f"a lower return bids less: {bids}"
rows = list(csv.DictReader(open("p.csv")))
assert rows[0]["group"] == "all" and near(float(rows[0]["bid"]), prices["returns"][1]["bid"], 1e-6)
groups = {kind: sum(float(r["value"]) for r in rows if r["group"] == kind) for kind in ("decision", "segment", "country")}
assert all(near(total, float(rows[0]["value"]), 1e-5) for total in groups.values()), groups
asked = json.load(open("asked.json"))["returns"][0]["asked"]
# Court fees are paid at the start of a month, which the mid-month return sees a little later.
assert asked["irr_outcome"] == "found" and near(asked["irr"], 0.15, 0.03), asked
assert near(asked["multiple"], prices["returns"][1]["multiple"])
# What the table and JSON say of the flows and of the price asked stands in the rows, too.
row, offer = next(csv.DictReader(open("asked.csv"))), json.load(open("asked.json"))["returns"][0]
for column, figure in (("cost", offer["cost"]), ("sale", offer["sale"]), ("asked", asked["price"]),
                       ("asked_multiple", asked["multiple"]), ("asked_payback_months", asked["payback_months"])):
    assert abs(float(row[column]) - figure) <= 0.005 and row["change_pct"] == "", (column, row[column], figure)
dear = json.load(open("dear.json"))["returns"][0]["asked"]
assert -0.99 < dear["irr"] < -0.5 and dear["payback_months"] is None and dear["multiple"] < 1e-5, dear
free = json.load(open("free.json"))["returns"][0]["asked"]
assert free["irr"] is None and free["irr_outcome"] == "none" and free["multiple"] is None, free
END
"${price[@]}" --irr 0.12,0.15 --floor multiple=2.5 --asked 100000 >table.txt
for words in "required return" "bid at the return alone" "bound by" "price asked" "By segment" "By country" "By decision"; do
    grep -q "$words" table.txt || fail "the table lacks '$words'"
done
# A horizon shorter than the usual spans is named as what it is; a return in percent is doubted; no rate, no figure.
printf 'include: ["%s"]\njalki_model: 1\nhorizon_months: 36\nepochs: [3, 3, 6, 12, 12]\n' "$model" >short.yaml
jalki price t.h5 --model short.yaml --quiet >short.txt
grep -q "gross collections, 36 months" short.txt || fail "the short horizon is not named: $(cat short.txt)"
! grep -q "gross collections, 84" short.txt || fail "84 months of 36 are shown"
jalki value t.h5 --model short.yaml --quiet >short.txt
grep -q "all 36 months: gross" short.txt && ! grep -q "84 months" short.txt || fail "value shows 84 months of 36"
"${price[@]}" --irr 0.1225 | grep >/dev/null "bid at 12.25 %" || fail "a return is shown as another"
jalki price t.h5 --model "$model" --irr 15 2>note.txt >/dev/null && fail "a bid at 1500 % a year"
jalki price t.h5 --model "$model" --irr 15 --accept return_implausible >/dev/null || fail "not accepted"
grep -q "1500 % a year; 15 % a year is --irr 0.15" note.txt || fail "no word on 1500 % a year"
jalki price t.h5 --model nordic.yaml --quiet --asked 0 >table.txt
grep -q "no rate fits" table.txt || fail "a return where there is none"
"${price[@]}" | grep >/dev/null "15.00 %" || fail "without --irr the model's return is not used"

refused 2 "not a yearly return" "${price[@]}" --irr 0.1,,0.2
refused 2 "not a yearly return" "${price[@]}" --irr -1
refused 2 "multiple=NUMBER" "${price[@]}" --floor profit=2
refused 2 "multiple=NUMBER" "${price[@]}" --floor 2
refused 2 "whole number" "${price[@]}" --floor payback=1.5
refused 2 "not a number" "${price[@]}" --asked -5
refused 1 "none.h5" jalki price none.h5 --model "$model"
echo "price: all well"
