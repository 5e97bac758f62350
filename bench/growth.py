#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time and memory of `jalki value` as the tape grows, on one thread and on all: lines of JSON on stdout, a plot as SVG.

    growth.py JALKI MODEL FOLDER MOST_CLAIMS THREADS PLOT.svg
"""
import json
import math
import os
import subprocess
import sys
import time


def measure(command):
    """Wall seconds, processor seconds and peak memory in bytes of one run."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"{command} failed")
    return {"seconds": time.monotonic() - start, "processor": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024}


def best(command, runs):
    return min((measure(command) for _ in range(runs)), key=lambda run: run["seconds"])


def plot(points, path):
    """Nanoseconds per claim (logarithmic in claims), one line per number of threads."""
    width, height, left, right, top, bottom = 720, 400, 64, 150, 30, 56
    sizes = sorted({p["claims"] for p in points})
    highest = max(1e9 * p["seconds"] / p["claims"] for p in points)
    ceiling = 10 ** math.ceil(math.log10(highest))
    low, high = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(claims):
        return left + (math.log10(claims) - low) / max(high - low, 1e-9) * (width - left - right)

    def y(nanoseconds):
        return height - bottom - (math.log10(nanoseconds) - 2) / (math.log10(ceiling) - 2) * (height - top - bottom)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="Helvetica, Arial, sans-serif" '
           f'font-size="12" role="img" aria-label="Nanoseconds per claim of jalki value, by size of the tape and threads">',
           f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    decade = 2
    while 10 ** decade <= ceiling:
        out.append(f'<line x1="{left}" x2="{width - right}" y1="{y(10 ** decade):.1f}" y2="{y(10 ** decade):.1f}" stroke="#d8dee6"/>'
                   f'<text x="{left - 8}" y="{y(10 ** decade) + 4:.1f}" text-anchor="end" fill="#44546a">{10 ** decade:,}</text>')
        decade += 1
    for size in sizes:
        label = f"{size // 1000000} M" if size >= 1000000 else f"{size // 1000} k"
        out.append(f'<text x="{x(size):.1f}" y="{height - bottom + 20}" text-anchor="middle" fill="#44546a">{label}</text>')
    for threads, colour in zip(sorted({p["threads"] for p in points}), ("#1f5f99", "#c2571a")):
        line = sorted((p["claims"], 1e9 * p["seconds"] / p["claims"]) for p in points if p["threads"] == threads)
        out.append('<polyline fill="none" stroke-width="2" stroke="%s" points="%s"/>' % (
            colour, " ".join(f"{x(c):.1f},{y(n):.1f}" for c, n in line)))
        out += [f'<circle cx="{x(c):.1f}" cy="{y(n):.1f}" r="3.5" fill="{colour}"/>' for c, n in line]
        out.append(f'<text x="{width - right + 12}" y="{y(line[-1][1]) + 4:.1f}" fill="{colour}">{threads} thread'
                   f'{"s" if threads > 1 else ""}: {line[-1][1]:.0f} ns</text>')
    out.append(f'<text x="{left}" y="18" fill="#1f2d3d">nanoseconds per claim, `jalki value` from store to totals, whole process</text>')
    out.append(f'<text x="{(left + width - right) / 2}" y="{height - 12}" text-anchor="middle" fill="#44546a">claims on the tape</text></svg>')
    with open(path, "w") as file:
        file.write("\n".join(out) + "\n")


def main():
    program, model, folder, most, threads, picture = sys.argv[1:7]
    points = []
    size = 10000
    while size <= int(most):
        tape = os.path.join(folder, "growth.h5")
        subprocess.run([program, "generate", "-n", str(size), "-o", tape, "--quiet"], check=True)
        for count in sorted({1, int(threads)}):
            run = best([program, "value", tape, "--model", model, "--threads", str(count), "--quiet"], 3 if size < 20000000 else 2)
            points.append({"row": "growth", "claims": size, "threads": count, **run})
            print(json.dumps(points[-1]), flush=True)
        os.remove(tape)
        size = size * 10 if size * 10 <= int(most) or size >= int(most) else int(most)
    plot(points, picture)


main()
