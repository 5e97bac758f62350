#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How often the interval of a fitted model's value holds the true one: histories simulated under a known model are fitted, each fit values
one tape, and `bid` says how uncertain that is (JSON: fit.spread). Not part of the tests: 200 histories of 5,000 claims take half an hour of
one core.

The truth is the model given, made into one that histories can be held against. In a history classes start as the score says in six claims of
ten and the intensity of a row is that of the class that it has then, centre and all. So the truth gets `class_given_score` of that kind and one centre for all classes, its
multipliers times what the centres were apart: every row of a history has the intensity that it had, and a claim on a tape is worth what histories of such claims bring.

    scripts/coverage.py --program build/release/jalki --histories 200 --claims 5000
"""
import argparse
import json
import math
import pathlib
import subprocess
import tempfile

import yaml

NORMAL_90 = 1.6448536269514722
SOURCE = pathlib.Path(__file__).resolve().parent.parent


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments), "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, arguments))}: {done.stderr}")


def make_truth(path):
    """The truth of histories, into the folder of the model: scorecard.yaml and segments.yaml are replaced."""
    card_path, segments_path = path.parent / "scorecard.yaml", path.parent / "segments.yaml"
    card, segments = yaml.safe_load(card_path.read_text()), yaml.safe_load(segments_path.read_text())
    card["scorecard"]["class_given_score"] = [[0.6 if k == s else 0.2 for k in range(3)] for s in range(3)]
    for segment in segments["segments"]:
        center = segment["theta_center"]
        segment["theta_center"] = [center[2]] * 3
        segment["class_multiplier"] = {t: [of[k] * math.exp(center[2] - center[k]) for k in range(3)]
                                       for t, of in segment["class_multiplier"].items()}
    card_path.write_text(yaml.safe_dump(card, sort_keys=False))
    segments_path.write_text(yaml.safe_dump(segments, sort_keys=False))


def valued(program, folder, model):
    run(program, "value", folder / "tape.h5", "--model", model, "--json", folder / "value.json")
    return json.loads((folder / "value.json").read_text())


def one_history(options, folder, seed):
    """Logarithm of the fitted value over the true one, and the error that the fit says it has."""
    run(options.program, "generate", "--panel", "--model", options.model, "-n", options.claims, "--months", options.months, "--seed", seed,
        "-o", folder / "panel.h5")
    run(options.program, "fit", folder / "panel.h5", "--model", options.model, "-o", options.model.parent / "fitted-here.yaml")
    fitted = options.model.parent / "fitted-here.yaml"
    run(options.program, "bid", folder / "tape.h5", "--model", fitted, "--rivals", 0, "--json", folder / "bid.json")
    fit = json.loads((folder / "bid.json").read_text())["fit"]
    return valued(options.program, folder, fitted)["value"], fit["spread"], fit["curse"]


def main():
    parser = argparse.ArgumentParser(description="Coverage of the 90 % interval of a fitted model's value over simulated histories.")
    parser.add_argument("--program", default=SOURCE / "build" / "release" / "jalki")
    parser.add_argument("--model", type=pathlib.Path, default=SOURCE / "models" / "nordic.yaml", help="the truth")
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--claims", type=int, default=5000)
    parser.add_argument("--tape", type=int, default=5000, help="claims of the tape that is valued")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--first-seed", type=int, default=1)
    options = parser.parse_args()
    held, errors, told = 0, [], []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        models = folder / "models"
        subprocess.run(["cp", "-r", options.model.parent, models], check=True)
        options.model = models / options.model.name
        make_truth(options.model)
        run(options.program, "generate", "-n", options.tape, "--seed", 900, "-o", folder / "tape.h5")
        true = valued(options.program, folder, options.model)["value"]
        for seed in range(options.first_seed, options.first_seed + options.histories):
            value, spread, curse = one_history(options, folder, seed)
            error = math.sqrt(math.log(1.0 + spread ** 2))
            away = math.log(value / true)
            held += abs(away) <= NORMAL_90 * error
            errors.append(away)
            told.append(error)
            n = len(errors)
            mean = sum(errors) / n
            real = math.sqrt(sum((e - mean) ** 2 for e in errors) / max(n - 1, 1))
            chance = math.sqrt(max(held * (n - held), 1) / n ** 3)
            print(f"{seed}: value {value:,.0f}, {100 * away:+.1f} %, told {100 * error:.1f} %, curse {100 * curse:.1f} %; "
                  f"of {n} intervals of 90 % {100 * held / n:.1f} % hold (give or take {100 * chance:.1f}); "
                  f"mean {100 * mean:+.1f} %, spread {100 * real:.1f} %, told {100 * math.sqrt(sum(t * t for t in told) / n):.1f} %", flush=True)


if __name__ == "__main__":
    main()
