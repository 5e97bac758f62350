#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jalki account end to end: the rate is that of price, a roll-forward written anew from the rules gives the same book.
. "$JALKI_SOURCE/tests/support/shell.sh"

jalki generate -n 2000 -o t.csv --seed 3 --quiet
jalki import t.csv -o t.h5 --cutoff 2026-06-30 --quiet >/dev/null
jalki value t.h5 --model "$model" --quiet --with-all --cashflow bought.csv --json v.json >/dev/null
jalki value t.h5 --model "$model" --quiet --cutoff 2027-06-30 --with-all --cashflow later.csv >/dev/null
price=$(python3 -c 'import json; print(round(0.9 * json.load(open("v.json"))["bid"], 2))')
python3 - <<'END'
import csv
with open("actual.csv", "w") as full, open("collected.csv", "w") as plain:
    full.write("month,gross,cost,sale\n")
    plain.write("month,collections\n")
    for row in csv.DictReader(open("bought.csv")):
        if row["segment"] == "all" and int(row["month"]) <= 12:
            factor = 1.1 - 0.03 * int(row["month"])
            full.write(f"{row['month']},{factor * float(row['gross'])},{row['cost']},0\n")
            plain.write(f"{row['month']},{factor * float(row['gross'])}\n")
END
jalki account t.h5 --model "$model" --quiet --price "$price" --flows net --capitalise-onboarding --format json >tape.json
jalki price t.h5 --model "$model" --quiet --asked "$price" --format json >price.json
jalki account t.h5 --model "$model" --quiet --format json >gross.json
book=(jalki account --cashflow bought.csv --price "$price" --transaction-costs 1000 --quiet)
for basis in gross net; do
    "${book[@]}" --flows $basis --actual actual.csv --revised later.csv --first-year 6 --json $basis-book.json >table.txt
    "${book[@]}" --flows $basis --actual actual.csv --revised 12=later.csv --first-year 6 --by month --format csv >$basis.csv
    "${book[@]}" --flows $basis --actual actual.csv --revised later.csv --first-year 6 --format csv >$basis-years.csv
done
grep -q "effective interest rate" table.txt && grep -q "over forecast" table.txt || fail "the table: $(cat table.txt)"
"${book[@]}" --actual collected.csv --revised 12=later.csv --revised 20=later.csv --json two.json >/dev/null
"${book[@]}" --format csv --by month >plain.csv
export price
python3 - <<'END'
import csv, json, os
price = float(os.environ["price"])
near = lambda a, b, size=0.0, relative=1e-9: abs(a - b) <= relative * max(abs(a), abs(b), size) + 1e-6
tape, asked, gross = json.load(open("tape.json")), json.load(open("price.json")), json.load(open("gross.json"))
assert near(tape["eir"], asked["returns"][0]["asked"]["irr"]), "on net flows with onboarding the rate is the return"
assert near(tape["carrying_amount"], price + asked["onboarding"])
assert near(gross["price"], json.load(open("v.json"))["bid"]) and gross["onboarding"] == 0
assert gross["eir"] > tape["eir"] and gross["manifest"]["program"] == "jalki"
def flows(name, basis):
    rows = [r for r in csv.DictReader(open(name)) if r.get("segment", "all") == "all"]
    if "collections" in rows[0]:
        return [float(r["collections"]) for r in rows]
    return [float(r["gross"]) + float(r["sale"]) - (float(r["cost"]) if basis == "net" else 0) for r in rows]
for row in csv.DictReader(open("bought.csv")): # debtors pay in spells: instalments are a part of what is booked
    assert row["segment"] != "all" or 0 < float(row["instalments"]) < float(row["gross"]), row
worth = lambda flow, rate: sum(c / (1 + rate) ** ((t + 0.5) / 12) for t, c in enumerate(flow))
def rate_of(flow, outlay):
    low, high = -0.9, 50.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if worth(flow, middle) > outlay else (low, middle)
    return low
