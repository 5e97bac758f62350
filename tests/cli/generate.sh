#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# jalki generate on the command line: files by their ending, usage mistakes, quiet runs.
. "$JALKI_SOURCE/tests/support/shell.sh"

"$JALKI_PROGRAM" generate -n 5000 -o a.csv --quiet 2>messages
[ ! -s messages ]
"$JALKI_PROGRAM" generate -n 5000 -o b.csv.gz --seed 1 --cutoff 2026-06-30 --threads 1 2>messages
grep -q '^jalki: 5000 claims written to b.csv.gz$' messages
gzip -dc b.csv.gz | cmp - a.csv
[ "$(wc -l <a.csv)" = 5001 ]
"$JALKI_PROGRAM" generate -n 5000 -o c.csv --seed 2 --quiet
cmp -s a.csv c.csv && { echo "seeds 1 and 2 give the same tape"; exit 1; }

usage_mistake() {
    local expected=$1 code=0
    shift
    "$JALKI_PROGRAM" generate "$@" >output 2>messages || code=$?
    [ "$code" = 2 ] || { echo "generate $*: exit $code, expected 2"; exit 1; }
    grep -q -- "$expected" messages || { echo "generate $*: said"; cat messages; exit 1; }
}
usage_mistake 'are needed' -n 10
usage_mistake 'are needed' -o x.csv
usage_mistake 'does not end in' -n 10 -o x.txt
usage_mistake 'is not a whole number' -n 0 -o x.csv
usage_mistake 'is not a whole number' -n 1e6 -o x.csv
usage_mistake 'is not a date' -n 10 -o x.csv --cutoff 2026-02-30
[ ! -e x.csv ] && [ ! -e x.txt ]

code=0
"$JALKI_PROGRAM" generate -n 10 -o missing/x.csv 2>messages || code=$?
[ "$code" = 1 ] && grep -q '^jalki: missing/x.csv: ' messages
"$JALKI_PROGRAM" help generate | grep >/dev/null 'jalki generate -n 20000'

# A store is made by the ending .h5; its bytes but for the time of making do not depend on threads (see test_generate_store).
"$JALKI_PROGRAM" generate -n 5000 -o a.h5 --quiet
[ "$(head -c 8 a.h5 | tail -c 7 | head -c 3)" = HDF ]
