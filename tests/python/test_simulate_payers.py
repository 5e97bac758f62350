#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""jalki simulate where debtors pay in spells, against an independent simulation in NumPy: every claim by itself through
quiet and paying, event by event; means over claims by the chain's matrices. Written from docs/model-file.md and
docs/simulate.md. Then many like claims: their spread is that of one claim, drawn, over the root of their number."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("skipped: no numpy")
    sys.exit(77)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference"))
import program  # noqa: E402

PROGRAM = os.environ["JALKI_PROGRAM"]
PATHS = 1500
EPOCHS = [3, 9, 12, 6]
NEW, SETTLED, SHARE, MONTHLY, BREAKAGE, EXIT = 0.02, 0.3, 0.8, 0.06, 0.1, 0.004
FEE, COST, PAYER_COST, IRR, VOLATILITY = 0.2, 0.1, 0.3, 0.10, 0.35

MODEL = f"""
jalki_model: 1
name: spells
base_currency: EUR
horizon_months: {sum(EPOCHS)}
epochs: {EPOCHS}
irr: {IRR}
jurisdictions:
  FI:
    limitation:
      periods: [{{months: null}}]
      letter_interrupts: false
      title_final_months: {{consumer: null, business: null}}
      final_months: {{consumer: null, business: null}}
    interest: {{consumer: 0, business: 0}}
    mortality: {{G: 0, b: 0, assumed_age: 40}}
    attachable: null
scorecard: {{intercept: 0, weak_from: 0, able_from: 0, characteristics: []}}
segments:
  - id: fi
    exit_monthly: {EXIT}
    curves: {{surveil: [[0, {NEW}]], amicable: [[0, 0]], legal: [[0, 0]]}}
    class_multiplier: {{surveil: [1, 1, 1], amicable: [1, 1, 1], legal: [1, 1, 1]}}
    class_monthly:
      surveil: &still [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      amicable: *still
      legal: *still
    recovery_share: {{surveil: {SHARE}, amicable: 1, legal: 1}}
    cost:
      surveil: {{monthly: {COST}, contingent: {FEE}}}
      amicable: {{monthly: 10, contingent: 0.9}}
      legal: {{monthly: 10, contingent: 0.9, filing: 1000, enforcement_monthly: 10, fee_shift: 0}}
    legal: {{months_to_title: 4, pre_title_factor: 1, garnish_share: [0, 0, 0]}}
    payers:
      settled_share: {{surveil: {SETTLED}, amicable: 1, legal: 1}}
      monthly_share: [{MONTHLY}, {MONTHLY}, {MONTHLY}]
      breakage: {{surveil: {BREAKAGE}, amicable: 1, legal: 1}}
      monthly: {{surveil: {PAYER_COST}, amicable: 10, legal: 10}}
    market: {{price: [[0, 0]], title_factor: [1, 1, 1], bar_months: 36, transaction_cost: 0}}
risk:
  correlation: 0
  countries:
    FI: {{volatility: VOLATILITY, persistence: 1}}
  parameters: {{curve: 0, class_multiplier: 0, garnish_share: 0}}
"""
DELTA = np.log(1 + IRR) / 12
STARTS = np.cumsum([0] + EPOCHS)[:-1]


def mean_time(rate, time):
    return np.where(rate * time > 1e-12, (1 - np.exp(-rate * time)) / np.maximum(rate, 1e-300), time)


