#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# History from real files with the mappings that come with the program: what is in the store against sums made by awk from
# the files themselves.
set -euo pipefail
data="$JALKI_SHARED/data"
for file in lendingclub_36m_2015_chargedoff_train auto_ally_cash_panel_train auto_ally_defaulted_train; do
    if [ ! -r "$data/$file.csv.gz" ]; then
        echo "SKIPPED: $data/$file.csv.gz is not there"
        exit 77
    fi
done
. "$JALKI_SOURCE/tests/support/shell.sh"
expect() {
    grep -qx "$1" "$2" || { echo "FAILED: expected $1, found:" >&2; cat "$2" >&2; exit 1; }
}

# LendingClub: every loan has one period; balance and recoveries add up to the cent.
"$JALKI_PROGRAM" import --panel "$data/lendingclub_36m_2015_chargedoff_train.csv.gz" -o lc.h5 --quiet --format csv \
    --mapping "$JALKI_SOURCE/data/mappings/lendingclub-panel.yaml" >lc.csv
expect "$(gzip -dc "$data/lendingclub_36m_2015_chargedoff_train.csv.gz" |
    awk -F, 'NR > 1 { n++; b += sprintf("%.0f", 100 * $22) } END { printf "accepted,USD,%d,%.2f,", n, b / 100 }')" lc.csv
expect "$(gzip -dc "$data/lendingclub_36m_2015_chargedoff_train.csv.gz" |
    awk -F, 'NR > 1 { n++; c += sprintf("%.0f", 100 * $13) } END { printf "cash,USD,%d,%.2f,", n, c / 100 }')" lc.csv
expect 'rejected,,0,,' lc.csv

# Ally: months from the charge-off on, of the loans that were charged off.
"$JALKI_PROGRAM" import --panel "$data/auto_ally_cash_panel_train.csv.gz" "$data/auto_ally_defaulted_train.csv.gz" \
    -o ally.h5 --quiet --format csv --max-rejects 100% \
    --mapping "$JALKI_SOURCE/data/mappings/ally-auto-panel.yaml" >ally.csv
{ gzip -dc "$data/auto_ally_defaulted_train.csv.gz"; gzip -dc "$data/auto_ally_cash_panel_train.csv.gz"; } |
    awk -F, '/^loan_id/ { next }
        NF == 22 { if ($22 + 0 > 0) { zero[$1] = $21; loans++ } next }
        ($1 in zero) && $3 >= zero[$1] { n++; c = $7 + $8 + $9; if (c > 0) cash += c; else cost -= c }
        END { printf "%d %d %.2f %.2f\n", loans, n, cash, cost }' >wanted
read -r loans rows cash cost <wanted
expect "cash,USD,$rows,$cash," ally.csv
expect "claims,,$loans,," ally.csv
expect "debtors,,$loans,," ally.csv
echo "passed: $loans loans, $rows rows, cash $cash USD less cost $cost"
