# SPDX-License-Identifier: Apache-2.0
"""The report's page in a real browser: it loads from disk without a word on the console and without asking for anything, draws its
charts, sorts its tables, shows the figures of the JSON in the reader's format, and keeps what a tape says from being run.
Skips aloud without Chromium."""
import base64
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile
from xml.etree import ElementTree

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
PROGRAM = os.environ["JALKI_PROGRAM"]
sys.path.insert(0, str(SOURCE / "tests/support"))
from browser import MODEL, Browser, column, jalki, skip_without_chromium  # noqa: E402

skip_without_chromium()

EVIL = "</script><script>evil=1</script>"


def make(folder, name, tape_csv, *options):
    """The page and its figures of a tape."""
    paths = {kind: folder / f"{name}.{kind}" for kind in ("h5", "results", "html", "json")}
    jalki("import", tape_csv, "--cutoff", "2026-06-30", "-o", paths["h5"])
    jalki("value", paths["h5"], "--model", MODEL, "-o", paths["results"])
    jalki("report", paths["results"], "-o", paths["html"], "--json", paths["json"], *options)
    return paths["html"], json.loads(paths["json"].read_text())


def check_figures(page, figures):
    """What is on the page is what is in the JSON, in English figures."""
    totals = figures["valuation"]
    text = page.evaluate("document.getElementById('summary').textContent").replace("\u00a0", " ")
    for amount in (totals["bid"], totals["face"], totals["value"]):
        assert f"{amount:,.{figures['decimals']}f}" in text, (amount, text)
    assert f"{totals['multiple']:.2f}" in text and f"{totals['payback_months']} months" in text
    decisions = {name: group for name, group in totals["decisions"].items() if group["claims"]}
    assert column(page, "By decision", 0) == list(decisions)
    assert column(page, "By decision", 2) == [f"{group['claims']:,}" for group in decisions.values()]
    assert column(page, "By decision", 4) == [f"{group['value']:,.{figures['decimals']}f}" for group in decisions.values()]
    steps = [f"{bar['amount']:,.{figures['decimals']}f}" for bar in figures["waterfall"]]
    assert column(page, "From face to bid", 1) == steps
    assert column(page, "Bid by required return", 2) == [f"{bid['bid']:,.{figures['decimals']}f}" for bid in figures["returns"]["bids"]]
    assert column(page, "Head of the worklist", 0) == [row["claim_id"] for row in figures["worklist"]["rows"]]
    shown = dict(zip(column(page, "Scenarios", 0), column(page, "Scenarios", 2), strict=True))
    assert shown == {row["name"]: f"{row['committed']['value']:,.{figures['decimals']}f}" for row in figures["scenarios"]["list"]}
    simulated = figures["simulation"]
    assert column(page, "Gross collections by year", 3) == [f"{year['p95']:,.{figures['decimals']}f}" for year in simulated["erc_by_year"]]
    assert column(page, "Quantiles", 1) == [f"{simulated['pv'][key]:,.{figures['decimals']}f}" for key in ("p01", "p05", "p25", "p50", "p75", "p95", "p99")]
    assert simulated["correlation"]["factors"] == 0
    assert "One factor moves for each country, any two correlated by 0.40." in page.evaluate("document.getElementById('risk').textContent")
    years = [sum(figures["months"]["gross"][i:i + 12]) for i in range(0, 180, 12)]
    assert column(page, "Cash flow by year", 1) == [f"{year:,.{figures['decimals']}f}" for year in years]
    cells = figures["map"]["cells"]
    assert column(page, "By segment and age", 3) == [f"{cell['face']:,.{figures['decimals']}f}" for cell in cells]


def check_charts(page):
    """Every chart is a drawing with marks in it, named for those who do not see it, with its table at hand."""
    charts = page.evaluate("""[...document.querySelectorAll("figure .plot")].map((plot) => ({
        marks: plot.querySelectorAll("svg path, svg rect, svg circle, svg line").length,
        text: plot.querySelectorAll("svg text").length, label: plot.getAttribute("aria-label"), role: plot.getAttribute("role"),
        width: plot.clientWidth, drawn: plot.querySelector("svg")?.clientWidth, bad: /NaN|undefined|Infinity/.test(plot.innerHTML),
    }))""")
    assert len(charts) >= 11, charts
    for chart in charts:
        assert chart["marks"] > 0 and chart["text"] > 0 and chart["label"] and chart["role"] == "img" and not chart["bad"], chart
        assert chart["drawn"] <= chart["width"] + 1, chart


