#!/usr/bin/env bash
# Builds the fuzz targets with Clang and runs each for a number of seconds: scripts/fuzz.sh [SECONDS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60}
scripts/install.sh build check
cmake --preset fuzz >/dev/null
cmake --build build/fuzz
for target in build/fuzz/tests/fuzz/fuzz_*; do
    [[ -f $target && -x $target ]] || continue
    name=$(basename "$target")
    corpus=build/fuzz/corpus/$name
    mkdir -p "$corpus"
    seeds=tests/fuzz/seeds/${name#fuzz_}
    [[ -d $seeds ]] || seeds=
    echo "$name: $seconds s"
    # shellcheck disable=SC2086
    "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 -artifact_prefix=build/fuzz/ "$corpus" $seeds
done
