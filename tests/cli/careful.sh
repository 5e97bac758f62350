#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the program does to the files and the terminal around it: closed streams, inputs that would be replaced, control
# characters, formulas, rights, long names.
J=$JALKI_PROGRAM
. "$JALKI_SOURCE/tests/support/shell.sh"
model=$JALKI_SOURCE/models
umask 022

$J generate -n 60 -o s.h5 --quiet
esc=$(printf '\033')
{
    echo "claim_id,debtor_id,country,product,currency,written_off_on,principal"
    printf '"=HYPERLINK(""http://x"")",d1,FI,=1+1,EUR,2026-01-15,500\n'
    printf '+cmd,d2,FI,\033[31mred,EUR,2026-01-15,400\n'
    printf '@x,\033]0;title\007,FI,plain,EUR,2026-01-15,300\n'
    printf 'a\302\233b,d4,FI,bi\342\200\256di,EUR,2026-01-15,300\n'
    printf -- '-17,d5,FI,plain,EUR,2026-01-15,300\n'
} >evil.csv
$J import evil.csv -o evil.h5 --cutoff 2026-06-30 --quiet >/dev/null

# --- a stream that is closed does not lend its number to a file
$J value s.h5 --model "$model/nordic.yaml" --claims open.csv --explain-memory >/dev/null 2>&1
$J value s.h5 --model "$model/nordic.yaml" --claims shut.csv --explain-memory <&- 2>&- >/dev/null || fail "closed stderr"
cmp open.csv shut.csv || fail "words of stderr in an output"
if $J value s.h5 --model "$model/nordic.yaml" --claims shut.csv --quiet >&- 2>err.txt; then
    fail "a closed stdout went unnoticed"
fi
grep -q "cannot write to standard output" err.txt || fail "closed stdout: $(cat err.txt)"
$J value s.h5 --model "$model/nordic.yaml" --claims shut.csv --quiet <&- >&- 2>&- || true
cmp open.csv shut.csv || fail "all streams closed"

# --- no output replaces what the run reads, by whatever name
cp -r "$model" md
sum=$(sha256sum <md/segments.yaml)
stays() {
    ! $J value s.h5 --model md/nordic.yaml "$1" "$2" >/dev/null 2>err.txt || fail "value $1 $2 replaced an included file"
    [[ $(sha256sum <md/segments.yaml) == "$sum" ]] || fail "$1 $2 changed an included file"
}
for kind in claims.csv output.h5 cashflow.csv json.json; do
    option=--${kind%.*}
    ln md/segments.yaml "hard-$kind"
    ln -s md/segments.yaml "soft-$kind"
    ln -s ../md/law/../segments.yaml "md/far-$kind"
    for target in "hard-$kind" "soft-$kind" "md/far-$kind"; do
        stays "$option" "$target"
        grep -q "is an input of this run" err.txt || fail "$option $target: $(cat err.txt)"
    done
    for target in md/segments.yaml md/../md/segments.yaml; do # no name of such a file, either
        stays "$option" "$target"
        grep -Eq "under the name of another kind|is an input of this run" err.txt || fail "$option $target: $(cat err.txt)"
    done
done

# --- nothing that a terminal obeys is printed, wherever it comes from
for command in "worklist evil.h5 --model $model/nordic.yaml" "worklist evil.h5 --model $model/nordic.yaml --format csv" \
    "explain evil.h5 --model $model/nordic.yaml --claim +cmd" "inspect evil.h5" "inspect evil.h5 --format csv" \
    "inspect evil.h5 --by product --format csv" "value evil.h5 --model $model/nordic.yaml" \
    "inspect ${esc}[2J.h5" "value s.h5 --model ${esc}]0;x.yaml"; do
    # shellcheck disable=SC2086
    $J $command >out.txt 2>&1 || true
    if LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]' out.txt; then
        fail "control characters from: $command"
    fi
