#!/usr/bin/env bash
# Counts the instructions of the main commands on the sample tape and fails if one needs a quarter more than bench/instructions.txt
# says: a guard against gross slow-downs that no noise can trip. Counts, not seconds: the same on every run of the same build.
#
#     scripts/instructions.sh            compare with the record
#     scripts/instructions.sh --record   write the record anew (after a change that is worth it)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
record=bench/instructions.txt
jalki=build/release/jalki
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# valgrind knows AVX2 but not AVX-512; one thread, so that the order of work is fixed.
export JALKI_ISA=v3
count() {
    local name=$1
    shift
    valgrind --tool=callgrind --callgrind-out-file="$folder/out" "$jalki" "$@" --threads 1 --quiet >"$folder/stdout" 2>"$folder/stderr" || {
        cat "$folder/stderr"
        exit 1
    }
    echo "$name $(awk '/^(summary|totals):/ {print $2; exit}' "$folder/out")"
}

gzip -dc data/sample-tape.csv.gz >"$folder/tape.csv"
{
    count import import "$folder/tape.csv" --cutoff 2026-06-30 -o "$folder/tape.h5"
    count inspect inspect "$folder/tape.h5"
    count value value "$folder/tape.h5" --model models/nordic.yaml
    count value_to_files value "$folder/tape.h5" --model models/nordic.yaml -o "$folder/r.h5" --claims "$folder/c.csv"
    count price price "$folder/tape.h5" --model models/nordic.yaml --irr 0.12,0.15,0.18
} >"$folder/counts"

if [[ ${1:-} == --record ]]; then
    {
        echo "# Instructions of each command on the sample tape (GCC 12, release, JALKI_ISA=v3, one thread)."
        cat "$folder/counts"
    } >"$record"
    cat "$record"
    exit 0
fi
awk 'NR == FNR {if ($1 != "#") was[$1] = $2; next}
     !($1 in was) {printf "%s: not in bench/instructions.txt; record it\n", $1; bad = 1; next}
     {ratio = $2 / was[$1]; printf "%-16s %14d instructions, %.2f of the record\n", $1, $2, ratio; if (ratio > 1.25) bad = 1}
     END {if (bad) print "more instructions than the record allows (1.25): find out why, or record anew with --record"; exit bad}' \
    "$record" "$folder/counts"
