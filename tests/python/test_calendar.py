#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`jalki calendar` against dates computed here from the tape and the model file alone, for random tapes and models of all
jurisdictions (month-ends, leap days, titles, letters, given limitation dates); against `explain`, claim by claim; what is at stake
against valuations of models whose letters do not interrupt; and the calendar file against the rules of its format."""
import calendar
import csv
import datetime
import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
import law  # noqa: E402
import model_file  # noqa: E402
import program  # noqa: E402
import random_case  # noqa: E402
import tape  # noqa: E402

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
MODEL = SOURCE / "models/nordic.yaml"
SEEDS = range(9)
LEAD, POST = 45, 5
LIFE = {"FI": 60, "SE": 36, "DK": 120, "NO": 120, "EE": 120}  # months of a title in the shipped law


def plus_months(date, months):
    """The same day so many months later, or the last of that month; None beyond the year 9999."""
    year, month = divmod(date.year * 12 + date.month - 1 + int(months), 12)
    if year > 9999:
        return None
    return datetime.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def later(date, months):
    return None if months is None else plus_months(date, months)


def earliest(*dates):
    known = [date for date in dates if date is not None]
    return min(known) if known else None


def comes_before(one, other):
    return one is not None and (other is None or one < other)


def due_of(claim, model, cutoff, until, allowed):
    """{(kind, day)} of a claim, from its dates and the law alone; None where it is barred."""
    jurisdiction = tape.jurisdiction_of(claim, model)
    limit = jurisdiction["limitation"]
    kind = claim["debtor_type"]
    found = set()
    final = later(claim["defaulted_on"], limit["final_months"][kind])
    titled = claim["title_on"] is not None or model["statuses"][claim["legal_status"]]["title"] == "title"
    pending = not titled and model["statuses"][claim["legal_status"]]["title"] == "pending"
    if titled:
        title_on = claim["title_on"] or cutoff
        last = earliest(final, later(title_on, limit["title_final_months"][kind]),
                        None if limit["title_renewable"] else later(title_on, limit.get("title_months")))
        if last is not None and last <= cutoff:
            return None
        found.add(("final_bar", last))
        months = limit.get("title_months")
        if limit["title_renewable"] and months is not None and int(months) > 0:
            renewals = 1
            while plus_months(title_on, renewals * int(months)) is not None and plus_months(title_on, renewals * int(months)) <= cutoff:
                renewals += 1
            day = plus_months(title_on, renewals * int(months))
            if comes_before(day, last):
                found.add(("renewal", day))
    elif pending:
        if final is not None and final <= cutoff:
            return None
        found.add(("final_bar", final))
    else:
        period = next(p["months"] for p in limit["periods"] if tape.matches(p.get("when"), claim, model, cutoff))
        start = max(claim["defaulted_on"], claim["last_paid_on"] or claim["defaulted_on"])
        day = claim["limitation_on"] or later(start, period)
        letter = limit["letter_interrupts"] and (day is None or day > cutoff)
        bar = final if letter else earliest(day, final)
        if bar is not None and bar <= cutoff:
            return None
        found.add(("final_bar", final))
        if comes_before(day, final):
            found.add(("letter" if letter else "filing" if "legal" in allowed else
                       "acknowledgement" if "amicable" in allowed else "nothing", day))
    if claim["instalment_monthly"] and claim["last_paid_on"] is not None and tape.months_between(claim["last_paid_on"], cutoff) < 12:
        owed = claim["principal"] + claim["interest_accrued"] + claim["fees"]
        months = -(-owed // claim["instalment_monthly"])
        if months <= 600:
            found.add(("plan_end", plus_months(cutoff, months)))
    return {(what, day) for what, day in found if day is not None and cutoff < day <= until}


ACTIONS = ["close", "sell", "surveil", "amicable", "legal"]


def check_random(seed, folder):
    case = random_case.make_case(seed, folder, 300)
    model = model_file.load_model(case["model"])
    claims = [tape.with_defaults(claim, model) for claim in tape.read_tape(case["tape"])]
    cutoff = case["cutoff"]
    until = cutoff + datetime.timedelta(days=[400, 1200, 9000][seed % 3])
    store = os.path.join(folder, "tape.h5")
    program.import_tape(case["tape"], store, cutoff.isoformat())
    program.must_run(["calendar", store, "--model", case["model"], "--until", until.isoformat(), "--lead", f"{LEAD}d", "--post", POST,
                      "--claims", os.path.join(folder, "due.csv"), "--json", os.path.join(folder, "due.json"), "--quiet"])
    made = {}
    for row in program.read_rows(os.path.join(folder, "due.csv")):
        due = datetime.date.fromisoformat(row["due"])
        assert row["act_by"] == (due - datetime.timedelta(days=LEAD + POST)).isoformat()
        made.setdefault(row["claim_id"], set()).add((row["by"], due))
    barred = 0
    for claim in claims:
        allowed = {ACTIONS[a] if isinstance(a, int) else a for a in law.law(claim, model, cutoff)["allowed"]}
        wanted = due_of(claim, model, cutoff, until, allowed)
        barred += wanted is None
        assert made.get(claim["claim_id"], set()) == (wanted or set()), (seed, claim, made.get(claim["claim_id"]), wanted)
    assert program.read_json(os.path.join(folder, "due.json"))["barred"] == barred
    return sum(len(days) for days in made.values())


def due(folder, *options):
    program.must_run(["calendar", *options, "--claims", folder / "due.csv", "--ics", folder / "due.ics", "--json", folder / "due.json",
                      "--page", folder / "due.html", "--quiet"])
    return program.read_rows(str(folder / "due.csv")), program.read_json(str(folder / "due.json"))


def check_shipped(folder):
    """Explain's dates; what is at stake; sums; the page."""
    store = folder / "t.h5"
    program.must_run(["generate", "-n", 3000, "-o", store, "--seed", 9, "--quiet"])
    rows, whole = due(folder, store, "--model", MODEL, "--until", "2027-12-31", "--team", "north=FI,SE", "--team", "south=DK,se-bills")
    kinds = {row["by"] for row in rows}
    assert {"letter", "filing", "renewal"} <= kinds, kinds
    for kind in sorted(kinds):
        for row in [r for r in rows if r["by"] == kind][:4]:
            said = json.loads(program.must_run_text(["explain", store, "--model", MODEL, "--claim", row["claim_id"], "--format", "json"]))["law"]
            keys = {"letter": ["limitation_on"], "filing": ["limitation_on"], "acknowledgement": ["limitation_on"], "nothing": ["limitation_on"],
                    "renewal": ["renewal_on"], "final_bar": ["final_on", "title_final_on"]}.get(kind, [])
            assert not keys or row["due"] in [said[key] for key in keys], (row, said)

    # Letters: the value less that of a model whose letters do not interrupt; filings: less that without the court.
    # Renewals of titles in their first life: less that where a title is not renewed.
    program.must_run(["generate", "-n", 3000, "-o", folder / "t.csv", "--seed", 9, "--quiet"])
    source = program.read_rows(str(folder / "t.csv"))
    debtors = [row["debtor_id"] for row in source]  # another claim's end would change the share of this one
    titles = {row["claim_id"]: row["title_on"] for row in source if debtors.count(row["debtor_id"]) == 1}
    for name, key in (("mute", "letter_interrupts"), ("once", "title_renewable")):
        program.must_run(["new-model", folder / name, "--quiet"])
        for path in (folder / name / "law").glob("*.yaml"):
            path.write_text(path.read_text(encoding="utf-8").replace(f"{key}: true", f"{key}: false"), encoding="utf-8")
    worth = {}
    for name, model in (("all", MODEL), ("mute", folder / "mute/nordic.yaml"), ("once", folder / "once/nordic.yaml")):
        os.makedirs(folder / ("worth-" + name))
        made = program.value_store(str(store), str(model), str(folder / ("worth-" + name)))
        worth[name] = {row["claim_id"]: float(row["value"]) for row in program.read_rows(made["claims.csv"])}
    first = 0
    for row in rows:
        claim = row["claim_id"]
        assert abs(float(row["value"]) - worth["all"][claim]) < 0.006
        if row["by"] == "letter":
            stake = max(0.0, worth["all"][claim] - worth["mute"][claim])
            assert abs(float(row["at_stake"]) - stake) < 0.02 + 1e-3 * stake, (row, stake)
        if row["by"] == "renewal" and titles.get(claim) and later(datetime.date.fromisoformat(titles[claim]), LIFE[row["country"]]) == \
                datetime.date.fromisoformat(row["due"]):
            stake = max(0.0, worth["all"][claim] - worth["once"][claim])
            assert abs(float(row["at_stake"]) - stake) < 0.02 + 1e-3 * stake, (row, stake)
            first += 1
        if row["by"] in ("letter", "filing", "renewal"):
            assert float(row["at_stake"]) <= float(row["value"]) + 0.006
            assert (row["do"] == "act") == (float(row["at_stake"]) > 0.004) or float(row["at_stake"]) < 0.01, row
        assert row["do"] == "know" or row["by"] not in ("final_bar", "plan_end")
    assert whole["entries"] == len(rows) and first > 20, first

    # Sums by month and week, for all and the teams, from the rows.
    works = {"all": lambda r: True, "north": lambda r: r["country"] in ("FI", "SE"),
             "south": lambda r: r["country"] == "DK" or r["segment"] == "se-bills"}
    for period in whole["periods"]:
        start = datetime.date.fromisoformat(period["from"])
        end = plus_months(start, 1) if period["period"] == "month" else start + datetime.timedelta(days=7)
        assert start.day == 1 if period["period"] == "month" else start.weekday() == 0
        mine = [r for r in rows if works[period["team"]](r) and start.isoformat() <= max(r["act_by"], "2026-06-30") < end.isoformat()]
        for kind in ("letter", "filing", "acknowledgement", "nothing", "renewal", "final_bar", "plan_end"):
            assert period[kind] == sum(r["by"] == kind for r in mine), (period, kind)
        assert period["let_lapse"] == sum(r["do"] == "let lapse" for r in mine)
        acts = [r for r in mine if r["do"] == "act"]
        assert abs(period["cost"] - sum(float(r["cost"]) for r in acts)) <= 0.0051 * (len(acts) + 1)
        assert abs(period["at_stake"] - sum(float(r["at_stake"]) for r in acts)) <= 0.0051 * (len(acts) + 1)
    for length in ("month", "week"):
        assert sum(p["letter"] + p["filing"] + p["acknowledgement"] + p["nothing"] + p["renewal"] + p["final_bar"] + p["plan_end"]
                   for p in whole["periods"] if p["period"] == length and p["team"] == "all") == len(rows)
    page = (folder / "due.html").read_text(encoding="utf-8")
    assert '"at_stake"' in page and "What falls due" in page
    return rows


