#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jalki scenario end to end: the base is that of value, files agree with each other, mistakes are refused.
. "$JALKI_SOURCE/tests/support/shell.sh"

jalki generate -n 3000 -o t.csv --seed 7 --quiet
jalki import t.csv -o t.h5 --cutoff 2026-06-30 --quiet >import.txt
cat >own.yaml <<'END'
- {name: nothing, where: {country: [FI, SE]}, recovery: 1}
- {name: half of Finland, note: half, where: {country: FI}, recovery: [[0, 0.5], [24, 1]]}
- {name: dear money, irr: 0.02}
- {name: cut, where: {country: [SE], segment: [se-finance]}, theta: 0.5}
- {name: cut, where: {country: [SE]}, court_cost: 3}
END
scenario=(jalki scenario t.h5 --model "$model" --quiet)
jalki value t.h5 --model "$model" --quiet --irr 0.12 --json v.json --claims v.csv >value.txt
jalki value t.h5 --model "$model" --quiet --irr 0.14 --json v14.json >value.txt
"${scenario[@]}" --scenarios own.yaml --irr 0.12 --json s.json --claims s.csv >table.txt
"${scenario[@]}" --scenarios own.yaml --irr 0.12 --format csv >s.txt
"${scenario[@]}" --scenarios own.yaml --irr 0.12 --format json --threads 1 --committed >committed.json
"${scenario[@]}" --scenarios own.yaml --irr 0.12 --segment fi-finance --replanned >segment.txt
"${scenario[@]}" --scenarios "$JALKI_SOURCE/data/scenarios/nordic.yaml" --json shipped.json --sell >shipped.txt
grep -q "Committed: the base plan is kept" table.txt || fail "no table of committed values"
grep -q "segment fi-finance" segment.txt || fail "the segment is not named"
if grep -q Committed segment.txt; then fail "--replanned shows the committed values"; fi

python3 - <<'END'
import csv, json
value, higher, s = (json.load(open(f)) for f in ("v.json", "v14.json", "s.json"))
keys = ("claims", "face", "value", "bid", "bid_pct_of_face", "erc_gross", "net", "multiple", "payback_months")
names = {entry["name"]: entry for entry in s["scenarios"]}
assert [entry["name"] for entry in s["scenarios"]] == ["nothing", "half of Finland", "dear money", "cut"]
for place in (s["base"], names["nothing"]["replanned"], names["nothing"]["committed"]):
    assert all(place[k] == value[k] for k in keys), place
    for a, b in zip(place["segments"], value["segments"]):
        assert a["id"] == b["id"] and a["value"] == b["value"] and a["net"] == b["net"]
assert names["nothing"]["replanned"]["changes"] == []
assert all(names["dear money"]["replanned"][k] == higher[k] for k in keys)
assert abs(names["dear money"]["irr"] - 0.14) < 1e-15
half = names["half of Finland"]
assert half["committed"]["value"] <= half["replanned"]["value"] < value["value"]
for a, b in zip(half["replanned"]["segments"], value["segments"]):
    assert (a["value"] == b["value"]) or a["id"].startswith("fi-"), a["id"]
moved = sum(c["claims"] for c in half["replanned"]["changes"])
assert moved > 0 and all(c["from"] != c["to"] and c["why"] for c in half["replanned"]["changes"])

rows = list(csv.DictReader(open("s.csv")))
base = list(csv.DictReader(open("v.csv")))
assert len(rows) == len(base) == 3000
for a, b in zip(rows, base):
    assert a["claim_id"] == b["claim_id"] and a["segment"] == b["segment"]
    assert a["base decision"] == b["decision"] and a["base value"] == b["value"] == a["nothing value"]
assert sum(r["base decision"] != r["half of Finland decision"] for r in rows) == moved
assert all(r["base decision"] == r["half of Finland (committed) decision"] for r in rows)
total = sum(float(r["cut (committed) value"]) for r in rows)
assert abs(total - names["cut"]["committed"]["value"]) < 0.005 * 3000

lines = {(r["scenario"], r["mode"], r["segment"]): r for r in csv.DictReader(open("s.txt"))}
assert len(lines) == (1 + 2 * 4) * (1 + len(value["segments"]))
for name, entry in names.items():
    for mode in ("replanned", "committed"):
        assert abs(float(lines[name, mode, "all"]["value"]) - entry[mode]["value"]) <= 0.005000001
only = json.load(open("committed.json"))
for a, b in zip(only["scenarios"], s["scenarios"]):
    assert "replanned" not in a and a["committed"]["value"] == b["committed"]["value"]
shipped = json.load(open("shipped.json"))
assert len(shipped["scenarios"]) == 13
for entry in shipped["scenarios"]:
    better = entry["name"] == "recovery"
    assert (entry["replanned"]["change_pct"] > 0) == better, entry["name"]
    assert entry["committed"]["value"] <= entry["replanned"]["value"] * (1 + 1e-6)
END

