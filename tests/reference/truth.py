# SPDX-License-Identifier: Apache-2.0
"""What `fit` should find on a history that was simulated under a model: the logarithms that the model's figures stand for, in the
fit's own parameters (curve at the reference class and the reference levels, ratios to them)."""
import math

CLASSES = ["none", "weak", "able"]


def levels_of(item):
    """{level in the words of the program: points} of a characteristic."""
    if "levels" in item:
        points = {str(k): v for k, v in item["levels"].items()}
        points.update(other=item.get("other", 0.0), missing=item.get("missing", 0.0))
        return points
    bins = item["bins"]
    bounds = [f"{b['below']:.9g}" for b in bins[:-1]]
    names = ["any"] if len(bins) == 1 else [f"below {bounds[0]}"] + [f"{a} to below {b}" for a, b in zip(bounds, bounds[1:])] + [
        f"{bounds[-1]} and more"]
    points = {name: b["points"] for name, b in zip(names, bins)}
    points["missing"] = item.get("missing", 0.0)
    return points


def truth(model, found):
    """{(segment, treatment, characteristic, level): value} for the terms of the JSON `found`."""
    card = {item["name"]: levels_of(item) for item in model["scorecard"]["characteristics"]}
    segments = {s["id"]: s for s in model["segments"]}
    references = found["references"]
    base = model["scorecard"]["intercept"] + sum(card[name][level] for name, level in references.items())
    reference_class = {(t["segment"], t["treatment"]): CLASSES.index(t["level"]) for t in found["terms"]
                       if t["characteristic"] == "capacity_class" and t["reference"]}
    values = {}
    for term in found["terms"]:
        name, level = term["characteristic"], term["level"]
        where = (term["segment"], term["treatment"], name, level)
        if term["segment"] is None:
            values[where] = card[name][level] - card[name][references[name]]
            continue
        segment, treatment = segments[term["segment"]], term["treatment"]
        multiplier = segment["class_multiplier"][treatment]
        center = segment.get("theta_center", [0.0, 0.0, 0.0])
        k = reference_class[term["segment"], treatment]
        at_reference = math.log(multiplier[k]) - center[k]
        if name == "capacity_class":
            own = CLASSES.index(level)
            values[where] = math.log(multiplier[own]) - center[own] - at_reference
        else:
            intensity = next(v for month, v in segment["curves"][treatment] if month == term["from_month"])
            values[where] = math.log(segment["recovery_share"][treatment] * intensity) + at_reference + base
    return values


def scores(model, found):
    """z = (estimate - truth) / standard error of all estimated terms."""
    values = truth(model, found)
    for term in found["terms"]:
        if term["state"] == "estimated":
            where = (term["segment"], term["treatment"], term["characteristic"], term["level"])
            yield term, (term["estimate"] - values[where]) / term["std_error"]
