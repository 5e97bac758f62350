# SPDX-License-Identifier: Apache-2.0
"""`jalki decide` against an exact solver, from the claims file alone: GLPK (Debian's glpk-utils) solves the same integer
program on small tapes; feasibility, objective and bound must agree."""
import csv
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
import model_file  # noqa: E402

PROGRAM = os.environ["JALKI_PROGRAM"]
MODEL = pathlib.Path(os.environ["JALKI_SOURCE"]) / "models/nordic.yaml"
ACTIONS = ["close", "sell", "surveil", "amicable", "legal"]

if shutil.which("glpsol") is None:
    print("SKIPPED: glpsol is not installed (Debian package glpk-utils)")
    sys.exit(77)


def jalki(*arguments):
    subprocess.run([PROGRAM, *map(str, arguments), "--quiet"], check=True, stdout=subprocess.DEVNULL)


def use(row, action, resource):
    """What a claim uses of a resource under an action, as the claims file says."""
    if resource == "court":
        return float(row["court_cost"]) if action == "legal" else 0.0
    if resource == "hours":
        return float(row["hours_" + action]) if action in ("surveil", "amicable", "legal") else 0.0
    return 1.0 if action == resource else 0.0


def solve_exactly(rows, limits, folder):
    """Writes the integer program in LP format, solves it with GLPK, returns the optimum."""
    options = [(i, a) for i, row in enumerate(rows) for a in ACTIONS if row["q_" + a] != ""]
    text = ["Maximize", " value: " + " + ".join(f"{float(rows[i]['q_' + a]):.9f} x{i}_{a}" for i, a in options).replace("+ -", "- ")]
    text.append("Subject To")
    for i in range(len(rows)):
        text.append(f" one{i}: " + " + ".join(f"x{j}_{a}" for j, a in options if j == i) + " = 1")
    for k, (resource, inside, amount) in enumerate(limits):
        terms = [f"{use(rows[i], a, resource):.6f} x{i}_{a}" for i, a in options if inside(rows[i]) and use(rows[i], a, resource)]
        if terms:
            text.append(f" limit{k}: " + " + ".join(terms) + f" <= {amount}")
    text += ["Binary", " " + " ".join(f"x{i}_{a}" for i, a in options), "End"]
    program = folder / "case.lp"
    program.write_text("\n".join(text) + "\n")
    subprocess.run(["glpsol", "--lp", program, "--write", folder / "case.sol", "--tmlim", "20"], check=True,
                   stdout=subprocess.DEVNULL)
    for line in (folder / "case.sol").read_text().splitlines():
        fields = line.split()
        if fields[:1] == ["s"]:
            assert fields[4] == "o", f"GLPK did not reach the optimum: {line}"
            return float(fields[5])
    raise AssertionError("no solution line")


def check(rows, limits, decided, optimum):
    total = 0.0
    for row in rows:
        assert row["q_" + row["decision"]] != "", row
        total += float(row["q_" + row["decision"]])
    for resource, inside, amount in limits:
        used = sum(use(row, row["decision"], resource) for row in rows if inside(row))
        assert used <= amount + 1e-6, (resource, used, amount)
    near = 1e-6 * abs(optimum) + 0.01
    assert abs(total - decided["objective"]) <= near, (total, decided["objective"])
    assert decided["objective"] <= decided["bound"] + near
    assert optimum <= decided["bound"] + near, (optimum, decided["bound"])
    assert optimum - decided["objective"] <= near, (optimum, decided["objective"])


def case(folder, seed, court, hours, legal_fi, team_hours):
    tape, claims, totals = folder / "t.h5", folder / "c.csv", folder / "d.json"
    jalki("generate", "-n", 80, "--seed", seed, "-o", folder / "t.csv")
    jalki("import", folder / "t.csv", "--cutoff", "2026-06-30", "-o", tape)
    jalki("decide", tape, "--model", MODEL, "--sell", "--by-claim", "--court-budget", court, "--agent-hours", hours, "--max", f"legal@fi-bills={legal_fi}",
          "--team", "west=NO,se-bills", "--agent-hours", f"west={team_hours}", "--claims", claims, "--json", totals)
    rows = list(csv.DictReader(claims.open()))
    country = {row["claim_id"]: row["country"] for row in csv.DictReader((folder / "t.csv").open())}
    limits = [("court", lambda row: True, court), ("hours", lambda row: True, hours),
              ("legal", lambda row: row["segment"] == "fi-bills", legal_fi),
              ("hours", lambda row: country[row["claim_id"]] == "NO" or row["segment"] == "se-bills", team_hours)]
    assert json.loads(totals.read_text())["limits"]["agent_hours@west"] == team_hours
    check(rows, limits, json.loads(totals.read_text()), solve_exactly(rows, limits, folder))


