#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do the tests notice faults? Puts small ones into a folder's sources, one at a time, and runs the tests on each.

    cmake --preset release && cmake --build build/release
    scripts/mutate.py src/price 40

Kinds of faults, as many drawn of each as of any other: a bound that is one further (< for <=), a sign (+ for -, * for /), a condition
turned round, a number one larger, a statement that is not there. They are in code: not in comments, strings, preprocessor lines and
asserts, nor in statements that make messages or give memory back (a leak is what sanitizers see), and no comparison with NULL or
JK_OK is turned round, which any test notices, nor that of a handle of HDF5 (hid_t) with 0, which none is, moved by one.

A fault costs what it must: the objects that hold it are compiled beside the build, which must be up to date, each program of tests
that has one of them is linked with the object in the place of the library's, and the first test that fails is the last that is run:
of the folder's own tests (--near) the quickest first, then of those beyond it, by the times of ctest's last run of them. A
test that ctest has not run since its program was linked is run without a fault before the first. Nothing is written to sources or to
the build. With --sanitize what is left is tried once more on the folder's own programs of tests with the address and
undefined-behaviour sanitizers in the changed objects, as CI has them everywhere but in the plan's two kernels, and with memory that
ends where what was asked for ends (src/base/memory.c): they see what lies one place behind an array. With --level a kernel's fault
is put in for that level of the instruction set alone, one that this machine runs: the plan's kernels are compiled in seconds
instead of a minute. Tests that hold levels against each other would notice any such fault, so that --near and --beyond must leave
them out.

