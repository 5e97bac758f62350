# SPDX-License-Identifier: Apache-2.0
"""The page that answers: its engine (WebAssembly) with the claims in the page, run by node, gives the values of jalki scenario to the
last digit that is written; of a portfolio that does not fit, within what it says; and in a real browser a slider that is moved shows
the program's value, filters take the claims they name, and an address brings everything back. Skips aloud without the engine."""
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
from browser import Browser, column, find_chromium  # noqa: E402

MODEL = str(SOURCE / "models/nordic.yaml")
CASES = [{}, {"irr": 0.03}, {"recovery": 0.8}, {"new_payers": 0.75, "breakage": 0.25}, {"breakage": -0.3}, {"court_cost": 2.0, "costs": 1.1},
         {"delay": 7}, {"hour_price": 42.5}, {"irr": -0.04, "garnishment": 0.6, "exit": 1.4, "theta": 0.9, "tilt": -0.1}]


def jalki(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def by_engine(page, cases, folder):
    (folder / "cases.json").write_text(json.dumps(cases))
    found = subprocess.run(["node", SOURCE / "tests/support/reprice.mjs", page, folder / "cases.json"], check=True, capture_output=True, text=True)
    return json.loads(found.stdout)["results"]


def by_program(tape, cases, folder):
    (folder / "cases.yaml").write_text(json.dumps([{"name": f"case {i}", **case} for i, case in enumerate(cases) if case]))
    document = json.loads(jalki("scenario", tape, "--model", MODEL, "--scenarios", folder / "cases.yaml", "--replanned", "--json", "-"))
    return [document["base"], *[row["replanned"] for row in document["scenarios"]]]


def same(found, given):
    """The program writes 15 digits."""
    return all(float(f"{found[key]:.15g}") == given[key] for key in ("value", "bid", "net", "face")) and found["payback"] == (given["payback_months"] or -1)


def check_browser(page_path, folder, program):
    figures = json.loads(jalki("report", folder / "r.h5", "--json", "-"))
    with Browser() as browser:
        page = browser.open(page_path, locale="en-GB")

        def now():
            """The panel's own figure after what was changed: it is busy until it has priced that."""
            page.wait("!document.querySelector('#reprice[aria-busy]')")
            return page.evaluate("jalki.priced.value")
        page.evaluate("document.getElementById('reprice').scrollIntoView()")
        page.wait("document.documentElement.dataset.priced")
        assert page.complaints() == [], page.complaints()
        assert page.requests() == [page_path.resolve().as_uri()], page.requests()
        assert float(f"{now():.15g}") == page.evaluate("jalki.figures.valuation.value")
        policy = page.evaluate("document.querySelector('meta[http-equiv]').content")
        assert "default-src 'none'" in policy and "'wasm-unsafe-eval'" in policy and "'unsafe-eval'" not in policy, policy

        # The product that is rounded once: by this browser's instruction, or by the module itself, to the same bits.
        both = page.evaluate("""(async () => {
            const found = [], validate = WebAssembly.validate, given = async () => { const take = async (id) => new Uint8Array(await new Response(new Blob([Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0))])
                .stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer()); return { engine: await take("engine"), book: await take("book"), reprice: jalki.figures.reprice, horizon: jalki.figures.valuation.horizon_months }; };
            for (const has of [true, false]) {
                WebAssembly.validate = has ? validate : () => false;
                const price = await jalki.pricer(await given());
                found.push([{}, { irr: 0.03 }, { recovery: 0.8, delay: 7 }, { new_payers: 0.75, breakage: 0.25 }].map((changes) => { const { ms, ...rest } = price(changes); return rest; }));
                found.push(Math.min(...[0.81, 0.82, 0.83].map((recovery) => price({ recovery }).ms)));
            }
            WebAssembly.validate = validate;
            return { same: JSON.stringify(found[0]) === JSON.stringify(found[2]), value: found[0][1].value, ms: [found[1], found[3]] };
        })()""")
        assert both["same"] and float(f"{both['value']:.15g}") == program[1]["value"], both
        print(f"a move by the instruction {both['ms'][0]:.0f} ms, by the module itself {both['ms'][1]:.0f} ms, for 800 claims")

        # Where a browser starts no thread for a page, the page prices by itself.
        alone = page.evaluate("""(async () => {
            const own = window.Worker;
            window.Worker = class { constructor() { throw new Error("none here"); } };
            const price = await jalki.engine();
            window.Worker = own;
            return (await price({ irr: 0.03 })).value;
        })()""")
        assert float(f"{alone:.15g}") == program[1]["value"]

        # A slider by its keys, as a reader without a mouse moves it.
        page.evaluate("document.getElementById('change-irr').focus()")
        for _ in range(6):  # half a point each
            page.send("Input.dispatchKeyEvent", type="keyDown", key="ArrowRight", code="ArrowRight", windowsVirtualKeyCode=39)
            page.send("Input.dispatchKeyEvent", type="keyUp", key="ArrowRight", code="ArrowRight", windowsVirtualKeyCode=39)
        page.wait("document.getElementById('change-irr').getAttribute('aria-valuetext') === '18%'")  # the keys have arrived
        assert float(f"{now():.15g}") == program[1]["value"]
        shown = page.evaluate("document.querySelector('#reprice .lead').textContent")
        assert f"{program[1]['value']:,.2f}" in shown.replace("\u00a0", " "), shown
        assert f"{program[1]['bid']:,.{figures['decimals']}f}" == column(page, "Side by side", 2)[1]

        # By the mouse: an event of the slider itself.
        page.evaluate("""(() => { const slider = document.getElementById("change-recovery"); slider.value = 0.8; slider.dispatchEvent(new Event("input")); })()""")
        now()
        assert page.evaluate("document.querySelector('#reprice textarea').value.split('\\n').filter((line) => /^  [a-z_]+: [0-9]/.test(line)).join()") == "  irr: 0.03,  recovery: 0.8"
        assert page.evaluate("location.hash") == "#reprice?irr=18&recovery=0.8"

        # What is kept, copied and read by the program.
        page.evaluate("""(() => { document.getElementById("scenario-name").value = "hard: \\"times\\""; [...document.querySelectorAll("#reprice button")].find((one) => one.textContent === "Keep beside").click(); })()""")
        kept = now()
        (folder / "kept.yaml").write_text(page.evaluate("document.querySelector('#reprice textarea').value"))
        document = json.loads(jalki("scenario", folder / "t.h5", "--model", MODEL, "--scenarios", folder / "kept.yaml", "--replanned", "--json", "-"))
        assert document["scenarios"][0]["name"] == "hard: times" and document["scenarios"][0]["replanned"]["value"] == float(f"{kept:.15g}")

        # One country alone, and the address in a new window.
        page.evaluate("""(() => { const select = document.getElementById("choose-country"); select.value = "FI"; select.dispatchEvent(new Event("change")); })()""")
        alone = now()
        assert 0 < alone < kept
        again = browser.open(page_path, locale="en-GB")
        again.evaluate(f"location.hash = {json.dumps(page.evaluate('location.hash'))}")
        again.wait(f"jalki.priced?.value === {alone!r}")
        assert again.evaluate("document.getElementById('choose-country').value") == "FI"
        assert len(column(again, "Side by side", 3)) == len(column(page, "Side by side", 3)) > 0
        for one in (page, again):
            assert one.complaints() == [], one.complaints()
            assert all(request.startswith(page_path.resolve().as_uri()) for request in one.requests()), one.requests()


def main():
    features = json.loads(jalki("version", "--features", "--format", "json"))
    if not features["reprice"] or shutil.which("node") is None:
        print("skipped: this build has no engine for pages, or there is no node (scripts/install.sh wasm)")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        jalki("generate", "-n", "800", "-o", folder / "t.h5", "--quiet")
        jalki("value", folder / "t.h5", "--model", MODEL, "-o", folder / "r.h5", "--quiet")
        jalki("report", folder / "r.h5", "-o", folder / "p.html", "--quiet")
        found, given = by_engine(folder / "p.html", CASES, folder), by_program(folder / "t.h5", CASES, folder)
        for case, one, other in zip(CASES, found, given, strict=True):
            assert same(one, other), (case, one, other)
            assert one["error"] == 0
        parts = by_engine(folder / "p.html", [{"country": code, **CASES[3]} for code in ("DK", "EE", "FI", "NO", "SE")], folder)
        assert abs(sum(part["value"] for part in parts) - found[3]["value"]) < 1e-5 * len(parts)
        assert sum(part["claims"] for part in parts) == 800

        # A portfolio that does not fit: anchored where nothing is changed, near elsewhere, by what it says.
        jalki("report", folder / "r.h5", "-o", folder / "part.html", "--reprice", "250", "--quiet")
        for case, one, other in zip(CASES, by_engine(folder / "part.html", CASES, folder), given, strict=True):
            assert abs(one["value"] - other["value"]) <= 4 * one["error"] + 1e-6, (case, one, other)
            assert one["error"] < 0.05 * other["value"], (case, one)
            assert case or abs(one["value"] - other["value"]) < 1e-6

        # Without claims there is neither engine nor the right to run one.
        jalki("report", folder / "r.h5", "-o", folder / "none.html", "--reprice", "0", "--quiet")
        text = (folder / "none.html").read_text()
        assert 'id="engine"' not in text and "content=\"default-src 'none'" in text and "'wasm-unsafe-eval'" not in text.split("<style>")[0]
        if find_chromium() is None:
            print("without a browser: the engine alone")
        else:
            check_browser(folder / "p.html", folder, given)
    print(f"{len(CASES)} scenarios, one country alone, a part of the claims: the page's figures are the program's")


main()
