#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The R package: installed offline into a library of its own, its figures are the program's to the bit, its columns those of
the tape, its errors carry file, line and key, and what the documentation shows runs."""
import csv
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

SOURCE, BUILD = pathlib.Path(os.environ["JALKI_SOURCE"]), pathlib.Path(os.environ["JALKI_BUILD"])
PROGRAM, MODEL = os.environ["JALKI_PROGRAM"], SOURCE / "models/nordic.yaml"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


if shutil.which("R") is None:
    skip("no R here (scripts/install.sh r)")
if not (BUILD / "r/jalki.so").exists():
    skip("the R package was not built here")


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.held = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.held.name)
        shutil.copytree(SOURCE / "src/bindings/r", cls.folder / "package")
        (cls.folder / "library").mkdir()
        done = subprocess.run(["R", "CMD", "INSTALL", "--no-docs", "--no-test-load", "-l", cls.folder / "library", cls.folder / "package"],
                              env={**os.environ, "JALKI_BUILD": str(BUILD), "JALKI_SOURCE": str(SOURCE)}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        cls.jalki("generate", "-n", "1500", "-o", "tape.csv", "--quiet")
        cls.jalki("import", "tape.csv", "-o", "tape.h5", "--cutoff", "2026-06-30", "--quiet")

    @classmethod
    def tearDownClass(cls):
        cls.held.cleanup()

    @classmethod
    def jalki(cls, *arguments):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=cls.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, name):
        with open(self.folder / name, newline="") as file:
            return list(csv.DictReader(file))

    def r(self, script):
        """What a script prints; figures it shows with "%a" keep all their bits."""
        text = f'suppressWarnings({{ library(jalki, lib.loc = "library")\nmodel <- "{MODEL}"\nbits <- function(x) cat(sprintf("%a", x), sep = "\\n")\n{script}\n}})\n'
        done = subprocess.run(["Rscript", "--vanilla", "-e", text], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def bits(self, script):
        return [None if line == "NA" else float.fromhex(line) for line in self.r(script).split()]

    def program(self, *arguments):
        return json.loads(self.jalki(*arguments, "--model", MODEL, "--format", "json"))

    def test_figures(self):
        value = self.program("value", "tape.h5", "--set", "irr=0.12")
        self.assertEqual(self.bits("v <- jalki_value(jalki_open('tape.h5'), model = jalki_model_file(model, irr = 0.12))\n"
                                   "bits(c(v$value, v$bid, v$net, v$wal_years, unlist(lapply(v$segments, function(s) s$value))))\n"
                                   "bits(jalki_table(v, 'segments')$face); bits(jalki_table(v, 'years')$net)"),
                         [value["value"], value["bid"], value["net"], value["wal_years"], *(s["value"] for s in value["segments"]),
                          *(s["face"] for s in value["segments"]), *(year["net"] for year in value["years"])])
        price = self.program("price", "tape.h5", "--irr", "0.1,0.15", "--floor", "payback=48", "--sell")
        bid = json.loads(subprocess.run([PROGRAM, "bid", "--value", "1e6", "--rivals", "3", "--spread", "0.2", "--format=json"], check=True, capture_output=True, text=True).stdout)
        self.assertEqual(self.bits("bits(jalki_bid(value = 1e6, rivals = 3, spread = 0.2)$best$bid)"), [bid["best"]["bid"]])
        self.assertEqual(self.bits("bits(jalki_table(jalki_price('tape.h5', model = model, irr = c(0.1, 0.15), floor = list(payback = 48), sell = TRUE), 'rows')$bid)"),
                         [row["bid"] for row in price["rows"]])
        simulated = self.program("simulate", "tape.h5", "--paths", "200", "--seed", "3")
        self.assertEqual(self.bits("bits(jalki_simulate('tape.h5', model = model, paths = 200, seed = 3)$pv$mean)"), [simulated["pv"]["mean"]])
        scenario = self.program("scenario", "tape.h5", "--scenarios", SOURCE / "data/scenarios/nordic.yaml")
        tables = self.r(f"cat(jalki_tables(jalki_scenario('tape.h5', model = model, scenarios = '{SOURCE}/data/scenarios/nordic.yaml')))").split()
        self.assertIn("scenarios", [*tables, *scenario])
        listed = self.program("worklist", "tape.h5", "--top", "30")
        self.assertEqual(self.bits("bits(jalki_table(jalki_worklist('tape.h5', model = model, top = 30), 'rows')$gain)"), [row["gain"] for row in listed["rows"]])

    def test_claims(self):
        self.jalki("value", "tape.h5", "--model", MODEL, "--claims", "claims.csv", "--full", "--quiet")
        rows = self.rows("claims.csv")
        printed = self.r("p <- jalki_per_claim(jalki_value('tape.h5', model = model, per_claim = TRUE))\n"
                         "write.csv(p[c('claim_id', 'decision', 'segment', 'value', 'q_sell')], 'r.csv', row.names = FALSE, na = '')")
        self.assertEqual(printed, "")
        mine = self.rows("r.csv")
        self.assertEqual([row["claim_id"] for row in mine], [row["claim_id"] for row in rows])
        self.assertEqual([(row["decision"], row["segment"]) for row in mine], [(row["decision"], row["segment"]) for row in rows])
        single = lambda row: struct.pack("f", float(row["value"]))  # noqa: E731 - as results have it
        self.assertEqual([single(row) for row in mine], [single(row) for row in rows])
        self.assertEqual({row["q_sell"] for row in mine}, {""})

    def test_columns(self):
        rows = self.rows("tape.csv")
        self.r("t <- jalki_open('tape.h5')\nstopifnot(t$rows == 1500, t$kind == 'tape', t$cutoff == as.Date('2026-06-30'), 'income_monthly' %in% names(t))\n"
               "write.csv(as.data.frame(t, columns = c('claim_id', 'principal', 'legal_status', 'product', 'last_paid_on', 'birth_year', 'interest_rate')), 'c.csv', row.names = FALSE, na = '')")
        mine = self.rows("c.csv")
        for ours, given in zip(mine, rows, strict=True):
            for name in ("claim_id", "last_paid_on", "birth_year"):
                self.assertEqual(ours[name], given[name])
            self.assertEqual(float(ours["principal"]), float(given["principal"]))
            self.assertIn(given["legal_status"], (ours["legal_status"], ""))

    def test_errors(self):
        (self.folder / "bad.yaml").write_text("name: bad\nirr: x\n")
        told = self.r("e <- tryCatch(jalki_value('tape.h5', model = 'bad.yaml'), jalki_failure = function(e) e)\n"
                      "cat(e$status, e$file, e$line, e$key, sep = '|')\n"
                      "cat('\\n', class(tryCatch(jalki_value('tape.h5', model = model, irr = 'x'), error = identity))[[1]], sep = '')\n"
                      "cat('\\n', conditionMessage(tryCatch(jalki_value('tape.h5', model = model, irr = 'x'), error = identity)), sep = '')\n"
                      "cat('\\n', class(tryCatch(jalki_open('none.h5'), error = identity))[[1]], sep = '')\n"
                      "cat('\\n', inherits(tryCatch(jalki_value('tape.h5'), error = identity), 'error'), sep = '')\n"
                      "cat('\\n', inherits(tryCatch(jalki_value('tape.h5', modell = model), error = identity), 'error'), sep = '')\n"
                      "cat('\\n', conditionMessage(tryCatch(jalki_table(jalki_value('tape.h5', model = model), 'segment'), error = identity)), sep = '')").splitlines()
        self.assertRegex(told[0], r"^invalid model file\|bad\.yaml\|\d+\|\w*")
        self.assertEqual(told[1], "jalki_usage_error")
        self.assertIn("--irr: 'x' is not a number", told[2])
        self.assertEqual(told[3:6], ["jalki_failure", "TRUE", "TRUE"])
        self.assertIn("has no table segment; it has", told[6])

    def test_progress_and_stop(self):
        told = self.r("seen <- character()\nv <- jalki_value('tape.h5', model = model, progress = function(stage, done, total) seen <<- c(seen, stage))\n"
                      "e <- tryCatch(jalki_simulate('tape.h5', model = model, paths = 1000000, progress = function(...) stop('enough')), error = identity)\n"
                      "cat(inherits(e, 'error'), conditionMessage(e))\ncat('\\n', jalki_value('tape.h5', model = model)$claims, sep = '')").splitlines()
        self.assertIn("the command was stopped", told[0])
        self.assertEqual(told[1], "1500")

    def test_documentation(self):
        """docs/r.md: its session runs, on a tape of its names."""
        text = (SOURCE / "docs/r.md").read_text()
        code = "\n".join(re.findall(r"```r\n(.*?)```", text, re.S)).replace("models/nordic.yaml", str(MODEL)).replace("library(jalki)", "")
        self.jalki("generate", "-n", "1500", "-o", "sample.csv", "--quiet")
        self.assertIn("<jalki tape", self.r(code))


if __name__ == "__main__":
    unittest.main()
