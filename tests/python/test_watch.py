#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`jalki watch` on pairs of tapes whose changes are known: every change is told and none that is not one; decisions, values and
gains as valuations of `jalki value` have them; the order; who is made to move by the model or by time alone."""
import datetime
import os
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
import program  # noqa: E402

MODEL = pathlib.Path(os.environ["JALKI_SOURCE"]) / "models/nordic.yaml"
BEFORE, NOW = datetime.date(2026, 6, 30), datetime.date(2026, 7, 31)
# What the tape says alone: the rest (class, bar, decision) follows from the model.
RAW = {"new", "left", "income", "employment", "reachable", "status", "title", "balance", "paid", "died"}
CLASSES = ["none", "weak", "able"]


def values(tape, model, folder):
    os.makedirs(folder, exist_ok=True)
    made = program.value_store(str(tape), str(model), str(folder))
    return {row["claim_id"]: row for row in program.read_rows(made["claims.csv"])}


def watch(folder, *arguments):
    program.must_run(["watch", *arguments, "--top", 100000, "--json", folder / "watch.json", "--quiet"])
    return program.read_json(folder / "watch.json")


def changed(rows, chance):
    """Next month's tape and, by claim, what was changed on it."""
    later, made = [], {}
    for row in rows:
        row, fate, told = dict(row), chance.randrange(20), set()
        if fate == 0:
            made[row["claim_id"]] = {"left"}
            continue
        if fate == 1:
            row["employment"] = "employed" if row["employment"] != "employed" else "unemployed"
            told.add("employment")
        elif fate == 2:
            row["income_monthly"] = "3210.00"
            told.add("income")
        elif fate == 3 and row["legal_status"] in ("none", "title", "enforcement"):
            row["legal_status"] = "deceased"
            told |= {"status", "died"}
        elif fate == 4:
            row["reachable"] = "phone" if row["reachable"] != "phone" else "none"
            told.add("reachable")
        elif fate == 5 and not row["title_on"]:
            row["title_on"] = "2026-07-10"
            told.add("title")
        elif fate == 6:
            row["principal"] = f"{float(row['principal']) / 2:.2f}"
            row["last_paid_on"] = "2026-07-20"
            told |= {"balance", "paid"}
        elif fate == 7:
            row["fees"] = f"{float(row['fees'] or 0) + 12.5:.2f}"
            told.add("balance")
        elif fate == 8:  # interest alone is no change
            row["interest_accrued"] = f"{float(row['interest_accrued'] or 0) + 0.75:.2f}"
        if told:
            made[row["claim_id"]] = told
        later.append(row)
    return later, made


def waiting(row):
    return max(0.0, float(row["q_surveil"] or 0))


