# SPDX-License-Identifier: Apache-2.0
"""Small files do no large harm: what a packed tape full of bad rows costs is bounded by its size."""
import bz2
import gzip
import lzma
import os
import resource
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["JALKI_PROGRAM"]
HEADER = b"claim_id,debtor_id,country,product,currency,written_off_on,principal\n"


class Bounded(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="jalki-bounded-")
        self.addCleanup(self.folder.cleanup)

    def bring_in(self, rows, *options):
        with gzip.open(os.path.join(self.folder.name, "t.csv.gz"), "wb", 9) as file:
            file.write(HEADER + rows)
        return subprocess.run([PROGRAM, "import", "t.csv.gz", "-o", "t.h5", "--cutoff", "2026-06-30", "--rejects",
                               "r.csv", "--quiet", *options], cwd=self.folder.name, capture_output=True, text=True)

    def size(self, name):
        return os.path.getsize(os.path.join(self.folder.name, name))

    def lines(self, name):
        with open(os.path.join(self.folder.name, name), "rb") as file:
            return file.read().splitlines()

    def test_the_list_is_bounded_and_counts_the_rest(self):
        done = self.bring_in(b",d,,,,,\n" * 500000, "--max-rejects", "100%")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLess(self.size("r.csv"), 17 << 20)
        lines = self.lines("r.csv")
        last = lines[-1].decode()
        self.assertIn("not_listed", last)
        unlisted = int(last.split('"')[5].split()[0])
        self.assertEqual(len(lines) - 2 + unlisted, 500000)

    def test_a_number_ends_the_load(self):
        done = self.bring_in(b",d,,,,,\n" * 2000000, "--max-rejects", "100")
        self.assertEqual(done.returncode, 1)
        self.assertIn("of the first", done.stderr)
        self.assertIn("expected at most 100 rows", done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.folder.name, "t.h5")))
        self.assertLess(self.size("r.csv"), 17 << 20)

    def test_a_share_that_can_still_be_met_is_waited_for(self):
        good = b"".join(b"c%d,d%d,FI,loan,EUR,2026-01-15,500\n" % (i, i) for i in range(30000))
        done = self.bring_in(b",d,,,,,\n" * 2000 + good, "--max-rejects", "10%")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.lines("r.csv")), 2001)

    def test_threads_do_not_show(self):
        rows = b"c1,d1,FI,loan,EUR,2026-01-15,500\n" + b",d,,,,,\n" * 300000
        said = set()
        for threads in ("1", "2", "5"):
            done = self.bring_in(rows, "--max-rejects", "10", "--threads", threads)
            said.add((done.returncode, done.stderr, b"\n".join(self.lines("r.csv"))))
        self.assertEqual(len(said), 1)

    def test_what_unpacks_beyond_measure_is_refused(self):
        rows = HEADER + b"c,d,FI,loan,EUR,2026-01-15,500\n" * 300000
        real = HEADER + b"".join(b"c%d,d%d,FI,loan,EUR,2026-01-15,500\n" % (i, i) for i in range(40000))
        for name, pack in (("t.csv.xz", lambda text: lzma.compress(text, preset=0)), ("t.csv.bz2", bz2.compress)):
            for text, code, words in ((rows, 1, "unpacks to over 1100 times its size"), (real, 0, "")):
                packed = pack(text)
                with open(os.path.join(self.folder.name, name), "wb") as file:
                    file.write(packed)
                done = subprocess.run([PROGRAM, "import", name, "-o", "t.h5", "--cutoff", "2026-06-30", "--quiet",
                                       "--max-rejects", "100%"],
                                      cwd=self.folder.name, capture_output=True, text=True)
                self.assertEqual(done.returncode, code, (name, len(text) / len(packed), done.stderr))
                self.assertIn(words, done.stderr)

    @unittest.skipIf(os.environ.get("JALKI_SANITIZED"), "sanitizers need the address space")
    def test_memory_that_ends_is_told(self):
        with open(os.path.join(self.folder.name, "t.csv"), "wb") as file:
            file.write(HEADER + b"".join(b"c%d,d%d,FI,loan,EUR,2026-01-15,500\n" % (i, i) for i in range(500)))
        for megabytes in range(60, 260, 20):  # the HDF5 library breaks down where it is started without any
            bound = megabytes << 20
            done = subprocess.run([PROGRAM, "import", "t.csv", "-o", "t.h5", "--cutoff", "2026-06-30", "--quiet"],
                                  cwd=self.folder.name, capture_output=True, text=True,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (bound, bound)))
            if "OMP: Error" in done.stderr:  # Clang's OpenMP gives up by itself where no thread fits, and says so
                continue
            self.assertIn(done.returncode, (0, 1, 127), (megabytes, done.stderr))  # 127: not even the libraries fit
            self.assertTrue(done.returncode == 0 or done.stderr, megabytes)

    def test_formulas_in_rejects(self):
        self.bring_in(b"=1+1,d,FI,loan,EUR,2026-01-15,=HYPERLINK(1)\n", "--max-rejects", "100%")
        self.assertIn(b"\"'=HYPERLINK(1)\"", self.lines("r.csv")[1])


if __name__ == "__main__":
    unittest.main()
