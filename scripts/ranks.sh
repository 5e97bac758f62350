#!/usr/bin/env bash
# The test of ranks with other MPIs than the one that CMake found for jalki-mpi: scripts/ranks.sh [build folder [openmpi] [mpich]]
# The program is linked once more with its one file that knows of MPI compiled for it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:-build/release}
names=("${@:2}")
((${#names[@]} > 0)) || names=(openmpi mpich)
tested=0
for name in "${names[@]}"; do
    compiler=$(command -v "mpicc.$name") || {
        echo "skipped: no mpicc.$name here"
        continue
    }
    mkdir -p "$build/ranks"
    "$compiler" -std=c17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -DJALKI_MPI -fopenmp -Isrc -Iinclude -c src/base/team/team_ranks.c \
        -o "$build/ranks/team_ranks-$name.o"
    line=$(ninja -C "$build" -t commands jalki | tail -1)
    line=${line//\/usr\/bin\/cc /$compiler }
    (cd "$build" && eval "${line/ -o jalki / -o ranks/jalki-$name ranks/team_ranks-$name.o }")
    JALKI_RANKS_PROGRAM=$PWD/$build/ranks/jalki-$name ctest --test-dir "$build" -R 'python/test_(ranks|import_shared)' -j 2 --output-on-failure
    tested=$((tested + 1))
done
[ "$tested" -gt 0 ] || exit 77