def check_sorting(page):
    """A press on a heading sorts by it, largest first; the next one turns the order; the total stays last."""
    def press(label):
        return page.evaluate(f"""(() => {{
            const table = [...document.querySelectorAll("table")].find((one) => one.caption?.textContent.startsWith("By segment ·"));
            const head = [...table.tHead.rows[0].cells].find((one) => one.textContent === {json.dumps(label)});
            head.querySelector("button").click();
            return [head.getAttribute("aria-sort"), table.querySelectorAll("[aria-sort]").length, document.getElementById("said").textContent,
                table.tFoot.rows[0].cells[0].textContent];
        }})()""")

    def number(text):
        return float(text.replace(",", ""))
    before = column(page, "By segment ·", 3)
    assert press("value") == ["descending", 1, "Sorted by value, descending", "all"]
    after = column(page, "By segment ·", 3)
    assert after == sorted(before, key=number, reverse=True) != before
    assert press("value")[0] == "ascending" and column(page, "By segment ·", 3) == sorted(before, key=number)
    assert press("segment")[:2] == ["ascending", 1]
    assert column(page, "By segment ·", 0) == sorted(column(page, "By segment ·", 0))


def check_tools(page):
    """A table of many rows is searched as one types, and saved as what it holds: the rows that are shown, numbers as they are."""
    found = page.evaluate("""(async () => {
        const table = [...document.querySelectorAll("table")].find((one) => one.caption?.textContent.startsWith("By segment ·"));
        const search = table.querySelector("input[type=search]"), saved = [];
        const make = URL.createObjectURL, click = HTMLAnchorElement.prototype.click;
        URL.createObjectURL = (blob) => { saved.push(blob); return make.call(URL, blob); };
        HTMLAnchorElement.prototype.click = function () { saved.push(this.download); };
        const save = () => table.querySelector("button[aria-label$=CSV]").click();
        save();
        search.value = "SE-";
        search.dispatchEvent(new Event("input"));
        save();
        const shown = [...table.tBodies[0].rows].filter((row) => !row.hidden).map((row) => row.cells[0].textContent);
        const said = document.getElementById("said").textContent;
        search.value = "";
        search.dispatchEvent(new Event("input"));
        URL.createObjectURL = make;
        HTMLAnchorElement.prototype.click = click;
        const hostile = jalki.csvOf([{ label: "a", value: (row) => row }], ["=1+1", "-3", 'say "x", y']);
        return { shown, said, names: saved.filter((one) => typeof one === "string"), all: await saved[0].text(), some: await saved[2].text(), hostile };
    })()""")
    assert found["shown"] and all(name.startswith("se-") for name in found["shown"]), found["shown"]
    assert found["names"] == ["by-segment.csv"] * 2 and found["said"] == f"{len(found['shown'])} rows saved"
    rows = list(csv.DictReader(io.StringIO(found["all"])))
    segments = [segment for segment in page.evaluate("jalki.figures.valuation.segments") if segment["claims"]]
    assert sorted((row["segment"], float(row["value"])) for row in rows[:-1]) == sorted((segment["id"], segment["value"]) for segment in segments)
    assert rows[-1]["segment"] == "all" and [row["segment"] for row in csv.DictReader(io.StringIO(found["some"]))] == found["shown"]
    assert found["hostile"] == "a\r\n'=1+1\r\n-3\r\n\"say \"\"x\"\", y\"\r\n"