done
$J explain evil.h5 --model "$model/nordic.yaml" --claim "${esc}[31mnone" >out.txt 2>&1 && fail "found a claim that is not there"
grep -q 'u001b' out.txt || fail "the message does not show what was asked for: $(cat out.txt)"
$J inspect evil.h5 --format json | python3 -c 'import json, sys; json.load(sys.stdin)' || fail "JSON broken by escapes"

# --- text that a spreadsheet would run is guarded, numbers stay numbers
$J value evil.h5 --model "$model/nordic.yaml" --claims c.csv >/dev/null
grep -q "^\"'=HYPERLINK" c.csv || fail "a formula in the claims: $(cat c.csv)"
grep -q "^'+cmd," c.csv && grep -q "^'@x," c.csv || fail "a formula in the claims: $(cat c.csv)"
grep -q "^-17," c.csv || fail "an id that is a number was changed"
if LC_ALL=C grep -q "$(printf '\302\233')" c.csv; then fail "a control character in the claims"; fi
grep -qF '"a\u009bb",' c.csv || fail "a control character is not written out: $(cat c.csv)"

$J value evil.h5 --model "$model/nordic.yaml" --claims raw.csv --raw-text >/dev/null
grep -q '^"=HYPERLINK' raw.csv || fail "--raw-text changed a text"
# Nor do any of the others that write a row for each claim; the control character is one, too. (cells: of ids alone, at a line's head.)
printf -- '- name: worse\n  recovery: 0.8\n' >cases.yaml
printf 'claim_id,paid_on,amount\n' >none.csv
mkdir rows
$J scenario evil.h5 --model "$model/nordic.yaml" --scenarios cases.yaml --committed --claims rows/scenario.csv >/dev/null
$J price evil.h5 --model "$model/nordic.yaml" --claims rows/price.csv >/dev/null
$J decide evil.h5 --model "$model/nordic.yaml" --court-budget 100 --claims rows/decide.csv >/dev/null
$J calendar evil.h5 --model "$model/nordic.yaml" --claims rows/calendar.csv >/dev/null
$J checks evil.h5 --model "$model/nordic.yaml" --price 0.8 --claims rows/checks.csv >/dev/null
$J compare evil.h5 evil.h5 --model "$model/nordic.yaml" --payments none.csv --claims rows/compare.csv >/dev/null 2>&1 || true
$J value evil.h5 --model "$model/nordic.yaml" --challenger "$model/nordic.yaml" --claims rows/value.csv --disagree rows/disagree.csv >/dev/null
rows=0
for file in rows/*.csv; do
    if grep -qE '^"?[=@+]' "$file"; then fail "a formula in $file: $(cat "$file")"; fi
    if LC_ALL=C grep -q "$(printf '\302\233')" "$file"; then fail "a control character in $file"; fi
    if grep -qF "'=HYPERLINK" "$file"; then rows=$((rows + 1)); fi
done
[ "$rows" -ge 5 ] || fail "only $rows files have the claim whose id is a formula: $(ls rows)"
$J worklist evil.h5 --model "$model/nordic.yaml" --format csv >out.txt
if grep -qE ',"?[=+@]' out.txt; then fail "a formula in the worklist: $(cat out.txt)"; fi
$J inspect evil.h5 --by product --format csv >out.txt
grep -q "'=1+1" out.txt || fail "a formula in inspect's CSV"
if grep -qE '(^|,)"?[=@]' out.txt; then fail "a formula in inspect's CSV"; fi
$J inspect evil.h5 --by product --format csv --raw-text >out.txt
grep -q ",=1+1," out.txt || fail "--raw-text on stdout"
printf 'origin,development,paid\n=2+5,0,10\n=2+5,1,5\n2021,0,9\n' >tri.csv
$J chainladder tri.csv --format csv >out.txt 2>&1 || true
if grep -qE '^"?=' out.txt; then fail "a formula from a triangle: $(cat out.txt)"; fi

# --- a model reads no more than what lies beside it
mkdir -p third/inner
printf 'top: secret\n' >secret.yaml
printf 'include: nordic.yaml\n' >third/good.yaml
cp -r "$model"/* third/inner/
printf 'include: inner/nordic.yaml\n' >third/good.yaml
$J value s.h5 --model third/good.yaml >/dev/null || fail "an include below the model's folder"
ln -s ../secret.yaml third/link.yaml
for name in ../secret.yaml "$work/secret.yaml" link.yaml inner/../../secret.yaml /etc/passwd; do
    printf 'include: [inner/nordic.yaml, %s]\n' "$name" >third/bad.yaml
    if $J value s.h5 --model third/bad.yaml >/dev/null 2>err.txt; then
        fail "include $name"
    fi
    grep -q "not below the model's folder" err.txt || fail "include $name: $(cat err.txt)"
    grep -q "secret'\|root:" err.txt && fail "a foreign file is quoted: $(cat err.txt)"
done
printf 'include: inner/nordic.yaml\nscorecard: {trees: ../secret.yaml}\n' >third/bad.yaml
if $J value s.h5 --model third/bad.yaml >/dev/null 2>err.txt; then fail "foreign trees"; fi
grep -q "not below the model's folder" err.txt || fail "trees: $(cat err.txt)"
mkdir -p third/deep
printf 'include: ../inner/nordic.yaml\n' >third/deep/up.yaml
if $J value s.h5 --model third/deep/up.yaml >/dev/null 2>&1; then fail "an include beside the folder"; fi
$J value s.h5 --model third/deep/up.yaml --any-include >/dev/null || fail "--any-include"

# --- rights: a replaced file's stay, personal data are their owner's
for option in --claims -o; do
    rm -f r
    $J value s.h5 --model "$model/nordic.yaml" "$option" r >/dev/null
    [[ $(stat -c %a r) == 600 ]] || fail "$option: $(stat -c %a r) for a new file with personal data"
    chmod 640 r
    $J value s.h5 --model "$model/nordic.yaml" "$option" r >/dev/null
    [[ $(stat -c %a r) == 640 ]] || fail "$option: $(stat -c %a r) after 640"
done
$J worklist s.h5 --model "$model/nordic.yaml" --json list.json >/dev/null
[[ $(stat -c %a list.json) == 600 ]] || fail "a worklist that all may read"
[[ $(stat -c %a evil.h5) == 600 ]] || fail "a store that all may read"
$J value s.h5 --model "$model/nordic.yaml" --claims shared.csv --shared >/dev/null
[[ $(stat -c %a shared.csv) == 644 ]] || fail "--shared: $(stat -c %a shared.csv)"
$J value s.h5 --model "$model/nordic.yaml" --cashflow flow.csv >/dev/null
[[ $(stat -c %a flow.csv) == 644 ]] || fail "sums are no personal data"

# --- names as long as the folder takes
long=$(printf 'n%.0s' {1..255})
$J value s.h5 --model "$model/nordic.yaml" --claims "$long" >/dev/null || fail "a name of 255 bytes"
$J value s.h5 --model "$model/nordic.yaml" -o "$long" --compress 1 >/dev/null 2>&1 || $J value s.h5 --model "$model/nordic.yaml" -o "$long" >/dev/null
if $J value s.h5 --model "$model/nordic.yaml" --claims "${long}n" >/dev/null 2>err.txt; then
    fail "a name of 256 bytes"
fi
grep -q "File name too long" err.txt || fail "$(cat err.txt)"

# --- rejects that there are none of take nothing away but old rejects
mkfifo pipe
printf 'claim_id,country,written_off_on,principal\na,FI,2026-01-15,5\n' >good.csv
$J import good.csv -o g.h5 --cutoff 2026-06-30 --rejects pipe --quiet >/dev/null
[[ -p pipe ]] || fail "a pipe was removed"

[[ -z $(find . -name '.jalki-*') ]] || fail "left behind: $(find . -name '.jalki-*')"
echo passed
