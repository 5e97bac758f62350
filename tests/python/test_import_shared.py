# SPDX-License-Identifier: Apache-2.0
"""Imports that are shared out, or go on after they were killed: stores, rejects, counts and messages are those of one run that
reads the files alone. Texts with all that makes it hard to find where a row begins in the middle of a file: cells with line
ends, cells that look like rows, lone quotes, rows longer than a stripe; files joined to others, packed ones, several. Parts and
resuming are tried always; ranks where there is a program with MPI."""
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from launcher import RANKS, InFolder, launcher  # noqa: E402

PROGRAM = os.environ["JALKI_PROGRAM"]
LAUNCHER = launcher()
CUTOFF = ["--cutoff", "2026-06-30", "--max-rejects", "100%"]
JOINED = """sources:
  loan: {recognised_by: [Loan, Principal]}
  relation: {recognised_by: [Loan id, Person], key: Loan id, joined_by: Loan, prefer: {Role: [main, joint]}}
  payments:
    recognised_by: [Paid loan, Paid on]
    key: Paid loan
    joined_by: Loan
    date: Paid on
    aggregates: {paid_12m: {sum: Amount, within_months: 12}}
columns:
  claim_id: Loan
  country: Country
  written_off_on: Written off
  principal: Principal
  debtor_id: {source: relation, column: Person}
  payments_12m: {source: payments, column: paid_12m}
"""


def hard_text(path, source, seed):
    """The rows of a generated tape, some of them with cells that hide where rows end."""
    chance = random.Random(seed)
    with open(source, encoding="utf-8") as file:
        head, *rows = file.read().splitlines()
    out = [head]
    for row in rows:
        cells = row.split(",")
        luck = chance.random()
        if luck < 0.25:
            cells = [f'"{cell}"' for cell in cells]
        elif luck < 0.30:
            cells[5] = '"two\nlines, ""quoted"" ' + "z" * chance.randrange(300) + '"'
        elif luck < 0.32:
            cells[5] = '"a quote that nothing ends'
        elif luck < 0.34:
            cells[11] = "no amount"
        elif luck < 0.36:
            cells[5] = '"' + "\n".join(",".join([f"row {i}", *cells[1:]]) for i in range(chance.randrange(1, 15))) + '"'
        elif luck < 0.365:
            cells[5] = "w" * 70000
        out.append("" if luck > 0.99 else ",".join(cells))
    out[-1000:-1000] = [",".join(["x" * 1_300_000, *rows[0].split(",")[1:]])]
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("\n".join(out))


