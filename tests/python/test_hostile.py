# SPDX-License-Identifier: Apache-2.0
"""Hostile input through the program: mutated tapes, models, mappings and stores. Whatever comes, the program ends in
time with exit code 0, 1 or 2, says `jalki: …` where it fails, and leaves no output behind then.

JALKI_HOSTILE_RUNS sets the number of runs per kind of file; the seeds are fixed, so that a failure can be had again.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "reference"))
import program
import random_case

try:
    import h5py
except ImportError:
    h5py = None

RUNS = int(os.environ.get("JALKI_HOSTILE_RUNS", "30" if os.environ.get("JALKI_FEW_CASES") else "80"))
TIME_LIMIT = 60  # generous: sanitizer builds on a busy machine; a hang is what it is to catch

MAPPING = """name: canonical names, spelled out
separator: ","
encoding: utf-8
decimal: "."
date_format: "%Y-%m-%d"
missing: ["", "n/a"]
columns:
  claim_id: claim_id
  debtor_id: {first: [debtor_id, claim_id]}
  country: {column: country, values: {FI: FI, SE: SE}, otherwise: EE}
  written_off_on: {column: written_off_on, date_format: "%Y-%m-%d"}
  limitation_on: {date_plus_months: {date: written_off_on, months: {sum: [placements], plus: 36}}}
  principal: {column: principal, unit: units}
  fees: {sum: [principal, principal], minus: [principal]}
  birth_year: {year_of: written_off_on}
  currency: {constant: EUR}
"""

NASTY = [b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b"'", b",", b";", b"\n", b"\r\n", b"\r", b"\t", b"{", b"}",
         b"[", b"]", b": ", b"- ", b"&a ", b"*a ", b"!!binary ", b"<<: ", b"|\n", b"#", b"%", b"NaN", b"inf", b"-0",
         b"1e999", b"99999999999999999999", b"-1", b"0x10", b"2026-02-30", b"9999-12-31", b"0000-00-00", b"null", b"~",
         b"false", b"\xc3\x28", b"\xf0\x9f\x92\xb8", b"../" * 40, b"/dev/zero", b"/", b"A" * 70000, b'"' * 999,
         b"[" * 5000, b"{a: " * 3000, b"," * 5000, b"\n" * 3000, b"9" * 400]


def mutate(rng, data):
    """A handful of changes: flips, cuts, random bytes, nasty words, repeated and swapped pieces."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(8)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            data[at:at + rng.randrange(40)] = rng.randbytes(rng.randrange(40))
        elif kind in (3, 4):
            data[at:at + rng.choice([0, 1, 3])] = rng.choice(NASTY)
        elif kind == 5:
            piece = data[at:at + rng.randrange(300)]
            data[at:at] = piece * rng.choice([1, 2, 30])
        elif kind == 6:
            lines = bytes(data).split(b"\n")
            rng.shuffle(lines)
            data = bytearray(b"\n".join(lines))
        else:
            del data[at:at + rng.randrange(200)]
    return bytes(data)


WORDS = ["", "0", "-1", "1", "0.5", "1e-320", "1e308", "1e999", "2147483648", "99999999999999999999", "nan", "inf",
         "null", "~", "true", "false", "NO", "x", "[]", "{}", "[0, 1]", "{a: 1}", "''", '""', "0x10", "1_000",
         "2026-02-29", "1969-12-31", "2400-01-01", "9999-12-31", "ä", "*", "- ", "all", "none", "legal", "sell",
         "100000", "601"]


