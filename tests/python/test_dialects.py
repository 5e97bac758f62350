#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""--csv-dialect: every CSV that a command writes, read with the language's marks by Python's own csv module, says what the
canonical one says; what was written can be read back; packed where the name says so."""
import csv
import datetime
import gzip
import io
import json
import os
import pathlib
import re
import subprocess
import tempfile

import h5py

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
MODEL = SOURCE / "models/nordic.yaml"
DATES = {"fi": "%d.%m.%Y", "sv": "%Y-%m-%d", "da": "%d.%m.%Y", "no": "%d.%m.%Y", "et": "%d.%m.%Y", "de": "%d.%m.%Y"}
PLAIN = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?$", re.IGNORECASE)


def run(*arguments, code=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    return done.stdout if code == 0 else done.stderr


def rows(text, separator):
    return list(csv.reader(io.StringIO(text), delimiter=separator))


def text_of(path):
    return (gzip.open(path, "rt") if path.suffix == ".gz" else open(path)).read()


def check(canonical, turned, language):
    """The same rows, where each cell that is a number or a date is written as the language does."""
    plain, other = rows(canonical, ","), rows(turned, ";")
    assert len(plain) == len(other) > 1
    numbers = dates = 0
    for one, two in zip(plain, other):
        assert len(one) == len(two), (one, two)
        for cell, there in zip(one, two):
            if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
                assert datetime.datetime.strptime(there, DATES[language]).date().isoformat() == cell, (cell, there)
                dates += 1
            elif PLAIN.match(cell):
                assert there == cell.replace(".", ","), (cell, there)
                numbers += "." in cell
            else:
                assert there == cell, (cell, there)
    return numbers, dates


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tape = folder / "t.h5"
        run("generate", "-n", "800", "-o", tape, "--quiet")
        value = ["value", tape, "-m", MODEL, "--quiet"]
        outputs = {"claims": "csv", "cashflow": "csv"}
        run(*value, *(part for option, ending in outputs.items() for part in (f"--{option}", folder / f"{option}.{ending}")))
        for language in DATES:
            ending = "csv.gz" if language in ("fi", "de") else "csv"
            run(*value, "--csv-dialect", language,
                *(part for option in outputs for part in (f"--{option}", folder / f"{option}-{language}.{ending}")))
            for option in outputs:
                numbers, _ = check(text_of(folder / f"{option}.csv"), text_of(folder / f"{option}-{language}.{ending}"), language)
                assert numbers > 500
        commands = [["value"], ["price", "--irr", "0.1,0.15"], ["worklist", "--top", "20"], ["calendar", "--top", "50"],
                    ["decide", "--court-budget", "500"], ["scenario", "--scenarios", SOURCE / "data/scenarios/nordic.yaml"],
                    ["simulate", "--paths", "100"], ["account", "--price", "70000"]]
        for language in ("fi", "sv"):
            for command in commands:
                line = [command[0], tape, "-m", MODEL, *command[1:], "--format", "csv", "--quiet"]
                numbers, dates = check(run(*line), run(*line, "--csv-dialect", language), language)
                assert numbers > 3 and (dates > 10 or command[0] != "calendar"), (command, numbers, dates)

        # Back again: a cash flow and payments as a Finnish spreadsheet saves them.
        canonical = run("account", "--cashflow", folder / "cashflow.csv", "--price", "70000", "--format", "json")
        finnish = run("account", "--cashflow", folder / "cashflow-fi.csv.gz", "--price", "70000", "--format", "json", "--csv-dialect", "fi")
        one, other = json.loads(canonical), json.loads(finnish)
        one.pop("manifest"), other.pop("manifest")
        assert one == other
        assert "cashflow-fi" in run("account", "--cashflow", folder / "cashflow-fi.csv.gz", "--price", "70000", code=1)

        # A tape says it by a mapping; a claim's id stays as it is; the name of an output says that it is CSV.
        (folder / "odd.csv").write_text("claim_id,country,written_off_on,principal\n12.50,FI,2020-01-31,100.25\n7;8,FI,2020-02-29,5.5\n")
        run("import", folder / "odd.csv", "-o", folder / "odd.h5", "--cutoff", "2026-06-30", "--quiet")
        run("value", folder / "odd.h5", "-m", MODEL, "--claims", folder / "odd-fi.csv", "--csv-dialect", "fi", "--quiet")
        assert [row[0] for row in rows((folder / "odd-fi.csv").read_text(), ";")] == ["claim_id", "12.50", "7;8"]
        assert '"12.50";' in (folder / "odd-fi.csv").read_text()
        (folder / "fi.csv").write_text("claim_id;country;written_off_on;principal;interest_rate\n12.50;FI;31.1.2020;1 100,25;0,075\n"
                                       "\"7;8\";FI;29.2.2020;1.234;\nC;FI;2020-02-29;5,5;0,1\n")
        run("import", folder / "fi.csv", "-o", folder / "fi.h5", "--cutoff", "2026-06-30", "--csv-dialect", "fi", "--quiet",
            "--max-rejects", "1", "--rejects", folder / "rejects.csv")
        with h5py.File(folder / "fi.h5") as store:
            assert list(store["tape/principal"]) == [110025, 550] and list(store["tape/claim_id"]) == [b"12.50", b"C"]
            assert list(store["tape/written_off_on"]) == [18292, 18321] and list(store["tape/interest_rate"]) == [0.075, 0.1]
        rejected = rows((folder / "rejects.csv").read_text(), ";")
        assert rejected[1][1:4] == ["7;8", "principal", "1.234"], rejected  # a point is no decimal mark there
        error = run(*value, "--claims", folder / "list.txt", "--csv-dialect", "fi", code=1)
        assert ".csv" in error and not (folder / "list.txt").exists(), error
        assert "is not en, fi, sv" in run(*value, "--csv-dialect", "xx", code=2)


if __name__ == "__main__":
    main()
