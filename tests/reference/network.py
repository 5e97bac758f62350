# SPDX-License-Identifier: Apache-2.0
"""Reference: the output of a network (model-file.md), in 64 bits and in the plainest order; `value_of(name)` gives a column's or derived
figure's value, None where it is missing."""

import math

ACTIVATIONS = {"identity": lambda x: x, "relu": lambda x: max(x, 0.0), "tanh": math.tanh,
               "logistic": lambda x: 1.0 / (1.0 + math.exp(-x)) if x > -700 else 0.0}


def standardised(entry, value_of):
    name, _, level = entry["name"].partition("=")
    value = value_of(name)
    if level:
        same = "unknown" if value is None else str(value)
        number = float(same == level or {same, level} <= {"unknown", "missing"})
    elif entry.get("is_missing", False):
        number = float(value is None)
    else:
        if value is None and "missing" not in entry:
            return 0.0
        number = entry["missing"] if value is None else value
        number = min(max(number, entry.get("low", 0.0 if entry.get("log1p") else -math.inf)), entry.get("high", math.inf))
        number = math.log1p(number) if entry.get("log1p") else number
    return (number - entry.get("mean", 0.0)) / entry.get("scale", 1.0)


def output(network, value_of):
    numbers = [standardised(entry, value_of) for entry in network["inputs"]]
    for layer in network["layers"]:
        activation = ACTIVATIONS[layer.get("activation", "identity")]
        numbers = [activation(math.fsum(w * x for w, x in zip(row, numbers)) + bias) for row, bias in zip(layer["weights"], layer["bias"])]
    assert len(numbers) == 1
    return numbers[0]
