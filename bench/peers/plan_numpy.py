#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The plan of model.md sections 4 to 7 in NumPy, tuned: claims sorted by segment and cut into chunks that stay in the cache,
32-bit floats, one array operation per state and treatment, two worker processes.

    plan_numpy.py FOLDER [PROCESSES]
"""
import multiprocessing
import sys
import time

import numpy as np

from plan_common import EXIT, FEE, FILING, ENFORCEMENT, F, GARNISH, MONTHLY, PRE_TITLE, Portfolio, report

CHUNK = 8192


class Chunk:
    """Claims of one segment."""

    def __init__(self, p, rows):
        self.p, self.rows, self.g = p, rows, int(p.segment[rows.start])
        self.n = rows.stop - rows.start
        for name in ("balance", "interest", "theta", "garnish", "share", "mortality", "exit_status", "interruption",
                     "jurisdiction", "title", "age"):
            setattr(self, name, getattr(p, name)[rows])
        self.bar = (p.bar_untitled[rows], p.bar_titled[rows])
        self.can = [p.allowed[rows] >> (a + 2) & 1 != 0 for a in range(3)]
        self.first_title = int(self.title.min())
        self.untitled = self.title == 0

    def scene(self, j):
        """What of epoch j does not depend on the state."""
        p, f = self.p, self.p.figures[self.g]
        self.start, self.months = F(p.start[j]), F(p.months[j])
        self.pace = [p.pace[self.g, j, a][self.age] * self.theta for a in range(3)]
        self.exit = f[EXIT] + self.exit_status + self.mortality * p.aging[self.jurisdiction, j]
        self.exit_titled = self.exit + np.where(self.title < 2, p.title_end[self.jurisdiction], F(0))
        self.money = self.balance + self.interest * p.accrual[self.jurisdiction, j]
        self.money_titled = self.money + np.where(self.untitled, f[FEE] * self.share, F(0))
        self.alive = [np.clip((bar - self.start) / self.months, F(0), F(1)) for bar in self.bar]
        self.goes_on = [bar >= self.start + self.months for bar in self.bar]

    def look(self, j, z, k, a):
        p, f = self.p, self.p.figures[self.g]
        to = 1 if a == 2 and z == 0 else z
        intensity = self.pace[a] * p.kappa[self.g, a, k]
        running = f[MONTHLY + a] * self.share
        if a == 2 and to == 1:
            intensity = intensity * f[PRE_TITLE]
        elif a == 2:
            intensity = intensity + f[GARNISH + k] * self.garnish
            running = f[ENFORCEMENT] * self.share
        if to == 0:
            running = running + self.interruption
        running = running * p.inflation[j]
        available = self.can[a]
        if a == 2:
            available = available & (self.alive[int(to > 0)] > 0)
            if z == 0:
                available = available & (self.bar[0] > self.start)
        filing = f[FILING] * self.share * p.inflation[j] if a == 2 and z == 0 else None
        return to, intensity, running, available, filing, self.exit_titled if z == 2 else self.exit, \
            self.money_titled if z > 0 else self.money

    def induct(self):
        p, g = self.p, self.g
        epochs = len(p.months)
        plan = np.zeros((epochs, 3, 3, self.n), np.uint8)
        later = np.zeros((3, 3, self.n), F)
        for j in range(epochs - 1, -1, -1):
            self.scene(j)
            pending = later[1] + p.title_probability[g, j] * (later[2] - later[1])
            now = np.zeros_like(later)
            for z in range(self.first_title, 3):
                for k in range(3):
                    best, action = now[z, k], plan[j, z, k]
                    for a in range(3):
                        to, intensity, running, available, filing, exit_rate, money = self.look(j, z, k, a)
                        x = intensity + exit_rate + p.delta
                        fall = np.expm1(-x * self.months)
                        step = p.step[g, j, a, k]
                        ahead = pending if a == 2 and to == 1 else later[to]
                        value = (ahead[0] * step[0] + ahead[1] * step[1] + ahead[2] * step[2]) * (1 + fall)
                        value *= self.goes_on[int(to > 0)]
                        kept = p.shares[g, 0, a] * (1 - p.shares[g, 1, a])
                        value += self.alive[int(to > 0)] * (running - kept * money * intensity) * fall / x
                        if filing is not None:
                            value -= filing
                        better = available & (value > best)
                        np.copyto(best, value, where=better)
                        np.copyto(action, np.uint8(a + 2), where=better)
            later = now
        here = np.arange(self.n)
        capacity = p.capacity[self.rows]
        return later[self.title, capacity, here], plan[0, self.title, capacity, here], plan

    def project(self, plan, flow):
        p, g = self.p, self.g
        mass = np.zeros((3, 3, self.n), F)
        mass[self.title, p.capacity[self.rows], np.arange(self.n)] = 1
        gross, paid = np.zeros(self.n, F), np.zeros(self.n, F)
        for j, months in enumerate(p.months):
            self.scene(j)
            after = np.zeros_like(mass)
            first = int(p.start[j])
            for z in range(self.first_title, 3):
                for k in range(3):
                    for a in range(3):
                        chosen = np.flatnonzero((plan[j, z, k] == a + 2) & (mass[z, k] > 0))
                        if len(chosen):
                            self.flows(j, z, k, a, chosen, mass, after, flow[first:first + months, g], gross, paid)
            mass = after
        return gross, gross - paid

    def flows(self, j, z, k, a, chosen, mass, after, flow, gross, paid):
        p, g = self.p, self.g
        to, intensity, running, _, filing, exit_rate, money = self.look(j, z, k, a)
        intensity, running, here = intensity[chosen], running[chosen], mass[z, k][chosen]
        y = intensity + exit_rate[chosen]
        fall = np.expm1(-y)
        alive = here * self.alive[int(to > 0)][chosen] * -fall / y
        coming = p.shares[g, 0, a] * money[chosen] * intensity * alive
        cost = p.shares[g, 1, a] * coming + running * alive
        factor = 1 + fall
        for month in range(len(flow)):
            flow[month, 0] += coming.sum(dtype=float)
            flow[month, 1] += cost.sum(dtype=float)
            gross[chosen] += coming
            paid[chosen] += cost
            coming *= factor
            cost *= factor
        if filing is not None:
            fees = here * filing[chosen]
            flow[0, 2] += fees.sum(dtype=float)
            paid[chosen] += fees
        left = here * self.goes_on[int(to > 0)][chosen] * np.exp(-y * self.months)
        for next_class in range(3):
            moved = left * p.step[g, j, a, k, next_class]
            if a == 2 and to == 1:
                titled = moved * p.title_probability[g, j]
                after[2, next_class][chosen] += titled
                after[1, next_class][chosen] += moved - titled
            else:
                after[to, next_class][chosen] += moved


def work(bounds):
    flow = np.zeros((int(portfolio.months.sum()), len(portfolio.figures), 4))
    parts = []
    for first, end in bounds:
        chunk = Chunk(portfolio, slice(first, end))
        value, decision, plan = chunk.induct()
        parts.append((value, decision) + chunk.project(plan, flow))
    return [np.concatenate([part[i] for part in parts]) for i in range(4)], flow


def cut(p, processes):
    """Chunks that do not cross a segment, dealt out in order to the processes."""
    edges = np.concatenate([[0], np.flatnonzero(np.diff(p.segment)) + 1, [p.claims]])
    chunks = [(first, min(first + CHUNK, end)) for begin, end in zip(edges[:-1], edges[1:])
              for first in range(begin, end, CHUNK)]
    shares, filled = [[] for _ in range(processes)], 0
    for chunk in chunks:
        shares[min(processes - 1, filled * processes // p.claims)].append(chunk)
        filled += chunk[1] - chunk[0]
    return [share for share in shares if share]


if __name__ == "__main__":
    portfolio = Portfolio(sys.argv[1])
    processes = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    shares = cut(portfolio, processes)
    with multiprocessing.Pool(processes) as pool:
        pool.map(abs, range(processes))  # the workers are there before the clock starts
        started = time.perf_counter()
        results = pool.map(work, shares, chunksize=1)
        seconds = time.perf_counter() - started
    value, decision, gross, net = (np.concatenate([r[0][i] for r in results]) for i in range(4))
    report("NumPy", processes, portfolio, seconds, value, gross, net, decision, sum(r[1] for r in results))
