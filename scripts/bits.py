#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same bits whatever the machine does: every command's figures as JSON (and value's files), hashed, over threads,
instruction sets, block sizes (JALKI_BLOCK_ROWS) and the order of rows. scripts/bits.py PROGRAM [PROGRAM...] compares programs too (GCC, Clang), and ranks,
where a program is a command line ("mpirun -n 3 build/release/jalki-mpi").

Figures that name the run (paths, versions, times, hashes of files) are left out of the hash; the order of rows may
show in nothing else. Prints one line a command and fails where a hash differs. --quick tries fewer settings.
"""
import hashlib
import itertools
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODEL = os.path.join(SOURCE, "models", "nordic.yaml")
SCENARIOS = os.path.join(SOURCE, "data", "scenarios", "nordic.yaml")
OF_THE_RUN = {"program", "version", "created", "tape", "tape_path", "tape_sha256", "source", "sha256", "model_path", "path",
              "threads", "seconds", "manifest", "panel_path"}
BLOCKS = (1, 97, 1000)  # claims in a block, where the library does not choose
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1782777600"}

# name; command line with {t} the tape, {p} the panel, {j} the JSON to write; whether the order of rows is tried
COMMANDS = [
    ("value", "value {t} --model {m} --json {j}", True),
    ("claims", "value {t} --model {m} --claims {c} --full", True),
    ("price", "price {t} --model {m} --irr 0.08,0.15,0.25 --json {j}", True),
    ("decide", "decide {t} --model {m} --court-budget 20000 --json {j}", True),
    ("worklist", "worklist {t} --model {m} --top 50 --json {j}", True),
    ("scenario", "scenario {t} --model {m} --scenarios {s} --json {j}", True),
    ("compare", "compare {t} {t} --model {m} --irr-b 0.2 --json {j}", True),
    ("calendar", "calendar {t} --model {m} --until 2040-01-01 --json {j}", True),
    ("simulate", "simulate {t} --model {m} --paths 200 --seed 3 --json {j}", False),
    ("forward", "forward {t} --model {m} --json {j}", True),
    ("report", "report {r} --tape {t} --model {m} --paths 200 -o /dev/null --json {j}", False),
    ("fit", "fit {p} --model {m} --json {j}", False),
    ("backtest", "backtest {p} --model {m} --json {j}", False),
]


def run(program, line, threads, isa, blocks=0):
    environment = {**ENVIRONMENT, **({"JALKI_ISA": isa} if isa else {}), **({"JALKI_BLOCK_ROWS": str(blocks)} if blocks else {})}
    done = subprocess.run([*shlex.split(program), *line.split(), "--threads", str(threads), "--quiet"], env=environment,
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{line}: {done.stderr}")


def strip(value):
    if isinstance(value, dict):
        return {key: strip(item) for key, item in value.items() if key not in OF_THE_RUN}
    return [strip(item) for item in value] if isinstance(value, list) else value


def figures(name, path):
    with open(path) as file:
        if name == "claims":
            return hashlib.sha256("".join(sorted(file)).encode()).hexdigest()
        return hashlib.sha256(json.dumps(strip(json.load(file)), sort_keys=True).encode()).hexdigest()


def prepare(program, folder):
    csv = os.path.join(folder, "t.csv")
    run(program, f"generate -n 3000 --seed 5 -o {csv}", 2, None)
    head, *rows = open(csv).read().splitlines(True)
    shuffled = rows[:]
    random.Random(1).shuffle(shuffled)
    tapes = []
    for name, lines in (("t", rows), ("s", shuffled)):
        with open(os.path.join(folder, name + ".csv"), "w") as file:
            file.writelines([head, *lines])
        tapes.append(os.path.join(folder, name + ".h5"))
        run(program, f"import {os.path.join(folder, name + '.csv')} -o {tapes[-1]} --cutoff 2026-06-30", 2, None)
    panel, results = os.path.join(folder, "p.h5"), os.path.join(folder, "r.h5")
    run(program, f"generate -n 2000 --panel --months 18 --seed 2 --model {MODEL} -o {panel}", 2, None)
    run(program, f"value {tapes[0]} --model {MODEL} -o {results}", 2, None)
    return tapes, panel, results


def main():
    quick = "--quick" in sys.argv
    programs = [argument for argument in sys.argv[1:] if argument != "--quick"]
    if not programs:
        sys.exit(__doc__)
    threads = (3,) if quick else range(1, 9)
    sets = ["base", "v3", "v4", None]
    flags = open("/proc/cpuinfo").read()
    sets = [s for s in sets if s is None or s == "base" or (s == "v3" and " avx2 " in flags) or (s == "v4" and " avx512vl" in flags)]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="jalki-bits-") as folder:
        tapes, panel, results = prepare(programs[0], folder)
        made = os.path.join(folder, "made")
        for name, line, shuffles in COMMANDS:
            if quick:
                settings = [(programs[0], 1, "base", 0, 0)] + [(p, 3, None, 0, 0) for p in programs[1:] or programs]
            else:
                settings = [(p, t, s, 0, 0) for p, t, s in itertools.product(programs, threads, sets)]
            if quick: # one size for each program
                settings += [(p, 2, None, 0, BLOCKS[1 + i % 2]) for i, p in enumerate(programs)]
            else:
                settings += [(p, 2, None, 0, blocks) for p, blocks in itertools.product(programs, BLOCKS)]
            settings += [(programs[0], threads[-1], None, 1, 0)] if shuffles else []
            hashes = {}
            for program, count, isa, tape, blocks in settings:
                run(program, line.format(t=tapes[tape], p=panel, r=results, m=MODEL, s=SCENARIOS, j=made, c=made), count, isa, blocks)
                hashes.setdefault(figures(name, made), []).append(
                    f"{program} {count} threads, {isa or 'own'}{', rows shuffled' if tape else ''}{f', blocks of {blocks}' if blocks else ''}")
            print(f"{name:10} {len(settings):3} settings  {next(iter(hashes))[:16]}{'' if len(hashes) == 1 else '  DIFFERS'}", flush=True)
            if len(hashes) > 1:
                failed += 1
                for value, who in hashes.items():
                    print(f"    {value[:16]}: {who[:4]}")
    sys.exit(1 if failed else 0)


main()