Not counted: a fault that does not compile without a warning (in a build with JALKI_WERROR), one that gives the same object, and those
that scripts/mutants-equivalent.txt says change nothing a caller could see: FILE, the line's TEXT, OLD (long enough to tell which place
is meant), NEW and WHY, tabs between. A fault that the tests given do not notice may be noticed by others: the score is from below.
0 if at least 90 % were caught, else 1.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
EQUIVALENT = ROOT / "scripts/mutants-equivalent.txt"
SWAPS = {
    "bound": {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > "},
    "sign": {" + ": " - ", " - ": " + ", " * ": " / ", " / ": " * ", " += ": " -= ", " -= ": " += "},
    "condition": {" && ": " || ", " || ": " && ", " == ": " != ", " != ": " == ", "true": "false", "false": "true"},
}
TOKEN = re.compile(r" (?:<=?|>=?|[-+*/]|[-+]=|&&|\|\||[=!]=) |\btrue\b|\bfalse\b")
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-w"]
MEMORY = "CMakeFiles/jalki.dir/src/base/memory.c.o"
UNSANITIZED = re.compile(r"/plan/\w+_kernel\.c\.o$")  # as in cmake/kernels.cmake
KERNELS = re.compile(r"/jalki_kernels_(\w+)\.dir/")
TRIVIAL = re.compile(r"\s*(NULL|JK_OK)\b")
HANDLE = re.compile(r"\bhid_t (?:\w+ = [^;,()]*, )*(\w+)\b")
MEMBERS = re.compile(r"^\s+hid_t (\w+(?:, \w+)*);", re.MULTILINE)  # of a struct in a header beside
WITHOUT_FAULTS = {ord("<"): "?", ord(">"): "?", ord("="): "?", ord("0"): "?"}
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
IF = re.compile(r"\bif \((.*)\) \{$")
STATEMENT = re.compile(r"^\s+((?:[*a-z_][\w\[\].>*()+ -]* (?:[-+*/|&]?=) .*|[a-z_]\w*\(.*\));)$")
DECLARATION = re.compile(r"^\s*(?:static |const |struct |unsigned |[a-z_]\w*(?: const)? \**[a-z_]\w*(?:\[.*\])? = )")
MESSAGE = re.compile(r"\b(jk_fail\w*|jk_warn\w*|jk_cli_say\w*|v?f?d?s?n?printf|fputs|stop|refuse\w*)\(")
GIVES_BACK = re.compile(r"\(void\)|\bfree\(|\w+_(reset|free|close|destroy)\(|\bfclose\(|\bclose\(|\bH5\w*close\(")


def blank(text):
    """The text with comments, strings and characters made of spaces, and lines kept."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def lines_of_code(text):
    """The numbers of the lines, from 0, that hold neither preprocessor's words nor asserts nor messages."""
    lines, code, start = blank(text).split("\n"), set(), 0
    continued = False
    for number, line in enumerate(lines):
        if line.lstrip().startswith("#") or continued:
            continued = line.endswith("\\")
            start = number + 1
        elif line.rstrip().endswith((";", "{", "}", ":")):
            statement = "\n".join(lines[start:number + 1])
            if not MESSAGE.search(statement) and "assert" not in statement and not GIVES_BACK.search(statement):
                code.update(range(start, number + 1))
            start = number + 1
    return code


def faults_of(path):
    """Each fault as its kind, file, line from 1, column from 0, old and new text."""
    text = path.read_text()
    code = lines_of_code(text)
    beside = "\n".join(header.read_text() for header in sorted(path.parent.glob("*.h")))
    members = {name for names in MEMBERS.findall(beside) for name in names.split(", ")}
    handles = "|".join(sorted(members.union(HANDLE.findall(text)))) or "no handle"
    of_handle = re.compile(rf"\b(?:{handles}) (?:<|>=) 0\b")
    for number, (line, raw) in enumerate(zip(blank(text).split("\n"), text.split("\n"))):
        if number not in code:
            continue
        place = str(path.relative_to(ROOT)), number + 1
        line = of_handle.sub(lambda match: match.group().translate(WITHOUT_FAULTS), line)
        for match in TOKEN.finditer(line):
            for kind, swaps in SWAPS.items():
                new = swaps.get(match.group())
                if new and not (kind == "condition" and TRIVIAL.match(line, match.end())):
                    yield kind, *place, match.start(), match.group(), new
        match = IF.search(line)
        if match and not TRIVIAL.search(match.group(1)):
            yield "condition", *place, match.start(1), raw[match.start(1):match.end(1)], f"!({raw[match.start(1):match.end(1)]})"
        for match in NUMBER.finditer(line):
            if not line.lstrip().startswith("case "):
                new = f"{float(match.group()) + 1}" if "." in match.group() else f"{int(match.group()) + 1}"
                yield "number", *place, match.start(), match.group(), new
        match = STATEMENT.match(line)
        if match and not DECLARATION.match(line):
            yield "statement", *place, match.start(1), raw[match.start(1):match.end(1)], ";"


def drawn(faults, count, seed):
    """As many of each kind as of any other, as far as there are."""
    kinds = {}
    for kind, *fault in faults:
        kinds.setdefault(kind, []).append(tuple(fault))
    for kind in sorted(kinds):
        random.Random(f"{seed} {kind}").shuffle(kinds[kind])
    chosen = []
    while len(chosen) < count and any(kinds.values()):
        for kind in sorted(kinds):
            if kinds[kind] and len(chosen) < count:
                chosen.append(kinds[kind].pop())
    return sorted(chosen)


def equivalents(folder):
    """Why a fault is none, by file, text of the line, and what it becomes with NEW for OLD, wherever OLD is in it."""
    whys = {}
    for number, line in enumerate(EQUIVALENT.read_text().split("\n"), 1):
        if line and not line.startswith("#"):
            fields = line.split("\t")
            if len(fields) != 5:
                sys.exit(f"{EQUIVALENT.name}:{number}: {len(fields)} fields, expected FILE, TEXT, OLD, NEW and WHY, tabs between")
            file, text, old, new, why = fields
            if folder in (ROOT / file).parents:
                if text not in {there.strip() for there in (ROOT / file).read_text().split("\n")}:
                    sys.exit(f"{EQUIVALENT.name}:{number}: {file} has no such line: take the entry out, or look at it again")
                for at in (found.start() for found in re.finditer(re.escape(old), text)):
                    whys[file, text, text[:at] + new + text[at + len(old):]] = why
    return whys


def symbols(path, *options):
    """Names that an object or program defines."""
    out = subprocess.run(["nm", "--defined-only", *options, path], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1] for line in out.splitlines() if line.strip()}


