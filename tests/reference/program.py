# SPDX-License-Identifier: Apache-2.0
"""Runs the jalki program for the tests: one import and one valuation, outputs read back as plain Python values."""

import csv
import json
import os
import subprocess
import sys

import tape


def path():
    """The program under test, from the environment of the test suite."""
    program = os.environ.get("JALKI_PROGRAM")
    if not program or not os.access(program, os.X_OK):
        print("skipped: JALKI_PROGRAM does not name the jalki program (run through ctest)")
        sys.exit(77)
    return program


def run(arguments, environment=None, timeout=120):
    """Runs `jalki ARGUMENTS`; returns the finished process with text output."""
    return subprocess.run([path(), *map(str, arguments)], capture_output=True, text=True, errors="replace",
                          env={**os.environ, **(environment or {})}, timeout=timeout, check=False)


# Random cases have returns, currencies and dates that nobody would bid on: they are about figures, not about the gate.
GATE = "rate_percent,gross_above_face,cutoff_far,old_claims,return_implausible,base_currency"


def must_run(arguments, environment=None):
    if arguments[0] in ("value", "price"):
        arguments = [*arguments, "--accept", GATE]
    done = run(arguments, environment)
    if done.returncode != 0:
        raise AssertionError(f"jalki {' '.join(map(str, arguments))}\nexit {done.returncode}: {done.stderr}")
    return done


def must_run_text(arguments, environment=None):
    """What it printed."""
    return must_run(arguments, environment).stdout


FEW = bool(os.environ.get("JALKI_FEW_CASES"))


def some(cases, least):
    """All cases, or the first few where the suite runs beside that of the release (JALKI_FEW_CASES)."""
    return list(cases)[:least] if FEW else cases


def statistics():
    """Ends a test of estimates or of the reference alone where the suite runs beside that of the release: neither
    compilers nor sanitizers change what it is about, which scripts/bits.py compares."""
    if FEW:
        print("skipped: figures of the release build, which other builds have to the bit")
        sys.exit(77)


def import_tape(tape_path, store, cutoff):
    """CSV to store; every row of a well-formed case must be accepted. Own columns of the reference need a mapping."""
    with open(tape_path, newline="", encoding="utf-8") as file:
        header = next(csv.reader(file))
    mapping = []
    if any(name in tape.OWN_COLUMNS for name in header):
        mapping = ["--mapping", str(store) + ".mapping.yaml"]
        with open(mapping[1], "w", encoding="utf-8") as file:
            file.write("columns:\n" + "".join(f"  {name}: {name}\n" for name in header if name in tape.COLUMNS))
            file.write("extra:\n" + "".join(f"  {name}: {{column: {name}, type: {tape.OWN_COLUMNS[name]}}}\n"
                                            for name in header if name in tape.OWN_COLUMNS))
    must_run(["import", tape_path, "-o", store, "--cutoff", cutoff, "--max-rejects", "0", "--quiet",
              "--rejects", str(store) + ".rejects.csv", *mapping])


def store_rows(folder, name, rows, cutoff):
    """Rows as a tape of that name in the folder, by way of CSV; returns the store."""
    path = folder / f"{name}.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    import_tape(str(path), str(folder / f"{name}.h5"), cutoff.isoformat())
    return folder / f"{name}.h5"


def value_store(store, model, folder, irr=None, sell=False, full=True, environment=None, options=()):
    """Values a store; returns the paths of the claims, cash-flow and JSON files."""
    outputs = {name: os.path.join(folder, name) for name in ("claims.csv", "cashflow.csv", "value.json")}
    arguments = ["value", store, "--model", model, "--claims", outputs["claims.csv"], "--cashflow",
                 outputs["cashflow.csv"], "--with-all", "--json", outputs["value.json"], "--quiet",
                 "--accept", "base_currency,old_claims,cutoff_far,return_implausible,gross_above_face", *options]  # random models and dates are odd on purpose
    arguments += ["--full"] if full else []
    arguments += ["--sell"] if sell else []
    arguments += ["--irr", repr(irr)] if irr is not None else []
    must_run(arguments, environment)
    return outputs


def read_rows(name):
    with open(name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_json(name):
    with open(name, encoding="utf-8") as file:
        return json.load(file)


def value_tape(tape_path, model, cutoff, folder, **options):
    """Import and value in one go; returns claims rows, cash-flow rows and the JSON figures."""
    os.makedirs(folder, exist_ok=True)
    store = os.path.join(folder, "tape.h5")
    import_tape(tape_path, store, cutoff)
    outputs = value_store(store, model, folder, **options)
    return read_rows(outputs["claims.csv"]), read_rows(outputs["cashflow.csv"]), read_json(outputs["value.json"])
