# SPDX-License-Identifier: Apache-2.0
"""Faults on purpose (tests/fault/fault.c): for every command on a small run, the n-th allocation, read, write, sync,
link, rename, open or fork fails - with an error, interrupted, or short. Whatever happens, the program ends with 0, 1 or
2 and says why; each output is the old one or the new one, whole; a run that succeeds gives what it always gives; no
other file is left.

JALKI_FAULT_RUNS=N asks for N faults of each kind and command, spread over all places; "all" for every one (hours). The
suite tries one of each kind with the commands named in main(); JALKI_FAULT_CASES names others.
"""
import concurrent.futures
import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = os.environ["JALKI_PROGRAM"], os.environ["JALKI_SOURCE"]
FAULTS = os.environ.get("JALKI_FAULTS", "")
RUNS = os.environ.get("JALKI_FAULT_RUNS", "1")
MODEL = os.path.join(SOURCE, "models", "nordic.yaml")
OLD = b"what was there before\n"

if not os.path.exists(FAULTS):
    print("SKIPPED: no library of faults in this build (sanitizers watch memory themselves)")
    sys.exit(77)

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
    "debtor": (["explain", "t.h5", "--model", MODEL, "--debtor", "D0000000001", "--format", "json"], []),
    "scenario": (["scenario", "t.h5", "--model", MODEL, "--scenarios", "s.yaml", "--json", "o1"], ["o1"]),
    "simulate": (["simulate", "t.h5", "--model", MODEL, "--paths", "100", "--json", "o1"], ["o1"]),
    "fit": (["fit", "p.h5", "--model", MODEL, "-o", "m.yaml", "--json", "o1"], ["m.yaml", "m.covariance.json", "o1"]),
    "backtest": (["backtest", "p.h5", "--model", MODEL, "--json", "o1"], ["o1"]),
    "chainladder": (["chainladder", "tri.csv", "--json", "o1"], ["o1"]),
    "verify": (["verify", "t.h5", "--format", "json"], []),
    "erase": (["erase", "t.h5", "--claims", "e.csv", "-o", "o1"], ["o1"]),
    "pseudonyms": (["import", "t.csv", "-o", "o1", "--cutoff", "2026-06-30", "--max-rejects", "90%", "--pseudonyms", "key",
                    "--pseudonym-list", "o2"], ["o1", "o2", "o1.rejects.csv"]),
    "manifest": (["worklist", "t.h5", "--model", MODEL, "--manifest", "o1", "--json", "o2"], ["o1", "o2"]),
    "checks": (["checks", "t.h5", "--model", MODEL, "--price", "1", "--sample", "3", "--claims", "o1", "--json", "o2"], ["o1", "o2"]),
    "report": (["report", "r.h5", "--tape", "t.h5", "--model", MODEL, "-o", "o1"], ["o1"]),
}
KINDS = {"alloc": [errno.ENOMEM], "open": [errno.EMFILE, errno.EIO], "read": [errno.EIO, errno.EINTR, "short"],
         "write": [errno.ENOSPC, errno.EIO, errno.EINTR, "short"], "fsync": [errno.EIO], "link": [errno.EIO],
         "rename": [errno.EIO], "fork": [errno.EAGAIN]}
HARMLESS = {errno.EINTR, "short"}  # to be tried again: no reason to fail


def run(arguments, folder, **environment):
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1782777600", "OMP_NUM_THREADS": "2", **environment}
    return subprocess.run([PROGRAM, *arguments, *THREADS.get(arguments[0], [])], cwd=folder, env=environment,
                          capture_output=True, timeout=120)


THREADS = {command: ["--threads", "2"] for command in
           ("import", "generate", "inspect", "calendar", "watch", "compare", "value", "checks", "price", "decide", "worklist", "scenario", "simulate", "fit",
            "backtest", "report", "verify", "erase")}


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
    lists = {"act.csv": "claim_id,from_date,treatment\nC0000000003,2026-06-20,amicable\n",
             "pay.csv": "claim_id,paid_on,amount\nC0000000003,2026-06-20,12.50\n",
             "case.yaml": "Case: claim_id\nQueue: {text: a}\n"}
    for name, text in lists.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    for arguments in (["generate", "-n", "60", "-o", "t.h5"],
                      ["generate", "-n", "800", "--panel", "--months", "12", "--model", MODEL, "-o", "p.h5"],
                      ["value", "t.h5", "--model", MODEL, "-o", "r.h5"]):
        made = run(arguments, folder)
        assert made.returncode == 0, made.stderr


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def fresh(base, outputs):
    folder = tempfile.mkdtemp(prefix="jalki-fault-", dir=os.path.dirname(base))
    for name in os.listdir(base):
        os.link(os.path.join(base, name), os.path.join(folder, name))
    for name in outputs:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(OLD)
    return folder


