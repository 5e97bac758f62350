# SPDX-License-Identifier: Apache-2.0
"""Ranks of MPI: every command that shares its work gives the bits of one process, for 1 to 4 ranks and 1 to 2 threads; a rank that
fails, or is killed, ends all within seconds, is named, and leaves old outputs whole and nothing half; what is wrong for all
ranks is said once. Skipped, aloud, where there is no program with MPI or no mpirun."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.environ["JALKI_PROGRAM"]
RANKS = os.environ.get("JALKI_RANKS_PROGRAM") or os.path.join(os.path.dirname(PROGRAM), "jalki-mpi")
SOURCE = os.environ["JALKI_SOURCE"]
MODEL = os.path.join(SOURCE, "models", "nordic.yaml")
SCENARIOS = os.path.join(SOURCE, "data", "scenarios", "nordic.yaml")


def launcher():
    """mpirun of the MPI that the program was built with, and what it needs here."""
    features = subprocess.run([RANKS, "version", "--features"], capture_output=True, text=True, check=True).stdout
    if re.search("^mpi +yes +Open MPI", features, re.MULTILINE):
        names, options = ("mpirun.openmpi", "mpirun"), ["--oversubscribe", "--allow-run-as-root"]
    else:
        names, options = ("mpirun.mpich", "mpiexec.hydra", "mpirun"), []
    found = next((path for name in names if (path := shutil.which(name))), None)
    return [found, *options] if found else None


if not os.path.exists(RANKS):
    print("skipped: no jalki-mpi here (a build with JALKI_MPI=ON, and libopenmpi-dev or libmpich-dev)")
    sys.exit(77)
LAUNCHER = launcher()
if LAUNCHER is None:
    print("skipped: no mpirun here (openmpi-bin or mpich)")
    sys.exit(77)


class Ranks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory()
        cls.folder = cls.home.name
        cls.run_it(cls, [PROGRAM, "generate", "-n", "5000", "-o", "t.h5", "--cutoff", "2026-06-30"])

    @classmethod
    def tearDownClass(cls):
        cls.home.cleanup()

    def run_it(self, command, expect=0):
        result = subprocess.run([str(c) for c in command], cwd=self.folder, capture_output=True, text=True, timeout=120)
        assert result.returncode == expect, (command, result.returncode, result.stdout, result.stderr)
        return result

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def files(self):
        return sorted(os.listdir(self.folder))

    def ranks(self, count, *line, expect=0):
        return self.run_it([*LAUNCHER, "-n", count, RANKS, *line], expect=expect)

    def check_same(self, counts, *line, endings=()):
        def outputs(prefix):
            return [f for option, ending in endings for f in (option, prefix + ending)]

        one = self.run_it([PROGRAM, *line, *outputs("one")]).stdout
        for count, threads in counts:
            found = self.ranks(count, *line, *outputs("all"), "--threads", threads).stdout
            self.assertEqual(found, one, (line, count, threads))
            for _, ending in endings:
                self.assertEqual(self.read("all" + ending), self.read("one" + ending), (line, count, threads, ending))
        self.assertEqual([f for f in self.files() if f.startswith(".")], [])

    def test_value(self):
        self.check_same([(1, 1), (2, 2), (3, 1), (4, 1)], "value", "t.h5", "--model", MODEL, "--sell", endings=[
            ("--json", ".json"), ("--claims", ".csv"), ("-o", ".h5"), ("--cashflow", ".flow.csv"), ("--xlsx", ".xlsx")])
        self.run_it([PROGRAM, "verify", "all.h5"])

    def test_price(self):
        self.check_same([(3, 2)], "price", "t.h5", "--model", MODEL, "--irr", "0.1,0.15", "--floor", "payback=60", "--scenarios", SCENARIOS,
                        endings=[("--json", ".json")])
        self.check_same([(4, 1)], "price", "t.h5", "--model", MODEL, endings=[("--claims", ".shares.csv")])

    def test_scenario(self):
        self.check_same([(2, 1)], "scenario", "t.h5", "--model", MODEL, "--scenarios", SCENARIOS,
                        endings=[("--json", ".json"), ("--claims", ".csv")])

    def test_decide(self):
        self.check_same([(3, 1)], "decide", "t.h5", "--model", MODEL, "--court-budget", "20000", "--agent-hours", "400", "--max", "legal=200",
                        endings=[("--json", ".json"), ("--claims", ".csv"), ("-o", ".h5")])

    def test_worklist(self):
        self.check_same([(4, 1)], "worklist", "t.h5", "--model", MODEL, "--top", "200", endings=[("--json", ".json")])

    def test_hours_and_a_challenger(self):
        """Several passes, each of which needs what the one before came to; and a second model, which sees all claims."""
        self.check_same([(3, 1)], "value", "t.h5", "--model", MODEL, "--agent-hours", "300", endings=[("--json", ".json"), ("--claims", ".csv")])
        self.check_same([(3, 1)], "value", "t.h5", "--model", MODEL, "--challenger", os.path.join(SOURCE, "models", "nordic.yaml"),
                        endings=[("--json", ".json"), ("--claims", ".csv")])

    def test_simulate(self):
        self.check_same([(3, 2), (4, 1)], "simulate", "t.h5", "--model", MODEL, "--paths", "300", endings=[("--json", ".json")])

    def test_fit(self):
        self.run_it([PROGRAM, "generate", "-n", "600", "--panel", "--months", "24", "--model", MODEL, "-o", "p.h5"])
        self.run_it([PROGRAM, "fit", "p.h5", "--model", MODEL, "-o", "fitted.yaml", "--json", "fitted.json"])
        one = [self.read(name) for name in ("fitted.yaml", "fitted.covariance.json", "fitted.json")]
        self.ranks(3, "fit", "p.h5", "--model", MODEL, "-o", "fitted.yaml", "--json", "fitted.json", "--threads", "1")
        self.assertEqual([self.read(name) for name in ("fitted.yaml", "fitted.covariance.json", "fitted.json")], one)

    def test_what_is_not_shared_is_done_by_one(self):
        self.check_same([(2, 1)], "inspect", "t.h5", "--format", "json")
        self.ranks(3, "generate", "-n", "400", "-o", "made.h5", "--cutoff", "2026-06-30")
        self.run_it([PROGRAM, "generate", "-n", "400", "-o", "own.h5", "--cutoff", "2026-06-30"])
        self.assertEqual(self.read("made.h5"), self.read("own.h5"))

    def test_what_is_wrong_for_all_is_said_once(self):
        error = self.run_it([*LAUNCHER, "-n", "3", RANKS, "value", "nothing.h5", "--model", MODEL], expect=1).stderr
        self.assertEqual(error.count("nothing.h5: cannot open"), 1, error)
        error = self.run_it([*LAUNCHER, "-n", "3", RANKS, "value", "t.h5", "--modell", MODEL], expect=2).stderr
        self.assertEqual(error.count("no such option"), 1, error)
        error = self.run_it([*LAUNCHER, "-n", "2", RANKS, "value", "t.h5", "--model", MODEL, "--cutoff", "2001-01-01"], expect=1).stderr
        own = self.run_it([PROGRAM, "value", "t.h5", "--model", MODEL, "--cutoff", "2001-01-01"], expect=1).stderr
        self.assertIn(own.strip(), error)  # counted over all ranks, the first claim named
        error = self.run_it([*LAUNCHER, "-n", "2", RANKS, "value", "t.h5", "--model", MODEL, "--part", "1/2", "--partial", "p.json"],
                            expect=2).stderr
        self.assertIn("ranks share the work already", error)

    # ---- what is lost ---------------------------------------------------------------------------------------------

    def script(self, text):
        """A program whose ranks differ, by $rank."""
        path = os.path.join(self.folder, "rank.sh")
        with open(path, "w") as file:
            file.write("#!/bin/bash\nrank=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}\n" + text)
        os.chmod(path, 0o755)
        return path

    def test_a_rank_that_fails_is_named(self):
        os.makedirs(os.path.join(self.folder, "elsewhere"), exist_ok=True)
        script = self.script('[ "$rank" != 2 ] || cd elsewhere\nexec "$@"\n')
        with open(os.path.join(self.folder, "old.csv"), "w") as file:
            file.write("what was there\n")
        before = self.files()
        began = time.monotonic()
        result = subprocess.run([*LAUNCHER, "-n", "3", script, RANKS, "value", "t.h5", "--model", MODEL, "--claims", "old.csv"],
                                cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertNotEqual(result.returncode, 0)
        self.assertLess(time.monotonic() - began, 30)  # seconds, on a machine that is busy with other things
        self.assertRegex(result.stderr, r"rank 2 on \S+: jalki: t.h5: cannot open")
        self.assertEqual((self.read("old.csv"), self.files()), (b"what was there\n", before))

    def test_a_rank_that_is_killed(self):
        script = self.script('echo $$ >pid.$rank\nexec "$@"\n')
        self.run_it([PROGRAM, "generate", "-n", "200000", "-o", "large.h5", "--cutoff", "2026-06-30"])
        for victim in (0, 1):
            with open(os.path.join(self.folder, "old.json"), "w") as file:
                file.write("what was there\n")
            line = [*LAUNCHER, "-n", "3", script, RANKS, "price", "large.h5", "--model", MODEL, "--irr",
                    ",".join(str(0.05 + 0.01 * i) for i in range(30)), "--json", "old.json"]
            with subprocess.Popen(line, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                pid = os.path.join(self.folder, f"pid.{victim}")
                while not (os.path.exists(pid) and self.read(f"pid.{victim}").endswith(b"\n")):
                    time.sleep(0.01)
                time.sleep(0.7)
                killed = int(self.read(f"pid.{victim}"))
                os.kill(killed, signal.SIGKILL)
                began = time.monotonic()
                out, error = process.communicate(timeout=60)
            self.assertNotEqual(process.returncode, 0)
            self.assertLess(time.monotonic() - began, 20)
            self.assertRegex(out + error, rf"rank {victim} with PID \d+ on node|PID {killed} RUNNING AT")  # Open MPI, MPICH
            self.assertEqual(self.read("old.json"), b"what was there\n")
            for name in [f for f in self.files() if f.startswith("pid.")]:
                os.remove(os.path.join(self.folder, name))
        self.assertEqual([f for f in self.files() if f.startswith(".jalki")], [])


if __name__ == "__main__":
    unittest.main()
