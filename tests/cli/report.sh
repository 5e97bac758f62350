#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# jalki report on the command line: its figures beside those of the other commands, other tapes and models, mistakes.
. "$JALKI_SOURCE/tests/support/shell.sh"
jalki generate -n 2500 -o tape.csv --quiet
jalki import tape.csv -o tape.h5 --cutoff 2026-06-30 --quiet >/dev/null
jalki value tape.h5 --model "$model" --irr 0.14 -o results.h5 --claims claims.csv --json totals.json --quiet >/dev/null
cat >scenarios.yaml <<'YAML'
- {name: nothing, note: as it was, costs: 1.0}
- {name: dearer money, irr: 0.06}
- {name: less, recovery: 0.8}
YAML
jalki report results.h5 -o report.html --json report.json --irr 0.1,0.14,0.2 --floor payback=40 --floor multiple=1.2 \
    --asked 100000 --scenarios scenarios.yaml --paths 200 --seed 5 --quiet
jalki price tape.h5 --model "$model" --irr 0.1,0.14,0.2 --floor payback=40 --floor multiple=1.2 --asked 100000 \
    --format json --quiet >prices.json
bid=$(/usr/bin/python3 -c 'import json; print([b["bid"] for b in json.load(open("report.json"))["returns"]["bids"] if b["chosen"]][0])')
jalki simulate tape.h5 --model "$model" --irr 0.14 --paths 200 --seed 5 --price "$bid" --json simulated.json --quiet >/dev/null
jalki worklist tape.h5 --model "$model" --irr 0.14 --top 20 --json list.json --quiet >/dev/null

# The title is the page's and the document's, as text whatever it says.
grep -q '<h1>Portfolio report</h1>' report.html
jalki report results.h5 -o titled.html --title 'Q2 <bids> & "more"' --quiet
grep -q '<title>Q2 &lt;bids&gt; &amp; "more"</title>' titled.html
grep -q '<h1>Q2 &lt;bids&gt; &amp; "more"</h1>' titled.html

cat >check.py <<'PYTHON'
"""The report's figures are those of value, price and worklist; the rest once more from the claims file and the tape."""
import collections
import csv
import json

report = json.load(open("report.json"))
totals = json.load(open("totals.json"))
runs = [figures["manifest"].pop("run")["command"] for figures in (report["valuation"], totals)]
assert report["valuation"] == totals and runs == ["report", "value"]
prices = json.load(open("prices.json"))["returns"]
for mine, theirs in zip(report["returns"]["bids"], prices, strict=True):
    for key in ("irr", "value", "bid_at_return", "bid", "bid_pct_of_face", "binding", "multiple", "payback_months", "asked"):
        assert mine[key] == theirs[key], (key, mine[key], theirs[key])
    assert mine["chosen"] == (mine["irr"] == 0.14)
for line in report["returns"]["alone"]:
    theirs = [bid["segments"] if line["kind"] == "segment" else [{"id": c, **g} for c, g in bid["countries"].items()] for bid in prices]
    assert line["bids"] == [next(g for g in groups if g["id"] == line["name"])["bid"] for groups in theirs], line
assert {line["kind"] for line in report["returns"]["alone"]} == {"segment", "country"}
listed = json.load(open("list.json"))
del listed["manifest"]
rows = [row.pop("claim_id") for row in report["worklist"]["rows"]]
ids = [row["claim_id"] for row in csv.DictReader(open("tape.csv"))]
assert [ids[int(row.removeprefix("row ")) - 1] for row in rows] == [row.pop("claim_id") for row in listed["rows"]]
debtors = {row.pop("debtor_id") for row in report["worklist"]["rows"]}, {row.pop("debtor_id") for row in listed["rows"]}
assert debtors[0] == {None} and len(debtors[1]) > 1  # nor debtors, where ids are not asked for
assert report["worklist"] == listed

