#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# price --claims: the shares of the price, recomputed exactly from the claims' values; they add up to the price to the cent,
# in any order of rows.
. "$JALKI_SOURCE/tests/support/shell.sh"

jalki generate -n 3000 -o plain.csv --seed 17 --quiet
# Ten claims of ten debtors who are alike in all but their names: their remainders tie.
python3 - <<'END'
import csv, random
rows = list(csv.DictReader(open("plain.csv")))
twin = next(r for r in rows if r["legal_status"] == "none" and float(r["principal"]) > 2000)
for n in range(10):
    rows.append(dict(twin, claim_id=f"TWIN,{n}", debtor_id=f"TWIN{n}"))
random.Random(5).shuffle(rows)
for name in ("t", "shuffled"):
    with open(name + ".csv", "w", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    rows.reverse()
END
for tape in t shuffled; do
    jalki import $tape.csv -o $tape.h5 --cutoff 2026-06-30 --quiet >/dev/null
done
price=(jalki price t.h5 --model "$model" --quiet)
"${price[@]}" --claims bid.csv --json bid.json >table.txt
"${price[@]}" --claims floor.csv --floor multiple=2.5 --json floor.json >/dev/null
"${price[@]}" --claims small.csv --allocate 0.07 --threads 1 >/dev/null
"${price[@]}" --claims other.csv --allocate 123456.78 --irr 0.2 >/dev/null
"${price[@]}" --claims nothing.csv --allocate 0 >/dev/null
"${price[@]}" --claims packed.csv.gz --json - >packed.json
jalki price shuffled.h5 --model "$model" --quiet --claims shuffled-shares.csv >/dev/null
jalki price shuffled.h5 --model "$model" --quiet --claims shuffled-small.csv --allocate 0.07 >/dev/null
jalki value t.h5 --model "$model" --quiet --claims value.csv --full >/dev/null
jalki value t.h5 --model "$model" --quiet --irr 0.2 --claims value20.csv --full >/dev/null
gzip -dc packed.csv.gz | cmp - bid.csv || fail "the compressed file holds something else"
grep -q "Bid, EUR" table.txt || fail "the tables are gone"
python3 - <<'END'
import csv, json, struct
from decimal import Decimal
read = lambda name: list(csv.DictReader(open(name)))
def check(shares, values, cents):
    """Hamilton's rule in whole numbers; equal remainders: the lower claim_id first."""
    rows = read(shares)
    assert [r["claim_id"] for r in rows] == [r["claim_id"] for r in read(values)]
    weight = []
    for row in read(values):
        value = struct.unpack("f", struct.pack("f", float(row["value"])))[0]  # nine digits name the float
        weight.append(max(0, round(value * 2**20)))
    total = sum(weight)
    share = [cents * w // total for w in weight]
    order = sorted(range(len(rows)), key=lambda i: (-(cents * weight[i] % total), rows[i]["claim_id"].encode()))
    for i in order[:cents - sum(share)]:
        share[i] += 1
    got = [int(Decimal(r["price"]) * 100) for r in rows]
    assert got == share, [(r, s) for r, g, s in zip(rows, got, share) if g != s][:5]
    assert sum(got) == cents, (sum(got), cents)
    for row, value in zip(rows, read(values)):
        assert abs(float(row["value"]) - float(value["value"])) <= 0.0051
        assert abs(float(row["pct_of_face"]) - 100 * float(row["price"]) / float(row["face"])) < 0.1
    assert all(float(r["value"]) > 0 for r in rows if float(r["price"]) > 0)
    return {r["claim_id"]: r["price"] for r in rows}
bid = round(json.load(open("bid.json"))["returns"][0]["bid"] * 100)
floor = json.load(open("floor.json"))["returns"][0]
assert floor["binding"] == "multiple"
plain = check("bid.csv", "value.csv", bid)
check("floor.csv", "value.csv", round(floor["bid"] * 100))
few = check("small.csv", "value.csv", 7)
check("other.csv", "value20.csv", 12345678)
check("nothing.csv", "value.csv", 0)
assert {r["claim_id"]: r["price"] for r in read("shuffled-shares.csv")} == plain
assert {r["claim_id"]: r["price"] for r in read("shuffled-small.csv")} == few
assert abs(sum(float(r["face"]) for r in read("bid.csv")) - json.load(open("bid.json"))["face"]) < 1.0
twins = [plain[f"TWIN,{n}"] for n in range(10)]
assert twins == sorted(twins, reverse=True), twins
assert json.load(open("packed.json")) == json.load(open("bid.json"))
END
# A price that only the twins can share: the cents that are left go by name.
{ head -1 t.csv; grep '^"TWIN' t.csv; } >twins.csv
jalki import twins.csv -o twins.h5 --cutoff 2026-06-30 --quiet >/dev/null
jalki price twins.h5 --model "$model" --quiet --claims twins-shares.csv --allocate 10.07 >/dev/null
python3 - <<'END'
import csv
rows = {r["claim_id"]: r["price"] for r in csv.DictReader(open("twins-shares.csv"))}
assert [rows[f"TWIN,{n}"] for n in range(10)] == ["1.01"] * 7 + ["1.00"] * 3, rows
END
refused 2 "expected one --irr" "${price[@]}" --irr 0.1,0.2 --claims never.csv
refused 2 "is about --claims" "${price[@]}" --allocate 5
refused 2 "is not a file" "${price[@]}" --claims -
refused 1 "is an input" "${price[@]}" --claims t.h5
refused 1 "named for two outputs" "${price[@]}" --claims never.csv --json never.csv
refused 1 "No space left" "${price[@]}" --claims /dev/full
{ head -1 t.csv; grep ',deceased,' t.csv; } >dead.csv
jalki import dead.csv -o dead.h5 --cutoff 2026-06-30 --quiet >/dev/null
refused 1 "no claim is worth anything" jalki price dead.h5 --model "$model" --quiet --claims never.csv --allocate 5
jalki price dead.h5 --model "$model" --quiet --claims none.csv >/dev/null
grep -q ",0.00,0.00,0.0000$" none.csv || fail "a worthless claim has a share: $(head -2 none.csv)"
echo "price claims: all well"
