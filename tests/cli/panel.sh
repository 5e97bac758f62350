#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jalki panel, import --panel and generate --panel on the command line: a small history by hand, mistakes, nothing left
# behind.
. "$JALKI_SOURCE/tests/support/shell.sh"
jalki="$JALKI_PROGRAM"

cat >june.csv <<'END'
claim_id,debtor_id,country,written_off_on,principal,legal_status
a,d,FI,2023-01-01,100,none
b,d,FI,2023-01-01,50,deceased
c,,FI,2023-01-01,70,none
END
cat >september.csv <<'END'
claim_id,debtor_id,country,written_off_on,principal,legal_status
c,,FI,2023-01-01,60,title
new,,FI,2024-08-01,10,none
END
cat >pay.csv <<'END'
claim_id;date;sum
a;15.07.2024;40,00
a;31.08.2024;60,00
c;30.09.2024;10,00
c;1.10.2024;5,00
x;1.8.2024;1,00
c;1.8.2024;minus
END
cat >pay.yaml <<'END'
separator: ";"
decimal: ","
date_format: "%d.%m.%Y"
columns: {claim_id: claim_id, paid_on: date, amount: sum}
END
"$jalki" import june.csv -o june.h5 --cutoff 2024-06-30 --quiet >/dev/null
"$jalki" import september.csv -o september.h5 --cutoff 2024-09-30 --quiet >/dev/null
"$jalki" panel june.h5 september.h5 --payments pay.csv --payments-mapping pay.yaml --treatment amicable \
    --max-rejects 1 -o p.h5 --format csv >out.csv
expect() { grep -qx "$1" "${2:-out.csv}" || { echo "expected $1, found:"; cat "${2:-out.csv}"; exit 1; }; }
# From month's end to month's end: a has two rows, paid on 31 August; b three, dead; c three, still there.
expect 'rows,8,,'
expect 'claims,3,,'
expect 'debtors,2,,'
expect 'exit_paid,1,,'
expect 'exit_death,1,,'
expect 'exit_none,6,,'
expect 'used,3,110.00,'
expect 'unknown,1,1.00,'
expect 'outside,1,5.00,'
expect 'payments_rejected,1,,'
expect 'last_only,1,,'
expect '7,"c",amount,"minus",bad_number,"a number with .\..\? or as the mapping says","pay.csv"' p.h5.payments.rejects.csv
rm p.h5.payments.rejects.csv
[ "$(ls)" = "$(printf '%s\n' june.csv june.h5 out.csv p.h5 pay.csv pay.yaml september.csv september.h5)" ]

mistake() { # exit code, words, command
    local wanted=$1 words=$2 code=0
    shift 2
    "$jalki" "$@" >output 2>messages || code=$?
    [ "$code" = "$wanted" ] || { echo "$*: exit $code, expected $wanted"; cat messages; exit 1; }
    grep -q -- "$words" messages || { echo "$*: said"; cat messages; exit 1; }
}
pay="--payments pay.csv --payments-mapping pay.yaml --max-rejects 1"
mistake 2 'two tapes at least' panel june.h5 $pay -o x.h5
mistake 2 'what was done is not known' panel june.h5 september.h5 $pay -o x.h5
mistake 2 "'court' is not surveil, amicable or legal" panel june.h5 september.h5 $pay -o x.h5 --treatment court
mistake 1 'expected a day after 2024-09-30' panel september.h5 june.h5 $pay -o x.h5 --treatment legal
mistake 1 'paid_on: this column is required' panel june.h5 september.h5 --payments june.csv -o x.h5 --treatment legal
mistake 1 'expected at most' panel june.h5 september.h5 --payments pay.csv --payments-mapping pay.yaml --max-rejects 0 \
    -o x.h5 --treatment legal
printf 'claim_id,from_date,treatment\na,2024-01-01,legal\n' >act.csv
mistake 1 "a claim has no action up to 2024-06-30" panel june.h5 september.h5 $pay --actions act.csv -o x.h5
mistake 1 "claim 'b' has no action up to 2024-06-30" panel june.h5 september.h5 $pay --actions act.csv -o x.h5 --with-ids
# What came back: 20 off the 40 of July, on a day of August; 5.25 that the list has no payment for.
printf 'claim_id,paid_on,amount\na,2024-07-15,40\na,2024-08-10,-20\nc,2024-07-20,-5.25\nc,2024-08-20,30\nc,2024-09-01,-30\n' >back.csv
"$jalki" panel june.h5 september.h5 --payments back.csv --treatment amicable -o r.h5 --quiet --format csv >out.csv
expect 'payments,5,14.75,'
expect 'reversals,3,50.00,'
expect 'reversals_alone,1,-5.25,'
expect 'rows_with_cash,1,,'
expect 'used,5,20.00,'
expect 'payments_rejected,0,,'
printf 'claim_id,paid_on,amount,principal\na,2024-07-15,-40,10\n' >parts.csv
mistake 1 'expected at most 0 rows' panel june.h5 september.h5 --payments parts.csv --treatment amicable --max-rejects 0 -o x.h5
rm -f x.h5.* r.h5*
# Actions under the seller's own names and dates: a from amicable to legal on 31 July, and a bad row that is listed.
printf 'case;from;what\na;1.1.2024;call\na;31.7.2024;court\nb;1.1.2024;call\nc;1.1.2024;rest\nc;1.9.2024;dance\n' >act2.csv
cat >act.yaml <<'END'
separator: ";"
date_format: "%d.%m.%Y"
columns:
  claim_id: case
  from_date: from
  treatment: {column: what, values: {call: amicable, court: legal, rest: surveil}}
