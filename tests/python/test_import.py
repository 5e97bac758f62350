#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""jalki import against Python: random messy tapes are read by the csv module and by the rules of tape.md written out
here a second time; columns, rejects (line, column, value, reason) and sums must agree, for any number of threads.
The EBA templates and mapped numbers are checked against figures worked out by hand."""
import csv
import datetime
import decimal
import gzip
import io
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError:
    print("SKIPPED: python3-h5py is not installed")
    sys.exit(77)

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = os.environ["JALKI_SOURCE"]
CUTOFF = datetime.date(2026, 6, 30)
EPOCH = datetime.date(1970, 1, 1)

TEXT = ["claim_id", "debtor_id"]
DICTIONARY = ["country", "product", "currency"]
LEVELS = {
    "debtor_type": ["consumer", "business"],
    "legal_status": ["none", "filed", "title", "enforcement", "enforcement_insolvent", "bankruptcy", "debt_adjustment",
                     "deceased", "disputed"],
    "employment": ["employed", "self_employed", "unemployed", "retired", "unknown"],
    "reachable": ["none", "letter", "email", "phone", "unknown"],
    "vulnerable": ["0", "1"],
}
DATES = ["defaulted_on", "written_off_on", "last_paid_on", "limitation_on", "title_on"]
MONEY = ["principal", "interest_accrued", "fees", "original_principal", "income_monthly", "housing_cost",
         "other_debt_enforced", "payments_12m", "payments_24m"]
INTEGERS = {"birth_year": (1850, 9999), "dependants": (0, 20), "default_marks": (0, 10**6),
            "promises_kept": (0, 10**6), "promises_broken": (0, 10**6), "placements": (0, 10**6)}
ORDER = ["claim_id", "debtor_id", "country", "debtor_type", "product", "currency", "defaulted_on", "written_off_on",
         "last_paid_on", "limitation_on", "title_on", "principal", "interest_accrued", "fees", "original_principal",
         "interest_rate", "legal_status", "birth_year", "income_monthly", "dependants", "housing_cost",
         "other_debt_enforced", "default_marks", "employment", "reachable", "payments_12m", "payments_24m",
         "promises_kept", "promises_broken", "placements", "vulnerable"]
REQUIRED = {"claim_id", "country", "written_off_on", "principal"}
SIGNED = {"principal", "interest_accrued", "fees"}
MISSING_INTEGER, MISSING_MONEY = -2**31, -2**63


class Bad(Exception):
    pass


# A bad cell of these is missing; of all others it costs the claim.
NEUTRAL = {"product", "last_paid_on", "original_principal", "birth_year", "income_monthly", "dependants", "housing_cost",
           "default_marks", "employment", "reachable", "payments_12m", "payments_24m", "instalment_monthly", "promises_kept",
           "promises_broken", "placements"}
# Dates that stand for none.
SENTINELS = {"0001-01-01", "1111-11-11", "1753-01-01", "1800-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1901-01-01",
             "1970-01-01", "2099-12-31", "2999-12-31", "9999-12-30", "9999-12-31"}


def decimal_of(text):
    """(negative, digits before, digits after) of a plain decimal, or of one with an exponent."""
    if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]{1,2}", text):
        text = format(decimal.Decimal(text), "f")
    match = re.fullmatch(r"([+-]?)([0-9]*)(?:\.([0-9]*))?", text)
    if not match or not (match[2] or match[3]):
        raise Bad("bad_number")
    return match[1] == "-", match[2] or "", match[3] or ""


def read_cell(name, cell):
    text = cell.strip(" \t")
    if text == "":
        if name in REQUIRED:
            raise Bad("missing")
        return None
    if name in TEXT or name in DICTIONARY:
        if name == "debtor_id" and (text.lower() in ("null", "nan") or not text.strip("0-. /") or re.fullmatch("9{6,}", text)):
            return None
        if name == "country" and not re.fullmatch("[A-Z]{2}", text):
            raise Bad("bad_code")
        if name == "currency" and not re.fullmatch("[A-Z]{3}", text):
            raise Bad("bad_code")
        raw = text.encode("utf-8", "surrogateescape")
        if len(raw) > 128:
            raise Bad("text_too_long")
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Bad("invalid_text")
        return text
    if name in LEVELS:
        if text not in LEVELS[name]:
            raise Bad("unknown_level")
        return LEVELS[name].index(text)
    if name in DATES:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise Bad("bad_date")
        if text in SENTINELS:
            if name in REQUIRED:
                raise Bad("missing")
            return None
        try:
            date = datetime.date(int(text[:4]), int(text[5:7]), int(text[8:]))
        except ValueError:
            raise Bad("bad_date")
        if date.year < 1900:
            raise Bad("bad_date")
        return (date - EPOCH).days
    if name == "interest_rate":
        if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text) or math.isinf(float(text)) or len(text) > 90:
            raise Bad("bad_number")
        if float(text) < 0:
            raise Bad("negative")
        if float(text) > 10:
            raise Bad("out_of_range")
        return float(text)
    negative, before, after = decimal_of(text)
    if name in MONEY:
        # exact: more than two decimals are rounded half away from zero
        cents = int(before or "0") * 100 + int((after + "00")[:2]) + (len(after) > 2 and after[2] >= "5")
        if cents > 10**12 or len(before.lstrip("0")) > 18:
            raise Bad("out_of_range")
        cents = -cents if negative else cents
        if cents < 0 and name not in SIGNED:
            raise Bad("negative")
        return cents
    if after[:18].strip("0") != "":
        raise Bad("bad_number")
    value = int(before or "0") * (-1 if negative else 1)
    if abs(value) >= 2**31:
        raise Bad("out_of_range")
    if value < 0:
        raise Bad("negative")
    low, high = INTEGERS[name]
    if not low <= value <= high:
        raise Bad("out_of_range")
    return value


def days(date):
    return (date - EPOCH).days


def expected_import(text, separator):
    """Rows and rejects by the csv module and the rules above."""
    lines = io.StringIO(text, newline="\n").readlines()
    reader = csv.reader(iter(lines), delimiter=separator)
    header = [name.strip(" \t") for name in next(reader)]
    rows, rejects, seen = [], [], set()
    passed = 0
    least = 1 + max(header.index(name) for name in header if name in ORDER and name not in NEUTRAL)
    while True:
        line = passed + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        if not cells:
            continue
        one_line = passed + reader.line_num == line
        cut = line == len(lines) and not lines[-1].endswith("\n")
        if 1 < least <= len(cells) < len(header) and one_line and not cut:
            cells += [""] * (len(header) - len(cells))  # a row that ends early has all that matters
        if len(cells) != len(header):
            rejects.append((line, "", "", "field_count"))
            if passed + reader.line_num > line:  # of several lines: reading goes on at the second
                passed = line
                reader = csv.reader(iter(lines[line:]), delimiter=separator)
            continue
        row, reject = {}, None
        for name in ORDER:
            if name in header:
                cell = cells[header.index(name)]
                try:
                    row[name] = read_cell(name, cell)
                except Bad as bad:
                    row[name] = None
                    if name in NEUTRAL:
                        continue
                    reject = reject or (line, name, cell.strip(" \t"), str(bad))
        balance = sum(row.get(name) or 0 for name in SIGNED)
        if not reject and not 0 < balance <= 10**12:
            cents = abs(balance)
            reject = (line, "balance", f"{'-' * (balance < 0)}{cents // 100}.{cents % 100:02}", "not_positive")
        for name in ["defaulted_on", "written_off_on", "last_paid_on", "title_on"]:
            if not reject and row.get(name) is not None and row[name] > days(CUTOFF):
                reject = (line, name, (EPOCH + datetime.timedelta(days=row[name])).isoformat(), "future_date")
        if not reject and row.get("birth_year") is not None and row["birth_year"] > CUTOFF.year:
            reject = (line, "birth_year", str(row["birth_year"]), "birth_after_cutoff")
        if not reject and row["claim_id"] in seen:
            reject = (line, "claim_id", row["claim_id"], "duplicate")
        if reject:
            rejects.append(reject)
            continue
        seen.add(row["claim_id"])
        rows.append(row)
    return header, rows, rejects


def messy_cell(rng, name, number):
    """Mostly good cells, some odd, some bad."""
    roll = rng.random()
    if roll < 0.004:
        return rng.choice(["x", "-1", "1e3", "99999999999999999999", "2021-02-29", "1899-12-31", " ", "0", "é" * 65, "NULL",
                           "2999-01-01", "12.5", "1,5", ".5", "5.", "+3", "--1", "0x10", "nan", "10.00000000001", "1" * 130])
    if name == "claim_id":
        return "C%d" % (number if rng.random() > 0.01 else number // 2)
    if name == "debtor_id":
        return rng.choice(["", "D%d" % rng.randrange(40), "Mäkinen %d" % rng.randrange(9), 'say "hi"', "a,b", "two\nlines",
                           "D%035d" % rng.randrange(5)])
    if name == "country":
        return rng.choice(["FI", "SE", "NO", "DK", "EE"])
    if name == "product":
        return rng.choice(["", "consumer_loan", "credit_card", "telecom", "a very long name of a product", "övrigt"])
    if name == "currency":
        return rng.choice(["EUR", "SEK", "NOK", ""])
    if name in LEVELS:
        return rng.choice(LEVELS[name] + [""])
    if name in DATES:
        date = datetime.date(2000, 1, 1) + datetime.timedelta(days=rng.randrange(9600))
        return "" if name not in REQUIRED and rng.random() < 0.3 else date.isoformat()
    if name in MONEY:
        value = rng.choice(["%d.%02d" % (rng.randrange(100000), rng.randrange(100)), "%d" % rng.randrange(10**8),
                            "%.5f" % (rng.random() * 1000), "0.005", "1234567890.12", " 7.5 ", "%d.5" % rng.randrange(99)])
        return "" if name not in REQUIRED and rng.random() < 0.3 else value
    if name == "interest_rate":
        return rng.choice(["", "0.1", "0.0825", "1", "0", "0.123456789012345", "1e-2", "%.17g" % rng.random()])
    low, high = INTEGERS[name]
    return rng.choice(["", str(rng.randrange(low, min(high, 2010) + 1)), "%d.0" % low])


def messy_tape(rng, count, separator=","):
    columns = [name for name in ORDER if name in REQUIRED or rng.random() < 0.7] + ["unknown_%d" % i for i in range(2)]
    rng.shuffle(columns)
    end = rng.choice(["\n", "\r\n"])
    out = [separator.join(columns)]
    for number in range(count):
        cells = [rng.choice(["", "junk"]) if c.startswith("unknown") else messy_cell(rng, c, number) for c in columns]
        if rng.random() < 0.003:
            cells.append("one too many")
        if rng.random() < 0.003:
            cells.pop()
        quoted = []
        for cell in cells:
            must = any(c in cell for c in (separator, '"', "\n"))
            quoted.append('"' + cell.replace('"', '""') + '"' if must or rng.random() < 0.03 else cell)
        out.append(separator.join(quoted))
        if rng.random() < 0.005:
            out.append("")
    text = end.join(out)
    return text + (end if rng.random() < 0.7 else "")


def run(folder, arguments, status=0):
    done = subprocess.run([PROGRAM, "import"] + arguments, cwd=folder, capture_output=True, text=True)
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    return done


def store_values(path):
    with h5py.File(path, "r") as store:
        values = {}
        for name, data in store["tape"].items():
            values[name] = data[...]
            if "dict/" + name in store:
                words = [w.decode() if isinstance(w, bytes) else w for w in store["dict/" + name][...]]
                values[name] = [None if i < 0 else words[i] for i in values[name]]
        return values


def check_column(name, got, rows):
    wanted = [row.get(name) for row in rows]
    if got is None:
        assert all(value is None for value in wanted), name
        return
    if name in TEXT:
        got = [value.decode() or None for value in got]
    elif name in DICTIONARY:
        pass
    elif name == "interest_rate":
        got = [None if math.isnan(v) else float(v) for v in got]
    elif name in LEVELS:
        got = [None if v < 0 else int(v) for v in got]
    else:
        gone = MISSING_MONEY if name in MONEY else MISSING_INTEGER
        got = [None if v == gone else int(v) for v in got]
    assert list(got) == wanted, (name, [(i, a, b) for i, (a, b) in enumerate(zip(got, wanted)) if a != b][:5])


def guarded(value):
    """As a value stands in a cell: what a spreadsheet would run gets an apostrophe in front; numbers stay."""
    is_number = re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value)
    return "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") and value and not is_number else value


def check_against_python(folder, seed):
    rng = random.Random(seed)
    separator = rng.choice([",", ";", "\t"])
    text = messy_tape(rng, rng.choice([0, 1, 30, 3000]), separator)
    bom = rng.random() < 0.3
    raw = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    name = "tape.csv.gz" if rng.random() < 0.3 else "tape.csv"
    with open(os.path.join(folder, name), "wb") as out:
        out.write(gzip.compress(raw, 1) if name.endswith("gz") else raw)
    _, rows, rejects = expected_import(text, separator)
    stores = []
    for threads in (1, 2, 7):
        for leftover in ("T.h5", "bad.csv"):
            if os.path.exists(os.path.join(folder, leftover)):
                os.unlink(os.path.join(folder, leftover))
        done = run(folder, [name, "-o", "T.h5", "--cutoff", CUTOFF.isoformat(), "--max-rejects", "100%", "--rejects", "bad.csv",
                            "--format", "json", "--threads", str(threads)])
        summary = json.loads(done.stdout)
        assert summary["rows_read"] == len(rows) + len(rejects), (seed, summary, len(rows), len(rejects))
        assert summary["rows_accepted"] == len(rows), seed
        stores.append(store_values(os.path.join(folder, "T.h5")))
    values = stores[0]
    for column in ORDER:
        check_column(column, values.get(column), rows)
    for other in stores[1:]:
        assert other.keys() == values.keys()
        for column in values:
            assert np.array_equal(np.asarray(values[column]), np.asarray(other[column]),
                                  equal_nan=column == "interest_rate"), column
    debtors, numbers = {}, []
    for i, row in enumerate(rows):
        key = row.get("debtor_id") or ("own", i)
        numbers.append(debtors.setdefault(key, len(debtors)))
    assert list(values.get("debtor_index", [])) == numbers
    assert summary["debtors"] == len(debtors)
    if rejects:
        with open(os.path.join(folder, "bad.csv"), newline="") as source:
            listed = [(int(r["line"]), r["column"], r["value"], r["reason"]) for r in csv.DictReader(source)]
        for got, wanted in zip(listed, rejects):
            assert (got[0], got[1], got[3]) == (wanted[0], wanted[1], wanted[3]), (seed, got, wanted)
            if wanted[1]:
                assert got[2] == guarded(wanted[2]).replace("\n", "\\u000a"), (seed, got, wanted)
        assert len(listed) == len(rejects), seed
    else:
        assert not os.path.exists(os.path.join(folder, "bad.csv"))
    counts = {}
    for reject in rejects:
        counts[reject[3]] = counts.get(reject[3], 0) + 1
    assert {k: v["rows"] for k, v in summary["rejected"].items()} == counts, seed
    totals = {}
    for row in rows:
        currency = row.get("currency")
        totals[currency] = totals.get(currency, 0) + sum(row.get(n) or 0 for n in SIGNED)
    assert {s["currency"]: round(s["balance"] * 100) for s in summary["accepted"]} == totals


def write(folder, name, text, encoding="utf-8"):
    with open(os.path.join(folder, name), "w", encoding=encoding, newline="") as out:
        out.write(text)


def check_mapped_numbers(folder):
    """Decimal comma, no-break thousands, cents, percent, day-first dates, sums, value maps, Latin-1, words for nothing."""
    write(folder, "m.yaml", """
