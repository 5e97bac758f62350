# SPDX-License-Identifier: Apache-2.0
"""Every command (small_runs.py) with each of their inputs in turn a file that is none of its kind: a folder, a socket, a link
that leads to itself, nothing, noise, deep or growing JSON and YAML, text in another encoding, a list with other columns. And
with each output in turn where none can be. They end with 0, 1 or 2, say why where they fail, and leave inputs as they were and
no other file. Each place meets a share of the odd ones, in turn, so that every command and every odd file has its part;
JALKI_ODD_CASES=all, or names of cases, tries each with each."""
import os
import resource
import shutil
import socket
import subprocess
import tempfile
import unittest

import small_runs
from small_runs import CASES, ENVIRONMENT, line

FEW = bool(os.environ.get("JALKI_FEW_CASES"))
CHOSEN = os.environ.get("JALKI_ODD_CASES", "")
NAMES = CHOSEN.split(",") if CHOSEN not in ("", "all") else small_runs.usable()
SHARE = 1 if CHOSEN else 16 if FEW else 6
SANITIZED = bool(os.environ.get("JALKI_SANITIZED"))
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefghijk", "bcdefghijkl"))
ODD = {"empty": b"", "noise": bytes(range(256)) * 20, "json": b"[" * 1000000, "object": b'{"a":' * 300000, "yaml": b"a: " + b"[" * 200000,
       "bomb": BOMB.encode(), "merge": b"<<: {<<: {a: 1}}\n? [a, b]\n: c\n", "number": b"jalki_model: 99999999999999999999999\n",
       "utf-16": "claim_id,debtor_id\n1,2\n".encode("utf-16"), "zeros": bytes(1000000), "store": b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 8,
       "list": b"claim_id,unknown\nC0000000003,1\n"}
NOWHERE = ["folder", "missing/o", "t.csv/o", "/dev/full", "", "x" * 256]


class OddFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp(prefix="jalki-odd-")
        cls.base = os.path.join(cls.top, "base")
        os.mkdir(cls.base)
        small_runs.prepare(cls.base)
        for name, content in ODD.items():
            with open(os.path.join(cls.base, f"odd-{name}"), "wb") as file:
                file.write(content)
        os.mkdir(os.path.join(cls.base, "folder"))
        os.symlink("loop", os.path.join(cls.base, "loop"))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.join(cls.top, "socket"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.top)

    def setUp(self):
        self.folder = tempfile.mkdtemp(dir=self.top)
        shutil.copytree(self.base, self.folder, dirs_exist_ok=True, symlinks=True)

    def facts(self):
        return {os.path.join(where, name): os.lstat(os.path.join(where, name)).st_mtime_ns
                for where, _, names in os.walk(self.folder) for name in names}

    def try_line(self, name, words, *, may_succeed):
        for output in CASES[name][1]:
            small_runs.put_old(os.path.join(self.folder, output))
        before = self.facts()
        bounds = (lambda: resource.setrlimit(resource.RLIMIT_CPU, (600 if SANITIZED else 60,) * 2))  # ended where it would not end
        done = subprocess.run(words, cwd=self.folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, preexec_fn=bounds)
        told = done.stderr[-2000:]
        self.assertIn(done.returncode, (0, 1, 2) if may_succeed else (1, 2), told)
        self.assertNotIn(b"Sanitizer", done.stderr)
        self.assertNotIn(b"runtime error:", done.stderr)
        if done.returncode != 0:
            self.assertRegex(done.stderr, rb"(?m)^jalki( [\w-]+)?: \S")
            self.assertLess(len(done.stderr), 20000)
            # What a failed run may leave: the rows that were bad, and an output that was whole before another failed.
            strays = self.facts().keys() - before.keys()
            self.assertEqual({path for path in strays if not path.endswith(".rejects.csv")}, set(), told)
        changed = [path for path, then in before.items() if self.facts().get(path) != then]
        self.assertEqual([path for path in changed if os.path.relpath(path, self.folder) not in CASES[name][1]], [], told)

    def places(self, kind):
        """Each case with the place of each of its inputs or outputs in its line, and the number of the place."""
        number = 0
        for name in NAMES:
            outputs, words = CASES[name][1], line(name)
            for at, word in enumerate(words[1:], 1):
                is_output = word in outputs
                if (is_output if kind == "output" else os.path.isfile(os.path.join(self.base, word)) and not is_output):
                    number += 1
                    yield number, name, words, at

    def test_inputs(self):
        odd = [*(f"odd-{name}" for name in ODD), "folder", "loop", os.path.join(self.top, "socket"), "p.h5", "r.h5", "pay.csv", "run.json"]
        for number, name, words, at in self.places("input"):
            for turn, path in enumerate(odd, number):
                if turn % SHARE == 0 and path != words[at]:
                    with self.subTest(name, input=words[at], odd=path):
                        self.try_line(name, [*words[:at], path, *words[at + 1:]], may_succeed=True)

    def test_outputs(self):
        for number, name, words, at in self.places("output"):
            for turn, path in enumerate(NOWHERE, number):
                if turn % SHARE != 0:
                    continue
                with self.subTest(name, output=words[at], odd=path):
                    self.try_line(name, [*words[:at], path, *words[at + 1:]], may_succeed=False)


if __name__ == "__main__":
    unittest.main()
