# SPDX-License-Identifier: Apache-2.0
"""Reference: the model file (model-file.md), its YAML 1.2 scalars, includes, defaults and step functions."""

import json
import math
import os
import re

import yaml

INFINITY = math.inf

# Actions in the order in which ties are decided (section 6), treatments, classes and title states by index.
CLOSE, SELL, SURVEIL, AMICABLE, LEGAL = ACTIONS = ("close", "sell", "surveil", "amicable", "legal")
TREATMENTS = (SURVEIL, AMICABLE, LEGAL)
CLASSES = ("none", "weak", "able")
TITLES = ("none", "pending", "title")
NO_TITLE, PENDING, TITLE = 0, 1, 2
QUIET, PAYING = 0, 1


class Yaml12Loader(yaml.SafeLoader):
    """PyYAML reads YAML 1.1, where NO is false and 1:30 a number. These are the scalars of YAML 1.2's core schema."""


Yaml12Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
):
    Yaml12Loader.add_implicit_resolver(_tag, re.compile(_pattern), _first)
# The constructors of 1.1 would read 010 as eight and refuse 1e3: take the number as it is written.
Yaml12Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
Yaml12Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


def join_maps(earlier, later):
    """Maps are joined at every depth, later wins key by key; lists and scalars are replaced."""
    if not (isinstance(earlier, dict) and isinstance(later, dict)):
        return later
    joined = dict(earlier)
    for key, value in later.items():
        joined[key] = join_maps(earlier[key], value) if key in earlier else value
    return joined


def load_yaml(path):
    with open(path, encoding="utf-8") as file:
        document = yaml.load(file, Loader=Yaml12Loader)
    included = document.pop("include", [])
    joined = {}
    for name in [included] if isinstance(included, str) else included:
        joined = join_maps(joined, load_yaml(os.path.join(os.path.dirname(path), name)))
    return join_maps(joined, document)


# Section 10's defaults of the status table; the model's `statuses` overrides key by key.
STATUS_DEFAULTS = {
    "none": {},
    "filed": {"title": "pending"},
    "title": {"title": "title"},
    "enforcement": {"title": "title"},
    "enforcement_insolvent": {"title": "title", "class": "none"},
    "bankruptcy": {"class": "none", "allow": [SURVEIL, SELL, CLOSE]},
    "debt_adjustment": {"class": "none", "allow": [SURVEIL, SELL, CLOSE], "exit_monthly": 1.0 / 36.0},
    "deceased": {"allow": [CLOSE]},
    "disputed": {"allow": [SURVEIL, LEGAL, SELL, CLOSE]},
}


def load_model(path):
    """The model as nested dicts with the file's own keys; statuses completed, numbers left as they are written."""
    model = load_yaml(path)
    model["fx"] = dict(model.get("fx") or {})
    model["fx"].setdefault(model["base_currency"], 1.0)
    given = model.get("statuses") or {}
    model["statuses"] = {}
    for status, defaults in STATUS_DEFAULTS.items():
        rule = {"class": None, "title": "none", "allow": list(ACTIONS), "exit_monthly": 0.0, "dividend_monthly": 0.0}
        rule.update(defaults)
        rule.update(given.get(status) or {})
        rule["allow"] = set(rule["allow"]) | {CLOSE}
        model["statuses"][status] = rule
    model.setdefault("vulnerable_allow", [SURVEIL, AMICABLE, CLOSE])
    model.setdefault("unreachable_allow", list(ACTIONS))
    for country, rules in model["jurisdictions"].items():
        rules.setdefault("currency", model["base_currency"])
        rules["units"] = model["fx"][rules["currency"]]  # base units per unit of the jurisdiction's money
    starts = [0]
    for length in model["epochs"]:
        starts.append(starts[-1] + length)
    model["starts"] = starts  # T_0 .. T_J
    assert starts[-1] == model["horizon_months"]
    if "network" in model["scorecard"]:
        with open(os.path.join(os.path.dirname(path), model["scorecard"]["network"]), encoding="utf-8") as file:
            model["scorecard"]["network"] = json.load(file)
    model["cache"] = {}
    return model


def step(steps, month):
    """A step function [[from month, value], …] at a month; the first step starts at 0, the last runs on for ever."""
    value = 0.0
    for start, level in steps:
        if month >= start:
            value = level
    return value


def cumulative(steps, months):
    """Section 4's Lambda: the integral of a step function from 0 to `months`."""
    total = 0.0
    for index, (start, level) in enumerate(steps):
        end = steps[index + 1][0] if index + 1 < len(steps) else INFINITY
        total += level * max(0.0, min(months, end) - start)
    return total
