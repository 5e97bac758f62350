# SPDX-License-Identifier: Apache-2.0
# Fit on 80 % of real loans by key, back-test on the other 20 %: consumer loans (LendingClub) and car loans (Ally).
set -euo pipefail
data="$JALKI_SHARED/data"
for file in lendingclub_36m_2015_chargedoff_train auto_ally_cash_panel_train auto_ally_defaulted_train; do
    if [ ! -r "$data/$file.csv.gz" ]; then
        echo "SKIPPED: $data/$file.csv.gz is not there"
        exit 77
    fi
done
. "$JALKI_SOURCE/tests/support/shell.sh"
# One segment for all loans, a curve by months since write-off, and what the files tell of a loan as characteristics.
base() { # CURVE CHARACTERISTICS OWN-COLUMNS
    matrix="[[0.985, 0.012, 0.003], [0.02, 0.96, 0.02], [0.005, 0.02, 0.975]]"
    cat <<EOF
jalki_model: 1
include: [$(realpath --relative-to=. "$JALKI_SOURCE/models/nordic.yaml")]
name: us
base_currency: USD
extra: {$3}
fx: {USD: 1, EUR: 1.1, SEK: 0.1, DKK: 0.15, NOK: 0.1, ISK: 0.007, PLN: 0.25, GBP: 1.3, CHF: 1.1}
scorecard: {intercept: 0, weak_from: 430, able_from: 560, characteristics: [$2]}
segments:
  - id: us
    when: {}
    exit_monthly: 0.0006
    theta_center: [0, 0, 0]
    curves: {surveil: [[0, 0.001]], amicable: $1, legal: [[0, 0.004]]}
    class_multiplier: {surveil: [1, 1, 1], amicable: [1, 1, 1], legal: [1, 1, 1]}
    class_monthly: {surveil: $matrix, amicable: $matrix, legal: $matrix}
    recovery_share: {surveil: 1, amicable: 1, legal: 1}
    cost: {surveil: {monthly: 0, contingent: 0.2}, amicable: {monthly: 0, contingent: 0.2},
           legal: {monthly: 0, contingent: 0.2, filing: 90, enforcement_monthly: 0, fee_shift: 1}}
    legal: {months_to_title: 4, pre_title_factor: 0.5, garnish_share: [0, 0, 0]}
    effort_hours: {surveil: 0, amicable: 0.5, legal: 0.5}
    market: {price: [[0, 0.1]], title_factor: [1, 1, 1], bar_months: 36, transaction_cost: 0}
EOF
}
rate="{name: interest_rate, bins: [{below: 0.1, points: 0}, {below: 0.15, points: 0}, {points: 0}]}"
size="{name: balance, bins: [{below: 3000, points: 0}, {below: 7000, points: 0}, {below: 15000, points: 0}, {points: 0}]}"
grades=$(for letter in A B C D E F G; do for digit in 1 2 3 4 5; do printf '%s%s: 0, ' $letter $digit; done; done)
own="{name: sub_grade, levels: {${grades%, }}}, {name: late_fees, bins: [{below: 0.005, points: 0}, {below: 30, points: 0}, {points: 0}]},
  {name: months_on_book, bins: [{below: 6, points: 0}, {below: 12, points: 0}, {below: 18, points: 0}, {below: 24, points: 0}, {points: 0}]},
  {name: area, bins: [{below: 100, points: 0}, {below: 200, points: 0}, {below: 300, points: 0}, {below: 400, points: 0}, {below: 500, points: 0},
                      {below: 600, points: 0}, {below: 700, points: 0}, {below: 800, points: 0}, {below: 900, points: 0}, {points: 0}]}"
base "[[0, 0.01], [6, 0.008], [12, 0.003]]" "$rate, $size, $own" "sub_grade: text, area: number, late_fees: money, months_on_book: number" > lc-base.yaml
base "[[0, 0.4], [1, 0.02], [6, 0.01], [12, 0.002]]" "$rate" "" > ally-base.yaml
J=$JALKI_PROGRAM
"$J" import --panel "$data/lendingclub_36m_2015_chargedoff_train.csv.gz" -o lc.h5 --quiet \
    --mapping "$JALKI_SOURCE/data/mappings/lendingclub-panel.yaml" > /dev/null
"$J" import --panel "$data/auto_ally_cash_panel_train.csv.gz" "$data/auto_ally_defaulted_train.csv.gz" -o ally.h5 --quiet \
    --max-rejects 100% --mapping "$JALKI_SOURCE/data/mappings/ally-auto-panel.yaml" > /dev/null
for name in lc ally; do
    "$J" fit $name.h5 --model $name-base.yaml -o $name.yaml --split 0-80 --quiet > /dev/null
    "$J" backtest $name.h5 --model $name.yaml --model $name-base.yaml --holdout 20 --json $name.json --html $name.html > /dev/null
done
python3 - <<'EOF'
import json
for name, least_rows, gini in (("lc", 2000, 0.15), ("ally", 400, 0.5)):
    test = json.load(open(f"{name}.json"))
    low, high = test["ratio_interval"]
    print(f"{name}: {test['rows']} rows, {test['payers']} payers, ratio {test['ratio']:.3f} ({low:.3f} to {high:.3f}), slope "
          f"{test['calibration_slope']:.2f}, Gini {test['gini']:.3f}, top tenth {test['top_decile_share']:.3f}")
    assert test["rows"] > least_rows and test["panel"]["split"] == [80.0, 100.0]
    assert low <= 1.0 <= high, "the fit is off on loans that it has not seen"
    assert test["gini"] > gini, "the ranking is worse than age alone gives"
    if name == "lc":  # 27 payers of the car loans cannot tell
        assert test["models"][1]["deviance_difference_interval"][0] > 0.0, "the fit is no better than the guess it began with"
EOF