def good_run(base, name):
    arguments, outputs = CASES[name]
    folder = fresh(base, outputs)
    counts = os.path.join(os.path.dirname(base), "counts-" + name.replace(" ", "-"))
    done = run(arguments, folder, LD_PRELOAD=FAULTS, FAULT_COUNT=counts)
    if done.returncode != 0:
        shutil.rmtree(folder)
        return None, None, None, done.stderr.decode()
    made = {output: digest(os.path.join(folder, output)) for output in outputs}
    shutil.rmtree(folder)
    with open(counts) as file:
        return dict((kind, int(count)) for kind, count in (line.split() for line in file)), made, done.stdout, ""


def places(count, wanted):
    if wanted == "all" or count <= int(wanted):
        return range(1, count + 1)
    wanted = int(wanted)
    return sorted({1 + (count - 1) * i // max(wanted - 1, 1) if wanted > 1 else 1 + count * 5 // 8 for i in range(wanted)})


def one(job):
    base, name, kind, place, error, made, stdout = job
    arguments, outputs = CASES[name]
    folder = fresh(base, outputs)
    fault = f"{kind}:{place}:{error}"
    problems = []
    try:
        done = run(arguments, folder, LD_PRELOAD=FAULTS, FAULT=fault)
        if done.returncode not in (0, 1, 2):
            problems.append(f"ended with {done.returncode}: {done.stderr[-300:]}")
        if done.returncode != 0 and b"jalki" not in done.stderr and done.stderr.strip() == b"":
            problems.append("failed without a word")
        if done.returncode == 0 and done.stdout != stdout:
            problems.append("succeeded with another output on stdout")
        if done.returncode != 0 and error in HARMLESS:
            problems.append(f"failed over what can be tried again: {done.stderr[-300:]}")
        whole = {OLD_DIGEST}
        for output in outputs:
            path = os.path.join(folder, output)
            found = digest(path) if os.path.exists(path) else "gone"
            if found not in whole | {made[output]}:
                problems.append(f"{output} is neither the old nor the new one ({found[:8]})")
            if done.returncode == 0 and found != made[output]:
                problems.append(f"succeeded, and {output} is not what it makes")
        strays = set(os.listdir(folder)) - set(os.listdir(base)) - set(outputs)
        if strays:
            problems.append(f"left behind: {sorted(strays)}")
    except subprocess.TimeoutExpired:
        problems.append("did not end")
    finally:
        shutil.rmtree(folder)
    return [f"{name}: {fault}: {problem}" for problem in problems]


OLD_DIGEST = hashlib.sha256(OLD).hexdigest()


def main():
    top = tempfile.mkdtemp(prefix="jalki-faults-")
    base = os.path.join(top, "base")
    os.mkdir(base)
    problems, jobs = [], []
    usual = "import,inspect,value,worklist,erase,manifest" if RUNS == "1" else ",".join(CASES)
    only = os.environ.get("JALKI_FAULT_CASES", usual).split(",")
    try:
        prepare(base)
        for name in only:
            counts, made, stdout, words = good_run(base, name)
            if counts is None:
                problems.append(f"{name}: fails without a fault: {words}")
                continue
            for kind, errors in KINDS.items():
                for i, place in enumerate(places(counts[kind], RUNS)):
                    chosen = errors if RUNS == "all" else [errors[(i + len(name)) % len(errors)]]
                    jobs += [(base, name, kind, place, error, made, stdout) for error in chosen]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            for found in pool.map(one, jobs):
                problems += found
                if found:
                    print("\n".join(found), flush=True)
    finally:
        shutil.rmtree(top)
    print(f"{len(jobs)} faults, {len(problems)} problems")
    if problems:
        print("\n".join(problems[-20:]))
    sys.exit(1 if problems else 0)


main()
