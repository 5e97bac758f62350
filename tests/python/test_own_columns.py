#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Own columns (`extra` in a mapping): stored, inspected, read by scorecards and conditions, carried to results, panels and fits.

What is right is known without the program: the file's own cells, the scorecard's points added by hand, and the same fit with the same
levels under a fixed column's name.
"""
import csv
import datetime
import hashlib
import json
import math
import os
import random
import re
import shutil
import subprocess
import tempfile

import h5py
import numpy

PROGRAM = os.environ["JALKI_PROGRAM"]
DAY = numpy.datetime64("1970-01-01")

MODEL = """
jalki_model: 1
name: own columns
base_currency: EUR
horizon_months: 60
epochs: [12, 12, 12, 12, 12]
irr: 0
%(extra)s
jurisdictions:
  FI:
    limitation:
      periods: [{months: null}]
      letter_interrupts: false
      title_final_months: {consumer: null, business: null}
      final_months: {consumer: null, business: null}
    interest: {consumer: 0, business: 0}
    mortality: {G: 0, b: 0, assumed_age: 40}
    attachable: null
scorecard:
  intercept: 0
  weak_from: 0
  able_from: 0
  characteristics: %(characteristics)s
segments:
%(segments)s"""

SEGMENT = """  - id: %s
    %s
    exit_monthly: 0
    curves: {surveil: [[0, 0.01]], amicable: [[0, 0]], legal: [[0, 0]]}
    class_multiplier: {surveil: [1, 1, 1], amicable: [1, 1, 1], legal: [1, 1, 1]}
    class_monthly:
      surveil: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      amicable: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      legal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    recovery_share: {surveil: 1, amicable: 1, legal: 1}
    cost:
      surveil: {monthly: 0, contingent: 0}
      amicable: {monthly: 10, contingent: 0}
      legal: {monthly: 10, contingent: 0, filing: 1000, enforcement_monthly: 10, fee_shift: 0}
    legal: {months_to_title: 4, pre_title_factor: 1, garnish_share: [0, 0, 0]}
    market: {price: [[0, 0]], title_factor: [1, 1, 1], bar_months: 36, transaction_cost: 0}
"""

MAPPING = """columns:
  claim_id: Id
  country: {constant: FI}
  currency: {constant: EUR}
  written_off_on: WO
  principal: Bal
extra:
  bureau_score: {column: Score, type: number}
  region: {column: Region, type: text, values: {Lappi: north}}
  seen_on: {column: Seen, type: date, date_format: "%d.%m.%Y"}
  guarantee: {column: Guarantee, type: money, decimal: ","}
