#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The files of one fit know each other; a model's name can be read back.
J=$JALKI_PROGRAM
. "$JALKI_SOURCE/tests/support/shell.sh"


$J generate -n 400 -o t.h5 --quiet
$J generate -n 2500 --panel --months 36 --seed 2 --model "$model" -o p1.h5 --quiet
$J generate -n 400 --panel --months 12 --seed 3 --model "$model" -o p2.h5 --quiet
$J fit p1.h5 --model "$model" -o pair.yaml --name 'first fit' >/dev/null
cp pair.covariance.json old.json
cp pair.yaml old.yaml
simulate=("$J" simulate t.h5 --paths 100 --quiet)
"${simulate[@]}" --model pair.yaml --covariance pair.covariance.json >/dev/null || fail "the two of one fit"
# Five debtors of p2 paid anything, which says nothing of points; what is written can be read back all the same.
$J fit p2.h5 --model "$model" -o pair.yaml --name 'first fit' >out.txt
grep >/dev/null "5 debtors who paid cannot tell" out.txt || fail "$(cat out.txt)"
$J value t.h5 --model pair.yaml >/dev/null || fail "a fit to hardly a payment cannot be read back"
for pair in "pair.yaml old.json" "old.yaml pair.covariance.json"; do
    # shellcheck disable=SC2086
    set -- $pair
    if "${simulate[@]}" --model "$1" --covariance "$2" >/dev/null 2>err.txt; then
        fail "$1 with $2 of another fit"
    fi
    grep -q "of another model" err.txt || fail "$(cat err.txt)"
done
echo "# a comment" >>old.yaml
if "${simulate[@]}" --model old.yaml --covariance old.json >/dev/null 2>err.txt; then
    fail "a model changed since"
fi

for name in '' $'\xff' $'a\nb' $'\033[31m' $'\xe2\x80\xae'; do
    code=0
    $J fit p2.h5 --model "$model" -o named.yaml --name "$name" >/dev/null 2>err.txt || code=$?
    [[ $code == 2 && ! -e named.yaml ]] || fail "name '$name': exit $code"
done
for name in 'Jälki "2026" \ #1' "it's: 1" 'true' '12'; do
    $J fit p2.h5 --model "$model" -o named.yaml --name "$name" >/dev/null
    $J value t.h5 --model named.yaml >out.txt || fail "the model named $name does not load"
    grep -qF "$name" out.txt || fail "the name $name came back as $(grep Model out.txt)"
done
echo passed
