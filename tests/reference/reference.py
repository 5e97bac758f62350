# SPDX-License-Identifier: Apache-2.0
"""The valuation model, one claim at a time, in 64-bit floats: the executable specification.

This program was written from the contract alone (model.md, tape.md, model-file.md, cli.md) and shares nothing with the
C engine: not a line, not a table, not a trick. It is slow and means to be obvious. "Section n" below is model.md's.
It does not check its input: cases for it are well formed (bad input is the business of other tests).

    /usr/bin/python3 reference.py TAPE.csv --model M.yaml --cutoff 2026-06-30 --claims C.csv --cashflow F.csv --json J

In the order of the data: model_file.py (YAML), tape.py (calendar, tape), law.py, score.py, plan.py (epoch, plan,
projection), price.py, and here the whole job and its files. Standard library and PyYAML only.
"""

import argparse
import csv
import datetime
import json
import math
import sys

from law import law, sum_debtors
from model_file import ACTIONS, CLASSES, CLOSE, INFINITY, load_model
from plan import nearest_tie, payers_by_epoch, plan, project
from price import bid_for, irr_at, multiple_of, payback_of, price_with_floors
from score import score, terms
from tape import read_tape, with_defaults


def value_claim(model, t, facts, scored, irr):
    """Result columns of one claim, its monthly flows and how near to a tie its plan comes."""
    result = {"score": scored["score"], "theta": scored["theta_now"], "capacity_class": CLASSES[scored["k0"]],
              "paying": t["r0"], "decision": CLOSE, "value": 0.0, "q": {CLOSE: 0.0}, "tie": INFINITY,
              "decision_tie": INFINITY, "flows": [[0.0] * 5 for _ in range(model["horizon_months"])],
              "payers": [0.0] * len(model["epochs"])}
    if facts["barred"]:
        result["reason"] = "barred"
    elif t["allowed"] == {CLOSE}:
        result["reason"] = "status"
    else:
        q, chosen = plan(model, t, irr)
        result["q"] = q[0][t["k0"]][t["z0"]][t["r0"]]
        result["decision"] = chosen[0][t["k0"]][t["z0"]][t["r0"]]
        result["value"] = result["q"][result["decision"]]
        result["reason"] = "uneconomic" if result["decision"] == CLOSE else "best"
        result["flows"], p = project(model, t, chosen)
        result["payers"] = payers_by_epoch(p)
        result["tie"] = nearest_tie(t, q, p)
        result["decision_tie"] = nearest_tie(t, q[:1], p[:1])
    gross = [flow[0] for flow in result["flows"]]
    result["erc_gross"] = sum(gross)
    result["erc_net"] = sum(flow[0] - flow[1] - flow[2] + flow[3] for flow in result["flows"])
    result["gross_12m"] = sum(gross[:12])
    result["gross_60m"] = sum(gross[:60])
    return result


def value_tape(claims, model, cutoff, irr=None, sell=False):
    """Values every claim. Returns the claims' results in tape order; portfolio figures come from `portfolio`."""
    irr = model["irr"] if irr is None else irr
    claims = [with_defaults(claim, model) for claim in claims]
    facts = [law(claim, model, cutoff) for claim in claims]
    sum_debtors(claims, facts)
    results = []
    for claim, fact in zip(claims, facts):
        scored = score(claim, fact, model, cutoff)
        t = terms(claim, fact, scored, model, cutoff, sell)
        result = value_claim(model, t, fact, scored, irr)
        result.update(claim_id=claim["claim_id"], debtor_id=claim["debtor_id"], country=claim["country"],
                      segment=model["segments"][fact["segment"]]["id"], face=fact["balance"],
                      attachable=fact["attachable"], months_to_bar=fact["months_to_bar"], eta=scored["eta"])
        results.append(result)
    return results


def cashflow(results, model):
    """[(month, segment id or `all`, gross, instalments, cost, sale, net)] in the order of the file."""
    ids = [segment["id"] for segment in model["segments"]] + ["all"]
    cells = {(m, name): [0.0] * 5 for m in range(1, model["horizon_months"] + 1) for name in ids}
    for result in results:
        for month, (gross, cost, filing, proceeds, instalments) in enumerate(result["flows"], 1):
            for name in (result["segment"], "all"):
                cell = cells[month, name]
                cell[0] += gross
                cell[1] += instalments
                cell[2] += cost + filing
                cell[3] += proceeds
                cell[4] += gross - cost - filing + proceeds
    return [(month, name, *cell) for (month, name), cell in cells.items()]


