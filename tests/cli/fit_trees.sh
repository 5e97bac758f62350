#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jalki fit --trees: the files belong together, value and explain use them, mistakes leave nothing behind.
base=$JALKI_SOURCE/tests/fit/base.yaml
. "$JALKI_SOURCE/tests/support/shell.sh"

jalki generate --panel --model "$base" -n 3000 --months 12 -o p.h5 --quiet >/dev/null
got=0
jalki fit p.h5 --model "$base" -o m.yaml --trees --tree-depth 2 --tree-max 10 --json m.json --quiet >table.txt 2>err.txt || got=$?
if [ $got != 0 ] && grep -q libxgboost err.txt; then
    echo "skipped: this build has no XGBoost"
    exit 77
fi
[ $got = 0 ] || fail "$(cat err.txt)"
grep -q "^trees .* over 5 features" table.txt || fail "the table does not speak of trees: $(grep trees table.txt)"
python3 - <<'P'
import json
fit, trees = json.load(open("m.json")), json.load(open("m.trees.json"))
learner = trees["learner"]
assert fit["trees"]["trees"] == len(learner["gradient_booster"]["model"]["trees"])
assert learner["feature_names"] == ["employment=employed", "employment=unemployed", "employment=retired",
                                    "employment=missing", "default_marks"], learner["feature_names"]
P
jalki generate -n 500 -o t.h5 --quiet >/dev/null
jalki value t.h5 --model m.yaml --claims c.csv --quiet >/dev/null
jalki explain t.h5 --model m.yaml --claim C0000000001 >explained.txt
grep -q "trees' mean" explained.txt || fail "explain is silent on trees"

# The model does not stand without its trees, nor do changed trees pass for the same model.
sha() { jalki value t.h5 --model m.yaml --json - --quiet | python3 -c 'import json, sys; print(json.load(sys.stdin)["manifest"]["model_sha256"])'; }
before=$(sha)
sed -i 's/"base_score":"1E0"/"base_score":"2E0"/' m.trees.json
[ "$(sha)" != "$before" ] || fail "the model's hash does not see its trees"
rm m.trees.json
refused 1 "m.trees.json" jalki value t.h5 --model m.yaml

refused 2 "name the model with -o" jalki fit p.h5 --model "$base" --trees
refused 2 "tree-depth" jalki fit p.h5 --model "$base" -o n.yaml --trees --tree-depth 0
refused 1 "two outputs" jalki fit p.h5 --model "$base" -o n.yaml --trees --covariance n.trees.json
[ -z "$(ls n.* 2>/dev/null)" ] || fail "files were left behind: $(ls n.*)"
