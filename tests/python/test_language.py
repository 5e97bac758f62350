#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Texts in the reader's language: every text that the sources say is in the catalogue, in six languages; what commands
print has no English left, the figures of English, and the marks of its language; JSON and CSV do not change."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.environ["JALKI_SOURCE"] + "/tests/support")
import browser

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
PROGRAM = os.environ["JALKI_PROGRAM"]
LANGUAGES = ("fi", "sv", "da", "no", "et")
PRINTED = LANGUAGES[:1] if os.environ.get("JALKI_FEW_CASES") else LANGUAGES  # slow with sanitizers, whose ways are the same in any
# Which argument of a call is a text of the catalogue.
CALLS = {"jk_text": 0, "jk_explain_say": 1, "jk_text_print": 1, "jk_text_format": 2, "jk_cli_say": 0, "jk_table_say": 1,
         "jk_table_words": 1, "jk_table_headed": 1}
ALL_ARGUMENTS = {"jk_table_headed"}  # not that one alone, but those behind it, too
ENGLISH = {"cmd_chainladder.c", "fit_print.c", "fit_payers_print.c", "inspect_panel.c"}  # what they print is English alone (docs/language.md)
CALL = re.compile(r"\b(" + "|".join(CALLS) + r")\(")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
CONVERSION = re.compile(r"%(?:\d\$)?[-+ 0#]*\d*(?:\.\d+)?(?:l{0,2}|z)[a-z%]")


def unquoted(text):
    return text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


def catalogue():
    """Key → words of the six languages."""
    entries = {}
    for path in sorted((SOURCE / "src/base/words").glob("texts_*.def")):
        for line in path.read_text().splitlines():
            if line.startswith("JK_"):
                words = [unquoted(text) for text in LITERAL.findall(line)]
                words = words if line.startswith("JK_CODE(") else [words[0], *words]
                assert len(words) == 7, line
                assert words[0] not in entries, f"twice in the catalogue: {words[0]}"
                entries[words[0]] = words[1:]
    return entries


def arguments(source, start):
    """The arguments of a call as texts, from behind its parenthesis."""
    depth, quoted, made, current, i = 0, False, [], "", start
    while True:
        c = source[i]
        if quoted:
            quoted = c != '"'
            if c == "\\":
                current += c
                i += 1
                c = source[i]
        elif c == '"':
            quoted = True
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            if depth == 0:
                return [*made, current]
            depth -= 1
        elif c == "," and depth == 0:
            made.append(current)
            current = ""
            i += 1
            continue
        current += c
        i += 1


