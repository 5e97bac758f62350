# SPDX-License-Identifier: Apache-2.0
"""Reference: from value and cash flow to what a portfolio may cost (section 8)."""

import math

from model_file import INFINITY


def bid_for(value, onboarding):
    return max(0.0, value - onboarding)


def multiple_of(net, outlay):
    return None if outlay == 0 else sum(net) / outlay


def payback_of(net, outlay):
    total = 0.0
    for month, amount in enumerate(net, 1):
        total += amount
        if total >= outlay:
            return None if outlay == 0 else month
    return None


def present_value(net, rate):
    return sum(amount / (1 + rate) ** ((month - 0.5) / 12) for month, amount in enumerate(net, 1))


def irr_at(net, outlay):
    """The yearly rate at which the flows are worth the outlay, "none" where no rate in (-0.99, 100) is, "above" where
    one above 100 is, "several" where more than one is and none is evident: at most one above 0, and the cumulated flow
    changing its sign at most once. Looked for on a dense grid of log(1 + rate), then halved."""
    low, high, count = math.log(0.01), math.log(101.0), 4000
    points = [low + (high - low) * i / count for i in range(count + 1)]
    gaps = [present_value(net, math.exp(x) - 1) - outlay for x in points]
    roots = []
    for i in range(count):
        if (gaps[i] > 0) != (gaps[i + 1] > 0):
            a, b = points[i], points[i + 1]
            for _ in range(200):
                middle = (a + b) / 2
                same = (present_value(net, math.exp(middle) - 1) - outlay > 0) == (gaps[i] > 0)
                a, b = (middle, b) if same else (a, middle)
            roots.append(math.exp((a + b) / 2) - 1)
    beyond = outlay > 0 and gaps[-1] > 0  # whatever comes in is worth less than the outlay at some rate
    total, signs = -outlay, [-1.0]
    for amount in net:
        total += amount
        signs += [math.copysign(1, total)] if total else []
    turns = sum(a != b for a, b in zip(signs, signs[1:]))
    above_nothing = sum(root > 0 for root in roots) + beyond
    if not roots:
        return "above" if beyond else "none"
    if len(roots) + beyond > 1 and (above_nothing > 1 or turns > 1):
        return "several"
    return "above" if beyond else max(roots)


def price_with_floors(bid, net, onboarding, multiple=None, payback=None):
    """Highest price that meets the required return and the floors, and the name of the one that binds."""
    limits = [(bid, "irr")]
    if multiple is not None:
        limits.append((sum(net) / multiple - onboarding, "multiple"))
    if payback is not None:
        total, best = 0.0, -INFINITY
        for amount in net[:int(payback)]:
            total += amount
            best = max(best, total)
        limits.append((best - onboarding, "payback"))
    price, binding = min(limits, key=lambda limit: limit[0])
    return max(0.0, price), binding