# From face to bid: each level is what the steps before it come to, exactly.
level = None
shown = {}
for bar in report["waterfall"]:
    shown[bar["name"]] = bar["amount"]
    if bar["kind"] == "step":
        level += round(100 * bar["amount"])
    else:
        assert level is None or level == round(100 * bar["amount"]), bar
        level = round(100 * bar["amount"])
unit = 10 ** -report["decimals"]
assert abs(shown["face"] - totals["face"]) <= 0.51 * unit and abs(shown["value"] - totals["value"]) <= 0.51 * unit
chosen = next(bid for bid in report["returns"]["bids"] if bid["chosen"])
assert abs(shown["bid"] - chosen["bid"]) <= 0.51 * unit and ("floor" in shown) == (chosen["bid"] < chosen["bid_at_return"])

# A scenario that changes nothing, one that is another return, and one that is worse, and worse still if nobody reacts.
nothing, dearer, less = report["scenarios"]["list"]
assert nothing["note"] == "as it was" and nothing["replanned"]["value"] == nothing["committed"]["value"] == totals["value"]
assert dearer["replanned"]["value"] == report["returns"]["bids"][2]["value"] and dearer["replanned"]["irr"] == 0.2
assert dearer["replanned"]["bid"] == report["returns"]["bids"][2]["bid"]
assert less["committed"]["value"] <= less["replanned"]["value"] < totals["value"]

# The simulation at the bid; its last year so far is the whole, its first the first year.
simulated, simulation = json.load(open("simulated.json")), report["simulation"]
del simulated["manifest"]
assert all(simulation[key] == simulated[key] for key in ("paths", "seed", "pv", "erc_by_year", "erc_to_year", "price_at_confidence"))
assert abs(simulation["irr_at_price"]["mean"] - simulated["irr_at_price"]["mean"]) < 1e-9
assert simulation["erc_to_year"][0] == simulation["erc_by_year"][0]
for key in ("mean", "p05", "p50", "p95"):
    assert abs(simulation["erc_to_year"][-1][key] - simulation["gross"][key]) < 1e-5 * simulation["gross"][key], key
    assert all(a[key] < b[key] for a, b in zip(simulation["erc_to_year"], simulation["erc_to_year"][1:]))

months = report["months"]
assert abs(sum(months["net"]) - totals["net"]) < 1e-6 * totals["net"]
assert abs(sum(months["gross"]) - totals["erc_gross"]["180"]) < 1e-6 * totals["erc_gross"]["180"]

