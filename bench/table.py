#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts what bench/run.sh measured into one Markdown page.     table.py RECORDS STAGES.json STORE"""
import datetime
import json
import os
import re
import subprocess
import sys


def number(value):
    """Three digits, with thousands in words."""
    for size, word in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{word}"
    return f"{value:.3g}"


def rows_of(records, row):
    return [r for r in records if r["row"] == row]


def compare(records, row, title, limits=()):
    """A table of programs; ratios are to our fastest figure."""
    mine = [r for r in rows_of(records, row) if r["program"].startswith("jalki")]
    others = [r for r in rows_of(records, row) if not r["program"].startswith("jalki")]
    if not mine + others:
        return
    others.sort(key=lambda r: -r["claims"] / r["seconds"])
    print(f"\n## {title}\n\n| program | threads | seconds | claims/s | ours is faster by |\n|---|---|---|---|---|")
    for r in mine + others:
        rate = r["claims"] / r["seconds"]
        ours = [m["claims"] / m["seconds"] for m in mine if m["threads"] == r.get("threads", m["threads"])]
        ratio = f"{max(ours) / rate:.3g} x" if ours and r in others else ""
        print(f"| {r['program']} | {r.get('threads', '')} | {r['seconds']:.3g} | {number(rate)} | {ratio} |")
    for line in limits:
        print(f"\n{line}")


# Vector multiply-adds and multiplications that 16 claims cannot do without, counted in docs/numerics.md; each stands for a
# multiplication and an addition in each of 16 lanes.
NECESSARY = 14150 * 2


# What the plan reads of a claim (jk_terms: eleven 32-bit and two 64-bit floats, its age, and eight bytes of codes) and writes
# (jk_plan_results: ten 32-bit floats and a decision).
PLAN_BYTES = (11 * 4 + 2 * 8 + 4 + 8) + (10 * 4 + 1)


