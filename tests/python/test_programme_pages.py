# SPDX-License-Identifier: Apache-2.0
"""The pages of `compare`, `calendar` and `value --challenger` in a real browser: they load from disk without a word on the console and
without asking for anything, draw their charts, and show the figures of the JSON. Skips aloud without Chromium."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
PROGRAM = os.environ["JALKI_PROGRAM"]
sys.path.insert(0, str(SOURCE / "tests/support"))
from browser import Browser, column, skip_without_chromium  # noqa: E402

skip_without_chromium()

MODEL = str(SOURCE / "models/nordic.yaml")


def jalki(*arguments):
    subprocess.run([PROGRAM, *map(str, arguments), "--quiet"], check=True, stdout=subprocess.DEVNULL)


def check(page, path):
    assert page.complaints() == [], page.complaints()
    assert page.requests() == [pathlib.Path(path).resolve().as_uri()], page.requests()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    assert page.evaluate("document.documentElement.dataset.ready") == "true"


with tempfile.TemporaryDirectory() as name, Browser() as browser:
    folder = pathlib.Path(name)
    jalki("generate", "-n", 2000, "-o", folder / "a.h5")
    jalki("generate", "-n", 2100, "-o", folder / "b.h5", "--cutoff", "2026-12-31")
    jalki("compare", folder / "a.h5", folder / "b.h5", "--model", MODEL, "--page", folder / "bridge.html", "--json", folder / "bridge.json")
    jalki("calendar", folder / "a.h5", "--model", MODEL, "--team", "north=FI", "--page", folder / "due.html", "--json", folder / "due.json",
          "--top", 500)
    for part in ("nordic.yaml", "scorecard.yaml", "segments.yaml", "law"):
        (folder / part).symlink_to(SOURCE / "models" / part)
    (folder / "other.yaml").write_text("jalki_model: 1\ninclude: nordic.yaml\nname: other\nirr: 0.18\n"
                                       "segments+: [{like: fi-finance, id: fi-large, when: {balance: [5000, null]}, cost: {legal: {filing: 900}}}]\n")
    jalki("value", folder / "a.h5", "--model", MODEL, "--challenger", folder / "other.yaml", "--challenger-page", folder / "both.html",
          "--challenger-top", 40, "--json", folder / "both.json")
    for width in (1200, 390):
        page = browser.open(str(folder / "bridge.html"), width=width)
        check(page, folder / "bridge.html")
        whole = json.loads((folder / "bridge.json").read_text())
        amounts = [float(text.replace(",", "").replace("−", "-")) for text in column(page, "Bridge", 1)]
        assert amounts == [round(whole["rows"][0][step], 2) for step in whole["order"]], amounts
        assert column(page, "By segment", 0) == [row["name"] for row in whole["rows"] if row["group"] == "segment"]
        assert page.evaluate("document.querySelectorAll('.plot svg').length") in (0, 1)
        page = browser.open(str(folder / "both.html"), width=width)
        check(page, folder / "both.html")
        both = json.loads((folder / "both.json").read_text())["challenge"]
        shown = column(page, "Claims", 0)  # by rows of the tape: a page has no ids
        assert 0 < len(shown) == len(both["rows"]) <= 40 and all(text.startswith("row ") for text in shown), shown
        assert both["rows"][0]["claim_id"] not in (folder / "both.html").read_text()
        page = browser.open(str(folder / "due.html"), width=width)
        check(page, folder / "due.html")
        due = json.loads((folder / "due.json").read_text())
        assert column(page, "By month of acting", 0) == [row["from"] for row in due["periods"] if row["period"] == "month"]
        shown = column(page, "Entries by day", 2)  # a page has no ids
        assert len(shown) == len(due["rows"]) and all(text.startswith("row ") for text in shown)
        assert due["rows"][0]["claim_id"] not in (folder / "due.html").read_text()
