# SPDX-License-Identifier: Apache-2.0
"""Compares the program's files with the reference under the tolerances of model.md section 13, and nothing wider.

Every difference is measured in units of its tolerance: 1 and below passes. A Comparison keeps the worst cell of each
column and every failure, with enough of the claim's figures to find the culprit.
"""

import model_file
import plan
import reference

MONEY = ("value", "attachable")
PROJECTION = ("erc_gross", "erc_net", "gross_12m", "gross_60m")


class Comparison:
    """Collects the worst cell per column and the failures of one case or of many."""

    def __init__(self):
        self.worst = {}
        self.failures = []
        self.cells = 0
        self.claims = 0
        self.exempt = 0

    def check(self, column, distance, where, got, expected):
        """`distance` in units of the tolerance."""
        self.cells += 1
        if distance > self.worst.get(column, (-1.0,))[0]:
            self.worst[column] = (distance, where, got, expected)
        if not distance <= 1:
            self.failures.append(f"{where}: {column} is {got!r}, the reference says {expected!r} "
                                 f"({distance:.3g} tolerances away)")

    def same(self, column, where, got, expected):
        self.check(column, 0.0 if got == expected else model_file.INFINITY, where, got, expected)

    def add(self, other):
        for column, cell in other.worst.items():
            if cell[0] > self.worst.get(column, (-1.0,))[0]:
                self.worst[column] = cell
        self.failures += other.failures
        self.cells += other.cells
        self.claims += other.claims
        self.exempt += other.exempt

    def table(self):
        lines = [f"{self.claims} claims ({self.exempt} with a near-tie in their plan), {self.cells} cells; "
                 "worst cell per column, in units of its tolerance:"]
        for column, (distance, where, got, expected) in self.worst.items():
            lines.append(f"  {column:24} {distance:10.4f}  {where}: {got} / {expected}")
        return "\n".join(lines)


def money_distance(got, expected):
    return abs(got - expected) / plan.money_tolerance(expected)


def compare_claims(comparison, rows, results, name):
    """The claims file (written with --full) against the reference's results."""
    comparison.same("rows", name, len(rows), len(results))
    comparison.claims += len(results)
    for row, result in zip(rows, results):
        where = f"{name} claim {result['claim_id']}"
        for column in ("claim_id", "score", "capacity_class", "paying", "segment"):
            comparison.same(column, where, row[column], str(result[column]))
        theta = float(row["theta"])
        comparison.check("theta", abs(theta / result["theta"] - 1) / 1e-5, where, theta, result["theta"])

        bar = result["months_to_bar"]
        if row["months_to_bar"] == "" or bar == model_file.INFINITY:
            comparison.same("months_to_bar", where, row["months_to_bar"], "" if bar == model_file.INFINITY else bar)
        else:  # nine digits are printed
            distance = abs(float(row["months_to_bar"]) - bar) / max(1e-8 * abs(bar), 1e-9)
            comparison.check("months_to_bar", distance, where, row["months_to_bar"], bar)

        for column in MONEY:
            comparison.check(column, money_distance(float(row[column]), result[column]), where, row[column],
                             result[column])
        for action in model_file.ACTIONS:
            expected, text = result["q"].get(action), row["q_" + action]
            if expected is None or text == "":
                comparison.same("q_" + action, where, text, "" if expected is None else expected)
            else:
                comparison.check("q_" + action, money_distance(float(text), expected), where, text, expected)
        if result["decision_tie"] >= 1 or row["decision"] == result["decision"]:
            comparison.same("decision", where, row["decision"], result["decision"])
            comparison.same("reason", where, row["reason"], result["reason"])
        if result["tie"] < 1:
            comparison.exempt += 1
            continue
        for column in PROJECTION:
            comparison.check(column, money_distance(float(row[column]), result[column]), where, row[column],
                             result[column])


def compare_cashflow(comparison, rows, results, model, name):
    """The cash-flow file; only for tapes without near-ties. Cells within 1e-4 of the larger of the cell and its
    column's mean (of amounts, over the file). Section 13 also says that amounts are rounded to a grid of 2^-20 before
    they are added: half a step for every amount that may be in the cell is the engine's right, which shows in cells of
    a few hundredths of a cent."""
    expected = reference.cashflow(results, model)
    wanted = [(str(month), segment) for month, segment, *_ in expected]
    comparison.same("cashflow rows", name, [(row["month"], row["segment"]) for row in rows] == wanted, True)
    claims = {"all": len(results)}
    for result in results:
        claims[result["segment"]] = claims.get(result["segment"], 0) + 1
    amounts = {"gross": 1, "instalments": 1, "cost": 2, "sale": 1, "net": 4}  # per claim: costs are running costs and filing
    for index, column in enumerate(("gross", "instalments", "cost", "sale", "net"), 2):
        mean = sum(abs(row[index]) for row in expected) / len(expected)
        for row, cells in zip(rows, expected):
            got, want = float(row[column]), cells[index]
            grid = amounts[column] * claims.get(cells[1], 0) * 2.0**-21
            tolerance = max(1e-4 * max(abs(want), mean), grid)
            difference = abs(got - want)
            distance = difference / tolerance if tolerance else (0.0 if difference == 0 else model_file.INFINITY)
            comparison.check("cashflow " + column, distance, f"{name} month {cells[0]} segment {cells[1]}", got, want)


