#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The bridge of `jalki compare` once more, from valuations of `jalki value` alone: the first tape, the first tape with its
interest carried to the second cut-off, the second tape with either model, and at either return. Pairs of tapes are generated
and changed in ways that are known, so that every change of value has its cause."""
import datetime
import json
import os
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
import program  # noqa: E402

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
OPENING, CLOSING = datetime.date(2026, 6, 30), datetime.date(2026, 9, 30)
MONTHS = (CLOSING - OPENING).days / 30.4375
STEPS = ["opening", "collected", "left", "new", "time", "data", "model", "rate", "closing"]
MODEL = SOURCE / "models/nordic.yaml"


def generated(folder, claims, seed):
    """A generated tape as rows, and its columns."""
    path = folder / f"generated-{seed}.csv"
    program.must_run(["generate", "-n", claims, "-o", path, "--seed", seed, "--quiet"])
    return [{**row, "interest_rate": row["interest_rate"] or "0.08"} for row in program.read_rows(path)]


def values(tape, model, folder, irr=None):
    """Value, decision and gross of 12 months by claim, and the total."""
    os.makedirs(folder, exist_ok=True)
    made = program.value_store(str(tape), str(model), str(folder), irr=irr)
    rows = {row["claim_id"]: row for row in program.read_rows(made["claims.csv"])}
    return rows, program.read_json(made["value.json"])


def carried(row):
    """The row with the interest of the time between the cut-offs."""
    owed = float(row["interest_accrued"] or 0) + float(row["principal"]) * float(row["interest_rate"]) * MONTHS / 12
    return {**row, "interest_accrued": f"{owed:.2f}"}


def changed(rows, chance):
    """The second tape: some claims left, some paid, some lost their job, the rest as they were. Returns the rows, what was
    paid by claim, and whom the change of data touches."""
    later, paid, touched = [], {}, set()
    for row in rows:
        fate = chance.random()
        row = dict(row)
        if fate < 0.1:
            continue
        if fate < 0.25 and float(row["principal"]) > 50:
            amount = round(float(row["principal"]) * chance.uniform(0.05, 0.5), 2)
            row["principal"] = f"{float(row['principal']) - amount:.2f}"
            row["last_paid_on"] = "2026-08-15"
            paid[row["claim_id"]] = amount
            touched.add(row["claim_id"])
        elif fate < 0.35:
            row["employment"] = "unemployed"
            touched.add(row["claim_id"])
        elif fate < 0.4:
            row["legal_status"] = "deceased"
            touched.add(row["claim_id"])
        later.append(row)
    return later, paid, touched


def compare(folder, from_tape, to_tape, *options):
    claims, whole = folder / "steps.csv", folder / "compared.json"
    program.must_run(["compare", from_tape, to_tape, *options, "--claims", claims, "--json", whole, "--page",
                      folder / "bridge.html", "--quiet"])
    return program.read_rows(claims), program.read_json(whole)


def check_sums(claims, whole):
    """Every row adds up to the cent, and to its claims; all groups of a kind hold all claims."""
    keys = {"segment": "segment", "country": "country", "vintage": "vintage", "decision": "opening_decision"}
    for row in whole["rows"]:
        assert round(100 * sum(row[step] for step in STEPS[:-1])) == round(100 * row["closing"]), row
        if row["group"] == "all":
            mine = claims
        elif row["group"] == "change":
            start, end = row["name"].split(" to ")
            mine = [c for c in claims if (c["opening_decision"] or "new") == start and (c["closing_decision"] or "left") == end]
        else:
            mine = [c for c in claims if (c[keys[row["group"]]] or "new") == row["name"]]
        assert len([c for c in mine if c["state"] != "new"]) == row["opening_claims"], row
        assert len([c for c in mine if c["state"] != "left"]) == row["closing_claims"], row
        for step in STEPS:
            assert abs(sum(float(c[step]) for c in mine) - row[step]) < 0.011, (row["group"], row["name"], step)
    for claim in claims:
        total = sum(round(1e6 * float(claim[step])) for step in STEPS[:-1])
        assert total == round(1e6 * float(claim["closing"])), claim
    for group in ("segment", "country", "vintage", "decision", "change"):
        assert sum(r["closing_claims"] for r in whole["rows"] if r["group"] == group) == whole["to"]["claims"]


def check_pair(folder, chance):
    rows = generated(folder, 600, 3)
    fresh = [{**row, "claim_id": "N" + row["claim_id"], "debtor_id": "N" + row["debtor_id"]} for row in generated(folder, 80, 4)]
    later, paid, touched = changed(rows, chance)
    chance.shuffle(later)
    from_tape = program.store_rows(folder, "from", rows, OPENING)
    to_tape = program.store_rows(folder, "to", later + fresh, CLOSING)
    claims, whole = compare(folder, from_tape, to_tape, "--model", MODEL)
    check_sums(claims, whole)

    # The same values one by one.
    start, total = values(from_tape, MODEL, folder / "v0")
    waited, _ = values(program.store_rows(folder, "waited", [carried(row) for row in rows], CLOSING), MODEL, folder / "v1")
    end, closing = values(to_tape, MODEL, folder / "v2")
    assert abs(whole["rows"][0]["opening"] - total["value"]) < 0.006
    assert abs(whole["rows"][0]["closing"] - closing["value"]) < 0.006
    by_id = {row["claim_id"]: row for row in claims}
    by_currency = {row["claim_id"]: row["currency"] or "EUR" for row in rows}
    assert set(by_id) == set(start) | set(end)
    for name, claim in by_id.items():
        number = {step: float(claim[step]) for step in STEPS}
        v = [float(table[name]["value"]) if name in table else 0.0 for table in (start, waited, end)]
        close = lambda a, b: abs(a - b) <= 0.012 + 2e-3 * abs(b)  # noqa: E731
        assert close(number["opening"], v[0]) and close(number["closing"], v[2]), claim
        if name not in start:
            assert claim["state"] == "new" and number["new"] == number["closing"]
            assert claim["closing_decision"] == end[name]["decision"]
            continue
        assert claim["opening_decision"] == start[name]["decision"]
        if name not in end:
            assert claim["state"] == "left" and number["left"] == -number["opening"] and number["time"] == 0
            continue
        assert claim["state"] == "stays" and number["left"] == number["new"] == number["model"] == number["rate"] == 0
        fell = float(claim["opening_face"]) - float(claim["closing_face"]) if name in paid else 0.0
        assert abs(-number["collected"] - fell) < 0.0101 and (fell > 0) == (name in paid), claim
        if by_currency[name] == "EUR":
            assert abs(fell - paid.get(name, 0.0)) < 0.0101, claim
        assert close(number["time"], v[1] - v[0]), (claim, v)
        assert close(number["data"] + number["collected"], v[2] - v[1]), (claim, v)
    assert sum(c["state"] == "left" for c in claims) == len(rows) - len(later)
    # Expected of the period: the months of the cash flow, whole and in part, by segment.
    flow = program.read_rows(str(folder / "v0" / "cashflow.csv"))
    month = {(int(r["month"]), r["segment"]): float(r["gross"]) for r in flow}
    for segment in {s for _, s in month} - {"all"}:
        left = {c["claim_id"] for c in claims if c["state"] == "left"}
        expected = sum(month[m, segment] for m in (1, 2, 3)) + (MONTHS - 3) * month[4, segment]
        mine = sum(float(c["expected"]) for c in claims if c["segment"] == segment and c["state"] != "new")
        assert abs(mine - expected) <= 0.01 * len(rows) + 1e-3 * expected, (segment, mine, expected)
    return rows, later, from_tape, to_tape


def check_payments(folder, from_tape, to_tape, rows):
    """A list of payments says what came in, also of claims that left; days outside the period do not count."""
    ids = [row["claim_id"] for row in rows]
    listed = [(ids[0], "2026-07-01", "10.00"), (ids[0], "2026-09-30", "2.50"), (ids[1], "2026-06-30", "99.00"),
              (ids[2], "2026-10-01", "99.00"), ("nobody", "2026-08-01", "5.00")]
    with open(folder / "pay.csv", "w", encoding="utf-8") as file:
        file.write("claim_id,paid_on,amount\n" + "".join(",".join(row) + "\n" for row in listed))
    claims, whole = compare(folder, from_tape, to_tape, "--model", MODEL, "--payments", folder / "pay.csv")
    check_sums(claims, whole)
    by_id = {row["claim_id"]: row for row in claims}
    assert whole["payments"] == "list" and whole["payments_in_period"] == 3 and whole["payments_of_unknown_claims"] == 1
    assert abs(float(by_id[ids[0]]["collected"])) > 0 and float(by_id[ids[1]]["collected"]) == 0
    everything = whole["rows"][0]
    assert everything["collected"] == -round(everything["actual"], 2)
    assert abs(everything["expected"] - sum(float(c["expected"] or 0) for c in claims)) < 0.01 * len(claims)
    assert everything["low"] <= everything["ratio"] <= everything["high"]
    assert whole["payments_rejected"] == 0
    for good, code, words in ((199, 0, "pay.csv: 1 rows are bad and left out"), (98, 1, "pay.csv: 1 rows are bad, expected at most 1 %")):
        with open(folder / "pay.csv", "w", encoding="utf-8") as file:
            file.write("claim_id,paid_on,amount\n" + f"{ids[0]},2026-07-01,0.10\n" * good + f"{ids[0]},yesterday,0.10\n")
        done = program.run(["compare", from_tape, to_tape, "--model", MODEL, "--payments", folder / "pay.csv", "--format", "json"])
        assert done.returncode == code and words in done.stderr, done.stderr
        assert code != 0 or json.loads(done.stdout)["payments_rejected"] == 1


def check_causes(folder, from_tape):
    """What changes alone shows in its step alone."""
    _, same = compare(folder, from_tape, from_tape, "--model", MODEL)
    row = same["rows"][0]
    assert row["opening"] == row["closing"] and all(row[s] == 0 for s in STEPS[1:-1]), row
    _, later = compare(folder, from_tape, from_tape, "--model", MODEL, "--cutoff-b", "2027-06-30")
    row = later["rows"][0]
    assert row["time"] != 0 and all(row[s] == 0 for s in ("collected", "left", "new", "model", "rate"))
    _, rate = compare(folder, from_tape, from_tape, "--model", MODEL, "--irr", "0.1", "--irr-b", "0.2")
    row = rate["rows"][0]
    assert row["rate"] < 0 and all(row[s] == 0 for s in ("collected", "left", "new", "time", "data", "model"))
    (folder / "other").mkdir()
    program.must_run(["new-model", folder / "mine", "--quiet"])
    text = (folder / "mine/nordic.yaml").read_text().replace("cost_inflation: 0.02", "cost_inflation: 0.05")
    assert "0.05" in text
    (folder / "mine/nordic.yaml").write_text(text)
    _, model = compare(folder, from_tape, from_tape, "--model", MODEL, "--model-b", folder / "mine/nordic.yaml", "--irr-b", "0.2")
    row = model["rows"][0]
    assert row["model"] != 0 and row["rate"] < 0 and all(row[s] == 0 for s in ("collected", "left", "new", "time", "data"))
    made = [values(from_tape, folder / "mine/nordic.yaml", folder / "vm", irr=0.2)[1]["value"]]
    assert abs(row["closing"] - made[0]) < 0.006

    # Results name their tape, model, cut-off and return.
    for name, irr in (("a", "0.1"), ("b", "0.2")):
        program.must_run(["value", from_tape, "--model", MODEL, "--irr", irr, "-o", folder / f"{name}.h5", "--quiet"])
    _, results = compare(folder, folder / "a.h5", folder / "b.h5")
    assert results["rows"][0] == rate["rows"][0]

    # Figures of a model changed by --set are those of a file that says so, and results carry their changes with them.
    dear = ["--set", "cost_inflation=0.05"]
    _, by_option = compare(folder, from_tape, from_tape, "--model", MODEL, "--set-b", dear[1], "--irr-b", "0.2")
    assert by_option["rows"][0]["closing"] == row["closing"] and by_option["rows"][0]["model"] == row["model"]
    _, both = compare(folder, from_tape, from_tape, "--model", MODEL, *dear, "--irr-b", "0.2")
    assert both["rows"][0]["model"] == 0 and both["rows"][0]["closing"] == row["closing"]
    program.must_run(["value", from_tape, "--model", MODEL, "--irr", "0.2", *dear, "-o", folder / "dear.h5", "--quiet"])
    _, results = compare(folder, folder / "a.h5", folder / "dear.h5")
    assert results["rows"][0]["closing"] == row["closing"] and results["rows"][0]["model"] != 0
    program.must_run(["report", folder / "dear.h5", "--json", folder / "dear.json", "--quiet"])
    assert abs(program.read_json(folder / "dear.json")["valuation"]["value"] - row["closing"]) < 0.006


def check_order(folder, chance):
    """Neither the order of rows nor threads show in any figure."""
    rows = {}
    for name in ("from", "to"):
        rows[name] = program.read_rows(str(folder / f"{name}.csv"))
        chance.shuffle(rows[name])
    mixed = [program.store_rows(folder, "mixed-from", rows["from"], OPENING), program.store_rows(folder, "mixed-to", rows["to"], CLOSING)]
    _, one = compare(folder, folder / "from.h5", folder / "to.h5", "--model", MODEL, "--threads", "1")
    _, other = compare(folder, *mixed, "--model", MODEL, "--threads", "3")
    assert one["rows"] == other["rows"]


def check_mistakes(folder, from_tape, to_tape):
    for words, arguments in (("two tapes", ["compare", from_tape, "--model", MODEL]),
                             ("lies before the first", ["compare", to_tape, from_tape, "--model", MODEL]),
                             ("expected --model", ["compare", from_tape, to_tape])):
        done = program.run(arguments)
        assert done.returncode != 0 and words in done.stderr, (arguments, done.stderr)


def check_page(folder):
    page = (folder / "bridge.html").read_text(encoding="utf-8")
    assert "{{" not in page.split("<script>")[0] and '"order"' in page and "Comparison of valuations" in page


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    rows, later, from_tape, to_tape = check_pair(folder, random.Random(14))
    check_payments(folder, from_tape, to_tape, rows)
    check_causes(folder, from_tape)
    check_order(folder, random.Random(3))
    check_mistakes(folder, from_tape, to_tape)
    check_page(folder)