"""


def run(*arguments, status=0, folder):
    done = subprocess.run([PROGRAM, *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    return done


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
        out.write(text)


def rows_of(count):
    """Cells as they are written, and what they are: None is missing."""
    dice = random.Random(11)
    rows = []
    for i in range(count):
        score = None if i % 10 == 0 else dice.randrange(300, 800) + dice.choice((0, 0.5))
        region = None if i % 11 == 0 else ("Uusimaa", "Lappi", 'Åland, "itä"')[i % 3]
        seen = None if i % 7 == 0 else "%02d.%02d.2024" % (i % 28 + 1, i % 12 + 1)
        guarantee = None if i % 5 == 0 else (i * 37 - 400)
        rows.append((score, region, seen, guarantee))
    return rows


def tape_text(rows):
    out = ["Id;WO;Bal;Score;Region;Seen;Guarantee"]
    for i, (score, region, seen, cents) in enumerate(rows):
        money = "" if cents is None else "%s%d,%02d" % ("-" if cents < 0 else "", abs(cents) // 100, abs(cents) % 100)
        cell = "" if region is None else '"%s"' % region.replace('"', '""')
        out.append("C%d;2024-01-31;%d;%s;%s;%s;%s" % (i, 1000 + i, "" if score is None else "%g" % score, cell, seen or "", money))
    return "\n".join(out) + "\n"


def imported(folder, rows, mapping=MAPPING, name="T.h5", cutoff="2026-06-30"):
    write(folder, "t.csv", tape_text(rows))
    write(folder, "m.yaml", mapping)
    return json.loads(run("import", "t.csv", "-o", name, "--mapping", "m.yaml", "--cutoff", cutoff, "--format", "json",
                          folder=folder).stdout)


def stored_inspected_and_carried(folder):
    rows = rows_of(700)
    summary = imported(folder, rows)
    assert {"bureau_score", "region", "seen_on", "guarantee"} <= set(summary["columns_found"]), summary["columns_found"]
    with h5py.File(os.path.join(folder, "T.h5"), "r") as store:
        extra = store["tape/extra"]
        words = [word.decode() for word in store["dict/extra/region"][...]]
        scores = [None if math.isnan(value) else value for value in extra["bureau_score"][...].tolist()]
        regions = [None if code < 0 else words[code] for code in extra["region"][...]]
        money = [None if value == -2**63 else int(value) for value in extra["guarantee"][...]]
        dates = [None if value == -2**31 else str(DAY + int(value)) for value in extra["seen_on"][...]]
    expected = [(score, "north" if region == "Lappi" else region, seen and "-".join(reversed(seen.split("."))), cents)
                for score, region, seen, cents in rows]
    assert list(zip(scores, regions, dates, money)) == expected
    # inspected
    figures = json.loads(run("inspect", "T.h5", "--format", "json", folder=folder).stdout)
    given = [row[0] for row in expected if row[0] is not None]
    assert figures["columns"]["bureau_score"]["given"] == len(given)
    assert abs(figures["numbers"]["bureau_score"]["maximum"] - max(given)) < 1e-9
    assert abs(figures["numbers"]["bureau_score"]["mean"] - sum(given) / len(given)) < 1e-6
    assert figures["columns"]["region"]["levels"]["north"]["claims"] == sum(row[1] == "north" for row in expected)
    assert "bureau_score" in run("inspect", "T.h5", folder=folder).stdout
    by = json.loads(run("inspect", "T.h5", "--by", "region", "--format", "json", folder=folder).stdout)["groups"]
    assert {group["group"]: group["amounts"]["claims"] for group in by}["north"] == sum(row[1] == "north" for row in expected)
    assert "nowhere" in run("inspect", "T.h5", "--by", "nowhere", status=1, folder=folder).stderr
    assert ",north,claims," in run("inspect", "T.h5", "--format", "csv", folder=folder).stdout
    # erased claims leave no trace, the others keep their cells
    write(folder, "gone.csv", "claim_id\nC1\nC2\n")
    run("erase", "T.h5", "--claims", "gone.csv", "-o", "E.h5", folder=folder)
    with h5py.File(os.path.join(folder, "E.h5"), "r") as store:
        left = [None if math.isnan(value) else value for value in store["tape/extra/bureau_score"][...].tolist()]
        words = [word.decode() for word in store["dict/extra/region"][...]]
        assert left == scores[:1] + scores[3:]
        assert [None if code < 0 else words[code] for code in store["tape/extra/region"][...]] == regions[:1] + regions[3:]
    # carried to the claims, with any block and number of threads
    write(folder, "model.yaml", MODEL % {"extra": "", "characteristics": "[]", "segments": SEGMENT % ("one", "")})
    texts = set()
    for options in (["--threads", "1"], ["--threads", "3"]):
        run("value", "T.h5", "--model", "model.yaml", "--claims", "c.csv", "-o", "R.h5", *options, folder=folder)
        with h5py.File(os.path.join(folder, "R.h5"), "r") as results:
            names = [word.decode() for word in results["dict/region"][...]]
            assert [names[code] or None for code in results["result/region"][...]] == regions
            assert [None if math.isnan(value) else value for value in results["result/bureau_score"][...].tolist()] == scores
            assert [None if math.isnan(value) else round(100 * value) for value in results["result/guarantee"][...].tolist()] == money
        with open(os.path.join(folder, "c.csv"), encoding="utf-8") as file:
            texts.add(file.read())
    assert len(texts) == 1
    claims = list(csv.DictReader(texts.pop().splitlines()))
    for claim, (score, region, seen, cents) in zip(claims, expected):
        assert claim["bureau_score"] == ("" if score is None else "%g" % score), claim
        assert claim["region"] == (region or "") and claim["seen_on"] == (seen or "")
        assert claim["guarantee"] == ("" if cents is None else "%s%d.%02d" % ("-" if cents < 0 else "", abs(cents) // 100,
                                                                            abs(cents) % 100))


CHARACTERISTICS = """
    - {name: bureau_score, missing: -0.3, bins: [{below: 450, points: -0.5}, {below: 600, points: 0.1}, {points: 0.7}]}
    - {name: region, missing: 0.05, other: 0.2, levels: {north: -0.4}}
    - {name: guarantee, missing: 0, bins: [{below: 0, points: -0.1}, {points: 0.15}]}
