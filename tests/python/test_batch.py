# SPDX-License-Identifier: Apache-2.0
"""Batches: jobs give what the commands give by themselves, in an order that suits what they read of each other; combinations are
all there; a job that fails is named, those that need it are skipped and the rest is finished; files that break the rules
are refused with line and key; a batch that is ended ends its jobs."""
import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import textwrap
import time
import unittest

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = os.environ["JALKI_SOURCE"]
MODEL = os.path.join(SOURCE, "models", "nordic.yaml")

GOOD = """
    jalki_batch: 1
    defaults: {model: MODEL, cutoff: 2026-06-30}
    jobs:
      - {name: late, command: value, read: made.h5, irr: 0.2, json: out/late.json}
      - name: value-{book.stem}-{rate}
        command: value
        each: {book: [a.h5, b.h5], rate: [0.10, 0.15]}
        read: "{book}"
        irr: "{rate}"
        json: "out/{book.stem}-{rate}.json"
      - {name: bids, command: price, read: b.h5, irr: [0.12, 0.18], floor: [payback=60, multiple=1.2], stdout: out/bids.csv, format: csv}
      - {name: make, command: generate, rows: 250, seed: 7, model: null, output: ./made.h5, cutoff: 2026-06-30}
      - {name: quiet, command: value, read: a.h5, sell: true, no-curse: false}
"""


