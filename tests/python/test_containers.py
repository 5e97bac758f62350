#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tapes in workbooks, archives and packed files give the claims that the same rows give as plain text."""
import bz2
import gzip
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

import h5py
import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
import workbook as wb  # noqa: E402

PROGRAM = os.environ["JALKI_PROGRAM"]
PLAIN = ("claim_id,country,written_off_on,principal,fees\n"
         "123456789012,FI,2024-01-31,1234.50,\n"
         "\"C, \"\"2\"\"\",SE,2023-01-01,30.00,2\n")
HEAD = wb.row(1, *[wb.text(f"{'ABCDE'[i]}1", name) for i, name in enumerate(PLAIN.splitlines()[0].split(","))])


def run(*arguments, code=0):
    done = subprocess.run([PROGRAM, "import", *arguments, "--cutoff", "2026-06-30"], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    return done.stderr


def claims(path):
    with h5py.File(path) as store:
        return {name: store["tape"][name][:].tolist() for name in store["tape"]}


def same_as_plain(source, *arguments):
    run(source, "-o", "T.h5", *arguments)
    assert claims("T.h5") == claims("plain.h5"), source
    os.remove("T.h5")


def refused(source, *words, arguments=()):
    message = run(source, "-o", "X.h5", *arguments, code=1)
    for word in words:
        assert word in message, (source, word, message)
    assert not os.path.exists("X.h5") and not os.path.exists("X.h5.rejects.csv"), source


def workbooks():
    """Serial 45322 is 2024-01-31 and 44927 is 2023-01-01 (DATE() of any spreadsheet); from 1904 they are 1462 less."""
    for shift, early in ((0, False), (1462, True)):
        rows = HEAD + wb.row(
            2, wb.number("A2", 123456789012), wb.shared("B2", 1), wb.number("C2", 45322 - shift, wb.DATE),
            wb.number("D2", "1234.5", wb.MONEY)) + wb.row(
            4, wb.text("A4", "C, &quot;2&quot;"), wb.text("B4", "SE"), wb.number("C4", 44927.75 - shift, wb.OWN_DATE),
            wb.number("D4", "0.30000000000000004E2"), '<c r="E4"><f>1+1</f><v>2</v></c>')
        texts = ["<t>x</t>", "<r><t>F</t></r><r><rPr/><t>I</t></r><rPh><t>not this</t></rPh>"]
        for dimension in ("A1:E9", "A1", None):
            wb.write("a.xlsx", {"Cover": wb.row(1, wb.text("A1", "Letter")), "Loans": rows}, texts=texts, from_1904=early,
                     dimension=dimension)
            same_as_plain("a.xlsx")
            same_as_plain("a.xlsx:Loans")
    assert "Cover" in run("a.xlsx", "-o", "T.h5"), "a sheet that is not read is told"
    refused("a.xlsx:Nothing", "no 'Nothing'")
    # a bad cell is told with the row of the sheet
    wb.write("bad.xlsx", {"L": rows + wb.row(9, wb.text("A9", "Z"), wb.text("B9", "FI"), wb.text("C9", "never"),
                                            wb.number("D9", 5))}, texts=texts, from_1904=True)
    run("bad.xlsx", "-o", "T.h5", "--max-rejects", "100%")
    with open("T.h5.rejects.csv") as rejects:
        assert any(line.startswith("9,") for line in rejects), "line numbers are rows of the sheet"
    os.remove("T.h5.rejects.csv")


def long_sheets():
    """A sheet that does not say how wide it is: rows behind the first thousands give what they hold, wider or not."""
    head = wb.row(1, *[wb.text(f"{'ABCD'[i]}1", name) for i, name in enumerate(("claim_id", "country", "written_off_on", "principal"))])
    rows = [wb.row(n, wb.text(f"A{n}", f"C{n}"), wb.text(f"B{n}", "FI"), wb.number(f"C{n}", 45322, wb.DATE), wb.number(f"D{n}", n))
            for n in range(2, 6002)]
    rows[5500] = rows[5500].replace("</row>", wb.number("F5502", 7) + "</row>")
    for dimension in ("A1:F6001", None):
        wb.write("long.xlsx", {"L": head + "".join(rows)}, dimension=dimension)
        run("long.xlsx", "-o", "T.h5", "--max-rejects", "1")
        found = claims("T.h5")
        kept = [n for n in range(2, 6002) if f"C{n}".encode() in set(found["claim_id"])]
        assert found["principal"] == [100 * n for n in kept] and len(kept) >= 5999, (dimension, len(kept))
        os.remove("T.h5")


def rows_that_end_early():
    """Empty cells at a row's end are not written, and the file may be read in pieces that end anywhere: a row is as wide as the sheet."""
    names = ("claim_id", "country", "written_off_on", "principal", "fees", "interest_rate")
    head = wb.row(1, *[wb.text(f"{'ABCDEF'[i]}1", name) for i, name in enumerate(names)])
    rows = [wb.row(n, wb.text(f"A{n}", f"C{n}"), wb.text(f"B{n}", "FI"), wb.number(f"C{n}", 45322, wb.DATE), wb.number(f"D{n}", n))
            for n in range(2, 6002)]
    wb.write("short.xlsx", {"L": head + "".join(row.replace("</row>", " " * 400 + "</row>") for row in rows)}, dimension="A1:F6001")
    run("short.xlsx", "-o", "T.h5", "--max-rejects", "0")
    assert claims("T.h5")["principal"] == [100 * n for n in range(2, 6002)]
    os.remove("T.h5")


def with_decimal_comma():
    """A mapping's marks are those of text cells; numbers and dates of the workbook are none of its business."""
    with open("m.yaml", "w") as out:
        out.write("decimal: ','\ndate_format: '%d.%m.%Y'\nseparator: ';'\nencoding: ISO-8859-1\n"
                  "columns: {claim_id: Avain, country: {constant: FI}, written_off_on: Pvm, principal: Pääoma}\n")
    head = wb.row(1, wb.text("A1", "Avain"), wb.text("B1", "Pvm"), wb.text("C1", "Pääoma"))
    wb.write("f.xlsx", {"Saatavat": head + wb.row(2, wb.number("A2", 7), wb.number("B2", 45322, wb.DATE), wb.number("C2", "10.25"))
                        + wb.row(3, wb.text("A3", "8"), wb.text("B3", "1.2.2024"), wb.text("C3", "11,5"))}, dimension="A1:C3")
    run("f.xlsx", "-o", "F.h5", "--mapping", "m.yaml")
    got = claims("F.h5")
    assert got["principal"] == [1025, 1150] and got["claim_id"] == [b"7", b"8"], got
    assert [str(np.datetime64(int(day), "D")) for day in got["written_off_on"]] == ["2024-01-31", "2024-02-01"], got


def several_sheets():
    with open("s.yaml", "w") as out:
        out.write("sources:\n  loan: {recognised_by: [Loan, Principal]}\n"
                  "  person: {recognised_by: [Person, Born], key: Person, joined_by: Debtor}\n"
                  "columns:\n  claim_id: Loan\n  debtor_id: Debtor\n  country: {constant: FI}\n  written_off_on: Off\n"
                  "  principal: Principal\n  birth_year: {source: person, column: Born}\n")
    loans = wb.row(1, *[wb.text(f"{'ABCD'[i]}1", n) for i, n in enumerate(["Loan", "Debtor", "Off", "Principal"])]) + wb.row(
        2, wb.text("A2", "L1"), wb.number("B2", 17), wb.number("C2", 45322, wb.DATE), wb.number("D2", 100))
    persons = wb.row(1, wb.text("A1", "Person"), wb.text("B1", "Born")) + wb.row(2, wb.number("A2", 17), wb.number("B2", 1980))
    wb.write("eba.xlsx", {"Read me": wb.row(1, wb.text("A1", "x")), "Empty": "", "P": persons, "L": loans}, dimension=None)
    said = run("eba.xlsx", "-o", "S.h5", "--mapping", "s.yaml")
    assert claims("S.h5")["birth_year"] == [1980] and "Read me" in said and "Empty" in said, said


def archives():
    with zipfile.ZipFile("one.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("whatever", PLAIN)
    same_as_plain("one.zip")
    lines = PLAIN.splitlines(True)
    with zipfile.ZipFile("two.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("__MACOSX/._a.csv", "rubbish")
        out.writestr("in/a.csv", lines[0] + lines[1])
        out.writestr("in/b.csv.gz", gzip.compress((lines[0] + lines[2]).encode()))
        out.writestr("letter.pdf", "%PDF-")
    same_as_plain("two.zip")
    assert "letter.pdf" in run("two.zip", "-o", "T.h5")


def packed():
    for name, pack in (("gz", gzip.compress), ("xz", lzma.compress), ("bz2", bz2.compress)):
        whole = pack(PLAIN.encode())
        members = pack(PLAIN[:70].encode()) + pack(PLAIN[70:].encode())
        for data in (whole, whole + bytes(700), members):
            with open(f"t.{name}", "wb") as out:
                out.write(data)
            same_as_plain(f"t.{name}")
        for data, word in ((whole[:-9], "too early"), (whole + b"junk", "follow the end")):
            with open(f"t.{name}", "wb") as out:
                out.write(data)
            refused(f"t.{name}", word)
    if shutil.which("zstd"):
        subprocess.run(["zstd", "-q", "-f", "plain.csv", "-o", "t.zst"], check=True)
        same_as_plain("t.zst")


def hostile():
    wb.write("e.xlsx", {"L": HEAD}, prolog='<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>')
    refused("e.xlsx", "entities")
    with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a.csv", PLAIN + "," * (64 << 20))
    refused("bomb.zip")
    wb.write("cut.xlsx", {"L": HEAD})
    whole = open("cut.xlsx", "rb").read()
    with open("cut.xlsx", "wb") as out:
        out.write(whole[:len(whole) // 2])
    refused("cut.xlsx", "damaged")
    with open("flip.xlsx", "wb") as out:
        middle = whole.index(b"xl/worksheets/sheet1.xml") + 60
        out.write(whole[:middle] + bytes([whole[middle] ^ 0x40]) + whole[middle + 1:])
    refused("flip.xlsx")


def foreign():
    for data, word in ((b"PAR1\x15\x04", "Parquet"), (b"\n <!DOCTYPE html><table>", "HTML"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), ".xls"),
                       (b"%PDF-1.4\n", "PDF"), (b'{"claim_id": "1"}\n', "JSON"), (b"7z\xbc\xaf\x27\x1c\0\0", "7-Zip"), (b"Rar!\x1a\x07\0", "RAR"),
                       (b"SQLite format 3\0", "SQLite"), (b"<?xml version='1.0'?><a/>", "XML")):
        with open("t.xls", "wb") as out:
            out.write(data)
        refused("t.xls", word)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open("plain.csv", "w") as out:
            out.write(PLAIN)
        run("plain.csv", "-o", "plain.h5")
        for test in (workbooks, long_sheets, rows_that_end_early, with_decimal_comma, several_sheets, archives, packed, hostile, foreign):
            test()
            print(test.__name__)
        os.chdir("/")


main()
