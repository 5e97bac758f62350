#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jalki value end to end: figures of its files agree, nothing shows of threads, failures leave old files untouched.
. "$JALKI_SOURCE/tests/support/shell.sh"
trap 'umount "$work/small" 2>/dev/null || true; rm -rf "$work"' EXIT

jalki generate -n 3000 -o t.csv --seed 7 --quiet
jalki import t.csv -o t.h5 --cutoff 2026-06-30 --quiet >import.txt
value=(jalki value t.h5 --model "$model" --quiet)

# The files agree with each other and with the contract.
"${value[@]}" --claims c.csv --cashflow f.csv --years y.csv --json j.json -o r.h5 >table.txt
"${value[@]}" --format csv --cashflow all.csv --with-all >groups.csv
grep -v ',all,' all.csv | cmp - f.csv
"${value[@]}" --claims full.csv --full >/dev/null
python3 "$JALKI_SOURCE/tests/cli/value_figures.py" c.csv full.csv all.csv j.json y.csv groups.csv t.csv table.txt
grep -q "^By decision" table.txt && grep -q "money multiple" table.txt || fail "the tables are not complete"
[ "$(head -c 8 r.h5 | tail -c 7 | head -c 3)" = HDF ] || fail "r.h5 is not HDF5"

# The same bytes for any number of threads; the compressed form holds the same rows; stdout takes JSON and CSV.
for threads in 1 2 7; do
    "${value[@]}" --threads $threads --claims c2.csv --cashflow f2.csv --json j2.json >/dev/null
    for file in c f j; do cmp $file.* ${file}2.*; done
done
for blocks in 1 97 100000; do
    JALKI_BLOCK_ROWS=$blocks "${value[@]}" --claims c2.csv --cashflow f2.csv --json j2.json >/dev/null
    for file in c f j; do cmp $file.* ${file}2.*; done
done
JALKI_ISA=base "${value[@]}" --claims c3.csv.gz --json - >j3.json
gzip -dc c3.csv.gz | cmp - c.csv
cmp j.json j3.json
"${value[@]}" --format json | cmp - j.json
"${value[@]}" --format csv | grep >/dev/null "^all,all,3000," || fail "no total in the CSV on stdout"
"${value[@]}" --claims /dev/stdout --format csv >both.txt
grep -q "^claim_id,score" both.txt || fail "claims did not go to /dev/stdout"

# --sell and --cutoff and --irr do what they say.
"${value[@]}" --sell --json sell.json --irr 0.10 --cutoff 2026-12-31 >/dev/null
python3 - <<'END'
import json
base, sell = json.load(open("j.json")), json.load(open("sell.json"))
assert sell["decisions"]["sell"]["claims"] > 0 and base["decisions"]["sell"]["claims"] == 0
assert sell["irr"] == 0.1 and sell["manifest"]["cutoff"] == "2026-12-31" and sell["manifest"]["options"]["sell"]
END

# Memory is said before the work, and bounded.
jalki value t.h5 --model "$model" --explain-memory >/dev/null 2>memory.txt
grep -q "memory: .* MB" memory.txt || fail "--explain-memory says nothing"
"${value[@]}" --memory 60M --json j4.json >/dev/null
cmp j.json j4.json
refused 1 "expected at least" "${value[@]}" --memory 2M

