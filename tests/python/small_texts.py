# SPDX-License-Identifier: Apache-2.0
"""The small runs (small_runs.py) and more of each command with chosen texts in every field that takes text: ids, products, segments,
models, scenarios, teams, titles, templates, jobs, rows of a triangle, options, names of files. For tests of what becomes of text."""
import csv
import json
import os
import re
import subprocess

import small_runs
from small_runs import CASES, MODEL

FEW = bool(os.environ.get("JALKI_FEW_CASES"))
LANGUAGES = ["fi", "sv", "da", "no", "et", "en"]
EVIL = ["<evil onload=evil()>&amp;", "</script><evil>", "]]>--><evil x='", "=cmd()|'/C calc'!A0", "+1+2", "@SUM(A1)", "-2+3", "\t=1",
        '"><evil a="', "it's, \"quoted\"; x", "\033[31mred\033]0;t\a", "\r\nBEGIN:VEVENT", "line\nX-EVIL:1", "\u009b31m", "\u202egpj",
        "\u2066x\u2028y", "\ufffe\uffff", "\x01\x1f\x7f", "{{evil}}${evil}%s%n%n", "\\u001b\\", "- a: &b [*b]", "L" * 60,
        "\xe4\u20ac\U0001f4b8", "#", " ", "null", "1e999", "../../evil"]
BYTES = [b"\xff\xfe", b"\x9b31m", b"\xed\xa0\x80", b"\xc0\x8a", b"\xe2\x82", b"a\x00b"]  # that are no text


class Texts:
    """The texts in turn, from the one at `shift` on; `name` gives one that can be a file's."""

    def __init__(self, shift):
        self.next = shift

    def __call__(self):
        self.next += 1
        return EVIL[self.next % len(EVIL)]

    def claim(self, number):
        return self() + str(number)

    def debtor(self, _number):
        return self()

    def name(self, ending=""):
        return self().replace("/", "_") + ending


