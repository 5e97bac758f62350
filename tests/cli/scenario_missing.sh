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
import collections, csv
rows = list(csv.DictReader(open("t.csv")))
segments = [row["segment"] for row in csv.DictReader(open("t.values.csv"))]
for field in ("employment", "placements"):  # one segment where 30 know it, which is enough, one where 29 do
    known = collections.Counter(s for row, s in zip(rows, segments) if row[field])
    for segment, wanted in zip([s for s, n in reversed(known.most_common()) if n > 30], (30, 29)):
        for row in [row for row, s in zip(rows, segments) if s == segment and row[field]][wanted:]:
            row[field] = ""
def write(name, rows):
    with open(name, "w", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
write("t.csv", rows)
for field in ("employment", "birth_year", "last_paid_on", "limitation_on", "income_monthly"):
    write(f"no_{field}.csv", [{k: v for k, v in row.items() if k != field} for row in rows])
for level in ("employed", "self_employed", "unemployed", "retired", "unknown"):
    write(f"all_{level}.csv", [{**row, "employment": level} for row in rows])
for level in (0, 1, 2, 3, 5):
    write(f"all_{level}.csv", [{**row, "placements": level} for row in rows])
write("no_placements.csv", [{**row, "placements": ""} for row in rows])
END
for tape in t no_employment no_birth_year no_last_paid_on no_limitation_on no_income_monthly no_placements \
    all_employed all_self_employed all_unemployed all_retired all_unknown all_0 all_1 all_2 all_3 all_5; do
    value_of $tape
done
scenario=(jalki scenario t.h5 --model "$model" --quiet --irr 0.12)
"${scenario[@]}" --missing all --json m.json >m.txt
"${scenario[@]}" --missing employment,birth_year --format csv --threads 1 >m.csv
"${scenario[@]}" --missing legal_status,vulnerable,interest_rate --format json >odd.json
python3 - <<'END'
import csv, json, math
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
source = list(csv.DictReader(open("t.csv")))
given = [float(row["value"]) for row in csv.DictReader(open("t.values.csv"))]
ACTIONS = ("q_close", "q_sell", "q_surveil", "q_amicable", "q_legal")
near_enough = lambda a, b: abs(a - b) <= 1e-6 * value
close = lambda a, b: abs(a - b) <= 1e-7 * abs(b) + 1e-6
def check(name, levels, level_of):
    field = fields[name]
    read = lambda tape: list(csv.DictReader(open(f"{tape}.values.csv")))
    by_level = [read(f"all_{level}") for level in levels]
    claims = [[float(row["value"]) for row in rows] for rows in zip(read(f"no_{name}"), *by_level)]
    gap = [not row[name] for row in source]
    assert close(field["worst"], sum(map(min, claims))) and close(field["best"], sum(map(max, claims))), name
    assert field["gap_claims"] == sum(gap) > 0, name
    assert close(field["gap_value"], sum(v for v, g in zip(given, gap) if g)), name
    assert close(field["gap_worst"], sum(min(v) for v, g in zip(claims, gap) if g)), name
    # What knowing it is worth: each level drawn as it stands on the tape, in the claim's segment where 30 know it.
    segments = [row["segment"] for row in by_level[0]]
    counts = {None: dict.fromkeys(levels, 0)}
    for row, segment in zip(source, segments):
        if row[name]:
            for key in (segment, None):
                counts.setdefault(key, dict.fromkeys(levels, 0))[level_of(row[name])] += 1
    assert {29, 30} <= {sum(count.values()) for count in counts.values()}, name
    information = expected = gap_information = 0.0
    for i, segment in enumerate(segments):
        weights = counts.get(segment, counts[None])
        weights = weights if sum(weights.values()) >= 30 else counts[None]
        parts = [weights[level] / sum(weights.values()) for level in levels]
        mean = sum(p * float(rows[i]["value"]) for p, rows in zip(parts, by_level))
        unknowing = max(sum(p * float(rows[i][a] or 0) for p, rows in zip(parts, by_level)) for a in ACTIONS)
        expected += mean
        information += max(0.0, mean - unknowing)
        gap_information += max(0.0, mean - unknowing) if gap[i] else 0.0
    assert near_enough(field["expected"], expected), (name, field["expected"], expected)
    assert near_enough(field["information"], information) and information > 0, (name, field["information"], information)
    assert near_enough(field["gap_information"], gap_information), (name, field["gap_information"], gap_information)
check("employment", ("employed", "self_employed", "unemployed", "retired", "unknown"), str)
check("placements", (0, 1, 2, 3, 5), lambda cell: min((0, 1, 2, 3, 5), key=lambda n: abs(math.log((1 + n) / (1 + int(cell))))))
assert all(f["information"] is None or 0 <= f["information"] <= f["best"] - f["worst"] for f in fields.values())
for row in csv.DictReader(open("m.csv")):
    assert abs(float(row["worst"]) - fields[row["field"]]["worst"]) <= 0.00500001
END
grep -q "The price of missing data" m.txt || fail "no table"
refused 2 "no column that can be asked about" "${scenario[@]}" --missing principal
refused 2 "stands twice" "${scenario[@]}" --missing employment,employment
refused 2 "stands by itself" "${scenario[@]}" --missing all --break-even recovery
refused 1 "" "${scenario[@]}" --missing employment --json t.h5
