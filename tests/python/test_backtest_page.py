# SPDX-License-Identifier: Apache-2.0
"""The page of a back-test in a real browser: it loads from disk without a word on the console and without asking for anything,
draws its charts, and shows the figures of the JSON; also where a test has no cash, and one model beside another.
Skips aloud without Chromium."""
import json
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests/support"))
from browser import MODEL, Browser, check_page, column, jalki, skip_without_chromium  # noqa: E402

skip_without_chromium()


def check(page, path, figures):
    check_page(page, path)
    text = page.evaluate("document.getElementById('content').textContent").replace("\u00a0", " ")
    assert "NaN" not in text and "undefined" not in text and "Infinity" not in text
    assert f"{figures['expected']:,.0f}" in text and f"{figures['actual']:,.0f}" in text
    decimal = lambda value: "–" if value is None else f"{value:,.2f}"
    for kind, caption in (("treatment", "Actual over expected by treatment"), ("score_band", "Actual over expected by score")):
        cells = [cell for cell in figures["by"][kind] if cell["payers"] > 0]  # the others are one line
        assert column(page, caption, 0) == [cell["name"] for cell in cells]
        assert column(page, caption, 6) == [decimal(cell["ratio"]) for cell in cells]
        assert column(page, caption, 8) == [decimal(cell["ratio_interval"][1]) for cell in cells]
    stability = [decimal(row["psi"]) for row in figures["stability"]]
    assert column(page, "Population stability", 1) == [value.replace("-0.00", "0.00") for value in stability]
    assert not any("_" in name for name in column(page, "Population stability", 0))
    charts = page.evaluate("""[...document.querySelectorAll("figure .plot")].map((plot) => ({
        marks: plot.querySelectorAll("svg path, svg circle, svg line").length, label: plot.getAttribute("aria-label"),
        width: plot.clientWidth, drawn: plot.querySelector("svg")?.clientWidth, bad: /NaN|undefined|Infinity/.test(plot.innerHTML),
    }))""")
    if page.evaluate("jalki.hasCharts"):
        assert len(charts) == 2 + len(figures["by"]), charts
    for one in charts:
        assert one["marks"] > 0 and one["label"] and not one["bad"] and one["drawn"] <= one["width"] + 1, one


with tempfile.TemporaryDirectory() as scratch, Browser() as browser:
    folder = pathlib.Path(scratch)
    panel, quarters, html, out = (folder / name for name in ("panel.h5", "quarters.h5", "test.html", "test.json"))
    jalki("generate", "--panel", "-n", 1500, "--model", MODEL, "--months", 12, "-o", panel)
    jalki("generate", "--panel", "-n", 300, "--model", MODEL, "--months", 12, "--period-months", 3, "-o", quarters)
    runs = [(panel, ["--model", MODEL, "--holdout", 40], 1200), (panel, ["--model", MODEL, "--model", MODEL], 400),
            (quarters, ["--model", MODEL, "--holdout", 2], 800)]
    for store, options, width in runs:
        jalki("backtest", store, *options, "--json", out, "--html", html)
        figures = json.loads(out.read_text())
        check(browser.open(html, width=width), html, figures)
        assert ("models" in browser.open(html, width=width).evaluate("[...document.querySelectorAll('section')].map((s) => s.id)")) == (len(figures["models"]) > 1)
print("the page of a back-test is as promised")
