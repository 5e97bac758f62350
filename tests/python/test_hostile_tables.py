# SPDX-License-Identifier: Apache-2.0
"""Tables that strangers send as workbooks, data bases and Parquet files: a small file does no large harm, a view of a
data base is no program that may do what it likes, and a file is what its own bytes say, whatever its name and its
folder look like."""
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

import workbook

PROGRAM = os.environ["JALKI_PROGRAM"]
NAMES = ("claim_id", "debtor_id", "country", "product", "currency", "written_off_on", "principal")
HEAD = workbook.row(1, *(workbook.text(f"{chr(65 + i)}1", name) for i, name in enumerate(NAMES)))
SECONDS, KILOBYTES = 60, 400 << 10  # of the processor, of memory


def claim(i):
    return f"C{i}", f"D{i}", "FI", "loan", "EUR", "2024-01-01", 100 + i


class Tables(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="jalki-tables-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_bounded(self, *arguments):
        with open(self.path("out"), "w+") as out, open(self.path("err"), "w+") as err:
            process = subprocess.Popen([PROGRAM, *arguments, "--quiet"], cwd=self.folder, stdout=out, stderr=err,
                                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)))
            _, state, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(state)
            if not os.environ.get("JALKI_SANITIZED"):
                self.assertLess(used.ru_maxrss, KILOBYTES, arguments)
            for file in (out, err):
                file.seek(0)
            return subprocess.CompletedProcess(arguments, process.returncode, out.read(), err.read())

    def bring_in(self, name):
        return self.run_bounded("import", name, "-o", "t.h5", "--cutoff", "2026-06-30", "--max-rejects", "100%")

    def refuse(self, name, words):
        done = self.bring_in(name)
        self.assertEqual(done.returncode, 1, (name, done))
        self.assertIn(words, done.stderr)
        self.assertFalse(os.path.exists(self.path("t.h5")))

    def holds(self, claims, balance):
        done = self.run_bounded("inspect", "t.h5", "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)
        self.assertEqual((found["claims"], found["currencies"]["EUR"]["balance"]), (claims, balance))

    # ---- workbooks

    def write(self, rows, texts=()):
        workbook.write(self.path("t.xlsx"), {"S": HEAD + rows}, dimension=None, texts=texts)

    def test_one_text_named_many_times(self):
        self.write("".join(workbook.row(i, workbook.shared(f"A{i}", 0)) for i in range(2, 2000)), ["<t>" + "a" * 900000 + "</t>"])
        self.refuse("t.xlsx", "over 1100 times")

    def test_texts_without_measure(self):
        self.write(workbook.row(2, workbook.shared("A2", 0)), ["<t>" + "a" * 30000 + "</t>"] * 5000)
        self.refuse("t.xlsx", "the texts of its cells take")
        self.write(workbook.row(2, workbook.shared("A2", 0)), [""] * (12 << 20))  # nothing but their places
        self.refuse("t.xlsx", "the texts of its cells take")

    def test_tags_and_comments_without_end(self):
        for beginning, end in (("<row r=\"", "\"></row>"), ("<!--", "-->"), ("<?a ", "?>")):
            self.write(beginning + "1" * (40 << 20) + end)
            self.refuse("t.xlsx", "a tag that does not end")

    def test_depth(self):
        self.write("<a>" * 200000)
        self.refuse("t.xlsx", "too deep")

    def test_a_large_workbook_of_claims_is_read(self):
        texts = [f"<t>claim number {i} of {'many' * 20}</t>" for i in range(4000)]
        cells = [workbook.row(i + 2, *(workbook.text(f"{chr(65 + c)}{i + 2}", value) if c < 6 else workbook.number(f"G{i + 2}", value)
                                       for c, value in enumerate(claim(i))), workbook.shared(f"H{i + 2}", i)) for i in range(4000)]
        self.write("".join(cells), texts)
        done = self.bring_in("t.xlsx")
        self.assertEqual(done.returncode, 0, done.stderr)

    # ---- data bases

    def base(self, *statements, name="t.sqlite"):
        connection = sqlite3.connect(self.path(name))
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def test_views_without_end(self):
        numbers = "with recursive n (i) as (select 1 union all select i + 1 from n)"
        rows = ", ".join(f"'x' || i as {name}" for name in NAMES)
        for k, (view, words) in enumerate(((f"{numbers} select {rows} from n", "over 1100 times"),
                                           (f"{numbers} select count(*) as claim_id from n", "computes without end"),
                                           ("select hex(zeroblob(400000000)) as claim_id", "too big"),
                                           ("select load_extension('./x.so') as claim_id", "load_extension"))):
            self.base(f"create view claims as {view}", name=f"{k}.sqlite")
            self.refuse(f"{k}.sqlite", words)

    def test_reading_makes_no_file(self):
        for name in ("t.sqlite", "a%20?b#c.sqlite"):
            folder = self.path("of " + name)
            os.mkdir(folder)
            self.base("pragma journal_mode = wal", f"create table t ({', '.join(NAMES)})", f"insert into t values {claim(1)}",
                      name=os.path.join(folder, name))
            done = self.bring_in(os.path.join(folder, name))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(os.listdir(folder), [name])

    def test_what_was_written_last_is_read(self):
        connection = sqlite3.connect(self.path("o.sqlite"))
        connection.execute("pragma journal_mode = wal")
        connection.execute(f"create table t ({', '.join(NAMES)})")
        connection.executemany("insert into t values (?, ?, ?, ?, ?, ?, ?)", [claim(i) for i in range(4)])
        connection.commit()
        os.mkdir(self.path("copy"))
        for end in ("", "-wal"):
            shutil.copy(self.path("o.sqlite" + end), self.path("copy"))
        connection.close()
        done = self.bring_in("copy/o.sqlite")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.holds(4, 406)

    # ---- Parquet

    def test_a_parquet_file_is_itself(self):
        made = self.run_bounded("version", "--format", "json")
        if '"duckdb": true' not in made.stdout:
            self.skipTest("no DuckDB")
        for name, first, count in (("p*.parquet", 1, 3), ("pq.parquet", 50, 5)):
            with open(self.path("t.csv"), "w") as file:
                file.write("\n".join(",".join(map(str, row)) for row in (NAMES, *(claim(first + i) for i in range(count)))) + "\n")
            self.assertEqual(subprocess.run([PROGRAM, "import", "t.csv", "-o", "s.h5", "--cutoff", "2026-06-30", "--quiet"],
                                            cwd=self.folder, capture_output=True).returncode, 0)
            self.assertEqual(subprocess.run([PROGRAM, "sql", "s.h5", "from tape", "-o", name, "--quiet"], cwd=self.folder, capture_output=True).returncode, 0)
        os.mkdir(self.path("principal=7"))
        shutil.copy(self.path("p*.parquet"), self.path("principal=7/[x]'.parquet"))
        said = set()
        for name in ("p*.parquet", "principal=7/[x]'.parquet"):
            done = subprocess.run([PROGRAM, "import", name, "-o", "t.h5", "--cutoff", "2026-06-30", "--format", "json"],
                                  cwd=self.folder, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.holds(3, 306)
            said.add(done.stdout.replace(name, ""))
        self.assertEqual(len(said), 1)


if __name__ == "__main__":
    unittest.main()
