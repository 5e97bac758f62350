#!/usr/bin/env bash
# The main job on the bundled sample tape: installs what is missing, builds, imports, inspects, values, prices,
# reports and explains. Results are left in demo/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install.sh build
cmake --preset release -DJALKI_TESTS=OFF >/dev/null
cmake --build build/release --target jalki_program
jalki=build/release/jalki
mkdir -p demo

step() {
    printf '\n$ jalki %s\n' "$*"
    "$jalki" "$@"
}

step import data/sample-tape.csv.gz --cutoff 2026-06-30 -o demo/sample.h5
step inspect demo/sample.h5
step value demo/sample.h5 --model models/nordic.yaml -o demo/results.h5 --claims demo/claims.csv --cashflow demo/cashflow.csv
step price demo/sample.h5 --model models/nordic.yaml --irr 0.12,0.15,0.18
step report demo/results.h5 -o demo/report.html --irr 0.12,0.15,0.18 --scenarios data/scenarios/nordic.yaml --paths 1000
# The claim worth most: what one would ask about first.
claim=$(awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i} NR > 1 && $at["value"] + 0 > best {best = $at["value"] + 0; id = $1} END {print id}' demo/claims.csv)
step explain demo/sample.h5 --model models/nordic.yaml --claim "$claim"

printf '\nLeft in demo/:\n'
ls -l demo
command -v npm >/dev/null || printf '\nThe report has its tables without charts: there is no npm (scripts/install.sh page, then this again).\n'