def of_processor():
    """Seconds of it that all that was run here has taken: a busy machine does not stretch the limits that come of it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def unlimited_but(seconds):  # of the processor
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))


class Test:
    """A test of ctest, and how long it takes without a fault."""

    def __init__(self, build, facts, passed):
        properties = {entry["name"]: entry["value"] for entry in facts["properties"]}
        self.name, self.command, self.build = facts["name"], facts["command"], build.folder
        self.folder = properties["WORKING_DIRECTORY"]
        self.environment = dict(entry.split("=", 1) for entry in properties["ENVIRONMENT"])
        first = pathlib.Path(self.command[0])
        self.is_program = first.is_relative_to(build.folder)
        self.program = first if self.is_program else build.folder / "jalki"
        if not self.program.exists():
            sys.exit(f"{self.name}: {self.program} is not there; expected everything that the tests need to be built")
        self.has, self.link = build.made_of(self.program)
        self.took = passed.get(self.name, 0.0)
        self.seconds = self.took if build.passed_at > self.program.stat().st_mtime else 0.0
        self.first = threading.Lock()
        self.stands = {}  # whether it passes without a fault, by options of the compiler

    def prepare(self):
        """Runs it without a fault, unless ctest has, or this has been asked before."""
        with self.first:
            if not self.seconds:
                began = of_processor()
                if not self.run(self.program, 3600):
                    sys.exit(f"{self.name} fails, or is skipped, without a fault")
                self.seconds = of_processor() - began

    def run(self, program, seconds=None):
        """Whether it passes with `program` in the place of its own; a fault may keep it busy for ever."""
        environment = {**os.environ, **self.environment}
        command = [str(program), *self.command[1:]] if self.is_program else self.command
        if not self.is_program:
            environment["JALKI_PROGRAM"] = str(program)
        limit = seconds or int(5 + 5 * self.seconds)
        with subprocess.Popen(command, cwd=self.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              start_new_session=True, preexec_fn=lambda: unlimited_but(limit)) as running:
            try:
                return running.wait(60 + 20 * limit) == 0
            except subprocess.TimeoutExpired:
                return False
            finally:
                if running.returncode is None:  # with all that it started
                    os.killpg(running.pid, signal.SIGKILL)

    def passes(self, objects, own, options, scratch):
        """Whether it does with `objects` in the place of the library's, and those of its own that `own` names in theirs."""
        program = scratch / ("sanitized" if options else "plain") / self.program.name
        if not program.exists():  # tests of the same program share it
            program.parent.mkdir(exist_ok=True)
            at = next(i for i, word in enumerate(self.link) if word.endswith(".a"))
            line = [*(str(own.get(word, word)) for word in self.link[:at]), *objects, *self.link[at:], *options]
            line[line.index("-o") + 1] = str(program)
            subprocess.run(line, cwd=self.build, capture_output=True, check=True)
        return self.run(program)

    def catches(self, objects, own, options, scratch):
        """Whether it fails because of `objects` and `own`."""
        self.prepare()
        with self.first:
            if options and str(options) not in self.stands:
                with tempfile.TemporaryDirectory(prefix="jalki-mutate-") as folder:
                    self.stands[str(options)] = self.passes([], {}, options, pathlib.Path(folder))
        return self.stands.get(str(options), True) and not self.passes(objects, own, options, scratch)


