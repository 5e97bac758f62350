#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Worklists that a team works, once more from the tape and the claims file of `decide` (which has values and hours): scopes, a budget
of hours with the decisions and the price of `decide`, rows by debtor, debtors who rest, and what largest first would do."""
import csv
import datetime
import io
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
import model_file  # noqa: E402
import program  # noqa: E402

MODEL = pathlib.Path(os.environ["JALKI_SOURCE"]) / "models/nordic.yaml"
WORK = ("amicable", "legal")


class Portfolio:
    """A generated tape and what `decide` says of its claims."""

    def __init__(self, folder):
        self.folder, self.store = folder, folder / "t.h5"
        program.must_run(["generate", "-n", 1000, "-o", folder / "t.csv", "--seed", 8, "--quiet"])
        program.import_tape(str(folder / "t.csv"), str(self.store), "2026-06-30")
        self.tape = {row["claim_id"]: row for row in program.read_rows(str(folder / "t.csv"))}
        self.claims, _ = self.decide("--agent-hours", "1000000")
        model = model_file.load_yaml(str(MODEL))
        self.share = {s["id"]: s.get("recovery_share", {}).get("amicable", 1) for s in model["segments"]}
        self.most = {c: (rules.get("attachable") or {}).get("max_share") for c, rules in model["jurisdictions"].items()}

    def decide(self, *options):
        paths = self.folder / "decided.csv", self.folder / "decided.json"
        options = [o for o in options if o != "--by-debtor"] if "--by-debtor" in options else ["--by-claim", *options]
        program.must_run(["decide", self.store, "--model", MODEL, *options, "--claims", paths[0], "--json", paths[1], "--quiet"])
        return {row["claim_id"]: row for row in program.read_rows(str(paths[0]))}, program.read_json(str(paths[1]))

    def list(self, *options):
        path = self.folder / "list.json"
        program.must_run(["worklist", self.store, "--model", MODEL, *options, "--json", path, "--quiet"])
        return program.read_json(str(path))

    def may_be_worked(self, claim):
        source = self.tape[claim]
        return (self.claims[claim]["reason"] not in ("barred", "status") and source["vulnerable"] != "1"
                and source["legal_status"] != "disputed" and source["reachable"] != "none")

    def worth(self, claim, action):
        text = self.claims[claim]["q_" + action]
        return float(text) if text else None

    def waiting(self, claim):
        return max(0.0, self.worth(claim, "surveil") or 0.0)

    def hours(self, claim, action):
        return float(self.claims[claim]["hours_" + action])

    def best(self, claim, always=False):
        """(gain, action, hours) of the better treatment."""
        options = [(self.worth(claim, a) - self.waiting(claim), a, self.hours(claim, a)) for a in WORK if self.worth(claim, a) is not None]
        options = [o for o in options if always or o[0] > 0]
        return max(options, key=lambda o: o[0]) if options else None


def close(a, b, slack=0.011):
    return abs(a - b) <= slack + 1e-5 * abs(b)


def check_scopes(p):
    everything = {row["claim_id"]: row for row in p.list("--top", 5000)["rows"]}
    for options, mine in ((["--country", "FI"], lambda c, s: c == "FI"), (["--segment", "se-bills"], lambda c, s: s == "se-bills"),
                          (["--country", "SE", "--segment", "se-bills"], lambda c, s: s == "se-bills"),
                          (["--team", "north=FI,se-bills"], lambda c, s: c == "FI" or s == "se-bills")):
        made = p.list("--top", 5000, *options)
        wanted = [row for row in everything.values() if mine(row["country"], row["segment"])]
        assert [r["claim_id"] for r in made["rows"]] == [r["claim_id"] for r in wanted] and wanted, options
        outside = sum(not mine(p.tape[c]["country"], p.claims[c]["segment"]) for c in p.claims)
        assert made["excluded"]["elsewhere"]["claims"] == outside
    for row in everything.values():
        source = p.tape[row["claim_id"]]
        assert row["debtor_id"] == source["debtor_id"] and row["country"] == source["country"] and row["claims"] == 1
        assert row["currency"] == (source["currency"] or "EUR") and row["channel"] == (source["reachable"] or "unknown")
        assert row["language"] == {"FI": "fi", "SE": "sv", "DK": "da", "NO": "nb", "EE": "et"}[source["country"]]
        owed = sum(float(source[k] or 0) for k in ("principal", "interest_accrued", "fees"))
        assert close(row["balance_own"], owed, 0.006)
        assert row["instalment"] is None or 0 < row["instalment"] <= row["balance"] * (1 + 1e-6)
        check_offer(p, row)
    assert any(row["instalment"] for row in everything.values())
    assert any(row["settlement"] for row in everything.values()) and any(row["next_on"] < "2026-09-30" for row in everything.values())


def check_offer(p, row):
    """What to accept in one payment is the model's share of the balance, in the claim's own currency too; to look again at the end of the
    first epoch, three months on, or before the claim is barred."""
    share = p.share[row["segment"]]
    if row["action"] == "amicable" and share < 1 and "pays now" not in row["why"]:
        assert close(row["settlement"], share * row["balance"], 0.006), row
        assert close(row["settlement_own"], share * row["balance_own"], 0.011), row
    else:
        assert row["settlement"] is None and row["settlement_own"] is None
    if row["instalment"] is not None:
        assert close(row["instalment_own"] / row["instalment"], row["balance_own"] / row["balance"], 1e-2 / row["instalment"]), row
    source = p.tape[row["claim_id"]]
    most = p.most[row["country"]]
    if row["instalment"] is not None and source["income_monthly"] and most:  # no more than a known income can bear
        income = float(source["income_monthly"]) * row["balance"] / row["balance_own"]
        assert row["instalment"] <= most * income * (1 + 1e-5) + 0.01, row
    bar = p.claims[row["claim_id"]]["months_to_bar"]
    days = float(bar) * 30.4375 - 1 if bar else 1e9
    last = datetime.date(2026, 6, 30) + datetime.timedelta(days=min(days, 92))
    assert abs((datetime.date.fromisoformat(row["next_on"]) - last).days) <= 1, (row, bar)  # months_to_bar has 2 decimals


def check_largest_first(p):
    """Every claim that may be worked counts, also those that gain nothing or lose."""
    made = p.list("--top", 40)
    budget, used, gain, count = made["listed"]["hours"], 0.0, 0.0, 0
    able = [c for c in p.claims if p.may_be_worked(c) and p.best(c, always=True)]
    balance = {row["claim_id"]: row["balance"] for row in p.list("--top", 5000)["rows"]}
    assert any(c not in balance for c in able), "no claim without gain"
    result = made["largest_first"]
    assert result["hours"] <= budget + 1e-9 and result["gain"] <= made["listed"]["gain"]
    # By balance in base currency; those whose balance is not listed are found through decide's faces being sums: EUR claims suffice.
    euros = [c for c in able if p.tape[c]["currency"] == "EUR"]
    p_only = p.list("--top", 40, "--country", "FI")
    order = sorted((c for c in euros if p.tape[c]["country"] == "FI"),
                   key=lambda c: -sum(float(p.tape[c][k] or 0) for k in ("principal", "interest_accrued", "fees")))
    for claim in order:
        found = p.best(claim, always=True)
        if used + found[2] <= p_only["listed"]["hours"] * (1 + 1e-12):
            used, gain, count = used + found[2], gain + found[0], count + 1
    result = p_only["largest_first"]
    assert result["claims"] == count and close(result["hours"], used, 1e-6) and close(result["gain"], gain, 0.01 * count), (result, count, gain)


def check_hours(p):
    for options, limit in ((["--country", "FI"], "FI=6"), ([], "25")):
        hours = limit.split("=")[-1]
        made = p.list("--hours", hours, *options)
        decided, whole = p.decide("--agent-hours", limit)
        scope = [c for c in p.claims if not options or p.tape[c]["country"] == "FI"]
        wanted = {c for c in scope if decided[c]["decision"] in WORK and p.may_be_worked(c)
                  and p.worth(c, decided[c]["decision"]) > p.waiting(c)}
        listed = {row["claim_id"]: row for row in made["rows"]}
        assert set(listed) == wanted and wanted
        assert all(row["action"] == decided[c]["decision"] for c, row in listed.items())
        price = list(whole["shadow_prices"].values())[0]
        assert price > 0 and close(made["hour_price"], price, 1e-6) and made["hours_decided"] <= float(hours) + 1e-9
        assert made["excluded"]["hours"]["claims"] > 0
        assert close(made["hours_decided"], list(whole["use"].values())[0], 1e-9)
        # The list has the value of `decide`: of all claims, and of those on it as the decisions say.
        assert made["value_decided"] == whole["objective"]
        assert close(sum(row["gain"] for row in made["rows"]), sum(p.worth(c, decided[c]["decision"]) - p.waiting(c) for c in wanted), 0.02)
        left = [c for c in p.claims if c not in wanted]
        whole_value = sum(row["gain"] for row in made["rows"]) + sum(p.waiting(c) for c in wanted) + sum(
            p.worth(c, decided[c]["decision"]) or 0.0 for c in left)
        assert close(whole_value, whole["objective"], 0.5), (whole_value, whole["objective"])


def check_debtors(p):
    made = p.list("--by-debtor", "--top", 5000)
    mine = {}
    for claim in p.claims:
        if p.may_be_worked(claim):
            mine.setdefault(p.tape[claim]["debtor_id"], []).append(claim)
    seen = set()
    for row in made["rows"]:
        assert row["debtor_id"] not in seen
        seen.add(row["debtor_id"])
        options = []
        for action in WORK:
            joined = [c for c in mine[row["debtor_id"]] if (p.worth(c, action) or 0) > 0]
            if joined:
                gain = sum(p.worth(c, action) - p.waiting(c) for c in joined)
                options.append((gain, action, len(joined), max(p.hours(c, action) for c in joined)))
        chosen = next(o for o in options if o[1] == row["action"])
        assert row["claims"] == chosen[2] and close(row["hours"], chosen[3], 1e-9)
        if row["action"] == "amicable":
            assert close(row["gain"], chosen[0], 0.02), (row, options)
        else:  # one whole court fee where the claims' shares come to less
            assert row["gain"] <= chosen[0] + 0.02
        assert row["gain"] >= max((o[0] for o in options if o[1] == "amicable"), default=0.0) - 0.02
    assert any(row["claims"] > 1 for row in made["rows"])
    order = [row["gain_per_hour"] for row in made["rows"]]
    assert all(a >= b * (1 - 1e-6) for a, b in zip(order, order[1:]))
    with_hours = p.list("--by-debtor", "--hours", "12")
    decided, whole = p.decide("--by-debtor", "--agent-hours", "12")
    assert with_hours["value_decided"] == whole["objective"]
    for row in with_hours["rows"]:
        assert row["action"] in {decided[c]["decision"] for c in mine[row["debtor_id"]]}


def check_done(p):
    """Debtors rest who were contacted lately, by any of their claims, or often enough; watching is no contact."""
    everything = p.list("--top", 5000)["rows"]
    lately, watched, often, old = [row["claim_id"] for row in everything[:4]]
    with open(p.folder / "done.csv", "w", encoding="utf-8") as file:
        file.write("claim_id,from_date,treatment\n")
        rows = [(lately, "2026-06-25", "amicable"), (watched, "2026-06-25", "surveil"), (old, "2026-06-16", "legal"),
                ("nobody", "2026-06-25", "amicable")]
        rows += [(often, f"2026-0{month}-01", "amicable") for month in (1, 2, 3)]
        file.writelines(",".join(row) + "\n" for row in rows)
    debtor = {row["claim_id"]: row["debtor_id"] for row in everything}
    for options, resting in ((["--rest", "14"], {lately}), (["--rest", "15"], {lately, old}),
                             (["--rest", "14", "--most-contacts", "3"], {lately, often}), (["--rest", "0"], set())):
        made = p.list("--top", 5000, "--done", p.folder / "done.csv", *options)
        gone = {debtor[c] for c in resting}
        assert [r["claim_id"] for r in made["rows"]] == [r["claim_id"] for r in everything if r["debtor_id"] not in gone], options
        assert (made["excluded"].get("resting", {"claims": 0})["claims"] > 0) == bool(resting)
    for good, code, words in ((199, 0, "some.csv: 1 rows are bad and left out"), (98, 1, "some.csv: 1 rows are bad, expected at most 1 %")):
        some = p.folder / "some.csv"
        some.write_text("claim_id,from_date,treatment\n" + f"{lately},2026-06-25,amicable\n" * good + f"{lately},,amicable\n")
        done = program.run(["worklist", p.store, "--model", MODEL, "--top", "5", "--done", some])
        assert done.returncode == code and words in done.stderr, done.stderr


def check_pseudonyms(p):
    """A tape of pseudonyms, a list with the seller's own ids."""
    key, store = p.folder / "key", p.folder / "pseudonyms.h5"
    key.write_text("0123456789abcdef0123456789abcdef\n")
    program.must_run(["import", p.folder / "t.csv", "-o", store, "--cutoff", "2026-06-30", "--pseudonyms", key, "--quiet"])
    made = {}
    for name, options in (("own", [p.store]), ("hidden", [store, "--pseudonyms", key])):
        path = p.folder / f"{name}.json"
        program.must_run(["worklist", options[0], "--model", MODEL, "--top", "50", "--done", p.folder / "done.csv", *options[1:], "--json", path, "--quiet"])
        made[name] = program.read_json(str(path))
    assert made["own"]["excluded"] == made["hidden"]["excluded"] and made["own"]["excluded"]["resting"]["claims"] > 0
    assert [r["gain"] for r in made["own"]["rows"]] == [r["gain"] for r in made["hidden"]["rows"]]


