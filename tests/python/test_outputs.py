#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Table, CSV and JSON of a command say the same: each row of the CSV is a row of the JSON with the same columns and figures,
each row of a table is a row of the CSV, and docs/outputs.md has every column."""
import csv
import io
import itertools
import json
import os
import pathlib
import re
import subprocess
import tempfile

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
MODEL = SOURCE / "models/nordic.yaml"
COMMANDS = {  # command and options; the rows in its JSON; the column that names a table's rows and those it is found by
    "value": (["value"], "rows", "name"),
    "price": (["price", "--irr", "0.1,0.15", "--floor", "payback=48", "--asked", "90000"], "rows", None),
    "scenario": (["scenario", "--scenarios", SOURCE / "data/scenarios/nordic.yaml"], "rows", None),
    "decide": (["decide", "--court-budget", "2000", "--max", "legal@FI=10", "--curve", "agent-hours=10:40:4"], "rows", None),
    "compare": (["compare", "@tape", "--cutoff-b", "2026-12-31", "--irr-b", "0.18"], "rows", None),
    "watch": (["watch", "@tape", "--irr-b", "0.5"], "rows", None),
    "calendar": (["calendar", "--top", "5000", "--until", "2028-06-30"], "rows", None),
    "checks": (["checks", "--price", "0.8", "--sample", "20"], "rows", None),
    "worklist": (["worklist", "--top", "40"], "rows", "claim_id"),
    "forward": (["forward", "--fresh", "all"], "months", None),
    "account": (["account"], "years", None),
    "bid": (["bid", "--rivals", "3", "--spread", "0.25"], "best+steps", None),
    "break-even": (["scenario", "--break-even", "recovery"], "results", None),
    "missing data": (["scenario", "--missing", "income_monthly,employment"], "fields", None),
}


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def same(cell, value, decimals):
    """A cell of CSV and a value of JSON, rounded as the cell is."""
    if value is None:
        return cell == ""
    if isinstance(value, str):
        return cell == value
    return abs(float(cell) - value) <= 0.5000001 * 10.0 ** -decimals + 1e-12 * abs(value)


def described():
    """Columns by listing, as docs/outputs.md has them: name -> (unit, head in tables)."""
    page = {}
    for line in (SOURCE / "docs/outputs.md").read_text().splitlines():
        if line.startswith("## "):
            page[line[3:]] = columns = {}
        elif line.startswith("| `"):
            parts = [part.strip() for part in line.strip("|").split("|")]
            name, unit, head, meaning = parts if len(parts) == 4 else [*parts[:2], "", parts[2]]
            assert meaning, line
            columns[name.strip("`")] = (unit, head)
    return page


def numbers(text):
    return [float(word.replace(",", "")) for word in re.findall(r"(?<![\w.])-?[\d,]+(?:\.\d+)?(?![\w.])", text)]


def check(name, tape, columns):
    arguments, key, naming = COMMANDS[name]
    arguments = [arguments[0], tape, "--model", MODEL, "--quiet", *(tape if a == "@tape" else a for a in arguments[1:])]
    rows = list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv"))))
    whole = json.loads(run(*arguments, "--format", "json"))
    listed = sum((part if isinstance(part, list) else [part] for part in map(whole.get, key.split("+"))), [])
    assert rows and len(rows) == len(listed), name
    for row, entry in zip(rows, listed):
        assert list(row) == list(columns), (name, list(row))
        assert set(row) == set(entry), (name, set(row) ^ set(entry))
        for column in entry:
            cell = row[column]
            decimals = len(cell.partition(".")[2])
            assert same(cell, entry[column], decimals), (name, column, cell, entry[column])
    if naming is None:
        return
    table = run(*arguments).splitlines()
    shown = [column for column, (_, head) in columns.items() if head]
    found = 0
    for row in rows:
        lines = [line for line in table if re.search(rf"(^|\s){re.escape(row[naming])}\s", line)]
        for line in lines:
            figures = numbers(line.split(row[naming], 1)[1])
            wanted = [float(row[column]) for column in shown if column not in ("place", naming) and row[column]
                      and re.fullmatch(r"-?[\d.]+", row[column])]
            if len(figures) >= len(wanted) and wanted:
                close = all(abs(a - b) <= 0.51 for a, b in zip(figures, wanted))
                found += close
    assert found >= 0.9 * sum(1 for row in rows if row.get("claims") not in ("0",)) - 1, (name, found, len(rows))


def table_of(text, title):
    """The cells of the table beneath a title, line by line, the heads first; of lines that begin with it."""
    lines = itertools.takewhile(str.strip, text.split(f"\n{title}", 1)[1].splitlines()[1:])
    return [re.split(r"\s{2,}", line.strip()) for line in lines if set(line) - set(" -")]


def shows(cell, number):
    """A cell of a table and the figure that it stands for: rounded as it is, per cent as such."""
    text = cell.replace(",", "").removesuffix(" %").removesuffix(" months")
    decimals = len(text.partition(".")[2])
    return abs(float(text) - float(number)) <= 0.5000001 * 10.0 ** -decimals + 0.005 * (decimals == 2)


def check_beside(tape):
    """Tables that have several rows of the CSV beside each other, or its columns down: every cell is that of its row."""
    valued = [tape, "--model", MODEL, "--quiet"]
    scenarios = ["--scenarios", SOURCE / "data/scenarios/nordic.yaml"]

    def both(command, *options):
        arguments = [command, *(valued if command != "compare" else [tape, *valued]), *options]
        return run(*arguments), list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv"))))

    table, rows = both("price", "--irr", "0.1,0.15", "--asked", "90000", *scenarios)
    at = {(r["scenario"], r["required_return"], r["group"], r["name"]): r for r in rows}
    returns = ("0.1", "0.15")
    lines = {line[0]: line[1:] for line in reversed(table_of(table, "Bid, EUR"))}  # the first of two paybacks
    for name, column in (("value", "value"), ("bid", "bid"), ("cost of collection", "cost"), ("net", "net"), ("price asked", "asked"),
                         ("gross money multiple", "gross_multiple"), ("NPV of the first 24 months", "npv_24"), ("payback", "payback_months")):
        assert all(shows(cell, at["base", r, "all", "all"][column]) for r, cell in zip(returns, lines[name], strict=True)), name
    for group in ("segment", "country"):
        lines = table_of(table, f"By {group} (the bid for each alone)")[1:]
        assert [line[0] for line in lines] == [r["name"] for r in rows[:len(rows) // 2] if r["scenario"] == "base" and r["group"] == group
                                               and r["required_return"] == "0.1" and r["claims"] != "0"]
        for name, claims, face, *cells in lines:
            for r, bid, share in zip(returns, cells[::2], cells[1::2], strict=True):
                row = at["base", r, group, name]
                assert all(map(shows, (claims, face, bid, share), (row["claims"], row["face"], row["bid"], row["bid_pct_of_face"]))), row
    lines = table_of(table, "By scenario (each planned anew)")[1:]
    assert len(lines) == 14
    for name, *cells in lines[1:]:
        for r, bid, change, asked in zip(returns, cells[::3], cells[1::3], cells[2::3], strict=True):
            row = at[name, r, "all", "all"]
            assert shows(bid, row["bid"]) and shows(change, row["change_pct"]) and shows(asked, 100 * float(row["asked_irr"])), row
    lines = table_of(table, "Bid by segment and scenario at 15.0 %")
    names = re.split(r"\s{2,}", "  ".join(lines[0]))[1:]
    for segment, *bids in lines[1:]:
        assert all(shows(bid, at[name, "0.15", "segment", segment]["bid"]) for name, bid in zip(names, bids, strict=True)), segment

    table, rows = both("scenario", *scenarios)
    for mode, title in (("replanned", "Re-planned"), ("committed", "Committed")):
        mine = [r for r in rows if r["mode"] in ("base", mode) and r["segment"] == "all"]
        lines = table_of(table, title)[1:]
        for line, row in zip(lines, mine, strict=True):
            assert line[0].startswith(row["scenario"]) and shows(line[1], row["value"]) and shows(line[-1 - (mode == "replanned")], row["payback_months"])
            assert row["mode"] == "base" or shows(line[2], row["change_pct"]), row

    table, rows = both("compare", "--cutoff-b", "2028-12-31", "--irr-b", "0.18")
    heads, *lines = table_of(table, "Decisions, claims")
    change = {r["name"]: r["closing_claims"] for r in rows if r["group"] == "change"}
    assert sum(change.get(f"{line[0]} to {to}", "0") == cell for line in lines for to, cell in zip(heads[1:], line[1:], strict=True)) == 36
    assert sum(map(int, change.values())) == int(rows[0]["closing_claims"]) > 0
    bridge = {line[0]: line[1:] for line in table_of(table, "Bridge")[1:]}
    for name, column in (("opening", "opening"), ("time and interest", "time"), ("rate", "rate"), ("closing", "closing")):
        assert shows(bridge[name][0], rows[0][column]) and shows(bridge[name][1], 100 * float(rows[0][column]) / float(rows[0]["opening"])), name

    table, rows = both("forward", "--fresh", "all")
    for year, *cells in table_of(table, "Cash by year")[1:]:
        mine = rows[12 * (int(year) - 1):12 * int(year)]
        assert all(shows(cell, sum(float(r[column]) for r in mine)) for cell, column in zip(cells, ("face", "paid", "onboarding", "gross"))), year
        assert shows(cells[-1], mine[-1]["cumulated"]), year

    table, rows = both("bid", "--rivals", "3", "--spread", "0.25")
    lines = table_of(table, "Bids")[1:]
    rows.sort(key=lambda r: float(r["bid"]))
    for line, row in zip(lines, rows, strict=True):
        assert (line[0] == "best") == (row["row"] == "best") and shows(line[line[0] == "best"], row["bid"]), row
    print("tables of rows beside each other: as in the CSV")


def check_figures(folder):
    """Figures that CSV has one a line are those of JSON, none more and none less: of import, panel, inspect of a panel."""
    def both(*arguments):
        return run(*arguments, "--format", "csv"), json.loads(run(*arguments, "--format", "json"))

    def agrees(cell, figure):
        if figure is None or cell == "" or isinstance(figure, str):
            return cell == ("" if figure is None else figure)
        return abs(float(cell) - figure) <= 0.0051

    def same(name, text, figures_a_line, wanted):
        left = [(*row[:-figures_a_line], *row[-figures_a_line:]) for row in list(csv.reader(io.StringIO(text)))[1:]]
        for key, *figures in wanted:
            mine = [row for row in left if row[:-figures_a_line] == key and all(map(agrees, row[-figures_a_line:], figures))]
            assert mine, (name, key, figures, left)
            left.remove(mine[0])
        assert not left, (name, left)
        print(f"{name}: {len(wanted)} lines of CSV, the same in JSON")

    def sums(item, listed):
        return [((item, s["currency"] or ""), s["claims"], s["balance"], None) for s in listed]

    def imported(said):
        counts = {"lines": said["lines"], "read": said["rows_read"], "rejected": said["rows_rejected"], "left_out": said["rows_left_out"], "debtors": said["debtors"]}
        days = {day: said[day] for day in ("first_written_off", "last_written_off", "cutoff") if said[day] is not None}
        wanted = []
        for item, listed in (("accepted", said["accepted"]), ("no_limitation", said["no_limitation"]), ("barred_by_rule", said["barred_by_rule"])):
            wanted += sums(item, listed)
        for kind in ("rejected", "left_out"):
            for reason, of in said[kind].items():
                counts[f"{kind}_{reason}"] = of["rows"]
                wanted += sums(f"{kind}_{reason}", of["balance"])
        if said["panel"] is not None:
            panel = said["panel"]
            counts |= {item: panel[item] for item in ("claims", "rows_with_cash", "claim_months") if panel[item] is not None}
            days |= {day: panel[day] for day in ("first_start", "end") if panel[day] is not None}
            counts |= {f"treatment_{t}": n for t, n in panel["treatments"].items()} | {f"exit_{e}": n for e, n in panel["exits"].items()}
            wanted += sums("cash", panel["cash"])
        return wanted + [((item, ""), count, None, None) for item, count in counts.items()] + [((item, ""), None, None, day) for item, day in days.items()]

    lines = ["claim_id,country,currency,written_off_on,principal", "a,FI,EUR,2024-01-31,100", "b,SE,SEK,2024-02-29,2000", "c,FI,EUR,gone,50", "",
             "d,FI,EUR,2025-03-31,7.25", ",,,,"]
    (folder / "few.csv").write_text("\n".join(lines) + "\n")
    text, said = both("import", folder / "few.csv", "--cutoff", "2026-06-30", "-o", folder / "few.h5", "--max-rejects", "90%")
    assert said["rows_rejected"] == 1 and said["rows_left_out"] == 1 and len(said["accepted"]) == 2, said
    same("import", text, 3, imported(said))
    run("generate", "--panel", "-n", 300, "--months", 14, "--model", MODEL, "-o", folder / "made.csv", "--quiet")
    text, said = both("import", "--panel", folder / "made.csv", "-o", folder / "made.h5", "--quiet")
    assert said["panel"]["claim_months"] > 0 and sum(said["panel"]["treatments"].values()) == said["rows_accepted"]
    same("import", text, 3, imported(said))

    text, said = both("inspect", folder / "made.h5")
    wanted = [(("all", "", "", name), said[name]) for name in ("rows", "claims", "debtors", "first_start", "last_start", "end", "shortest_months",
                                                               "longest_months", "rows_in_other_currencies")]
    wanted += [((kind, "", "", name), n) for kind, key in (("exit", "exits"), ("missing", "missing")) for name, n in said[key].items()]
    wanted += [(("treatment", row["currency"], row["treatment"], name), value) for row in said["treatments"] for name, value in row.items()
               if name not in ("currency", "treatment") and value is not None]
    assert 0 < said["shortest_months"] < said["longest_months"] == 1 and said["rows_in_other_currencies"] == 0
    same("inspect of a panel", text, 1, wanted)

    for day in ("2025-12-31", "2026-03-31"):
        (folder / f"{day}.csv").write_text("\n".join(["claim_id,country,currency,written_off_on,principal", "a,FI,EUR,2024-01-31,100",
                                                      *(["b,FI,EUR,2024-02-29,20"] if day < "2026" else [])]) + "\n")
        run("import", folder / f"{day}.csv", "--cutoff", day, "-o", folder / f"{day}.h5", "--quiet")
    (folder / "paid.csv").write_text("claim_id,paid_on,amount\na,2026-01-15,12.50\nx,2026-02-15,1\n")
    text, said = both("panel", folder / "2025-12-31.h5", folder / "2026-03-31.h5", "--payments", folder / "paid.csv", "--treatment", "amicable",
                      "-o", folder / "joined.h5", "--quiet")
    counts = {name: value for name, value in said.items() if name not in ("exits", "manifest")} | {f"exit_{e}": n for e, n in said["exits"].items()}
    same("panel", text, 3, [((name,), value["count"], value["amount"], None) if isinstance(value, dict)
                            else ((name,), None, None, value) if isinstance(value, str) else ((name,), value, None, None) for name, value in counts.items()])
    assert (said["first_start"], said["end"], said["used"]["amount"]) == ("2025-12-31", "2026-03-31", 12.5), said


def head_of(text):
    return next(csv.reader(io.StringIO(text)))


def check_others(folder, tape, page):
    """What is printed or written beside these has the columns that the page says, in that order."""
    files = {option: folder / f"{option}.csv" for option in ("claims", "cashflow", "years", "price", "compare", "scenario", "rejects",
                                                           "decide", "checks", "pseudonyms")}
    scenarios = SOURCE / "data/scenarios/nordic.yaml"
    run("generate", "-n", 300, "-o", folder / "u.csv", "--quiet")
    run("generate", "-n", 300, "-o", folder / "t.csv", "--quiet")
    run("generate", "--panel", "-n", 400, "--months", 30, "--model", MODEL, "-o", folder / "p.h5", "--quiet")
    with open(folder / "u.csv", "a") as file:
        file.write("bad,row\n")
    imported = run("import", folder / "u.csv", "--cutoff", "2026-06-30", "-o", folder / "u.h5", "--rejects", files["rejects"], "--format", "csv")
    (folder / "key").write_text("0123456789abcdef" * 4)
    run("import", folder / "t.csv", "--cutoff", "2026-06-30", "-o", folder / "s.h5", "--pseudonyms", folder / "key",
        "--pseudonym-list", files["pseudonyms"], "--quiet")
    valued = ["--model", MODEL, "--quiet"]
    run("value", tape, *valued, "--claims", files["claims"], "--cashflow", files["cashflow"], "--years", files["years"], "-o", folder / "r.h5")
    run("price", tape, *valued, "--irr", "0.15", "--claims", files["price"])
    run("compare", tape, tape, *valued, "--claims", files["compare"])
    run("scenario", tape, *valued, "--scenarios", scenarios, "--claims", files["scenario"])
    run("decide", tape, *valued, "--court-budget", 2000, "--claims", files["decide"])
    run("checks", tape, *valued, "--price", 0.8, "--sample", 20, "--claims", files["checks"])
    made = {"import": imported,
            "inspect": run("inspect", tape, "--format", "csv"),
            "inspect of a panel": run("inspect", folder / "p.h5", "--format", "csv"),
            "simulate": run("simulate", tape, *valued, "--paths", 200, "--format", "csv"),
            "backtest": run("backtest", folder / "p.h5", *valued, "--format", "csv"),
            "backtest over horizons": run("backtest", folder / "p.h5", *valued, "--horizon", 12, "--format", "csv"),
            "verify": run("verify", tape, "--format", "csv"),
            "version": run("version", "--features", "--format", "csv"),
            "report": run("report", folder / "r.h5", "-o", folder / "r.html", "--format", "csv"),
            "export": run("export", folder / "r.h5", folder / "x.csv", "--format", "csv")}
    made |= {name: files[option].read_text() for name, option in (("claims", "claims"), ("cashflow by segment", "cashflow"), ("years", "years"),
                                                                  ("price by claim", "price"), ("compare by claim", "compare"),
                                                                  ("rejects", "rejects"), ("pseudonyms", "pseudonyms"))}
    for name, text in made.items():
        assert head_of(text) == list(page[name]), (name, head_of(text), list(page[name]))
    assert head_of(files["scenario"].read_text())[:4] == list(page["claims by scenario"])
    for command in ("decide", "checks"):
        assert head_of(files[command].read_text()) == [*page["claims"], *page[f"{command} by claim"]], command
    print(f"{len(made)} outputs more have the columns of the page")


with tempfile.TemporaryDirectory() as folder:
    tape = pathlib.Path(folder) / "t.h5"
    run("generate", "-n", 800, "-o", tape, "--quiet")
    page = described()
    for name in COMMANDS:
        check(name, tape, page[name])
        print(f"{name}: {len(page[name])} columns, the same in CSV and JSON")
    check_beside(tape)
    check_others(pathlib.Path(folder), tape, page)
    check_figures(pathlib.Path(folder))
