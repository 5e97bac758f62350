# SPDX-License-Identifier: Apache-2.0
# The inspect command: its three formats, groups, threads, and what it says to wrong calls and broken files.
. "$JALKI_SOURCE/tests/support/shell.sh"
"$JALKI_PROGRAM" import "$JALKI_SOURCE/data/sample-tape.csv.gz" -o t.h5 --cutoff 2026-06-30 --quiet > /dev/null
"$JALKI_PROGRAM" inspect t.h5 > table.txt
grep -q "20,000 claims" table.txt || fail "no count of claims"
grep -q "^Balance by currency" table.txt || fail "no balances"
grep -q "^Age of the debt" table.txt || fail "no ages"
"$JALKI_PROGRAM" inspect t.h5 --by country --threads 1 > one.txt
"$JALKI_PROGRAM" inspect t.h5 --by country --threads 5 > five.txt
cmp one.txt five.txt || fail "threads show in the figures"
grep -q "^By group" one.txt || fail "no groups"
"$JALKI_PROGRAM" inspect t.h5 --by product --format json | python3 -c '
import json, sys
figures = json.load(sys.stdin)
assert figures["claims"] == 20000
assert sum(level["claims"] for level in figures["columns"]["country"]["levels"].values()) == 20000
assert sum(group["amounts"]["claims"] for group in figures["groups"]) == 20000
' || fail "JSON"
"$JALKI_PROGRAM" inspect t.h5 --format csv | python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert all(len(row) == 6 and None not in row.values() for row in rows)
assert [row["value"] for row in rows if row["section"] == "tape" and row["figure"] == "claims"] == ["20000"]
' || fail "CSV"
# CSV and JSON have the same figures under the same names, dates as dates (their means and fences, too).
"$JALKI_PROGRAM" inspect t.h5 --by country --format json > figures.json
"$JALKI_PROGRAM" inspect t.h5 --by country --format csv > figures.csv
/usr/bin/python3 - << 'END' || fail "CSV and JSON differ"
import csv, json
figures = json.load(open("figures.json"))
keys = ("section", "group", "currency", "item", "figure")
found = {tuple(row[key] for key in keys): row["value"] for row in csv.DictReader(open("figures.csv"))}
def same(value, text):
    return text == value if isinstance(value, str) else abs(float(text) - value) <= max(0.0051, 1e-8 * abs(value))
seen = 0
for group, numbers in (("all", figures["numbers"]), *((one["group"], one["numbers"]) for one in figures["groups"])):
    for item, series in numbers.items():
        for currency, one in series.items() if "given" not in series else (("", series),):
            for name, value in one.items():
                key = ("numbers", group, currency, item, name.removesuffix("_fences"))
                assert same(value, found.pop(key)), (key, value)
                seen += isinstance(value, str)
assert seen > 20 and not any(key[0] == "numbers" for key in found if found[key] != "0"), [key for key in found if key[0] == "numbers"]
for name, one in figures["bands"]["claims_per_debtor"].items():
    for figure, value in one.items():
        assert found["claims per debtor", "all", "", name, figure] == str(value)
for currency, one in figures["currencies"].items():
    for figure in ("balance", "principal", "interest", "fees", "mean", "median", "maximum"):
        assert same(one[figure], found["tape", "all", currency, "", figure]), (currency, figure)
    assert same(one["share_of_largest_percent"], found["tape", "all", currency, "", "top_percent_share"])
    assert abs(one["balance"] - one["principal"] - one["interest"] - one["fees"]) < 0.01 * one["claims"]
    assert one["largest"][0]["balance"] == one["maximum"]
END
code=0; "$JALKI_PROGRAM" inspect t.h5 --by contry 2> message || code=$?
[ "$code" = 2 ] && grep -q "did you mean 'country'" message || fail "wrong --by"
code=0; "$JALKI_PROGRAM" inspect 2> message || code=$?
[ "$code" = 2 ] || fail "no tape"
head -c 100000 t.h5 > half.h5
code=0; "$JALKI_PROGRAM" inspect half.h5 2> message || code=$?
[ "$code" = 1 ] && grep -q "half.h5" message || fail "truncated store"
code=0; "$JALKI_PROGRAM" inspect "$JALKI_SOURCE/data/sample-tape.csv.gz" 2> message || code=$?
[ "$code" = 1 ] || fail "not a store"
code=0; "$JALKI_PROGRAM" inspect none.h5 2> message || code=$?
[ "$code" = 1 ] && grep -q "none.h5" message || fail "no such file"
echo "inspect: all is as promised"
