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
    jalki("decide", tape, "--model", MODEL, "--court-budget", court, "--agent-hours", hours, "--max", f"legal@fi-bills={legal_fi}",
          "--team", "west=NO,se-bills", "--agent-hours", f"west={team_hours}", "--claims", claims, "--json", totals)
    rows = list(csv.DictReader(claims.open()))
    country = {row["claim_id"]: row["country"] for row in csv.DictReader((folder / "t.csv").open())}
    limits = [("court", lambda row: True, court), ("hours", lambda row: True, hours),
              ("legal", lambda row: row["segment"] == "fi-bills", legal_fi),
              ("hours", lambda row: country[row["claim_id"]] == "NO" or row["segment"] == "se-bills", team_hours)]
    assert json.loads(totals.read_text())["limits"]["agent_hours@west"] == team_hours
    check(rows, limits, json.loads(totals.read_text()), solve_exactly(rows, limits, folder))


with tempfile.TemporaryDirectory() as name:
    cases = [(100, 5, 2, 1), (0, 1, 0, 1000), (400, 2, 1, 0.5), (50, 1000, 50, 3), (250.5, 3.25, 1, 0)]
    for number, limits in enumerate(cases):
        case(pathlib.Path(name), number + 1, *limits)
print(f"{len(cases)} cases agree with GLPK")