def check_ics(folder, rows):
    """Lines end in CR LF, are at most 75 bytes, events are closed, and the claims that pay are all counted."""
    raw = (folder / "due.ics").read_bytes()
    assert raw.endswith(b"END:VCALENDAR\r\n") and b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    raw.decode("utf-8")
    lines = raw.replace(b"\r\n ", b"").decode("utf-8").split("\r\n")
    counted, events = 0, []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and name not in ("END",):
            events[-1][name] = value
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(events) > 10
    assert len({event["UID"] for event in events}) == len(events)
    for event in events:
        counted += int(event["SUMMARY"].split()[0])
        start, end = event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]
        assert datetime.datetime.strptime(end, "%Y%m%d") - datetime.datetime.strptime(start, "%Y%m%d") == datetime.timedelta(days=1)
    assert counted == sum(row["do"] in ("act", "know") for row in rows)


def check_mistakes(folder):
    store = folder / "t.h5"
    for code, words, options in ((1, "lies before the cut-off", ["--until", "2020-01-01"]), (2, "--lead", ["--lead", "soon"]),
                                 (1, "neither a country", ["--team", "a=XX"]), (2, "NAME=SCOPE", ["--team", "north"])):
        done = program.run(["calendar", store, "--model", MODEL, *options])
        assert done.returncode == code and words in done.stderr, (options, done.stderr)


entries = 0
for seed in SEEDS:
    with tempfile.TemporaryDirectory() as name:
        entries += check_random(seed, name)
assert entries > 1000, entries
print(f"{entries} entries of {len(SEEDS)} random cases, as computed here")
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    check_ics(folder, check_shipped(folder))
    check_mistakes(folder)
