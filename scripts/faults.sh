#!/usr/bin/env bash
# Faults on purpose (tests/python/test_faults.py) at many places of the small commands: scripts/faults.sh [N|all] [CASE,…]
# N places of each kind and command, spread over the run; "all": every one, which takes an hour. Needs build/release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
JALKI_FAULT_RUNS=${1:-all} JALKI_FAULT_CASES=${2:-verify,erase,pseudonyms,chainladder,inspect,import,import packed,generate,explain} \
    ctest --test-dir build/release -R "^python/test_faults$" --timeout 36000 -V | grep -v "^[^:]*:  [A-Z_]*="
