# SPDX-License-Identifier: Apache-2.0
"""Pages made of hostile text in every field that takes text: ids, products, names of files, models, scenarios and teams, titles.
Nothing of it runs, nothing is asked for, no element comes of it, and it is shown as it is. Skips aloud without Chromium."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
PROGRAM = os.environ["JALKI_PROGRAM"]
sys.path.insert(0, str(SOURCE / "tests/support"))
from browser import Browser, skip_without_chromium  # noqa: E402

skip_without_chromium()

MODEL = str(SOURCE / "models/nordic.yaml")
EVIL = ["</script><script>evil=1</script>", "<img src=x onerror=evil=1>", "\"><svg onload=evil=1>", "' onmouseover='evil=1",
        "<!--<script>", "{{script}}{{figures}}", "<a href=\"javascript:evil=1\">", "<style>*{display:none}</style>",
        "\\u003cscript\\u003eevil=1", "</textarea><iframe srcdoc='<script>parent.evil=1</script>'>"]
FILE = "<img src=x onerror=evil=1>.h5"


def jalki(folder, *arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments), "--quiet"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stderr)


def make_tape(folder, evil):
    """Sixty claims, whose ids and products are hostile where `evil` says so."""
    jalki(folder, "generate", "-n", "60", "-o", "plain.csv")
    head, *rows = (folder / "plain.csv").read_text().splitlines()
    names = head.split(",")
    lines = [head]
    for i, row in enumerate(rows):
        cells = row.split(",")
        for name in ("claim_id", "debtor_id", "product"):
            text = EVIL[i % len(EVIL)] + (str(i) if name == "claim_id" else "")
            cells[names.index(name)] = '"' + text.replace('"', '""') + '"' if evil else cells[names.index(name)]
        lines.append(",".join(cells))
    (folder / "t.csv").write_text("\n".join(lines) + "\n")


def make_pages(folder, evil):
    """All pages of the program; their paths by name."""
    make_tape(folder, evil)
    tape, title = (FILE, EVIL[0]) if evil else ("t.h5", "A title")
    for cutoff, name in (("2026-06-30", tape), ("2026-09-30", "later.h5")):
        jalki(folder, "import", "t.csv", "-o", name, "--cutoff", cutoff)
    jalki(folder, "value", tape, "--model", MODEL, "-o", "r.h5")
    (folder / "s.yaml").write_text(json.dumps([{"name": EVIL[1] if evil else "worse", "breakage": 0.25}]))
    jalki(folder, "generate", "--panel", "--model", MODEL, "-n", "400", "--months", "12", "-o", "h.h5")
    jalki(folder, "report", "r.h5", "--tape", tape, "--model", MODEL, "--scenarios", "s.yaml", "--title", title, "--with-ids",
          "-o", "report.html")
    shutil.copytree(SOURCE / "models", folder / "models")
    model = folder / "models" / (FILE.replace(".h5", ".yaml") if evil else "own.yaml")
    shutil.copy(folder / "models/nordic.yaml", model)
    jalki(folder, "backtest", "h.h5", "--model", model, "--html", "backtest.html")
    jalki(folder, "calendar", tape, "--model", MODEL, "--title", title, "--with-ids", "--page", "calendar.html")
    jalki(folder, "compare", tape, "later.h5", "--model", MODEL, "--title", title, "--page", "compare.html")
    return ["report", "backtest", "calendar", "compare"]


COUNT = """(() => { const count = {};
    for (const one of document.querySelectorAll("script, img, svg, iframe, style, a[href^='javascript'], textarea, object, link"))
        count[one.localName + (one.closest("svg") && one.localName !== "svg" ? " in svg" : "")] = (count[one.localName] ?? 0) + 1;
    const handlers = [...document.querySelectorAll("*")].filter((one) => [...one.attributes].some((a) => a.name.startsWith("on")));
    return JSON.stringify([count.script ?? 0, count.img ?? 0, count.iframe ?? 0, count.style ?? 0, count.object ?? 0, count.link ?? 0,
                           count.a ?? 0, handlers.length]); })()"""


def main():
    with tempfile.TemporaryDirectory() as top:
        seen = {}
        with Browser() as browser:
            for evil in (False, True):
                folder = pathlib.Path(top) / str(evil)
                folder.mkdir()
                for name in make_pages(folder, evil):
                    path = folder / f"{name}.html"
                    page = browser.open(path, locale="en-GB")
                    assert page.complaints() == [], (name, page.complaints())
                    assert page.requests() == [path.resolve().as_uri()], (name, page.requests())
                    assert page.evaluate("typeof evil") == "undefined", name
                    assert page.evaluate("document.documentElement.dataset.ready") == "true", name
                    elements = page.evaluate(COUNT)
                    assert seen.setdefault(name, elements) == elements, (name, seen[name], elements)
                    if evil:
                        text = page.evaluate("document.body.textContent")
                        assert name in ("backtest", "compare") or any(one in text for one in EVIL), name
    print("nothing ran")


main()