for basis in ("gross", "net"):
    bought, actual, later = (flows(n, basis) for n in ("bought.csv", "actual.csv", "later.csv"))
    book = json.load(open(f"{basis}-book.json"))
    rate = rate_of(bought, price + 1000)
    assert near(book["eir"], rate, 1.0), (basis, book["eir"], rate)
    # Day by half month: accrue, take the money, accrue again; then the value of what is still expected.
    carrying, rows = price + 1000, list(csv.DictReader(open(f"{basis}.csv")))
    half = (1 + rate) ** (1 / 24)
    assert len(rows) == len(book["months"]) == 12 + len(later)
    for t, row in enumerate(rows, 1):
        opening = carrying
        paid = actual[t - 1] if t <= 12 else later[t - 13]
        accrued = (opening * half - paid) * half
        carrying = worth(bought[t:], rate) if t < 12 else worth(later[t - 12:], rate)
        expected = bought[t - 1] if t <= 12 else paid
        gain = (paid - expected) * half
        wanted = {"opening": opening, "collections": paid, "interest": accrued - opening + paid, "closing": carrying,
                  "performance": gain, "revision": carrying - accrued - gain, "expected": expected}
        for key, amount in wanted.items():
            assert near(float(row[key]), amount, price), (basis, t, key, row[key], amount)
            assert near(book["months"][t - 1][key], amount, price), (basis, t, key)
    assert abs(carrying) < 1e-9 and book["total"]["closing"] == 0
    years = list(csv.DictReader(open(f"{basis}-years.csv")))
    assert [int(y["last_month"]) for y in years][:3] == [6, 18, 30] and {y["eir"] for y in years} == {f"{book['eir']:.8f}"}
    for key in ("interest", "collections", "performance", "revision", "cost"):
        assert near(sum(float(y[key]) for y in years), sum(float(r[key]) for r in rows), price), key
        assert near(sum(y[key] for y in book["years"]), book["total"][key], price), key
    assert (book["total"]["cost"] == 0) == (basis == "net")
two = json.load(open("two.json"))
assert [m["last_month"] for m in two["months"] if abs(m["revision"]) > 1e-6] == [12, 20]
assert two["months"][0]["cost"] > 0, "without actual costs the forecast's count"
plain = list(csv.DictReader(open("plain.csv")))
assert all(float(r["revision"]) == 0 == float(r["performance"]) for r in plain) and len(plain) == 180
END
# Several pools: each is the book that it has alone, in the months of all; amounts are added up, rates are not.
printf 'month,collections\n1,110\n2,133.1\n' >short.csv # at 21 % a month, half of it a tenth: 100 and 100, paid 200
printf 'month,collections\n1,99\n' >came.csv
mkdir pools
cp short.csv came.csv actual.csv bought.csv later.csv pools
cp short.csv pools/short.json
cat >pools/pools.csv <<END
pool,cashflow,price,transaction_costs,bought,actual,revised
old,bought.csv,$price,1000,,actual.csv,12=later.csv;20=later.csv
new,short.csv,200,,8,came.csv,
same day,short.json,200,0,0,,
END
jalki account --pools pools/pools.csv --first-year 6 --json pools.json --quiet >pools.txt
jalki account --pools pools/pools.csv --first-year 6 --by month --format csv --quiet >pools-months.csv
"${book[@]}" --actual actual.csv --revised 12=later.csv --revised 20=later.csv --first-year 6 --json alone.json >/dev/null
grep -q "+ purchased" pools.txt && grep -q "same day" pools.txt || fail "the table of pools: $(cat pools.txt)"
python3 - <<'END'
import csv, json
near = lambda a, b: abs(a - b) <= 1e-9 * max(abs(a), abs(b)) + 1e-6
found, alone = json.load(open("pools.json")), json.load(open("alone.json"))
old, new, same = found["pools"]
assert (old["pool"], new["bought"], same["price"]) == ("old", 8, 200)
for part in ("total", "years", "months"):
    assert old[part] == alone[part], part
