#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# docs/recipes.md followed on a copy of the models: a jurisdiction with segments of its own. Each step that is left out, or
# done in the wrong place, is told.
. "$JALKI_SOURCE/tests/support/shell.sh"
export JALKI_MODELS=$JALKI_SOURCE/models
fail() {
    echo "$1"
    exit 1
}

cat >t.csv <<'END'
claim_id,debtor_id,country,written_off_on,principal,debtor_type,product
d1,a,DE,2024-03-01,1200,consumer,consumer_loan
d2,b,DE,2024-03-01,300,consumer,utility
f1,c,FI,2024-03-01,900,consumer,consumer_loan
END
jalki import t.csv -o t.h5 --cutoff 2026-06-30 --quiet >/dev/null
jalki new-model mine --quiet
segment_of() { # claim -> its segment under mine/nordic.yaml; warnings go to err.txt
    jalki value t.h5 --model mine/nordic.yaml --claims c.csv --json - >/dev/null 2>err.txt || fail "$(cat err.txt)"
    python3 -c 'import csv, sys; print(next(r["segment"] for r in csv.DictReader(open("c.csv")) if r["claim_id"] == sys.argv[1]))' "$1"
}
grep -q "never used" err.txt 2>/dev/null && fail "the shipped model has a segment that is never used"
[ "$(segment_of d1)" = rest-finance ] || fail "before: $(segment_of d1)"

# 1, 2: the law of the country, and one word in the model.
sed 's/^  EE:/  DE:/' mine/law/ee.yaml >mine/law/de.yaml
sed -i 's#law/ee.yaml,#law/ee.yaml, law/de.yaml,#' mine/nordic.yaml
jalki explain t.h5 --model mine/nordic.yaml --claim d1 >explained.txt 2>err.txt || fail "$(cat err.txt)"

# 3: segments for the country. Behind the rest- ones they get no claim: told, with what takes their claims.
python3 - <<'END'
import pathlib
import re

path = pathlib.Path("mine/segments.yaml")
text = path.read_text()
blocks = re.split(r"(?m)^(?=  - id: )", text)
german = [block.replace("- id: ee-", "- id: de-").replace("[EE]", "[DE]") for block in blocks if block.startswith("  - id: ee-")]
assert german and all("[DE]" in block for block in german), german[:1]
names = [block.split()[2] for block in blocks[1:]]
first, last = names.index("rest-finance") + 1, len(blocks) - 1
pathlib.Path("wrong.yaml").write_text("".join(blocks[:last] + german + blocks[last:]))
pathlib.Path("right.yaml").write_text("".join(blocks[:first] + german + blocks[first:]))
END
cp wrong.yaml mine/segments.yaml
[ "$(segment_of d1)" = rest-finance ] || fail "behind the rest: $(segment_of d1)"
grep -q "is never used: rest-finance above it matches all of its claims" err.txt || fail "a segment out of reach is not told: $(cat err.txt)"
cp right.yaml mine/segments.yaml
[ "$(segment_of d1)" = de-finance ] && [ "$(segment_of d2)" = de-bills ] || fail "before the rest: $(segment_of d1)"
if grep -q "never used" err.txt; then fail "told of a segment within reach: $(cat err.txt)"; fi
[ "$(segment_of f1)" = fi-finance ] || fail "another country: $(segment_of f1)"