"""


def scored_and_sorted(folder):
    rows = rows_of(300)
    imported(folder, rows)
    segments = (SEGMENT % ("low-north", "when: {bureau_score: {below: 500}, region: [north]}") +
                SEGMENT % ("middle", "when: {bureau_score: {from: 500, below: 650}}") + SEGMENT % ("rest", ""))
    # in another order than on the tape, which has places of its own
    extra = "extra: {guarantee: money, region: text, bureau_score: number}"
    write(folder, "model.yaml", MODEL % {"extra": extra, "characteristics": CHARACTERISTICS, "segments": segments})
    run("value", "T.h5", "--model", "model.yaml", "--claims", "c.csv", folder=folder)
    with open(os.path.join(folder, "c.csv"), encoding="utf-8") as file:
        claims = list(csv.DictReader(file))
    for claim, (score, region, _, cents) in zip(claims, rows):
        eta = -0.3 if score is None else -0.5 if score < 450 else 0.1 if score < 600 else 0.7
        eta += 0.05 if region is None else -0.4 if region == "Lappi" else 0.2
        eta += 0 if cents is None else -0.1 if cents < 0 else 0.15
        assert int(claim["score"]) == math.floor(500 + 100 * eta / math.log(2) + 0.5), (claim, eta)
        segment = ("low-north" if score is not None and score < 500 and region == "Lappi" else
                   "middle" if score is not None and 500 <= score < 650 else "rest")
        assert claim["segment"] == segment, (claim, score, region)
    told = run("explain", "T.h5", "--model", "model.yaml", "--claim", "C1", folder=folder).stdout
    assert "bureau_score" in told and "region" in told, told
    explained = json.loads(run("explain", "T.h5", "--model", "model.yaml", "--claim", "C1", "--format", "json", folder=folder).stdout)
    assert "bureau_score" in json.dumps(explained)


def months_from(date, cutoff):
    """Whole months from a date to the cut-off (model.md section 2), below 0 where it lies ahead."""
    if date > cutoff:
        return -months_from(cutoff, date)
    last = (cutoff + datetime.timedelta(1)).day == 1
    return (cutoff.year - date.year) * 12 + cutoff.month - date.month - (cutoff.day < date.day and not last)


def dates_and_amounts(folder):
    """An own date is the months since then to a scorecard; own dates and amounts, and numbers of the row, are ranges in conditions."""
    rows = rows_of(400)
    imported(folder, rows, cutoff="2024-06-15")  # half of the dates lie ahead
    cutoff = datetime.date(2024, 6, 15)
    bins = "[{below: -3, points: -0.6}, {below: 0, points: 0.1}, {below: 2, points: 0.3}, {points: 0.7}]"
    parts = [("pledged", "{guarantee: [20, 60]}"), ("recent", "{seen_on: [2024-03-01, 2024-06-01]}"), ("ahead", "{seen_on: {from: 2024-06-16}}"),
             ("small", "{balance: [null, 1200]}"), ("poor", "{guarantee: {below: 0}, principal: {from: 1300}}")]
    segments = "".join(SEGMENT % (name, "when: " + when) for name, when in parts) + SEGMENT % ("rest", "")
    write(folder, "model.yaml", MODEL % {"extra": "extra: {seen_on: date, guarantee: money}", "segments": segments,
                                         "characteristics": "[{name: seen_on, missing: -0.2, bins: %s}]" % bins})
    run("value", "T.h5", "--model", "model.yaml", "--claims", "c.csv", folder=folder)
    with open(os.path.join(folder, "c.csv"), encoding="utf-8") as file:
        claims = list(csv.DictReader(file))
    seen_segments = set()
    for i, (claim, (_, _, seen, cents)) in enumerate(zip(claims, rows)):
        date = seen and datetime.date(*map(int, reversed(seen.split("."))))
        months = None if date is None else months_from(date, cutoff)
        eta = -0.2 if months is None else -0.6 if months < -3 else 0.1 if months < 0 else 0.3 if months < 2 else 0.7
        assert int(claim["score"]) == math.floor(500 + 100 * eta / math.log(2) + 0.5), (claim, months)
        wanted = ("pledged" if cents is not None and 2000 <= cents < 6000 else
                  "recent" if date and datetime.date(2024, 3, 1) <= date < datetime.date(2024, 6, 1) else
                  "ahead" if date and date > cutoff else "small" if 1000 + i < 1200 else
                  "poor" if cents is not None and cents < 0 and 1000 + i >= 1300 else "rest")
        assert claim["segment"] == wanted, (claim, wanted)
        seen_segments.add(wanted)
    assert len(seen_segments) >= 5, seen_segments
    told = run("explain", "T.h5", "--model", "model.yaml", "--claim", "C1", folder=folder).stdout
    assert "seen_on" in told


def filtered_by_own_names(folder):
    """`where` knows own columns by their names, and then looks at what they are made to be; cells of the file as before."""
    rows = rows_of(700)
    date = lambda seen: seen and "-".join(reversed(seen.split(".")))  # noqa: E731
    name = lambda region: "north" if region == "Lappi" else region  # noqa: E731
    cases = [("{region: [north]}", lambda s, r, d, m: name(r) == "north"), ("{Region: [Lappi]}", lambda s, r, d, m: r == "Lappi"),
             ("{region: {not: [north]}}", lambda s, r, d, m: name(r) != "north"), ("{region: {empty: true}}", lambda s, r, d, m: r is None),
             ("{bureau_score: {above: 499, below: 600.5}}", lambda s, r, d, m: s is not None and 499 < s < 600.5),
             ("{bureau_score: {empty: false}}", lambda s, r, d, m: s is not None), ("{bureau_score: {empty: true}}", lambda s, r, d, m: s is None),
             ("{seen_on: {above: 2024-03-31}}", lambda s, r, d, m: d is not None and date(d) > "2024-03-31"),
             ("{seen_on: [2024-01-01, 2024-02-02]}", lambda s, r, d, m: date(d) in ("2024-01-01", "2024-02-02")),
             ("{guarantee: {below: 0}}", lambda s, r, d, m: m is not None and m < 0),
             ("{guarantee: {not: [0.7]}, region: [north]}", lambda s, r, d, m: m != 70 and name(r) == "north")]
    for where, takes in cases:
        summary = imported(folder, rows, "where: %s\n" % where + MAPPING)
        wanted = [i for i, row in enumerate(rows) if takes(*row)]
        assert 0 < len(wanted) < len(rows), where
        assert summary["rows_accepted"] == len(wanted), (where, summary["rows_accepted"], len(wanted))
        with h5py.File(os.path.join(folder, "T.h5"), "r") as store:
            assert [text.decode() for text in store["tape/claim_id"][...]] == ["C%d" % i for i in wanted], where
    for where, words in (("{region: {above: 5}}", "no bounds"), ("{bureau_score: [a]}", "expected numbers"), ("{seen_on: {above: 5}}", "a date"),
                         ("{seen_on: [x]}", "expected dates"), ("{region: {source: x}}", "unknown key"), ("{region: {}}", "in, not")):
        write(folder, "t.csv", tape_text(rows[:30]))
        write(folder, "m.yaml", "where: %s\n" % where + MAPPING)
        told = run("import", "t.csv", "-o", "X.h5", "--mapping", "m.yaml", status=1, folder=folder).stderr
        assert words in told and "m.yaml:1" in told, (where, told)


def files_with_other_columns(folder):
    """Of several files each brings the columns that it has, in memory that files before have used; own texts stand in one dictionary."""
    head = "Id,WO,Bal"
    names = ["a%d.csv" % n for n in range(12)]
    for n, name in enumerate(names):
        write(folder, name, head + ",Score\n" + "".join("A%d-%d,2024-01-31,10,%d\n" % (n, i, i) for i in range(500)))
    write(folder, "b.csv", head + ",Region,Kind\n" + "".join("B%d,2024-01-31,10,%s,invoice\n" % (i, "xy"[i % 2]) for i in range(90)))
    write(folder, "c.csv", head + ",Kind,Region,Score\n" + "".join("C%d,2024-01-31,10,loan,z,7\n" % i for i in range(70)))
    write(folder, "m.yaml", "columns:\n  claim_id: Id\n  country: {constant: FI}\n  written_off_on: WO\n  principal: Bal\n  product: Kind\n"
          "extra:\n  bureau_score: {column: Score, type: number}\n  region: {column: Region, type: text}\n")
    for threads in ("1", "3"):
        run("import", *names, "b.csv", "c.csv", "-o", "F.h5", "--mapping", "m.yaml", "--threads", threads, folder=folder)
        with h5py.File(os.path.join(folder, "F.h5"), "r") as store:
            words = [word.decode() for word in store["dict/extra/region"][...]]
            regions = [None if code < 0 else words[code] for code in store["tape/extra/region"][...]]
            scores = [None if math.isnan(value) else value for value in store["tape/extra/bureau_score"][...].tolist()]
            kinds = [word.decode() for word in store["dict/product"][...]]
            products = [None if code < 0 else kinds[code] for code in store["tape/product"][...]]
        assert regions == [None] * 6000 + ["xy"[i % 2] for i in range(90)] + ["z"] * 70
        assert scores == 12 * [float(i) for i in range(500)] + [None] * 90 + [7.0] * 70
        assert products == [None] * 6000 + ["invoice"] * 90 + ["loan"] * 70


def what_models_refuse(folder):
    imported(folder, rows_of(30))
    one = {"segments": SEGMENT % ("one", ""), "characteristics": "[{name: bureau_score, missing: 0, bins: [{points: 1}]}]"}
    for extra, words in (("", "a name of `extra`"), ("extra: {bureau_score: real}", "number, text, date or money"),
                         ("extra: {principal: number}", "column that tapes"), ("extra: {age_years: number}", "derived figure"),
                         ("extra: {value: number}", "results"), ("extra: {Bureau: number}", "small letters")):
        write(folder, "model.yaml", MODEL % {"extra": extra, **one})
        told = run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr
        assert words in told and "model.yaml" in told, (extra, told)
    # the tape has none of that name, or one of another type
    for mapping, words in ((MAPPING.split("extra:")[0], "the tape has none of that name"),
                           (MAPPING.replace("column: Score, type: number", "column: Score, type: text"), "on the tape it is text")):
        imported(folder, rows_of(30), mapping)
        write(folder, "model.yaml", MODEL % {"extra": "extra: {bureau_score: number}", **one})
        assert words in run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder).stderr
    for when in ("{bureau_score: [1]}", "{bureau_score: [5, 5]}", "{bureau_score: [null, null]}", "{bureau_score: [1, 2, 3]}", "{bureau_score: [a, 2]}",
                 "{seen_on: [2024-01-01, 2024-13-01]}", "{seen_on: {from: 5}}", "{guarantee: {from: x}}", "{debtor_claims: [1, 2]}", "{bureau_score: {}}", "{bureau_score: {from: 5, below: 5}}", "{bureau_score: {above: 5}}",
                 "{region: {from: 1}}", "{seen_on: [a]}"):
        write(folder, "model.yaml", MODEL % {"extra": "extra: {bureau_score: number, region: text, seen_on: date, guarantee: money}",
                                             "segments": SEGMENT % ("a", "when: " + when) + SEGMENT % ("b", ""), "characteristics": "[]"})
        run("value", "T.h5", "--model", "model.yaml", status=1, folder=folder)


def what_mappings_refuse(folder):
    write(folder, "t.csv", tape_text(rows_of(30)))
    head = MAPPING.split("extra:")[0]
    for extra, words in (("  x: {column: Score}\n", "type"), ("  x: {column: Score, type: real}\n", "type"),
                         ("  debtor_id: {column: Score, type: text}\n", "column that tapes"),
                         ("  score: {column: Score, type: number}\n", "results"), ("  X: {column: Score, type: number}\n", "small letters"),
                         ("  x: {sum: [Score], type: text}\n", "another type"),
                         ("".join("  x%d: {column: Score, type: number}\n" % i for i in range(9)), "there can be 8 own columns"),
                         ("  x: {column: Score, type: number, tpye: 1}\n", "tpye")):
        write(folder, "m.yaml", head + "extra:\n" + extra)
        told = run("import", "t.csv", "-o", "X.h5", "--mapping", "m.yaml", status=1, folder=folder).stderr
        assert words in told and "extra" in told, (extra, told)
    # a cell that cannot be read costs the cell, not the claim; a column that is not there is told and missing
    write(folder, "m.yaml", head + "extra:\n  x: {column: Region, type: number}\n  y: {column: Nowhere, type: number}\n")
    done = run("import", "t.csv", "-o", "X.h5", "--mapping", "m.yaml", "--format", "json", folder=folder)
    summary = json.loads(done.stdout)
    codes = {finding["code"]: finding for finding in summary["findings"]}
    assert summary["rows_accepted"] == 30 and codes["dropped_cells"]["text"].startswith("x:"), codes
    assert "missing_column" in codes and "y" in [entry["name"] for entry in summary["columns_missing"]], summary


PANEL = """columns:
  claim_id: Id
  country: {constant: FI}
  currency: {constant: EUR}
  written_off_on: {constant: "2023-01-31"}
  period_start: Start
  period_months: {constant: "1"}
  balance_start: Bal
  treatment: {constant: surveil}
  cash: Cash