def check_template(p):
    """Columns as another system wants them, in CSV and JSON alike."""
    path = p.folder / "case.yaml"
    path.write_text("Case Number: claim_id\nQueue: {text: north}\nTask: action\nOwed: balance\n", encoding="utf-8")
    ours = p.list("--top", 30)["rows"]
    theirs = p.list("--top", 30, "--template", path)["rows"]
    assert theirs == [{"Case Number": row["claim_id"], "Queue": "north", "Task": row["action"], "Owed": row["balance"]} for row in ours]
    text = program.must_run_text(["worklist", p.store, "--model", MODEL, "--top", "30", "--template", path, "--format", "csv", "--quiet"])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["Case Number", "Queue", "Task", "Owed"] and [r["Case Number"] for r in rows] == [r["claim_id"] for r in ours]
    path.write_text("Only: claim_id\n", encoding="utf-8")
    assert p.list("--top", 30, "--template", path)["rows"] == [{"Only": row["claim_id"]} for row in ours]
    for content, words in (("A: claim\n", "did you mean"), ("A: [1]\n", "expected one of our columns"), ("- a\n", "expected a map"), ("", "an empty file")):
        path.write_text(content, encoding="utf-8")
        done = program.run(["worklist", p.store, "--model", MODEL, "--template", path])
        assert done.returncode == 1 and words in done.stderr, (content, done.stderr)


def check_mistakes(p):
    for code, words, options in ((2, "expected it once", ["--team", "a=FI", "--team", "b=SE"]), (2, "--team stands instead", ["--team", "a=FI", "--country", "SE"]),
                                 (1, "neither a country", ["--country", "XX"]), (1, "--country is a country", ["--country", "se-bills"]),
                                 (2, "--done", ["--most-contacts", "3"])):
        done = program.run(["worklist", p.store, "--model", MODEL, *options])
        assert done.returncode == code and words in done.stderr, (options, done.stderr)
    text = program.must_run_text(["worklist", p.store, "--model", MODEL, "--hours", "10", "--format", "csv", "--quiet"])
    assert len(list(csv.DictReader(io.StringIO(text)))) == p.list("--hours", "10")["listed"]["claims"]


with tempfile.TemporaryDirectory() as name:
    portfolio = Portfolio(pathlib.Path(name))
    for check in (check_scopes, check_largest_first, check_hours, check_debtors, check_done, check_pseudonyms, check_template, check_mistakes):
        check(portfolio)