def portfolio(results, model, irr=None):
    """The figures of cli.md's JSON, without the manifest."""
    irr = model["irr"] if irr is None else irr
    flows = cashflow(results, model)
    everything = [row for row in flows if row[1] == "all"]
    gross, net = [row[2] for row in everything], [row[6] for row in everything]
    face = sum(result["face"] for result in results)
    value = sum(result["value"] for result in results)
    onboarding = model["onboarding_cost"] * len(results)
    bid = bid_for(value, onboarding)

    effort = {segment["id"]: segment.get("effort_hours") or {} for segment in model["segments"]}

    def hours(rows):  # in ten-thousandths, as agent hours are counted
        return sum(round(effort[r["segment"]].get(r["decision"], 0.0), 4) for r in rows)

    def group(rows):
        return {"claims": len(rows), "face": sum(r["face"] for r in rows), "value": sum(r["value"] for r in rows)}

    segments = []
    for segment in model["segments"]:
        rows = [result for result in results if result["segment"] == segment["id"]]
        segments.append({"id": segment["id"], **group(rows), "erc_gross": sum(r["erc_gross"] for r in rows),
                         "net": sum(r["erc_net"] for r in rows)})
    return {
        "claims": len(results), "face": face, "value": value, "onboarding": onboarding, "bid": bid,
        "bid_pct_of_face": 100 * bid / face if face else None, "irr": irr, "horizon_months": model["horizon_months"],
        "erc_gross": {str(months): sum(gross[:months]) for months in (84, 120, 180)}, "net": sum(net),
        "multiple": multiple_of(net, bid + onboarding), "payback_months": payback_of(net, bid + onboarding),
        "agent_hours": hours(results),
        "decisions": {action: group([r for r in results if r["decision"] == action]) for action in ACTIONS},
        "segments": segments,
        "countries": {country: group([r for r in results if r["country"] == country])
                      for country in sorted({r["country"] for r in results})},
        "payers": [sum(result["payers"][j] for result in results) for j in range(len(model["epochs"]))],
    }


# ---- Files (cli.md) -------------------------------------------------------------------------------------------

CLAIMS_HEADER = ("claim_id,score,theta,capacity_class,paying,segment,decision,reason,value,q_close,q_sell,q_surveil,"
                 "q_amicable,q_legal,erc_gross,erc_net,gross_12m,gross_60m,attachable,months_to_bar").split(",")


def claim_row(result, full):
    """One line of the claims file as text cells."""

    def amount(number):
        return "" if number is None else format(number, ".9g" if full else ".2f")

    bar = result["months_to_bar"]
    return [result["claim_id"], str(result["score"]), format(result["theta"], ".9g"), result["capacity_class"],
            str(result["paying"]), result["segment"], result["decision"], result["reason"], amount(result["value"]),
            *(amount(result["q"].get(action)) for action in ACTIONS), amount(result["erc_gross"]),
            amount(result["erc_net"]), amount(result["gross_12m"]), amount(result["gross_60m"]),
            amount(result["attachable"]), amount(None if math.isinf(bar) else bar)]


def write_claims(path, results, full):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(CLAIMS_HEADER)
        writer.writerows(claim_row(result, full) for result in results)


def write_cashflow(path, results, model):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["month", "segment", "gross", "instalments", "cost", "sale", "net"])
        for month, segment, *cells in cashflow(results, model):
            writer.writerow([month, segment] + [format(cell, ".9g") for cell in cells])


def main():
    parser = argparse.ArgumentParser(description="Values a canonical CSV tape by the contract, slowly.")
    parser.add_argument("tape")
    parser.add_argument("--model", required=True)
    parser.add_argument("--cutoff", required=True, type=datetime.date.fromisoformat)
    parser.add_argument("--irr", type=float)
    parser.add_argument("--sell", action="store_true")
    parser.add_argument("--claims")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--cashflow")
    parser.add_argument("--json")
    parser.add_argument("--asked", type=float, help="also the yearly return at this price")
    parser.add_argument("--floor", action="append", default=[], help="multiple=X or payback=MONTHS")
    options = parser.parse_args()

    model = load_model(options.model)
    results = value_tape(read_tape(options.tape), model, options.cutoff, options.irr, options.sell)
    figures = portfolio(results, model, options.irr)
    net = [row[6] for row in cashflow(results, model) if row[1] == "all"]
    if options.asked is not None:
        figures["irr_at_asked"] = irr_at(net, options.asked + figures["onboarding"])
    if options.floor:
        floors = {name: float(bound) for name, bound in (floor.split("=") for floor in options.floor)}
        figures["price"], figures["binding"] = price_with_floors(figures["bid"], net, figures["onboarding"], **floors)
    if options.claims:
        write_claims(options.claims, results, options.full)
    if options.cashflow:
        write_cashflow(options.cashflow, results, model)
    text = json.dumps(figures, indent=1)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    else:
        sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