"""


def learned_from_history(folder):
    """A fit by an own text is the same fit, to the last digit, as by the same levels under a fixed column's name."""
    dice = random.Random(3)
    rows = ["Id,Start,Bal,Cash,Region,Score"]
    for claim in range(300):
        region, score = ("north", "south", "east")[claim % 3], claim % 100
        for month in range(1, 13):
            paid = dice.random() < {"north": 0.02, "south": 0.06, "east": 0.12}[region] * (2 if score > 50 else 1)
            rows.append("C%d,2024-%02d-01,1000,%s,%s,%d" % (claim, month, "100" if paid else "0", region, score))
    write(folder, "p.csv", "\n".join(rows) + "\n")
    results = []
    levels = "levels: {north: 0, south: 0, east: 0}}"
    for column, extra, declared in (("area", "extra:\n  area: {column: Region, type: text}\n", "extra: {area: text}"),
                                    ("product", "  product: Region\n", "")):
        write(folder, "m.yaml", PANEL + extra)
        run("import", "p.csv", "-o", "P.h5", "--panel", "--mapping", "m.yaml", folder=folder)
        write(folder, "model.yaml", MODEL % {"extra": declared, "segments": SEGMENT % ("one", ""),
                                             "characteristics": "[{name: %s, missing: 0, other: 0, %s]" % (column, levels)})
        run("fit", "P.h5", "--model", "model.yaml", "-o", "fitted.yaml", folder=folder)
        with open(os.path.join(folder, "fitted.yaml"), encoding="utf-8") as file:
            results.append(file.read())
        with open(os.path.join(folder, "model.yaml"), "rb") as file:
            parent = hashlib.sha256(file.read()).hexdigest()
        # a version of its own, and what it was made of
        assert 'name: "own columns-fitted"\nversion: "2025-01-01.' in results[-1], results[-1][:3000]
        assert parent in results[-1] and "  data:\n" in results[-1]
        run("fit", "P.h5", "--model", "model.yaml", "-o", "again.yaml", folder=folder)
        with open(os.path.join(folder, "again.yaml"), encoding="utf-8") as file:
            assert file.read() == results[-1]
        # what was fitted values a tape with that column
        imported(folder, rows_of(30), MAPPING + "  area: {column: Region, type: text}\n")
        run("value", "T.h5", "--model", "fitted.yaml", "--accept", "gross_above_face", folder=folder)
    points = [[line.strip() for line in text.splitlines() if "north" in line or "south" in line or "east" in line] for text in results]
    assert points[0] == points[1] and points[0], points
    versions = [re.search(r'^version: "(.*)"', text, re.M).group(1) for text in results]
    assert versions[0] != versions[1], versions


