#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The price of missing data: without a field the value is that of a tape imported without it, at its worst it is that of
# each claim's worst among tapes that were written with every level of the field.
. "$JALKI_SOURCE/tests/support/shell.sh"
value_of() { # CSV -> value, claims
    jalki import "$1.csv" -o "$1.h5" --cutoff 2026-06-30 --quiet >import.txt
    jalki value "$1.h5" --model "$model" --quiet --irr 0.12 --full --json "$1.json" --claims "$1.values.csv" >value.txt
}

jalki generate -n 2000 -o t.csv --seed 11 --quiet
value_of t
python3 - <<'END'
import csv
rows = list(csv.DictReader(open("t.csv")))
def write(name, rows):
    with open(name, "w", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
for field in ("employment", "birth_year", "last_paid_on", "limitation_on", "income_monthly"):
    write(f"no_{field}.csv", [{k: v for k, v in row.items() if k != field} for row in rows])
for level in ("employed", "self_employed", "unemployed", "retired", "unknown"):
    write(f"all_{level}.csv", [{**row, "employment": level} for row in rows])
END
for tape in no_employment no_birth_year no_last_paid_on no_limitation_on no_income_monthly \
    all_employed all_self_employed all_unemployed all_retired all_unknown; do
    value_of $tape
done
scenario=(jalki scenario t.h5 --model "$model" --quiet --irr 0.12)
"${scenario[@]}" --missing all --json m.json >m.txt
"${scenario[@]}" --missing employment,birth_year --format csv --threads 1 >m.csv
"${scenario[@]}" --missing legal_status,vulnerable,interest_rate --format json >odd.json
python3 - <<'END'
import csv, json
near = lambda a, b: abs(a - b) <= 1e-9 * max(abs(a), abs(b))
fields = {f["field"]: f for f in json.load(open("m.json"))["fields"]}
value = json.load(open("t.json"))["value"]
assert len(fields) == 17 and [f["at_stake"] for f in fields.values()] == sorted(
    (f["at_stake"] for f in fields.values()), reverse=True)
for name, field in fields.items():
    assert near(field["given"], value) and near(field["at_stake"], field["given"] - field["worst"])
    assert field["worst"] <= field["blanked"] * (1 + 1e-12) and field["blanked"] <= field["best"] * (1 + 1e-12)
    assert field["gap_worst"] <= field["gap_best"] and 0 <= field["gap_claims"] <= 2000
for name in ("employment", "birth_year", "last_paid_on", "limitation_on", "income_monthly"):
    assert near(fields[name]["blanked"], json.load(open(f"no_{name}.json"))["value"]), name
tapes = [list(csv.DictReader(open(f"{n}.values.csv"))) for n in ("no_employment", "all_employed", "all_self_employed",
                                                                "all_unemployed", "all_retired", "all_unknown")]
claims = [[float(row["value"]) for row in rows] for rows in zip(*tapes)]
source = list(csv.DictReader(open("t.csv")))
gap = [not row["employment"] for row in source]
given = [float(row["value"]) for row in csv.DictReader(open("t.values.csv"))]
field = fields["employment"]
close = lambda a, b: abs(a - b) <= 1e-7 * abs(b) + 1e-6
assert close(field["worst"], sum(map(min, claims))) and close(field["best"], sum(map(max, claims)))
assert field["gap_claims"] == sum(gap) > 0
assert close(field["gap_value"], sum(v for v, g in zip(given, gap) if g))
assert close(field["gap_worst"], sum(min(v) for v, g in zip(claims, gap) if g))
# What knowing employment is worth: each level drawn as it stands on the tape, in the claim's segment where 30 know it.
LEVELS = ("employed", "self_employed", "unemployed", "retired", "unknown")
ACTIONS = ("q_close", "q_sell", "q_surveil", "q_amicable", "q_legal")
by_level = [list(csv.DictReader(open(f"all_{level}.values.csv"))) for level in LEVELS]
segments = [row["segment"] for row in by_level[0]]
counts = {None: dict.fromkeys(LEVELS, 0)}
for row, segment in zip(source, segments):
    if row["employment"]:
        for key in (segment, None):
            counts.setdefault(key, dict.fromkeys(LEVELS, 0))[row["employment"]] += 1
information = expected = gap_information = 0.0
for i, segment in enumerate(segments):
    weights = counts.get(segment, counts[None])
    weights = weights if sum(weights.values()) >= 30 else counts[None]
    parts = [weights[level] / sum(weights.values()) for level in LEVELS]
    mean = sum(p * float(rows[i]["value"]) for p, rows in zip(parts, by_level))
    unknowing = max(sum(p * float(rows[i][a] or 0) for p, rows in zip(parts, by_level)) for a in ACTIONS)
    expected += mean
    information += max(0.0, mean - unknowing)
    gap_information += max(0.0, mean - unknowing) if gap[i] else 0.0
near_enough = lambda a, b: abs(a - b) <= 1e-6 * value
assert near_enough(field["expected"], expected), (field["expected"], expected)
assert near_enough(field["information"], information) and information > 1, (field["information"], information)
assert near_enough(field["gap_information"], gap_information), (field["gap_information"], gap_information)
assert all(f["information"] is None or 0 <= f["information"] <= f["best"] - f["worst"] for f in fields.values())
for row in csv.DictReader(open("m.csv")):
    assert abs(float(row["worst"]) - fields[row["field"]]["worst"]) <= 0.00500001
END
grep -q "The price of missing data" m.txt || fail "no table"
refused 2 "no column that can be asked about" "${scenario[@]}" --missing principal
refused 2 "stands twice" "${scenario[@]}" --missing employment,employment
refused 2 "stands by itself" "${scenario[@]}" --missing all --break-even recovery
refused 1 "" "${scenario[@]}" --missing employment --json t.h5