def mutate_words(rng, data):
    """Other words in the places of words: text stays text, so that mistakes get past the syntax."""
    words = re.split(r"([\w.-]+)", data.decode("utf-8"))
    for _ in range(rng.choice([1, 1, 1, 3, 8])):
        at = rng.randrange(len(words))
        if at % 2 and rng.random() < 0.8:
            words[at] = rng.choice([rng.choice(WORDS), words[rng.randrange(len(words) // 2) * 2 + 1]])
        elif rng.random() < 0.5:
            words[at] = ""
        else:
            words[at] = words[at] + rng.choice(WORDS + [",", ":", "\n", "  "])
    return "".join(words).encode("utf-8")


NUMBERS = ["0", "1", "-1", "2", "0.5", "12", "36", "100", "1000", "12000", "1000000", "1e-9", "1e-300", "99.99"]


def mutate_numbers(rng, data):
    """Other numbers in the places of numbers: most are still models and tapes, but odd ones."""
    pieces = re.split(r"((?<![\w-])-?\d+(?:\.\d+)?(?![\w-]))", data.decode("utf-8"))
    for _ in range(rng.choice([1, 1, 3, 20])):
        if len(pieces) > 1:
            pieces[rng.randrange(len(pieces) // 2) * 2 + 1] = rng.choice(NUMBERS)
    return "".join(pieces).encode("utf-8")


def spoil(rng, data):
    """One of the ways above, or nothing but random bytes."""
    kind = rng.randrange(12)
    if kind == 0:
        return rng.randbytes(rng.randrange(3000))
    return (mutate if kind < 4 else mutate_words if kind < 8 else mutate_numbers)(rng, data)


class Hostile(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jalki-hostile-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.case = random_case.make_case(3, os.path.join(self.folder, "case"), 40)
        self.store = os.path.join(self.folder, "good.h5")
        program.import_tape(self.case["tape"], self.store, self.case["cutoff"])
        self.rejects = os.path.join(self.folder, "rejects.csv")  # kept where a load fails for its rejects
        self.out = os.path.join(self.folder, "out")
        os.mkdir(self.out)
        self.codes = {}

    def tearDown(self):
        print(self.id().split(".")[-1], "exit codes:", dict(sorted(self.codes.items())))

    def run_hostile(self, arguments, what):
        """Runs the program with its outputs in self.out, and checks how it ended."""
        command = [program.path(), *map(str, arguments)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=False)
        except subprocess.TimeoutExpired:
            self.fail(f"{what}: not done in {TIME_LIMIT} s: {command}")
        message = done.stderr.decode("utf-8", "replace")
        if done.returncode < 0:
            self.fail(f"{what}: killed by {signal.Signals(-done.returncode).name}\n{message[-3000:]}")
        self.assertIn(done.returncode, (0, 1, 2), f"{what}\n{message[-3000:]}")
        self.assertNotIn("Sanitizer", message, what)
        self.assertNotIn("runtime error:", message, what)
        self.codes[done.returncode] = self.codes.get(done.returncode, 0) + 1
        left = sorted(os.listdir(self.out))
        if done.returncode != 0:
            self.assertRegex(message, r"(?m)^jalki( \w+)?: \S", f"{what}: no message")
            self.assertLess(len(message), 20000, f"{what}: a message that long helps nobody")
            self.assertEqual(left, [], f"{what}: left behind after exit code {done.returncode}")
        else:
            self.assertFalse([name for name in left if ".part-" in name], what)
        for name in left:
            self.check_numbers(name, what)
            os.remove(os.path.join(self.out, name))
        return done.returncode

    def check_numbers(self, name, what):
        """Whatever a model or tape says, no result is NaN or infinite."""
        if name.endswith((".csv", ".json")):
            with open(os.path.join(self.out, name), "rb") as file:
                found = re.search(rb"(?i)(?<![\w-])-?(nan|inf|infinity)(?![\w-])", file.read())
            self.assertIsNone(found, f"{what}: {name}")

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def output(self, name):
        return os.path.join(self.out, name)

    def value(self, store, model, what):
        return self.run_hostile(["value", store, "--model", model, "-o", self.output("r.h5"), "--claims",
                                 self.output("c.csv"), "--cashflow", self.output("f.csv"), "--json",
                                 self.output("j.json"), "--quiet"], what)

    def test_tapes(self):
        with open(self.case["tape"], "rb") as file:
            good = file.read()
        for seed in range(RUNS):
            rng = random.Random(seed)
            tape = self.write("tape.csv", spoil(rng, good))
            limit = rng.choice([["--max-rejects", "100000"], []])
            self.run_hostile(["import", tape, "-o", self.output("t.h5"), "--cutoff", self.case["cutoff"], "--rejects",
                              self.rejects, "--quiet", *limit], f"tape, seed {seed}")

    def test_what_is_imported_can_be_valued(self):
        """Whatever import accepts, inspect and value must stand."""
        with open(self.case["tape"], "rb") as file:
            good = file.read()
        for seed in range(RUNS // 3):
            tape = self.write("tape.csv", spoil(random.Random(1000 + seed), good))
            store = os.path.join(self.folder, "mutated.h5")
            done = program.run(["import", tape, "-o", store, "--cutoff", self.case["cutoff"], "--max-rejects", "100000",
                                "--rejects", self.rejects, "--quiet"])
            if done.returncode == 0:
                self.run_hostile(["inspect", store, "--quiet"], f"inspect, seed {seed}")
                self.value(store, self.case["model"], f"value, seed {seed}")

    def test_models(self):
        with open(self.case["model"], "rb") as file:
            good = file.read()
        place = os.path.join("case", "mutated.yaml")  # beside its includes
        for seed in range(RUNS):
            model = self.write(place, spoil(random.Random(2000 + seed), good))
            self.value(self.store, model, f"model, seed {seed}")

    def test_includes(self):
        for number, text in enumerate((
                b"include: [mutated.yaml]\n", b"include: [.]\n", b"include: [/dev/null]\n", b"include: [none.yaml]\n",
                b"include: 3\n", b"include: {a: 1}\n", b"include: [\"\\0\"]\n", b"include: [a.yaml, [b]]\n",
                b"a: &a [*a]\n", b"x: &x {y: 1}\nz: *x\nz: *x\n", b"? [1, 2]\n: 3\n", b"", b"\n\n",
                b"--- 1\n--- 2\n", b"- 1\n", b"\xef\xbb\xbf", b"%YAML 9.9\n---\na: 1\n")):
            model = self.write(os.path.join("case", "mutated.yaml"), text)
            self.assertEqual(self.value(self.store, model, f"include {number}"), 1)

    def test_mappings(self):
        for seed in range(RUNS // 2):
            text = spoil(random.Random(3000 + seed), MAPPING.encode()) if seed else MAPPING.encode()
            mapping = self.write("mapping.yaml", text)
            code = self.run_hostile(["import", self.case["tape"], "--mapping", mapping, "-o", self.output("t.h5"),
                                     "--cutoff", self.case["cutoff"], "--max-rejects", "100000", "--rejects",
                                     self.rejects, "--quiet"], f"mapping, seed {seed}")
            self.assertTrue(seed or code == 0, "the mapping as it stands is sound")

    def test_stores(self):
        with open(self.store, "rb") as file:
            good = file.read()
        for seed in range(RUNS):
            rng = random.Random(4000 + seed)
            data = bytearray(good)
            kind = seed % 4
            if kind == 0:  # bits, mostly where the structure is
                for _ in range(rng.choice([1, 3, 10, 100])):
                    at = rng.randrange(rng.choice([len(data), min(len(data), 4096)]))
                    data[at] ^= 1 << rng.randrange(8)
            elif kind == 1:
                del data[rng.randrange(len(data)):]
            elif kind == 2:
                at = rng.randrange(len(data))
                data[at:at + 64] = rng.randbytes(64)
            else:
                data = bytearray(mutate(rng, bytes(data)))
            store = self.write("bad.h5", bytes(data))
            if seed % 2:
                self.run_hostile(["inspect", store, "--quiet"], f"inspect store, seed {seed}")
            else:
                self.value(store, self.case["model"], f"value store, seed {seed}")

    @unittest.skipIf(h5py is None, "python3-h5py is not installed")
    def test_stores_that_lie(self):
        """Sound HDF5 files with wrong contents: lengths, types, codes, missing parts."""
        for seed in range(RUNS // 2):
            rng = random.Random(5000 + seed)
            store = os.path.join(self.folder, "lie.h5")
            shutil.copyfile(self.store, store)
            what = self.tell_a_lie(rng, store)
            self.run_hostile(["inspect", store, "--quiet"], f"inspect lie, seed {seed}: {what}")
            self.value(store, self.case["model"], f"value lie, seed {seed}: {what}")

    @staticmethod
    def tell_a_lie(rng, store):
        with h5py.File(store, "r+") as file:
            tape = file["tape"]
            names = [name for name in tape if name != "extra"] + ["extra/" + name for name in tape.get("extra", [])]
            name = rng.choice(names)
            data, kind = tape[name][...], rng.randrange(8)
            if kind == 0:
                del tape[name]
            elif kind == 1:  # a length of its own
                del tape[name]
                tape[name] = data[:len(data) // 2]
            elif kind == 2:
                del tape[name]
                tape[name] = [float(i) for i in range(len(data))]
            elif kind == 3 and data.dtype.kind in "iu":  # codes, indices and dates out of range
                bad = rng.choice([-2, 100, 127, -128])
                tape[name][rng.randrange(len(data))] = bad
            elif kind == 4 and data.dtype.kind == "i" and data.dtype.itemsize > 1:
                limit = 2 ** (8 * data.dtype.itemsize - 1) - 1
                tape[name][rng.randrange(len(data))] = rng.choice([limit, -limit, limit // 2])
            elif kind == 5:
                names = list(file.attrs)
                if names:
                    picked = rng.choice(names)
                    file.attrs[picked] = rng.choice([2**40, -1, "x" * 5000, [1, 2, 3], 1.5])
                    name = "attribute " + picked
            elif kind == 6 and "dict" in file and len(file["dict"]):
                picked = rng.choice(list(file["dict"]))
                del file["dict"][picked]
                name = "dictionary " + picked
            else:
                del tape[name]
                tape[name] = "a string"
            return f"{name}, kind {kind}"

    def test_paths(self):
        missing = os.path.join(self.folder, "missing")
        for arguments in (["import", missing, "-o", self.output("t.h5")],
                          ["import", self.folder, "-o", self.output("t.h5")],
                          ["import", "/dev/null", "-o", self.output("t.h5"), "--cutoff", "2026-06-30"],
                          ["import", self.case["tape"], "-o", os.path.join(missing, "t.h5")],
                          ["value", missing, "--model", self.case["model"]],
                          ["value", self.store, "--model", missing],
                          ["value", self.case["tape"], "--model", self.case["model"]],
                          ["value", self.store, "--model", self.store],
                          ["value", self.store, "--model", self.case["model"], "--claims", os.path.join(missing, "c")],
                          ["value", self.store, "--model", self.case["model"], "-o", self.folder],
                          ["inspect", missing], ["inspect", self.folder], ["inspect", "/dev/null"]):
            self.assertEqual(self.run_hostile(arguments, " ".join(arguments)), 1, arguments)
        for arguments in (["value"], ["import"], ["nonsense"], [], ["value", self.store, "--irr", "x"],
                          ["value", self.store, "--model", self.case["model"], "--cutoff", "2026-02-30"],
                          ["import", self.case["tape"], "-o", self.output("t.h5"), "--threads", "-3"]):
            done = subprocess.run([program.path(), *arguments], capture_output=True, timeout=TIME_LIMIT, check=False)
            self.assertEqual(done.returncode, 2, arguments)


if __name__ == "__main__":
    program.path()
    unittest.main()
