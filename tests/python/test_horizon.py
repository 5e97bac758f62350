# SPDX-License-Identifier: Apache-2.0
"""`backtest --horizon`: what is expected of a horizon is what `value` says of the same claims on the same day (its gross_12m and
gross_60m), and the months that a claim was watched are counted as the page on back-tests says (by hand, under a constant intensity)."""
import csv
import json
import math
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
sys.path.insert(0, str(SOURCE / "tests" / "support"))
import program  # noqa: E402
from browser import Browser, find_chromium  # noqa: E402

FLAT = """jalki_model: 1
name: flat
base_currency: EUR
horizon_months: 36
epochs: [3, 3, 3, 3, 12, 12]
irr: 0.15
jurisdictions:
  EU:
    limitation:
      periods: [{months: null}]
      letter_interrupts: false
      title_final_months: {consumer: null, business: null}
      final_months: {consumer: null, business: null}
    interest: {consumer: 0.0, business: 0.0}
    mortality: {G: 0, b: 0.09, assumed_age: 48}
    attachable: null
scorecard: {intercept: 0.0, weak_from: 430, able_from: 560, characteristics: [{name: placements, bins: [{points: 0}]}]}
segments:
  - id: all-of-them
    exit_monthly: 0.0
    curves: {surveil: [[0, 0.01]], amicable: [[0, 0.03]], legal: [[0, 0.02]]}
    class_multiplier: {surveil: [1, 1, 1], amicable: [1, 1, 1], legal: [1, 1, 1]}
    class_monthly:
      surveil: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      amicable: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      legal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    recovery_share: {surveil: 1.0, amicable: 0.9, legal: 1.0}
    cost:
      surveil: {monthly: 0.05, contingent: 0.15}
      amicable: {monthly: 60, contingent: 0.18}
      legal: {monthly: 0.40, contingent: 0.12, filing: 86, enforcement_monthly: 0.9, fee_shift: 0.0}
    legal: {months_to_title: 4, pre_title_factor: 0.5, garnish_share: [0.0, 0.0, 0.0]}
    market: {price: [[0, 0.12]], title_factor: [1.0, 1.0, 1.25], bar_months: 36, transaction_cost: 0.03}
"""


