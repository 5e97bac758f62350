#!/usr/bin/env bash
# Installs what is missing, builds, and passes the tests. A preset may be named, and then what ctest is told besides:
# scripts/test.sh [release|asan|clang] [-R REGEX|-LE LABEL|…]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1:-release}
shift $(($# > 0))
scripts/install.sh build page test
if [[ $preset == clang ]]; then
    scripts/install.sh check
fi
cmake --preset "$preset" -DJALKI_TESTS=ON >/dev/null
cmake --build "build/$preset"
# More at once than there are processors: many wait for a browser, for other processes, for the disk.
ctest --test-dir "build/$preset" --output-on-failure -j $(($(nproc) * 2)) "$@"