END
"$jalki" panel june.h5 september.h5 $pay --actions act2.csv --actions-mapping act.yaml -o a.h5 --quiet --format csv >out.csv
expect 'actions_rejected,1,,'
grep -q '^6,"c",treatment,"dance"' a.h5.actions.rejects.csv || { cat a.h5.actions.rejects.csv; exit 1; }
"$jalki" inspect a.h5 --format csv >out.csv
expect 'treatment,(none),amicable,rows,[0-9]*'
expect 'treatment,(none),legal,rows,1'
mistake 1 'claim_id: this column is required' panel june.h5 september.h5 $pay --actions act2.csv -o x.h5
rm -f a.h5 a.h5.*
mistake 1 'this is a panel of history' panel p.h5 september.h5 $pay -o x.h5 --treatment legal
mistake 1 'this is a panel of history' value p.h5 --model "$model"
mistake 1 'june.h5' panel june.h5 september.h5 $pay -o june.h5 --treatment legal
mistake 1 'cannot write' panel june.h5 september.h5 $pay -o /dev/full --treatment legal
[ ! -e x.h5 ] && [ -z "$(ls | grep -- -[0-9] || true)" ] && rm -f x.h5.* june.h5.*

mistake 2 'a panel has no cut-off' import --panel june.csv -o x.h5 --cutoff 2024-01-01
mistake 1 'period_start: this column is required' import --panel june.csv -o x.h5
printf 'claim_id,country,written_off_on,period_start,period_months,balance_start,treatment,cash\n' >empty.csv
mistake 1 'history needs --panel' import empty.csv -o x.h5
"$jalki" import --panel empty.csv -o empty.h5 --quiet --format csv >out.csv
expect 'claims,,0,,'

# mappings: months between two dates, a least value, a difference from nothing
printf 'id,from,to,in,out\nx,2024-01-31,2024-03-15,10,15\ny,2024-02-29,2025-02-28,20,5\nz,2024-03-15,2024-01-31,1,1\n' >map.csv
cat >map.yaml <<'END'
columns:
  claim_id: id
  country: {constant: FI}
  written_off_on: from
  period_start: from
  period_months: {months_between: {from: from, to: to}}
  balance_start: {constant: 100}
  treatment: {constant: surveil}
  cash: {column: in, minus: [out], at_least: 0}
  cost: {sum: [out], minus: [in], at_least: 0}
END
"$jalki" import --panel map.csv -o map.h5 --mapping map.yaml --max-rejects 1 --quiet --format csv >out.csv
expect 'accepted,,2,200.00,'
expect 'cash,,2,15.00,'
expect 'rejected_negative,,1,,'
"$jalki" inspect map.h5 --format csv >out.csv
# a month and 15 days of 1/30.4375; a year: the last day of February goes to the last day
expect 'treatment,(none),surveil,claim_months,13.4928131'
expect 'treatment,(none),surveil,cost,5.00'
sed 's/cash: .*/cash: {minus: [out], at_least: 0}/' map.yaml >minus.yaml
"$jalki" import --panel map.csv -o map.h5 --mapping minus.yaml --max-rejects 1 --quiet --format csv >out.csv
expect 'cash,,2,0.00,'
sed 's/, to: to}/}/' map.yaml >bad.yaml
mistake 1 'bad.yaml:6: columns.period_months.months_between.to: is missing' import --panel map.csv -o x.h5 --mapping bad.yaml
sed 's/cash: .*/cash: {months_between: {from: from, to: to}}/' map.yaml >bad.yaml
mistake 1 'gives another type than the column has' import --panel map.csv -o x.h5 --mapping bad.yaml
sed 's/cash: .*/cash: {column: in, at_least: 0}/' map.yaml >bad.yaml
mistake 1 'only sums and differences have a least value' import --panel map.csv -o x.h5 --mapping bad.yaml
{ echo 'cutoff: {constant: 2024-01-31}'; cat map.yaml; } >bad.yaml
mistake 1 'rows of history are as at dates of their own' import --panel map.csv -o x.h5 --mapping bad.yaml
mistake 1 'columns.period_start: this column is of history, not of a tape: import with --panel' import map.csv -o x.h5 --mapping map.yaml
rm map.* bad.yaml minus.yaml

# inspect says that it is a panel, in every format
"$jalki" inspect p.h5 >out.txt
grep -q '^A panel of history' out.txt
grep -q '^rows  *8$' out.txt
"$jalki" inspect p.h5 --format csv >out.csv
expect 'all,,,claims,3'
expect 'all,,,end,2024-09-30'
expect 'treatment,(none),amicable,cash,110.00'
expect 'exit,,,paid,1'
expect 'missing,,,capacity_class,8'
"$jalki" inspect p.h5 --format json >out.txt
grep -q '"kind": "panel"' out.txt
"$jalki" inspect empty.h5 >out.txt
grep -q '^rows  *0$' out.txt
mistake 2 'for tapes' inspect p.h5 --by country

"$jalki" generate --panel --model "$model" -n 300 --months 6 --period-months 3 -o g.csv.gz --quiet
"$jalki" import --panel g.csv.gz -o g.h5 --quiet --format csv >out.csv
expect 'rejected,,0,,'
mistake 2 'needs --model' generate --panel -n 10 -o x.h5
mistake 2 'need --panel' generate -n 10 -o x.h5 --months 3
mistake 2 'no cut-off' generate --panel --model "$model" -n 10 -o x.h5 --cutoff 2024-01-01
mistake 1 'a multiple of the period' generate --panel --model "$model" -n 10 -o x.h5 --months 4 --period-months 3
mistake 1 'expected 1, 2, 3, 4, 6 or 12' generate --panel --model "$model" -n 10 -o x.h5 --months 5 --period-months 5
[ ! -e x.h5 ]
echo passed