separator: ";"
encoding: Latin-1
decimal: ","
thousands: " "
date_format: "%d.%m.%Y"
missing: ["-"]
cutoff: Rajapäivä
columns:
  claim_id: Nro
  country: {constant: FI}
  product: Tuote
  written_off_on: Luottotappio
  defaulted_on: {date_plus_months: {date: Luottotappio, months: -3}}
  principal: {column: Pääoma, minus: [Maksettu]}
  interest_accrued: {column: Korko, unit: cents}
  fees: {sum: [Kulut, Muut]}
  original_principal: {column: Tuhansia, unit: thousands}
  interest_rate: {column: Prosentti, unit: percent}
  legal_status: {column: Tila, values: {"1": enforcement, "2": title}, otherwise: none}
  birth_year: {year_of: Syntynyt}
  reachable: {first: [{column: Puhelin, values: {K: phone}, otherwise: ""}, {constant: letter}]}
""")
    write(folder, "m.csv",
          "Nro;Tuote;Luottotappio;Pääoma;Maksettu;Korko;Kulut;Muut;Tuhansia;Prosentti;Tila;Syntynyt;Puhelin;Rajapäivä\r\n"
          "1;kännykkä;31.05.2024;1 234,56;34,56;199;1,005;2,1;1,5;7,25;1;03.02.1980;K;30.06.2026\r\n"
          "2;-;1.6.2024;1\u00a000;-;-;-;-;-;-;9;-;E;30.06.2026\r\n"
          "3;x;30.02.2024;1;;;;;;;;;;30.06.2026\r\n"
          "4;x;28.02.2024;12 34;;;;;;;;;;30.06.2026\r\n"
          "5;x;28.02.2024;5;;;;;;;;;;29.06.2026\r\n", "iso-8859-1")
    done = run(folder, ["m.csv", "--mapping", "m.yaml", "-o", "M.h5", "--max-rejects", "100%", "--format", "json"])
    summary = json.loads(done.stdout)
    assert summary["cutoff"] == "2026-06-30"
    assert {k: v["rows"] for k, v in summary["rejected"].items()} == {"bad_date": 1, "bad_number": 2, "other_cutoff": 1}, summary
    values = store_values(os.path.join(folder, "M.h5"))
    assert list(values["principal"]) == [120000]
    assert list(values["interest_accrued"]) == [199]
    assert list(values["fees"]) == [311]  # 1.005 + 2.1 = 3.105, rounded once, half away from zero
    assert list(values["original_principal"]) == [150000]
    assert list(values["interest_rate"]) == [0.0725]
    assert list(values["legal_status"]) == [3] and list(values["reachable"]) == [3]
    assert list(values["birth_year"]) == [1980] and values["product"] == ["kännykkä"]
    assert list(values["defaulted_on"]) == [days(datetime.date(2024, 2, 29))]
    # what the user says is the cut-off wins, and rows need not agree with it
    done = run(folder, ["m.csv", "--mapping", "m.yaml", "-o", "M.h5", "--max-rejects", "100%", "--format", "json",
                        "--cutoff", "2026-07-31"])
    assert "other_cutoff" not in json.loads(done.stdout)["rejected"]


def check_eba(folder):
    mapping = os.path.join(SOURCE, "data", "mappings", "eba-npl.yaml")
    write(folder, "loan.csv",
          "3.00,3.01,3.05,3.06,3.08,3.09,3.10,3.11,3.14,3.21,3.23,3.24,3.29\n"
          "2026-06-30,L1,Consumer,Other loan,EUR,1000.00,50.25,10.00,9.5,2023-01-15,2022-03-01,No action,2027-03-01\n"
          "2026-06-30,L2,Consumer,Credit card debt,EUR,500.00,,,,,2021-05-31,Legal proceedings,NA\n"
          "2026-06-30,L3,Corporate,Trade receivable,EUR,2000.00,0,0,,,2020-01-01,No action,\n"
          "2026-06-30,L4,Consumer,Other loan,EUR,10.00,0,0,,,2020-01-01,No action,\n"
          "2026-06-30,L5,Consumer,Other loan,EUR,10.00,0,0,,,2020-01-01,No action,\n")
    write(folder, "relation.csv", "Loan identifier,Counterparty identifier\nL1,P1\nL2,P1\nL3,F1\nL3,P1\nL4,P2\nL5,P9\n")
    write(folder, "counterparty.csv",
          "1.02,1.06,1.07,1.08,1.09,1.15,1.17,1.18,1.19,1.32\n"
          "P1,Private individual,1975-04-05,FI,No,Turku,FI,Yes,Yes,None\n"
          "P2,Private individual,1950-01-01,SE,Yes,Lund,SE,No,No,None\n"
          "F1,SME,,,No,Oslo,NO,Yes,No,Bankruptcy/insolvency\n")
    write(folder, "protection.csv", "Loan identifier,Protection identifier\nL1,G1\n")
    write(folder, "enforcement.csv", "Protection identifier,Status of enforcement\nG1,Enforcement in progress\n")
    files = ["enforcement.csv", "counterparty.csv", "loan.csv", "relation.csv", "protection.csv"]
    for given in (files, files[1:4]):
        done = run(folder, given + ["--mapping", mapping, "-o", "E.h5", "--max-rejects", "1", "--format", "json"])
        summary = json.loads(done.stdout)
        assert summary["cutoff"] == "2026-06-30" and summary["rows_accepted"] == 4, summary
        assert summary["rejected"]["missing"]["rows"] == 1  # L5: its counterparty is not there, so no country
        assert any("repeat an identifier" in note for note in summary["notes"]), summary["notes"]
        values = store_values(os.path.join(folder, "E.h5"))
        assert [v.decode() for v in values["claim_id"]] == ["L1", "L2", "L3", "L4"]
        assert [v.decode() for v in values["debtor_id"]] == ["P1", "P1", "F1", "P2"]
        assert list(values["debtor_index"]) == [0, 0, 1, 2]
        assert values["country"] == ["FI", "FI", "NO", "SE"]
        assert list(values["debtor_type"]) == [0, 0, 1, 0]
        assert values["product"] == ["consumer_loan", "credit_card", "invoice", "consumer_loan"]
        assert list(values["principal"]) == [100000, 50000, 200000, 1000]
        enforced = LEVELS["legal_status"].index("enforcement" if given is files else "none")
        assert [LEVELS["legal_status"][v] for v in values["legal_status"]] == [
            LEVELS["legal_status"][enforced], "filed", "bankruptcy", "deceased"]
        assert list(values["birth_year"]) == [1975, 1975, MISSING_INTEGER, 1950]
        assert [LEVELS["reachable"][v] for v in values["reachable"]] == ["phone", "phone", "email", "letter"]
        assert values["interest_rate"][0] == 0.095 and np.isnan(values["interest_rate"][1])
        assert values["limitation_on"][0] == days(datetime.date(2027, 3, 1))
        assert list(values["written_off_on"]) == list(values["defaulted_on"])
    done = run(folder, ["loan.csv", "relation.csv", "--mapping", mapping, "-o", "E2.h5"], status=1)
    assert "counterparty" in done.stderr, done.stderr
    assert not os.path.exists(os.path.join(folder, "E2.h5"))


def check_mapping_messages(folder):
    """Every mistake names file, line and key."""
    good = "columns:\n  claim_id: id\n  country: c\n  written_off_on: w\n  principal: p\n"
    write(folder, "t.csv", "id,c,w,p\n1,FI,2020-01-01,5\n")
    write(folder, "g.yaml", good)
    run(folder, ["t.csv", "--mapping", "g.yaml", "-o", "G.h5"])
    cases = [
        ("colums:\n  a: b\n", ":1: .*did you mean 'columns'"),
        (good + "  prinicpal: p\n", ":6: columns: .*did you mean 'principal'"),
        (good + "  fees: {colum: x}\n", ":6: columns.fees: .*did you mean 'column'"),
        (good + "  fees: {column: x, constant: 1}\n", ":6: columns.fees: .*found several"),
        (good + "  fees: {unit: cents}\n", ":6: columns.fees: expected one of"),
        (good + "  fees: {column: x, unit: cent}\n", ":6: columns.fees.unit: expected units"),
        (good + "  product: {sum: [a, b]}\n", "columns.product: .*another type"),
        (good + "  fees: {sum: []}\n", "columns.fees.sum: expected a list"),
        (good + "  birth_year: {column: x, unit: cents}\n", "columns.birth_year: .*unit"),
        (good + "  defaulted_on: {date_plus_months: {date: x}}\n", "`months` is missing"),
        (good + "  fees: {column: x, source: other}\n", "columns.fees.source: expected the name of one of"),
        ("decimal: x\n" + good, ":1: decimal: expected"),
        ("decimal: \",\"\nthousands: \",\"\n" + good, "the same"),
        ("separator: ab\n" + good, ":1: separator: expected one character"),
        ("date_format: \"%d.%m\"\n" + good, ":1: date_format: expected"),
        ("encoding: klingon\n" + good, ":1: encoding: expected an encoding such as .*klingon"),
        ("cutoff: {sum: [a]}\n" + good, ":1: cutoff: expected"),
        ("cutoff: {constant: tomorrow}\n" + good, "cutoff: 'tomorrow' is not a date"),
        ("sources: {a: {}}\n" + good, "recognised_by"),
        ("columns:\n  claim_id: id\n", "country: this column is required and not mapped"),
        (good.replace("principal: p", "principal: pp"), "t.csv:1: principal: .*'pp'.*nearest is 'p'"),
        (good + "  claim_id: id\n", ":6:"),
        ("[1, 2]\n", ":1: expected a map"),
        ("columns: {a: [}\n", ":1"),
    ]
    for text, pattern in cases:
        write(folder, "bad.yaml", text)
        done = run(folder, ["t.csv", "--mapping", "bad.yaml", "-o", "B.h5"], status=1)
        assert re.search(pattern, done.stderr), (text, done.stderr)
        assert not os.path.exists(os.path.join(folder, "B.h5"))


def check_page(folder):
    """The example of the page on mapping files does what the page says."""
    with open(os.path.join(os.environ["JALKI_SOURCE"], "docs", "mapping-file.md"), encoding="utf-8") as page:
        write(folder, "page.yaml", page.read().split("```yaml\n")[1].split("```")[0])
    write(folder, "page.csv", "Claim;WrittenOff;Capital;Paid;Fees;Costs;Rate;State;Born;Phone\n"
          "Ä1;31.12.2024;1.234,50;34,50;1;-;9,5;1;05.05.1980;K\nÄ2;31.12.2024;100;;;;;9;n/a;\n", "latin-1")
    run(folder, ["page.csv", "--mapping", "page.yaml", "-o", "page.h5"])
    with h5py.File(os.path.join(folder, "page.h5"), "r") as file:
        tape = {name: file["tape"][name][:].tolist() for name in file["tape"]}
    assert [claim.decode() for claim in tape["claim_id"]] == ["Ä1", "Ä2"]
    assert tape["principal"] == [120000, 10000] and tape["fees"][0] == 100 and tape["interest_rate"][0] == 0.095, tape
    assert tape["defaulted_on"] == [days(datetime.date(2024, 9, 30))] * 2 and tape["birth_year"][0] == 1980, tape


def main():
    with tempfile.TemporaryDirectory() as folder:
        check_page(folder)
        check_mapping_messages(folder)
        check_mapped_numbers(folder)
        check_eba(folder)
        for seed in range(int(os.environ.get("JALKI_CASES", "12"))):
            check_against_python(folder, seed)
    print("passed")


if __name__ == "__main__":
    main()
