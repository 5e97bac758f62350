#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jalki import from the outside: exit codes, what stands on which stream, what is left behind.
. "$JALKI_SOURCE/tests/support/shell.sh"

header=claim_id,country,currency,written_off_on,principal,fees
printf '%s\n' "$header" 'A,FI,EUR,2020-01-31,100.00,5.5' 'B,SE,SEK,2021-02-29,7,1' 'A,FI,EUR,2020-01-31,1,' 'C,FI,EUR,2022-05-01,0.005,' >tape.csv

# Too many rejects: exit 1, no store, no rejects file unless it was asked for.
status=0
"$JALKI_PROGRAM" import tape.csv -o T.h5 >out.txt 2>err.txt || status=$?
[ "$status" = 1 ] || fail "exit code $status for too many rejects"
grep -q '2 of 4 rows are bad' err.txt || fail "no count of bad rows: $(cat err.txt)"
grep -q 'duplicate' out.txt || fail "no counts by reason"
[ "$(ls | tr '\n' ' ')" = "err.txt out.txt tape.csv " ] || fail "something was left behind: $(ls)"
status=0
"$JALKI_PROGRAM" import tape.csv -o T.h5 --rejects bad.csv >out.txt 2>err.txt || status=$?
[ "$status" = 1 ] && [ ! -e T.h5 ] || fail "a store in spite of too many rejects"
cat >expected.csv <<'END'
line,claim_id,column,value,reason,expected,file
3,"B",written_off_on,"2021-02-29",bad_date,"a date that exists, YYYY-MM-DD or as the mapping says, from 1900 on","tape.csv"
4,"A",claim_id,"A",duplicate,"a claim_id of its own: the first row with it was kept","tape.csv"
END
diff expected.csv bad.csv || fail "the rejects file is another"
rm bad.csv

# Allowed: exit 0, the rejects file beside the store, JSON on stdout.
"$JALKI_PROGRAM" import tape.csv -o T.h5 --max-rejects 2 --format json --cutoff 2026-06-30 >out.json
[ -s T.h5 ] && [ -s T.h5.rejects.csv ] || fail "no store or no rejects file"
/usr/bin/python3 - out.json <<'END'
import hashlib, json, sys
summary = json.load(open(sys.argv[1]))
assert summary["rows_read"] == 4 and summary["rows_accepted"] == 2 and summary["debtors"] == 2, summary
assert summary["accepted"] == [{"currency": "EUR", "claims": 2, "balance": 105.51}], summary
assert summary["rejected"]["bad_date"]["rows"] == 1
assert summary["source_sha256"] == hashlib.sha256(open("tape.csv", "rb").read()).hexdigest()
assert summary["barred_by_rule"] == [{"currency": "EUR", "claims": 2, "balance": 105.51}]
END
"$JALKI_PROGRAM" import tape.csv -o T.h5 --max-rejects 50% --quiet >/dev/null || fail "50% of rows"
printf '%s\n' "$header" 'A,FI,EUR,2020-01-31,100.00,5.5' >good.csv
"$JALKI_PROGRAM" import good.csv -o T.h5 >/dev/null
[ ! -e T.h5.rejects.csv ] || fail "the rejects of an earlier import were left"

# Wrong usage is 2, a bad input is 1 and leaves an earlier store alone.
for arguments in "" "good.csv" "-o T.h5" "good.csv -o T.h5 --max-rejects x" "good.csv -o T.h5 --cutoff 2026-02-30" \
    "good.csv -o T.h5 --compress 10"; do
    status=0
    # shellcheck disable=SC2086
    "$JALKI_PROGRAM" import $arguments >/dev/null 2>&1 || status=$?
    [ "$status" = 2 ] || fail "exit code $status for '$arguments'"
done
cp T.h5 before.h5
for bad in missing.csv /dev/null "$work" T.h5; do
    status=0
    "$JALKI_PROGRAM" import "$bad" -o T.h5 >/dev/null 2>err.txt || status=$?
    [ "$status" = 1 ] && [ -s err.txt ] || fail "exit code $status for $bad"
    cmp -s T.h5 before.h5 || fail "the store was changed by a failed import of $bad"
done
status=0
"$JALKI_PROGRAM" import good.csv -o good.csv 2>/dev/null || status=$?
[ "$status" = 1 ] && [ "$(wc -l <good.csv)" = 2 ] || fail "a source was written over"

# The separator is found and told; a missing column names its nearest.
sed 's/,/;/g' good.csv >semicolon.csv
"$JALKI_PROGRAM" import semicolon.csv -o S.h5 2>&1 >/dev/null | grep >/dev/null "separator is ';'" || fail "separator not told"
sed '1s/principal/prinicpal/' good.csv >typo.csv
status=0
"$JALKI_PROGRAM" import typo.csv -o S.h5 2>err.txt || status=$?
[ "$status" = 1 ] && grep -q "typo.csv:1: principal: .*nearest is 'prinicpal'" err.txt || fail "$(cat err.txt)"

# gzip: whole, truncated, with something behind it.
gzip -c good.csv >good.csv.gz
"$JALKI_PROGRAM" import good.csv.gz -o Z.h5 --format json | grep >/dev/null "$(sha256sum good.csv.gz | cut -c1-64)" || fail "sha256 of gzip"
head -c 60 good.csv.gz >cut.csv.gz
(cat good.csv.gz && echo more) >trailing.csv.gz
for bad in cut trailing; do
    status=0
    "$JALKI_PROGRAM" import $bad.csv.gz -o W.h5 2>err.txt || status=$?
    [ "$status" = 1 ] && grep -q gzip err.txt && [ ! -e W.h5 ] || fail "$bad gzip: $(cat err.txt)"
done

# An input is never replaced by an output.
printf 'claim_id,country,written_off_on,principal\n1,FI,2025-01-01,10\n' >only.csv
cp only.csv kept.csv
for output in "-o only.csv" "-o W.h5 --rejects ./only.csv" "-o W.h5 --rejects W.h5"; do
    status=0
    "$JALKI_PROGRAM" import only.csv $output >out.txt 2>err.txt || status=$?
    [ "$status" = 1 ] && grep -q "expected" err.txt || fail "$output: $(cat err.txt)"
    cmp only.csv kept.csv
done
[ ! -e W.h5 ] || fail "a store after a refused import"

# Killed: the old store stays and nothing else appears.
"$JALKI_PROGRAM" generate -n 300000 -o big.csv --quiet
cp T.h5 before.h5
mkdir target && cp T.h5 target/T.h5
"$JALKI_PROGRAM" import big.csv -o target/T.h5 --compress 9 --threads 1 >/dev/null &
sleep 0.3
kill -9 $! 2>/dev/null || true
wait $! 2>/dev/null || true
if cmp -s target/T.h5 before.h5; then
    [ "$(ls target)" = "T.h5" ] || fail "left behind after kill -9: $(ls target)"
fi
# Interrupted: exit 130 within a second or so, nothing left.
"$JALKI_PROGRAM" import big.csv -o target/N.h5 --compress 9 --threads 1 >/dev/null 2>err.txt &
sleep 0.3
kill -INT $!
status=0
wait $! || status=$?
[ "$status" = 130 ] || [ "$status" = 0 ] || fail "exit code $status when interrupted"
[ "$status" = 0 ] || [ ! -e target/N.h5 ] || fail "a store after an interruption"
echo passed