claims = list(csv.DictReader(open("claims.csv")))
tape = {row["claim_id"]: row for row in csv.DictReader(open("tape.csv"))}
values = sorted(float(row["value"]) for row in claims)
whole = sum(values)
concentration = report["concentration"]
for entry in concentration["value_by_claim"]["top"]:
    top = -(-len(values) * entry["percent"] // 100)
    assert entry["count"] == top and abs(entry["share"] - sum(values[-top:]) / whole) < 1e-4
gini = sum((2 * i + 1 - len(values)) * v for i, v in enumerate(values)) / (len(values) * whole)
assert abs(concentration["value_by_claim"]["gini"] - gini) < 1e-4
debtors = collections.Counter()
for row in claims:
    debtors[tape[row["claim_id"]]["debtor_id"] or row["claim_id"]] += float(row["value"])
top = sorted(debtors.values())[-(-(-len(debtors) // 100)):]
entry = concentration["value_by_debtor"]["top"][0]
assert concentration["value_by_debtor"]["count"] == len(debtors) and abs(entry["share"] - sum(top) / whole) < 1e-4


def months_since(day, cutoff=(2026, 6, 30)):
    """Whole months; the cut-off is the last day of its month."""
    year, month, _ = map(int, day.split("-"))
    return (cutoff[0] - year) * 12 + cutoff[1] - month


bands = report["map"]["bands_from_month"]
cells = collections.defaultdict(lambda: [0, 0.0])
for row in claims:
    band = max(b for b in bands if b <= months_since(tape[row["claim_id"]]["written_off_on"]))
    cells[row["segment"], band][0] += 1
    cells[row["segment"], band][1] += float(row["value"])
made = {(c["segment"], c["from_month"]): c for c in report["map"]["cells"]}
assert made.keys() == cells.keys()
for key, (count, value) in cells.items():
    assert made[key]["claims"] == count and abs(made[key]["value"] - value) < 0.01 * count, (key, made[key], count, value)
assert abs(sum(c["face"] for c in made.values()) - totals["face"]) < 0.01
assert sum(column["missing"] for column in report["tape"]["columns"] if column["name"] == "income_monthly") == \
    sum(row["income_monthly"] == "" for row in tape.values())
PYTHON
/usr/bin/python3 check.py
(($(stat -c %s report.html) < 3000000))

# The same bytes whatever the threads; the default of further returns; elsewhere with --tape and --model.
jalki report results.h5 -o one.html --threads 1 --irr 0.1,0.14,0.2 --floor payback=40 --floor multiple=1.2 --asked 100000 \
    --scenarios scenarios.yaml --paths 200 --seed 5 --quiet
cmp one.html report.html
jalki report results.h5 --json - --quiet >default.json
grep -q '"irr": 0.17' default.json
mkdir elsewhere
mv tape.h5 elsewhere/
fails() { # fails CODE WORDS COMMAND…
    local code=0
    jalki "${@:3}" >out 2>err || code=$?
    [[ $code == "$1" ]] || { echo "exit $code, expected $1: $*"; cat err; exit 1; }
    grep -q -- "$2" err || { echo "no '$2' in:"; cat err; exit 1; }
}
fails 1 "expected --tape T.h5" report results.h5 -o report.html
jalki report results.h5 -o moved.html --tape elsewhere/tape.h5 --quiet
jalki generate -n 2500 --seed 9 -o other.h5 --quiet
fails 1 "is not the tape" report results.h5 -o x.html --tape other.h5
sed 's/^irr:.*/irr: 0.2/' "$model" >changed.yaml
cp -r "$JALKI_SOURCE"/models/{law,scorecard.yaml,segments.yaml} .
fails 1 "is not the model" report results.h5 -o x.html --tape elsewhere/tape.h5 --model changed.yaml
fails 1 "this is a tape; expected results" report elsewhere/tape.h5 -o x.html
head -c 20000 results.h5 >cut.h5
fails 1 "cut.h5" report cut.h5 -o x.html
fails 1 "no.yaml" report results.h5 -o x.html --tape elsewhere/tape.h5 --scenarios no.yaml
fails 1 "is an input" report results.h5 -o scenarios.yaml --tape elsewhere/tape.h5 --scenarios scenarios.yaml
fails 1 "cannot" report results.h5 -o /nonexistent/x.html --tape elsewhere/tape.h5
fails 1 "/dev/full" report results.h5 -o /dev/full --tape elsewhere/tape.h5
fails 1 "is an input" report results.h5 -o results.h5 --tape elsewhere/tape.h5
fails 1 "two outputs" report results.h5 -o same --json same --tape elsewhere/tape.h5
fails 2 "results are needed" report -o x.html
fails 2 "-o F.html" report results.h5
fails 2 "whole number" report results.h5 -o x.html --paths 3
fails 2 "not multiple=NUMBER" report results.h5 -o x.html --floor size=3
[[ ! -e x.html && ! -e same ]]

# Results whose values were changed are not this tape's.
cat >change.py <<'PYTHON'
import sys
try:
    import h5py
except ImportError:
    sys.exit(77)
with h5py.File("results.h5", "r+") as file:
    file["result/value"][0] += 1.0
PYTHON
if /usr/bin/python3 change.py; then
    fails 1 "claims are worth" report results.h5 -o x.html --tape elsewhere/tape.h5
else
    echo "without h5py: changed results are not tried"
fi
jalki report --help >help.txt
grep -q Example help.txt
