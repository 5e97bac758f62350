#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The plan of model.md sections 4 to 7 in Numba, tuned until LLVM made vector code of every inner loop: tiles of claims of one
segment; one flat workspace whose rows lie at constant distances, so that no aliasing stands in the way; one function
per inner loop; NumPy's error model (no test for division by zero); an own expm1 of plain arithmetic, because Debian's
Numba has no vector library. 32-bit floats, threads over tiles. Compilation is not timed.

    plan_numba.py FOLDER [THREADS]
"""
import sys
import time

import numba
import numpy as np
from numba import njit, prange

from plan_common import Portfolio, report

TILE = 256
F = np.float32
fast = njit(fastmath=True, error_model="numpy")

# Rows of the workspace that is read by the inner loops ...
(BALANCE, INTEREST, THETA, GARNISH, SHARE, MORTALITY, EXIT_STATUS, INTERRUPTION, BAR0, BAR1, FEE, TITLE_END, AGING,
 ACCRUAL, AHEAD, REST) = (TILE * row for row in range(16))
PACE, LEAVE, MONEY, ALIVE, GOES_ON, OPEN = (TILE * row for row in (16, 19, 21, 23, 25, 27))
# The rows among them that the state and treatment at hand need, at places known when compiling.
USED_PACE, USED_LEAVE, USED_MONEY, USED_ALIVE, USED_GOES_ON, USED_OPEN = (TILE * row for row in range(31, 37))
READ_ROWS = 37
# ... and of the one that is written.
BEST, ACTION, COMING, COST, FACTOR, LEFT, GROSS, PAID = (TILE * row for row in range(8))
WRITTEN_ROWS = 8
LEAVING = (F(1 / 5040), F(1 / 720), F(1 / 120), F(1 / 24), F(1 / 6), F(0.5))
P7, P6, P5, P4, P3, P2 = LEAVING
THIRTY_SECOND = F(-1 / 32)


@fast
def scene_money(w, o, n, fee):
    for i in range(n):
        o[i] = w[BALANCE + i] + w[INTEREST + i] * w[ACCRUAL + i]
        o[TILE + i] = w[BALANCE + i] + w[INTEREST + i] * w[ACCRUAL + i] + w[FEE + i] * w[SHARE + i] * fee


@fast
def scene_leave(w, o, n, exit_rate):
    for i in range(n):
        rate = exit_rate + w[EXIT_STATUS + i] + w[MORTALITY + i] * w[AGING + i]
        o[i] = rate
        o[TILE + i] = rate + w[TITLE_END + i]


@fast
def scene_alive(w, o, n, start, length):
    """alive and goes_on, without and with a title."""
    for i in range(n):
        a = (w[BAR0 + i] - start) / length
        b = (w[BAR1 + i] - start) / length
        o[i] = min(max(a, F(0)), F(1))
        o[TILE + i] = min(max(b, F(0)), F(1))
        o[2 * TILE + i] = F(1) if a >= F(1) else F(0)
        o[3 * TILE + i] = F(1) if b >= F(1) else F(0)


@fast
def scene_legal(w, o, n, start):
    """Legal is open: without a title, with one pending or held."""
    for i in range(n):
        o[i] = F(1) if w[BAR1 + i] > start and w[BAR0 + i] > start else F(0)
        o[TILE + i] = F(1) if w[BAR1 + i] > start else F(0)


@fast
def multiply(x, y, o, n):
    for i in range(n):
        o[i] = x[i] * y[i]


@fast
def combine(x, y, z, o, n, a, b, c):
    for i in range(n):
        o[i] = x[i] * a + y[i] * b + z[i] * c


@fast
def add_scaled(x, o, n, a):
    for i in range(n):
        o[i] += x[i] * a


@fast
def mix(x, y, o, n, q):
    for i in range(n):
        o[i] = x[i] + q * (y[i] - x[i])


@fast
def keep_where(mass, plan, o, n, action):
    total = F(0)
    for i in range(n):
        here = mass[i] if plan[i] == action else F(0)
        o[i] = here
        total += here
    return total


@fast
def copy(w, n, to, source):
    w[to:to + n] = w[source:source + n]


@fast
def use_rows(w, n, a, z, to):
    titled = TILE if to > 0 else 0
    copy(w, n, USED_PACE, PACE + a * TILE)
    copy(w, n, USED_LEAVE, LEAVE + (TILE if z == 2 else 0))
    copy(w, n, USED_MONEY, MONEY + (TILE if z > 0 else 0))
    copy(w, n, USED_ALIVE, ALIVE + titled)
    copy(w, n, USED_GOES_ON, GOES_ON + titled)
    copy(w, n, USED_OPEN, OPEN + (a if a < 2 else (2 if z == 0 else 3)) * TILE)


@fast
def consider(w, o, n, factor, garnish, running, waiting, kept, filing, length, delta, action):
    """Value of one treatment in one state; the better of it and the best so far."""
    for i in range(n):
        intensity = w[USED_PACE + i] * factor + w[GARNISH + i] * garnish
        x = intensity + w[USED_LEAVE + i] + delta
        u = x * length * THIRTY_SECOND
        p = ((((P7 * u + P6) * u + P5) * u + P4) * u + P3) * u + P2
        fall = (p * u + F(1)) * u  # expm1 of a thirty-second, doubled five times
        fall = fall * (F(2) + fall)
        fall = fall * (F(2) + fall)
        fall = fall * (F(2) + fall)
        fall = fall * (F(2) + fall)
        fall = fall * (F(2) + fall)
        cost = running * w[SHARE + i] + waiting * w[INTERRUPTION + i]
        v = w[USED_ALIVE + i] * (cost - kept * w[USED_MONEY + i] * intensity) * fall / x
        v += w[USED_GOES_ON + i] * (F(1) + fall) * w[AHEAD + i] - filing * w[SHARE + i]
        v = v if w[USED_OPEN + i] > F(0) else F(-1)
        better = v > o[BEST + i]
        o[BEST + i] = v if better else o[BEST + i]
        o[ACTION + i] = action if better else o[ACTION + i]


@fast
def flows(w, o, n, factor, garnish, running, waiting, share, contingent, length):
    """First month of a state's flows, the factor to the next month, and what is left at the epoch's end."""
    for i in range(n):
        intensity = w[USED_PACE + i] * factor + w[GARNISH + i] * garnish
        y = intensity + w[USED_LEAVE + i]
        u = y * F(-1)
        p = ((((P7 * u + P6) * u + P5) * u + P4) * u + P3) * u + P2
        fall = (p * u + F(1)) * u
        e = y * length * THIRTY_SECOND
        p = ((((P7 * e + P6) * e + P5) * e + P4) * e + P3) * e + P2
        end = (p * e + F(1)) * e
        end = end * (F(2) + end)
        end = end * (F(2) + end)
        end = end * (F(2) + end)
        end = end * (F(2) + end)
        end = end * (F(2) + end)
        here = w[REST + i] * w[USED_ALIVE + i] * fall / u
        coming = share * w[USED_MONEY + i] * intensity * here
        o[COMING + i] = coming
        o[COST + i] = contingent * coming + (running * w[SHARE + i] + waiting * w[INTERRUPTION + i]) * here
        o[FACTOR + i] = F(1) + fall
        o[LEFT + i] = w[REST + i] * w[USED_GOES_ON + i] * (F(1) + end)


@fast
def month(o, n):
    coming, cost = F(0), F(0)
    for i in range(n):
        coming += o[COMING + i]
        cost += o[COST + i]
        o[GROSS + i] += o[COMING + i]
        o[PAID + i] += o[COST + i]
        o[COMING + i] *= o[FACTOR + i]
        o[COST + i] *= o[FACTOR + i]
    return coming, cost


@fast
def pay_filing(w, o, n, fee):
    total = F(0)
    for i in range(n):
        paid = w[REST + i] * w[SHARE + i] * fee
        o[PAID + i] += paid
        total += paid
    return total


@fast
def scene(w, ages, laws, n, g, j, start, length, m, allowed):
    """What of an epoch does not depend on the state."""
    for a in range(3):
        curve = m.pace[g, j, a]
        row = w[PACE + a * TILE:PACE + (a + 1) * TILE]
        for i in range(n):
            row[i] = curve[ages[i]]
        multiply(row, w[THETA:THETA + TILE], row, n)
    for i in range(n):
        w[AGING + i] = m.aging[laws[i], j]
        w[ACCRUAL + i] = m.accrual[laws[i], j]
    scene_leave(w, w[LEAVE:LEAVE + 2 * TILE], n, m.figures[g, 0])
    scene_money(w, w[MONEY:MONEY + 2 * TILE], n, m.figures[g, 2])
    scene_alive(w, w[ALIVE:ALIVE + 4 * TILE], n, start, length)
    scene_legal(w, w[OPEN + 2 * TILE:OPEN + 4 * TILE], n, start)
    for a in range(4):
        row = w[OPEN + a * TILE:OPEN + (a + 1) * TILE]
        if a < 2:
            row[:n] = allowed[a, :n]
        else:
            multiply(row, allowed[2], row, n)


@fast
def terms(m, g, j, z, k, a):
    """Scalars of one treatment in one state: next title state, factors of pace and garnishment, running costs, filing."""
    to = 1 if a == 2 and z == 0 else z
    factor, garnish, running = m.kappa[g, a, k], F(0), m.figures[g, 9 + a]
    if a == 2 and to == 1:
        factor = factor * m.figures[g, 5]
    elif a == 2:
        garnish = m.figures[g, 6 + k]
        running = m.figures[g, 3]
    waiting = m.inflation[j] if to == 0 else F(0)
    filing = m.figures[g, 1] * m.inflation[j] if a == 2 and z == 0 else F(0)
    return to, factor, garnish, running * m.inflation[j], waiting, filing


@fast
def induct(w, o, ages, laws, allowed, n, g, m, lowest, plan):
    later, now, pending = np.zeros((9, TILE), F), np.zeros((9, TILE), F), np.zeros((3, TILE), F)
    for j in range(len(m.months) - 1, -1, -1):
        start, length = F(m.starts[j]), F(m.months[j])
        scene(w, ages, laws, n, g, j, start, length, m, allowed)
        for k in range(3):
            mix(later[3 + k], later[6 + k], pending[k], n, m.titles[g, j])
        for z in range(lowest, 3):
            for k in range(3):
                o[BEST:BEST + n] = F(0)
                o[ACTION:ACTION + n] = F(0)
                for a in range(3):
                    to, factor, garnish, running, waiting, filing = terms(m, g, j, z, k, a)
                    s = m.step[g, j, a, k]
                    ahead = w[AHEAD:AHEAD + TILE]
                    if a == 2 and to == 1:
                        combine(pending[0], pending[1], pending[2], ahead, n, s[0], s[1], s[2])
                    else:
                        combine(later[3 * to], later[3 * to + 1], later[3 * to + 2], ahead, n, s[0], s[1], s[2])
                    kept = m.shares[g, 0, a] * (F(1) - m.shares[g, 1, a])
                    use_rows(w, n, a, z, to)
                    consider(w, o, n, factor, garnish, running, waiting, kept, filing, length, m.delta, F(a + 2))
                now[3 * z + k, :n] = o[BEST:BEST + n]
                plan[j, 3 * z + k, :n] = o[ACTION:ACTION + n]
        later, now = now, later
    return later


@fast
def project(w, o, ages, laws, allowed, n, g, m, lowest, plan, mass, flow):
    after = np.zeros((9, TILE), F)
    o[GROSS:GROSS + TILE] = F(0)
    o[PAID:PAID + TILE] = F(0)
    left = o[LEFT:LEFT + TILE]
    for j in range(len(m.months)):
        start, length = F(m.starts[j]), F(m.months[j])
        scene(w, ages, laws, n, g, j, start, length, m, allowed)
        after[:] = F(0)
        for z in range(lowest, 3):
            for k in range(3):
                for a in range(3):
                    rest = w[REST:REST + TILE]
                    if keep_where(mass[3 * z + k], plan[j, 3 * z + k], rest, n, F(a + 2)) <= F(0):
                        continue
                    to, factor, garnish, running, waiting, filing = terms(m, g, j, z, k, a)
                    use_rows(w, n, a, z, to)
                    flows(w, o, n, factor, garnish, running, waiting, m.shares[g, 0, a], m.shares[g, 1, a], length)
                    for i in range(m.months[j]):
                        coming, cost = month(o, n)
                        flow[m.starts[j] + i, g, 0] += coming
                        flow[m.starts[j] + i, g, 1] += cost
                    if filing > F(0):
                        flow[m.starts[j], g, 2] += pay_filing(w, o, n, filing)
                    for y in range(3):
                        s = m.step[g, j, a, k, y]
                        if a == 2 and to == 1:
                            q = m.titles[g, j]
                            add_scaled(left, after[6 + y], n, s * q)
                            add_scaled(left, after[3 + y], n, s * (F(1) - q))
                        else:
                            add_scaled(left, after[3 * to + y], n, s)
        mass, after = after, mass


@fast
def plan_tile(first, end, g, m, claims, integers, value, gross, net, decision, flow):
    n = end - first
    w, o = np.zeros(READ_ROWS * TILE, F), np.zeros(WRITTEN_ROWS * TILE, F)
    w[LEAVE:LEAVE + 2 * TILE] = F(1)
    for row in range(10):
        w[row * TILE:row * TILE + n] = claims[row, first:end]
    ages, laws = integers[0, first:end], integers[1, first:end]
    capacity, title, mask = integers[2, first:end], integers[3, first:end], integers[4, first:end]
    allowed, mass = np.zeros((3, TILE), F), np.zeros((9, TILE), F)
    for i in range(n):
        w[FEE + i] = F(1) if title[i] == 0 else F(0)
        w[TITLE_END + i] = m.title_end[laws[i]] if title[i] < 2 else F(0)
        mass[3 * title[i] + capacity[i], i] = F(1)
        for a in range(3):
            allowed[a, i] = F(mask[i] >> (a + 2) & 1)
    plan = np.zeros((len(m.months), 9, TILE), F)
    lowest = title.min()
    worth = induct(w, o, ages, laws, allowed, n, g, m, lowest, plan)
    for i in range(n):
        value[first + i] = worth[3 * title[i] + capacity[i], i]
        decision[first + i] = np.int32(plan[0, 3 * title[i] + capacity[i], i])
    project(w, o, ages, laws, allowed, n, g, m, lowest, plan, mass, flow)
    for i in range(n):
        gross[first + i] = o[GROSS + i]
        net[first + i] = o[GROSS + i] - o[PAID + i]


@njit(parallel=True, fastmath=True, error_model="numpy")
def plan_all(tiles, workers, m, claims, integers, value, gross, net, decision, flows_of):
    for worker in prange(workers):
        for t in range(worker, len(tiles), workers):
            plan_tile(tiles[t, 0], tiles[t, 1], tiles[t, 2], m, claims, integers, value, gross, net, decision,
                      flows_of[worker])


def main():
    from collections import namedtuple
    p = Portfolio(sys.argv[1])
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    numba.set_num_threads(threads)
    Tables = namedtuple("Tables", "months starts inflation delta figures kappa shares step pace titles aging accrual "
                                  "title_end")
    m = Tables(p.months.astype(np.int64), p.start.astype(np.int64), p.inflation, p.delta, p.figures, p.kappa, p.shares,
               p.step, np.ascontiguousarray(p.pace), p.title_probability, p.aging, p.accrual, p.title_end)
    edges = np.concatenate([[0], np.flatnonzero(np.diff(p.segment)) + 1, [p.claims]])
    tiles = np.array([(first, min(first + TILE, end), p.segment[begin]) for begin, end in zip(edges[:-1], edges[1:])
                      for first in range(begin, end, TILE)], np.int64)
    claims = np.stack([p.balance, p.interest, p.theta, p.garnish, p.share, p.mortality, p.exit_status, p.interruption,
                       p.bar_untitled, p.bar_titled]).astype(F)
    integers = np.stack([p.age, p.jurisdiction, p.capacity, p.title, p.allowed]).astype(np.int32)
    value, gross, net = (np.empty(p.claims, F) for _ in range(3))
    decision = np.empty(p.claims, np.int32)
    flows_of = np.zeros((threads, int(p.months.sum()), len(p.figures), 4))
    seconds = 1e9
    plan_all(tiles[:threads], threads, m, claims, integers, value, gross, net, decision, flows_of)  # compiles
    for _ in range(5):
        flows_of[:] = 0
        started = time.perf_counter()
        plan_all(tiles, threads, m, claims, integers, value, gross, net, decision, flows_of)
        seconds = min(seconds, time.perf_counter() - started)
    report("Numba", threads, p, seconds, value, gross, net, decision, flows_of.sum(axis=0))


main()