class Build:
    """What the build knows: how each object is compiled, from which files, and how each program is linked."""

    def __init__(self, folder, level=None):
        self.folder = folder
        self.level = level
        self.compiled, self.programs = {}, {}
        for entry in json.loads((folder / "compile_commands.json").read_text()):
            words = shlex.split(entry["command"])
            self.compiled[words[words.index("-o") + 1]] = words
        record = folder / "Testing/Temporary/CTestCostData.txt"  # NAME RUNS SECONDS, then ---, then who failed
        ran, _, failed = record.read_text().partition("---") if record.exists() else ("", "", "")
        self.passed = {name: float(seconds) for name, _, seconds in map(str.split, ran.splitlines()) if name not in failed.split()}
        self.passed_at = record.stat().st_mtime if record.exists() else 0.0
        self.users = {}
        name = None
        for line in self.ninja("-t", "deps").splitlines():
            if not line.startswith(" "):
                name = line.split(":")[0]
            elif name in self.compiled and not self.is_other_level(name):
                self.users.setdefault(os.path.normpath(folder / line.strip()), []).append(name)

    def is_other_level(self, name):
        found = KERNELS.search(name)
        return bool(self.level and found) and found.group(1) != self.level

    def ninja(self, *words):
        return subprocess.run(["ninja", "-C", self.folder, "--quiet", *words], capture_output=True, text=True, check=True).stdout

    def made_of(self, program):
        """The names that a program has, and how it is linked."""
        if program not in self.programs:
            line = self.ninja("-t", "commands", "-s", str(program.relative_to(self.folder))).splitlines()[-1]
            self.programs[program] = symbols(program), shlex.split(line.removeprefix(": && ").removesuffix(" && :"))
        return self.programs[program]

    def tests(self, pattern):
        said = subprocess.run(["ctest", "--test-dir", self.folder, "--show-only=json-v1", "-R", pattern], capture_output=True, text=True,
                              check=True).stdout
        made = [Test(self, facts, self.passed) for facts in json.loads(said)["tests"] if "command" in facts]
        return sorted(made, key=lambda test: test.took)

    def compile(self, name, scratch, options):
        """The object `name` with what is in scratch in the place of the sources; None where it does not compile."""
        words = list(self.compiled[name])
        source = pathlib.Path(words[-1])
        moved = scratch / source.relative_to(ROOT / "src") if source.is_relative_to(ROOT / "src") else source
        made = scratch / name.replace("/", "-")
        words[-1] = str(moved if moved.exists() else source)
        words[words.index("-o") + 1] = str(made)
        words[1:1] = [f"-I{scratch}"]
        words += [] if UNSANITIZED.search(name) else options
        return made if subprocess.run(words, cwd=self.folder, capture_output=True).returncode == 0 else None

    def change(self, path, scratch, changed):
        """Puts the changed text in the place of path's."""
        copy = scratch / path.relative_to(ROOT / "src")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(changed)
        if path.suffix == ".h":  # its neighbours look beside themselves first: they move, too
            for neighbour in path.parent.iterdir():
                if neighbour != path and neighbour.is_file():
                    (copy.parent / neighbour.name).write_bytes(neighbour.read_bytes())

    def objects_with(self, path, scratch, options):
        """The library's objects that path is part of, with what is in scratch; None where one does not compile."""
        made = []
        for name in self.users.get(str(path), []):
            if not name.startswith("tests/"):
                made.append(self.compile(name, scratch, options))
                if made[-1] is None:
                    return None
                if made[-1].read_bytes() == (self.folder / name).read_bytes():
                    made.pop()
        return made