refused 2 "--scenarios S.yaml is needed" jalki scenario t.h5 --model "$model"
refused 1 "no segment 'nowhere'" "${scenario[@]}" --scenarios own.yaml --segment nowhere
refused 1 "missing.yaml" "${scenario[@]}" --scenarios missing.yaml
refused 1 "" "${scenario[@]}" --scenarios own.yaml --json own.yaml
refused 1 "" "${scenario[@]}" --scenarios own.yaml --json same.json --claims same.json
refused 2 "" "${scenario[@]}" --scenarios own.yaml --claims -
[ -s own.yaml ] && [ ! -e same.json ] || fail "an input was replaced or a file left behind"
echo '- {name: a, recoverry: 0.5}' >bad.yaml
refused 1 "bad.yaml:1:.*did you mean 'recovery'" "${scenario[@]}" --scenarios bad.yaml --claims left.csv
echo '- {name: a, irr: -0.99}' >bad.yaml
refused 1 "a: takes the required return to -1.04" "${scenario[@]}" --scenarios bad.yaml --claims left.csv --irr -0.05
for line in 'law: {SE: {limitation: {final_months: {consumer: 120}}}}|belong together' \
    'law: {ZZ: {limitation: {final_months: {consumer: 120}}}}, from: 2028-01-01|.ZZ. cannot change' \
    'law: {SE: {interest: {consumer: 0.1}}}, from: 2028-01-01|.interest. cannot change' \
    'law: {SE: {limitation: {title_months: 60}}}, from: 2028-01-01|.title_months. cannot change' \
    'law: {SE: {attachable: {base: -1}}}, from: 2028-01-01|bad.yaml:1: jurisdictions.SE.attachable.base' \
    'law: {SE: {attachable: {base: 1}}}, from: 2028-02-30|a day, YYYY-MM-DD' \
    'law: {SE: {attachable: {base: 1}}}, from: 2026-06-30|not after the cut-off' \
    'law: {SE: {attachable: {base: 1}}}, from: 2028-01-01, where: {country: [SE]}|instead of where'; do
    echo "- {name: a, ${line%|*}}" >bad.yaml
    refused 1 "${line#*|}" "${scenario[@]}" --scenarios bad.yaml --claims left.csv
done
printf -- '- {name: a, law: {SE: {attachable: {base: 1}}}, from: 2028-01-01}\n- {name: a, law: {FI: {attachable: {base: 1}}}, from: 2028-01-01}\n' >bad.yaml
refused 1 "bad.yaml:2: law: a scenario's law changes once" "${scenario[@]}" --scenarios bad.yaml --claims left.csv
[ ! -e left.csv ] || fail "a failed run left a file"

# A later law that says what the law says now changes nothing, to the bit.
echo '- {name: same, law: {FI: {attachable: {max_share: 0.5}}, SE: {limitation: {final_months: {consumer: null}}}}, from: 2027-01-01}' >same.yaml
"${scenario[@]}" --scenarios same.yaml --format json >same.json
python3 -c "
import json
entry = json.load(open('same.json'))
assert entry['scenarios'][0]['replanned']['value'] == entry['scenarios'][0]['committed']['value'] == entry['base']['value']
"
rm same.json
if [ -e /dev/full ]; then
    refused 1 "" "${scenario[@]}" --scenarios own.yaml --claims /dev/full
    refused 1 "" sh -c "\"$JALKI_PROGRAM\" scenario t.h5 --model \"$model\" --scenarios own.yaml >/dev/full"
fi

# Break-even: the haircut found, put into a scenario, brings the bid to the price asked.
asked=$(python3 -c 'import json; print(round(0.9 * json.load(open("v.json"))["bid"], 2))')
"${scenario[@]}" --break-even recovery --asked "$asked" --irr 0.12 --json even.json >even.txt
grep -q "Break-even of recovery" even.txt || fail "no table of the break-even"
python3 -c 'import json; print("- {name: even, recovery: %.12g}" % json.load(open("even.json"))["results"][0]["figure"])' >even.yaml
"${scenario[@]}" --scenarios even.yaml --irr 0.12 --replanned --format json >there.json
python3 -c "
import json
bid = json.load(open('there.json'))['scenarios'][0]['replanned']['bid']
assert abs(bid - $asked) <= 1e-5 * $asked, bid
"
"${scenario[@]}" --break-even court_cost --legal-share 0.5,0.1 --format csv >court.csv
[ "$(wc -l <court.csv)" = 3 ] || fail "a line for each share"
"${scenario[@]}" --break-even market_price --asked 1 >none.txt
grep -q "none: from" none.txt || fail "a break-even that there is not is not said to be none"
refused 2 "did you mean recovery" "${scenario[@]}" --break-even recovry --asked 1
refused 2 "need --break-even" "${scenario[@]}" --scenarios own.yaml --asked 1
refused 2 "either --asked or --legal-share" "${scenario[@]}" --break-even court_cost --asked 1 --legal-share 0.5
refused 2 "not a list" "${scenario[@]}" --break-even recovery --asked 1,x
