# SPDX-License-Identifier: Apache-2.0
"""What happens around a run: it is killed at any moment, four runs write one file, its input is cut meanwhile (at each
read of every command: test_faults.py). An output is the old one or the new one, whole; nothing is left that the next run
does not remove (the journal of SQLite among it, by which a reader undoes what was begun); failures are told.
test_every_command.py has what every command does where the system gives little.

JALKI_KILLS=N: how many moments for each command (the suite tries a few, CI more)."""
import contextlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from small_runs import PROGRAM, SOURCE, digest, put_old, usable

MODEL = os.path.join(SOURCE, "models", "nordic.yaml")
KILLS = int(os.environ.get("JALKI_KILLS", "2"))
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1782777600"}  # and TMPDIR, a folder below that of the test

WRITERS = {
    "import": (["import", "t.csv", "-o", "out.h5", "--cutoff", "2026-06-30"], ["out.h5"]),
    "value": (["value", "t.h5", "--model", MODEL, "-o", "out.h5", "--claims", "out.csv"], ["out.h5", "out.csv"]),
    "report": (["report", "r.h5", "--tape", "t.h5", "--model", MODEL, "-o", "out.html"], ["out.html"]),
    "fit": (["fit", "p.h5", "--model", MODEL, "-o", "out.yaml"], ["out.yaml", "out.covariance.json"]),
    "panel": (["panel", "t.h5", "later.h5", "--payments", "pay.csv", "--treatment", "amicable", "-o", "out.h5"], ["out.h5"]),
    "compare": (["compare", "t.h5", "later.h5", "--model", MODEL, "--payments", "pay.csv", "--claims", "out.csv"], ["out.csv"]),
    "map": (["map", "t.csv", "-o", "out.yaml", "--check"], ["out.yaml"]),
    "batch": (["batch", "jobs.yaml", "--json", "out.json"], ["out.json"]),
    "export": (["export", "r.h5", "out.sqlite"], ["out.sqlite"]),
}


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, env=ENVIRONMENT, timeout=120, **options)


def wait_for_group(group):
    """Until the last of the processes that a killed one had started is gone."""
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.killpg(group, 0)
            time.sleep(0.01)


class Interrupted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="jalki-interrupted-")
        rows = ["claim_id,debtor_id,country,product,currency,written_off_on,principal"]
        rows += [f"C{i},D{i // 2},FI,loan{i % 7},EUR,2026-01-{i % 28 + 1:02d},{100 + i % 900}" for i in range(3000)]
        cls.put("t.csv", "\n".join(rows) + "\n")
        cls.put("s.yaml", "- name: worse\n  breakage: 0.25\n")
        cls.put("tri.csv", "origin,development,value\n" + "".join(
            f"{2018 + o},{d},{100 + 10 * o + d}\n" for o in range(5) for d in range(5 - o)))
        cls.put("pay.csv", "claim_id,paid_on,amount\n" + "".join(f"C{i % 3000},2026-07-01,1.00\n" for i in range(20000)))
        for arguments in (["import", "t.csv", "-o", "t.h5", "--cutoff", "2026-06-30"],
                          ["import", "t.csv", "-o", "later.h5", "--cutoff", "2026-09-30"],
                          ["generate", "-n", "800", "--panel", "--months", "12", "--model", MODEL, "-o", "p.h5"],
                          ["value", "t.h5", "--model", MODEL, "-o", "r.h5"]):
            made = run(*arguments, cwd=cls.folder)
            assert made.returncode == 0, made.stderr
        ENVIRONMENT["TMPDIR"] = os.path.join(cls.folder, "temporary")
        os.mkdir(ENVIRONMENT["TMPDIR"])
        cls.put("jobs.yaml", f"jalki_batch: 1\njobs:\n- {{name: a, command: value, read: t.h5, model: {MODEL}}}\n")
        cls.inputs = set(os.listdir(cls.folder))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def put(cls, name, text):
        with open(os.path.join(cls.folder, name), "w") as file:
            file.write(text)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write_old(self, outputs):
        """Digests of what stands there then."""
        for name in outputs:
            put_old(self.path(name))
        return {name: digest(self.path(name)) for name in outputs}

    def strays(self, outputs):
        """What is left beside the outputs, and where temporary files are kept."""
        return (set(os.listdir(self.folder)) - self.inputs - set(outputs)) | set(os.listdir(self.path("temporary")))

    def test_killed_at_any_moment(self):
        rng = random.Random(1)
        for command, (arguments, outputs) in WRITERS.items():
            if command not in usable():
                continue
            old = self.write_old(outputs)
            started = time.monotonic()
            self.assertEqual(run(*arguments, cwd=self.folder).returncode, 0)
            took = time.monotonic() - started
            made = {name: digest(self.path(name)) for name in outputs}
            for _ in range(KILLS):
                self.write_old(outputs)
                process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, env=ENVIRONMENT,
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
                time.sleep(rng.uniform(0, 1.1 * took))
                process.send_signal(signal.SIGKILL)
                process.wait()
                wait_for_group(process.pid)
                for name in outputs:
                    self.assertIn(digest(self.path(name)), (old[name], made[name]), f"{command}: {name} is torn")
                left = self.strays(outputs) - {f"{name}-journal" for name in outputs if name.endswith(".sqlite")}
                self.assertTrue(all(name.startswith(".jalki-") for name in left), f"{command} left {left}")
            self.assertEqual(run(*arguments, cwd=self.folder).returncode, 0)
            self.assertEqual(self.strays(outputs), set(), f"{command}: not swept by the next run")
            self.assertEqual({name: digest(self.path(name)) for name in outputs}, made)
            for name in outputs:
                os.unlink(self.path(name))

    def test_terminated_politely(self):
        arguments, outputs = WRITERS["value"]
        self.write_old(outputs)
        process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        process.send_signal(signal.SIGTERM)
        process.communicate()
        self.assertIn(process.returncode, (0, 130, -signal.SIGTERM))
        self.assertEqual(self.strays(outputs), set())
        for name in outputs:
            os.unlink(self.path(name))

    def test_two_runs_on_one_output(self):
        arguments, outputs = WRITERS["value"]
        self.assertEqual(run(*arguments, cwd=self.folder).returncode, 0)
        made = {name: digest(self.path(name)) for name in outputs}
        runs = [subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
                for _ in range(4)]
        self.assertEqual([process.wait() for process in runs], [0] * 4)
        self.assertEqual({name: digest(self.path(name)) for name in outputs}, made)
        self.assertEqual(self.strays(outputs), set())
        for name in outputs:
            os.unlink(self.path(name))

    def test_an_input_that_is_cut_while_it_is_read(self):
        with open(self.path("t.h5"), "rb") as file:
            whole = file.read()
        for size in (0, 8, 2000, len(whole) // 2, len(whole) - 1):
            with open(self.path("cut.h5"), "wb") as file:
                file.write(whole)
            process = subprocess.Popen([PROGRAM, "value", "cut.h5", "--model", MODEL], cwd=self.folder, env=ENVIRONMENT,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            os.truncate(self.path("cut.h5"), size)
            words = process.communicate()[1]
            self.assertIn(process.returncode, (0, 1), words)
            self.assertTrue(process.returncode == 0 or words.startswith(b"jalki: cut.h5"), words)
        os.unlink(self.path("cut.h5"))


if __name__ == "__main__":
    unittest.main()
