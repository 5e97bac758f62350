# SPDX-License-Identifier: Apache-2.0
"""Faults on purpose (tests/fault/fault.c): for every command on a small run (small_runs.py), the n-th allocation, read,
write, sync, link, rename, open or fork fails - with an error, interrupted, or short - or a file is cut or replaced when
it is about to be read for the n-th time. Whatever happens, the program ends with 0, 1 or 2 and says why; each output is
the old one or the new one, whole; a run that succeeds gives what it always gives; no other file is left.

JALKI_FAULT_RUNS=N asks for N faults of each kind and command, spread over all places; "ways" for the first call of each
way into one (the twelve innermost return addresses), each way once for all commands together; "all" for every call.
JALKI_FAULT_FROM=KIND:N goes on there ("alloc:6501"), where a long run was ended; how far it came is printed every 500 faults.
The suite tries one of each kind with the commands named in main(); JALKI_FAULT_CASES names others.
"""
import collections
import concurrent.futures
import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

os.environ["JALKI_PROGRAM"] = os.environ.get("JALKI_APART") or os.environ["JALKI_PROGRAM"]  # HDF5's memory is known by its shared library
from small_runs import CASES, ENVIRONMENT, MAKES_FOLDER, VARIES, digest, line, missing, prepare, put_old, tells_of_failures, usable

FAULTS = os.environ.get("JALKI_FAULTS", "")
RUNS, FROM = os.environ.get("JALKI_FAULT_RUNS", "1"), os.environ.get("JALKI_FAULT_FROM", "")

if not os.path.exists(FAULTS):
    print("SKIPPED: no library of faults in this build (sanitizers watch memory themselves)")
    sys.exit(77)

KINDS = {"alloc": [errno.ENOMEM], "open": [errno.EMFILE, errno.EIO], "read": [errno.EIO, errno.EINTR, "short", "cut", "swap"],
         "write": [errno.ENOSPC, errno.EIO, errno.EINTR, "short"], "fsync": [errno.EIO], "link": [errno.EIO],
         "rename": [errno.EIO], "fork": [errno.EAGAIN]}
HARMLESS = {errno.EINTR, "short"}  # to be tried again: no reason to fail
Calls = collections.namedtuple("Calls", "count ways")  # of one kind: how many, and the number and hash of each way's first
Done = collections.namedtuple("Done", "code stdout stderr")


def contents(folder):
    return sorted((name, digest(os.path.join(where, name))) for where, _, names in os.walk(folder) for name in names)


