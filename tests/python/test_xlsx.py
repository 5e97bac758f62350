# SPDX-License-Identifier: Apache-2.0
"""Workbooks (--xlsx), read as zip and XML: the figures are those of JSON and CSV, sums and the answers for a return are
formulas that give what they should when worked out here, text stays text, files appear whole and under a name of their
kind."""
import csv
import datetime
import io
import json
import os
import re
import stat
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml
import zipfile

PROGRAM, SOURCE = os.environ["JALKI_PROGRAM"], os.environ["JALKI_SOURCE"]
MODEL = os.path.join(SOURCE, "models", "nordic.yaml")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def run(*arguments, cwd, code=0):
    done = subprocess.run([PROGRAM, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stderr
    return done


class Book:
    """Cells by sheet and place: value, and formula where there is one."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            names = [sheet.get("name") for sheet in xml.fromstring(archive.read("xl/workbook.xml")).iter(MAIN + "sheet")]
            texts = ["".join(t.text or "" for t in item.iter(MAIN + "t"))
                     for item in xml.fromstring(archive.read("xl/sharedStrings.xml")).iter(MAIN + "si")] \
                if "xl/sharedStrings.xml" in archive.namelist() else []
            self.names, self.cells, self.formulas = names, {}, {}
            for number, name in enumerate(names, 1):
                self.cells[name], self.formulas[name] = {}, {}
                for cell in xml.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml")).iter(MAIN + "c"):
                    value, formula = cell.find(MAIN + "v"), cell.find(MAIN + "f")
                    if value is not None:
                        text = value.text or ""
                        kind = cell.get("t")
                        self.cells[name][cell.get("r")] = (texts[int(text)] if kind == "s" else
                                                           text if kind == "str" else float(text))
                    if cell.get("t") == "inlineStr":
                        self.cells[name][cell.get("r")] = "".join(part.text or "" for part in cell.iter(MAIN + "t"))
                    if formula is not None:
                        self.formulas[name][cell.get("r")] = formula.text
            self.charts = [file for file in archive.namelist() if file.startswith("xl/charts/chart")]

    def column(self, sheet, letter, first, last):
        return [self.cells[sheet].get(f"{letter}{row}") for row in range(first, last + 1)]

    def rows(self, sheet):
        """Below the head, as dictionaries by the head's words without units; what is missing is left out."""
        cells = self.cells[sheet]
        heads = {re.match("[A-Z]+", place)[0]: re.sub(r" \(.*", "", text) for place, text in cells.items()
                 if re.fullmatch("[A-Z]+3", place)}
        last = max(int(re.sub("[A-Z]+", "", place)) for place in cells)
        return [{head: cells[f"{letter}{row}"] for letter, head in heads.items() if f"{letter}{row}" in cells}
                for row in range(4, last + 1)]


class Workbooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        run("generate", "-n", "1500", "--seed", "7", "-o", "t.csv", cwd=cls.folder)
        with open(os.path.join(cls.folder, "t.csv"), newline="") as file:
            rows = list(csv.reader(file))
        rows[1][rows[0].index("claim_id")] = "=1+1"
        with open(os.path.join(cls.folder, "t.csv"), "w", newline="") as file:
            csv.writer(file).writerows(rows)
        run("import", "t.csv", "-o", "t.h5", "--cutoff", "2026-06-30", cwd=cls.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, command, *more):
        arguments = [command, "t.h5", "--model", MODEL, *more, "--xlsx", f"{command}.xlsx", "--format", "csv"]
        out = run(*arguments, cwd=self.folder).stdout
        return Book(self.path(f"{command}.xlsx")), list(csv.DictReader(io.StringIO(out)))

    def check_rows(self, book_rows, csv_rows, percent):
        for got, wanted in zip(book_rows, csv_rows):
            for name, text in wanted.items():
                value = got.get(name.replace("_", " "))
                if text == "" or text in ("nan", "inf"):
                    continue
                if isinstance(value, float):
                    value = 100.0 * value if name in percent else value
                    self.assertAlmostEqual(value, float(text), delta=0.006 + 1e-5 * abs(value), msg=name)
                else:
                    self.assertEqual(value, text, name)

    def test_value(self):
        book, rows = self.make("value")
        self.assertEqual(book.names, ["Portfolio", "Decisions", "Segments", "Countries", "Reasons", "Years", "Cash flow",
                                      "Return", "Columns", "Origin"])
        for sheet, group in (("Portfolio", "all"), ("Decisions", "decision"), ("Segments", "segment"),
                             ("Countries", "country"), ("Reasons", "reason")):
            wanted = [{k: v for k, v in row.items() if k != "group"} for row in rows if row["group"] == group]
            self.assertGreater(len(wanted), 0)
            self.check_rows(book.rows(sheet), wanted, ("value_pct_of_face", "share_of_face"))
        run("value", "t.h5", "--model", MODEL, "--years", "years.csv", cwd=self.folder)
        with open(self.path("years.csv"), newline="") as file:
            self.check_rows(book.rows("Years"), list(csv.DictReader(file)), ("cost_to_collect", "liquidation"))
        self.assertEqual(len(book.charts), 4)
        self.assertTrue(any('"tape_sha256"' in str(text) for text in book.cells["Origin"].values()))
        self.assertIn("erc_gross", book.cells["Columns"].values())

    def test_calendar_and_watch(self):
        out = run("calendar", "t.h5", "--model", MODEL, "--xlsx", "calendar.xlsx", "--format", "csv", cwd=self.folder).stdout
        book, rows = Book(self.path("calendar.xlsx")), list(csv.DictReader(io.StringIO(out)))
        self.assertEqual(book.names, ["Due", "Months", "Weeks", "Columns", "Origin"])
        self.check_rows(book.rows("Due"), rows, ())
        self.assertEqual(len(book.charts), 1)
        book, rows = self.make("watch", "t.h5", "--irr-b", "0.5", "--top", "100")
        self.assertEqual(book.names, ["Changed", "Changes", "Columns", "Origin"])
        self.assertGreater(len(rows), 5)
        self.check_rows(book.rows("Changed"), rows, ())
        self.assertEqual(stat.S_IMODE(os.stat(self.path("watch.xlsx")).st_mode), 0o600)

    def test_inspect(self):
        out = run("inspect", "t.h5", "--by", "country", "--xlsx", "i.xlsx", "--format", "csv", cwd=self.folder).stdout
        figures = {tuple(row[k] for k in ("section", "group", "currency", "item", "figure")): row["value"] for row in csv.DictReader(io.StringIO(out))}
        book = Book(self.path("i.xlsx"))
        self.assertEqual(book.names, ["Columns of the tape", "Numbers", "Groups", "Patterns", "Ages", "Columns", "Origin"])
        for row in book.rows("Columns of the tape"):
            self.assertEqual(row["given"], float(figures["column", "all", "", row["column"], "given"]))
        for row in book.rows("Numbers"):
            for figure in ("given", "median", "maximum", "mean", "fence high", "above"):
                key = ("numbers", row["group"], row.get("currency", ""), row["item"], figure.replace(" ", "_"))
                self.assertEqual(figure in row, key in figures, key)
                if key in figures and isinstance(row[figure], str):
                    self.assertEqual(row[figure], figures[key], key)
                elif key in figures:
                    self.assertAlmostEqual(row[figure], float(figures[key]), delta=1e-7 * abs(row[figure]), msg=str(key))
        self.assertTrue(any(row["item"] == "written_off_on" for row in book.rows("Numbers")))
        for sheet, section in (("Groups", "group"), ("Patterns", "pattern"), ("Ages", "age")):
            self.assertGreater(len(book.rows(sheet)), 3)
            for row in book.rows(sheet):
                key = (section, row["group"], row["currency"], row.get("name", ""), "balance")
                self.assertAlmostEqual(row["balance"], float(figures[key]), delta=0.0051, msg=str(key))

    def test_backtest(self):
        run("generate", "--panel", "-n", "400", "--months", "30", "--model", MODEL, "-o", "p.h5", "--quiet", cwd=self.folder)
        for more, names in (((), ["All", "tenth", "segment", "treatment", "score_band", "vintage", "month", "Columns", "Origin"]),
                            (("--horizon", "12"), ["All", "Horizons", "Columns", "Origin"])):
            out = run("backtest", "p.h5", "--model", MODEL, *more, "--xlsx", "b.xlsx", "--format", "csv", cwd=self.folder).stdout
            book, rows = Book(self.path("b.xlsx")), list(csv.DictReader(io.StringIO(out)))
            self.assertEqual(book.names, names)
            self.check_rows(book.rows("All"), rows, ("cash_so_far",))
        self.assertGreater(len(rows), 10)

    def test_compare(self):
        run("generate", "-n", "1400", "--seed", "7", "--cutoff", "2026-09-30", "-o", "later.h5", cwd=self.folder)
        out = run("compare", "t.h5", "later.h5", "--model", MODEL, "--by", "product", "--xlsx", "compare.xlsx", "--format", "csv",
                  cwd=self.folder).stdout
        book, rows = Book(self.path("compare.xlsx")), list(csv.DictReader(io.StringIO(out)))
        self.assertEqual(book.names, ["Bridge", "Segments", "Countries", "Vintages", "Decisions", "Changes", "By columns", "Columns",
                                      "Origin"])
        for sheet, group in (("Bridge", "all"), ("Segments", "segment"), ("Countries", "country"), ("Vintages", "vintage"),
                             ("Decisions", "decision"), ("Changes", "change"), ("By columns", "product")):
            wanted = [{k: v for k, v in row.items() if k != "group"} for row in rows if row["group"] == group]
            self.assertGreater(len(wanted), 0, group)
            self.check_rows(book.rows(sheet), wanted, ())
        self.assertEqual(len(book.charts), 4)
        self.assertTrue(any('"compare"' in str(text) for text in book.cells["Origin"].values()))

    def test_sums_are_formulas_over_all_rows(self):
        book, rows = self.make("value")
        segments = [row for row in rows if row["group"] == "segment"]
        last = 3 + len(segments)
        self.assertEqual(book.formulas["Segments"][f"B{last + 1}"], f"SUBTOTAL(109,B4:B{last})")
        self.assertEqual(book.cells["Segments"][f"B{last + 1}"], 1500.0)
        self.assertAlmostEqual(book.cells["Segments"][f"C{last + 1}"], sum(book.column("Segments", "C", 4, last)),
                               places=2)

    def test_the_sheet_answers_for_a_return(self):
        book, _ = self.make("value", "--irr", "0.12")
        out = json.loads(run("price", "t.h5", "--model", MODEL, "--irr", "0.12", "--json", "-", cwd=self.folder).stdout)
        months = sum(isinstance(m, float) for m in book.column("Cash flow", "A", 4, 2000))
        net = book.column("Cash flow", "F", 4, 3 + months)
        answers, formulas = book.cells["Return"], book.formulas["Return"]
        self.assertEqual(answers["B3"], 0.12)
        self.assertEqual(formulas["B4"], f"SUMPRODUCT('Cash flow'!F4:F{3 + months}/(1+B3)^(('Cash flow'!A4:A{3 + months}"
                                         "-0.5)/12))")
        worth = sum(n / 1.12 ** ((month - 0.5) / 12) for month, n in enumerate(net, 1))
        self.assertAlmostEqual(answers["B4"], worth, delta=1e-9 * worth)
        self.assertAlmostEqual(answers["B6"], worth - answers["B5"], delta=1e-6)
        self.assertAlmostEqual(answers["B9"], sum(net) / worth, delta=1e-9)
        own = out["returns"][0]["value"]
        self.assertAlmostEqual(answers["B15"], own, delta=0.01)
        self.assertLess(abs(worth / own - 1), 0.002)  # model.md section 8
        # the return at the price asked: the flows of half months that the formula takes are worth nothing at 12 %
        self.assertEqual(formulas["B12"], f'IFERROR((1+IRR(G3:G{2 + 2 * months},0.005))^24-1,"none")')
        flow = book.column("Return", "G", 3, 2 + 2 * months)
        self.assertEqual(formulas["G3"], "-(B11+B5)")
        self.assertAlmostEqual(flow[0], -worth, delta=1e-6)
        self.assertAlmostEqual(sum(f * 1.12 ** (-half / 24) for half, f in enumerate(flow)), 0.0, delta=1e-6 * worth)

    def test_other_commands(self):
        book, rows = self.make("price", "--irr", "0.1,0.2")
        self.check_rows(book.rows("Bids"), rows, ("bid_pct_of_face",))
        self.assertEqual(len(book.rows("Bids")), len(rows))
        book, rows = self.make("scenario", "--scenarios", os.path.join(SOURCE, "data", "scenarios", "nordic.yaml"))
        self.check_rows(book.rows("Segments"), rows, ("bid_pct_of_face", "change_pct"))
        every = [{k: v for k, v in row.items() if k != "segment"} for row in rows if row["segment"] == "all"]
        self.check_rows(book.rows("Scenarios"), every, ("bid_pct_of_face", "change_pct"))
        book, rows = self.make("decide", "--court-budget", "3000")
        self.check_rows(book.rows("Decisions"), rows, ())

    def test_text_stays_text_and_claims_are_the_owners(self):
        book, _ = self.make("worklist", "--top", "1500", "--raw-text")
        mode = stat.S_IMODE(os.stat(self.path("worklist.xlsx")).st_mode)
        self.assertEqual(mode, 0o600)
        ids = [row.get("claim id") for row in book.rows("Worklist")]
        self.assertGreater(len(ids), 100)
        for place, formula in book.formulas["Worklist"].items():
            self.assertTrue(formula.startswith("SUBTOTAL("), place)

    def test_the_same_bytes_twice(self):
        self.make("value")
        with open(self.path("value.xlsx"), "rb") as file:
            once = file.read()
        self.make("value", "--threads", "1")
        with open(self.path("value.xlsx"), "rb") as file:
            self.assertEqual(once, file.read())

    def test_a_file_is_what_its_name_says(self):
        for option, name, words in (("--claims", "c.ods", "ends in .csv, .csv.gz, .xlsx, .parquet or .json"), ("--xlsx", "x.csv", ".xlsx"),
                                    ("--json", "j.CSV", ".json"), ("-o", "r.csv", ".h5"),
                                    ("--cashflow", "f.h5", ".csv")):
            done = run("value", "t.h5", "--model", MODEL, option, name, cwd=self.folder, code=1)
            self.assertIn(words, done.stderr)
            self.assertFalse(os.path.exists(self.path(name)))
        done = run("value", "t.h5", "--model", MODEL, "--claims", "c.xlsx", "--part", "1/2", "--partial", "p.json", cwd=self.folder, code=2)
        self.assertIn("put together as CSV", done.stderr)
        done = run("value", "t.h5", "--model", MODEL, "--claims", "nowhere/c.xlsx", cwd=self.folder, code=1)
        self.assertIn("nowhere/c.xlsx", done.stderr)
        done = run("scenario", "t.h5", "--model", MODEL, "--missing", "all", "--xlsx", "m.xlsx", cwd=self.folder, code=2)
        self.assertIn("needs --scenarios", done.stderr)

    def test_csv_becomes_what_its_name_says(self):
        """Every output of CSV is written as a workbook and as JSON, with the same cells; a filter's sums are live."""
        for command, option in (("value", "--claims"), ("value", "--cashflow"), ("value", "--years"), ("calendar", "--claims")):
            for ending in ("csv", "xlsx", "json"):
                if os.path.exists(self.path(f"rows.{ending}")):
                    os.remove(self.path(f"rows.{ending}"))  # its rights would be kept
                more = ("--csv-dialect", "fi") if ending == "xlsx" else ()
                run(command, "t.h5", "--model", MODEL, option, f"rows.{ending}", "--quiet", *more, cwd=self.folder)
            with open(self.path("rows.csv"), newline="") as file:
                wanted = list(csv.DictReader(file))
            with open(self.path("rows.json"), encoding="utf-8") as file:
                whole = json.load(file)
            book = Book(self.path("rows.xlsx"))
            self.assertEqual(book.names, [option[2:], "Origin"])
            self.assertEqual(whole["manifest"]["run"]["command"], command)
            self.assertEqual(len(whole["rows"]), len(wanted))
            sheet = book.cells[option[2:]]
            letters = {sheet[place]: re.match("[A-Z]+", place)[0] for place in sheet if re.fullmatch("[A-Z]+3", place)}
            for number, (row, entry) in enumerate(zip(wanted, whole["rows"]), 4):
                self.assertEqual(list(row), list(entry))
                for name, text in row.items():
                    cell = sheet.get(f"{letters[name]}{number}")
                    if text == "":
                        self.assertTrue(cell is None and entry[name] is None, name)
                    elif isinstance(entry[name], (int, float)):
                        self.assertEqual(cell, float(text), name)
                        self.assertEqual(entry[name], float(text), name)
                        self.assertFalse(name.endswith("_id"), name)
                    elif isinstance(cell, float):  # a day
                        day = datetime.date(1899, 12, 30) + datetime.timedelta(days=cell)
                        self.assertEqual((day.isoformat(), entry[name]), (text, text))
                    else:
                        self.assertEqual((cell, entry[name]), (text, text))
            mode = stat.S_IMODE(os.stat(self.path("rows.xlsx")).st_mode)
            self.assertEqual(mode == 0o600, option == "--claims")
            for place, formula in book.formulas[option[2:]].items():
                letter = re.match("[A-Z]+", place)[0]
                self.assertEqual(formula, f"SUBTOTAL(109,{letter}4:{letter}{len(wanted) + 3})")
                self.assertAlmostEqual(sheet[place], sum(sheet.get(f"{letter}{n}", 0.0) for n in range(4, len(wanted) + 4)), delta=0.01)
            self.assertGreaterEqual(len(book.formulas[option[2:]]), 3)


if __name__ == "__main__":
    unittest.main()