assert near(new["eir"], 1.1 ** 24 - 1) and near(same["eir"], new["eir"]) and old["eir"] == alone["eir"]
# 200 grow to 242 within the month; 99 of the 110 came at its middle; the 11 are a loss with half a month's interest.
first, last = new["months"]
assert (first["first_month"], last["last_month"]) == (9, 10)
for key, amount in (("opening", 200), ("interest", 42 - 9.9), ("collections", 99), ("performance", -12.1), ("closing", 121),
                    ("impairment", 12.1), ("lapsed", 11), ("allowance", 0)):
    assert near(first[key], amount), (key, first)
assert [(y["first_month"], y["last_month"]) for y in new["years"]] == [(9, 10)] and found["years"][0]["last_month"] == 6
for month in found["months"]:
    m = month["first_month"]
    parts = [row for pool in found["pools"] for row in pool["months"] if row["first_month"] == m]
    for key in ("interest", "collections", "performance", "revision", "closing", "cost", "allowance", "gross_carrying_amount"):
        assert near(month[key], sum(row[key] for row in parts)), (m, key)
    assert near(month["purchased"], 200 if m == 9 else 0), month
    moved = month["opening"] + month["purchased"] + month["interest"] - month["collections"] + month["performance"] + month["revision"]
    assert near(moved, month["closing"]), month
for before, after in zip(found["months"], found["months"][1:]):
    assert near(before["closing"], after["opening"]) and near(before["allowance"], after["allowance_opening"])
assert near(found["months"][0]["opening"], alone["carrying_amount"] + 200) and near(found["total"]["purchased"], 200)
rows = list(csv.DictReader(open("pools-months.csv")))
assert [len([r for r in rows if r["pool"] == name]) for name in ("old", "new", "same day", "all")] == [len(old["months"]), 2, 2, len(found["months"])]
# What the table of pools says: in CSV, too, and of the total as JSON has it.
assert {(r["pool"], r["eir"], r["bought"]) for r in rows} == {(p["pool"], f"{p['eir']:.8f}", str(p["bought"])) for p in found["pools"]} | {("all", "", "")}
table = [line.replace(",", "").split() for line in open("pools.txt")]
for pool in found["pools"]:
    t = pool["total"]
    assert [*pool["pool"].split(), str(pool["bought"]), f"{t['opening']:.2f}", f"{100 * pool['eir']:.2f}", "%", f"{t['interest']:.2f}",
            f"{t['collections']:.2f}", f"{t['performance'] + t['revision']:.2f}"] in table, pool["pool"]
assert found["total"]["eir"] is None and {row["eir"] for row in new["months"]} == {new["eir"]} == {new["total"]["eir"]}
END
for row in "a,short.csv,x:is not an amount" "a,none.csv,5:none.csv" "a,,5:is not a file of flows" ",short.csv,5:is not a name" \
    "a,short.csv,200,-1:bought: '-1' is not a number of months" "a,short.csv,200,0,later.csv:MONTH=FILE" "a,short.csv,0:a: the expected flows"; do
    printf 'pool,cashflow,price,bought,revised\n%s\n' "$(printf '%s' "${row%%:*},,," | cut -d, -f1-5)" >pools/wrong.csv
    refused 1 "${row#*:}" jalki account --pools pools/wrong.csv --json never.json