def write(folder, name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def yaml(value):
    """As YAML: JSON but for characters beyond 16 bits."""
    pair = lambda found: f"\\U{0x10000 + ((int(found[1], 16) & 0x3ff) << 10 | int(found[2], 16) & 0x3ff):08x}"  # noqa: E731
    return re.sub(r"\\u(d[89ab]..)\\u(d[c-f]..)", pair, json.dumps(value))


def cells(row):
    return b",".join(b'"' + (cell if isinstance(cell, bytes) else cell.encode()).replace(b'"', b'""') + b'"' for cell in row)


def make_rows(folder, name, texts):
    """The tape has texts as ids and in every other row as product, and rows that are bad in each of its columns."""
    with open(os.path.join(folder, name), newline="") as file:
        head, *rows = csv.reader(file)
    claim, debtor, product = (head.index(word) for word in ("claim_id", "debtor_id", "product"))
    good, lines = rows[0][:], [",".join(head).encode()]
    for i, row in enumerate(rows):
        row[claim], row[debtor] = texts.claim(i), texts.debtor(i)
        row[product] = texts() if i % 2 else row[product]
    bad = [[texts.claim(100 + i) if k == claim else texts.debtor(i) if k == debtor else texts() if k == i else cell
            for k, cell in enumerate(good)] for i in range(len(head))]
    bad += [rows[1], [texts.claim(200) + "x" * 200 if k == claim else cell for k, cell in enumerate(good)],
            [texts.claim(201) if k == claim else texts.debtor(0) + "x" * 200 if k == debtor else cell for k, cell in enumerate(good)]]
    odd = [[some if k in (claim, product) else cell for k, cell in enumerate(good)] for some in BYTES]
    write(folder, name, b"\n".join([*lines, *map(cells, [*rows, *bad, *odd])]) + b"\n")
    return [row[claim] for row in rows], [row[debtor] for row in rows]


def make_model(folder, texts):
    with open(os.path.join(folder, MODEL)) as file:
        model = file.read()
    names = {word: re.sub(r"[\s,;'\"/\x00-\x1f\x7f]", "", texts())[:50] + str(i) for i, word in enumerate(("fi-consumer", "rest"))}
    factors = ["fi-consumer", "rest/FI", "rest", "rest/SE"]
    model = model.replace(", ".join(factors), ", ".join(yaml(re.sub("^[^/]+", lambda found: names[found[0]], one)) for one in factors))
    model = re.sub(r"id: (fi-consumer|rest)\b", lambda found: "id: " + yaml(names[found[1]]), model)
    model = re.sub(r"(?m)^name: .*", lambda _, named=yaml(texts()): "name: " + named, model)
    model = model.replace("parents: [{name: nordic-2026,", f"parents: [{{name: {yaml(texts())},")
    model = model.replace("data: [{name: panel.h5}]", f"data: [{{name: {yaml(texts())}}}]")
    write(folder, MODEL, model)


def prepare(folder, texts):
    """What small_runs prepares, with texts wherever one goes."""
    small_runs.prepare(folder)

    def run(*arguments):
        done = small_runs.run(arguments, folder)
        assert done.returncode == 0, (arguments, done.stderr)

    make_model(folder, texts)
    make_rows(folder, "t.csv", texts)
    os.remove(os.path.join(folder, "t.csv.gz"))
    subprocess.run(["gzip", "-kn", "t.csv"], cwd=folder, check=True)
    for name, count in (("few", 3), ("t", 60)):
        run("generate", "-n", str(count), "-o", "made.csv")
        claims, debtors = make_rows(folder, "made.csv", texts)
        run("import", "made.csv", "-o", f"{name}.h5", "--cutoff", "2026-06-30", "--max-rejects", "95%", "--rejects", "made.rejects")
    for cutoff, name in (("2026-05-31", "a"), ("2026-06-30", "b")):
        run("import", "t.csv", "-o", f"{name}.h5", "--cutoff", cutoff, "--max-rejects", "95%", "--rejects", "made.rejects")
    write(folder, "e.csv", b"claim_id\n" + b"\n".join(cells([one]) for one in [*claims[3:5], texts.claim(300)]) + b"\n")
    write(folder, "act.csv", b"claim_id,from_date,treatment\n" + cells([claims[3], "2026-06-20", "amicable"]) + b"\n" +
          cells([texts.claim(301), "2026-06-20", "amicable"]) + b"\n")
    write(folder, "pay.csv", b"claim_id,paid_on,amount\n" + cells([claims[3], "2026-06-20", "12.50"]) + b"\n" +
          cells([texts.claim(302), "2026-06-20", "1"]) + b"\n")
    write(folder, "bad.csv", b"claim_id,paid_on,amount\n" + b"\n".join(
        cells([texts.claim(k), "2026-06-20" if k != 1 else texts(), "1" if k != 2 else texts()]) for k in range(3)) + b"\n")
    people = [[claims[k // 2], debtors[k // 2], ("main", "joint")[k % 2]] for k in range(20)] + [[texts.claim(303), texts.debtor(303), "main"]]
    write(folder, "people.csv", b"Loan,Person,Role\n" + b"\n".join(map(cells, people)) + b"\n")
    loans = [[one, "2022-01-31" if k != 5 else texts(), "100", texts()] for k, one in enumerate([*claims[:12], claims[2], ""])]
    write(folder, "loans.csv", b"Loan,Written off,Principal,Region\n" + b"\n".join(map(cells, loans)) + b"\n")
    write(folder, "join.yaml", yaml({
        "sources": {"loan": {"recognised_by": ["Principal"]},
                    "person": {"recognised_by": ["Person"], "key": "Loan", "joined_by": "Loan", "max_unmatched": "90%", "aggregates": {
                        "people": {"count": "rows"}}}},
        "columns": {"claim_id": "Loan", "debtor_id": {"source": "person", "column": "Person"}, "country": {"constant": "FI"},
                    "written_off_on": "Written off", "principal": "Principal"},
        "extra": {"region": {"column": "Region", "type": "text"}, "people": {"source": "person", "column": "people", "type": "number"}}}))
    write(folder, "s.yaml", yaml([{"name": re.sub(r'[,;"\x00-\x1f\x7f]', "", texts()), "breakage": 0.25}]))
    write(folder, "case.yaml", yaml({**{re.sub(r"[\r\n]", "", texts()): one for one in ("claim_id", "debtor_id")}, "Text": {"text": texts()}}))
    write(folder, "tri.csv", b"origin,development,value\n" + b"\n".join(
        cells([EVIL[o], str(d), str(100 + 10 * o + d)]) for o in range(5) for d in range(5 - o)) + b"\n")
    write(folder, "changed.yaml", yaml({"jalki_model": 1, "include": [MODEL], "name": texts(), "irr": 0.2}))
    one, two = (yaml(re.sub("[{}]", "", texts()) + str(i)) for i in (1, 2))
    write(folder, "jobs.yaml", f"jalki_batch: 1\njobs:\n- {{name: {one}, command: chainladder, read: tri.csv, json: triangle.json}}\n")
    write(folder, "both.yaml", f"jalki_batch: 1\ndefaults: {{model: {MODEL}, threads: 2}}\njobs:\n- {{name: {one}, command: value, read: t.h5, "
          f"json: one.json}}\n- {{name: {two}, command: value, read: t.h5, irr: 0.2, json: two.json}}\n")
    run("generate", "-n", "200", "--panel", "--months", "9", "--model", MODEL, "-o", "p.h5")
    run("value", "t.h5", "--model", MODEL, "-o", "r.h5", "--manifest", "run.json")
    run("value", "few.h5", "--model", MODEL, "-o", "few-r.h5")
    for k in (1, 2):
        run("value", "t.h5", "--model", MODEL, "--part", f"{k}/2", "--partial", f"{k}.json", "--claims", f"{k}.csv")
    return claims, debtors


# More of each command than its small run asks for: titles, pages, columns to group by, names of files. TEXT is a text in turn.
MORE = {
    "import": [["import", "loans.csv", "people.csv", "--mapping", "join.yaml", "--cutoff", "2026-06-30", "--max-rejects", "90%", "-o", "o1.h5"],
               ["import", "loans.csv", "--cutoff", "2026-06-30", "-o", "o1.h5"]],
    "inspect": [["inspect", "t.h5", "--by", "product,country"], ["inspect", "p.h5"], ["inspect", "r.h5"], ["inspect", "TEXT"]],
    "map": [["map", "t.csv"], ["map", "made.csv", "--check", "-o", "o2"], ["map", "loans.csv", "people.csv"]],
    "value": [["value", "t.h5", "--model", MODEL, "--by", "product,segment", "--years", "o1.csv", "--challenger", "changed.yaml",
               "--disagree", "o2.csv", "--claims", "o3.json"],
              ["value", "t.h5", "--model", MODEL, "--claims", "o1.xlsx", "--cashflow", "o2.xlsx"], ["value", "t.h5", "--model", "TEXT"],
              ["value", "t.h5", "--model", MODEL, "--set", "TEXT=1"]],
    "price": [["price", "t.h5", "--model", MODEL, "--by", "product", "--claims", "o1.csv"],
              ["price", "t.h5", "--model", MODEL, "--scenarios", "s.yaml"]],
    "decide": [["decide", "t.h5", "--model", MODEL, "--court-budget", "100", "--claims", "o1.csv", "--by", "product"]],
    "worklist": [["worklist", "t.h5", "--model", MODEL, "--template", "case.yaml"],
                 ["worklist", "t.h5", "--model", MODEL, "--by-debtor", "--team", "TEXT=FI", "--template", "case.yaml"],
                 ["worklist", "t.h5", "--model", MODEL, "--segment", "TEXT"], ["worklist", "t.h5", "--model", MODEL, "--done", "TEXT"]],
    "calendar": [["calendar", "t.h5", "--model", MODEL, "--until", "2040-01-01", "--team", "TEXT=FI", "--title", "TEXT", "--with-ids",
                  "--page", "o1.html", "--ics", "o2.ics", "--claims", "o3.csv"]],
    "watch": [["watch", "t.h5", "few.h5", "--model", MODEL, "--cutoff-b", "2029-06-30"]],
    "compare": [["compare", "t.h5", "few.h5", "--model", MODEL, "--cutoff-b", "2027-06-30", "--by", "product", "--title", "TEXT", "--page", "o1.html",
                 "--claims", "o2.csv"],
                ["compare", "t.h5", "t.h5", "--model", MODEL, "--payments", "bad.csv"]],
    "panel": [["panel", "a.h5", "b.h5", "--payments", "bad.csv", "--treatment", "amicable", "-o", "o1.h5"]],
    "explain": [["explain", "t.h5", "--model", MODEL, "--claim", "ID"], ["explain", "t.h5", "--model", MODEL, "--claim", "TEXT"],
                ["explain", "t.h5", "--model", MODEL, "--debtor", "TEXT"]],
    "scenario": [["scenario", "t.h5", "--model", MODEL, "--scenarios", "s.yaml", "--committed", "--by", "product", "--claims", "o1.csv"]],
    "checks": [["checks", "t.h5", "--model", MODEL, "--price", "1", "--claims", "o1.csv"]],
    "backtest": [["backtest", "p.h5", "--model", MODEL, "--by", "segment,country", "--html", "o1.html"]],
    "fit": [["fit", "p.h5", "--model", MODEL, "--name", "TEXT", "--html", "o1.html", "-o", "m.yaml"]],
    "report": [["report", "few-r.h5", "--tape", "few.h5", "--model", MODEL, "--scenarios", "s.yaml", "--title", "TEXT", "--with-ids",
                "--paths", "100", "-o", "o1.html", "--json", "o2.json"]],
    "batch": [["batch", "both.yaml", "--title", "TEXT", "--page", "o1.html"]],
    "merge": [["merge", "1.json", "TEXT"]],
    "model": [["model", "log", "changed.yaml"], ["model", "diff", MODEL, "TEXT"]],
    "simulate": [["simulate", "t.h5", "--model", MODEL, "--paths", "100", "--calibrate", "TEXT"]],
    "export": [["export", "r.h5", "o2.csv"]],
    "erase": [["erase", "t.h5", "--claims", "TEXT", "-o", "o1"]],
    "chainladder": [["chainladder", "tri.csv"], ["chainladder", "TEXT"]],
    "help": [["help", "TEXT"]],
    "batch page": [["TEXT"]],
}
SPOKEN = {"inspect", "value", "price", "forward", "bid", "account", "explain", "decide", "worklist", "calendar", "watch", "compare", "scenario",
          "backtest", "simulate", "report"}
SHEETS = {"inspect", "value", "price", "decide", "worklist", "calendar", "watch", "compare", "scenario", "backtest", "batch", "merge"}


def lines(texts, ids):
    """Each case with a language in turn, each form of what goes to stdout, and a workbook."""
    known = {"ID": ids[0][-1], "C0000000001": ids[0][3], "D0000000001": ids[1][3]}
    for number, name in enumerate(small_runs.usable()):
        command = CASES[name][0][0]
        for words in [CASES[name][0], *MORE.get(name, [])]:
            words = [known.get(word, word) for word in words]
            words = [re.sub("TEXT", lambda _: texts.name(), word) for word in words]
            for form in ("table", "csv", "json"):
                number += 1
                if FEW and number % 3 or form != "table" and name in ("fit", "report", "completion", "help", "new-model"):
                    continue
                more = ["--format", form] if "--format" not in words and words[0] == command else []
                if command in SPOKEN and "--language" not in words:
                    more += ["--language", LANGUAGES[number % len(LANGUAGES)]]
                if command in SHEETS and form == "table":
                    more += ["--xlsx", "o9.xlsx"]
                if form == "csv":
                    more += ["--csv-dialect", "fi"] if number % 2 and "o1" not in words and "o2.gz" not in words else []
                yield form, [*words, *more]
