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
