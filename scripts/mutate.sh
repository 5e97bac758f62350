#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Do the tests notice faults? Puts small ones into a folder's sources, one at a time, and runs the tests on each.
#
#     scripts/mutate.sh FOLDER [COUNT [TESTS [SEED]]]       scripts/mutate.sh src/price 40 'price|value|reference'
#
# FOLDER is src/... of the last commit, COUNT how many faults are drawn [30], TESTS a regular expression of ctest names [all],
# SEED which are drawn [1]. Works in a checkout of its own below build/; prints every fault and whether it was caught, and
# exits 1 if less than 90 % were. A fault that does not compile, or gives the same object, is not counted.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:?a folder such as src/price is needed}
count=${2:-30}
tests=${3:-.}
seed=${4:-1}
[ -d "$folder" ] || { echo "$folder: no such folder; expected one such as src/price"; exit 2; }

tree=$PWD/build/mutate
git worktree remove --force "$tree" 2>/dev/null || rm -rf "$tree"
git worktree prune
git worktree add --quiet --detach "$tree"
trap 'git worktree remove --force "$tree"' EXIT
cd "$tree"
cmake --preset release -DJALKI_TESTS=ON -DJALKI_CHARTS=OFF >configure.txt || { tail -5 configure.txt; exit 2; }
cmake --build build/release >build.txt || { tail -20 build.txt; exit 2; }
ctest --test-dir build/release -R "$tests" --stop-on-failure >test.txt || { tail -20 test.txt; echo "the tests fail without a fault"; exit 2; }

library_sum() { sha256sum build/release/libjalki.a build/release/jalki | sha256sum; }
before=$(library_sum)
caught=0
survived=0
while IFS=$'\t' read -r file line column old new; do
    /usr/bin/python3 scripts/mutants.py apply "$file" "$line" "$column" "$old" "$new"
    verdict=
    if ! cmake --build build/release >build.txt 2>&1; then
        verdict="does not compile"
    elif [ "$(library_sum)" = "$before" ]; then
        verdict="the same code"
    elif timeout 1200 ctest --test-dir build/release -R "$tests" --stop-on-failure --timeout 300 >test.txt 2>&1; then
        verdict=SURVIVED
        survived=$((survived + 1))
    else
        verdict="caught by $(sed -n 's/^.*[0-9] - \([^ ]*\) (.*/\1/p' test.txt | head -1)"
        caught=$((caught + 1))
    fi
    echo "$file:$line: '$old' -> '$new': $verdict"
    git checkout --quiet -- "$file"
done < <(/usr/bin/python3 scripts/mutants.py list "$folder" "$count" "$seed")
total=$((caught + survived))
echo "$caught of $total faults in $folder were caught"
[ $((caught * 10)) -ge $((total * 9)) ]