done
printf 'pool,cashflow,price\na,short.csv,200\na,short.csv,200\n' >pools/twice.csv
refused 1 "expected each pool once" jalki account --pools pools/twice.csv --json never.json
refused 1 "is an input" jalki account --pools pools/pools.csv --json pools/short.json
refused 2 "a pool's own" jalki account --pools pools/pools.csv --price 5
refused 2 "is needed" jalki account
refused 2 "one of them" jalki account t.h5 --model "$model" --cashflow bought.csv
refused 2 "--price is needed" jalki account --cashflow bought.csv
refused 2 "in which month" "${book[@]}" --revised later.csv
refused 2 "not net or gross" "${book[@]}" --flows both
refused 2 "--transaction-costs" jalki account --cashflow bought.csv --price 1 --capitalise-onboarding
refused 1 "no effective interest rate" jalki account --cashflow bought.csv --price 0 --json never.json
printf 'month,collections\n1,0\n2,0\n' >nothing.csv
refused 1 "no effective interest rate" jalki account --cashflow nothing.csv --price 5 --json never.json
awk 'BEGIN {print "month,collections"; for (t = 1; t <= 60; t++) print t "," (t == 12 ? 500 : t == 60 ? -450 : 0)}' >turns.csv
refused 1 "several effective interest rates" jalki account --cashflow turns.csv --price 100 --json never.json
sed 's/-450/-350/' turns.csv >tail.csv # what comes in is more than what goes out: of two rates one is above 0
jalki account --cashflow tail.csv --price 100 --format json >tail.json
python3 -c 'import json; rate = json.load(open("tail.json"))["eir"]; assert rate > 0 and abs(500 / (1 + rate) ** (11.5 / 12) - 350 / (1 + rate) ** (59.5 / 12) - 100) < 1e-6'
awk 'BEGIN {print "month,collections"; for (t = 1; t <= 10; t++) print t ",100"}' >equal.csv
jalki account --cashflow equal.csv --price 1000 --format json >equal.json 2>note.txt
[ ! -s note.txt ] || fail "what is paid back to the cent is warned of: $(cat note.txt)"
grep -q '"eir": 0.0' equal.json || fail "a rate beside 0: $(grep eir equal.json)"
jalki account --cashflow equal.csv --price 1001 2>note.txt >/dev/null
grep -q "more than all that is expected" note.txt || fail "no word on a loss of 1"
refused 1 "above 10,000 %" jalki account --cashflow equal.csv --price 80 --json never.json
awk 'BEGIN {print "month,collections"; for (t = 1; t <= 24; t++) print t ",-10"}' >falls.csv
jalki account --cashflow equal.csv --price 900 --revised 4=falls.csv --json falls.json 2>note.txt >/dev/null
grep -q "falls below 0, to -.* at the end of month 4" note.txt || fail "no word on a negative carrying amount"
grep -q '"least_carrying_amount": -' falls.json || fail "no least carrying amount"
jalki account --cashflow bought.csv --price 1e9 2>note.txt >/dev/null
grep -q "more than all that is expected" note.txt || fail "no word on a price above all that is expected"
refused 1 "two new forecasts" "${book[@]}" --revised 3=later.csv --revised 3=later.csv --json never.json
refused 1 "needs forecasts with costs" jalki account --cashflow collected.csv --price 9 --flows net
refused 1 "none.csv" "${book[@]}" --revised 3=none.csv
refused 1 "is an input" "${book[@]}" --json bought.csv
printf 'month,gross\n1,5\n3,5\n' >gap.csv
refused 1 "gap.csv:3: month: '3' is not the next month; expected 2" jalki account --cashflow gap.csv --price 9
printf 'month,gross,cost,sale\n1,5,x,0\n' >word.csv
refused 1 "word.csv:2: cost: 'x' is not an amount" jalki account --cashflow word.csv --price 9
jalki value t.h5 --model "$model" --quiet --cashflow parts.csv >/dev/null
jalki account --cashflow parts.csv --price 70000 --json parts.json >/dev/null
jalki account --cashflow bought.csv --price 70000 --json whole.json >/dev/null
python3 -c 'import json; a, b = (json.load(open(f))["eir"] for f in ("parts.json", "whole.json")); assert abs(a - b) < 1e-8, (a, b)'
printf 'month,segment,gross\n2,fi,5\n' >part.csv
refused 1 "part.csv:2: month: '2' is not the next month; expected 1" jalki account --cashflow part.csv --price 9
printf 'month,value\n1,5\n' >other.csv
refused 1 "no such column" jalki account --cashflow other.csv --price 9
printf 'month,gross\n1,nan\n' >nan.csv
refused 1 "not an amount" jalki account --cashflow nan.csv --price 9
printf '\0\1\2' >bytes.csv
refused 1 "bytes.csv" jalki account --cashflow bytes.csv --price 9
refused 1 "standard output" bash -c '"$0" account --cashflow bought.csv --price "$1" --format csv >/dev/full' "$JALKI_PROGRAM" "$price"
echo "account: all well"