# Mistakes.
refused 2 "model M.yaml is needed" jalki value t.h5
refused 2 "a tape is needed" jalki value --model "$model"
refused 2 "not a number from" "${value[@]}" --irr abc
refused 2 "not a date" "${value[@]}" --cutoff 2026-02-30
refused 2 "not a size" "${value[@]}" --memory lots
refused 2 "claims F.csv" "${value[@]}" --full
refused 1 "is no name of a file here" "${value[@]}" --claims -
refused 1 "is no name of a file here" "${value[@]}" -o -
[ ! -e ./- ] || fail "a file named - is left"
[[ $(jalki help value) == *--sell* ]] || fail "value has no --sell"
[[ $(jalki help decide) == *" --sell"* ]] || fail "decide has no --sell"
refused 1 "none.h5" jalki value none.h5 --model "$model"
refused 1 "none.yaml" jalki value t.h5 --model none.yaml
refused 1 "after the cut-off 2016-01-01" "${value[@]}" --cutoff 2016-01-01 --claims new.csv
jalki import t.csv -o undated.h5 --quiet >import.txt
refused 1 "expected --cutoff" jalki value undated.h5 --model "$model"
"${value[@]/t.h5/undated.h5}" --cutoff 2026-06-30 --claims c5.csv >/dev/null
cmp c.csv c5.csv
refused 1 "v9" env JALKI_ISA=v9 "$JALKI_PROGRAM" value t.h5 --model "$model"
for blocks in 0 -1 many 2000000; do
    refused 1 "JALKI_BLOCK_ROWS is \"$blocks\"" env JALKI_BLOCK_ROWS=$blocks "$JALKI_PROGRAM" value t.h5 --model "$model"
done
[ ! -e new.csv ] || fail "a failed run left a file"

# An output that is an input, or that two options name, is refused before anything is lost.
cp t.h5 kept.h5
ln -s t.h5 link.h5
for output in t.h5 ./t.h5 "$PWD/t.h5" link.h5; do
    refused 1 "is an input of this run" "${value[@]}" -o $output
done
refused 1 "is an input of this run" "${value[@]}" --claims t.h5
refused 1 "is an input of this run" "${value[@]}" --json "$model"
refused 1 "named for two outputs" "${value[@]}" -o twice --claims ./twice
cmp t.h5 kept.h5
[ ! -e twice ] || fail "a refused run left a file"
"${value[@]}" --claims /dev/null --cashflow /dev/null >/dev/null

# A device that is full, a folder that is not there: a clear message, and no file is half written.
for option in --claims --cashflow --json; do
    refused 1 "dev/full" "${value[@]}" $option /dev/full
    refused 1 "nowhere/x" "${value[@]}" $option nowhere/x
done
refused 1 "nowhere/x" "${value[@]}" -o nowhere/x
refused 1 "standard output" bash -c '"$0" help value >/dev/full' "$JALKI_PROGRAM"
[ -c /dev/full ] || fail "/dev/full was replaced"
refused 1 "standard output" bash -c '"$0" value t.h5 --model "$1" >/dev/full' "$JALKI_PROGRAM" "$model"
if [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=128k none small 2>/dev/null; then
    echo old >small/c.csv
    refused 1 "No space left" "${value[@]}" --claims small/c.csv
    refused 1 "No space left" "${value[@]}" -o small/r.h5
    [ "$(cat small/c.csv)" = old ] && [ "$(ls small)" = c.csv ] || fail "a full disk left $(ls small)"
else
    echo "skipped: the full disk (needs root and tmpfs)"
fi

# What is said about memory holds; killed or interrupted at any moment, the old files stay, whole, and nothing lies
# beside them.
jalki generate -n 150000 -o big.csv --seed 8 --quiet
jalki import big.csv -o big.h5 --cutoff 2026-06-30 --quiet >import.txt
jalki import big.csv -o packed.h5 --compress 1 --cutoff 2026-06-30 --quiet >import.txt
for tape in big.h5 packed.h5; do
    python3 "$JALKI_SOURCE/tests/cli/value_memory.py" "$JALKI_PROGRAM" value $tape --model "$model" --threads 2 \
        --claims c6.csv -o r6.h5
done
mkdir out
echo old >out/c.csv
echo old >out/r.h5
for signal in KILL INT; do
    for delay in 0.02 0.1 0.2 0.3; do
        { timeout -s $signal $delay "$JALKI_PROGRAM" value big.h5 --model "$model" --quiet --claims out/c.csv \
            -o out/r.h5 >out.txt || true; } 2>err.txt
        for file in out/c.csv out/r.h5; do
            [ "$(cat $file | head -c 4)" = "old" ] || [ "$(stat -c %s $file)" -gt 10000000 ] || fail "$file is half written"
        done
        [ "$(ls out)" = "c.csv
r.h5" ] || fail "left behind: $(ls out)"
        echo old >out/c.csv
        echo old >out/r.h5
    done
done
echo "value: all well"