def judge(build, fault, text, near, beyond, sanitize):
    """What becomes of a fault: its kind and words."""
    file, line, column, old, new, why = fault
    if why:
        return "no fault", f"no fault: {why}"
    lines = text.split("\n")
    lines[line - 1] = lines[line - 1][:column] + new + lines[line - 1][column + len(old):]
    with tempfile.TemporaryDirectory(prefix="jalki-mutate-") as folder:
        scratch = pathlib.Path(folder)
        build.change(ROOT / file, scratch, "\n".join(lines))
        for options in ([], SANITIZERS) if sanitize and not all(map(UNSANITIZED.search, build.users[str(ROOT / file)])) else ([],):
            objects = build.objects_with(ROOT / file, scratch, options)
            if objects is None:
                return "broken", "does not compile"
            if not objects:
                return "same", "the same code"
            names = set().union(*(symbols(made, "-g") for made in objects))
            if options and not any(made.name == MEMORY.replace("/", "-") for made in objects):
                objects.append(build.compile(MEMORY, scratch, options))
            for test in [test for test in near if test.is_program] if options else near + beyond:
                own = {name: build.compile(name, scratch, options) for name in build.users[str(ROOT / file)] if name in test.link}
                if None in own.values():
                    return "broken", "does not compile"
                if (own or names & test.has) and test.catches([str(made) for made in objects], own, options, scratch):
                    kind = "sanitizers" if options else "own" if test in near else "beyond"
                    return kind, f"caught by {test.name}{' with sanitizers' if options else ''}"
    return "survived", "SURVIVED"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", help="such as src/price")
    parser.add_argument("count", nargs="?", type=int, default=30, help="how many faults are drawn [30]")
    parser.add_argument("--seed", type=int, default=1, help="which [1]")
    parser.add_argument("--build", default="build/release", help="a build with tests [build/release]")
    parser.add_argument("--near", help="regular expression of the tests that are tried first [those of the folder's name]")
    parser.add_argument("--beyond", help="of those that what is left is tried on [none]")
    parser.add_argument("--sanitize", action="store_true", help="try what is left with sanitizers in the changed objects")
    parser.add_argument("--level", choices=["base", "v3", "v4"], help="put faults of kernels in for this instruction set alone [all]")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="faults at a time [the processors]")
    parser.add_argument("--only", help="FILE:LINE,...: of the faults drawn, those there alone")
    told = parser.parse_args()
    folder = (ROOT / told.folder).resolve()
    if not folder.is_dir() or ROOT / "src" not in folder.parents:
        sys.exit(f"{told.folder}: no such folder; expected one such as src/price")
    build = Build((ROOT / told.build).resolve(), told.level)
    whys = equivalents(folder)
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in sorted(folder.rglob("*.[ch]"))}
    faults = []
    for file, line, column, old, new in drawn((fault for name in texts for fault in faults_of(ROOT / name)), told.count, told.seed):
        text = texts[file].split("\n")[line - 1]
        changed = text[:column] + new + text[column + len(old):]
        if not told.only or f"{file}:{line}" in told.only.split(","):
            faults.append((file, line, column, old, new, whys.get((file, text.strip(), changed.strip()), "")))
    counts, lock, began = {}, threading.Lock(), time.monotonic()
    near = build.tests(told.near or f"^{folder.relative_to(ROOT / 'src').parts[0]}/")
    beyond = [test for test in build.tests(told.beyond) if test.name not in {had.name for had in near}] if told.beyond else []
    print(f"{told.folder}: {len(faults)} faults against {len(near)} tests of its own, {len(beyond)} beyond", flush=True)

    def settle(fault):
        kind, words = judge(build, fault, texts[fault[0]], near, beyond, told.sanitize)
        with lock:
            counts[kind] = counts.get(kind, 0) + 1
            print(f"{fault[0]}:{fault[1]}:{fault[2] + 1}: '{fault[3]}' -> '{fault[4]}': {words}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(told.jobs) as pool:
        list(pool.map(settle, faults))
    own, others, seen, survived = (counts.get(kind, 0) for kind in ("own", "beyond", "sanitizers", "survived"))
    caught = own + others + seen
    print(f"{told.folder}: {len(faults)} drawn (seed {told.seed}): {counts.get('broken', 0)} do not compile, {counts.get('same', 0)} are the "
          f"same code, {counts.get('no fault', 0)} change nothing; of the other {caught + survived}, {own} were caught by its own tests, "
          f"{others} beyond, {seen} with sanitizers, and {survived} survived, in {time.monotonic() - began:.0f} s")
    return 10 * caught < 9 * (caught + survived)


if __name__ == "__main__":
    sys.exit(main())
