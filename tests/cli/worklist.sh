#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# jalki worklist and decide on the command line: the order and the sums again from the claims file, mistakes, nothing left behind.
. "$JALKI_SOURCE/tests/support/shell.sh"
"$JALKI_PROGRAM" generate -n 3000 -o tape.csv --quiet
"$JALKI_PROGRAM" import tape.csv -o tape.h5 --cutoff 2026-06-30 --quiet >/dev/null
"$JALKI_PROGRAM" decide tape.h5 --model "$model" --by-claim --agent-hours 100 --max legal@SE=20 --claims claims.csv \
    --json decided.json --quiet >/dev/null
"$JALKI_PROGRAM" worklist tape.h5 --model "$model" --top 200 --json list.json --quiet >/dev/null
"$JALKI_PROGRAM" worklist tape.h5 --model "$model" --top 200 --format csv --quiet --threads 1 >list.csv

cat >check.py <<'PYTHON'
"""The worklist once more from the claims file of `decide` (which has values and hours) and the tape."""
import csv
import json

tape = {row["claim_id"]: row for row in csv.DictReader(open("tape.csv"))}
claims = list(csv.DictReader(open("claims.csv")))
decided = json.load(open("decided.json"))
made = json.load(open("list.json"))


def best(row):
    """(gain, action, hours) of the better of amicable and legal over waiting; None where nothing is gained."""
    waiting = max(0.0, float(row["q_surveil"] or 0.0))
    options = [(float(row["q_" + a]) - waiting, a, float(row["hours_" + a])) for a in ("amicable", "legal") if row["q_" + a]]
    options = [o for o in options if o[0] > 0]
    return max(options, key=lambda o: o[0]) if options else None


expected = []
counts = {"barred": 0, "vulnerable": 0, "disputed": 0, "no_channel": 0, "no_gain": 0}
for place, row in enumerate(claims):
    source = tape[row["claim_id"]]
    found = best(row)
    if row["reason"] in ("barred", "status"):
        counts["barred"] += 1
    elif source["vulnerable"] == "1":
        counts["vulnerable"] += 1
    elif source["legal_status"] == "disputed":
        counts["disputed"] += 1
    elif source["reachable"] == "none":
        counts["no_channel"] += 1
    elif found is None:
        counts["no_gain"] += 1
    else:
        expected.append((-found[0] / found[2], place, row["claim_id"], found))
expected.sort()
assert {k: v["claims"] for k, v in made["excluded"].items()} == counts, (made["excluded"], counts)
assert made["eligible"] == len(expected)
assert len(made["rows"]) == 200
for mine, theirs in zip(expected, made["rows"]):
    # Equal to the six digits that the file has; neighbours nearer than that may change places.
    assert abs(-mine[0] - theirs["gain_per_hour"]) <= 1e-4 * -mine[0], (mine, theirs)
listed = [row["claim_id"] for row in csv.DictReader(open("list.csv"))]
assert listed == [row["claim_id"] for row in made["rows"]]
assert abs(made["listed"]["gain"] - sum(e[3][0] for e in expected[:200])) < 0.01 * 200
assert made["largest_first"]["hours"] <= made["listed"]["hours"] + 1e-9
assert made["largest_first"]["gain"] <= made["listed"]["gain"]
used = sum(float(row["hours_" + row["decision"]]) for row in claims if row["decision"] in ("surveil", "amicable", "legal"))
assert used <= 100 + 1e-9 and abs(used - decided["use"]["agent_hours"]) < 1e-6
assert sum(row["decision"] == "legal" and tape[row["claim_id"]]["country"] == "SE" for row in claims) <= 20
assert sum(d["claims"] for d in decided["decisions"].values()) == len(claims)
assert decided["objective"] <= decided["bound"] <= decided["unlimited"] + 1e-3
PYTHON
/usr/bin/python3 check.py

fails() { # fails CODE WORDS COMMAND…
    local code=0
    "$JALKI_PROGRAM" "${@:3}" >out 2>err || code=$?
    [[ $code == "$1" ]] || { echo "exit $code, expected $1: $*"; cat err; exit 1; }
    grep -q -- "$2" err || { echo "no '$2' in:"; cat err; exit 1; }
}
fails 2 "is not gain_per_hour" worklist tape.h5 --model "$model" --by size
fails 2 "ACTION=N" decide tape.h5 --model "$model" --max close=3
fails 2 "is not a number" decide tape.h5 --model "$model" --court-budget much
fails 1 "nor a team; did you mean fi-bills?" worklist tape.h5 --model "$model" --segment fi-bilsl
fails 1 "neither a country of the tape, nor a segment" decide tape.h5 --model "$model" --court-budget XX=3
fails 1 "cannot" decide tape.h5 --model "$model" --claims /nonexistent/c.csv
"$JALKI_PROGRAM" decide --help | grep >/dev/null Example
"$JALKI_PROGRAM" worklist --help | grep >/dev/null Example

# The candidates count: what is said is what is taken, and a bound that they do not fit in is refused.
"$JALKI_PROGRAM" generate -n 120000 -o many.h5 --seed 5 --quiet
for command in worklist "decide --by-claim --agent-hours 2000 --court-budget 9000"; do
    # shellcheck disable=SC2086 # the words of the command
    set -- $command
    python3 "$JALKI_SOURCE/tests/cli/value_memory.py" "$JALKI_PROGRAM" "$1" many.h5 --model "$model" "${@:2}" --quiet --threads 1
done
code=0
"$JALKI_PROGRAM" worklist many.h5 --model "$model" --memory 15M --quiet >/dev/null 2>err.txt || code=$?
[ "$code" = 1 ] && grep -q "what is made of the claims" err.txt || { echo "15 MB are accepted: $(cat err.txt)"; exit 1; }
code=0
"$JALKI_PROGRAM" simulate many.h5 --model "$model" --memory 60M --paths 100 --quiet >/dev/null 2>err.txt || code=$?
[ "$code" = 1 ] && grep -q "what is made of the claims" err.txt || { echo "60 MB are accepted: $(cat err.txt)"; exit 1; }
"$JALKI_PROGRAM" simulate many.h5 --model "$model" --paths 100 --quiet --explain-memory 2>&1 >/dev/null | grep >/dev/null "jalki: memory:"
