# SPDX-License-Identifier: Apache-2.0
"""What the NumPy and the Numba version share: reading the claims that peer_claims wrote, tables per segment and epoch, and
the check of results against ours."""
import json
import pathlib
import sys

import numpy as np

F = np.float32
EXIT, FILING, FEE, ENFORCEMENT, TO_TITLE, PRE_TITLE, GARNISH, MONTHLY = 0, 1, 2, 3, 4, 5, 6, 9


class Portfolio:
    """Claims in the order of their segment, and the tables."""

    def __init__(self, folder):
        read = lambda name: np.load(pathlib.Path(folder) / f"{name}.npy")
        self.order = np.argsort(read("segment"), kind="stable")
        for name in ("balance", "interest", "theta", "garnish", "share", "mortality", "exit_status", "bar_untitled",
                     "bar_titled", "interruption", "age", "segment", "jurisdiction", "capacity", "title", "allowed"):
            setattr(self, name, np.ascontiguousarray(read(name)[self.order]))
        self.claims = len(self.balance)
        self.ours = {name: read(f"our_{name}")[self.order] for name in ("value", "gross", "net", "decision")}
        self.our_flow = read("our_flow") / 2.0**20
        self.months = read("epochs")
        self.figures = read("segment_figures").astype(F)
        self.kappa = read("segment_kappa").astype(F)
        self.shares = read("segment_shares").astype(F)
        self.make_tables(read("segment_matrix"), read("segment_curve"), read("jurisdiction_figures"), read("general"))

    def make_tables(self, matrix, curve, law, general):
        months = self.months.astype(int)
        self.start = np.concatenate([[0], np.cumsum(months)[:-1]])
        middle = self.start + 0.5 * months
        self.delta = F(np.log1p(general[0]) / 12)
        self.inflation = ((1 + general[1]) ** (self.start / 12)).astype(F)
        self.aging = np.exp(law[:, :1] * middle / 12).astype(F)
        self.accrual = np.minimum(middle, law[:, 1:2]).astype(F)
        self.title_end = law[:, 2].astype(F)
        wait = self.figures[:, TO_TITLE].astype(float)[:, None]
        self.title_probability = np.where(wait > 0, -np.expm1(-months / np.maximum(wait, 1e-9)), 1).astype(F)
        self.step = np.stack([[[np.linalg.matrix_power(matrix[g, a], m) for a in range(3)] for m in months]
                              for g in range(len(matrix))]).astype(F)  # [segment, epoch, treatment, from, to]
        ages = curve.shape[2]
        summed = np.concatenate([np.zeros(curve.shape[:2] + (1,)), np.cumsum(curve, axis=2)], axis=2)
        last = curve[:, :, -1:]
        beyond = summed[:, :, -1:] + last * np.arange(1, months.sum() + 1)
        summed = np.concatenate([summed, beyond], axis=2)
        self.pace = np.stack([(summed[:, :, s + m:s + m + ages] - summed[:, :, s:s + ages]) / m
                              for s, m in zip(self.start, months)], axis=1).astype(F)  # [segment, epoch, treatment, age]
        self.age = np.minimum(self.age, ages - 1)


def report(program, threads, portfolio, seconds, value, gross, net, decision, flow):
    """Prints one line of JSON and ends with 1 if the results are not ours within 1e-4."""
    ours = portfolio.ours
    error = np.abs(value - ours["value"]) / np.maximum(np.abs(ours["value"]), 100)
    sums = portfolio.our_flow.sum(axis=(0, 1))
    got = flow.sum(axis=(0, 1))
    result = {"program": program, "threads": threads, "claims": portfolio.claims, "seconds": round(seconds, 6),
              "value_error": float(error.max()),
              "gross_error": float(abs(gross.sum(dtype=float) / ours["gross"].sum(dtype=float) - 1)),
              "net_error": float(abs(net.sum(dtype=float) / ours["net"].sum(dtype=float) - 1)),
              "flow_error": float(np.max(np.abs(got[:3] / sums[:3] - 1))),
              "other_decisions": int((decision != ours["decision"]).sum())}
    print(json.dumps(result), flush=True)
    if result["value_error"] > 1e-4 or result["flow_error"] > 1e-4 or result["other_decisions"] * 1000 > portfolio.claims:
        sys.exit(f"{program}: results differ from ours")
