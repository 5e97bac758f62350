#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# price --scenarios: the same valuations as jalki scenario, and each group's cell is the offer for a tape of that group alone.
. "$JALKI_SOURCE/tests/support/shell.sh"

cp -r "$JALKI_SOURCE"/models/*.yaml "$JALKI_SOURCE/models/law" .
sed -E 's/country: \[[^]]*\](, )?//' segments.yaml >plain.yaml
sed 's/segments.yaml/plain.yaml/' nordic.yaml >countryless.yaml
cat >stress.yaml <<'END'
- name: "Finland weaker"
  where: {country: [FI]}
  recovery: 0.7
- name: dearer money
  irr: 0.05
- name: bills
  where: {segment: [fi-bills]}
  costs: 1.5
END
jalki generate -n 3000 -o t.csv --seed 23 --quiet
{ head -1 t.csv; grep ',FI,' t.csv; } >fi.csv
for tape in t fi; do
    jalki import $tape.csv -o $tape.h5 --cutoff 2026-06-30 --quiet >/dev/null
done
for model in nordic countryless; do
    for mode in "" --committed; do
        for tape in t fi; do
            jalki price $tape.h5 --model $model.yaml --scenarios stress.yaml $mode --irr 0.1,0.2 --floor payback=44 \
                --asked 50000 --quiet --format json >$tape-$model$mode.json
        done
        jalki scenario t.h5 --model $model.yaml --scenarios stress.yaml --irr 0.2 ${mode:---replanned} --quiet \
            --format json >scenario-$model$mode.json
    done
done
python3 - <<'END'
import json
near = lambda a, b: abs(a - b) <= 1e-9 * max(abs(a), abs(b)) + 1e-6
for model in ("nordic", "countryless"):
    for mode in ("", "--committed"):
        table, finland = (json.load(open(f"{tape}-{model}{mode}.json")) for tape in ("t", "fi"))
        assert table["committed"] == (mode != "")
        names = ["base", "Finland weaker", "dearer money", "bills"]
        assert [(r["scenario"], r["required_return"]) for r in table["returns"]] == [
            (name, irr) for name in names for irr in (0.1, 0.2)]
        assert [round(r["irr"], 9) for r in table["returns"][4:6]] == [0.15, 0.25]
        # The same valuations as `jalki scenario` makes.
        other = json.load(open(f"scenario-{model}{mode}.json"))
        lines = [other["base"]] + [s["committed" if mode else "replanned"] for s in other["scenarios"]]
        for offer, line in zip(table["returns"][1::2], lines):
            assert near(offer["value"], line["value"]) and near(offer["bid_at_return"], line["bid"]), (offer, line)
        for whole, alone in zip(table["returns"], finland["returns"]):
            cell = whole["countries"]["FI"]
            for key in ("value", "bid_at_return", "bid", "multiple"):
                assert near(cell[key], alone[key]), (model, mode, whole["scenario"], key, cell[key], alone[key])
            assert cell["binding"] == alone["binding"] and cell["payback_months"] == alone["payback_months"]
        base, weaker = table["returns"][1], table["returns"][3]
        assert weaker["countries"]["FI"]["value"] < 0.9 * base["countries"]["FI"]["value"]
        assert weaker["countries"]["SE"]["value"] == base["countries"]["SE"]["value"]
        assert weaker["asked"]["irr"] < base["asked"]["irr"]
        # The change that the table of scenarios shows stands in the rows.
        bids = {(row["required_return"], row["group"], row["name"]): row["bid"] for row in table["rows"] if row["scenario"] == "base"}
        for row in table["rows"]:
            bid = bids[row["required_return"], row["group"], row["name"]]
            change = 100 * (row["bid"] - bid) / bid if bid > 0 and row["scenario"] != "base" else None
            assert row["change_pct"] == change or near(row["change_pct"], change), row
END
price=(jalki price t.h5 --model nordic.yaml --scenarios stress.yaml --quiet)
"${price[@]}" --claims shares.csv --json one.json >table.txt
for words in "By scenario (each planned anew)" "Bid by segment and scenario at 15.0 %" "Finland weaker"; do
    grep -q "$words" table.txt || fail "the table lacks '$words': $(cat table.txt)"
done
"${price[@]}" --format csv >table.csv
python3 - <<'END'
import csv, json
from decimal import Decimal
one = json.load(open("one.json"))["returns"][0]
assert sum(Decimal(r["price"]) for r in csv.DictReader(open("shares.csv"))) == round(Decimal(one["bid"]), 2)
rows = list(csv.DictReader(open("table.csv")))
assert {r["scenario"] for r in rows} == {"base", "Finland weaker", "dearer money", "bills"}
assert abs(float(rows[0]["bid"]) - one["bid"]) < 0.006
END
refused 2 "is about --scenarios" jalki price t.h5 --model nordic.yaml --committed
refused 1 "none.yaml" jalki price t.h5 --model nordic.yaml --scenarios none.yaml
refused 1 "is an input" "${price[@]}" --json stress.yaml
echo '[{name: x, where: {segment: [nowhere]}}]' >nowhere.yaml
refused 1 "nowhere" jalki price t.h5 --model nordic.yaml --scenarios nowhere.yaml
echo "price scenarios: all well"