def joined_to_a_panel(folder):
    """`jalki panel` carries own columns as at each cut-off, in whatever places the tapes have them."""
    rows = rows_of(40)
    imported(folder, rows, name="A.h5", cutoff="2025-06-30")
    other = MAPPING.replace("  bureau_score: {column: Score, type: number}\n", "  other: {constant: \"7\", type: number}\n"
                            "  bureau_score: {column: Score, type: number}\n")
    imported(folder, rows, other, name="B.h5", cutoff="2025-12-31")
    imported(folder, rows, name="C.h5")
    write(folder, "pay.csv", "claim_id,paid_on,amount\nC1,2025-08-01,10.00\n")
    run("panel", "A.h5", "B.h5", "C.h5", "--payments", "pay.csv", "--period", "6", "--treatment", "surveil", "-o", "P.h5", folder=folder)
    with h5py.File(os.path.join(folder, "P.h5"), "r") as store:
        ids = [text.decode() for text in store["tape/claim_id"][...]]
        scores = store["tape/extra/bureau_score"][...]
        words = [word.decode() for word in store["dict/extra/region"][...]]
        regions = store["tape/extra/region"][...]
        others = store["tape/extra/other"][...]
        starts = store["tape/period_start"][...]
        assert len(ids) == 80
        for claim, score, region, seven, start in zip(ids, scores, regions, others, starts):
            wanted = rows[int(claim[1:])]
            assert (math.isnan(score) and wanted[0] is None) or score == wanted[0]
            name = "north" if wanted[1] == "Lappi" else wanted[1]
            assert (None if region < 0 else words[region]) == name
            later = str(DAY + int(start)) > "2025-12-01"
            assert seven == 7 if later else math.isnan(seven), (start, seven)


