#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jalki map: drafts of mappings for files as sellers write them, and what import makes of the files by the drafts.
. "$JALKI_SOURCE/tests/support/shell.sh"
# imported TAPE... : by the draft m.yaml, nothing rejected; prints claims and balance.
imported() {
    "$JALKI_PROGRAM" import "$@" -o T.h5 --mapping m.yaml --cutoff 2026-06-30 --max-rejects 0 --format json 2>err.txt |
        /usr/bin/python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["rows_accepted"], *("%.2f %s" % (s["balance"], s["currency"]) for s in d["accepted"]))' ||
        fail "not imported by its draft: $(cat err.txt m.yaml)"
}
says() {
    grep -q -- "$1" m.yaml || fail "the draft does not say '$1': $(cat m.yaml)"
}

# Finnish, in Latin-1, semicolons, decimal comma, day first, levels in words.
cat >fi.txt <<'CSV'
Saatavan numero;Asiakas;Luottotappio pvm;Pääoma;Korot;Kulut;Perinnän tila;Syntymäaika;Viimeisin maksu;Korko-%
1001;77;31.01.2023;1234,50;10,00;5,00;Ulosotossa;12.03.1975;;7,5
1002;77;28.02.2023;200,00;0,00;5,00;Vapaaehtoinen perintä;12.03.1975;01.02.2024;8
1003;78;15.03.2023;99,99;1,01;-;Kuollut;01.01.1950;;9,5
CSV
iconv -f UTF-8 -t ISO-8859-1 fi.txt >fi.csv
"$JALKI_PROGRAM" map fi.csv -o m.yaml --check --cutoff 2026-06-30 >check.txt 2>/dev/null
grep -q '3 rows read, 3 good, 0 bad' check.txt || fail "check: $(cat check.txt)"
grep -q 'legal_status *enforcement *none *deceased' check.txt || fail "levels: $(cat check.txt)"
[ "$(imported fi.csv)" = "3 1555.50 EUR" ] || fail "the Finnish tape: $(imported fi.csv)"
says 'encoding: CP1252'
says 'unit: percent'
says 'year_of: "Syntymäaika"'

# Swedish with tabs, groups of three and the balance as a whole; English with month first.
printf 'Ärendenummer\tKundnummer\tAvskrivningsdatum\tTotal skuld\tRänta\tLand\n7\t1\t2023-01-31\t1 234,50\t34,50\tSverige\n8\t2\t2023-02-28\t10 000,00\t0,00\tSverige\n' >sv.tsv
"$JALKI_PROGRAM" map sv.tsv -o m.yaml --quiet
[ "$(imported sv.tsv)" = "2 11234.50 SEK" ] || fail "the Swedish tape: $(imported sv.tsv)"
says 'minus: \["Ränta"\]'
printf 'Loan ID,Borrower,Charge-off date,Principal balance,Country\nL1,B1,1/31/2023,100.00,DK\nL2,B1,2/3/2023,50.00,DK\n' >en.csv
"$JALKI_PROGRAM" map en.csv -o m.yaml --quiet
says 'date_format: "%m/%d/%Y"'
[ "$(imported en.csv)" = "2 150.00 EUR" ] || fail "the English tape"

# Two files, joined by the columns that hold each other's values; keys that lost their zeros are told.
printf 'Customer no,Date of birth\n00017,1980-05-01\n00018,1990-05-01\n' >debtors.csv
printf 'Loan,Customer no,Written off,Principal,Country\nA,00017,2023-01-31,10.00,FI\nB,00018,2023-01-31,20.00,FI\nC,00018,2023-01-31,30.00,FI\n' >loans.csv
"$JALKI_PROGRAM" map debtors.csv loans.csv -o m.yaml --quiet
[ "$(imported debtors.csv loans.csv)" = "3 60.00 EUR" ] || fail "joined files"
says 'year_of: "Date of birth"'
sed 's/^000//' debtors.csv >lost.csv
"$JALKI_PROGRAM" map lost.csv loans.csv -o m.yaml --quiet
says 'ZEROS BEFORE THEM ARE LOST'

# The sample tape drafts itself; what has no header or no meaning is refused, and nothing is left.
gzip -dc "$JALKI_SOURCE/data/sample-tape.csv.gz" >sample.csv
"$JALKI_PROGRAM" map sample.csv -o m.yaml --quiet
[ "$(imported sample.csv | cut -d' ' -f1)" = 20000 ] || fail "the sample tape"
rm m.yaml
for bad in '1,2\n3,4\n' '' 'a,b\nc,d\n'; do
    # shellcheck disable=SC2059
    printf "$bad" >bad.csv
    if "$JALKI_PROGRAM" map bad.csv -o m.yaml --quiet 2>err.txt || [ -e m.yaml ]; then
        fail "drafted of nothing: $bad"
    fi
done
"$JALKI_PROGRAM" map fi.csv --quiet | grep >/dev/null '^columns:' || fail "no draft on stdout"
