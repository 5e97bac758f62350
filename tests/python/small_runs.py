# SPDX-License-Identifier: Apache-2.0
"""A small run of every command, for the tests that try each: what stands in its folder, its line, its outputs. A test
that goes through CASES calls missing(), so that a new command without a case fails."""
import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess

PROGRAM, SOURCE = os.environ["JALKI_PROGRAM"], os.environ["JALKI_SOURCE"]
MODEL = "small.yaml"
VARIES = {"batch", "batch page", "replay"}  # what stands on stdout: seconds, the name of a folder for the while
VARYING = re.compile(rb'"(seconds|bytes_read|bytes_shared)": [0-9.e+-]+')  # a tape that cannot be shared is read by each job
MAKES_FOLDER = {"new-model": "mine"}
PAGE_OF_ALL = {"batch page": "o1"}  # tells what came of the jobs, of those that failed, too
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1782777600", "OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE"}

# command line; outputs, all of which exist before
CASES = {
    "import": (["import", "t.csv", "-o", "o1", "--cutoff", "2026-06-30", "--rejects", "o2", "--max-rejects", "90%"],
               ["o1", "o2"]),
    "import packed": (["import", "t.csv.gz", "-o", "o1", "--cutoff", "2026-06-30", "--compress", "6", "--format", "json",
                       "--max-rejects", "90%"], ["o1", "o1.rejects.csv"]),
    "generate": (["generate", "-n", "50", "-o", "o1.h5"], ["o1.h5"]),
    "inspect": (["inspect", "t.h5", "--format", "json"], []),
    "value": (["value", "t.h5", "--model", MODEL, "-o", "o1", "--claims", "o2", "--cashflow", "o3", "--json", "o4"],
              ["o1", "o2", "o3", "o4"]),
    "value packed": (["value", "t.h5", "--model", MODEL, "-o", "o1", "--claims", "o2.gz", "--format", "json"],
                     ["o1", "o2.gz"]),
    "price": (["price", "t.h5", "--model", MODEL, "--irr", "0.1,0.2", "--json", "o1"], ["o1"]),
    "explain": (["explain", "t.h5", "--model", MODEL, "--claim", "C0000000001", "--format", "json"], []),
    "decide": (["decide", "t.h5", "--model", MODEL, "--court-budget", "1000", "--json", "o1"], ["o1"]),
    "worklist": (["worklist", "t.h5", "--model", MODEL, "--top", "5", "--json", "o1"], ["o1"]),
    "team": (["worklist", "t.h5", "--model", MODEL, "--team", "a=FI", "--hours", "100", "--by-debtor", "--done", "act.csv",
              "--template", "case.yaml", "--json", "o1"], ["o1"]),
    "calendar": (["calendar", "t.h5", "--model", MODEL, "--until", "2040-01-01", "--claims", "o1", "--ics", "o2", "--page", "o3",
                  "--json", "o4"], ["o1", "o2", "o3", "o4"]),
    "watch": (["watch", "t.h5", "t.h5", "--model", MODEL, "--cutoff-b", "2029-06-30", "--json", "o1"], ["o1"]),
    "compare": (["compare", "t.h5", "t.h5", "--model", MODEL, "--irr-b", "0.2", "--payments", "pay.csv", "--claims", "o1",
                 "--page", "o2", "--json", "o3"], ["o1", "o2", "o3"]),
    "spoken": (["explain", "t.h5", "--model", MODEL, "--debtor", "D0000000001", "--language", "fi"], []),
    "debtor": (["explain", "t.h5", "--model", MODEL, "--debtor", "D0000000001", "--format", "json"], []),
    "scenario": (["scenario", "t.h5", "--model", MODEL, "--scenarios", "s.yaml", "--json", "o1"], ["o1"]),
    "simulate": (["simulate", "t.h5", "--model", MODEL, "--paths", "100", "--json", "o1"], ["o1"]),
    "fit": (["fit", "p.h5", "--model", MODEL, "--bootstrap", "99", "-o", "m.yaml", "--json", "o1"], ["m.yaml", "m.covariance.json", "o1"]),
    "backtest": (["backtest", "p.h5", "--model", MODEL, "--json", "o1"], ["o1"]),
    "chainladder": (["chainladder", "tri.csv", "--json", "o1"], ["o1"]),
    "verify": (["verify", "t.h5", "--format", "json"], []),
    "erase": (["erase", "t.h5", "--claims", "e.csv", "-o", "o1"], ["o1"]),
    "pseudonyms": (["import", "t.csv", "-o", "o1", "--cutoff", "2026-06-30", "--max-rejects", "90%", "--pseudonyms", "key",
                    "--pseudonym-list", "o2"], ["o1", "o2", "o1.rejects.csv"]),
    "manifest": (["worklist", "t.h5", "--model", MODEL, "--manifest", "o1", "--json", "o2"], ["o1", "o2"]),
    "checks": (["checks", "t.h5", "--model", MODEL, "--price", "1", "--sample", "3", "--claims", "o1", "--json", "o2"], ["o1", "o2"]),
    "report": (["report", "few-r.h5", "--tape", "few.h5", "--model", MODEL, "--top", "1", "--irr", "0.2", "--asked", "10", "--floor",
                "payback=60", "--scenarios", "s.yaml", "--paths", "100", "-o", "o1", "--json", "o2"], ["o1", "o2"]),
    "map": (["map", "t.csv", "-o", "o1", "--check"], ["o1"]),
    "panel": (["panel", "a.h5", "b.h5", "--payments", "pay.csv", "--actions", "act.csv", "--treatment", "surveil", "-o", "o1"], ["o1"]),
    "forward": (["forward", "t.h5", "--model", MODEL, "--fresh", "all", "--volume", "1000", "--json", "o1"], ["o1"]),
    "bid": (["bid", "--value", "1000", "--rivals", "3", "--spread", "0.25", "--error", "0.1", "--json", "o1"], ["o1"]),
    "account": (["account", "t.h5", "--model", MODEL, "--json", "o1"], ["o1"]),
    "model": (["model", "diff", MODEL, "changed.yaml", "--tape", "t.h5", "--json", "o1"], ["o1"]),
    "merge": (["merge", "1.json", "2.json", "--claims", "o1", "--json", "o2"], ["o1", "o2"]),
    "batch": (["batch", "jobs.yaml"], ["triangle.json"]),
    "batch page": (["batch", "both.yaml", "--page", "o1"], ["o1", "one.json", "two.json"]),
    "replay": (["replay", "run.json", "--format", "json"], []),
    "new-model": (["new-model", "mine"], []),
    "help": (["help", "value"], []),
    "sql": (["sql", "t.h5", "select country, count(*) from tape group by country order by 1", "-o", "o1.parquet"], ["o1.parquet"]),
    "export": (["export", "r.h5", "o1.sqlite"], ["o1.sqlite"]),
    "completion": (["completion", "bash"], []),
    "version": (["version", "--features"], []),
}
NEEDS = {"sql": "duckdb", "export": "sqlite"}  # libraries that may be absent
THREADS = {command: ["--threads", "2"] for command in
           ("import", "generate", "inspect", "calendar", "watch", "compare", "value", "checks", "price", "decide", "worklist", "scenario", "simulate", "fit",
            "backtest", "report", "verify", "erase")}


