#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Smoothed curves of `jalki fit --smooth` against the walk's mean computed again with NumPy from the estimates alone."""
import json
import os
import pathlib
import subprocess
import tempfile

import numpy

JALKI = os.environ["JALKI_PROGRAM"]
BASE = pathlib.Path(os.environ["JALKI_SOURCE"]) / "tests/fit/base.yaml"


def run(*arguments):
    subprocess.run([JALKI, *map(str, arguments), "--quiet"], check=True, stdout=subprocess.DEVNULL)


def curves(fit):
    """Terms of each curve, in the order of its steps."""
    found = {}
    for term in fit["terms"]:
        if term["characteristic"] == "curve":
            found.setdefault((term["segment"], term["treatment"]), []).append(term)
    return {key: sorted(terms, key=lambda term: term["from_month"]) for key, terms in found.items()}


def volumes(terms, fit):
    return numpy.array([term["expected"] / fit["dispersion_by_debtor"] if term["state"] == "estimated" else 0.0
                        for term in terms])


def walk_variance(fit):
    squares = []
    for terms in curves(fit).values():
        volume = volumes(terms, fit)
        for k in range(1, len(terms)):
            if volume[k - 1] > 0 and volume[k] > 0:
                move = terms[k]["estimate"] - terms[k - 1]["estimate"]
                squares.append(move ** 2 - 1 / volume[k - 1] - 1 / volume[k])
    return max(numpy.mean(squares), 0.01)


def smoothed(terms, fit, tau_squared):
    volume = volumes(terms, fit)
    value = numpy.array([term["shrunk"] for term in terms])
    estimate = numpy.array([term["estimate"] for term in terms])
    precision = numpy.diag(volume + 1 / tau_squared)
    moves = numpy.diff(numpy.eye(len(terms)), axis=0)
    walk = numpy.linalg.solve(precision + moves.T @ moves / tau_squared, precision @ value)
    seen = volume > 0
    before = numpy.sum(volume[seen] * numpy.exp((value - estimate)[seen]))
    after = numpy.sum(volume[seen] * numpy.exp((walk - estimate)[seen]))
    return walk + (numpy.log(before / after) if seen.any() else 0.0)


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run("generate", "--panel", "--model", BASE, "-n", 4000, "--months", 18, "-o", folder / "p.h5")
        fits = {}
        for name, options in (("plain", []), ("smooth", ["--smooth"])):
            run("fit", folder / "p.h5", "--model", BASE, "-o", folder / f"{name}.yaml", "--json",
                folder / f"{name}.json", *options)
            fits[name] = json.loads((folder / f"{name}.json").read_text())
        run("generate", "-n", 200, "-o", folder / "t.h5")
        run("value", folder / "t.h5", "--model", folder / "smooth.yaml")
    plain, smooth = fits["plain"], fits["smooth"]
    tau_squared = walk_variance(plain)
    checked = moved = 0
    levels = []  # after the walk all curves move together, to the euros that came in
    for key, terms in curves(plain).items():
        want = smoothed(terms, plain, tau_squared)
        for term, value, was in zip(curves(smooth)[key], want, terms):
            levels.append(term["shrunk"] - value)
            assert term["estimate"] == was["estimate"]  # what the data say alone stays
            moved += abs(term["shrunk"] - was["shrunk"]) > 1e-4
            checked += 1
    assert max(levels) - min(levels) < 1e-9 and abs(levels[0]) < 0.01, levels
    assert checked >= 12 and moved >= 8, (checked, moved)
    assert abs(smooth["expected"] / plain["expected"] - 1) < 0.01, (smooth["expected"], plain["expected"])
    assert any("smoothed" in message for message in smooth["messages"])
    print(f"{checked} steps, spread of moves {tau_squared ** 0.5:.3f}")


if __name__ == "__main__":
    main()