def draw(factor, paying, balance, rng):
    """Value, cost included, and collections of each year of one claim for each element of the arrays."""
    factor, paying, balance = np.broadcast_arrays(factor, paying, balance)
    rest, paying, alive = np.ones(factor.shape), paying.copy(), np.ones(factor.shape, bool)
    value, years = np.zeros(factor.shape), np.zeros(factor.shape + (3,))
    for start, length in zip(STARTS, EPOCHS):
        left = np.where(alive, float(length), 0.0)
        while (left > 0).any():
            falls = np.where(paying, factor * MONTHLY, 0.0)
            change = np.where(paying, BREAKAGE, factor * NEW * (1 - SETTLED))
            settle = np.where(paying, 0.0, factor * NEW * SETTLED)
            wait = rng.exponential(size=factor.shape) / (change + settle + EXIT)
            stay = np.minimum(wait, left)
            before = np.exp(-DELTA * (start + length - left))
            lasts, worth = rest * mean_time(falls, stay), rest * before * mean_time(falls + DELTA, stay)
            years[..., start // 12] += balance * falls * lasts
            value += (1 - FEE) * balance * falls * worth - np.where(paying, PAYER_COST, COST) * worth
            rest = rest * np.exp(-falls * stay)
            happens = (wait < left) & (left > 0)
            left = left - stay
            which = rng.random(factor.shape) * (change + settle + EXIT)
            turns = happens & (which < change)
            settles = happens & ~turns & (which < change + settle)
            amount = np.where(settles, SHARE * balance * rest, 0.0)
            years[..., start // 12] += amount
            value += (1 - FEE) * amount * np.exp(-DELTA * (start + length - left))
            paying = paying ^ turns
            gone = happens & ~turns
            alive &= ~gone
            left = np.where(gone, 0.0, left)
            rest = np.where(gone, 0.0, rest)
    return value, years


def expected(factor, balances, paying):
    """Value of the portfolio on each path, by the chain's matrices in 64 bits."""
    value = np.zeros(len(factor))
    for i, m in enumerate(factor):
        begin, settle, pays = m * NEW * (1 - SETTLED), m * NEW * SETTLED, m * MONTHLY
        rates = np.array([[settle + begin + EXIT, -begin], [-BREAKAGE, pays + BREAKAGE + EXIT]])
        yields = np.array([SHARE * settle, pays])
        state = np.array([[balances[~paying].sum(), balances[paying].sum()], [(~paying).sum(), paying.sum()]])
        for start, length in zip(STARTS, EPOCHS):
            w, v = np.linalg.eig(rates)
            worth = v @ np.diag((1 - np.exp(-(w + DELTA) * length)) / (w + DELTA)) @ np.linalg.inv(v)
            money, people = state @ worth * np.exp(-DELTA * start)
            value[i] += (1 - FEE) * money @ yields - people @ [COST, PAYER_COST]
            state = state @ (v @ np.diag(np.exp(-w * length)) @ np.linalg.inv(v))
    return value


def quantile_error(values, p):
    step = np.sqrt(p * (1 - p) / len(values))
    low, high = np.quantile(values, [max(p - step, 0), min(p + step, 1)])
    return (high - low) / 2


def compare(what, found, values):
    for name in ("mean", "sd", "p05", "p50", "p95"):
        if name == "mean":
            wanted, error = values.mean(), values.std() / np.sqrt(len(values))
        elif name == "sd":
            wanted = values.std()
            error = np.sqrt((((values - values.mean()) ** 4).mean() - wanted**4) / len(values)) / (2 * wanted)
        else:
            p = int(name[1:]) / 100
            wanted, error = np.quantile(values, p), quantile_error(values, p)
        both = np.hypot(error, found["std_errors"][name])
        assert abs(found[name] - wanted) <= 4 * both + 1e-4 * abs(wanted), f"{what} {name}: {found[name]} not {wanted} +/- {both}"


def simulate(folder, balances, paying, volatility, *options):
    rows = ["claim_id,country,written_off_on,principal,last_paid_on"]
    rows += [f"C{i},FI,2025-03-01,{b:.2f},{'2026-06-10' if p else ''}" for i, (b, p) in enumerate(zip(balances, paying))]
    (folder / "t.csv").write_text("\n".join(rows) + "\n")
    (folder / "m.yaml").write_text(MODEL.replace("VOLATILITY", str(volatility)))
    subprocess.run([PROGRAM, "import", "t.csv", "-o", "t.h5", "--cutoff", "2026-06-30", "--quiet"], cwd=folder,
                   check=True, stdout=subprocess.DEVNULL)
    out = subprocess.run([PROGRAM, "simulate", "t.h5", "--model", "m.yaml", "--quiet", "--json", "-", *options],
                         cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out)


def main():
    program.statistics()
    rng = np.random.default_rng(3)
    balances = np.round(np.exp(rng.normal(6.5, 1.3, 250)) + 200, 2)
    paying = np.arange(250) % 4 == 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        factor = np.exp(VOLATILITY * rng.normal(size=PATHS) - VOLATILITY**2 / 2)
        found = simulate(folder, balances, paying, VOLATILITY, "--paths", "6000", "--no-own-risk")
        compare("value on its path", found["pv"], expected(factor, balances, paying))
        found = simulate(folder, balances, paying, VOLATILITY, "--paths", "6000")
        value, years = draw(factor[:, None], paying, balances, rng)
        compare("value, claim by claim", found["pv"], value.sum(axis=1))
        compare("collections, claim by claim", found["gross"], years.sum(axis=(1, 2)))

        # Many claims of one kind: the sum is that of independent draws, years hanging together as one claim's do.
        count, balance = 5400, 1000.0
        one, years = draw(np.ones(200000), np.arange(200000) % 4 == 0, balance, rng)
        found = simulate(folder, np.full(count, balance), np.arange(count) % 4 == 0, 0, "--paths", "4000")
        parts = years.sum(axis=1).reshape(-1, 4)  # one who pays among three who do not
        spread = np.sqrt(count / 4 * sum(parts[:, i].var() for i in range(4)))
        assert found["large_claims"] == 0, found["large_claims"]
        error = found["gross"]["std_errors"]["sd"]
        assert abs(found["gross"]["sd"] - spread) <= 4 * error + 0.02 * spread, (found["gross"]["sd"], spread, error)
        mean, drawn = count / 4 * parts.mean(axis=0).sum(), spread * np.sqrt(count / 4 / len(parts))
        error = np.hypot(found["gross"]["std_errors"]["mean"], drawn)
        assert abs(found["gross"]["mean"] - mean) <= 4 * error, (found["gross"]["mean"], mean, error)
        print(f"value {found['pv']['mean']:.0f}, spread of {count} like claims {found['gross']['sd']:.0f} against {spread:.0f}")


if __name__ == "__main__":
    main()
