#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How often the interval of a fitted model's value holds what its plan truly brings: histories simulated under a known model are fitted, each
fit values one tape, and `bid` says how uncertain that is (JSON: fit.spread) and how much too high values of such plans are (fit.overstated),
which is taken off. What the plan truly brings is its value by the true model (docs/examples/plan_worth.c, which the tests build). Not part of the tests: 200 histories of 5,000 claims take three quarters of an hour
of one core. With --records each history is written down as soon as it is done, and a run that is begun again goes on where it stopped; several runs, on seeds of their own, may share the file.

The truth is the model given, made into one that histories can be held against. In a history classes start as the score says in six claims of
ten and the intensity of a row is that of the class that it has then, centre and all. So the truth gets `class_given_score` of that kind and one centre for all classes, its
multipliers times what the centres were apart: every row of a history has the intensity that it had, and a claim on a tape is worth what histories of such claims bring.

--parts tells where the error is: the tape is valued once more for each part of the model, with the truth's figures in the place of the fit's.

    scripts/coverage.py --program build/release/jalki --histories 200 --claims 3000 --records coverage.jsonl
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
    threads = () if arguments[0] == "generate" else ("--threads", 1)  # a history is small; several runs of this share the machine better
    done = subprocess.run([program, *map(str, arguments), *map(str, threads), "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, arguments))}: {done.stderr}")


def make_truth(path):
    """The truth of histories, into the folder of the model: scorecard.yaml and segments.yaml are replaced. Returns both."""
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
    return {"scorecard": card["scorecard"], "segments": segments["segments"]}


# ---- where the error is ------------------------------------------------------------------------------------------------------------------

def of_segments(*path):
    def put(fitted, true):
        for to, of in zip(fitted["segments"], true["segments"]):
            for key in path[:-1]:
                to, of = to[key], of[key]
            if path[-1] in of:
                to[path[-1]] = of[path[-1]]
    return put


def of_card(key):
    def put(fitted, true):
        fitted["scorecard"][key] = true["scorecard"][key]
    return put


def together(*parts):
    def put(fitted, true):
        for part in parts:
            part(fitted, true)
    return put


def score_and_curves(fitted, true):
    """Scores, curves and classes hang together: one has its level from the others."""
    kept = fitted["scorecard"]["half_life"]
    fitted["scorecard"] = dict(true["scorecard"], half_life=kept)
    together(*(of_segments(key) for key in ("curves", "class_multiplier", "theta_center")))(fitted, true)


PARTS = {"score, curves, classes": score_and_curves,
         "half-life": of_card("half_life"),
         "class_given_score": of_card("class_given_score"),
         "class moves": of_segments("class_monthly"),
         "exits": of_segments("exit_monthly"),
         "settled share": of_segments("payers", "settled_share"),
         "breakage": of_segments("payers", "breakage"),
         "monthly share": of_segments("payers", "monthly_share"),
         "since_last_payment": of_segments("payers", "since_last_payment"),
         "titles": together(of_segments("legal", "months_to_title"), of_segments("legal", "pre_title_factor"),
                            of_segments("legal", "garnish_share")),
         "recovery_share": of_segments("recovery_share")}


def value_parts(options, folder, fitted, true):
    """Logarithm of the value with the truth's part over that with the fit's, of each part and of all together."""
    values = {}
    base = valued(options.program, folder, fitted)["value"]
    for name, put in [*PARTS.items(), ("all", together(*PARTS.values()))]:
        if name == "class_given_score" and "class_given_score" not in yaml.safe_load(fitted.read_text())["scorecard"]:
            continue
        model = yaml.safe_load(fitted.read_text())
        put(model, true)
        path = fitted.with_name(f"part-{fitted.name}")
        path.write_text(yaml.safe_dump(model, sort_keys=False))
        values[name] = math.log(valued(options.program, folder, path)["value"] / base)
    return values


# ---- histories ---------------------------------------------------------------------------------------------------------------------------

def valued(program, folder, model):
    run(program, "value", folder / "tape.h5", "--model", model, "--json", folder / "value.json")
    return json.loads((folder / "value.json").read_text())


def plan_worth(options, folder, fitted):
    """Of the fit's plan, by the true model."""
    line = [options.plan_worth, folder / "tape.h5", fitted, options.model]
    return float(subprocess.run([str(word) for word in line], capture_output=True, text=True, check=True).stdout.split()[1])


def one_history(options, folder, seed, true_value, true):
    run(options.program, "generate", "--panel", "--model", options.model, "-n", options.claims, "--months", options.months, "--seed", seed,
        "-o", folder / "panel.h5")
    fitted = options.model.parent / "fitted-here.yaml"
    run(options.program, "fit", folder / "panel.h5", "--model", options.model, "-o", fitted)
    run(options.program, "bid", folder / "tape.h5", "--model", fitted, "--rivals", 0, "--json", folder / "bid.json")
    fit = json.loads((folder / "bid.json").read_text())["fit"]
    record = {"seed": seed, "claims": options.claims, "months": options.months, "tape": options.tape, "true": true_value,
              "value": valued(options.program, folder, fitted)["value"], "spread": fit["spread"], "overstated": fit["overstated"],
              "own": plan_worth(options, folder, fitted)}
    if options.parts:
        record["parts"] = value_parts(options, folder, fitted, true)
    return record


def kept_records(options):
    """Those of the same settings, by seed."""
    if options.records is None or not options.records.exists():
        return {}
    records = [json.loads(line) for line in options.records.read_text().splitlines()]
    return {r["seed"]: r for r in records
            if (r["claims"], r["months"], r["tape"]) == (options.claims, options.months, options.tape) and "own" in r and not (options.parts and "parts" not in r)}


# ---- sums --------------------------------------------------------------------------------------------------------------------------------

def mean_and_spread(numbers):
    mean = sum(numbers) / len(numbers)
    return mean, math.sqrt(sum((x - mean) ** 2 for x in numbers) / max(len(numbers) - 1, 1))


def summary(records):
    """Of the histories so far; errors are of logarithms."""
    away = [math.log(r["value"] * (1.0 - r["overstated"]) / r["own"]) for r in records]
    told = [math.sqrt(math.log(1.0 + r["spread"] ** 2)) for r in records]
    held = sum(abs(a) <= NORMAL_90 * t for a, t in zip(away, told))
    n = len(records)
    mean, real = mean_and_spread(away)
    chance = math.sqrt(max(held * (n - held), 1) / n ** 3)
    return (f"of {n} intervals of 90 % {100 * held / n:.1f} % hold (give or take {100 * chance:.1f}); mean {100 * mean:+.1f} %, "
            f"spread {100 * real:.1f} %, told {100 * math.sqrt(sum(t * t for t in told) / n):.1f} %")


def print_parts(records):
    """What each part moves, and the spread of the errors that are left without its own."""
    errors = [math.log(r["value"] / r["true"]) for r in records]
    print(f"all as fitted: mean {100 * mean_and_spread(errors)[0]:+.1f} %, spread {100 * mean_and_spread(errors)[1]:.1f} %")
    for name in [*PARTS, "all"]:
        own = [(e, r["parts"][name]) for e, r in zip(errors, records) if name in r["parts"]]
        if own:
            moved, left = mean_and_spread([m for _, m in own]), mean_and_spread([e + m for e, m in own])
            print(f"  {name} as in the truth: moves the value by {100 * moved[0]:+.1f} % (spread {100 * moved[1]:.1f} %); "
                  f"left: mean {100 * left[0]:+.1f} %, spread {100 * left[1]:.1f} %")


def main():
    parser = argparse.ArgumentParser(description="Coverage of the 90 % interval of a fitted model's value over simulated histories.")
    parser.add_argument("--program", default=SOURCE / "build" / "release" / "jalki")
    parser.add_argument("--plan-worth", default=SOURCE / "build" / "release" / "tests" / "plan_worth")
    parser.add_argument("--model", type=pathlib.Path, default=SOURCE / "models" / "nordic.yaml", help="the truth")
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--claims", type=int, default=5000)
    parser.add_argument("--tape", type=int, default=5000, help="claims of the tape that is valued")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--records", type=pathlib.Path, help="a line of JSON for each history; those that are there are not done again")
    parser.add_argument("--parts", action="store_true", help="which part of the model the error is in")
    options = parser.parse_args()
    records = kept_records(options)
    wanted = range(options.first_seed, options.first_seed + options.histories)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        models = folder / "models"
        subprocess.run(["cp", "-r", options.model.parent, models], check=True)
        options.model = models / options.model.name
        true = make_truth(options.model)
        run(options.program, "generate", "-n", options.tape, "--seed", 900, "-o", folder / "tape.h5")
        true_value = valued(options.program, folder, options.model)["value"]
        for seed in (s for s in wanted if s not in records):
            records[seed] = one_history(options, folder, seed, true_value, true)
            if options.records is not None:
                with options.records.open("a") as file:
                    file.write(json.dumps(records[seed]) + "\n")
            error = math.log(records[seed]["value"] / true_value)
            print(f"{seed}: {100 * error:+.1f} %, told {100 * records[seed]['spread']:.1f} %; {summary(list(records.values()))}", flush=True)
    print(summary(list(records.values())))
    if options.parts:
        print_parts(list(records.values()))


if __name__ == "__main__":
    main()