class Batch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory()
        cls.folder = cls.home.name
        os.mkdir(os.path.join(cls.folder, "books"))
        for name, seed in (("a", "1"), ("b", "2")):
            cls.jalki(cls, "generate", "-n", "300", "--seed", seed, "--cutoff", "2026-06-30", "-o", f"books/{name}.h5")

    @classmethod
    def tearDownClass(cls):
        cls.home.cleanup()

    def jalki(self, *arguments, expect=0, folder=""):
        result = subprocess.run([PROGRAM, *arguments], cwd=os.path.join(self.folder, folder), capture_output=True, text=True, timeout=60)
        assert result.returncode == expect, (arguments, result.returncode, result.stdout, result.stderr)
        return result

    def read(self, name):
        with open(os.path.join(self.folder, "books", name), "rb") as file:
            return file.read()

    def write(self, text, name="jobs.yaml"):
        with open(os.path.join(self.folder, "books", name), "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text).replace("MODEL", MODEL))

    def rows(self, text):
        return {row["job"]: row for row in csv.DictReader(io.StringIO(text))}

    def test_jobs_give_what_commands_give(self):
        self.write(GOOD)
        for jobs in ("1", "3"):
            rows = self.rows(self.jalki("batch", "books/jobs.yaml", "--format", "csv", "--jobs", jobs, "--json", "sum.json",
                                        "--xlsx", "sum.xlsx").stdout)
            self.assertEqual(list(rows), ["late", "value-a-0.10", "value-a-0.15", "value-b-0.10", "value-b-0.15", "bids", "make", "quiet"])
            self.assertEqual({row["state"] for row in rows.values()}, {"done"})
            for book in "ab":
                for rate in ("0.10", "0.15"):
                    self.jalki("value", f"{book}.h5", "--model", MODEL, "--cutoff", "2026-06-30", "--irr", rate, "--json", "own.json",
                               folder="books")
                    own, made = json.loads(self.read("own.json")), json.loads(self.read(f"out/{book}-{rate}.json"))
                    made["manifest"], own["manifest"] = None, None
                    self.assertEqual(made, own)
                    row = rows[f"value-{book}-{rate}"]
                    self.assertEqual((int(row["claims"]), row["currency"]), (own["claims"], "EUR"))
                    for key in ("face", "value", "bid"):
                        self.assertEqual(row[key], f"{own[key]:.2f}")
            bids = self.jalki("price", "b.h5", "--model", MODEL, "--cutoff", "2026-06-30", "--irr", "0.12,0.18", "--floor", "payback=60",
                              "--floor", "multiple=1.2", "--format", "csv", folder="books").stdout
            self.assertEqual(self.read("out/bids.csv").decode(), bids)
            first = next(csv.DictReader(io.StringIO(bids)))
            self.assertEqual((rows["bids"]["bid"], rows["bids"]["value"]), (first["bid"], first["value"]))
            with open(os.path.join(self.folder, "sum.json")) as file:
                summary = json.load(file)
            self.assertEqual((summary["jobs"], summary["done"], summary["failed"]), (8, 8, 0))
            self.assertEqual([r["job"] for r in summary["rows"]], list(rows))
        self.assertIn("8 jobs: 8 done, 0 failed, 0 skipped", self.jalki("batch", "books/jobs.yaml").stdout)

    def test_tapes_are_read_once(self):
        """What a job read of a tape's columns, those after it have from memory; the bits are those of the commands alone."""
        self.write("""
            jalki_batch: 1
            defaults: {model: MODEL, read: NAME.h5, threads: 2}
            jobs:
              - {name: one, command: value, json: one.json}
              - {name: two, command: value, irr: 0.2, json: two.json, claims: two.csv}
              - {name: bids, command: price, irr: [0.1, 0.2], json: bids.json}
              - {name: lists, command: worklist, json: lists.json}
              - {name: looks, command: inspect, format: json, stdout: looks.json}
        """, "shared.yaml")
        self.jalki("generate", "-n", "12000", "--cutoff", "2026-06-30", "-o", "books/rows.csv")
        for name, level in (("plain", "0"), ("packed", "1")):
            self.jalki("import", "books/rows.csv", "--cutoff", "2026-06-30", "-o", f"books/{name}.h5", "--compress", level)
            with open(os.path.join(self.folder, "books", "shared.yaml"), encoding="utf-8") as file:
                self.write(file.read().replace("NAME", name), f"{name}.yaml")
            own = {"one.json": ["value", "--json", "own"], "two.json": ["value", "--irr", "0.2", "--json", "own"],
                   "two.csv": ["value", "--irr", "0.2", "--claims", "own"], "bids.json": ["price", "--irr", "0.1,0.2", "--json", "own"],
                   "lists.json": ["worklist", "--json", "own"]}
            alone = {}
            for output, (command, *options) in own.items():
                self.jalki(command, f"{name}.h5", "--model", MODEL, *options, folder="books")
                alone[output] = self.read("own")
            alone["looks.json"] = self.jalki("inspect", f"{name}.h5", "--model", MODEL, "--format", "json", folder="books").stdout.encode()
            for jobs, more in (("1", []), ("1", ["--memory", "1M"]), ("3", [])):
                rows = self.rows(self.jalki("batch", f"books/{name}.yaml", "--format", "csv", "--jobs", jobs, *more).stdout)
                for output, text in alone.items():
                    found = self.read(output)
                    if output.endswith(".json") and output != "looks.json":
                        found, text = json.loads(found), json.loads(text)
                        found["manifest"], text["manifest"] = None, None
                    self.assertEqual(found, text, (name, output, jobs, more))
                read = {job: int(row["bytes_read"]) for job, row in rows.items()}
                shared = {job: int(row["bytes_shared"]) for job, row in rows.items()}
                if jobs == "1" and not more:
                    whole = read["one"]
                    self.assertGreater(whole, 12000 * 120)
                    # 24 bytes a claim of columns that --claims alone has; two threads may both read a block of 4,096
                    self.assertLessEqual(read["two"], 24 * (12000 + 4096))
                    self.assertLess(read["bids"], whole / 50)
                    self.assertGreater(shared["bids"], 0.9 * whole)
                elif more:
                    self.assertGreater(read["bids"], whole / 4)  # a mebibyte is soon full
                    self.assertGreater(shared["bids"], 2 ** 19)

    @unittest.skipUnless(shutil.which("strace"), "no strace here")
    def test_the_system_sees_the_same(self):
        """Bytes that the system handed out of the tape, by strace: three valuations take little more than one."""
        self.jalki("generate", "-n", "12000", "--cutoff", "2026-06-30", "-o", "books/seen.h5")
        job = "{{name: job{0}, command: value, read: seen.h5, model: MODEL, irr: 0.1{0}, threads: 1}}"
        for jobs in (1, 3):
            self.write("jalki_batch: 1\njobs: [" + ", ".join(job.format(i) for i in range(jobs)) + "]\n", f"seen{jobs}.yaml")

        def seen(*arguments):
            log = os.path.join(self.folder, "trace")
            result = subprocess.run(["strace", "-f", "-qq", "-y", "-e", "trace=pread64,read", "-o", log, PROGRAM, *arguments], cwd=self.folder,
                                    capture_output=True, text=True, timeout=120)
            if result.returncode != 0 and "ptrace" in result.stderr:
                self.skipTest("strace may not trace here")
            self.assertEqual(result.returncode, 0, result.stderr)
            with open(log, encoding="utf-8", errors="replace") as file:
                return sum(int(count) for count in re.findall(r"read(?:64)?\(\d+<[^>]*seen\.h5>.*\) += (\d+)$", file.read(), re.MULTILINE))
        one, three = seen("batch", "books/seen1.yaml"), seen("batch", "books/seen3.yaml")
        self.assertGreater(one, 12000 * 120)
        self.assertLess(three, 1.2 * one)
        apart = sum(seen("value", "books/seen.h5", "--model", MODEL, "--threads", "1") for _ in range(3))
        self.assertGreater(apart, 2.5 * three)

    def test_variants_and_sums(self):
        self.write(GOOD)
        os.makedirs(os.path.join(self.folder, "pages"), exist_ok=True)
        out = self.jalki("batch", "books/jobs.yaml", "--json", "sum.json", "--page", "pages/all.html", "--title", "Monday").stdout
        with open(os.path.join(self.folder, "sum.json"), encoding="utf-8") as file:
            summary = json.load(file)
        rows = {row["job"]: row for row in summary["rows"]}
        self.assertEqual(rows["value-a-0.10"]["variant"], "value irr 0.10")
        self.assertEqual(rows["late"]["variant"], "value irr 0.2")
        self.assertEqual(rows["quiet"]["variant"], "value sell")
        self.assertEqual(rows["bids"]["variant"], "price")
        sums = {row["variant"]: row for row in summary["sums"]}
        self.assertEqual(list(sums), ["value irr 0.2", "value irr 0.10", "value irr 0.15", "price", "value sell"])
        for key in ("claims", "face", "value", "bid"):
            self.assertEqual(sums["value irr 0.10"][key], rows["value-a-0.10"][key] + rows["value-b-0.10"][key])
        self.assertEqual((sums["value irr 0.10"]["jobs"], sums["value irr 0.10"]["currency"]), (2, "EUR"))
        self.assertIn("Sums", out)
        self.assertRegex(out, r"Columns of tapes: [\d.]+ MB read from files, [\d.]+ MB had from jobs before")
        with open(os.path.join(self.folder, "pages", "all.html"), encoding="utf-8") as file:
            page = file.read()
        self.assertIn("<title>Monday</title>", page)
        figures = json.loads(re.search(r'id="figures">(.*?)</script>', page, re.DOTALL).group(1))
        self.assertEqual({r["reference"] for row in figures["rows"] for r in row["outputs"]},
                         {"../books/" + name for row in figures["rows"] for name in [o["name"] for o in row["outputs"]]})
        self.assertEqual([o["name"] for o in figures["rows"][5]["outputs"]], ["out/bids.csv"])

    def test_order(self):
        """What is read is written before; jobs of one tape stand together."""
        self.write(GOOD)
        lines = self.jalki("batch", "books/jobs.yaml", "--list").stdout.splitlines()
        names = [line.split(":")[0] for line in lines]
        self.assertLess(names.index("make"), names.index("late"))
        self.assertEqual([n for n in names if n not in ("make", "late")],
                         ["value-a-0.10", "value-a-0.15", "quiet", "value-b-0.10", "value-b-0.15", "bids"])
        line = next(line for line in lines if line.startswith("bids"))
        self.assertEqual(line, f"bids: jalki price b.h5 --irr 0.12,0.18 --floor payback=60 --floor multiple=1.2 --format csv "
                               f"--model {MODEL} --cutoff 2026-06-30 > out/bids.csv")

    def test_a_failure_is_named_and_the_rest_finished(self):
        self.write("""
            jalki_batch: 1
            defaults: {model: MODEL}
            jobs:
              - {name: lost, command: value, read: nothing.h5, json: out/lost.json}
              - {name: wrong, command: value, read: a.h5, irr: high, stdout: out/wrong.txt}
              - {name: badly, command: import, read: none.csv, output: later.h5}
              - {name: after, command: value, read: later.h5, output: after.h5}
              - {name: last, command: report, read: after.h5, output: page.html}
              - {name: good, command: value, read: a.h5}
        """)
        done = self.jalki("batch", "books/jobs.yaml", expect=1)
        self.assertIn("6 jobs: 1 done, 3 failed, 2 skipped", done.stdout)
        self.assertRegex(done.stdout, r"lost failed: nothing.h5: cannot open: No such file")
        self.assertRegex(done.stdout, r"wrong failed: .*'high'")
        self.assertIn("after skipped: needs 'badly', which failed", done.stdout)
        self.assertIn("last skipped: needs 'after', which was skipped", done.stdout)
        self.assertIn("lost: nothing.h5: cannot open", done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "books", "out", "wrong.txt")))
        rows = self.rows(self.jalki("batch", "books/jobs.yaml", "--format", "csv", "--quiet", expect=1).stdout)
        self.assertEqual([r["state"] for r in rows.values()], ["failed", "failed", "failed", "skipped", "skipped", "done"])

    def test_figures_that_cannot_be_read(self):
        self.write("""
            jalki_batch: 1
            defaults: {model: MODEL}
            jobs:
              - {name: gone, command: value, read: a.h5, json: /dev/null}
              - {name: good, command: value, read: a.h5}
        """)
        done = self.jalki("batch", "books/jobs.yaml", "--quiet", expect=1)
        self.assertIn("2 jobs: 1 done, 1 failed, 0 skipped", done.stdout)
        self.assertRegex(done.stdout, "gone failed: its figures cannot be read: /dev/null")

    def test_the_page(self):
        """The file of docs/batch.md."""
        with open(os.path.join(SOURCE, "docs", "batch.md"), encoding="utf-8") as page:
            text = page.read().split("```yaml\n")[1].split("```")[0]
        self.write(text.replace("models/nordic.yaml", "MODEL"), "page.yaml")
        os.makedirs(os.path.join(self.folder, "books", "scenarios"), exist_ok=True)
        for name in ("mild", "hard"):
            self.write("- {name: one, recovery: 0.9}\n", f"scenarios/{name}.yaml")
        for name in ("north", "south"):
            self.jalki("generate", "-n", "200", "--cutoff", "2026-06-30", "-o", f"books/{name}.csv")
        self.assertIn("7 jobs: 7 done", self.jalki("batch", "books/page.yaml", "--jobs", "2").stdout)
        self.assertEqual(len(json.loads(self.read("out/south-hard.json"))["returns"]), 6)
        self.assertTrue(self.read("out/north.csv").startswith(b"place,"))

    def test_refused_files(self):
        job = "{name: one, command: value, read: a.h5, model: MODEL}"
        for text, words in (("jalki_batch: 1\njobs: []", "jobs: expected a list of jobs"), ("jobs: [" + job + "]", "`jalki_batch: 1` is missing"),
                            ("jalki_batch: 2\njobs: [" + job + "]", "expected 1, found the number 2"),
                            ("jalki_batch: 1", "the list `jobs` is missing"), ("jalki_batch: 1\njob: []", "unknown key 'job'; expected jobs"),
                            ("jalki_batch: 1\njobs: [{name: x}]", "a job needs a command"),
                            ("jalki_batch: 1\njobs: [{command: value}]", "a job needs a name"),
                            ("jalki_batch: 1\njobs: [{name: x, command: vlue}]", "did you mean 'value'"),
                            ("jalki_batch: 1\njobs: [{name: x, command: batch}]", "is no command for a batch"),
                            ("jalki_batch: 1\njobs: [{name: x, command: value, read: a.h5, iir: 1}]", "has no 'iir'; did you mean 'irr'"),
                            ("jalki_batch: 1\njobs: [{name: x, command: value, sell: maybe}]", "jobs[0].sell: expected true or false"),
                            ("jalki_batch: 1\njobs: [{name: x, command: value, irr: [1, 2]}]", "jobs[0].irr: expected a value, found a list"),
                            ("jalki_batch: 1\njobs: [" + job + ", " + job + "]", "the name 'one' stands twice"),
                            ("jalki_batch: 1\njobs:\n- {name: p, command: value, read: a.h5, json: o.json}\n"
                             "- {name: q, command: value, read: b.h5, json: ./o.json}", ":4: the output 'o.json' stands twice: jobs 'p' and 'q'"),
                            ("jalki_batch: 1\njobs: [{name: '{x}', command: value}]", "{x} is no word of this job"),
                            ("jalki_batch: 1\njobs: [{name: y, each: {x: 3}, command: value}]", "each.x: expected a list of values"),
                            ("jalki_batch: 1\njobs: [{name: y, each: {x: [1, 2]}, command: value}]", "the name 'y' stands twice"),
                            ("jalki_batch: 1\ndefaults: {cort: 1}\njobs: [" + job + "]", "no job has an option 'cort'"),
                            ("jalki_batch: 1\njobs:\n- {name: p, command: value, read: one.h5, output: two.h5}\n"
                             "- {name: q, command: value, read: two.h5, output: one.h5}", "waits for a job that waits for it"),
                            ("jalki_batch: 1\njobs: [{name: p, command: value, read: p.h5, output: p.h5}]", "reads 'p.h5', which it writes"),
                            ("[1", "jobs.yaml")):
            self.write(text)
            error = self.jalki("batch", "books/jobs.yaml", expect=1).stderr
            self.assertIn(words, error, text)
            self.assertIn("jobs.yaml", error)
        self.assertIn("cannot open", self.jalki("batch", "no.yaml", expect=1).stderr)

    def test_ended(self):
        """A batch that is told to end ends what runs, and says what was not run."""
        self.jalki("generate", "-n", "400000", "--cutoff", "2026-06-30", "-o", "books/large.h5")
        self.write("""
            jalki_batch: 1
            defaults: {model: MODEL}
            jobs:
              - {name: long, command: simulate, read: large.h5, paths: 1000000, json: long.json}
              - {name: later, command: value, read: a.h5}
        """)
        with subprocess.Popen([PROGRAM, "batch", "jobs.yaml"], cwd=os.path.join(self.folder, "books"), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertIn("later skipped: the batch was interrupted", out)
        self.assertRegex(out, "long (failed|skipped): ")
        self.assertEqual([f for f in os.listdir(os.path.join(self.folder, "books")) if "long" in f], [])


if __name__ == "__main__":
    unittest.main()