def said():
    """(file, text) of every literal that a source says."""
    for path in sorted((SOURCE / "src").rglob("*.c")):
        source = path.read_text()
        for call in CALL.finditer(source):
            given = arguments(source, call.end())
            if len(given) <= CALLS[call[1]]:
                continue
            if call[1] in ALL_ARGUMENTS and path.name in ENGLISH:
                continue
            texts = given[CALLS[call[1]]:] if call[1] in ALL_ARGUMENTS else given[CALLS[call[1]]:][:1]
            wanted = re.sub(r"\bjk_\w+\((?:[^()]|\([^()]*\))*\)", "", ",".join(texts))  # calls within say their own
            for run in re.findall(r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*', wanted):
                yield path.name, unquoted("".join(LITERAL.findall(run)))


class Catalogue(unittest.TestCase):
    def test_sources(self):
        known = catalogue()
        lacking = sorted({(name, text) for name, text in said() if re.search("[A-Za-z]", CONVERSION.sub("", text))
                          and text not in known and text.strip(" \n") not in known})
        self.assertEqual(lacking, [])

    def test_placeholders(self):
        """What a page's key has in braces, each of its translations has."""
        for key, words in catalogue().items():
            wanted = sorted(set(re.findall(r"\{\d\}", key)))
            for text in words:
                self.assertEqual(sorted(set(re.findall(r"\{\d\}", text))), wanted, key)

    def test_no_code_names(self):
        """Columns of tapes and characteristics are said in words."""
        known = catalogue()
        names = re.findall(r"X\(\w+, ([a-z_0-9]+),", (SOURCE / "include/jalki/schema.h").read_text().split("JK_PANEL_COLUMNS")[0])
        names += re.findall(r'"([a-z_0-9]+)"', (SOURCE / "src/model/names.c").read_text().split("jk_derived_names")[1])
        for name in set(names) - {"claim_id", "debtor_id"}:
            if "_" in name:
                self.assertIn(name, known)
                self.assertNotIn("_", "".join(known[name]), name)


    def test_heads(self):
        """Heads of the listings that are spoken are in the catalogue."""
        known = catalogue()
        sections = re.split(r"^## ", (SOURCE / "docs/outputs.md").read_text(), flags=re.M)
        seen = 0
        for section in sections:
            if section.split("\n")[0] in ("value", "years", "strata", "worklist"):
                for row in re.findall(r"^\| `\w+` \|[^|]*\| ([^|]*?) \|", section, re.M):
                    seen += 1
                    self.assertTrue(row == "" or row in known, row)
        self.assertGreater(seen, 40)


class Printed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.model = str(SOURCE / "models/nordic.yaml")
        cls.jalki("generate", "-n", "1000", "-o", "tape.csv")
        cls.jalki("import", "tape.csv", "-o", "tape.h5", "--cutoff", "2026-06-30")
        cls.jalki("value", "tape.h5", "--model", cls.model, "-o", "results.h5", "--sell")
        folder = pathlib.Path(cls.folder.name)
        lines = (folder / "tape.csv").read_text().splitlines(keepends=True)
        head = lines[0].strip().split(",")
        changed = []
        for number, line in enumerate(lines[1:]):
            cells = line.rstrip("\n").split(",")
            for name, value in (("income_monthly", str(1000 + number)), ("last_paid_on", "2026-07-01"), ("employment", "employed"))[: number % 4]:
                cells[head.index(name)] = value
            changed += [",".join(cells) + "\n"] if number % 9 else []
        (folder / "later.csv").write_text("".join([lines[0], *changed]))
        cls.jalki("import", "later.csv", "-o", "later.h5", "--cutoff", "2026-07-31")
        cls.jalki("generate", "--panel", "-n", "300", "--months", "30", "--model", cls.model, "-o", "panel.h5")
        cls.jalki("value", "tape.h5", "--model", cls.model, "--cashflow", "flow.csv")
        (folder / "came.csv").write_text("month,collections\n1,2000\n2,1500\n")
        (folder / "pools.csv").write_text("pool,cashflow,price,bought\neka,flow.csv,90000,0\ntoka,flow.csv,80000,6\n")
        (pathlib.Path(cls.folder.name) / "plain.yaml").write_text("- {name: eka, recovery: 0.9}\n- {name: toka, irr: 0.03}\n")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def jalki(cls, *arguments):
        """Standard output; nothing may be said on stderr but warnings of the model."""
        done = subprocess.run([PROGRAM, *arguments], cwd=cls.folder.name, capture_output=True, text=True)
        assert done.returncode == 0, (arguments, done.stderr)
        assert "not in the language" not in done.stderr, (arguments, done.stderr)
        return done.stdout

    def commands(self):
        tape = ("tape.h5", "--model", self.model)
        yield ("value", *tape, "--sell", "--agent-hours", "300", "--by", "country,last_payment,legal_status,capacity_class")
        yield ("price", *tape, "--irr", "0.1,0.15", "--floor", "payback=48", "--asked", "100000", "--sell")
        yield ("worklist", *tape, "--top", "40")
        yield ("decide", *tape, "--court-budget", "1000", "--agent-hours", "100,120", "--by", "country,decision", "--currency", "SEK",
               "--curve", "court-budget=0:2000:3")
        yield ("scenario", *tape, "--scenarios", "plain.yaml", "--by", "country,last_payment")
        yield ("compare", "tape.h5", *tape, "--cutoff-b", "2026-09-30", "--by", "last_payment")
        yield ("calendar", *tape, "--top", "40")
        yield ("watch", "tape.h5", "later.h5", "--model", self.model, "--top", "60")
        yield ("inspect", *tape, "--by", "country,last_payment")
        yield ("inspect", "tape.h5", "--by", "country")
        yield ("backtest", "panel.h5", "--model", self.model)
        yield ("backtest", "panel.h5", "--model", self.model, "--horizon", "6,12")
        yield ("worklist", *tape, "--hours", "20", "--by-debtor")
        yield ("bid", *tape, "--rivals", "4", "--spread", "0.25", "--error", "0.1", "--overstated", "0.05", "--confounding", "1.33")
        yield ("bid", "--value", "1760000", "--face", "35500000", "--rivals", "1", "--spread", "0.25", "--error", "0.2")
        yield ("bid", "--value", "900", "--rivals", "20", "--spread", "0.3", "--error", "0.2")
        yield ("forward", *tape, "--fresh", "24", "--term", "24", "--ramp", "6", "--cap", "900000", "--pay-after", "2", "--drift", "-0.03",
               "--mix", "fi-bills=0.3", "--asked", "6.5")
        yield ("forward", *tape, "--fresh", "all", "--asked", "0")
        yield ("account", *tape, "--price", "90000", "--first-year", "6")
        yield ("account", "--cashflow", "flow.csv", "--price", "90000", "--actual", "came.csv", "--revised", "flow.csv", "--flows", "net", "--by",
               "month")
        yield ("account", "--pools", "pools.csv")
        yield ("simulate", *tape, "--paths", "200")
        yield ("simulate", *tape, "--paths", "200", "--price", "90000", "--no-own-risk")
        for row in subprocess.run(["head", "-n", "40", "tape.csv"], cwd=self.folder.name, capture_output=True,
                                  text=True).stdout.splitlines()[1:40:9]:
            claim, debtor = row.split(",")[:2]
            yield ("explain", *tape, "--claim", claim)
            yield ("explain", *tape, "--debtor", debtor, "--sell")

    # Words of English that no text of the other languages has, nor any name in the data.
    ENGLISH = re.compile(r"\b(the|and|claims?|months|years|worth|with|balance|debtor|below|barred|than|nothing|paid|pays)\b")

    @staticmethod
    def figures(text, thousands, decimal):
        """Figures with decimals, in any order; dates left out."""
        text = re.sub(r"\b\d{1,2}\.\d{1,2}\.\d{4}\b|\b\d{4}-\d\d-\d\d\b", "", text)
        text = re.sub(rf"(?<=\d){re.escape(thousands)}(?=\d{{3}})", "", text).replace(decimal, ".")
        return sorted(re.findall(r"\d+\.\d+", text))

    def test_tables(self):
        """No English, no names of code, and the same figures."""
        for command in self.commands():
            english = self.figures(self.jalki(*command), ",", ".")
            self.assertGreater(len(english), 10)
            for language in PRINTED:
                text = self.jalki(*command, "--language", language)
                self.assertEqual([line for line in text.splitlines() if self.ENGLISH.search(line)], [], (command, language))
                self.assertEqual(self.figures(text, "." if language == "da" else "\xa0", ","), english, (command, language))
                if command[0] == "explain":
                    self.assertNotIn("_", text)

    def test_marks(self):
        tape = ("tape.h5", "--model", self.model, "--language")
        self.assertRegex(self.jalki("value", *tape, "fi"), r"1\xa0000 saatavaa.*\n.*\n.*0[.,]0885 EUR.*\n.*30\.6\.2026")
        self.assertRegex(self.jalki("value", *tape, "sv"), r"1\xa0000 fordringar.*\n.*\n.*0[.,]0885 EUR.*\n.*2026-06-30")
        self.assertRegex(self.jalki("value", *tape, "da"), r"1\.000 fordringer.*\n.*\n.*0[.,]0885 EUR.*\n.*30\.06\.2026")
        self.assertRegex(self.jalki("value", *tape, "no"), r"1\xa0000 krav.*\n.*\n.*0[.,]0885 EUR.*\n.*30\.06\.2026")
        self.assertRegex(self.jalki("value", *tape, "et"), r"1\xa0000 nõuet.*\n.*\n.*0[.,]0885 EUR.*\n.*30\.06\.2026")
        self.assertRegex(self.jalki("value", *tape, "en"), r"1,000 claims.*\n.*\n.*0[.,]0885 EUR.*\n.*2026-06-30")

    def test_aligned(self):
        """Columns of tables stand beneath one another, whatever letters a language has."""
        for language in LANGUAGES:
            text = self.jalki("value", "tape.h5", "--model", self.model, "--language", language)
            block = text.split("\n\n")[1].splitlines()[1:]
            self.assertEqual(len({len(line) for line in block}), 1, (language, block))

    def test_machines(self):
        """What machines read is the same in any language."""
        tape = ("tape.h5", "--model", self.model)
        claim = subprocess.run(["sed", "-n", "2p", "tape.csv"], cwd=self.folder.name, capture_output=True, text=True).stdout.split(",")[0]
        for command in (("value", *tape), ("price", *tape), ("worklist", *tape, "--top", "20"), ("explain", *tape, "--claim", claim),
                        ("decide", *tape, "--court-budget", "1000"), ("calendar", *tape), ("compare", "tape.h5", *tape),
                        ("watch", "tape.h5", "later.h5", "--model", self.model), ("inspect", "tape.h5"),
                        ("bid", *tape, "--rivals", "3", "--spread", "0.2"), ("forward", *tape, "--fresh", "24"), ("account", *tape),
                        ("simulate", *tape, "--paths", "200")):
            for form in ("json", "csv") if command[0] != "explain" else ("json",):
                self.assertEqual(self.jalki(*command, "--format", form, "--language", "fi"), self.jalki(*command, "--format", form), command)
        self.jalki("worklist", *tape, "--top", "20", "--json", "fi.json", "--language", "fi")
        self.jalki("worklist", *tape, "--top", "20", "--json", "en.json")
        folder = pathlib.Path(self.folder.name)
        self.assertEqual((folder / "fi.json").read_text(), (folder / "en.json").read_text())

    def test_wrong(self):
        done = subprocess.run([PROGRAM, "value", "tape.h5", "--model", self.model, "--language", "se"], cwd=self.folder.name,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--language", done.stderr)
        self.assertIn("en, fi, sv, da, no", done.stderr)

    def test_page(self):
        """The page's own texts, in a browser where one is: no English but names, its language and its locale."""
        for language in sorted({"en", "no", *PRINTED}):
            self.jalki("report", "results.h5", "-o", f"{language}.html", "--scenarios", str(SOURCE / "data/scenarios/nordic.yaml"),
                       "--paths", "200", "--irr", "0.12", "--asked", "100000", "--floor", "payback=60", "--language", language)
        self.jalki("report", "results.h5", "-o", "both.html", "--json", "beside.json", "--language", "fi")
        self.jalki("report", "results.h5", "--json", "alone.json")
        folder = pathlib.Path(self.folder.name)
        self.assertEqual((folder / "beside.json").read_text(), (folder / "alone.json").read_text())
        shell = (pathlib.Path(self.folder.name) / "no.html").read_text()
        self.assertIn('<html lang="nb">', shell)
        self.assertIn("<title>Porteføljerapport</title>", shell)
        if browser.find_chromium() is None:
            self.skipTest("no chromium here (scripts/install.sh browser)")
        with browser.Browser() as chromium:
            names = self.texts(chromium.open(str(pathlib.Path(self.folder.name) / "en.html")))
            self.assertTrue(any(self.ENGLISH.search(text) for text in names))
            for language in PRINTED:
                page = chromium.open(str(pathlib.Path(self.folder.name) / f"{language}.html"))
                left = [text for text in self.texts(page) if self.ENGLISH.search(text)]
                self.assertEqual(left, [], language)
                self.assertEqual(page.complaints(), [], language)
                self.assertIn(",", page.evaluate("jalki.number(1.5, 1)"))

    @staticmethod
    def texts(page):
        return page.evaluate("""(() => {
            const seen = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode())
                if (!node.parentElement.closest("script, style, code, noscript, textarea, td.words.screen") && node.data.trim()) seen.push(node.data.trim());
            for (const one of document.querySelectorAll("[aria-label], [placeholder]"))
                seen.push(one.getAttribute("aria-label") ?? "", one.getAttribute("placeholder") ?? "");
            return [...new Set(seen)];
        })()""")


if __name__ == "__main__":
    unittest.main()
