#!/usr/bin/env bash
# Builds with Clang's thread sanitizer and runs every command that uses threads, with four of them, on small files. Archer
# (of LLVM's OpenMP) tells the sanitizer what OpenMP's barriers order; without it every loop would be a false alarm.
# Fails on the first command with a report. The plan's two kernels, which share nothing between threads but constants,
# are compiled without it (cmake/kernels.cmake).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source_folder=$PWD
scripts/install.sh build page check
cmake --preset tsan -DJALKI_TESTS=OFF >/dev/null
cmake --build build/tsan --target jalki_program
J=$source_folder/build/tsan/jalki
M=$source_folder/models/nordic.yaml
archer=$(ls /usr/lib/llvm-*/lib/libarcher.so | tail -1)
export OMP_TOOL_LIBRARIES=$archer ARCHER_OPTIONS="verbose=1" SOURCE_DATE_EPOCH=1784073600
export JALKI_MODELS=$source_folder/models
export TSAN_OPTIONS="ignore_noninstrumented_modules=1 exitcode=66 die_after_fork=0"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >race.c <<'C'
int main(void) {
    int sum = 0;
#pragma omp parallel for num_threads(4)
    for (int i = 0; i < 1000; i++) {
        sum += i;
    }
    return sum == 1;
}
C
clang -fsanitize=thread -fopenmp -g race.c -o race
if ./race >out.txt 2>&1 || ! grep -q "data race" out.txt; then
    echo "FAILED: a race that is there on purpose was not found: $(head -3 out.txt)"
    exit 1
fi
ran=0
try() {
    if ! "$J" "$@" --threads 4 --quiet >out.txt 2>err.txt || grep >/dev/null "WARNING: ThreadSanitizer" err.txt; then
        echo "FAILED: jalki $*"
        head -60 err.txt
        exit 1
    fi
    ran=$((ran + 1))
}
"$J" new-model mine --quiet
sed -i 's/^irr: .*/irr: 0.2/' mine/nordic.yaml
try generate -n 6000 -o t.csv
try generate -n 6000 -o g.h5
try import t.csv -o t.h5 --cutoff 2026-06-30
head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >key
try import t.csv -o p.h5 --cutoff 2026-06-30 --compress 3 --pseudonyms key --pseudonym-list pairs.csv
try map t.csv -o m.yaml --check --cutoff 2026-06-30
try inspect t.h5 --by country
try value t.h5 --model "$M" -o r.h5 --claims c.csv --cashflow f.csv --json v.json --manifest run.json
grep -q "Archer detected" err.txt out.txt || {
    echo "FAILED: Archer is not at work: $(head -3 err.txt)"
    exit 1
}
export ARCHER_OPTIONS="verbose=0"
try value t.h5 --model "$M" --challenger mine/nordic.yaml --set irr=0.12 --json v.json
try value t.h5 --model "$M" --agent-hours 400 --json v.json
try value t.h5 --model "$M" --part 1/2 --partial part.json
try checks t.h5 --model "$M" --price 0.8 --sample 40 --json v.json
try model diff "$M" mine/nordic.yaml --tape t.h5 --json v.json
try price t.h5 --model "$M" --irr 0.08,0.15 --json v.json
try price t.h5 --model "$M" --scenarios "$source_folder/data/scenarios/nordic.yaml" --json v.json
try decide t.h5 --model "$M" --court-budget 20000 --json v.json
try worklist p.h5 --model "$M" --top 50 --json v.json
try scenario t.h5 --model "$M" --scenarios "$source_folder/data/scenarios/nordic.yaml" --json v.json
try simulate t.h5 --model "$M" --paths 200 --json v.json
try forward t.h5 --model "$M" --json v.json
try account t.h5 --model "$M" --price 100000 --json v.json
try bid t.h5 --model "$M" --rivals 4 --spread 0.25 --level 0.8 --json v.json
try explain t.h5 --model "$M" --claim "$(sed -n 2p t.csv | cut -d, -f1)"
try report r.h5 --paths 200 -o page.html
try generate --panel --model "$M" -n 1500 --months 18 -o h.h5
try fit h.h5 --model "$M" -o fit.yaml --json v.json
try backtest h.h5 --model "$M" --json v.json
try generate -n 6000 --seed 2 -o s.csv
try import s.csv -o s.h5 --cutoff 2026-09-30
try compare t.h5 s.h5 --model "$M" --claims steps.csv
try watch t.h5 s.h5 --model "$M" --json v.json
try calendar t.h5 --model "$M" --claims due.csv --json v.json
try verify p.h5
echo "claim_id" >erase.csv
sed -n '2,40p' t.csv | cut -d, -f1 >>erase.csv
try erase t.h5 --claims erase.csv -o less.h5
echo "thread sanitizer: $ran runs, nothing found but the race that is there on purpose"