def debtor_case(folder, hours, most_surveil):
    """One treatment for all claims of a debtor, for which it is allowed and worth more than closing; one visit's hours.
    Court is left out here, so that a debtor's value is the sum of its claims'."""
    claims, totals = folder / "c.csv", folder / "d.json"
    jalki("decide", folder / "t.h5", "--model", MODEL, "--agent-hours", hours, "--max", "legal=0", "--max",
          f"surveil={most_surveil}", "--claims", claims, "--json", totals)
    rows, decided = list(csv.DictReader(claims.open())), json.loads(totals.read_text())
    debtor = {row["claim_id"]: row["debtor_id"] for row in csv.DictReader((folder / "t.csv").open())}
    groups = {}
    for row in rows:
        groups.setdefault(debtor[row["claim_id"]], []).append(row)
    assert any(len(group) > 1 for group in groups.values())
    units, used, total = [], 0.0, 0.0
    for group in groups.values():
        unit = {"hours_surveil": 0.0, "hours_amicable": 0.0, "q_close": "0", "q_sell": "", "q_legal": ""}
        for action in ("surveil", "amicable"):
            part = [row for row in group if row["q_" + action] and float(row["q_" + action]) > 0]
            unit["q_" + action] = str(sum(float(row["q_" + action]) for row in part))
            unit["hours_" + action] = max((float(row["hours_" + action]) for row in part), default=0.0)
            unit["claims_" + action] = len(part)
        chosen = {row["decision"] for row in group} - {"close"}
        assert len(chosen) <= 1, f"a debtor is treated in several ways: {group}"
        for action in chosen:
            assert sum(row["decision"] == action for row in group) == unit["claims_" + action], group
            used += unit["hours_" + action]
            total += float(unit["q_" + action])
        units.append(unit)
    surveilled = sum(row["decision"] == "surveil" for row in rows)
    assert used <= hours + 1e-6 and surveilled <= most_surveil, (used, surveilled)
    assert abs(decided["use"]["agent_hours"] - used) <= 1e-6 and abs(decided["objective"] - total) <= 0.01
    optimum = solve_debtors(units, hours, most_surveil, folder)
    assert decided["bound"] >= optimum - 0.01 and abs(optimum - total) <= 1e-6 * optimum + 0.01, (optimum, total)


def solve_debtors(units, hours, most_surveil, folder):
    text = ["Maximize", " value: " + " + ".join(f"{float(u['q_' + a]):.9f} x{i}_{a}" for i, u in enumerate(units)
                                               for a in ("surveil", "amicable")), "Subject To"]
    text += [f" one{i}: x{i}_surveil + x{i}_amicable <= 1" for i in range(len(units))]
    text.append(" hours: " + " + ".join(f"{u['hours_' + a]:.6f} x{i}_{a}" for i, u in enumerate(units)
                                        for a in ("surveil", "amicable")) + f" <= {hours}")
    text.append(" most: " + " + ".join(f"{u['claims_surveil']} x{i}_surveil" for i, u in enumerate(units))
                + f" <= {most_surveil}")
    text += ["Binary", " " + " ".join(f"x{i}_{a}" for i in range(len(units)) for a in ("surveil", "amicable")), "End"]
    (folder / "debtors.lp").write_text("\n".join(text) + "\n")
    subprocess.run(["glpsol", "--lp", folder / "debtors.lp", "--write", folder / "debtors.sol", "--tmlim", "20"],
                   check=True, stdout=subprocess.DEVNULL)
    return next(float(line.split()[5]) for line in (folder / "debtors.sol").read_text().splitlines()
                if line.startswith("s "))


