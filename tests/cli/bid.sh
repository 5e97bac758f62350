#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jalki bid on a tape: its value is the bid at the return, returns are those of price at the same bids, words and mistakes.
. "$JALKI_SOURCE/tests/support/shell.sh"

jalki generate -n 2000 -o t.csv --seed 5 --quiet
jalki import t.csv -o t.h5 --cutoff 2026-06-30 --quiet >/dev/null
bid=(jalki bid t.h5 --model "$model" --quiet --rivals 4 --spread 0.25 --level 0.8 --error 0.15 --correlation 0.3)
"${bid[@]}" --json b.json >table.txt
"${bid[@]}" --format csv >b.csv
jalki price t.h5 --model "$model" --quiet --asked "$(python3 -c 'import json; print(json.load(open("b.json"))["best"]["bid"])')" \
    --format json >p.json
for words in "chance to win" "return if won" "Winning means that 4 others thought less" "Never above" "as if your value"; do
    grep -q "$words" table.txt || fail "the table lacks '$words': $(cat table.txt)"
done
python3 - <<'END'
import csv, json
b, p = json.load(open("b.json")), json.load(open("p.json"))
offer = p["returns"][0]
assert b["value"] == offer["bid_at_return"] and b["face"] == p["face"] and b["manifest"]["program"] == "jalki"
assert abs(b["best"]["irr"] - offer["asked"]["irr"]) < 1e-9
assert b["best"]["irr_if_won"] < b["best"]["irr"] and 0 < b["curse"] < 0.5
assert abs(b["best"]["pct_of_face"] - 100 * b["best"]["bid"] / b["face"]) < 1e-9
rows = list(csv.DictReader(open("b.csv")))
assert rows[0]["row"] == "best" and len(rows) == 14
for row, wanted in zip(rows, [b["best"]] + b["steps"]):
    for key in ("bid", "chance", "worth_if_won", "expected_gain", "irr", "irr_if_won"):
        assert abs(float(row[key]) - wanted[key]) < 0.006 or float(row[key]) == 0, (key, row[key], wanted[key])
END
plain=(jalki bid --value 1000 --quiet)
"${plain[@]}" --rivals 0 | grep >/dev/null "Bid 0.00: it wins 100.0 %" || fail "nobody else bids, and it is not free"
"${plain[@]}" --rivals 0 --reserve 300 | grep >/dev/null "Bid 300.00" || fail "the reserve is not the bid"
"${plain[@]}" --rivals 20 --spread 0.3 --error 0.2 | grep >/dev/null "Do not bid" || fail "a hopeless tender is bid for"
"${plain[@]}" --rivals 2 --spread 0.3 --reserve 2000 --format json | grep >/dev/null '"best": null' || fail "a bid below the reserve"
! "${plain[@]}" --rivals 3 --spread 0.3 | grep >/dev/null "thought less" || fail "a curse where the value is certain"
refused 2 "--rivals N is needed" "${plain[@]}" --spread 0.2
refused 2 "--spread S is needed" "${plain[@]}" --rivals 2
refused 2 "one of them" "${bid[@]}" --value 5
refused 2 "is needed" jalki bid --rivals 2 --spread 0.2
refused 2 "whole number" "${plain[@]}" --rivals -1 --spread 0.2
refused 2 "a tape has its own" "${bid[@]}" --face 5
refused 1 "cannot all know better" "${plain[@]}" --rivals 2 --spread 0.2 --error 0.3
refused 1 "is an input" "${bid[@]}" --json t.h5
head -2 t.csv >one.csv
jalki import one.csv -o one.h5 --cutoff 2026-06-30 --quiet >/dev/null
sed 's/^onboarding_cost:.*/onboarding_cost: 100000/' "$model" >dear.yaml
cp -r "$JALKI_SOURCE"/models/law "$JALKI_SOURCE"/models/*.yaml . && mv dear.yaml nordic.yaml
refused 1 "nothing to bid for" jalki bid one.h5 --model nordic.yaml --rivals 2 --spread 0.2 --quiet
echo "bid: all well"