def check_pair(folder, chance):
    program.must_run(["generate", "-n", 800, "-o", folder / "made.csv", "--seed", 5, "--quiet"])
    rows = program.read_rows(folder / "made.csv")
    later, made = changed(rows, chance)
    fresh = [{**row, "claim_id": "N" + row["claim_id"], "debtor_id": "N" + row["debtor_id"]} for row in rows[:30]]
    made |= {row["claim_id"]: {"new"} for row in fresh}
    chance.shuffle(later)
    before, now = program.store_rows(folder, "before", rows, BEFORE), program.store_rows(folder, "now", later + fresh, NOW)
    told = watch(folder, before, now, "--model", MODEL)
    listed = {row["claim_id"]: row for row in told["rows"]}
    assert len(listed) == len(told["rows"]) == told["changed"]
    for name, row in listed.items():
        assert set(row["changes"].split()) & RAW == made.get(name, set()), (row, made.get(name))
    assert set(made) <= set(listed)

    was, is_now = values(before, MODEL, folder / "v0"), values(now, MODEL, folder / "v1")
    for name in set(was) | set(is_now):
        old, new, row = was.get(name), is_now.get(name), listed.get(name)
        if old and new:
            changes = set(row["changes"].split()) if row else set()
            flips = old["decision"] != new["decision"]
            assert flips == ("decision" in changes), (old, new, row)
            step = CLASSES.index(new["capacity_class"]) - CLASSES.index(old["capacity_class"])
            assert (step > 0) == ("able" in changes) and (step < 0) == ("weaker" in changes), row
            assert "model" not in changes
        if row is None:
            continue
        assert row["decision_before"] == (old["decision"] if old else None)
        assert row["decision"] == (new["decision"] if new else None)
        gain = 0.0
        if new:
            on = waiting(new) if not old else max(0.0, float(new["q_" + old["decision"]] or 0))
            gain = max(0.0, float(new["value"]) - on)
        assert abs(row["gain"] - gain) <= 1e-4 * (1 + gain), (row, gain)
        for key, source in (("value_before", old), ("value", new)):
            assert (row[key] is None) == (source is None)
            assert source is None or abs(row[key] - float(source["value"])) <= 1e-4 * (1 + row[key])

    # A debtor's claims stand together, those with the largest gain first.
    order = [(row["debtor_gain"], row["debtor_id"]) for row in told["rows"]]
    assert [gain for gain, _ in order] == sorted((gain for gain, _ in order), reverse=True)
    here = [debtor for (_, debtor), row in zip(order, told["rows"]) if row["decision"] is not None]
    runs = [debtor for i, debtor in enumerate(here) if i == 0 or here[i - 1] != debtor]
    assert len(runs) == len(set(runs)), "a debtor's claims are apart"
    sums = {row["change"]: row for row in told["changes"]}
    for change, row in sums.items():
        mine = [r for r in told["rows"] if change in r["changes"].split()]
        assert row["claims"] == len(mine) and abs(row["gain"] - sum(r["gain"] for r in mine)) < 0.01, change
        assert row["other_decision"] == sum("decision" in r["changes"].split() for r in mine)
    for change in ("died", "paid", "left"):
        assert sums[change]["claims"] > 5
    assert sums["alone"]["claims"] >= 1 and all("left alone" in r["why"] for r in told["rows"] if "alone" in r["changes"].split())
    only = watch(folder, before, now, "--model", MODEL, "--only", "paid")["rows"]
    assert {row["claim_id"] for row in only} == {n for n, m in made.items() if "paid" in m}
    assert all("2026-07-20" in row["why"] for row in only)
    return before, now


def check_nothing(folder, before):
    told = watch(folder, before, before, "--model", MODEL)
    assert told["changed"] == 0 and told["rows"] == [], told["rows"][:3]
    # Years later on the same data: bars are where they were; what moves, moves by time alone.
    told = watch(folder, before, before, "--model", MODEL, "--cutoff-b", "2030-06-30")
    changes = [set(row["changes"].split()) for row in told["rows"]]
    assert all(not mine & RAW for mine in changes)
    # A few move because the second tape has not the interest that time alone would have brought.
    moved = [mine for mine in changes if "decision" in mine]
    assert len(moved) > 20 and sum("time" in mine for mine in moved) > 0.9 * len(moved)
    assert any("only time" in row["why"] for row in told["rows"])


def check_model(folder, before):
    """Another model, or another return, alone: only decisions move, and are said to."""
    program.must_run(["new-model", folder / "mine", "--quiet"])
    text = (folder / "mine/nordic.yaml").read_text(encoding="utf-8")
    assert "cost_inflation: 0.02" in text
    (folder / "mine/nordic.yaml").write_text(text.replace("cost_inflation: 0.02", "cost_inflation: 0.3"), encoding="utf-8")
    for other in (["--irr-b", "0.6"], ["--model-b", folder / "mine/nordic.yaml"]):
        told = watch(folder, before, before, "--model", MODEL, *other)
        assert told["changed"] > 0
        for row in told["rows"]:
            assert set(row["changes"].split()) == {"decision", "model"} and "only the model" in row["why"], row
    for arguments in (["watch", before, "--model", MODEL], ["watch", before, before, "--model", MODEL, "--only", "nothing"]):
        assert program.run(arguments).returncode == 2


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    before, _ = check_pair(folder, random.Random(2))
    check_nothing(folder, before)
    check_model(folder, before)
