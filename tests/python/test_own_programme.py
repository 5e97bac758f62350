#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Own columns in the running programme: `watch` tells which of them changed, of which claims, with what they were; `compare --by`
groups by an own text. What is right is known from how the second tape was made, and from valuations of its parts."""
import csv
import json
import os

from test_own_columns import MAPPING, MODEL, SEGMENT, imported, rows_of, run, run_cases, tape_text, write

EXTRA = "extra: {bureau_score: number, region: text}"
CARD = "[{name: bureau_score, missing: -0.3, bins: [{below: 450, points: -0.5}, {points: 0.7}]}, {name: region, other: 0.2, levels: {north: -0.4}}]"


def model(folder, name="model.yaml"):
    segments = SEGMENT % ("north", "when: {region: [north]}") + SEGMENT % ("rest", "")
    write(folder, name, MODEL % {"extra": EXTRA, "characteristics": CARD, "segments": segments})


def read(row, column):
    return row[("bureau_score", "region", "seen_on", "guarantee").index(column)]


def watched(folder):
    before = rows_of(600)
    now, made = [], {}
    for i, (score, region, seen, cents) in enumerate(before):
        told = set()
        if i % 17 == 3:
            score, told = (None if score is not None else 444.5), told | {"bureau_score"}
        if i % 23 == 5:
            region, told = ("Uusimaa" if region != "Uusimaa" else "Kainuu"), told | {"region"}
        if i % 29 == 7:
            seen, told = ("05.05.2023" if seen != "05.05.2023" else None), told | {"seen_on"}
        if i % 31 == 11:
            cents, told = (0 if cents is None else cents + 1), told | {"guarantee"}
        now.append((score, region, seen, cents))
        if told:
            made["C%d" % i] = told
    imported(folder, before, name="A.h5", cutoff="2026-06-30")
    # in other places, and texts in another order
    other = MAPPING.replace("  bureau_score:", "  more: {constant: \"7\", type: number}\n  bureau_score:")
    imported(folder, list(reversed(now)), other, name="B.h5", cutoff="2026-06-30")
    # ids run with the rows of the file: give the second tape the first one's
    text = tape_text(now).splitlines()
    write(folder, "t.csv", "\n".join(text[:1] + text[:0:-1]) + "\n")
    run("import", "t.csv", "-o", "B.h5", "--mapping", "m.yaml", "--cutoff", "2026-06-30", folder=folder)
    model(folder)
    told = json.loads(run("watch", "A.h5", "B.h5", "--model", "model.yaml", "--top", "1000", "--format", "json", folder=folder).stdout)
    assert told["own_not_compared"] == ["more"], told["own_not_compared"]
    listed = {row["claim_id"]: row for row in told["rows"]}
    assert {name for name, row in listed.items() if "own" in row["changes"].split()} == set(made)
    for name, columns in made.items():
        i = int(name[1:])
        for column in ("bureau_score", "region", "seen_on", "guarantee"):
            assert (column in listed[name]["why"]) == (column in columns), (name, columns, listed[name])
        if "bureau_score" in columns:
            old, new = read(before[i], "bureau_score"), read(now[i], "bureau_score")
            words = ["not given" if value is None else "%.9g" % value for value in (new, old)]
            assert "bureau_score %s (was %s)" % tuple(words) in listed[name]["why"], listed[name]
    sums = {row["change"]: row for row in told["changes"]}
    for column in ("bureau_score", "region", "seen_on", "guarantee"):
        mine = [name for name, columns in made.items() if column in columns]
        assert sums[column]["claims"] == len(mine), column
        assert abs(sums[column]["value"] - sum(listed[name]["value"] for name in mine)) < 0.01, column
    assert sums["own"]["claims"] == len(made)
    only = json.loads(run("watch", "A.h5", "B.h5", "--model", "model.yaml", "--only", "own", "--top", "1000", "--format", "json",
                          folder=folder).stdout)["rows"]
    assert {row["claim_id"] for row in only} == set(made)
    shown = run("watch", "A.h5", "B.h5", "--model", "model.yaml", "--top", "3", folder=folder).stdout
    assert "own columns of one tape alone, or of two types: more" in shown and "bureau_score" in shown, shown
    # the same tape twice: nothing changed
    told = json.loads(run("watch", "A.h5", "A.h5", "--model", "model.yaml", "--format", "json", folder=folder).stdout)
    assert told["changed"] == 0 and told["own_not_compared"] == []


def compared(folder):
    rows = rows_of(300)
    imported(folder, rows, name="A.h5", cutoff="2026-03-31")
    imported(folder, rows[:280], name="B.h5", cutoff="2026-06-30")
    model(folder)
    told = json.loads(run("compare", "A.h5", "B.h5", "--model", "model.yaml", "--by", "region", "--claims", "c.csv", "--format", "json",
                          folder=folder).stdout)
    groups = {row["name"]: row for row in told["rows"] if row["group"] == "region"}
    name = {None: "missing", "Lappi": "north"}
    wanted = {}
    with open(os.path.join(folder, "c.csv"), encoding="utf-8") as file:
        for step in csv.DictReader(file):
            region = read(rows[int(step["claim_id"][1:])], "region")
            group = wanted.setdefault(name.get(region, region), {"claims": 0, "opening": 0.0, "closing": 0.0})
            group["claims"] += 1
            group["opening"] += float(step["opening"])
            group["closing"] += float(step["closing"])
    assert set(groups) == set(wanted) and len(groups) == 4, (set(groups), set(wanted))
    for region, group in wanted.items():
        assert groups[region]["opening_claims"] == group["claims"], region
        for key in ("opening", "closing"):
            assert abs(groups[region][key] - group[key]) < 0.01, (region, key)
    assert list(groups) == sorted(groups)
    assert "By the column" in run("compare", "A.h5", "B.h5", "--model", "model.yaml", "--by", "region", folder=folder).stdout
    by = json.loads(run("compare", "A.h5", "B.h5", "--model", "model.yaml", "--by", "legal_status", "--format", "json", folder=folder).stdout)
    assert [row["name"] for row in by["rows"] if row["group"] == "legal_status"] == ["missing"]
    for column, words in (("nowhere", "cannot be grouped by"), ("bureau_score", "texts or levels"), ("principal", "texts or levels")):
        told = run("compare", "A.h5", "B.h5", "--model", "model.yaml", "--by", column, status=1, folder=folder).stderr
        assert words in told and column in told, told


CASES = [watched, compared]

if __name__ == "__main__":
    run_cases(CASES)
