# SPDX-License-Identifier: Apache-2.0
"""Every command (small_runs.py) where the system gives less than it wants: standard output is a full disk, another run
writes the same outputs, descriptors, memory or the size of files are limited. It ends with 0, 1 or 2 and says why; each
output is the old one or the new one, whole; no other file is left; with 0 it has made what it always makes.

JALKI_LIMITS=N: how many limits of each kind are tried with each command, of those listed in LIMITS."""
import glob
import os
import resource
import shutil
import subprocess
import tempfile
import unittest

import small_runs
from small_runs import CASES, ENVIRONMENT, MAKES_FOLDER, VARIES, line

FEW = bool(os.environ.get("JALKI_FEW_CASES"))
TRIED = int(os.environ.get("JALKI_LIMITS", "1"))
SANITIZED = bool(os.environ.get("JALKI_SANITIZED"))  # a sanitizer keeps terabytes of addresses for itself
LIMITS = {"descriptors": (resource.RLIMIT_NOFILE, [4, 5, 6, 7, 8, 9, 10, 12, 16]),
          "bytes of a file": (resource.RLIMIT_FSIZE, [0, 1, 1000, 4096, 20000, 100000]),
          "addresses": (resource.RLIMIT_AS, [megabytes << 20 for megabytes in (60, 80, 100, 120, 150, 200, 250, 300, 400, 600)])}


class EveryCommand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp(prefix="jalki-every-")
        cls.base = os.path.join(cls.top, "base")
        os.mkdir(cls.base)
        small_runs.prepare(cls.base)
        cls.names = small_runs.usable()
        cls.made, cls.old = {}, {}
        for name in cls.names:
            folder = cls.fresh(name)
            cls.old[name] = cls.digests(name, folder)
            done = cls.run_it(name, folder)
            assert done.returncode == 0, (name, done.stderr)
            cls.made[name] = (done.stdout, cls.digests(name, folder))
            shutil.rmtree(folder)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.top)

    @classmethod
    def fresh(cls, name):
        folder = tempfile.mkdtemp(dir=cls.top)
        shutil.copytree(cls.base, folder, dirs_exist_ok=True)
        for output in CASES[name][1]:
            small_runs.put_old(os.path.join(folder, output))
        return folder

    @staticmethod
    def run_it(name, folder, stdout=subprocess.PIPE, limit=None):
        return subprocess.run(line(name), cwd=folder, env=ENVIRONMENT, stdout=stdout, stderr=subprocess.PIPE, timeout=600,
                              preexec_fn=(lambda: resource.setrlimit(limit[0], (limit[1], limit[1]))) if limit else None)

    @staticmethod
    def digests(name, folder):
        return {output: small_runs.digest(os.path.join(folder, output)) for output in CASES[name][1]}

    def check(self, name, folder, code, words):
        """Ended as it should, with whole outputs and nothing else."""
        self.assertIn(code, (0, 1, 2), words)
        made, old = self.made[name][1], self.old[name]
        for output, found in self.digests(name, folder).items():
            whole = [made[output]] if code == 0 else [made[output], old[output]]
            if code != 1 or not small_runs.tells_of_failures(name, os.path.join(folder, output)):
                self.assertIn(found, whole, (name, output, words))
        strays = set(os.listdir(folder)) - set(os.listdir(self.base)) - set(old) - {MAKES_FOLDER.get(name)}
        self.assertEqual(strays, set(), (name, words))
        shutil.rmtree(folder)

    def test_each_has_a_case(self):
        self.assertEqual(small_runs.missing(), set())

    def test_standard_output_is_full(self):
        for name in self.names:
            with self.subTest(name), open("/dev/full", "wb") as full:
                folder = self.fresh(name)
                done = self.run_it(name, folder, stdout=full)
                self.assertEqual(done.returncode, 1 if self.made[name][0] else 0, done.stderr)
                if self.made[name][0]:
                    self.assertIn(b"cannot write to standard output", done.stderr)
                self.check(name, folder, done.returncode, done.stderr)

    def test_two_runs_on_the_same_outputs(self):
        for name in self.names:
            if not CASES[name][1] or (FEW and len(name) % 3):
                continue
            with self.subTest(name):
                folder = self.fresh(name)
                runs = [subprocess.Popen(line(name), cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                        for _ in range(2)]
                said = [run.communicate(timeout=600) for run in runs]
                self.assertEqual([run.returncode for run in runs], [0, 0], said)
                if name not in VARIES:
                    self.assertEqual([out for out, _ in said], [self.made[name][0]] * 2)
                self.check(name, folder, 0, said)

    def test_limits(self):
        for number, name in enumerate(self.names):
            for kind, (limit, values) in LIMITS.items():
                if (SANITIZED and limit == resource.RLIMIT_AS) or (FEW and number % 4):
                    continue
                for i in range(min(TRIED, len(values))):
                    value = values[(number + i) % len(values)]
                    with self.subTest(name, kind=kind, value=value):
                        folder = self.fresh(name)
                        done = self.run_it(name, folder, limit=(limit, value))
                        code = self.before_main(done)
                        if limit != resource.RLIMIT_AS:  # where the library that opens stores may break down
                            self.assertNotIn(b"damaged", done.stderr)
                        self.assertTrue(code == 0 or (done.stdout + done.stderr).strip(), "failed without a word")
                        self.check(name, folder, code, done.stderr)

    @staticmethod
    def before_main(done):
        """What the loader, or Clang's OpenMP before main, says where it is given too little, is 1. The latter leaves a mark
        empty for which it finds no room, on which a later process of that number would fail."""
        if b"OMP: " in done.stderr:
            for mark in glob.glob("/dev/shm/__KMP_REGISTERED_LIB_*"):
                if os.path.getsize(mark) == 0:
                    os.unlink(mark)
            return 1
        return 1 if done.returncode == 127 and b"error while loading" in done.stderr else done.returncode


if __name__ == "__main__":
    unittest.main()
