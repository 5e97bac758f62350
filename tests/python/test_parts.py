# SPDX-License-Identifier: Apache-2.0
"""Runs in parts: what jalki merge makes of partial files has the bits of one run, for every output and any number of parts
and threads; its sums are the sums of the parts as Python adds them up; parts of other runs, missing ones, and files that
were changed are refused by name."""
import hashlib
import itertools
import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = os.environ["JALKI_SOURCE"]
MODEL = os.path.join(SOURCE, "models", "nordic.yaml")
GRID = 2.0 ** 20


class Parts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory()
        cls.folder = cls.home.name
        cls.jalki(cls, "generate", "-n", "700", "-o", "t.h5")
        cls.jalki(cls, "generate", "-n", "200", "--seed", "2", "-o", "other.h5")
        with open(os.path.join(cls.folder, "two.yaml"), "w", encoding="utf-8") as file:
            file.write("- {name: mild, recovery: 0.9}\n- {name: slow, breakage: 0.2, recovery: [[0, 0.8], [24, 1.0]]}\n")

    @classmethod
    def tearDownClass(cls):
        cls.home.cleanup()

    def jalki(self, *arguments, expect=0):
        result = subprocess.run([PROGRAM, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60)
        assert result.returncode == expect, (arguments, result.returncode, result.stdout, result.stderr)
        return result

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def parts(self, prefix, count, *line, files=(), threads=itertools.cycle("12")):
        """Runs all parts of a line; returns the names of the partial files, the last first."""
        names = []
        for number in range(1, count + 1):
            own = [f for option, ending in files for f in (option, f"{prefix}{number}{ending}")]
            names.append(f"{prefix}{number}.json")
            self.jalki(*line, *own, "--part", f"{number}/{count}", "--partial", names[-1], "--threads", next(threads))
        return names[::-1]

    def check_same(self, count, *line, parts_write=(), merge_writes=()):
        """The merge of `count` parts against one run: all files, and what is shown in each format."""
        outputs = [*parts_write, *merge_writes]
        one = [f for option, ending in outputs for f in (option, "one" + ending)]
        merged = [f for option, ending in outputs for f in (option, "merged" + ending)]
        shown = {form: self.jalki(*line, *(one if form == "table" else []), "--format", form).stdout
                 for form in ("table", "csv", "json")}
        names = self.parts("p", count, *line, files=parts_write)
        for form, text in shown.items():
            found = self.jalki("merge", *names, *(merged if form == "table" else []), "--format", form).stdout
            self.assertEqual(found, text, (line, form))
        for _, ending in outputs:
            self.assertEqual(self.read("one" + ending), self.read("merged" + ending), (line, count, ending))

    def test_value(self):
        for count in (1, 6):
            self.check_same(count, "value", "t.h5", "--model", MODEL, "--irr", "0.11", "--sell",
                            parts_write=[("-o", ".h5"), ("--claims", ".csv")],
                            merge_writes=[("--json", ".json"), ("--cashflow", ".flow.csv"), ("--xlsx", ".xlsx")])

    def test_full_and_packed_claims(self):
        self.parts("f", 3, "value", "t.h5", "--model", MODEL, "--full", files=[("--claims", ".csv.gz")])
        self.jalki("merge", "f1.json", "f2.json", "f3.json", "--claims", "merged.csv.gz")
        self.jalki("value", "t.h5", "--model", MODEL, "--full", "--claims", "one.csv")
        self.assertEqual(subprocess.run(["gzip", "-dc", "merged.csv.gz"], cwd=self.folder, capture_output=True,
                                        check=True).stdout, self.read("one.csv"))
        error = self.jalki("merge", "f1.json", "f2.json", "f3.json", "--claims", "plain.csv", expect=1).stderr
        self.assertIn("packed where this one is not", error)

    def test_price(self):
        self.check_same(2, "price", "t.h5", "--model", MODEL, "--irr", "0.1,0.15", "--floor", "multiple=1.8", "--scenarios",
                        "two.yaml", "--asked", "100000", merge_writes=[("--json", ".json"), ("--xlsx", ".xlsx")])

    def test_scenario(self):
        self.check_same(2, "scenario", "t.h5", "--model", MODEL, "--scenarios", "two.yaml",
                        parts_write=[("--claims", ".csv")], merge_writes=[("--json", ".json"), ("--xlsx", ".xlsx")])

    def test_what_is_more_than_sums(self):
        """Commands whose parts leave rows, or cells, beside their sums."""
        self.jalki("generate", "-n", "150", "--panel", "--months", "18", "--model", MODEL, "-o", "p.h5")
        self.check_same(3, "worklist", "t.h5", "--model", MODEL, "--top", "40", "--by-debtor", merge_writes=[("--json", ".json")])
        self.check_same(2, "simulate", "other.h5", "--model", MODEL, "--paths", "100", merge_writes=[("--json", ".json")])
        self.check_same(3, "backtest", "p.h5", "--model", MODEL, "--model", MODEL, "--holdout", "50", merge_writes=[("--json", ".json")])
        with open(os.path.join(self.folder, "p2.json.rows"), "r+b") as file:
            file.seek(100)
            file.write(b"x")
        self.refuse("p2.json.rows: is not as its part has left it", "p1.json", "p2.json", "p3.json")
        os.remove(os.path.join(self.folder, "p2.json.rows"))
        self.refuse("p2.json.rows: cannot read", "p1.json", "p2.json", "p3.json")

    def test_what_a_fit_does_not_know(self):
        """A second pass over the tape, which the first one's sums say nothing of."""
        with open(os.path.join(SOURCE, "tests", "fit", "base.yaml"), encoding="utf-8") as base:
            model = base.read() + "risk: {parameters: {curve: 0, class_multiplier: 0, garnish_share: 0}}\n"
        named = {"segment": "rest", "treatment": "amicable", "characteristic": "curve", "level": "18 and more", "estimate": 0.0,
                 "value": 0.0, "credibility": 1.0}
        with open(os.path.join(self.folder, "m.yaml"), "w", encoding="utf-8") as file:
            file.write(model)
        with open(os.path.join(self.folder, "m.covariance.json"), "w", encoding="utf-8") as file:
            json.dump({"jalki_covariance": 1, "parameters": [named], "covariance": [[0.04]]}, file)
        self.check_same(2, "value", "t.h5", "--model", "m.yaml", merge_writes=[("--json", ".json")])
        self.assertIn("fit", json.loads(self.read("one.json")))
        self.assertEqual(len(json.loads(self.read("p1.json"))["sums"]), 2)

    def test_more_parts_than_claims(self):
        self.jalki("generate", "-n", "3", "-o", "tiny.h5")
        one = self.jalki("value", "tiny.h5", "--model", MODEL, "--claims", "tiny.csv").stdout
        names = self.parts("tiny", 5, "value", "tiny.h5", "--model", MODEL, files=[("--claims", ".csv"), ("-o", ".h5")])
        self.assertEqual(self.jalki("merge", *names, "--claims", "m.csv", "-o", "m.h5").stdout, one)
        self.assertEqual(self.read("m.csv"), self.read("tiny.csv"))

    def test_sums_are_those_of_python(self):
        names = self.parts("s", 4, "value", "t.h5", "--model", MODEL)
        total = [0] * 6
        for name in names:
            decisions = json.loads(self.read(name))["sums"][0]["cells"][0]
            for place, cell in enumerate(decisions):
                total[place % 6] += int(cell)
        self.jalki("value", "t.h5", "--model", MODEL, "--json", "v.json", "--quiet")
        found = json.loads(self.read("v.json"))
        self.assertEqual(total[0], found["claims"])
        self.assertEqual(f"{total[1] / GRID:.15g}", f"{found['face']:.15g}")
        self.assertEqual(f"{total[2] / GRID:.15g}", f"{found['value']:.15g}")

    def test_claims_of_parts_are_tables_of_their_own(self):
        self.parts("own", 3, "value", "t.h5", "--model", MODEL, files=[("--claims", ".csv")])
        self.jalki("value", "t.h5", "--model", MODEL, "--claims", "all.csv", "--quiet")
        rows = [self.read(f"own{k}.csv").splitlines() for k in (1, 2, 3)]
        self.assertEqual({r[0] for r in rows}, {self.read("all.csv").splitlines()[0]})
        self.assertEqual([line for r in rows for line in r[1:]], self.read("all.csv").splitlines()[1:])

    def test_replay_of_a_merge(self):
        names = self.parts("r", 2, "value", "t.h5", "--model", MODEL, files=[("--claims", ".csv")])
        self.jalki("merge", *names, "--claims", "merged.csv", "--manifest", "m.json", "--format", "json")
        manifest = json.loads(self.read("m.json"))
        self.assertEqual(manifest["run"]["command"], "value")
        self.assertNotIn("r1.json", json.dumps(manifest))
        self.assertIn("The same: 2 outputs", self.jalki("replay", "m.json").stdout)

    # ---- what is refused ------------------------------------------------------------------------------------------

    def refuse(self, words, *paths):
        error = self.jalki("merge", *paths, "--json", "never.json", expect=1).stderr
        self.assertIn(words, error)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "never.json")))

    def test_parts_must_be_all_there_once(self):
        names = self.parts("a", 3, "value", "t.h5", "--model", MODEL)
        self.refuse("1 of 3 parts is missing: 2", "a1.json", "a3.json")
        self.refuse("is part 1 of 3, and so is a1.json", *names, "./a1.json")
        self.parts("b", 2, "value", "t.h5", "--model", MODEL)
        self.refuse("is a part of 2, a1.json one of 3", "a1.json", "b2.json", "a3.json")
        self.refuse("cannot read", "nothing.json")
        with open(os.path.join(self.folder, "half.json"), "wb") as file:
            file.write(self.read("a2.json")[:-100])
        self.refuse("is no partial file", "a1.json", "half.json", "a3.json")
        self.refuse("is no partial file", "t.h5")

    def test_parts_must_be_of_one_run(self):
        self.parts("c", 2, "value", "t.h5", "--model", MODEL)
        for prefix, line, words in (("d", ["value", "t.h5", "--model", MODEL, "--irr", "0.2"], "part of another run"),
                                    ("e", ["price", "t.h5", "--model", MODEL], "part of another run"),
                                    ("g", ["value", "other.h5", "--model", MODEL], "part of another run")):
            self.parts(prefix, 2, *line)
            self.refuse(words, "c1.json", f"{prefix}2.json")

    def test_inputs_must_be_the_same(self):
        shutil.copytree(os.path.join(SOURCE, "models"), os.path.join(self.folder, "models"))
        shutil.copy(os.path.join(self.folder, "t.h5"), os.path.join(self.folder, "moving.h5"))
        line = ["value", "moving.h5", "--model", "models/nordic.yaml"]
        self.jalki(*line, "--part", "1/2", "--partial", "i1.json")
        with open(os.path.join(self.folder, "models", "segments.yaml"), "a") as file:
            file.write("# another model\n")
        self.jalki(*line, "--part", "2/2", "--partial", "i2.json")
        self.refuse("read another file", "i1.json", "i2.json")
        self.jalki(*line, "--part", "1/2", "--partial", "i1.json")
        self.jalki("merge", "i1.json", "i2.json")
        shutil.copy(os.path.join(self.folder, "other.h5"), os.path.join(self.folder, "moving.h5"))
        self.refuse("is not the file that the parts have read", "i1.json", "i2.json")

    def test_changed_sums_and_files(self):
        names = self.parts("h", 2, "value", "t.h5", "--model", MODEL, files=[("--claims", ".csv")])
        document = json.loads(self.read("h1.json"))
        document["sums"][0]["cells"][0][1] += 1
        with open(os.path.join(self.folder, "forged.json"), "w") as file:
            json.dump(document, file)
        self.refuse("does not suit the sums", "forged.json", "h2.json")
        with open(os.path.join(self.folder, "h2.csv"), "a") as file:
            file.write("one more\n")
        error = self.jalki("merge", *names, "--claims", "never.csv", expect=1).stderr
        self.assertIn("h2.csv: is not as its part has left it", error)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "never.csv")))
        self.parts("k", 2, "value", "t.h5", "--model", MODEL)
        error = self.jalki("merge", "k1.json", "k2.json", "--claims", "never.csv", expect=1).stderr
        self.assertIn("was run without --claims", error)

    def test_hostile_files(self):
        """Partial files cut, with bytes changed, or with another value in some place: refused in words, or harmless; never a crash."""
        names = self.parts("w", 2, "value", "other.h5", "--model", MODEL)
        good, luck = self.read(names[0]), random.Random(7)
        for _ in range(25):
            bad = bytearray(good)
            for _ in range(luck.randrange(1, 4)):
                bad[luck.randrange(min(len(bad), 3000))] = luck.choice(b'{}[]",:0123456789abcdefx\x00\xff-')
            self.survive(bytes(bad), names[1])
        document = json.loads(good)
        for more in (["--claims", "never.csv"], ["-onever.csv"], ["--output=never.csv"], ["--clai", "never.csv"], ["--help"], ["--json", "never.csv"]):
            changed = [json.loads(self.read(name)) for name in names]
            for which, one in enumerate(changed):
                one["manifest"]["run"]["arguments"] = more + one["manifest"]["run"]["arguments"]
                with open(os.path.join(self.folder, f"forged{which}.json"), "w") as file:
                    json.dump(one, file)
            self.refuse("is nothing that a part records", "forged0.json", "forged1.json")
            self.assertFalse(os.path.exists(os.path.join(self.folder, "never.csv")))
        paths = (("part",), ("of",), ("manifest",), ("files",), ("sums",), ("digest",), ("manifest", "run"), ("sums", 0, "cells"),
                 ("manifest", "run", "arguments"), ("manifest", "run", "arguments", 0), ("manifest", "run", "inputs", 0),
                 ("sums", 0, "cells", 1), ("sums", 0, "cells", 0, 0), ("manifest", "run", "command"))
        values = (None, -1, 1e300, "", [[[[[]]]]])
        for number, path in enumerate(paths):
            for value in (values[number % 5], values[(number + 2) % 5], values[(number + 3) % 5]):
                changed = json.loads(good)
                place = changed
                for key in path[:-1]:
                    place = place[key]
                place[path[-1]] = value
                sums = json.dumps(changed["sums"], separators=(",", ":"))
                if path != ("digest",):
                    changed["digest"] = "sha256:" + hashlib.sha256(sums.encode()).hexdigest()
                self.survive(json.dumps(changed).encode(), names[1])
        self.assertEqual(json.loads(good), document)

    def survive(self, content, other):
        """Every other time it is the second of the two."""
        with open(os.path.join(self.folder, "hostile.json"), "wb") as file:
            file.write(content)
        self.turn = not getattr(self, "turn", False)
        order = ("hostile.json", other) if self.turn else (other, "hostile.json")
        result = subprocess.run([PROGRAM, "merge", *order, "--quiet"], cwd=self.folder, capture_output=True, timeout=60)
        self.assertIn(result.returncode, (0, 1, 2), (result.stderr, content[:300]))

    def test_parts_that_were_moved(self):
        names = self.parts("n", 2, "value", "t.h5", "--model", MODEL, files=[("--claims", ".csv"), ("-o", ".h5")])
        os.mkdir(os.path.join(self.folder, "moved"))
        for number, ending in itertools.product((1, 2), (".json", ".csv", ".h5")):
            shutil.move(os.path.join(self.folder, f"n{number}{ending}"), os.path.join(self.folder, "moved"))
        self.jalki("merge", *("moved/" + name for name in names), "--claims", "moved.csv", "-o", "moved.h5")
        self.jalki("value", "t.h5", "--model", MODEL, "--claims", "one.csv", "-o", "one.h5")
        self.assertEqual((self.read("moved.csv"), self.read("moved.h5")), (self.read("one.csv"), self.read("one.h5")))

    def test_wrong_usage(self):
        line = ["value", "t.h5", "--model", MODEL]
        for more, words in ((["--part", "1/2"], "--part is about --partial"), (["--partial", "x.json"], "about --part"),
                            (["--part", "3/2", "--partial", "x.json"], "is not a part"),
                            (["--part", "0/2", "--partial", "x.json"], "is not a part"),
                            (["--part", "2", "--partial", "x.json"], "is not a part"),
                            (["--part", "1/2", "--partial", "x.json", "--json", "y.json"], "a part does not write it"),
                            (["--part", "1/2", "--partial", "x.json", "--format", "csv"], "shows no figures")):
            self.assertIn(words, self.jalki(*line, *more, expect=2).stderr)
        part = ["--part", "1/2", "--partial", "x.json"]
        for command in ("value", "price"):
            self.assertIn("weighs all claims", self.jalki(command, *line[1:], *part, "--agent-hours", "100", expect=2).stderr)
        for command in (["value"], ["price"], ["scenario", "--scenarios", "s.yaml"]):
            self.assertIn(f"mpirun jalki-mpi {command[0]}", self.jalki(*command, *line[1:], *part, "--by", "country", expect=2).stderr)
        self.assertIn("cannot be done in parts", self.jalki(*line, *part, "--quiet", "--challenger", MODEL, expect=1).stderr)
        self.assertIn("does not write", self.jalki("price", *line[1:], *part, "--claims", "y.csv", expect=2).stderr)
        self.assertIn("--scenarios", self.jalki("scenario", *line[1:], *part, "--missing", "all", expect=2).stderr)
        for line, words in ((["decide", "t.h5"], "weighs all claims"), (["report", "t.h5"], "value in parts"), (["fit", "p.h5"], "again and again"),
                            (["compare", "t.h5", "t.h5"], "ranks"), (["inspect", "t.h5"], "no such option")):
            self.assertIn(words, self.jalki(*line, *part, expect=2).stderr)
        self.assertIn("--horizon follows", self.jalki("backtest", "t.h5", "--model", MODEL, "--horizon", "12", *part, expect=2).stderr)
        names = self.parts("u", 2, "price", "t.h5", "--model", MODEL)
        self.assertIn("jalki price has no --cashflow", self.jalki("merge", *names, "--cashflow", "y.csv", expect=1).stderr)
        self.assertIn("cannot be done in parts", self.jalki("merge", *names, "--claims", "y.csv", expect=1).stderr)
        for name in ("x.json", "y.csv", "y.json"):
            self.assertFalse(os.path.exists(os.path.join(self.folder, name)))


if __name__ == "__main__":
    unittest.main()
