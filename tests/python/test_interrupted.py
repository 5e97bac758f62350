# SPDX-License-Identifier: Apache-2.0
"""What happens around a run: it is killed at any moment, a full disk takes its output, two runs write one file, the
system gives little memory or few descriptors, its input is cut or replaced meanwhile. An output is the old one or the
new one, whole; nothing is left that the next run does not remove; failures are told.

JALKI_KILLS=N: how many moments for each command (the suite tries a few, CI more)."""
import glob
import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

PROGRAM, SOURCE = os.environ["JALKI_PROGRAM"], os.environ["JALKI_SOURCE"]
MODEL = os.path.join(SOURCE, "models", "nordic.yaml")
KILLS = int(os.environ.get("JALKI_KILLS", "2"))
OLD = b"what was there before\n"
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1782777600"}

WRITERS = {
    "import": (["import", "t.csv", "-o", "out.h5", "--cutoff", "2026-06-30"], ["out.h5"]),
    "value": (["value", "t.h5", "--model", MODEL, "-o", "out.h5", "--claims", "out.csv"], ["out.h5", "out.csv"]),
    "report": (["report", "r.h5", "--tape", "t.h5", "--model", MODEL, "-o", "out.html"], ["out.html"]),
    "fit": (["fit", "p.h5", "--model", MODEL, "-o", "out.yaml"], ["out.yaml", "out.covariance.json"]),
}
READERS = [["inspect", "t.h5"], ["value", "t.h5", "--model", MODEL], ["price", "t.h5", "--model", MODEL],
           ["explain", "t.h5", "--model", MODEL, "--claim", "C1"], ["decide", "t.h5", "--model", MODEL],
           ["worklist", "t.h5", "--model", MODEL], ["compare", "t.h5", "t.h5", "--model", MODEL],
           ["watch", "t.h5", "t.h5", "--model", MODEL], ["calendar", "t.h5", "--model", MODEL], ["scenario", "t.h5", "--model", MODEL, "--scenarios", "s.yaml"],
           ["simulate", "t.h5", "--model", MODEL, "--paths", "100"], ["chainladder", "tri.csv"],
           ["fit", "p.h5", "--model", MODEL], ["help"], ["version"], ["help", "value"]]


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, env=ENVIRONMENT, timeout=120, **options)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


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
        for arguments in (["import", "t.csv", "-o", "t.h5", "--cutoff", "2026-06-30"],
                          ["generate", "-n", "800", "--panel", "--months", "12", "--model", MODEL, "-o", "p.h5"],
                          ["value", "t.h5", "--model", MODEL, "-o", "r.h5"]):
            made = run(*arguments, cwd=cls.folder)
            assert made.returncode == 0, made.stderr
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
        for name in outputs:
            with open(self.path(name), "wb") as file:
                file.write(OLD)

    def strays(self, outputs):
        return set(os.listdir(self.folder)) - self.inputs - set(outputs)

    def test_killed_at_any_moment(self):
        rng = random.Random(1)
        for command, (arguments, outputs) in WRITERS.items():
            started = time.monotonic()
            self.assertEqual(run(*arguments, cwd=self.folder).returncode, 0)
            took = time.monotonic() - started
            made = {name: digest(self.path(name)) for name in outputs}
            for _ in range(KILLS):
                self.write_old(outputs)
                process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, env=ENVIRONMENT,
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(rng.uniform(0, 1.1 * took))
                process.send_signal(signal.SIGKILL)
                process.wait()
                for name in outputs:
                    self.assertIn(digest(self.path(name)), (hashlib.sha256(OLD).hexdigest(), made[name]),
                                  f"{command}: {name} is torn")
                left = self.strays(outputs)
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

    def test_a_full_disk(self):
        for arguments in READERS:
            with open("/dev/full", "wb") as full:
                done = subprocess.run([PROGRAM, *arguments], cwd=self.folder, env=ENVIRONMENT, stdout=full,
                                      stderr=subprocess.PIPE, timeout=120)
            self.assertEqual(done.returncode, 1, f"{arguments}: {done.stderr}")
            self.assertIn(b"cannot write to standard output", done.stderr, arguments)

    def test_little_of_everything(self):
        def limit(kind, value):
            return lambda: resource.setrlimit(kind, (value, value))
        limits = [(resource.RLIMIT_NOFILE, n) for n in (4, 7)]
        limits += [(resource.RLIMIT_FSIZE, n) for n in (0, 20000)]
        for kind, value in limits:
            for command in ("import", "value"):
                arguments, outputs = WRITERS[command]
                self.write_old(outputs)
                done = run(*arguments, cwd=self.folder, preexec_fn=limit(kind, value))
                if b"OMP: " in done.stderr:
                    # Clang's OpenMP gives up by itself, before main: it finds no descriptor, or no room for its own
                    # mark, which it then leaves empty, and on which a later process of that number would fail
                    done.returncode = 1
                    for mark in glob.glob("/dev/shm/__KMP_REGISTERED_LIB_*"):
                        if os.path.getsize(mark) == 0:
                            os.unlink(mark)
                allowed = (0, 1) if kind == resource.RLIMIT_FSIZE else (0, 1, 127)
                self.assertIn(done.returncode, allowed, f"{command} {kind} {value}: {done.stderr}")
                self.assertNotIn(b"damaged", done.stderr)
                if done.returncode != 0:
                    for name in outputs:
                        self.assertEqual(digest(self.path(name)), hashlib.sha256(OLD).hexdigest())
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
