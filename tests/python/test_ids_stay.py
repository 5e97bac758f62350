# SPDX-License-Identifier: Apache-2.0
"""Ids of claims and debtors are where docs/personal-data.md says, and nowhere else: every command (small_texts.py) on tapes
and lists with rows that are bad, twice there, or match nothing, in the languages of the tables; with none, and one, who asks."""
import collections
import gzip
import io
import os
import shutil
import tempfile
import unittest
import zipfile

import small_runs
import small_texts

CLAIM, DEBTOR = b"ZZCLAIM", b"ZZDEBTOR"
WORK = {"worklist", "calendar", "watch", "explain", "export"}  # whose every output shows claims
ROWS = {"--claims", "--disagree", "--rejects", "--pseudonym-list"}  # files of a row for each claim
CLAIMS_ONLY = {("inspect", "stdout"), ("inspect", "--xlsx"), ("value", "stdout")}  # the largest; those on which two models disagree
PAGES = {"--page", "--html"}
STORES = (b"\x89HDF", b"SQLite format")


class Marked:
    """Ids that are found again, and plain words otherwise."""

    def __init__(self):
        self.next = 0

    def __call__(self):
        self.next += 1
        return f"text{self.next}"

    def claim(self, number):
        return f"ZZCLAIM{number}"

    def debtor(self, number):
        return f"ZZDEBTOR{number // 2}"

    def name(self):
        return self()


def unpacked(content):
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return b"".join(book.read(name) for name in book.namelist())
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def may_show(words, place, mark):
    """Whether ids of this kind may stand there."""
    command = words[0]
    if place in ("stderr", "--manifest"):
        return False
    if place in PAGES or command == "report":
        return "--with-ids" in words
    return (command in WORK or place in ROWS or place.endswith(".rejects.csv") or (mark == CLAIM and (command, place) in CLAIMS_ONLY) or
            (command == "merge" and place == "--claims"))


class IdsStay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="jalki-ids-")
        cls.ids = small_texts.prepare(cls.folder, Marked())
        cls.seen = collections.Counter()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def outputs(self, words):
        """What a run writes, by its option."""
        before = set(os.listdir(self.folder))
        done = small_runs.run(words, self.folder)
        self.assertIn(done.returncode, (0, 1, 2), done.stderr)
        yield "stdout", done.stdout
        yield "stderr", done.stderr
        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            if (name not in before or name.startswith("o")) and os.path.isfile(path):
                with open(path, "rb") as file:
                    yield words[words.index(name) - 1] if name in words else name, file.read()
                os.remove(path)
        shutil.rmtree(os.path.join(self.folder, "mine"), ignore_errors=True)

    def look(self, words):
        for place, content in list(self.outputs(words)):
            content = unpacked(content)
            for mark in (CLAIM, DEBTOR):
                if mark in content:
                    self.seen[place] += 1
                    at = content.index(mark)
                    self.assertTrue(content.startswith(STORES) or may_show(words, place, mark), (place, content[max(0, at - 200):at + 80]))

    def test_all(self):
        for form, words in small_texts.lines(Marked(), self.ids):
            with self.subTest(words=words):
                self.look(words if "--manifest" in words or form != "json" else [*words, "--manifest", "o8.json"])
        for place in ("stdout", "--claims", "--xlsx", "--json", "--rejects"):  # the marks are found where they may be
            self.assertGreater(self.seen[place], 0, self.seen)

    def test_who_asks(self):
        """With --with-ids the same page names claims: the marks would be found."""
        words = ["report", "few-r.h5", "--tape", "few.h5", "--model", small_runs.MODEL, "--with-ids", "-o", "o1.html"]
        self.assertIn(CLAIM, dict(self.outputs(words))["-o"])


if __name__ == "__main__":
    unittest.main()
