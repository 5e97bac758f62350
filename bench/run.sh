#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Measures everything in one run and prints one table (Markdown): our figures, this machine's limits, and the programs that
# users would use instead, where they are installed.
#
#     bench/run.sh [CLAIMS]       claims on the tape that is imported and loaded [10,000,000: about 4 GB of disk for a while]
#
# JALKI_BENCH_FOLDER   where the files go [/tmp]
# JALKI_BENCH_TIME     least seconds per benchmark [0.5]
# JALKI_BENCH_MOST     claims of the largest tape of the growth table [50,000,000: about 8 GB of disk for a while]
# JALKI_BENCH_PLOT     where its plot goes [build/bench/growth.svg]
set -euo pipefail
cd "$(dirname "$0")/.."
claims=${1:-10000000}
threads=$(nproc)
python=/usr/bin/python3
build=build/bench
plot=${JALKI_BENCH_PLOT:-$build/growth.svg}

scripts/install.sh build page bench peers || echo "bench: goes on with what is installed" >&2
cmake --preset bench >/dev/null
cmake --build "$build" >&2

folder=$(mktemp -d "${JALKI_BENCH_FOLDER:-/tmp}/jalki-run-XXXXXX")
trap 'rm -rf "$folder"' EXIT
export JALKI_BENCH_FOLDER=$folder
records=$folder/records

say() { echo "bench: $*" >&2; }
record() { sed "s/^{/{\"row\": \"$1\", /" >>"$records"; } # tags lines of JSON with the row of the table they belong to
skip() { say "skipped: $*"; }

# DuckDB and Polars come as npm packages, into the build folder.
packages=$PWD/$build/peers
node_peers() {
    command -v node >/dev/null && command -v npm >/dev/null || return 1
    mkdir -p "$packages"
    cp bench/peers/node/package.json "$packages"
    (cd "$packages" && npm install --no-package-lock --no-audit --no-fund --loglevel=error >/dev/null 2>&1)
}
peer() { NODE_PATH=$packages/node_modules node "bench/peers/node/$1" "${@:2}"; }

# Best wall time of three runs of a command, as a record; each run writes its file ($3) anew.
time_command() {
    local row=$1 program=$2 file=$3 best=999999999999
    shift 3
    for _ in 1 2 3; do
        local start end
        rm -f "$file"
        start=$(date +%s%N)
        "$@" >/dev/null
        end=$(date +%s%N)
        ((end - start < best)) && best=$((end - start))
    done
    echo "{\"program\": \"$program\", \"threads\": $threads, \"claims\": $claims, \"seconds\": $(
        awk "BEGIN {print $best / 1e9}")}" | record "$row"
}

say "a tape of $claims claims"
time_command generate "jalki generate to a store" "$folder/tape.h5" "$build/jalki" generate -n "$claims" -o "$folder/tape.h5" --quiet
time_command generate "jalki generate to CSV" "$folder/tape.csv" "$build/jalki" generate -n "$claims" -o "$folder/tape.csv" --quiet
echo "{\"bytes\": $(stat -c %s "$folder/tape.csv")}" | record tape

say "limits of the machine"
"$build/bench/limits" "$folder/tape.csv" "$threads" | record limit

say "ingest"
time_command ingest "jalki import" "$folder/imported.h5" "$build/jalki" import "$folder/tape.csv" -o "$folder/imported.h5" --cutoff 2026-06-30 --quiet
rm -f "$folder/imported.h5"
if command -v Rscript >/dev/null && Rscript -e 'library(data.table)' >/dev/null 2>&1; then
    Rscript bench/peers/ingest.R "$folder/tape.csv" "$threads" | record ingest
else
    skip "data.table (r-cran-data.table is not installed)"
fi
if node_peers; then
    peer polars.js "$folder/tape.csv" "$threads" | record ingest || skip "Polars (it failed)"
    peer duckdb.js ingest "$folder/tape.csv" "$threads" | record ingest || skip "DuckDB, ingest (it failed)"
    peer duckdb.js select "$threads" | record select || skip "DuckDB, selection (it failed)"
else
    skip "DuckDB and Polars (their npm packages cannot be installed or do not run here)"
fi
rm -f "$folder/tape.csv"

say "value"
time_command value "jalki value" "$folder/none" "$build/jalki" value "$folder/tape.h5" --model models/nordic.yaml --quiet
if $python -c 'import h5py' 2>/dev/null; then
    $python bench/peers/load_h5py.py "$folder/tape.h5" | record load
else
    skip "h5py (python3-h5py is not installed)"
fi
rm -f "$folder/tape.h5"

say "the plan, and the same in other hands"
mkdir "$folder/claims"
"$build/bench/peer_claims" "$folder/claims" 262144 | record plan
"$build/bench/peer_scalar" "$folder/claims" | record plan
if $python -c 'import numpy' 2>/dev/null; then
    $python bench/peers/plan_numpy.py "$folder/claims" "$threads" | record plan
    $python bench/peers/select_numpy.py | record select
else
    skip "NumPy (python3-numpy is not installed)"
fi
if $python -c 'import numba' 2>/dev/null; then
    $python bench/peers/plan_numba.py "$folder/claims" "$threads" | record plan
else
    skip "Numba (python3-numba is not installed)"
fi

say "growth"
$python bench/growth.py "$build/jalki" models/nordic.yaml "$folder" "${JALKI_BENCH_MOST:-50000000}" "$threads" "$plot" >>"$records"

say "every stage"
"$build/bench/jalki_bench" --benchmark_min_time="${JALKI_BENCH_TIME:-0.5}" --benchmark_format=json >"$folder/stages.json" 2>/dev/null
say "the store"
"$build/bench/bench_store" "$claims" "$folder" >"$folder/store"

say "trees"
"$build/bench/bench_trees" >"$folder/trees"

say "the bootstrap of a fit"
"$build/bench/bench_bootstrap" >"$folder/bootstrap"

$python bench/table.py "$records" "$folder/stages.json" "$folder/store"
printf '\n## Trees\n\n'
cat "$folder/trees"
printf '\n## Bootstrap\n\n'
cat "$folder/bootstrap"
