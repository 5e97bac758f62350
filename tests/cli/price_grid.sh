#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The bid table by country and segment: a group's cell is the offer for a tape that holds that group alone, floors
# included, also where the model's segments know nothing of countries.
. "$JALKI_SOURCE/tests/support/shell.sh"

cp -r "$JALKI_SOURCE"/models/*.yaml "$JALKI_SOURCE/models/law" .
sed -E 's/country: \[[^]]*\](, )?//' segments.yaml >plain.yaml
! grep -q "country:" plain.yaml || fail "the model still knows countries"
sed 's/segments.yaml/plain.yaml/' nordic.yaml >countryless.yaml

jalki generate -n 4000 -o t.csv --seed 11 --quiet
python3 - <<'END'
import csv
rows = list(csv.DictReader(open("t.csv")))
for name, keep in [("fi", lambda r: r["country"] == "FI"), ("se", lambda r: r["country"] == "SE"),
                   ("business", lambda r: r["country"] == "SE" and r["debtor_type"] == "business")]:
    with open(name + ".csv", "w", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(filter(keep, rows))
END
for tape in t fi se business; do
    jalki import $tape.csv -o $tape.h5 --cutoff 2026-06-30 --quiet >/dev/null
done
floors=(--irr 0.1,0.2 --floor multiple=1.6 --floor payback=46 --floor irr=0.12 --quiet)
for tape in t fi se business; do
    for model in nordic countryless; do
        jalki price $tape.h5 --model $model.yaml "${floors[@]}" --format json >$tape-$model.json
        jalki price $tape.h5 --model $model.yaml "${floors[@]}" --format csv >$tape-$model.csv
    done
done
python3 - <<'END'
import csv, json
near = lambda a, b, relative=1e-9: abs(a - b) <= relative * max(abs(a), abs(b), 1e-6)
bindings = set()
def same(cell, alone, where):
    for key in ("value", "bid_at_return", "bid", "bid_pct_of_face", "multiple"):
        assert near(cell[key], alone[key]), (where, key, cell[key], alone[key])
    for key in ("binding", "attainable", "payback_months"):
        assert cell[key] == alone[key], (where, key)
    bindings.add(cell["binding"])
for model in ("nordic", "countryless"):
    whole = json.load(open(f"t-{model}.json"))["returns"]
    for country in ("FI", "SE"):
        alone = json.load(open(f"{country.lower()}-{model}.json"))["returns"]
        for r in range(2):
            same(whole[r]["countries"][country], alone[r], (model, country, r))
    assert [r["scenario"] for r in whole] == ["base", "base"]
    for r in whole:  # decisions have no flow of their own: their bid is the one at the return alone
        for cell in r["decisions"].values():
            assert cell["binding"] is None and cell["attainable"] is None and cell["bid"] == cell["bid_at_return"]
    rows = list(csv.DictReader(open(f"t-{model}.csv")))
    for irr in ("0.1", "0.2"):
        total = next(r for r in rows if r["irr"] == irr and r["group"] == "all")
        for kind in ("segment", "country"):
            # Collections are those of the plan that bears the bid, which at a lower return need not be one for all.
            flows = ("erc_gross", "net", "erc_gross_84") if irr == "0.2" else ()
            for key in ("claims", "face", "value", *flows):
                parts = sum(float(r[key]) for r in rows if r["irr"] == irr and r["group"] == kind)
                assert near(parts, float(total[key]), 1e-5), (kind, key, parts, total[key])
assert len(bindings) > 1, bindings
# A segment alone: Swedish businesses are one segment of the Nordic model.
alone = json.load(open("business-nordic.json"))["returns"]
whole = json.load(open("t-nordic.json"))["returns"]
for r in range(2):
    same(next(s for s in whole[r]["segments"] if s["id"] == "se-business"), alone[r], "se-business")
END
# What no price can meet is said in every format.
jalki price fi.h5 --model nordic.yaml --quiet --floor payback=1 --floor multiple=900 --format csv >steep.csv
python3 - <<'END'
import csv
row = next(csv.DictReader(open("steep.csv")))
assert row["attainable"] == "no" and float(row["bid"]) == 0.0 and row["binding"] in ("payback", "multiple"), row
END
jalki price fi.h5 --model nordic.yaml --quiet --floor multiple=900 | grep >/dev/null "multiple (not met at any price)" ||
    fail "the table does not say that no price meets the floor"
echo "price grid: all well"
