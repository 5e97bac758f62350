# SPDX-License-Identifier: Apache-2.0
"""Debtors who pay in spells, simulated month by month with nothing of the program: each has a readiness of its own (gamma, mean 1), begins
a spell in a quiet month with probability 1 - exp(-rate · readiness), pays a fixed share of the original debt in every month of it, and stops
after each payment with a fixed probability. The start is stationary: as many pay in month 0 as in any other. Writes the months of the
panel as history, the claims at its end as a tape, and keeps what came in afterwards."""
import csv
import random

EPOCH_YEAR = 2023


def month_start(month):
    return f"{EPOCH_YEAR + month // 12:04d}-{month % 12 + 1:02d}-01"


def middle(month):
    return f"{EPOCH_YEAR + month // 12:04d}-{month % 12 + 1:02d}-15"


class Debtors:
    def __init__(self, count, seed, rate=0.01, spell=8.0, share=0.03, shape=0.6, months=96, spread=1.0):
        draw = random.Random(seed)
        self.count, self.months = count, months
        self.debt, self.paid = [], []  # cents; [debtor][month]
        self.begin, self.paying = [], []  # chance of a new spell in a quiet month; [debtor][month]: in a spell at its start
        self.share, self.stop = share, 1.0 / spell
        stop = self.stop
        for _ in range(count):
            debt = round(100 * draw.lognormvariate(7.0, spread)) + 100
            begin = 1.0 - 2.718281828459045 ** (-rate * draw.gammavariate(shape, 1.0 / shape))
            paying, balance, paid, moods = draw.random() < begin / (begin + stop), debt, [0] * months, []
            for month in range(months):
                moods.append(paying)
                if not paying and draw.random() < begin:
                    paying = True
                if paying and balance > 0:
                    paid[month] = min(max(1, round(share * debt)), balance)
                    balance -= paid[month]
                if paying and draw.random() < stop:
                    paying = False
            self.debt.append(debt)
            self.paid.append(paid)
            self.begin.append(begin)
            self.paying.append(moods)

    def future(self, debtor, month, horizon, draw):
        """What the debtor pays in another course of the `horizon` months from `month` on, cents."""
        paying, balance = self.paying[debtor][month], self.balance(debtor, month)
        left = balance
        for _ in range(horizon):
            paying = paying or draw.random() < self.begin[debtor]
            if paying:
                left -= min(max(1, round(self.share * self.debt[debtor])), left)
                paying = draw.random() >= self.stop
        return balance - left

    def balance(self, debtor, month):
        return self.debt[debtor] - sum(self.paid[debtor][:month])

    def last_paid(self, debtor, month):
        """The last month before `month` in which the debtor paid; None: never."""
        return next((m for m in range(month - 1, -1, -1) if self.paid[debtor][m]), None)

    def claim(self, debtor, month):
        last = self.last_paid(debtor, month)
        return {"claim_id": f"C{debtor}", "country": "FI", "written_off_on": f"{EPOCH_YEAR - 1}-12-31", "currency": "EUR",
                "principal": f"{self.balance(debtor, month) / 100:.2f}", "last_paid_on": middle(last) if last is not None else ""}

    def write_panel(self, path, first, end):
        """Rows of months first..end-1 of the claims that are not paid off."""
        with open(path, "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(list(self.claim(0, first)) + ["period_start", "period_months", "balance_start", "treatment", "cash", "exit"])
            for debtor in range(self.count):
                for month in range(first, end):
                    balance, cash = self.balance(debtor, month), self.paid[debtor][month]
                    if balance > 0:
                        writer.writerow(list(self.claim(debtor, month).values())
                                        + [month_start(month), 1, f"{balance / 100:.2f}", "amicable", f"{cash / 100:.2f}", "paid" if cash == balance else ""])

    def write_tape(self, path, month):
        with open(path, "w", newline="") as out:
            writer = csv.DictWriter(out, list(self.claim(0, month)))
            writer.writeheader()
            writer.writerows(self.claim(d, month) for d in range(self.count) if self.balance(d, month) > 0)
