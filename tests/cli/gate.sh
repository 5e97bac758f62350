#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gate before a bid: value, price, bid and report refuse a tape, a model or a return that is wrong by far, say what
# they saw, leave nothing behind, and go on where the code is accepted, which the manifest then tells.
. "$JALKI_SOURCE/tests/support/shell.sh"

# refused CODE WORDS COMMAND...: exit 1, the words and the code on stderr, nothing on stdout.
refused() {
    local code=$1 words=$2 status=0
    shift 2
    "$JALKI_PROGRAM" "$@" >out.txt 2>err.txt || status=$?
    [ "$status" = 1 ] || fail "exit code $status of $*: $(cat err.txt)"
    grep -q -- "--accept $code" err.txt || fail "$* does not name $code: $(cat err.txt)"
    grep -q -- "$words" err.txt || fail "$* does not say '$words': $(cat err.txt)"
    [ ! -s out.txt ] || fail "$* printed a bid"
}

# Four claims with rates in percent; and the same as shares.
cat >percent.csv <<'CSV'
claim_id,country,written_off_on,last_paid_on,principal,interest_rate
A,FI,2024-01-31,2026-05-01,1000,8.5
B,FI,2024-02-28,2026-05-01,2000,9.5
C,FI,2024-03-31,2026-05-01,3000,7
D,FI,2024-03-31,2026-05-01,4000,
CSV
sed 's/8\.5/0.085/; s/9\.5/0.095/; s/,7$/,0.07/' percent.csv >share.csv
"$JALKI_PROGRAM" import percent.csv -o percent.h5 --cutoff 2026-06-30 >/dev/null 2>&1
"$JALKI_PROGRAM" import share.csv -o share.h5 --cutoff 2026-06-30 >/dev/null
refused rate_percent '3 of 3 claims with a rate, up to 950 %' value percent.h5 --model "$model" -o R.h5 --claims c.csv
[ ! -e R.h5 ] && [ ! -e c.csv ] || fail "files of a refused valuation"
refused rate_percent 'unit: percent' price percent.h5 --model "$model"
refused rate_percent 'unit: percent' bid percent.h5 --model "$model" --rivals 0
"$JALKI_PROGRAM" value share.h5 --model "$model" -o S.h5 >value.txt || fail "a sound tape is refused"
grep -q 'bid ' value.txt || fail "no bid for a sound tape"

# Accepted: the manifest tells, and the report takes it from the results.
"$JALKI_PROGRAM" value percent.h5 --model "$model" --accept rate_percent,gross_above_face --json R.json -o R.h5 \
    >/dev/null 2>err.txt || fail "not accepted: $(cat err.txt)"
/usr/bin/python3 -c 'import json; m = json.load(open("R.json"))["manifest"]; assert m["accepted"] == ["rate_percent", "gross_above_face"], m'
"$JALKI_PROGRAM" report R.h5 -o R.html >/dev/null || fail "the report does not know what was accepted"

# Returns: a decimal comma makes two of them; 1500 % is none.
refused return_implausible 'a comma separates returns' price share.h5 --model "$model" --irr 0,15
refused return_implausible '1500 % a year' value share.h5 --model "$model" --irr 15
"$JALKI_PROGRAM" price share.h5 --model "$model" --irr 0,0.15 >/dev/null || fail "a return of 0 is fine by itself"
status=0
"$JALKI_PROGRAM" value share.h5 --model "$model" --irr 0,15 >/dev/null 2>&1 || status=$?
[ "$status" = 2 ] || fail "value --irr 0,15 is no number"

# Cut-offs: of the future, of the past, and years after the tape's newest date.
refused cutoff_far 'months after today' value share.h5 --model "$model" --cutoff 2029-06-30
SOURCE_DATE_EPOCH=$(date -ud 2031-01-15 +%s) refused cutoff_far 'months before today' value share.h5 --model "$model"
sed 's/,2026-05-01,/,,/; s/2024-/2014-/' share.csv >old.csv
"$JALKI_PROGRAM" import old.csv -o old.h5 --cutoff 2026-06-30 >/dev/null
refused cutoff_far 'after the newest date on the tape, 2014-03-31' value old.h5 --model "$model"

# Claims of another century beside one of today.
sed '2,3s/2024-/1954-/; 2,3s/,2026-05-01,/,,/' share.csv >ancient.csv
"$JALKI_PROGRAM" import ancient.csv -o ancient.h5 --cutoff 2026-06-30 >/dev/null
refused old_claims '2 of 4 claims are older than 50 years' value ancient.h5 --model "$model"

# The base currency changed, the costs of the segments left in euros.
cat >krona.yaml <<YAML
include: [$model]
base_currency: SEK
fx: {SEK: 1.0, EUR: 11.3, DKK: 1.51, NOK: 0.97}
YAML
refused base_currency 'EUR: were the costs of the segments left' value share.h5 --model krona.yaml

# Codes are checked.
status=0
"$JALKI_PROGRAM" value share.h5 --model "$model" --accept rate_percen >/dev/null 2>err.txt || status=$?
[ "$status" = 2 ] && grep -q "did you mean 'rate_percent'" err.txt || fail "a mistyped code: $(cat err.txt)"
