#!/usr/bin/env bash
# Faults on purpose (tests/python/test_faults.py) at many places: scripts/faults.sh [N|ways|all] [CASE,…]
# N places of each kind and command, spread over the run; "ways": the first call of each way into one; "all": every call.
# A fault costs 2 to 30 ms of processor time (report: 120), so that "all" takes minutes for most commands, some hours for
# all of them (report alone two). Needs build/release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
JALKI_FAULT_RUNS=${1:-all} JALKI_FAULT_CASES=${2:-verify,erase,pseudonyms,chainladder,inspect,import,import packed,generate,explain} \
    ctest --test-dir build/release -R "^python/test_faults$" --timeout 36000 -V | grep -v "^[^:]*:  [A-Z_]*="
