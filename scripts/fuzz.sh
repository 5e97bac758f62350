#!/usr/bin/env bash
# Builds the fuzz targets with Clang and runs each for a number of seconds, as many at once as there are processors:
# scripts/fuzz.sh [SECONDS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60}
scripts/install.sh build check
cmake --preset fuzz >/dev/null
cmake --build build/fuzz --target fuzzers
run() {
    local target=$1 seconds=$2 name corpus seeds log
    name=$(basename "$target")
    corpus=build/fuzz/corpus/$name
    log=build/fuzz/$name.log
    mkdir -p "$corpus"
    seeds=tests/fuzz/seeds/${name#fuzz_}
    [[ -d $seeds ]] || seeds=
    # shellcheck disable=SC2086
    if ! "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 -artifact_prefix=build/fuzz/ "$corpus" $seeds >"$log" 2>&1; then
        echo "FAILED: $name"
        cat "$log"
        return 1
    fi
    echo "$name: $seconds s"
}
export -f run
find build/fuzz/tests/fuzz -name 'fuzz_*' -type f -executable -print0 | sort -z |
    xargs -0 -P "$(nproc)" -I TARGET bash -c 'run "$@"' run TARGET "$seconds"
