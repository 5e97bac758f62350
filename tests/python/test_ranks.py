# SPDX-License-Identifier: Apache-2.0
"""Ranks of MPI: every command that shares its work gives the bits of one process, for 1 to 4 ranks and 1 to 2 threads; a rank that
fails, or is killed, ends all within seconds, is named, and leaves old outputs whole and nothing half; what is wrong for all
ranks is said once. Skipped, aloud, where there is no program with MPI or no mpirun."""
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
SOURCE = os.environ["JALKI_SOURCE"]
MODEL = os.path.join(SOURCE, "models", "nordic.yaml")


if not os.path.exists(RANKS):
    print("skipped: no jalki-mpi here (a build with JALKI_MPI=ON, and libopenmpi-dev or libmpich-dev)")
    sys.exit(77)
LAUNCHER = launcher()
if LAUNCHER is None:
    print("skipped: no mpirun here (openmpi-bin or mpich)")
    sys.exit(77)


class Ranks(InFolder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_it([PROGRAM, "generate", "-n", "1300", "-o", "t.h5", "--cutoff", "2026-06-30"])
        cls.run_it([PROGRAM, "generate", "-n", "400", "-o", "s.h5", "--cutoff", "2026-06-30"])
        cls.run_it([PROGRAM, "generate", "-n", "250", "--panel", "--months", "18", "--model", MODEL, "-o", "p.h5"])
        with open(cls.path("two.yaml"), "w", encoding="utf-8") as file:
            file.write("- {name: mild, recovery: 0.9}\n- {name: slow, breakage: 0.2, recovery: [[0, 0.8], [24, 1.0]]}\n")

    def ranks(self, count, *line, expect=0):
        return self.run_it([*LAUNCHER, "-n", count, RANKS, *line], expect=expect)

    def check_same(self, counts, *line, endings=()):
        def outputs(prefix):
            return [f for option, ending in endings for f in (option, prefix + ending)]

        one = self.run_it([PROGRAM, *line, *outputs("one")]).stdout
        for count, threads in counts[-1:] if os.environ.get("JALKI_FEW_CASES") else counts:
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
        self.check_same([(3, 2)], "price", "t.h5", "--model", MODEL, "--irr", "0.1,0.15", "--floor", "payback=60", "--scenarios", "two.yaml",
                        endings=[("--json", ".json")])
        self.check_same([(4, 1)], "price", "t.h5", "--model", MODEL, endings=[("--claims", ".shares.csv")])

    def test_scenario(self):
        self.check_same([(2, 1)], "scenario", "t.h5", "--model", MODEL, "--scenarios", "two.yaml",
                        endings=[("--json", ".json"), ("--claims", ".csv")])

    def test_decide(self):
        self.check_same([(3, 1)], "decide", "t.h5", "--model", MODEL, "--court-budget", "5000", "--agent-hours", "100", "--max", "legal=60",
                        endings=[("--json", ".json"), ("--claims", ".csv"), ("-o", ".h5")])

    def test_worklist(self):
        self.check_same([(4, 1)], "worklist", "t.h5", "--model", MODEL, "--top", "200", endings=[("--json", ".json")])

    def test_hours_and_a_challenger(self):
        """Several passes, each of which needs what the one before came to; and a second model, which sees all claims."""
        self.check_same([(2, 1)], "value", "s.h5", "--model", MODEL, "--agent-hours", "25", endings=[("--json", ".json"), ("--claims", ".csv")])
        self.check_same([(3, 1)], "value", "s.h5", "--model", MODEL, "--challenger", os.path.join(SOURCE, "models", "nordic.yaml"),
                        endings=[("--json", ".json"), ("--claims", ".csv")])

    def test_simulate(self):
        self.check_same([(3, 2)], "simulate", "s.h5", "--model", MODEL, "--paths", "100", endings=[("--json", ".json")])
        self.check_same([(4, 1)], "simulate", "s.h5", "--model", MODEL, "--paths", "100", "--no-own-risk", endings=[("--json", ".json")])

    def test_fit(self):
        self.run_it([PROGRAM, "fit", "p.h5", "--model", MODEL, "-o", "fitted.yaml", "--json", "fitted.json"])
        one = [self.read(name) for name in ("fitted.yaml", "fitted.covariance.json", "fitted.json")]
        self.ranks(3, "fit", "p.h5", "--model", MODEL, "-o", "fitted.yaml", "--json", "fitted.json", "--threads", "1")
        self.assertEqual([self.read(name) for name in ("fitted.yaml", "fitted.covariance.json", "fitted.json")], one)

    def test_backtest(self):
        self.check_same([(3, 2)], "backtest", "p.h5", "--model", MODEL, "--model", MODEL, "--holdout", "40",
                        endings=[("--json", ".json"), ("--html", ".html")])
        self.check_same([(4, 1)], "backtest", "p.h5", "--model", MODEL, "--horizon", "6,12", "--landmark", "6", endings=[("--json", ".json")])

    def test_report(self):
        self.run_it([PROGRAM, "value", "t.h5", "--model", MODEL, "-o", "r.h5"])
        self.check_same([(3, 2)], "report", "r.h5", "-o", "page.html", "--scenarios", "two.yaml", "--paths", "100", endings=[("--json", ".json")])
        page = self.read("page.html")
        self.run_it([PROGRAM, "report", "r.h5", "-o", "page.html", "--scenarios", "two.yaml", "--paths", "100"])
        self.assertEqual(self.read("page.html"), page)

    def test_report_that_prices_again(self):
        """Its page keeps a sample of the claims, the same whoever saw which of them."""
        self.run_it([PROGRAM, "value", "t.h5", "--model", MODEL, "-o", "again.h5"])
        line = ["report", "again.h5", "-o", "again.html", "--scenarios", "two.yaml", "--paths", "100", "--reprice", "400"]
        self.run_it([PROGRAM, *line])
        page = self.read("again.html")
        self.ranks(3, *line, "--threads", "1")
        self.assertEqual(self.read("again.html"), page)

    def test_compare(self):
        self.run_it([PROGRAM, "generate", "-n", "1500", "-o", "later.h5", "--cutoff", "2026-12-31"])
        shutil.copytree(os.path.join(SOURCE, "models"), os.path.join(self.folder, "models"))
        with open(os.path.join(self.folder, "models", "nordic.yaml"), "a", encoding="utf-8") as file:
            file.write("# another model, so that its step has a valuation of its own\n")
        self.check_same([(2, 1), (4, 2)], "compare", "t.h5", "later.h5", "--model", MODEL, "--model-b", "models/nordic.yaml", "--irr", "0.1", "--irr-b", "0.2", "--by", "product",
                        endings=[("--json", ".json"), ("--claims", ".csv"), ("--page", ".html")])

    def test_lists_beside_tapes(self):
        """Payments and actions: each rank reads them for itself."""
        for name, row in (("pay.csv", "claim_id,paid_on,amount\nC0000000003,2026-07-20,12.50\n"),
                          ("act.csv", "claim_id,from_date,treatment\nC0000000003,2026-06-20,amicable\n")):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(row)
        self.run_it([PROGRAM, "generate", "-n", "1500", "-o", "after.h5", "--cutoff", "2026-12-31"])
        self.check_same([(2, 1)], "compare", "t.h5", "after.h5", "--model", MODEL, "--payments", "pay.csv", endings=[("--json", ".json")])
        self.check_same([(2, 1)], "worklist", "t.h5", "--model", MODEL, "--done", "act.csv", endings=[("--json", ".json")])
        self.check_same([(2, 1)], "panel", "t.h5", "after.h5", "--payments", "pay.csv", "--actions", "act.csv", "--treatment", "surveil",
                        endings=[("-o", ".h5")])

    def test_inspect(self):
        self.run_it([PROGRAM, "generate", "-n", "40000", "-o", "blocks.h5"])  # three blocks
        self.check_same([(2, 1)], "inspect", "blocks.h5", "--by", "country", "--format", "json")

    def test_what_is_not_shared_is_done_by_one(self):
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
        """At random moments of commands that exchange sums, rows and paths (JALKI_KILLS: how often)."""
        script = self.script('echo $$ >pid.$rank\nexec "$@"\n')
        self.run_it([PROGRAM, "generate", "-n", "200000", "-o", "large.h5", "--cutoff", "2026-06-30"])
        lines = [["price", "large.h5", "--model", MODEL, "--irr", ",".join(str(0.05 + 0.01 * i) for i in range(30)), "--json", "old.json"],
                 ["simulate", "large.h5", "--model", MODEL, "--paths", "20000", "--json", "old.json"],
                 ["value", "large.h5", "--model", MODEL, "--full", "--agent-hours", "1000", "-o", "old.h5", "--claims", "old.csv", "--json", "old.json"]]
        chance = random.Random(11)
        for kill in range(int(os.environ.get("JALKI_KILLS", "2"))):
            victim, moment = chance.randrange(3), chance.uniform(0.2, 1.0)
            for name in ("old.json", "old.h5", "old.csv"):
                with open(os.path.join(self.folder, name), "w") as file:
                    file.write("what was there\n")
            with subprocess.Popen([*LAUNCHER, "-n", "3", script, RANKS, *lines[kill % len(lines)], "--threads", "1"], cwd=self.folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                pid = os.path.join(self.folder, f"pid.{victim}")
                while not (os.path.exists(pid) and self.read(f"pid.{victim}").endswith(b"\n")):
                    time.sleep(0.01)
                time.sleep(moment)
                killed = int(self.read(f"pid.{victim}"))
                os.kill(killed, signal.SIGKILL)
                began = time.monotonic()
                out, error = process.communicate(timeout=60)
            self.assertNotEqual(process.returncode, 0)
            self.assertLess(time.monotonic() - began, 20)
            # Open MPI names the rank; MPICH a process and its host, which may be one of those that it ended for the killed one's sake
            ours = "|".join(self.read(f).decode().strip() for f in self.files() if f.startswith("pid."))
            self.assertRegex(out + error, rf"rank {victim} with PID \d+ on node|PID ({ours}) RUNNING AT \S")
            self.assertEqual({self.read(name) for name in ("old.json", "old.h5", "old.csv")}, {b"what was there\n"})
            for name in [f for f in self.files() if f.startswith("pid.")]:
                os.remove(os.path.join(self.folder, name))
        with open(os.path.join(self.folder, "swept"), "w") as file:  # what a rank had begun goes with the next file
            file.write("")
        self.run_it([PROGRAM, "value", "t.h5", "--model", MODEL, "--json", "swept"])
        self.assertEqual([f for f in self.files() if f.startswith(".jalki")], [])

    # ---- memory, and who adds what --------------------------------------------------------------------------------

    def test_sums_by_owner(self):
        """The exchange between owners, which is for millions of debtors, on few of them."""
        os.environ["JALKI_EXCHANGE_OVER"] = "0"
        try:
            self.check_same([(4, 1)], "value", "t.h5", "--model", MODEL, "--sell", endings=[("--json", ".json"), ("--claims", ".csv")])
            self.check_same([(3, 1)], "decide", "t.h5", "--model", MODEL, "--court-budget", "20000", endings=[("--json", ".json")])
            self.check_same([(3, 1)], "value", "t.h5", "--model", MODEL, "--challenger", MODEL, endings=[("--json", ".json")])
        finally:
            del os.environ["JALKI_EXCHANGE_OVER"]

    def test_memory_of_a_rank(self):
        """No rank takes more than --memory allows, within the tenth by which one process may be off."""
        with open(RANKS, "rb") as file:
            if b"__asan_init" in file.read():
                self.skipTest("memory is not the program's own under a sanitizer")
        if shutil.which("time", path="/usr/bin") is None:
            self.skipTest("no /usr/bin/time here")
        script = self.script('exec /usr/bin/time -f %M -o peak.$rank "$@"\n')
        self.run_it([PROGRAM, "generate", "-n", "120000", "-o", "many.h5", "--cutoff", "2026-06-30"])
        self.run_it([PROGRAM, "generate", "-n", "10", "-o", "few.h5", "--cutoff", "2026-06-30"])

        def peaks(*line):
            self.run_it([*LAUNCHER, "-n", "3", script, RANKS, *line, "--model", MODEL, "--threads", "1"])
            return [int(self.read(f"peak.{rank}").split()[-1]) * 1024 / 1e6 for rank in range(3)]
        program = max(peaks("value", "few.h5"))
        for command, more in (("value", 7), ("worklist", 18)):
            bound = round(program) + more  # less than it would take: 66 bytes a claim are kept by worklist
            for found in peaks(command, "many.h5", "--memory", f"{bound}M"):
                self.assertLess(found, 1.1 * bound, command)


if __name__ == "__main__":
    unittest.main()