def cells_of(workbook):
    """The rows of its one sheet as a reader of workbooks sees them, and by OpenPyXL's eyes where it is: texts, and numbers that are numbers."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
        sheet = ElementTree.fromstring(archive.read("xl/sheet.xml"))
    rows = [[cell.findtext(f"{space}is/{space}t") if cell.get("t") == "inlineStr" else None if (value := cell.findtext(f"{space}v")) is None else float(value) for cell in row]
            for row in sheet.iter(f"{space}row")]
    try:
        import openpyxl
    except ImportError:
        print("no OpenPyXL here: the workbook was read by the standard library alone")
        return rows
    other = [list(row) for row in openpyxl.load_workbook(io.BytesIO(workbook)).active.values]
    assert other == rows, (rows[:3], other[:3])
    return rows


def check_workbook(page):
    """What a table saves as a workbook: the rows that it shows, with numbers as numbers; nothing that a tape says is a formula or breaks the file."""
    found = page.evaluate("""(async () => {
        const table = [...document.querySelectorAll("table")].find((one) => one.caption?.textContent.startsWith("By segment ·"));
        let saved = null, name = null;
        const make = URL.createObjectURL, click = HTMLAnchorElement.prototype.click;
        URL.createObjectURL = (blob) => make.call(URL, saved = blob);
        HTMLAnchorElement.prototype.click = function () { name = this.download; };
        table.querySelector("button[aria-label$=XLSX]").click();
        URL.createObjectURL = make;
        HTMLAnchorElement.prototype.click = click;
        const text = async (blob) => btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
        const hostile = jalki.xlsxOf("a: [b] / c", [{ label: "text & <more>", value: (row) => row[0] }, { label: "number", kind: "percent", value: (row) => row[1] }], [["=1+1", 0.5], ["\u0001<x>&", null], [null, -1e-7]]);
        return { name, saved: await text(saved), hostile: await text(hostile) };
    })()""")
    rows = cells_of(base64.b64decode(found["saved"]))
    segments = [segment for segment in page.evaluate("jalki.figures.valuation.segments") if segment["claims"]]
    assert found["name"] == "by-segment.xlsx" and rows[0][:4] == ["segment", "claims", "face", "value"]
    assert sorted(rows[1:-1])[0][0] and {row[0]: row[1:4] for row in rows[1:-1]} == {one["id"]: [one["claims"], one["face"], one["value"]] for one in segments}
    assert rows[-1][0] == "all" and all(isinstance(value, (int, float)) for row in rows[1:] for value in row[1:])
    assert cells_of(base64.b64decode(found["hostile"])) == [["text & <more>", "number"], ["=1+1", 0.5], ["<x>&", None], [None, -1e-7]]


def check_claims(page, figures):
    """A claim of the worklist opens what its decision rests on, by its button or its address, and the keyboard comes back to where it was."""
    state = """({ open: document.querySelectorAll("dialog[open]").length, hash: location.hash, at: document.activeElement.textContent,
        label: document.querySelector("dialog")?.getAttribute("aria-labelledby"), text: document.querySelector("dialog")?.textContent })"""

    def press(key, code):
        for kind in ("keyDown", "keyUp"):
            page.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **({"text": "\r"} if key == "Enter" and kind == "keyDown" else {}))

    def explains(row):
        """The dialog stands open about this row, and the keyboard is in it."""
        page.wait(f"document.querySelectorAll('dialog[open]').length === 1 && document.activeElement.textContent === {json.dumps('Why ' + row)}")

    def is_back_at(row):
        """No dialog is open, the address is the list's, and the keyboard is where it was."""
        page.wait(f"!document.querySelector('dialog[open]') && location.hash === '#worklist' && document.activeElement.textContent === {json.dumps(row)}")
    rows, explained = figures["worklist"]["rows"], figures["explanations"]
    assert [one["row"] for one in explained] == [int(row["claim_id"].removeprefix("row ")) for row in rows]
    assert all(one["decision"] == row["action"] and abs(one["balance"] - row["balance"]) < 0.01 for one, row in zip(explained, rows, strict=True))
    assert not {"tape", "claim_id"} & set(explained[0]) and "bar_words" not in explained[0]["law"] and "words" not in explained[0]["score"]["reasons"][0]
    page.evaluate("document.querySelectorAll('#worklist .open')[1].focus()")
    press("Enter", 13)
    explains(rows[1]["claim_id"])
    now = page.evaluate(state)
    assert now["open"] == 1 and now["hash"] == f"#claim-{explained[1]['row']}" and now["at"] == f"Why {rows[1]['claim_id']}" and now["label"] == "dialog-title", now
    assert f"{explained[1]['value']:,.2f}" in now["text"] and column(page, "What each action is worth", 0) == list(explained[1]["actions"])
    assert column(page, "Plan by period", 0) == [str(epoch["from_month"]) for epoch in explained[1]["plan"]]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press("Escape", 27)
    is_back_at(rows[1]["claim_id"])
    page.evaluate(f"location.hash = '#claim-{explained[3]['row']}'")
    explains(rows[3]["claim_id"])
    page.evaluate("document.querySelector('dialog button').click()")
    is_back_at(rows[3]["claim_id"])