class Place:
    """A folder in which one case is run again and again, by copies of a program that stands before main()."""

    def __init__(self, base, name):
        self.base, self.name, self.outputs = base, name, CASES[name][1]
        self.top = tempfile.mkdtemp(prefix="jalki-fault-", dir=os.path.dirname(base))
        self.folder = os.path.join(self.top, "run")
        shutil.copytree(base, self.folder)
        self.server = subprocess.Popen(line(name), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                       env={**ENVIRONMENT, "LD_PRELOAD": FAULTS, "FAULT": "server",
                                            "LD_BIND_NOW": "1"})
        self.kept = {}
        self.restore()
        self.old = {name: digest(os.path.join(self.folder, name)) for name in self.outputs}

    def facts(self):
        """Of each file: what changes when it is written or replaced."""
        with os.scandir(self.folder) as entries:
            return {entry.name: (facts.st_ino, facts.st_mtime_ns, facts.st_size) for entry in entries
                    for facts in [entry.stat(follow_symlinks=False)]}

    def restore(self):
        found = self.facts()
        for name in found.keys() - self.kept.keys() if self.kept else ():
            path = os.path.join(self.folder, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
        for name in os.listdir(self.base):
            if self.kept and found.get(name) != self.kept[name]:
                shutil.copyfile(os.path.join(self.base, name), os.path.join(self.folder, name))
        for name in self.outputs:
            if not self.kept or found.get(name) != self.kept[name]:
                put_old(os.path.join(self.folder, name))
        self.kept = self.facts()

    def run(self, fault):
        out, err = os.path.join(self.top, "out"), os.path.join(self.top, "err")
        self.server.stdin.write(f"{fault}\t{self.folder}\t{out}\t{err}\n")
        self.server.stdin.flush()
        state = int(self.server.stdout.readline())
        with open(out, "rb") as said, open(err, "rb") as told:
            return Done(os.waitstatus_to_exitcode(state), said.read(), told.read())

    def close(self):
        self.server.stdin.close()
        self.server.wait()
        self.server.stdout.close()
        shutil.rmtree(self.top)


def good_run(place):
    """How often it calls, what it makes, what stands on stdout; None and the words where it fails."""
    counts = os.path.join(place.top, "counts")
    done = place.run(f"count:{counts}")
    if done.code != 0:
        return None, None, done.stderr.decode()
    made = {output: digest(os.path.join(place.folder, output)) for output in place.outputs}
    if place.name in MAKES_FOLDER:
        made[MAKES_FOLDER[place.name]] = contents(os.path.join(place.folder, MAKES_FOLDER[place.name]))
    with open(counts) as file:
        lines = [words.split() for words in file]
    place.restore()
    calls = {words[0]: Calls(int(words[1]), []) for words in lines if len(words) == 2}
    for kind, number, way in (words for words in lines if len(words) == 3):
        calls[kind].ways.append((int(number), way))
    return calls, made, done.stdout


def numbers(calls, known_ways):
    """The calls to fail, counted from 1."""
    count = calls.count
    if RUNS == "ways":
        new = sorted(number for number, way in calls.ways if way not in known_ways)
        known_ways.update(way for _, way in calls.ways)
        return new
    if RUNS == "all" or count <= int(RUNS):
        return range(1, count + 1)
    wanted = int(RUNS)
    return sorted({1 + (count - 1) * i // max(wanted - 1, 1) if wanted > 1 else 1 + count * 5 // 8 for i in range(wanted)})


def problems_of(place, done, error, made, stdout):
    if done.code in (-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL):
        yield "did not end"
        return
    if done.code not in (0, 1, 2):
        yield f"ended with {done.code}: {done.stderr[-300:]}"
    if done.code != 0 and (done.stderr + done.stdout).strip() == b"":
        yield "failed without a word"
    if done.code == 0 and done.stdout != stdout and place.name not in VARIES:
        yield "succeeded with another output on stdout"
    if done.code != 0 and error in HARMLESS:
        yield f"failed over what can be tried again: {done.stderr[-300:]}"
    now = place.facts()
    for output in place.outputs:
        path = os.path.join(place.folder, output)
        found = "gone" if output not in now else place.old[output] if now[output] == place.kept[output] else digest(path)
        tells = done.code == 1 and output in now and tells_of_failures(place.name, path)
        if found not in (place.old[output], made[output]) and not tells:
            yield f"{output} is neither the old nor the new one ({found[:8]})"
        if done.code == 0 and found != made[output]:
            yield f"succeeded, and {output} is not what it makes"
    strays = set(os.listdir(place.folder)) - place.kept.keys()
    new = MAKES_FOLDER.get(place.name)
    if new in strays and contents(os.path.join(place.folder, new)) == made[new]:
        strays = strays - {new}
    elif new is not None and done.code == 0:
        yield f"succeeded, and {new} is not what it makes"
    if strays:
        yield f"left behind: {sorted(strays)}"
    changed = [name for name in os.listdir(place.base) if now.get(name) != place.kept[name]]
    if changed and error not in ("cut", "swap"):
        yield f"changed its inputs: {changed}"


def try_case(base, name, workers, known_ways):
    """The number of faults, and what is wrong."""
    places = [Place(base, name) for _ in range(workers)]
    problems = []
    try:
        calls, made, stdout = good_run(places[0])
        if calls is None:
            return 0, [f"{name}: fails without a fault: {stdout}"]
        jobs = []
        for kind, errors in KINDS.items():
            for i, number in enumerate(numbers(calls[kind], known_ways)):
                chosen = errors if RUNS in ("all", "ways") else [errors[(i + len(name)) % len(errors)]]
                jobs += [(kind, number, error) for error in chosen]
        if FROM:
            kind, number = FROM.split(":")
            jobs = jobs[next(i for i, job in enumerate(jobs) if job[0] == kind and job[1] >= int(number)):]
        todo, lock = iter(enumerate(jobs)), threading.Lock()

        def work(place):
            while True:
                with lock:
                    done_before, job = next(todo, (0, None))
                if job is None:
                    return
                if done_before % 500 == 499:
                    print(f"{name}: {done_before} of {len(jobs)} faults, at {job[0]}:{job[1]}", flush=True)
                fault = ":".join(str(part) for part in job)
                done = place.run(fault)
                found = [f"{name}: {fault}: {problem}" for problem in problems_of(place, done, job[2], made, stdout)]
                place.restore()
                if found:
                    problems.extend(found)
                    print("\n".join(found), flush=True)

        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, places))
        return len(jobs), problems
    finally:
        for place in places:
            place.close()


def main():
    top = tempfile.mkdtemp(prefix="jalki-faults-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    base = os.path.join(top, "base")
    os.mkdir(base)
    count, known_ways = 0, set()
    usual = "import,inspect,value,worklist,erase,manifest" if RUNS == "1" else ",".join(usable())
    only = os.environ.get("JALKI_FAULT_CASES", usual).split(",")
    try:
        prepare(base)
        problems = [f"{command}: no case" for command in sorted(missing())]
        for name in only:
            started = time.monotonic()
            faults, found = try_case(base, name, os.cpu_count() or 2, known_ways)
            count += faults
            problems += found
            print(f"{name}: {faults} faults, {len(found)} problems, {time.monotonic() - started:.0f} s", flush=True)
    finally:
        shutil.rmtree(top)
    print(f"{count} faults, {len(problems)} problems")
    if problems:
        print("\n".join(problems[-20:]))
    sys.exit(1 if problems else 0)


main()
