#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jalki simulate end to end: JSON, CSV and tables agree, files appear whole, mistakes are refused.
. "$JALKI_SOURCE/tests/support/shell.sh"

jalki generate -n 3000 -o t.h5 --seed 7 --quiet
simulate=(jalki simulate t.h5 --model "$model" --quiet --paths 500)
"${simulate[@]}" --json s.json >table.txt
"${simulate[@]}" --format json --threads 1 >one.json
"${simulate[@]}" --json - --threads 2 >two.json
"${simulate[@]}" --format csv >same.csv
"${simulate[@]}" --format csv --seed 2 --price 100000 --irr 0.12 --no-own-risk --sell >s.csv
jalki value t.h5 --model "$model" --quiet --json v.json >value.txt
cmp s.json one.json || fail "one thread gives other figures"
cmp s.json two.json || fail "two threads give other figures"
for words in "seed 1" "single large claims" "mean of the worst 5 %" "earns the return with 95 %" "Collections by year" \
    "How the value's figures settle"; do
    grep -q -- "$words" table.txt || fail "the tables do not say '$words'"
done

python3 - <<'END'
import csv, json
s, value = json.load(open("s.json")), json.load(open("v.json"))
figures = ["mean", "sd", "p01", "p05", "p25", "p50", "p75", "p95", "p99", "es05"]
assert s["paths"] == 500 and s["seed"] == 1 and s["manifest"]["seed"] == 1
assert s["base_value"] == value["value"] and s["irr_at_price"]["price"] == value["bid"]
assert 0 < s["model_points"] <= 3000 and 0 <= s["compression_error"] <= 0.001
for name in ("pv", "irr_at_price", "gross", "net"):
    d = s[name]
    assert [d[f] for f in figures[2:9]] == sorted(d[f] for f in figures[2:9]), name
    assert d["es05"] <= d["p05"] and all(d["std_errors"][f] > 0 for f in figures), name
assert abs(s["pv"]["mean"] - value["value"]) < 4 * s["pv"]["std_errors"]["mean"] + 0.005 * value["value"]
assert [y["year"] for y in s["erc_by_year"]] == list(range(1, 16))
assert all(y["p05"] < y["p50"] < y["p95"] and y["std_errors"]["p50"] > 0 for y in s["erc_by_year"])
price = s["price_at_confidence"]
assert set(price) == {"0.80", "0.95"} and price["0.95"] < price["0.80"] < s["pv"]["p50"]
assert abs(price["0.95"] - max(0, s["pv"]["p05"] - s["onboarding"])) < 1e-6
assert [c["paths"] for c in s["convergence"]] == [250, 500]
assert {f: s["convergence"][-1][f] for f in figures} == {f: s["pv"][f] for f in figures}
rows = list(csv.DictReader(open("s.csv")))
singles = [r for r in rows if r["std_error"] == ""]
assert len(rows) == 4 * 10 + 2 * 15 * 10 + 2 * 10 + 2 + 4 and all(float(r["std_error"]) >= 0 for r in rows if r not in singles)
assert [(r["what"], r["figure"]) for r in singles] == [("pv", "base_value"), ("irr_at_price", "price"),
    ("irr_at_price", "probability_of_required_return"), ("irr_at_price", "probability_of_loss")]

# CSV has every figure that JSON has, and JSON every figure of CSV; the tables show them.
found = {(r["what"], r["figure"]): (r["amount"], r["std_error"]) for r in csv.DictReader(open("same.csv"))}
parts = {name: s[name] for name in ("pv", "gross", "net", "irr_at_price")}
parts |= {f"erc_year_{y['year']}": y for y in s["erc_by_year"]} | {f"erc_to_year_{y['year']}": y for y in s["erc_to_year"]}
parts |= {f"pv_after_{c['paths']}": c for c in s["convergence"]}
said = {(name, f): (d[f], d["std_errors"][f]) for name, d in parts.items() for f in figures}
said |= {("price_at_confidence", c): (s["price_at_confidence"][c], s["price_at_confidence_std_errors"][c]) for c in price}
said |= {("irr_at_price", f): (s["irr_at_price"][f], None) for f in ("price", "probability_of_required_return", "probability_of_loss")}
said[("pv", "base_value")] = (s["base_value"], None)
assert said.keys() == found.keys(), said.keys() ^ found.keys()
for key, numbers in said.items():
    decimals = 2 if key[0] != "irr_at_price" or key[1] == "price" else 8
    assert found[key] == tuple("" if n is None else f"{n:.{decimals}f}" for n in numbers), (key, found[key], numbers)
