# SPDX-License-Identifier: Apache-2.0
"""--resume of simulate and fit: a run that is killed at random moments and started again, as often as it takes, comes to the bits of
one that was let be; what another run kept, or what was changed, is not taken. On ranks, too, where there is a program with MPI.
(Of imports: test_import_shared.)"""
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
SOURCE = os.environ["JALKI_SOURCE"]
MODEL = os.path.join(SOURCE, "models", "nordic.yaml")
LAUNCHER = launcher()


class Resume(InFolder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_it([PROGRAM, "generate", "-n", 150, "-o", "t.h5", "--cutoff", "2026-06-30"])
        cls.run_it([PROGRAM, "generate", "-n", 100, "-o", "other.h5", "--cutoff", "2026-06-30", "--seed", 2])
        cls.run_it([PROGRAM, "generate", "-n", 120, "--panel", "--months", "24", "--model", MODEL, "-o", "p.h5"])

    def take(self, names):
        """The files, which are taken away."""
        found = []
        for name in names:
            with open(os.path.join(self.folder, name), "rb") as file:
                found.append(file.read())
            os.remove(os.path.join(self.folder, name))
        return found

    def kept(self, output):
        folder = os.path.join(self.folder, output + ".resume")
        return sorted(n for n in os.listdir(folder) if n != "run") if os.path.isdir(folder) else None

    def kill_at(self, command, output, pieces):
        """Starts a run and kills it, with all its ranks, once so many pieces are kept; returns how many were."""
        with subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as process:
            while process.poll() is None and len(self.kept(output) or []) < pieces:
                time.sleep(0.001)
            os.killpg(process.pid, signal.SIGKILL) if process.poll() is None else None
            process.wait()
        return len(self.kept(output) or [])

    def check_goes_on(self, line, output, names, moments):
        one = self.run_it([PROGRAM, *line]).stdout
        files = self.take(names)
        seen = 0
        for pieces in moments:
            pieces = self.kill_at([PROGRAM, *line, "--resume", "--threads", "1"], output, pieces)
            self.assertGreaterEqual(pieces, seen)
            seen = pieces
            for name in names:
                self.assertFalse(os.path.exists(os.path.join(self.folder, name)))
        self.assertGreater(seen, 1)
        self.assertEqual(os.stat(os.path.join(self.folder, output + ".resume")).st_mode & 0o777, 0o700)
        with open(os.path.join(self.folder, output + ".resume", self.kept(output)[-1]), "r+b") as file:
            file.seek(100)
            file.write(b"\x01\x02\x03")  # a piece that was changed is made again
        result = self.run_it([PROGRAM, *line, "--resume"])
        self.assertEqual(result.stdout, one)
        self.assertIn("pieces of an earlier run were taken up", result.stderr)
        self.assertEqual(self.take(names), files)
        self.assertIsNone(self.kept(output))

    def test_simulate(self):
        chance = random.Random(1)
        line = ["simulate", "t.h5", "--model", MODEL, "--no-own-risk", "--paths", "2000", "--json", "s.json"]
        self.check_goes_on(line, "s.json", ["s.json"], sorted(chance.sample(range(1, 14), 3)))

    def test_fit(self):
        chance = random.Random(2)
        line = ["fit", "p.h5", "--model", MODEL, "-o", "m.yaml", "--json", "f.json"]
        self.check_goes_on(line, "m.yaml", ["m.yaml", "m.covariance.json", "f.json"], sorted(chance.sample(range(1, 16), 3)))

    def test_another_run(self):
        line = ["simulate", "t.h5", "--model", MODEL, "--no-own-risk", "--paths", "2000", "--json", "a.json"]
        for other in (["simulate", "other.h5", *line[2:]], [*line, "--seed", "2"]):
            self.assertGreater(self.kill_at([PROGRAM, *other, "--resume"], "a.json", 2), 1)
            result = self.run_it([PROGRAM, *line[:6], "300", *line[7:], "--resume"])
            self.assertIn("a.json.resume was of another run (other files, options or version): begun anew", result.stderr)
            self.run_it([PROGRAM, *line[:6], "300", "--json", "b.json"])
            self.assertEqual(*self.take(["a.json", "b.json"]))

    def test_what_is_refused(self):
        line = ["simulate", "t.h5", "--model", MODEL, "--resume"]
        self.assertIn("--resume is about --json", self.run_it([PROGRAM, *line], expect=2).stderr)
        self.assertIn("--json FILE", self.run_it([PROGRAM, *line, "--json", "-"], expect=2).stderr)
        self.assertIn("--resume is about --output", self.run_it([PROGRAM, "fit", "p.h5", "--model", MODEL, "--resume"], expect=2).stderr)
        os.symlink("/tmp", os.path.join(self.folder, "r.json.resume"))
        self.assertIn("no folder of this user alone", self.run_it([PROGRAM, *line, "--json", "r.json"], expect=1).stderr)

    @unittest.skipIf(LAUNCHER is None, "no jalki-mpi here (JALKI_MPI=ON), or no mpirun")
    def test_ranks(self):
        line = ["simulate", "t.h5", "--model", MODEL, "--no-own-risk", "--paths", "40000", "--json", "n.json"]
        self.run_it([PROGRAM, *line])
        files = self.take(["n.json"])
        ranks = [*LAUNCHER, "-n", "3", RANKS, *line, "--resume", "--threads", "1"]
        for _ in range(5):
            self.assertGreater(self.kill_at(ranks, "n.json", 3), 2)
            time.sleep(0.5)  # ranks see that mpirun is gone
            for _ in range(100):
                result = subprocess.run([str(c) for c in ranks], cwd=self.folder, capture_output=True, text=True, timeout=120)
                if "is in use" not in result.stderr:
                    break
                time.sleep(0.1)
            self.assertEqual(result.returncode, 0, result.stderr)
            if "taken up" in result.stderr:
                break
            os.unlink(os.path.join(self.folder, "n.json"))  # its ranks had ended their work before they saw it
        self.assertIn("taken up", result.stderr)
        self.assertEqual(self.take(["n.json"]), files)


if __name__ == "__main__":
    if LAUNCHER is None:
        print("skipped: going on with ranks, as there is no jalki-mpi here (JALKI_MPI=ON) or no mpirun")
    unittest.main()