def machine():
    """Which machine, when, and of which commit."""
    with open("/proc/cpuinfo") as file:
        text = file.read()
    names = re.findall(r"^model name\s*: (.*)$", text, re.M)
    flags = set((re.findall(r"^flags\s*: (.*)$", text, re.M) or [""])[0].split())
    family = re.findall(r"^(?:cpu family|model)\s*: (\d+)$", text, re.M)[:2]
    code = "v4" if {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"} <= flags else \
        "v3" if {"avx2", "fma", "bmi2"} <= flags else "base"
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return (f"{names[0] if names else 'unknown processor'} (family {', model '.join(family) or '?'}), {os.cpu_count()} cores, "
            f"code {code}; {datetime.date.today().isoformat()}, commit {commit or 'unknown'}, load {os.getloadavg()[0]:.1f}.")


def limit_lines(records):
    """Our figures as a part of what the machine can do."""
    limits = {(r["limit"], r["threads"]): r["per_second"] for r in rows_of(records, "limit")}
    plan = []
    for r in rows_of(records, "plan"):
        peak = limits.get(("32-bit multiply-adds", r["threads"]))
        if r["program"] == "jalki" and peak:
            taken = peak * r["seconds"] / r["claims"]
            plan.append(f"A claim takes as long as {number(taken)} operations at the peak of {number(peak)} a second, "
                        f"{r['threads']} thread(s); it cannot do without {number(NECESSARY)} (docs/numerics.md): "
                        f"{100 * NECESSARY / taken:.0f} % of that bound.")
        copying = limits.get(("copying in memory, read and written", r["threads"]))
        if r["program"] == "jalki" and copying:
            rate = r["claims"] / r["seconds"]
            first = "Operations" if not peak or copying / PLAN_BYTES > peak / NECESSARY else "Memory"
            plan.append(f"Its {PLAN_BYTES} bytes, read and written at the {number(copying)}B/s of copying, would let {number(copying / PLAN_BYTES)} "
                        f"claims a second through on {r['threads']} thread(s): {100 * rate * PLAN_BYTES / copying:.2g} % of that bound. "
                        f"{first} is the nearer bound.".replace("Operations is", "Operations are"))
    ours = {r["threads"]: r["seconds"] for r in rows_of(records, "plan") if r["program"] == "jalki"}
    if 1 in ours and 2 in ours:
        plan.append(f"Two threads are {ours[1] / ours[2]:.2f} times as fast as one.")
    ingest = []
    size = rows_of(records, "tape")[0]["bytes"]
    for r in rows_of(records, "ingest"):
        lines = limits.get(("finding line ends, page cache", r["threads"]))
        if r["program"].startswith("jalki") and lines:
            rate = size / r["seconds"]
            ingest.append(f"Import takes in {number(rate)}B/s; finding the line ends alone goes at {number(lines)}B/s "
                          f"({lines / rate:.3g} x).")
    return plan, ingest


# What each stage can be held against: a limit measured in the same run, and whether its claims or its bytes count.
STAGE_LIMITS = {
    "law": ("copying in memory, read and written", "bytes_per_second"),
    "score": ("copying in memory, read and written", "bytes_per_second"),
    "terms": ("copying in memory, read and written", "bytes_per_second"),
    "sums": ("copying in memory, read and written", "bytes_per_second"),
    "select": ("copying in memory, read and written", "bytes_per_second"),
    "store": ("pread, page cache", "bytes_per_second"),
    "import": ("finding line ends, page cache", "bytes_per_second"),
    "plan": ("32-bit multiply-adds", "items_per_second"),
    "value": ("32-bit multiply-adds", "items_per_second"),
}


def part_of_limit(case, limits):
    """"12 % of copying" for bytes, "41 k operations a claim" for what the multiply-add units could have done meanwhile."""
    name = case["name"].removesuffix("/real_time")
    limit, rate = STAGE_LIMITS.get(name.split("/")[0], (None, None))
    per_second = limits.get((limit, int(name.rsplit("/", 1)[1])))
    if per_second is None or not case.get(rate):
        return ""
    if rate == "items_per_second":
        return f"{number(per_second / case[rate])} operations of the peak a claim"
    share = 100 * case[rate] / per_second
    return f"{share:.2g} % of {limit.split(',')[0]}"


def growth(records):
    """Time per claim and peak memory by size of the tape."""
    print("\n## Growth: `jalki value` as the tape grows, whole process\n\n"
          "| claims | threads | seconds | ns per claim | processor s | peak MB | bytes per claim |\n|---|---|---|---|---|---|---|")
    for r in rows_of(records, "growth"):
        print(f"| {r['claims']:,} | {r['threads']} | {r['seconds']:.3g} | {1e9 * r['seconds'] / r['claims']:.0f} | {r['processor']:.3g} | "
              f"{r['peak'] / 1048576:.0f} | {r['peak'] / r['claims']:.0f} |")


def main():
    with open(sys.argv[1]) as file:
        records = [json.loads(line) for line in file]
    with open(sys.argv[2]) as file:
        stages = json.load(file)
    cases = stages["benchmarks"]
    for case in cases:
        if case["name"].startswith("select/first") and "items_per_second" in case:
            threads = int(case["name"].split("/")[2])
            records.append({"row": "select", "program": "jalki, first 100,000", "threads": threads, "claims": 10_000_000,
                            "seconds": case["real_time"] / 1e3})
    plan, ingest = limit_lines(records)
    print(f"# Measured in one run\n\n{machine()}\n\n| limit of this machine | threads | per second |\n|---|---|---|")
    for r in rows_of(records, "limit"):
        print(f"| {r['limit']} | {r['threads']} | {number(r['per_second'])} {r['unit']} |")
    compare(records, "plan", "Plan: induction and projection, all nine states, the model's epochs", plan)
    compare(records, "ingest", "Ingest: a CSV tape, to a store on disk (ours) or a table in memory (others)", ingest)
    compare(records, "select", "The first 100,000 of 10 million in order")
    compare(records, "generate", "Generate")
    compare(records, "value", "Value, from store to totals")
    for r in rows_of(records, "load"):
        print(f"\nh5py loads all columns of {r['claims']:,} claims at {number(r['bytes'] / r['seconds'])}B/s.")
    growth(records)
    print("\n## The store\n\n```")
    with open(sys.argv[3]) as file:
        print(file.read().rstrip())
    print("```\n\n## Every stage\n\n| stage/what/variant/threads | milliseconds | claims/s | bytes/s | of its limit |\n"
          "|---|---|---|---|---|")
    limits = {(r["limit"], r["threads"]): r["per_second"] for r in rows_of(records, "limit")}
    for case in cases:
        if "error_message" in case:
            print(f"| {case['name'].removesuffix('/real_time')} | {case['error_message']} | | | |")
            continue
        size = case.get("bytes_per_second")
        print(f"| {case['name'].removesuffix('/real_time')} | {case['real_time']:.4g} | {number(case['items_per_second'])} | "
              f"{number(size) + 'B' if size else ''} | {part_of_limit(case, limits)} |")


main()