def total_distance(got, expected):
    """Portfolio totals: 1e-5 relative (and no better than the printed cent of a claim where they are small)."""
    return abs(got - expected) / max(1e-5 * abs(expected), 0.01)


def compare_group(comparison, column, got, expected, name, exact_claims=True):
    for key, want in expected.items():
        if key == "id" or (key == "claims" and exact_claims):
            comparison.same(f"{column} {key}", name, got[key], want)
        elif key != "claims":
            comparison.check(f"{column} {key}", total_distance(got[key], want), name, got[key], want)


def compare_json(comparison, got, results, model, irr, name, clean):
    """The JSON figures. `clean`: the tape has no near-tie, so that decisions and projections are comparable too."""
    want = reference.portfolio(results, model, irr)
    for key in ("claims", "irr", "horizon_months"):
        comparison.same("json " + key, name, got[key], want[key])
    for key in ("face", "value", "onboarding", "bid"):
        comparison.check("json " + key, total_distance(got[key], want[key]), name, got[key], want[key])
    if want["bid_pct_of_face"] is None:
        comparison.same("json bid_pct_of_face", name, got["bid_pct_of_face"], None)
    else:  # a quotient of totals; the bid's own cent counts on small tapes
        tolerance = max(2e-5 * want["bid_pct_of_face"], 100 * 0.01 / want["face"])
        comparison.check("json bid_pct_of_face", abs(got["bid_pct_of_face"] - want["bid_pct_of_face"]) / tolerance,
                         name, got["bid_pct_of_face"], want["bid_pct_of_face"])
    comparison.same("json segments", name, [s["id"] for s in got["segments"]], [s["id"] for s in want["segments"]])
    comparison.same("json countries", name, sorted(got["countries"]), sorted(want["countries"]))
    comparison.same("json decisions", name, sorted(got["decisions"]), sorted(want["decisions"]))
    for country, group in want["countries"].items():
        compare_group(comparison, "json country", got["countries"][country], group, f"{name} {country}")
    for ours, theirs in zip(got["segments"], want["segments"]):
        part = theirs if clean else {key: theirs[key] for key in ("id", "claims", "face", "value")}
        compare_group(comparison, "json segment", ours, part, f"{name} {theirs['id']}")
    if not clean:
        return
    for action, group in want["decisions"].items():
        compare_group(comparison, "json decision", got["decisions"][action], group, f"{name} {action}")
    comparison.same("json payers", name, len(got["payers"]), len(want["payers"]))
    for j, (ours, theirs) in enumerate(zip(got["payers"], want["payers"])):
        comparison.check("json payers", abs(ours - theirs) / max(1e-5 * theirs, 1e-4), f"{name} epoch {j}", ours, theirs)
    for horizon, amount in want["erc_gross"].items():
        comparison.check("json erc_gross", total_distance(got["erc_gross"][horizon], amount), f"{name} {horizon}",
                         got["erc_gross"][horizon], amount)
    comparison.check("json net", total_distance(got["net"], want["net"]), name, got["net"], want["net"])
    outlay = want["bid"] + want["onboarding"]
    if want["multiple"] is None:
        comparison.same("json multiple", name, got["multiple"], None)
    else:  # a quotient of two totals
        tolerance = max(2e-5 * abs(want["multiple"]), 0.01 * (1 + abs(want["multiple"])) / outlay)
        comparison.check("json multiple", abs(got["multiple"] - want["multiple"]) / tolerance, name, got["multiple"],
                         want["multiple"])
    compare_payback(comparison, got["payback_months"], want, results, model, name)


def compare_payback(comparison, got, want, results, model, name):
    """Equal months, unless the cumulated net passes the outlay by less than the totals' own tolerance."""
    if got == want["payback_months"]:
        comparison.same("json payback_months", name, got, got)
        return
    outlay, total, near = want["bid"] + want["onboarding"], 0.0, set()
    for month, row in enumerate((r for r in reference.cashflow(results, model) if r[1] == "all"), 1):
        total += row[6]
        if abs(total - outlay) <= max(2e-5 * outlay, 0.01):
            near.add(month)
    close = bool(near) and (got is None or got in near or want["payback_months"] in near)
    comparison.check("json payback_months", 1.0 if close else model_file.INFINITY, name, got, want["payback_months"])