class Shared(InFolder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        os.environ["SOURCE_DATE_EPOCH"] = "1800000000"
        cls.run_it([PROGRAM, "generate", "-n", 3000, "-o", "plain.csv", "--cutoff", "2026-06-30"])
        hard_text(os.path.join(cls.folder, "hard.csv"), os.path.join(cls.folder, "plain.csv"), 3)
        with open(os.path.join(cls.folder, "plain.csv"), "rb") as text, gzip.open(os.path.join(cls.folder, "packed.csv.gz"), "wb") as packed:
            packed.write(text.read())

    def made(self):
        """The store, the rejects file and nothing else that an import may have left; they are taken away."""
        found = []
        for name in ("made.h5", "made.h5.rejects.csv"):
            path = os.path.join(self.folder, name)
            found.append(None)
            if os.path.exists(path):
                with open(path, "rb") as file:
                    found[-1] = file.read()
                os.remove(path)
        self.assertEqual([n for n in os.listdir(self.folder) if n.startswith("made") or n.startswith(".jalki")], [])
        return found

    def check(self, result, one, files, how):
        self.assertEqual((result.stdout, result.stderr), (one.stdout, one.stderr), how)
        self.assertEqual(self.made(), files, how)

    def check_same(self, *line, parts=(3,), ranks=((3, 1),)):
        line = ["import", *line, "--format", "json"]
        one = self.run_it([PROGRAM, *line, "-o", "made.h5"])
        files = self.made()
        for count in parts:
            names = [f"part{k}.json" for k in range(1, count + 1)]
            for k, name in enumerate(names):
                self.run_it([PROGRAM, *line[:-2], "--part", f"{k + 1}/{count}", "--partial", name, "--threads", 1 + k % 2])
            merged = self.run_it([PROGRAM, "merge", *names, "-o", "made.h5", "--format", "json"])
            self.check(merged, one, files, (line, "parts", count))
        self.check(self.run_it([PROGRAM, *line, "-o", "made.h5", "--resume"]), one, files, (line, "kept"))
        for count, threads in ranks if LAUNCHER is not None else ():
            found = self.run_it([*LAUNCHER, "-n", count, RANKS, *line, "-o", "made.h5", "--threads", threads])
            self.check(found, one, files, (line, "ranks", count))
        return one, files

    def test_rows_that_are_hard_to_find(self):
        one, files = self.check_same("hard.csv", *CUTOFF, parts=(1, 5), ranks=((2, 2), (4, 1)))
        self.assertGreater(json.loads(one.stdout)["rows_accepted"], 2000)
        self.assertIn("row_too_long", json.loads(one.stdout)["rejected"])
        self.assertIsNotNone(files[1])

    def test_several_files(self):
        one, _ = self.check_same("hard.csv", "packed.csv.gz", "plain.csv", *CUTOFF)
        self.assertGreater(json.loads(one.stdout)["rejected"]["duplicate"]["rows"], 3000)

    def test_an_end_before_the_end(self):
        """A load that cannot succeed any more ends early; what it says is of the same rows, however it was shared."""
        chance = random.Random(5)
        with open(os.path.join(self.folder, "plain.csv"), encoding="utf-8") as file:
            head, *rows = file.read().splitlines()
        with open(os.path.join(self.folder, "bad.csv"), "w", encoding="utf-8") as file:
            cells = [row.split(",") for row in rows] * 4
            file.write("\n".join([head, *(",".join([f"b{i}", *row[1:11], "no amount" if chance.random() < 0.5 else row[11], *row[12:]])
                                          for i, row in enumerate(cells))]) + "\n")
        line = ["import", "bad.csv", *CUTOFF[:2], "--format", "json"]
        alone = {}

        def check(command, *rejects):
            """Against one process that was given no more than --rejects."""
            result = self.run_it([*command, *rejects], expect=1)
            error = "".join(text for text in result.stderr.splitlines(keepends=True) if "jalki: " in text)
            error = error.replace(f"rank 0 on {os.uname().nodename}: ", "")
            listed = None
            if rejects:
                with open(os.path.join(self.folder, "bad.txt"), "rb") as file:
                    listed = file.read()
                os.remove(os.path.join(self.folder, "bad.txt"))
            self.assertEqual((result.stdout, error, listed), alone.setdefault(rejects, (result.stdout, error, listed)), command)
            self.assertFalse(os.path.exists(os.path.join(self.folder, "made.h5")))
        for rejects in ((), ("--rejects", "bad.txt")):
            check([PROGRAM, *line, "-o", "made.h5", "--threads", "1"], *rejects)
            check([PROGRAM, *line, "-o", "made.h5", "--threads", "3"], *rejects)
            check([PROGRAM, *line, "-o", "made.h5", "--resume"], *rejects)
            shutil.rmtree(os.path.join(self.folder, "made.h5.resume"), ignore_errors=True)
            for count in (2, 4) if LAUNCHER is not None else ():
                check([*LAUNCHER, "-n", count, RANKS, *line, "-o", "made.h5", "--threads", "1"], *rejects)
        self.assertRegex(alone[()][1], r"\d+ of the first \d+ rows are bad")
        names = [f"bad{k}.json" for k in (1, 2, 3)]
        for k, name in enumerate(names):
            self.run_it([PROGRAM, *line[:4], "--part", f"{k + 1}/3", "--partial", name])
        check([PROGRAM, "merge", *names, "-o", "made.h5", "--format", "json"])

    def test_joined_files(self):
        """A partner that a claim has is known to the one that counts the others, whoever found it."""
        def write(name, head, rows):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write("\n".join([head, *rows]) + "\n")
        write("m.yaml", JOINED, [])
        write("loan.csv", "Loan,Country,Written off,Principal", [f"L{i:07},FI,2020-01-01,{100 + i % 7}.50" for i in range(6000)])
        write("person.csv", "Loan id,Person,Role", [f"L{i:07},P{i // 3},main" for i in range(0, 7000) if i % 11])
        write("paid.csv", "Paid loan,Paid on,Amount", [f"L{i:07},2026-0{1 + i % 6}-10,{i % 50}.25" for i in range(500, 9000, 3)])
        one, _ = self.check_same("loan.csv", "person.csv", "paid.csv", "--mapping", "m.yaml", "--cutoff", "2026-06-30", "--max-unmatched", "50")
        unused = next(f for f in json.loads(one.stdout)["findings"] if f["code"] == "join_unused")  # of what is added up
        self.assertEqual(unused["count"], sum(1 for i in range(500, 9000, 3) if i >= 6000))

    def test_pseudonyms(self):
        with open(os.path.join(self.folder, "key"), "w", encoding="utf-8") as file:
            file.write("k" * 40)
        self.check_same("plain.csv", *CUTOFF, "--pseudonyms", "key")

    def kill_at(self, line, size):
        """Starts a run and kills it when the kept pieces come to so many."""
        folder = os.path.join(self.folder, "made.h5.resume")
        with subprocess.Popen([PROGRAM, *line], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and (not os.path.isdir(folder) or len(os.listdir(folder)) < size):
                time.sleep(0.0005)
            process.send_signal(signal.SIGKILL)
            process.wait()
        return os.path.isdir(folder)

    def test_going_on_after_being_killed(self):
        line = ["import", "hard.csv", "plain.csv", *CUTOFF, "-o", "made.h5"]
        one = self.run_it([PROGRAM, *line])
        files = self.made()
        chance, killed = random.Random(7), 0
        for _ in range(4):
            killed += self.kill_at([*line, "--resume"], chance.randrange(2, 14))
        self.assertGreater(killed, 0)
        folder = os.path.join(self.folder, "made.h5.resume")
        if os.path.isdir(folder):
            self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700)
            pieces = sorted(n for n in os.listdir(folder) if n.startswith("stripe"))
            if pieces:  # one that was changed counts as not there
                with open(os.path.join(folder, pieces[0]), "r+b") as file:
                    file.seek(200)
                    file.write(b"\xff\x00")
        result = self.run_it([PROGRAM, *line, "--resume"])
        self.assertEqual((result.stdout, self.made()), (one.stdout, files))

    def test_what_was_kept_of_another_run(self):
        line = ["import", "plain.csv", *CUTOFF, "-o", "made.h5"]
        self.run_it([PROGRAM, *line])
        files = self.made()
        self.assertTrue(self.kill_at(["import", "hard.csv", *CUTOFF, "-o", "made.h5", "--resume"], 5))
        result = self.run_it([PROGRAM, *line, "--resume"])
        self.assertIn("made.h5.resume was of another run", result.stderr)
        self.assertEqual(self.made(), files)
        os.mkdir(os.path.join(self.folder, "made.h5.resume"), 0o755)
        self.assertIn("no folder of this user alone", self.run_it([PROGRAM, *line, "--resume"], expect=1).stderr)
        shutil.rmtree(os.path.join(self.folder, "made.h5.resume"))
        self.assertIn("a part that was lost is run again", self.run_it(
            [PROGRAM, *line[:-2], "--resume", "--part", "1/2", "--partial", "x.json"], expect=2).stderr)
        self.assertIn("--output T.h5 is needed", self.run_it([PROGRAM, *line[:-2]], expect=2).stderr)


if __name__ == "__main__":
    if LAUNCHER is None:
        print("skipped: imports on ranks, as there is no jalki-mpi here (JALKI_MPI=ON) or no mpirun")
    unittest.main()
