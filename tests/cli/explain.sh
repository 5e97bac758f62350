#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# jalki explain: the same figures as `value` for claims of every decision and reason, in words and as JSON; mistakes.
. "$JALKI_SOURCE/tests/support/shell.sh"

"$JALKI_PROGRAM" generate -n 4000 -o tape.csv --quiet
"$JALKI_PROGRAM" import tape.csv -o tape.h5 --cutoff 2026-06-30 --quiet >/dev/null
"$JALKI_PROGRAM" value tape.h5 --model "$model" --sell --irr 0.12 --claims claims.csv --full --quiet >/dev/null

cat >compare.py <<'PYTHON'
"""Explains a claim of each decision, reason and country and holds them against the claims CSV of `value`."""
import csv
import json
import math
import re
import subprocess
import sys

program, model = sys.argv[1:3]


def explain(claim, *options):
    command = [program, "explain", "tape.h5", "--model", model, "--claim", claim, "--sell", "--irr", "0.12", *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def near(told, cell, what):
    if cell == "":
        assert told is None, (what, told)
    else:
        assert math.isclose(told, float(cell), rel_tol=1e-7, abs_tol=1e-7), (what, told, cell)


seen, told = {}, set()
for row in csv.DictReader(open("claims.csv")):
    kind = (row["decision"], row["reason"], row["segment"][:2])
    seen[kind] = seen.get(kind, 0) + 1
    if seen[kind] > 1:
        continue
    e = json.loads(explain(row["claim_id"], "--format", "json"))
    assert e["claim_id"] == row["claim_id"] and e["tape"]["claim_id"] == row["claim_id"]
    for key in ("decision", "reason", "segment"):
        assert e[key] == row[key], (key, e[key], row)
    for key in ("value", "erc_gross", "erc_net", "gross_12m", "gross_60m"):
        near(e[key], row[key], key)
    assert e["score"]["score"] == int(row["score"]) and e["score"]["capacity_class"] == row["capacity_class"]
    near(e["score"]["theta"], row["theta"], "theta")
    near(e["law"]["attachable"], row["attachable"], "attachable")
    near(e["law"]["months_to_bar"], row["months_to_bar"], "months_to_bar")
    points = e["score"]["intercept"] + sum(c["points"] for c in e["score"]["characteristics"])
    assert math.isclose(points, e["score"]["eta"], abs_tol=1e-6), (points, e["score"])
    for action, parts in e["actions"].items():
        near(parts["value"], row["q_" + action], action)
        if parts["value"] is not None:
            whole = parts["collected"] - parts["fees"] - parts["running"] - parts["filing"] + parts["sale"] + parts["later"]
            assert math.isclose(whole, parts["value"], rel_tol=1e-6, abs_tol=1e-4), (action, parts)
            # after the first epoch the claim is worth less than its balance, and never less than closing it
            assert -1e-3 * (1 + e["balance"]) <= parts["later"] <= 1.5 * e["balance"] + 1, (action, parts, e["balance"])
        assert (parts["why_not"] is None) == (action == e["decision"]), (action, parts)
    if e["plan"]:
        gross = sum(epoch["gross"] for epoch in e["plan"])
        assert math.isclose(gross, e["erc_gross"], rel_tol=1e-4, abs_tol=0.01), (gross, e["erc_gross"])
        net = gross + sum(epoch["sale"] - epoch["cost"] for epoch in e["plan"])
        assert math.isclose(net, e["erc_net"], rel_tol=1e-4, abs_tol=0.01), (net, e["erc_net"])
        first = e["plan"][0]
        assert first["from"] == "2026-06-30" and math.isclose(first["open"], 1.0)
        assert first["states"][0]["action"] == e["decision"]
        near(first["states"][0]["value"], row["value"], "first state")
    else:
        assert e["reason"] in ("barred", "status")
    if kind[:2] in told:
        continue
    told.add(kind[:2])
    text = explain(row["claim_id"])
    assert text.startswith("Claim " + row["claim_id"]) and f"({row['reason']})" in text
    assert not re.search(r"\b(nan|inf)\b", text), text
    shown = f"{abs(float(row['value'])):.2f}"
    assert row["reason"] != "best" or shown in text, (shown, text)
assert {kind[1] for kind in seen} == {"barred", "status", "uneconomic", "best"}, seen
assert {kind[0] for kind in seen} == {"close", "sell", "surveil", "amicable", "legal"}, seen
print(f"{len(seen)} claims explained")
PYTHON
/usr/bin/python3 compare.py "$JALKI_PROGRAM" "$model"

fails() {
    local code=$1 expected=$2
    shift 2
    local got=0
    "$JALKI_PROGRAM" explain "$@" >output 2>messages || got=$?
    [ "$got" = "$code" ] || { echo "explain $*: exit $got, expected $code"; cat messages; exit 1; }
    [ ! -s output ] || { echo "explain $*: wrote to stdout"; exit 1; }
    grep -q -- "$expected" messages || { echo "explain $*: said"; cat messages; exit 1; }
}
nearest="claim_id: no claim 'C00000039999' among 4000; the first with the longest beginning in common stands in row 3999"
fails 1 "$nearest (--with-ids names it)$" tape.h5 --model "$model" --claim C00000039999
fails 1 "$nearest: 'C0000003999'$" tape.h5 --model "$model" --claim C00000039999 --with-ids
fails 1 "claim_id: no claim 'x' among 4000$" tape.h5 --model "$model" --claim x
fails 1 'expected 1 to 128 bytes, found 129' tape.h5 --model "$model" --claim "$(printf '%0129d' 7)"
fails 1 'after the cut-off 2005-01-01' tape.h5 --model "$model" --claim C0000000001 --cutoff 2005-01-01
fails 1 'nowhere.h5' nowhere.h5 --model "$model" --claim C0000000001
fails 2 'claim ID is needed' tape.h5 --model "$model"
fails 2 'model M.yaml is needed' tape.h5 --claim 1
fails 2 'a tape is needed' --model "$model" --claim 1
fails 2 'only one tape' tape.h5 tape.h5 --model "$model" --claim 1
fails 2 'a table or json' tape.h5 --model "$model" --claim 1 --format csv
"$JALKI_PROGRAM" help explain | grep >/dev/null 'Examples\?:'