def check_outline(page):
    """One heading of the first level, sections with headings that the list of sections leads to, tables with captions."""
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    assert page.evaluate("[...document.querySelectorAll('nav a')].every((a) => document.querySelector(a.hash + ' h2'))")
    assert page.evaluate("[...document.querySelectorAll('table')].every((t) => t.caption?.textContent && t.tHead && [...t.tBodies[0].rows].every((r) => r.cells[0].scope === 'row'))")
    assert page.evaluate("[...document.querySelectorAll('th, button, summary, a')].every((e) => e.textContent.trim())")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("document.querySelector('a.skip').hash") == "#content"
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map((e) => Number(e.tagName[1]))")
    assert all(later <= level + 1 for level, later in zip(levels, levels[1:])), levels
    unnamed = page.evaluate("[...document.querySelectorAll('input, select, textarea')].filter((e) => !(e.labels?.length || e.getAttribute('aria-label'))).map((e) => e.outerHTML)")
    assert unnamed == [], unnamed
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


def check_colours(page):
    """Text on its ground, by the contrast ratio of WCAG 2.2: at least 4.5."""
    colours = page.evaluate("""["--ink", "--quiet", "--accent", "--paper", "--wash", "--warn"].map((name) => {
        const probe = document.createElement("i");
        probe.style.color = `var(${name})`;
        document.body.append(probe);
        const value = getComputedStyle(probe).color;
        probe.remove();
        return value;
    })""")

    def luminance(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    for text in colours[:3]:
        for ground in colours[3:]:
            high, low = sorted((luminance(text), luminance(ground)), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)


def sheets(page, path):
    """Pages of A4 that it prints on."""
    page.pdf(path)
    pdf = path.read_bytes()
    assert pdf[:5] == b"%PDF-"
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def quiet(page, path):
    assert page.complaints() == [], page.complaints()
    assert page.requests() == [pathlib.Path(path).resolve().as_uri()], page.requests()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    assert page.evaluate("document.documentElement.dataset.ready") == "true"


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    html, figures = make(folder, "sample", SOURCE / "data/sample-tape.csv.gz", "--scenarios", SOURCE / "data/scenarios/nordic.yaml", "--paths", 200, "--reprice", 0)
    assert html.stat().st_size < 1_200_000, html.stat().st_size
    jalki("report", folder / "sample.results", "-o", folder / "brief.html", "--brief", "--scenarios", SOURCE / "data/scenarios/nordic.yaml", "--paths", 200)
    has_charts = "charts" in subprocess.run([PROGRAM, "report", folder / "sample.results", "-o", folder / "again.html"], check=True,
                                            capture_output=True, text=True).stdout.split(", ")[1]

    # A tape that tries to run something, of ten claims.
    lines = subprocess.run([PROGRAM, "generate", "-n", "10", "-o", "/dev/stdout", "--quiet"], capture_output=True, text=True).stdout
    if not lines:
        jalki("generate", "-n", "10", "-o", folder / "ten.csv")
        lines = (folder / "ten.csv").read_text()
    head, first, *rest = lines.splitlines()
    cells = first.split(",")
    names = head.split(",")
    cells[names.index("claim_id")] = EVIL
    cells[names.index("product")] = "<img src=x onerror=evil=1>"
    cells[names.index("principal")] = "999999.00"
    (folder / "evil.csv").write_text("\n".join([head, ",".join(cells), *rest]) + "\n")
    evil_html, evil_figures = make(folder, "evil", folder / "evil.csv")
    assert EVIL not in json.dumps(evil_figures) and "row 1" in json.dumps(evil_figures)  # ids are not asked for
    evil_html, evil_figures = make(folder, "evil", folder / "evil.csv", "--with-ids")
    assert any(EVIL in claim["claim_id"] for currency in evil_figures["tape"]["currencies"] for claim in currency["largest"])

    # A model of which segments and countries move by a matrix.
    factors = folder / "factors.yaml"
    countries = ["FI", "SE", "NO", "DK", "EE", "EU"]
    matrix = [[(-0.5) ** abs(i - j) for j in range(6)] for i in range(6)]
    factors.write_text(f"include: {MODEL}\nrisk: {{correlation: {{factors: [{', '.join(countries)}], matrix: {matrix}}}}}\n")
    jalki("value", folder / "evil.h5", "--model", factors, "-o", folder / "factors.results")
    jalki("report", folder / "factors.results", "-o", folder / "factors.html", "--paths", 200)

    with Browser() as browser:
        moved = browser.open(folder / "factors.html", locale="en-GB")
        quiet(moved, folder / "factors.html")
        assert "6 factors of the model's segments and countries move, correlated by -0.50 to 0.25." in moved.evaluate("document.getElementById('risk').textContent")
        page = browser.open(html, locale="en-GB")
        quiet(page, html)
        check_figures(page, figures)
        check_outline(page)
        check_colours(page)
        if has_charts:
            check_charts(page)
        check_sorting(page)
        check_tools(page)
        check_workbook(page)
        check_claims(page, figures)
        assert 1 < sheets(page, folder / "page.pdf") <= 6
        brief = browser.open(folder / "brief.html", locale="en-GB")
        quiet(brief, folder / "brief.html")
        assert sheets(brief, folder / "brief.pdf") <= 2
        assert "income_monthly" not in page.evaluate("document.getElementById('content').textContent") and "monthly income" in page.evaluate("document.getElementById('content').textContent")
        quiet(page, html)

        for width, dark in ((390, False), (1440, True)):
            page = browser.open(html, width=width, dark=dark, locale="en-GB")
            quiet(page, html)
            check_colours(page)
            if has_charts:
                check_charts(page)

        # A page in Finnish: a claim is still found by its address, and no label of a chart leaves a narrow screen.
        jalki("report", folder / "sample.results", "-o", folder / "finnish.html", "--language", "fi", "--reprice", 0)
        row = figures["explanations"][3]["row"]
        page = browser.open(f"{folder / 'finnish.html'}", width=390, locale="fi-FI")
        quiet(page, folder / "finnish.html")
        page.evaluate(f"location.hash = '#claim-{row}'")
        page.wait(f"document.querySelector('dialog h2')?.textContent.includes('rivi {row}')")
        page.evaluate("document.querySelector('dialog').close()")
        beyond = page.evaluate("""[...document.querySelectorAll("figure .plot svg text")].filter((text) => { const at = text.getBoundingClientRect();
            return at.width > 0 && (at.left < 0 || at.right > innerWidth); }).map((text) => text.textContent)""")
        assert beyond == [], beyond

        # Finnish readers see Finnish numbers: a space between thousands, a comma before decimals.
        page = browser.open(html, locale="fi-FI")
        finnish = page.evaluate("document.getElementById('summary').textContent").replace("\u00a0", " ")
        assert f"{figures['valuation']['bid']:,.0f} EUR".replace(",", " ") in finnish, finnish
        assert f"{figures['valuation']['multiple']:.2f}".replace(".", ",") in finnish
        quiet(page, html)

        page = browser.open(evil_html, locale="en-GB")
        quiet(page, evil_html)
        assert page.evaluate("typeof evil") == "undefined"
        assert page.evaluate(f"document.body.textContent.includes({json.dumps('<img src=x onerror=evil=1>')})")
        assert page.evaluate("document.querySelectorAll('img').length") == 0
print(f"the page of {html.name}: {'charts, ' if has_charts else ''}tables, figures and manners as they should be")
sys.exit(0)