def hostile_stores(folder):
    imported(folder, rows_of(50))
    write(folder, "model.yaml", MODEL % {"extra": "extra: {bureau_score: number, region: text}", "segments": SEGMENT % ("one", ""),
                                         "characteristics": CHARACTERISTICS.split("    - {name: guarantee")[0]})
    run("value", "T.h5", "--model", "model.yaml", folder=folder)

    def damage(store, what):
        extra = store["tape/extra"]
        if what == "code":
            extra["region"][3] = 99
        elif what == "infinite":
            extra["bureau_score"][3] = math.inf
        elif what == "short":
            del extra["bureau_score"]
            extra["bureau_score"] = numpy.zeros(3)
        elif what == "type":
            del extra["bureau_score"]
            extra["bureau_score"] = numpy.zeros(50, dtype="i2")
        elif what == "name":
            extra["Bad Name"] = numpy.zeros(50)
        elif what == "fixed":
            extra["principal"] = numpy.zeros(50)
        elif what == "many":
            for i in range(9):
                extra["more_%d" % i] = numpy.zeros(50)
        elif what == "dictionary":
            del store["dict/extra/region"]
            store["dict/extra/region"] = numpy.zeros(5)

    for what in ("code", "infinite", "short", "type", "name", "fixed", "many", "dictionary"):
        shutil.copy(os.path.join(folder, "T.h5"), os.path.join(folder, "H.h5"))
        with h5py.File(os.path.join(folder, "H.h5"), "r+") as store:
            damage(store, what)
        told = run("value", "H.h5", "--model", "model.yaml", status=1, folder=folder).stderr
        assert "H.h5" in told, (what, told)


def run_cases(cases):
    """Each in a folder of its own; one that fails is named."""
    for case in cases:
        with tempfile.TemporaryDirectory() as place:
            try:
                case(place)
            except AssertionError as failure:
                raise AssertionError(case.__name__, *failure.args) from failure
    print("passed", len(cases))


CASES = [stored_inspected_and_carried, files_with_other_columns, scored_and_sorted, dates_and_amounts, filtered_by_own_names, what_models_refuse, what_mappings_refuse, learned_from_history, joined_to_a_panel,
         hostile_stores]

if __name__ == "__main__":
    run_cases(CASES)