def write_rows(path, rows):
    with open(path, "w", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def backtest(folder, panel, model, *options):
    program.must_run(["import", "--panel", panel, "-o", folder / "p.h5", "--max-rejects", 0, "--quiet", "--rejects", folder / "r.csv"])
    program.must_run(["backtest", folder / "p.h5", "--model", model, *options, "--json", folder / "b.json", "--quiet"])
    return json.loads((folder / "b.json").read_text())


def as_valued(folder):
    """Claims of a synthetic tape with five years of history in which nothing happens: expected is what `value` expects."""
    model, day = SOURCE / "models" / "nordic.yaml", "2026-06-30"
    program.must_run(["generate", "-n", 400, "-o", folder / "t.csv", "--cutoff", day, "--quiet"])
    program.import_tape(str(folder / "t.csv"), str(folder / "t.h5"), day)
    claims = list(csv.DictReader(open(program.value_store(str(folder / "t.h5"), str(model), str(folder))["claims.csv"])))
    tape = list(csv.DictReader(open(folder / "t.csv")))
    rows = []
    for claim in tape:
        balance = sum(float(claim[part] or 0) for part in ("principal", "interest_accrued", "fees"))
        for year in range(5):
            rows.append({**claim, "period_start": f"{2026 + year}-06-30", "period_months": 12, "balance_start": f"{balance:.2f}",
                         "treatment": "surveil", "cash": 0})
    write_rows(folder / "panel.csv", rows)
    found = backtest(folder, folder / "panel.csv", model, "--horizon", "12,60", "--treatment", "plan")
    assert found["landmarks"] == len(claims) == 400
    for horizon, column in zip(found["models"][0]["horizons"], ("gross_12m", "gross_60m")):
        wanted = sum(float(claim[column]) for claim in claims)
        assert math.isclose(horizon["total"]["expected"], wanted, rel_tol=1e-6), (column, horizon["total"]["expected"], wanted)
        assert horizon["watched_to_the_end"] == 400
        assert math.isclose(sum(cell["expected"] for cell in horizon["by"]["recency"]), wanted, rel_tol=1e-6)
    return sum(float(claim["gross_60m"]) for claim in claims)


def row(claim, start, months, treatment="surveil", cash=0, left="", paid=""):
    return {"claim_id": claim, "country": "FR", "written_off_on": "2019-01-01", "principal": 1000, "currency": "EUR", "last_paid_on": paid,
            "period_start": start, "period_months": months, "balance_start": 1000, "treatment": treatment, "cash": cash, "exit": left}


def by_hand(folder):
    """Expected of 1000 at 1 % a month under surveillance is 1000·(1 − e^(−0.01·months watched)); amicable at 3 % brings 0.9 of it."""
    (folder / "flat.yaml").write_text(FLAT)
    rows = [row("A", "2020-01-01", 3), row("A", "2020-04-01", 3, cash=100), row("A", "2020-07-01", 3), row("A", "2020-10-01", 3),     # 12 months
            row("B", "2020-01-01", 3, cash=50), row("B", "2020-04-01", 3, left="sold"),                                              # 6
            row("C", "2020-01-01", 3), row("C", "2020-04-01", 3, "amicable", cash=70),                                               # 3, then another treatment
            row("D", "2020-01-01", 2, cash=0, left="death"),                                                                         # for ever
            row("E", "2020-01-01", 1.5, cash=1000, left="paid", paid="2019-12-05"),                                                  # for ever
            row("F", "2020-01-01", 3, "amicable"), row("F", "2020-04-01", 3, "amicable"),                                            # 6
            row("G", "2020-01-01", 3), row("G", "2020-07-01", 3, cash=500)]                                                         # a gap: 3
    write_rows(folder / "hand.csv", rows)
    found = backtest(folder, folder / "hand.csv", folder / "flat.yaml", "--horizon", "6,12")

    def surveil(months):
        return 1000 * (1 - math.exp(-0.01 * months))

    def amicable(months):
        return 900 * (1 - math.exp(-0.03 * months))
    six, twelve = found["models"][0]["horizons"]
    for horizon, actual, expected, whole in (
            (six, 100 + 50 + 1000, 4 * surveil(6) + 2 * surveil(3) + amicable(6), 5),
            (twelve, 100 + 50 + 1000, 3 * surveil(12) + surveil(6) + 2 * surveil(3) + amicable(6), 3)):
        total = horizon["total"]
        assert total["actual"] == actual and total["landmarks"] == 7, total
        assert math.isclose(total["expected"], expected, rel_tol=1e-5), (total["expected"], expected)
        assert horizon["watched_to_the_end"] == whole, horizon
    names = {cell["name"]: cell for cell in twelve["by"]["recency"]}
    assert set(names) == {"paid 0-2 months ago", "never paid"} and names["paid 0-2 months ago"]["actual"] == 1000
    # Followed under the plan, claims count whatever was done: C for its six months, with the cash of the second.
    plan = backtest(folder, folder / "hand.csv", folder / "flat.yaml", "--horizon", "12", "--treatment", "plan")
    assert plan["models"][0]["horizons"][0]["total"]["actual"] == 100 + 50 + 70 + 1000
    # A landmark every three months: 4 + 2 + 2 + 1 + 1 + 2 + 2 rows.
    every = backtest(folder, folder / "hand.csv", folder / "flat.yaml", "--horizon", "3", "--landmark", "3")
    assert every["landmarks"] == 14 and every["landmark_every_months"] == 3
    total = every["models"][0]["horizons"][0]["total"]
    assert total["actual"] == sum(r["cash"] for r in rows)


def page(path):
    if find_chromium() is None:
        print("the page is not looked at: no chromium here (scripts/install.sh browser)")
        return
    with Browser() as browser:
        view = browser.open(path, width=1000)
        assert view.complaints() == [], view.complaints()
        text = view.evaluate("document.getElementById('content').textContent")
        assert view.evaluate("document.documentElement.dataset.ready") == "true"
        assert all(word in text for word in ("Cohorts", "Months since the last payment", "never paid", "the treatment recorded at the landmark"))
        assert not any(word in text for word in ("NaN", "undefined", "Infinity")), text[:2000]


def mistakes(folder):
    for options, words in ((["--horizon", "12,6"], "ascend"), (["--horizon", "0"], "--horizon"), (["--landmark", "6"], "is about --horizon"),
                           (["--horizon", "12", "--by", "month"], "recency"), (["--horizon", "12", "--treatment", "legal"], "recorded or plan")):
        done = program.run(["backtest", folder / "p.h5", "--model", folder / "flat.yaml", *options])
        assert done.returncode == 2 and words in done.stderr, (options, done.stderr)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        expected = as_valued(folder)
        by_hand(folder)
        mistakes(folder)
        table = program.must_run(["backtest", folder / "p.h5", "--model", folder / "flat.yaml", "--horizon", "12", "--html", folder / "h.html"])
        assert "nothing is updated afterwards" in table.stdout and "never paid" in table.stdout
        page(folder / "h.html")
        lines = program.must_run(["backtest", folder / "p.h5", "--model", folder / "flat.yaml", "--horizon", "12", "--format", "csv"]).stdout
        assert lines.startswith("model,horizon,by,name,landmarks,")
    print(f"horizons hold: {expected:.2f} EUR expected of 60 months, as value says")


if __name__ == "__main__":
    main()
