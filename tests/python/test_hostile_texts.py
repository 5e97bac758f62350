# SPDX-License-Identifier: Apache-2.0
"""Every command with hostile text in every field that takes text (small_texts.py), in the languages of the tables. Nothing raw
reaches a terminal, cells of CSV and workbooks are guarded, JSON and XML parse, calendars keep their lines, and pages have no element
of a text's. JALKI_HOSTILE=N goes through the fields N times, with other texts each time."""
import csv
import html.parser
import io
import json
import os
import re
import shutil
import tempfile
import unittest
import xml.etree.ElementTree
import zipfile

import small_runs
import small_texts

ROUNDS = int(os.environ.get("JALKI_HOSTILE", "1"))
# What base/escape.h writes out: control characters, separators of lines, changes of direction, and what XML does not allow.
RAW = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbb\xbf|\xef\xbf[\xbe\xbf]")
NUMBER = re.compile(r"[+-][0-9.,e+-]*$")
ICS = re.compile(rb"(BEGIN|END|VERSION|PRODID|CALSCALE|METHOD|UID|DTSTAMP|DTSTART|DTEND|SUMMARY|DESCRIPTION|CATEGORIES|TRANSP|X-WR-CALNAME"
                 rb"|REFRESH-INTERVAL|URL|STATUS|COMMENT)[:;]| ")


class Page(html.parser.HTMLParser):
    def __init__(self, test):
        super().__init__(convert_charrefs=True)
        self.test, self.count = test, 0

    def handle_starttag(self, tag, attributes):
        self.count += 1
        self.test.assertNotIn("evil", tag)
        for name, value in attributes:
            self.test.assertFalse(name.startswith("on") or "evil" in name, (tag, name, value))
            self.test.assertFalse(name in ("href", "src", "action") and "evil" in (value or "") and not (value or "").startswith("#"), (tag, name, value))


class HostileTexts(unittest.TestCase):
    def look_at_terminal(self, content):
        content.decode()
        self.assertIsNone(RAW.search(content))

    def look_at_csv(self, content):
        self.look_at_terminal(content)
        rows = list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=self.delimiter))
        for row in rows:
            self.assertEqual(len(row), len(rows[0]), (row, rows[0]))
            for cell in row:
                self.assertFalse(cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not NUMBER.match(cell), row)

    def look_at_json(self, content):
        self.look_at_terminal(content)
        json.loads(content)

    def look_at_sheets(self, content):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            self.assertIsNone(book.testzip())
            for name in book.namelist():
                text = book.read(name)
                self.assertIsNone(RAW.search(text.replace(b"\r\n", b"\n")), name)
                if not name.endswith(".vml"):
                    root = xml.etree.ElementTree.fromstring(text)
                    for element in root.iter():
                        self.assertNotIn("evil", element.tag)
                        if element.tag.endswith("}f"):
                            self.assertNotRegex(element.text or "", r"evil|calc|\|")

    def look_at_page(self, content):
        content.decode()
        self.assertIsNone(RAW.search(content))
        page = Page(self)
        page.feed(content.decode())
        self.assertGreater(page.count, 5)

    def look_at_calendar(self, content):
        self.assertIsNone(RAW.search(content.replace(b"\r\n", b"\n")))
        lines = content.split(b"\r\n")
        for one in lines[:-1]:
            self.assertRegex(one, ICS)
            self.assertLessEqual(len(one), 75)
        self.assertEqual(lines.count(b"BEGIN:VEVENT"), sum(one.startswith(b"UID:") for one in lines))

    def look(self, content):
        """By what it is."""
        if content.startswith(b"PK"):
            self.look_at_sheets(content)
        elif content.startswith(b"<!DOCTYPE"):
            self.look_at_page(content)
        elif content.startswith(b"BEGIN:VCALENDAR"):
            self.look_at_calendar(content)
        elif content[:1] in (b"{", b"["):
            self.look_at_json(content)
        elif content.startswith((b"jalki_", b"#")):
            self.look_at_terminal(content)
        elif not content.startswith((b"\x89HDF", b"SQLite format", b"PAR1", b"\x1f\x8b")):
            self.look_at_csv(content)

    def try_line(self, folder, form, words):
        self.delimiter = ";" if "--csv-dialect" in words else ","
        before = set(os.listdir(folder))
        done = small_runs.run(words, folder)
        self.assertIn(done.returncode, (0, 1, 2), done.stderr)
        self.assertNotIn(b"Sanitizer", done.stderr)
        self.assertNotIn(b"runtime error:", done.stderr)
        self.look_at_terminal(done.stderr)
        (self.look_at_terminal if form == "table" or done.returncode != 0 else self.look)(done.stdout)
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if (name not in before or name.startswith("o")) and os.path.isfile(path):
                with open(path, "rb") as file:
                    content = file.read()
                with self.subTest(output=name):
                    self.look(content)
                    if name == "m.yaml":  # a model that was made can be read
                        read = small_runs.run(["model", "log", name], folder)
                        self.assertEqual(read.returncode, 0, read.stderr)
                os.remove(path)
        return done.returncode

    def test_all(self):
        for shift in range(ROUNDS):
            with tempfile.TemporaryDirectory(prefix="jalki-texts-") as folder:
                texts = small_texts.Texts(shift * 5)
                ids = small_texts.prepare(folder, texts)
                ends = {0: 0, 1: 0, 2: 0}
                for form, words in small_texts.lines(texts, ids):
                    with self.subTest(shift=shift, words=words):
                        ends[self.try_line(folder, form, words)] += 1
                        shutil.rmtree(os.path.join(folder, "mine"), ignore_errors=True)
                self.assertGreater(ends[0], 2 * (ends[1] + ends[2]), ends)


if __name__ == "__main__":
    unittest.main()
