#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`jalki value --by`: every combination of columns is what comes of adding up the claims of the tape and of the claims' CSV by
hand; neither threads nor the order of rows show; table, CSV, JSON and workbook have the same rows."""
import collections
import csv
import datetime
import io
import json
import os
import pathlib
import random
import subprocess
import tempfile

PROGRAM = os.environ["JALKI_PROGRAM"]
MODEL = pathlib.Path(os.environ["JALKI_SOURCE"]) / "models/nordic.yaml"
CUTOFF = datetime.date(2026, 6, 30)
BANDS = [0, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000]
PAID = [0, 3, 6, 12, 24, 36, 60]


def run(*arguments, code=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.stderr)
    return done.stdout if code == 0 else done.stderr


def band(value, ends, form):
    at = max(i for i, low in enumerate(ends) if value >= low)
    return form.format(f"{ends[at]}-{ends[at + 1] if at + 1 < len(ends) else ''}")


def months(start):
    """Whole months from a day to the cut-off, which is the last of its month."""
    return (CUTOFF.year - start.year) * 12 + CUTOFF.month - start.month


def key_of(tape, claim, columns):
    made = {"balance_band": lambda: band(float(claim["balance"]), BANDS, "{}"),
            "vintage": lambda: tape["written_off_on"][:4],
            "last_payment": lambda: band(months(datetime.date.fromisoformat(tape["last_paid_on"])), PAID, "{} months")
            if tape["last_paid_on"] else "never"}
    of_claim = ("segment", "decision", "capacity_class")
    return tuple(made[c]() if c in made else claim[c] if c in of_claim else tape[c] or "missing" for c in columns)


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    run("generate", "-n", 4000, "--seed", 5, "-o", folder / "t.csv", "--quiet")
    rows = list(csv.DictReader(open(folder / "t.csv", newline="")))
    random.Random(2).shuffle(rows)
    with open(folder / "mixed.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    for tape in ("t", "mixed"):
        run("import", folder / f"{tape}.csv", "--cutoff", CUTOFF, "-o", folder / f"{tape}.h5", "--quiet")
    value = ["value", folder / "t.h5", "-m", MODEL, "--quiet"]
    run(*value, "--claims", folder / "c.csv", "--full")
    claims = {row["claim_id"]: row for row in csv.DictReader(open(folder / "c.csv", newline=""))}
    for columns in (("country", "balance_band", "product", "vintage", "last_payment"), ("last_payment",), ("legal_status", "segment"),
                    ("decision", "capacity_class", "country")):
        by = ",".join(columns)
        text = run(*value, "--by", by, "--format", "csv")
        found = list(csv.DictReader(io.StringIO(text)))
        wanted = collections.defaultdict(list)
        for row in rows:
            claim = claims[row["claim_id"]]
            wanted[key_of(row, claim, columns)].append(claim)
        assert len(found) == len(wanted)
        for row in found:
            mine = wanted[tuple(row[c] for c in columns)]
            assert int(row["claims"]) == len(mine), row
            for figure, of in (("face", "balance"), ("value", "value"), ("erc_gross", "erc_gross"), ("erc_net", "erc_net"),
                               ("gross_12m", "gross_12m"), ("gross_60m", "gross_60m")):
                total = sum(float(claim[of]) for claim in mine)
                assert abs(float(row[figure]) - total) <= 0.0051 + 1e-7 * sum(abs(float(claim[of])) for claim in mine), (row, figure, total)
            face, worth = float(row["face"]), float(row["value"])
            assert abs(float(row["value_pct_of_face"]) - 100 * worth / face) < 0.0001 + 1.1 / face, row
        assert run("value", folder / "mixed.h5", "-m", MODEL, "--quiet", "--by", by, "--format", "csv", "--threads", 3) == text
        whole = json.loads(run(*value, "--by", by, "--format", "json", "--xlsx", folder / "s.xlsx"))
        assert [row["claims"] for row in whole["strata"]] == [int(row["claims"]) for row in found]
        assert abs(sum(row["value"] for row in whole["strata"]) - whole["value"]) < 1e-5
        print(f"{by}: {len(found)} combinations")
    assert "By the columns asked for" in run(*value, "--by", "country")
    for by, words in (("prduct", "cannot be grouped by"), ("claim_id", "cannot be grouped by"), ("country,country", "named twice"),
                      ("", "cannot be grouped by"), ("country,product,vintage,segment,decision,last_payment", "at most 5")):
        assert words in run(*value, "--by", by, code=1), by
    assert "parts" in run(*value, "--by", "country", "--part", "1/2", "--partial", folder / "p.json", code=2)
