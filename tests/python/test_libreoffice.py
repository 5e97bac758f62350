#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Workbooks and CSV in the Finnish dialect, opened by LibreOffice with a Finnish locale: every cell that is a number in the plain
CSV is a number there, with the same value, every day a day, and sums are worked out. Skips aloud where LibreOffice is not."""
import csv
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
MODEL = SOURCE / "models/nordic.yaml"
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
TABLE, STYLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}", "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
FINNISH = 1035
if OFFICE is None:
    print("skipped: no LibreOffice here (scripts/install.sh office)")
    sys.exit(77)


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def opened(folder, paths, *options):
    """What LibreOffice makes of files, by name: sheets of rows of cells, numbers as numbers, days as texts, formulas as (value,).
    One start opens them all: it takes longer than a file."""
    done = subprocess.run([OFFICE, f"-env:UserInstallation=file://{folder}/office", "--headless", *options, "--convert-to", "fods",
                           "--outdir", str(folder / "opened"), *map(str, paths)], capture_output=True, text=True, timeout=600,
                          env={**os.environ, "LANG": "fi_FI.UTF-8", "LC_ALL": "fi_FI.UTF-8", "HOME": str(folder)})
    return {path: sheets_of(folder / "opened" / (path.stem + ".fods"), done.stderr) for path in paths}


def sheets_of(made, said):
    assert made.exists(), said
    sheets = {}
    for sheet in next(xml.parse(made).getroot().iter(STYLE + "spreadsheet")).findall(TABLE + "table"):  # charts have tables, too
        rows = []
        parts = [part if part.tag == TABLE + "table-header-rows" else [part] for part in sheet]
        for row in (row for part in parts for row in part if row.tag == TABLE + "table-row"):
            cells = []
            for cell in row.findall(TABLE + "table-cell"):
                kind = cell.get(STYLE + "value-type")
                value = (float(cell.get(STYLE + "value")) if kind in ("float", "percentage", "currency") else
                         cell.get(STYLE + "date-value") if kind == "date" else "".join(cell.itertext()).strip())
                value = (value,) if cell.get(TABLE + "formula") else value
                cells += [value] * min(int(cell.get(TABLE + "number-columns-repeated", 1)), 60)
            rows += [cells] * (1 if not any(c != "" for c in cells) else int(row.get(TABLE + "number-rows-repeated", 1)))
        sheets[sheet.get(TABLE + "name")] = rows
    made.unlink()
    return sheets


def check(head, rows, wanted):
    """Rows of a sheet are those of the plain CSV: the kind of each cell, and its value."""
    numbers = 0
    for row, plain in zip(rows, wanted, strict=False):
        for name, cell in zip(head, row):
            text = plain.get(name)
            if text is None or text == "":
                continue
            if re.fullmatch(r"-?\d+(\.\d+)?(e[+-]\d+)?", text) and not name.endswith("_id"):
                assert isinstance(cell, float), (name, text, cell)
                assert min(abs(cell - float(text)), abs(100 * cell - float(text))) <= 1e-9 + 1e-6 * abs(float(text)), (name, text, cell)
                numbers += 1
            elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                assert cell == text, (name, text, cell)
    return numbers


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    tape = folder / "t.h5"
    run("generate", "-n", 400, "--seed", 3, "-o", tape, "--quiet")
    run("generate", "--panel", "-n", 300, "--months", 30, "--model", MODEL, "-o", folder / "p.h5", "--quiet")
    model = ["--model", MODEL, "--quiet"]
    scenarios = SOURCE / "data/scenarios/nordic.yaml"
    by = ["--by", "country,balance_band,last_payment"]
    # Workbooks, and CSV in the Finnish dialect beside the plain rows that it must show.
    books, texts, plain = {}, {}, {}

    for command in (["value", tape, *model, *by], ["price", tape, *model, "--irr", "0.12,0.15", *by], ["worklist", tape, *model],
                    ["compare", tape, tape, *model, "--irr-b", "0.2", *by], ["decide", tape, *model, "--court-budget", "900", *by],
                    ["scenario", tape, *model, "--scenarios", scenarios, *by], ["inspect", tape, *model, *by], ["calendar", tape, *model], ["watch", tape, tape, *model, "--irr-b", "0.5"],
                    ["backtest", folder / "p.h5", *model]):
        book = folder / f"book{len(books)}.xlsx"
        run(*command, "--xlsx", book)
        books[book] = command[0]
    tables = {}
    for command, option in ((["value", tape, *model], "--claims"), (["value", tape, *model], "--cashflow"), (["value", tape, *model], "--years"),
                            (["calendar", tape, *model], "--claims")):
        text, rows = folder / f"fi{len(texts)}.csv", folder / f"rows{len(texts)}.xlsx"
        run(*command, option, folder / "plain.csv")
        run(*command, option, text, "--csv-dialect", "fi")
        run(*command, option, rows)
        with open(folder / "plain.csv", newline="") as file:
            plain[text] = list(csv.DictReader(file))
        texts[text] = f"{command[0]} {option}"
        tables[text] = (rows, option[2:])
    for command in (["value", tape, *model, *by], ["price", tape, *model, "--irr", "0.12,0.15"], ["scenario", tape, *model, "--scenarios", scenarios],
                    ["decide", tape, *model, "--court-budget", "900"], ["compare", tape, tape, *model, "--irr-b", "0.2"],
                    ["worklist", tape, *model], ["watch", tape, tape, *model, "--irr-b", "0.5"], ["inspect", tape, *by, "--quiet"],
                    ["backtest", folder / "p.h5", *model]):
        text = folder / f"fi{len(texts)}.csv"
        text.write_text(run(*command, "--format", "csv", "--csv-dialect", "fi"))
        plain[text] = list(csv.DictReader(run(*command, "--format", "csv").splitlines()))
        texts[text] = f"{command[0]} --format csv"

    made = opened(folder, [*books, *(rows for rows, _ in tables.values())])
    for book, name in books.items():
        formulas = 0
        for title, rows in made[book].items():
            cells = [cell for row in rows for cell in row]
            formulas += sum(isinstance(cell, tuple) for cell in cells)
            wrong = [cell for cell in cells if isinstance(cell, tuple) and not isinstance(cell[0], float) and cell[0] not in ("", "none")]
            assert not wrong, (name, title, wrong[:3])
            heads = next((row for row in rows[2:3]), [])
            stray = [cell for row in rows for head, cell in zip(heads, row) if head not in ("name", "vintage") and isinstance(cell, str)
                     and re.fullmatch(r"-?[\d ]+([.,]\d+)?( ?%)?", cell)]
            assert not stray, (name, title, stray[:3])
        print(f"{name}: {len(made[book])} sheets open, {formulas} formulas have values")
    # separator ; quote " UTF-8, from the first line, columns as standard, language, quoted cells are text, numbers as the language writes them
    finnish = opened(folder, list(texts), f"--infilter=CSV:59,34,76,1,,{FINNISH},true,true")
    for text, name in texts.items():
        fi = next(iter(finnish[text].values()))
        numbers = check(fi[0], fi[1:], plain[text])
        assert numbers > len(plain[text]), name
        if text in tables:
            path, sheet = tables[text]
            rows = made[path][sheet]
            assert check(rows[2], rows[3:], plain[text]) == numbers, name
        print(f"{name}: {numbers} numbers are numbers in fi-FI" + (", from CSV and from a workbook" if text in tables else ""))
