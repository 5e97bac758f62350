#!/usr/bin/env bash
# Counts the instructions of the main commands and of the stages inside them on small tapes, and fails if one needs more than
# bench/instructions.txt allows: a quarter more for a whole command, a tenth for a stage. A guard against slow-downs that no noise can trip:
# counts, not seconds, the same on every run of the same build.
#
#     scripts/instructions.sh            compare with the record
#     scripts/instructions.sh --record   write the record anew (after a change that is worth it)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
record=bench/instructions.txt
jalki=$PWD/build/release/jalki
model=$PWD/models/nordic.yaml
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# valgrind knows AVX2 but not AVX-512; one thread, so that the order of work is fixed.
export JALKI_ISA=v3

# A command ($2 ...) under callgrind: its instructions as $1, and then those of STAGE=FUNCTION ... before "--", with all that they call.
count() {
    local name=$1 stage
    local -A stages=()
    shift
    while [[ $1 != -- ]]; do
        stages[${1%%=*}]=${1#*=}
        shift
    done
    shift
    valgrind --tool=callgrind --callgrind-out-file="$folder/$name.out" "$jalki" "$@" --threads 1 --quiet >"$folder/stdout" 2>"$folder/stderr" || {
        cat "$folder/stderr" >&2
        exit 1
    }
    echo "$name $(awk '/^(summary|totals):/ {print $2; exit}' "$folder/$name.out")"
    [[ ${#stages[@]} == 0 ]] && return
    callgrind_annotate --inclusive=yes --threshold=100 "$folder/$name.out" >"$folder/functions"
    for stage in "${!stages[@]}"; do
        awk -v stage="$stage" -v called="${stages[$stage]}" '
            index($0, ":" called " [") {gsub(",", "", $1); sum += $1}
            END {if (!sum) {print called " was not called" > "/dev/stderr"; exit 1}; printf "stage:%s %d\n", stage, sum}' "$folder/functions"
    done | sort
}

tape() { # claims of the sample tape
    gzip -dc data/sample-tape.csv.gz | head -n $(($1 + 1)) >"$folder/$1.csv" || true # head ends first
}

tape 2000
tape 300
"$jalki" import "$folder/300.csv" --cutoff 2026-06-30 -o "$folder/300.h5" --quiet >"$folder/said"
"$jalki" generate --panel --model "$model" -n 120 --months 12 --seed 2 -o "$folder/panel.h5" --quiet >"$folder/said"
cp -r models "$folder" # in which everybody settles at once: nine states
sed -i 's/^\( *settled_share: \){.*}/\1{surveil: 1, amicable: 1, legal: 1}/' "$folder/models/segments.yaml"
{
    count import -- import "$folder/2000.csv" --cutoff 2026-06-30 -o "$folder/tape.h5"
    count inspect -- inspect "$folder/tape.h5"
    count value law=jk_law_block score=jk_score_block terms=jk_terms_block payers_plan=payers_run sums=jk_sums_add_block -- \
        value "$folder/tape.h5" --model "$model" -o "$folder/r.h5" --claims "$folder/c.csv"
    count one_payment plan=plan_run -- value "$folder/300.h5" --model "$folder/models/nordic.yaml"
    count price -- price "$folder/300.h5" --model "$model" --irr 0.12,0.15,0.18
    count decide decide=jk_allocation_dual -- decide "$folder/300.h5" --model "$model" --court-budget 400 --agent-hours 20
    count simulate simulate=jk_paths_run -- simulate "$folder/300.h5" --model "$model" --paths 100
    count fit fit=jk_fit_run -- fit "$folder/panel.h5" --model "$model" -o "$folder/fitted.yaml"
} >"$folder/counts"

if [[ ${1:-} == --record ]]; then
    {
        echo "# Instructions of each command, and of the stages within it, on small tapes (GCC 12, release, JALKI_ISA=v3, one thread)."
        cat "$folder/counts"
    } >"$record"
    cat "$record"
    exit 0
fi
awk 'NR == FNR {if ($1 != "#") was[$1] = $2; next}
     !($1 in was) {printf "%s: not in bench/instructions.txt; record it\n", $1; bad = 1; next}
     {ratio = $2 / was[$1]; allowed = $1 ~ /^stage:/ ? 1.1 : 1.25; seen[$1] = 1
      printf "%-18s %14d instructions, %.3f of the record (%.2f allowed)\n", $1, $2, ratio, allowed
      if (ratio > allowed) bad = 1}
     END {for (name in was) if (!(name in seen)) {printf "%s: in the record, and not counted\n", name; bad = 1}
          if (bad) print "more instructions than the record allows: find out why, or record anew with --record"; exit bad}' \
    "$record" "$folder/counts"