def curve_case(folder):
    """Each point of a curve is a decision of its own under that limit; more of it is never worth less."""
    totals = folder / "d.json"
    jalki("decide", folder / "t.h5", "--model", MODEL, "--court-budget", 150, "--curve", "agent-hours=0:6:4", "--json", totals)
    curve = json.loads(totals.read_text())["curve"]
    assert curve["limit"] == "agent_hours" and [point["amount"] for point in curve["points"]] == [0.0, 2.0, 4.0, 6.0]
    jalki("decide", folder / "t.h5", "--model", MODEL, "--team", "north=FI,SE", "--curve", "agent-hours@north=0:6:3", "--json", totals)
    team = json.loads(totals.read_text())["curve"]
    assert team["limit"] == "agent_hours@north" and [point["amount"] for point in team["points"]] == [0.0, 3.0, 6.0]
    jalki("decide", folder / "t.h5", "--model", MODEL, "--team", "north=FI,SE", "--agent-hours", "north=3", "--json", totals)
    alone = json.loads(totals.read_text())
    assert abs(alone["objective"] - team["points"][1]["objective"]) < 1e-6
    values = [point["objective"] for point in curve["points"]]
    assert values == sorted(values) and values[0] < values[-1]
    for point in curve["points"]:
        jalki("decide", folder / "t.h5", "--model", MODEL, "--court-budget", 150, "--agent-hours", point["amount"], "--json",
              totals)
        alone = json.loads(totals.read_text())
        for key, name in (("objective", "objective"), ("bound", "bound")):
            assert abs(point[key] - alone[name]) <= 1e-6 * abs(alone[name]) + 0.01, (point, alone[name])
        assert abs(point["shadow_price"] - alone["shadow_prices"]["agent_hours"]) <= 1e-3 + 0.01 * point["shadow_price"]


def coherence_case(folder, hours):
    """What claim by claim would be worth: its objective less the parts of court fees that nobody else would pay."""
    claims, totals = folder / "c.csv", folder / "d.json"
    filing = {segment["id"]: segment["cost"]["legal"]["filing"] for segment in model_file.load_yaml(str(MODEL))["segments"]}
    jalki("decide", folder / "t.h5", "--model", MODEL, "--by-claim", "--agent-hours", hours, "--claims", claims, "--json", totals)
    rows, apart = list(csv.DictReader(claims.open())), json.loads(totals.read_text())
    assert apart["by_debtor"] is False and apart["claim_by_claim"] is None
    jalki("decide", folder / "t.h5", "--model", MODEL, "--agent-hours", hours, "--json", totals)
    together = json.loads(totals.read_text())
    debtor = {row["claim_id"]: row["debtor_id"] for row in csv.DictReader((folder / "t.csv").open())}
    files = [(debtor[row["claim_id"]], row) for row in rows if row["decision"] == "legal" and float(row["court_cost"]) > 0]
    missing = sum(max(0.0, max(filing[row["segment"]] for d, row in files if d == one) - sum(float(row["court_cost"]) for d, row in files if d == one))
                  for one in {d for d, _ in files})
    assert together["by_debtor"] is True and abs(together["claim_by_claim"] - (apart["objective"] - missing)) < 0.01
    return missing > 0 and together["objective"] > together["claim_by_claim"]


def phased_case(folder):
    """Hours of later epochs: their prices are in the values, as in the plan within hours; the first epoch's are a limit as ever."""
    totals, claims = folder / "d.json", folder / "c.csv"
    jalki("decide", folder / "t.h5", "--model", MODEL, "--agent-hours", "2,1", "--json", totals, "--claims", claims)
    made = json.loads(totals.read_text())
    jalki("value", folder / "t.h5", "--model", MODEL, "--agent-hours", "2,1", "--json", totals)
    plan = json.loads(totals.read_text())["hours"]["epochs"]
    assert [e["price"] for e in made["hours"]["epochs"]] == [0.0] + [e["price"] for e in plan[1:]] and plan[1]["price"] > 0
    assert made["use"]["agent_hours"] <= 2 and made["limits"]["agent_hours"] == 2
    jalki("decide", folder / "t.h5", "--model", MODEL, "--agent-hours", 2, "--json", totals)
    assert made["objective"] < json.loads(totals.read_text())["objective"]


with tempfile.TemporaryDirectory() as name:
    cases = [(100, 5, 2, 1), (0, 1, 0, 1000), (400, 2, 1, 0.5), (50, 1000, 50, 3), (250.5, 3.25, 1, 0)]
    for number, limits in enumerate(cases):
        case(pathlib.Path(name), number + 1, *limits)
    for hours, most_surveil in ((2, 1000), (1, 20), (1000, 5)):
        debtor_case(pathlib.Path(name), hours, most_surveil)
    curve_case(pathlib.Path(name))
    assert any([coherence_case(pathlib.Path(name), hours) for hours in (4, 8, 1000)])
    phased_case(pathlib.Path(name))
print(f"{len(cases)} cases agree with GLPK")
