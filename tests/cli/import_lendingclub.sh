#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The public LendingClub file (charged-off loans) with its mapping: rows and balance against a sum made by awk.
set -euo pipefail
tape="$JALKI_SHARED/data/lendingclub_36m_2015_chargedoff_train.csv.gz"
if [ ! -r "$tape" ]; then
    echo "SKIPPED: $tape is not there"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$JALKI_PROGRAM" import "$tape" -o "$folder/lc.h5" --mapping "$JALKI_SOURCE/data/mappings/lendingclub-chargedoff.yaml" \
    --format csv --quiet >"$folder/summary.csv"
wanted=$(gzip -dc "$tape" | awk -F, 'NR > 1 { n++; cents += sprintf("%.0f", 100 * $22) } END { printf "%d,%.2f", n, cents / 100 }')
grep -qx "accepted,USD,$wanted," "$folder/summary.csv" || {
    echo "FAILED: expected accepted,USD,$wanted, found:" >&2
    cat "$folder/summary.csv" >&2
    exit 1
}
grep -qx 'rejected,,0,,' "$folder/summary.csv"
grep -q '^barred_by_rule,USD,' "$folder/summary.csv"
[ ! -e "$folder/lc.h5.rejects.csv" ]
echo "passed: $wanted USD"