def line(name):
    return [PROGRAM, *CASES[name][0], *THREADS.get(CASES[name][0][0], [])]


def run(arguments, folder, **options):
    return subprocess.run([PROGRAM, *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, timeout=600, **options)


def missing():
    """Commands without a case, and cases of commands that are none."""
    listed = run(["help"], None).stdout.decode()
    commands = {words.split()[0] for words in listed.splitlines() if words.startswith("  ")}
    return commands ^ {arguments[0] for arguments, _ in CASES.values()}


def usable():
    """Names of the cases whose libraries are there."""
    features = json.loads(run(["version", "--format", "json"], None).stdout)
    return [name for name in CASES if name not in NEEDS or features[NEEDS[name]]]


def put_old(path):
    """An output of an earlier run; a data base, to which tables are added, with one of somebody else's."""
    if path.endswith(".sqlite"):
        with open(path, "wb"), contextlib.closing(sqlite3.connect(path)) as database, database:
            database.execute("create table other (x)")
    else:
        with open(path, "wb") as file:
            file.write(b"what was there before\n")


def tells_of_failures(name, path):
    """Whether it is an output that a run which failed makes, too, and whole."""
    if PAGE_OF_ALL.get(name) != os.path.basename(path):
        return False
    with open(path, "rb") as file:
        text = file.read()
    return text.startswith(b"<!DOCTYPE html>") and text.endswith(b"</html>\n")


def digest(path):
    """Without what differs from run to run; of a data base what stands in it."""
    if path.endswith(".sqlite"):
        with contextlib.closing(sqlite3.connect(path)) as database:
            try:
                return hashlib.sha256("\n".join(database.iterdump()).encode()).hexdigest()
            except sqlite3.DatabaseError as error:
                return f"torn: {error}"
    with open(path, "rb") as file:
        return hashlib.sha256(VARYING.sub(b"", file.read())).hexdigest()


def prepare(folder):
    rows = ["claim_id,debtor_id,country,product,currency,written_off_on,principal"]
    rows += [f"C{i},D{i // 2},FI,loan{i % 7},EUR,2026-01-{i % 28 + 1:02d},{100 + i}" for i in range(60)] + ["bad,,,,,,"] * 3
    with open(os.path.join(folder, "t.csv"), "w") as file:
        file.write("\n".join(rows) + "\n")
    subprocess.run(["gzip", "-kn", "t.csv"], cwd=folder, check=True)
    with open(os.path.join(folder, "tri.csv"), "w") as file:
        file.write("origin,development,value\n" + "".join(
            f"{2018 + o},{d},{100 + 10 * o + d}\n" for o in range(5) for d in range(5 - o)))
    with open(os.path.join(folder, "e.csv"), "w") as file:
        file.write("claim_id\nC0000000003\nC0000000007\n")
    with open(os.path.join(folder, "key"), "w") as file:
        file.write("0123456789abcdef0123456789abcdef\n")
    with open(os.path.join(folder, "s.yaml"), "w") as file:
        file.write("- name: worse\n  breakage: 0.25\n")
    with open(os.path.join(SOURCE, "tests", "model", "example.yaml")) as file:  # a model with every key, and few months
        model = file.read()
    norway = model[model.index("  NO:\n"):model.index("\nstatuses:")]
    model = model.replace(norway, norway + norway.replace("  NO:", "  DK:") + norway.replace("  NO:", "  EE:"))
    model = re.sub(r"\n +own_score:.*", "", model)  # with which nothing is fitted
    model = model.replace("SEK: 0.0885", "SEK: 0.0885, DKK: 0.134, NOK: 0.085")
    model = model.replace("[fi-consumer, FI, NO, SE]", "[fi-consumer, rest/FI, rest, rest/SE]")  # of all five countries
    with open(os.path.join(folder, MODEL), "w") as file:
        file.write(model)
    lists = {"act.csv": "claim_id,from_date,treatment\nC0000000003,2026-06-20,amicable\n",
             "pay.csv": "claim_id,paid_on,amount\nC0000000003,2026-06-20,12.50\n",
             "case.yaml": "Case: claim_id\nQueue: {text: a}\n",
             "jobs.yaml": "jalki_batch: 1\njobs:\n- {name: a, command: chainladder, read: tri.csv, json: triangle.json}\n",
             "both.yaml": f"jalki_batch: 1\ndefaults: {{model: {MODEL}, threads: 2}}\njobs:\n- {{name: one, command: value, read: t.h5, json: one.json}}\n"
                          "- {name: two, command: value, read: t.h5, irr: 0.2, json: two.json}\n",
             "changed.yaml": f"jalki_model: 1\ninclude: [{MODEL}]\nname: changed\nirr: 0.2\n"}
    for name, text in lists.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    loaded = ["import", "t.csv", "--max-rejects", "90%", "--rejects", "rejected.csv"]
    for arguments in (["generate", "-n", "60", "-o", "t.h5"], [*loaded, "-o", "a.h5", "--cutoff", "2026-05-31"],
                      [*loaded, "-o", "b.h5", "--cutoff", "2026-06-30"],
                      ["generate", "-n", "200", "--panel", "--months", "9", "--model", MODEL, "-o", "p.h5"],
                      ["value", "t.h5", "--model", MODEL, "-o", "r.h5", "--manifest", "run.json"],
                      ["generate", "-n", "3", "-o", "few.h5"], ["value", "few.h5", "--model", MODEL, "-o", "few-r.h5"],
                      *(["value", "t.h5", "--model", MODEL, "--part", f"{k}/2", "--partial", f"{k}.json", "--claims", f"{k}.csv"]
                        for k in (1, 2))):
        made = run(arguments, folder)
        assert made.returncode == 0, (arguments, made.stderr)


