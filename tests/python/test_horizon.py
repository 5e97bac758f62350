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
    text = program.must_run_text(["backtest", folder / "p.h5", "--model", model, "--horizon", "12,60", "--treatment", "plan", "--format", "csv",
                                  "--quiet"])
    lines = list(csv.DictReader(text.splitlines()))
    for horizon in found["models"][0]["horizons"]:  # rows of all landmarks say how long they were watched, cells do not
        mine = [line for line in lines if int(line["horizon"]) == horizon["months"]]
        assert [int(line["watched_to_the_end"]) for line in mine if line["by"] == "all"] == [horizon["watched_to_the_end"]]
        assert [round(float(line["watched_share"]), 9) for line in mine if line["by"] == "all"] == [round(horizon["watched_share"], 9)]
        assert len(mine) > 1 and all(line["watched_share"] == "" for line in mine if line["by"] != "all")
    for horizon, column in zip(found["models"][0]["horizons"], ("gross_12m", "gross_60m")):
        wanted = sum(float(claim[column]) for claim in claims)
        assert math.isclose(horizon["total"]["expected"], wanted, rel_tol=1e-6), (column, horizon["total"]["expected"], wanted)
        assert horizon["watched_to_the_end"] == 400
        assert math.isclose(sum(cell["expected"] for cell in horizon["by"]["recency"]), wanted, rel_tol=1e-6)
    decided = {}  # the plan's decision is that of `value`; surveillance is what was recorded
    for claim in claims:
        name = f"{claim['decision']}, {'done' if claim['decision'] == 'surveil' else 'not done'}"
        decided[name] = decided.get(name, 0) + 1
    assert len(decided) > 2 and {cell["name"]: cell["landmarks"] for cell in horizon["by"]["decision"]} == decided, decided
    return sum(float(claim["gross_60m"]) for claim in claims)


def priors(folder):
    """Two cohorts, a year apart: the prior of each is what `value` expects of it on the day it enters, and Bornhuetter and Ferguson's
    reserve the part of that which the last factor leaves open."""
    model = SOURCE / "models" / "nordic.yaml"
    tape, rows, expected = list(csv.DictReader(open(folder / "t.csv"))), [], []
    for cohort in range(2):
        own = [claim for claim in tape if int(claim["debtor_id"][1:]) % 2 == cohort]
        write_rows(folder / "half.csv", own)
        program.import_tape(str(folder / "half.csv"), str(folder / "half.h5"), f"{2026 + cohort}-06-30")
        claims = csv.DictReader(open(program.value_store(str(folder / "half.h5"), str(model), str(folder))["claims.csv"]))
        expected.append(sum(float(claim["gross_60m"]) for claim in claims))
        for claim in own:
            balance = sum(float(claim[part] or 0) for part in ("principal", "interest_accrued", "fees"))
            for year in range(cohort, 5):
                rows.append({**claim, "period_start": f"{2026 + year}-06-30", "period_months": 12, "balance_start": f"{balance:.2f}",
                             "treatment": "surveil", "cash": 10 + year})
    write_rows(folder / "cohorts.csv", rows)
    ladder = backtest(folder, folder / "cohorts.csv", model, "--prior")["chain_ladder"]
    assert [origin["ages"] for origin in ladder["origins"]] == [5, 4] and ladder["age"][-1] == 60, ladder
    for origin, wanted in zip(ladder["origins"], expected):
        assert math.isclose(origin["prior"], wanted, rel_tol=1e-6), (origin, wanted)
    old, young = ladder["origins"]
    assert old["bf_reserve"] == 0 and math.isclose(young["bf_reserve"], young["prior"] * (1 - 1 / ladder["factor"][-1]), rel_tol=1e-9)
    assert math.isclose(ladder["bf_reserve"], young["bf_reserve"], rel_tol=1e-12)
    assert "prior" not in backtest(folder, folder / "cohorts.csv", model)["chain_ladder"]


def row(claim, start, months, treatment="surveil", cash=0, left="", paid=""):
    return {"claim_id": claim, "country": "FR", "written_off_on": "2019-01-01", "principal": 1000, "currency": "EUR", "last_paid_on": paid,
            "period_start": start, "period_months": months, "balance_start": 1000, "treatment": treatment, "cash": cash, "exit": left}


def by_hand(folder):
    """Expected of 1000 at 1 % a month under surveillance is 1000·(1 − e^(−0.01·months watched)); amicable at 3 % brings 0.9 of it."""
    (folder / "flat.yaml").write_text(FLAT)
    rows = [row("A", "2020-01-01", 3), row("A", "2020-04-01", 3, cash=100), row("A", "2020-07-01", 3), row("A", "2020-10-01", 3),     # 12 months
            row("B", "2020-01-01", 3, cash=50), row("B", "2020-04-01", 3, left="sold"),                                              # 6
            row("C", "2020-01-01", 3), row("C", "2020-04-01", 3, "amicable", cash=70),                                               # 3, then another treatment
            row("D", "2020-01-01", 2, cash=0, left="death"),                                                                         # as long as others
            row("E", "2020-01-01", 1.5, cash=1000, left="paid", paid="2019-12-05"),                                                  # likewise
            row("F", "2020-01-01", 3, "amicable"), row("F", "2020-04-01", 3, "amicable"),                                            # 6
            row("G", "2020-01-01", 3), row("G", "2020-07-01", 3, cash=500)]                                                         # a gap: 3
    write_rows(folder / "hand.csv", rows)
    found = backtest(folder, folder / "hand.csv", folder / "flat.yaml", "--horizon", "6,12")

    def surveil(months):
        return 1000 * (1 - math.exp(-0.01 * months))

    def amicable(months):
        return 900 * (1 - math.exp(-0.03 * months))
    six, twelve = found["models"][0]["horizons"]
    # D and E have left for good. Of the four that are left under surveillance two are lost at 3 months, and one of two at 6.
    left_6 = surveil(3) + (surveil(6) - surveil(3)) / 2
    left_12 = left_6 + (surveil(12) - surveil(6)) / 4
    for horizon, actual, expected, whole in (
            (six, 100 + 50 + 1000, 2 * surveil(6) + 2 * surveil(3) + amicable(6) + 2 * left_6, 3),
            (twelve, 100 + 50 + 1000, surveil(12) + surveil(6) + 2 * surveil(3) + amicable(6) + 2 * left_12, 1)):
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


