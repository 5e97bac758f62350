# SPDX-License-Identifier: Apache-2.0
"""The pages of `compare`, `calendar`, `value --challenger` and `batch` in a real browser: they load from disk without a word on the console and
without asking for anything, draw their charts, and show the figures of the JSON. Skips aloud without Chromium."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
PROGRAM = os.environ["JALKI_PROGRAM"]
sys.path.insert(0, str(SOURCE / "tests/support"))
from browser import MODEL, Browser, check_page, column, jalki, skip_without_chromium  # noqa: E402

skip_without_chromium()

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
    hostile = "</script><script>alert(1)</script>"
    (folder / "jobs.yaml").write_text(f"""
jalki_batch: 1
defaults: {{model: {MODEL}}}
jobs:
- {{name: "bid-{{book.stem}}-{{rate}}", command: price, each: {{book: [a.h5, b.h5], rate: [0.12, 0.18]}}, read: "{{book}}", irr: "{{rate}}", json: "out 1/#{{book.stem}}%20{{rate}}.json"}}
- {{name: "{hostile}", command: value, read: "javascript:x.h5", json: never.json}}
- {{name: list, command: worklist, read: a.h5, stdout: "javascript:list.txt"}}
""")
    (folder / "pages").mkdir()
    made = subprocess.run([PROGRAM, "batch", str(folder / "jobs.yaml"), "--page", str(folder / "pages/monday.html"), "--json", str(folder / "monday.json"), "--quiet"],
                          stdout=subprocess.DEVNULL)
    assert made.returncode == 1, made.returncode
    for width in (1200, 390):
        page = browser.open(str(folder / "pages/monday.html"), width=width)
        check_page(page, folder / "pages/monday.html")
        monday = json.loads((folder / "monday.json").read_text())
        assert column(page, "Jobs", 0) == [row["job"] for row in monday["rows"]]
        assert column(page, "What is not done", 0) == [hostile] and "javascript:x.h5: cannot open" in column(page, "What is not done", 3)[0]
        assert column(page, "Value and bid of each portfolio", 0) == ["a.h5", "b.h5"]
        bids = [float(text.replace(",", "")) for text in column(page, "Value and bid of each portfolio", 4)]
        assert bids == [round(row["bid"]) for row in monday["rows"] if row["variant"] == "price irr 0.12"], bids
        links = json.loads(page.evaluate("JSON.stringify([...document.querySelectorAll('#jobs a')].map((link) => [link.textContent, link.href]))"))
        assert [name for name, _ in links] == [f"out 1/#{book}%20{rate}.json" for book in "ab" for rate in ("0.12", "0.18")] + ["javascript:list.txt"], links
        for name, link in links:
            assert link == (folder.resolve() / name).as_uri() or pathlib.Path(urllib.request.url2pathname(link.removeprefix("file://"))) == folder.resolve() / name, link
            assert (folder / name).exists()
    for width in (1200, 390):
        page = browser.open(str(folder / "bridge.html"), width=width)
        check_page(page, folder / "bridge.html")
        whole = json.loads((folder / "bridge.json").read_text())
        amounts = [float(text.replace(",", "").replace("−", "-")) for text in column(page, "Bridge", 1)]
        assert amounts == [round(whole["rows"][0][step], 2) for step in whole["order"]], amounts
        assert column(page, "By segment", 0) == [row["name"] for row in whole["rows"] if row["group"] == "segment"]
        assert page.evaluate("document.querySelectorAll('.plot svg').length") in (0, 1)
        page = browser.open(str(folder / "both.html"), width=width)
        check_page(page, folder / "both.html")
        both = json.loads((folder / "both.json").read_text())["challenge"]
        shown = column(page, "Claims", 0)  # by rows of the tape: a page has no ids
        assert 0 < len(shown) == len(both["rows"]) <= 40 and all(text.startswith("row ") for text in shown), shown
        assert both["rows"][0]["claim_id"] not in (folder / "both.html").read_text()
        page = browser.open(str(folder / "due.html"), width=width)
        check_page(page, folder / "due.html")
        due = json.loads((folder / "due.json").read_text())
        assert column(page, "By month of acting", 0) == [row["from"] for row in due["periods"] if row["period"] == "month"]
        shown = column(page, "Entries by day", 2)  # a page has no ids
        assert len(shown) == len(due["rows"]) and all(text.startswith("row ") for text in shown)
        assert due["rows"][0]["claim_id"] not in (folder / "due.html").read_text()