assert s["erc_to_year"][0]["sd"] == s["erc_by_year"][0]["sd"] > 0
table = open("table.txt").read().replace(",", "").split("\n")
wide = 2 + len("mean of the worst 5 %")
lines = {line[2:wide].strip(): line[wide:].split() for line in table if line.startswith("  ")}
money = 2 if s["face"] < 1e6 else 0


def shown(*names):
    return [f"{100 * n:.2f}" if part == "irr_at_price" else f"{n:.{money}f}" for part, n in names]


for words, f in zip(("mean", "standard deviation", "worst 1 %", "worst 5 %", "worst quarter", "median", "best quarter", "best 5 %",
                     "best 1 %", "mean of the worst 5 %"), figures):
    of = [("pv", s["pv"][f]), ("pv", s["pv"]["std_errors"][f]), ("gross", s["gross"][f]), ("net", s["net"][f]),
          ("irr_at_price", s["irr_at_price"][f]), ("irr_at_price", s["irr_at_price"]["std_errors"][f])]
    assert [c for c in lines[words] if c != "%"] == shown(*of), (words, lines[words], shown(*of))
for y in s["erc_by_year"]:
    assert [str(y["year"]), *shown(*(("", y[f]) for f in ("mean", "p05", "p50", "p95")))] in [line.split() for line in table], y
for c in s["convergence"]:
    of = [("", d[f]) for f in ("mean", "p05", "p95", "es05") for d in (c, c["std_errors"])]
    assert [str(c["paths"]), *shown(*of)] in [line.split() for line in table], c
END

# A model without `risk` gets the format's values, and the table says so.
cat >silent.yaml <<END
jalki_model: 1
include: ["$model"]
risk: {volatility: 0, parameters: {curve: 0, class_multiplier: 0, garnish_share: 0}, countries: {EE: {volatility: 0}, EU: {volatility: 0}}}
END
jalki simulate t.h5 --model silent.yaml --quiet --paths 100 --no-own-risk --json certain.json >certain.txt
python3 - <<'END'
import json
d = json.load(open("certain.json"))["pv"]
assert d["sd"] < 1e-6 and d["p01"] == d["p99"], d
END

refused 2 "--paths" "${simulate[@]}" --paths 5
refused 2 "--paths" "${simulate[@]}" --paths 1e99
refused 2 "--seed" "${simulate[@]}" --seed -1
refused 2 "--price" "${simulate[@]}" --price -5
refused 2 "--precision" "${simulate[@]}" --precision nan
refused 2 "--tolerance" "${simulate[@]}" --tolerance 2
refused 2 "model" jalki simulate t.h5
refused 1 "missing.h5" jalki simulate missing.h5 --model "$model"
refused 1 "t.h5" "${simulate[@]}" --json t.h5
refused 1 "No such file" "${simulate[@]}" --json nowhere/s.json
refused 1 "No such file" "${simulate[@]}" --covariance nowhere.json
refused 1 "jalki_covariance" "${simulate[@]}" --covariance s.json
refused 1 "s.json" "${simulate[@]}" --covariance s.json --json s.json
if [ -e /dev/full ] && "${simulate[@]}" >/dev/full 2>err.txt; then fail "a full disk was not noticed"; fi
sed 's/volatility: 0.12/volatility: 12/' "$model" >bad.yaml
for part in "$JALKI_SOURCE"/models/*; do [ -e "$(basename "$part")" ] || cp -r "$part" .; done
refused 1 "risk.volatility" jalki simulate t.h5 --model bad.yaml
"${simulate[@]}" --precision 0.0001 >precise.txt 2>err.txt || fail "a precision that is not reached is no failure"
jalki simulate t.h5 --model "$model" --paths 200 --precision 0.0001 2>err.txt >precise.txt
grep -q "precision was not reached" err.txt || fail "the precision is not spoken of"
jalki help simulate | grep >/dev/null "Examples" || fail "no example in the help"
ls | grep >/dev/null "s.json.tmp" && fail "something is left behind"
echo "simulate: all good"