PAYERS = """    payers:
      settled_share: {surveil: 0.3, amicable: 0.3, legal: 0.3}
      monthly_share: [0.03, 0.03, 0.03]
      breakage: {surveil: 0.06, amicable: 0.06, legal: 0.06}
      monthly: {surveil: 0, amicable: 0, legal: 0}
      since_last_payment: 2
"""
SAME = FLAT.replace("surveil: [[0, 0.01]], amicable: [[0, 0.03]]", "surveil: [[0, 0.02]], amicable: [[0, 0.02]]")


def sued_payers(folder):
    """Nobody is sued who pays: who begins to pay under legal is followed under what it is called then; who is only moved is not."""
    (folder / "payers.yaml").write_text(SAME + PAYERS)
    rows = [row("H", "2020-01-01", 3, "legal", cash=30), row("H", "2020-04-01", 3, "amicable", cash=40, paid="2020-03-20"),
            row("H", "2020-07-01", 3, "surveil", cash=5, paid="2020-04-20"),
            row("K", "2020-01-01", 3, "legal"), row("K", "2020-04-01", 3, "amicable", cash=500),
            row("L", "2020-01-01", 3, "legal"), row("L", "2020-04-01", 3, "legal"), row("L", "2020-07-01", 3, "legal", cash=7)]
    write_rows(folder / "sued.csv", rows)
    total = backtest(folder, folder / "sued.csv", folder / "payers.yaml", "--horizon", "9")["models"][0]["horizons"][0]["total"]
    assert total["actual"] == 30 + 40 + 5 + 7, total
    assert math.isclose(total["exposure"], 1000 * (9 + 3 + 9), rel_tol=1e-9), total


def stopped_payers(folder):
    """Of those who paid in the month before, the share q of docs/panel.md has stopped with that payment, whom their last payment still shows as
    payers: such rows bring 1 - q of what the model that made the history expects. Who missed a month brings next to nothing."""
    (folder / "made.yaml").write_text((SAME + PAYERS).replace("base_currency: EUR", "base_currency: EUR\nfx: {EUR: 1, SEK: 0.1, DKK: 0.1, NOK: 0.1, ISK: 0.01, PLN: 0.2, GBP: 1, CHF: 1, USD: 1}"))
    program.must_run(["generate", "--panel", "--model", folder / "made.yaml", "-n", 6000, "--months", 12, "--seed", 7, "-o", folder / "made.h5", "--quiet"])
    program.must_run(["backtest", folder / "made.h5", "--model", folder / "made.yaml", "--by", "paying", "--from", "2021-02-01", "--json", folder / "m.json", "--quiet"])
    found = {cell["name"]: cell for cell in json.loads((folder / "m.json").read_text())["by"]["paying"]}
    rho, beta = 0.03, 0.06
    stay = math.exp(-(rho + beta))
    stopped = 1 - stay / (1 - rho * (1 - stay) / (rho + beta))
    ratio = found["paid 0 months ago"]["ratio"]
    assert abs(ratio - (1 - stopped)) < 0.02, (ratio, 1 - stopped)
    missed = found["paid 1 month ago"]
    assert missed["rows"] > 100 and missed["ratio"] < 0.6, missed
    assert set(found) == {"quiet", "paid 0 months ago", "paid 1 month ago"}, set(found)


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
                           (["--horizon", "12", "--by", "month"], "recency"), (["--horizon", "12", "--prior"], "beside single periods"), (["--horizon", "12", "--treatment", "legal"], "recorded or plan")):
        done = program.run(["backtest", folder / "p.h5", "--model", folder / "flat.yaml", *options])
        assert done.returncode == 2 and words in done.stderr, (options, done.stderr)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        expected = as_valued(folder)
        priors(folder)
        by_hand(folder)
        sued_payers(folder)
        stopped_payers(folder)
        mistakes(folder)
        table = program.must_run(["backtest", folder / "p.h5", "--model", folder / "flat.yaml", "--horizon", "12", "--html", folder / "h.html"])
        assert "nothing is updated afterwards" in table.stdout and "never paid" in table.stdout
        page(folder / "h.html")
        lines = program.must_run(["backtest", folder / "p.h5", "--model", folder / "flat.yaml", "--horizon", "12", "--format", "csv"]).stdout
        assert lines.startswith("model,horizon,by,name,landmarks,")
    print(f"horizons hold: {expected:.2f} EUR expected of 60 months, as value says")


if __name__ == "__main__":
    main()
