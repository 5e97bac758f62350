# SPDX-License-Identifier: Apache-2.0
"""`jalki panel` against a second join written from docs/panel.md: random tapes at three cut-offs, payments and actions;
every row of the panel must be the same."""

import csv
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
except ImportError:
    print("SKIPPED: python3-h5py is not installed")
    sys.exit(77)

PROGRAM = os.environ["JALKI_PROGRAM"]
CUTOFFS = [datetime.date(2024, 1, 31), datetime.date(2024, 6, 30), datetime.date(2024, 9, 15)]  # two at month's end
STATUSES = ["none", "none", "none", "title", "deceased", "bankruptcy", "debt_adjustment"]
PARTS = ("principal", "interest", "fees")


def add_months(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1) - datetime.timedelta(1)).day
    return datetime.date(year, month + 1, min(day.day, last))


def grid(cutoff, months):
    """Periods from a month's last day run from month's end to month's end."""
    day = add_months(cutoff, months)
    if (cutoff + datetime.timedelta(1)).day > 1:
        return day
    return add_months(day.replace(day=1), 1) - datetime.timedelta(1)


def months_between(start, end):
    whole = 0
    while add_months(start, whole + 1) <= end:
        whole += 1
    return whole + (end - add_months(start, whole)).days / 30.4375


def cents(text):
    return round(float(text) * 100) if text != "" else None


def money(value):
    return "" if value is None else f"{value / 100:.2f}"


class Case:
    """Random tapes, payments and actions; cells as on file."""

    def __init__(self, seed):
        r = random.Random(seed)
        self.tapes, self.payments, self.actions = [], [], []
        claims = {}
        for t, cutoff in enumerate(CUTOFFS):
            for number in range(40 * t, 40 * t + (120 if t == 0 else 30)):
                claims[f"c{number:04d}-{t}"] = {
                    "debtor_id": r.choice(["", f"d{r.randrange(60)}"]), "country": r.choice(["FI", "SE"]),
                    "product": r.choice(["", "telecom", "rent", f"p{t}"]), "currency": r.choice(["EUR", "SEK", ""]),
                    "written_off_on": str(cutoff - datetime.timedelta(r.randrange(1, 2000))),
                    "principal": r.randrange(100, 50000), "interest_accrued": r.choice([None, r.randrange(5000)]),
                    "fees": r.choice([None, r.randrange(5000)]), "title_on": "", "last_paid_on": "",
                    "legal_status": r.choice(STATUSES)}
            rows = {}
            for key, claim in claims.items():
                if t > 0 and r.random() < 0.25:  # off this tape; some come back
                    continue
                if t > 0 and claim["title_on"] == "" and r.random() < 0.3:
                    claim["title_on"] = str(cutoff - datetime.timedelta(r.randrange(0, 150)))
                rows[key] = dict(claim)
            order = list(rows)
            r.shuffle(order)
            self.tapes.append({key: rows[key] for key in order})
        for _ in range(400):
            key = r.choice([*claims, "stranger"])
            day = CUTOFFS[0] + datetime.timedelta(r.randrange(-40, 280))
            amount = r.choice([r.randrange(1, 3000), r.randrange(1, 80000)])
            parts = r.choice([(None, None, None), (amount // 2, None, amount // 3), (amount, 0, 0)])
            self.payments.append((key, day, amount, *parts))
        for _ in range(150):
            self.actions.append((r.choice([*claims, "stranger"]), CUTOFFS[0] + datetime.timedelta(r.randrange(-60, 280)),
                                 r.choice(["surveil", "amicable", "legal"])))

    def write(self, folder):
        paths = []
        for t, tape in enumerate(self.tapes):
            columns = list(next(iter(tape.values())))
            with open(f"{folder}/t{t}.csv", "w", newline="") as out:
                writer = csv.writer(out)
                writer.writerow(["claim_id", *columns])
                for key, claim in tape.items():
                    writer.writerow([key, *(money(claim[c]) if c in ("principal", "interest_accrued", "fees") else claim[c]
                                            for c in columns)])
            subprocess.run([PROGRAM, "import", f"{folder}/t{t}.csv", "-o", f"{folder}/t{t}.h5", "--cutoff", str(CUTOFFS[t]),
                            "--quiet", "--max-rejects", "0"], check=True, stdout=subprocess.DEVNULL)
            paths.append(f"{folder}/t{t}.h5")
        with open(f"{folder}/pay.csv", "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["claim_id", "paid_on", "amount", "principal", "interest", "costs"])
            for key, day, *amounts in self.payments:
                writer.writerow([key, day, *map(money, amounts)])
        with open(f"{folder}/act.csv", "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["claim_id", "from_date", "treatment"])
            writer.writerows(self.actions)
        return paths

    def join(self, period, vanished, treatment):
        rows, used = [], 0
        for t, tape in enumerate(self.tapes[:-1]):
            for key, claim in tape.items():
                rest = {"principal": claim["principal"], "interest": claim["interest_accrued"] or 0,
                        "fees": claim["fees"] or 0}
                leaves = not any(key in later for later in self.tapes[t + 1:])
                paid_on = claim["last_paid_on"]
                later_title = self.tapes[t + 1].get(key, {}).get("title_on", "")
                k = 0
                while grid(CUTOFFS[t], k * period) < CUTOFFS[t + 1] and sum(rest.values()) > 0:
                    start, full = grid(CUTOFFS[t], k * period), grid(CUTOFFS[t], (k + 1) * period)
                    end = min(full, CUTOFFS[t + 1])
                    k += 1
                    done = [a for a in self.actions if a[0] == key and a[1] <= start]
                    latest = max((a[1] for a in done), default=None)
                    title = claim["title_on"] or (later_title if later_title and later_title <= str(start) else "")
                    row = {"claim_id": key, "period_start": start, "balance_start": sum(rest.values()), "title_on": title,
                           "treatment": [a[2] for a in done if a[1] == latest][-1] if done else treatment,
                           "last_paid_on": paid_on, "principal": rest["principal"],
                           "product": claim["product"], "currency": claim["currency"], "debtor": claim["debtor_id"],
                           "cash": 0, "parts": [None, None, None]}
                    last = start
                    mine = sorted((p for p in self.payments if p[0] == key and start < p[1] <= end), key=lambda p: p[1])
                    for _, day, amount, *parts in mine:
                        used += 1
                        row["cash"] += amount
                        left = amount
                        for p, name in enumerate(PARTS):
                            if parts[p] is not None:
                                row["parts"][p] = (row["parts"][p] or 0) + parts[p]
                                rest[name] -= min(parts[p], rest[name])
                                left -= parts[p]
                        for name in reversed(PARTS):
                            part = min(left, rest[name])
                            rest[name] -= part
                            left -= part
                        last, paid_on = day, max(paid_on, str(day))
                    gone = leaves and sum(rest.values()) <= 0
                    status = {"deceased": "death", "bankruptcy": "insolvency", "debt_adjustment": "insolvency"}
                    row["exit"] = ("paid" if gone else status.get(claim["legal_status"], vanished)
                                   if leaves and end == CUTOFFS[t + 1] else "none")
                    until = last if gone else end
                    row["months"] = period if until == full else months_between(start, until)
                    rows.append(row)
        return rows, used


def days(text):
    return -(2**31) if text == "" else (datetime.date.fromisoformat(str(text)) - datetime.date(1970, 1, 1)).days


class Join(unittest.TestCase):
    def compare(self, seed, period, vanished, treatment):
        case = Case(seed)
        with tempfile.TemporaryDirectory() as folder:
            tapes = case.write(folder)
            output = subprocess.run(
                [PROGRAM, "panel", *tapes, "--payments", f"{folder}/pay.csv", "--actions", f"{folder}/act.csv",
                 "--period-months", str(period), "--vanished", vanished, "--treatment", treatment, "--format", "json",
                 "-o", f"{folder}/p.h5"], check=True, capture_output=True, text=True).stdout
            summary = json.loads(output)
            self.assertEqual(sorted(os.listdir(folder)), ["act.csv", "p.h5", "pay.csv", *(f"t{i}.{e}" for i in range(3)
                                                                                         for e in ("csv", "h5"))])
            with h5py.File(f"{folder}/p.h5") as store:
                found = {name: data[:] for name, data in store["tape"].items()}
                found.setdefault("last_paid_on", [-(2**31)] * len(found["cash"]))  # nobody paid before a period
                words = {name: [w.decode() for w in store["dict"][name][:]] for name in ("product", "currency")}
                names = {name: {v: k for k, v in h5py.check_enum_dtype(store["tape"][name].dtype).items()}
                         for name in ("treatment", "exit")}
        rows, used = case.join(period, "none" if vanished == "censored" else vanished, treatment)
        self.assertEqual(len(rows), len(found["cash"]))
        missing = -(2**63)
        claims, debtors = {}, {}
        for i, row in enumerate(rows):
            claim = claims.setdefault(row["claim_id"], len(claims))
            debtor = debtors.setdefault(row["debtor"] or ("own", row["claim_id"]), len(debtors))
            wanted = (row["claim_id"], days(row["period_start"]), row["balance_start"], row["treatment"], row["exit"],
                      days(row["title_on"]), days(row["last_paid_on"]), row["principal"], row["cash"],
                      *(missing if p is None else p for p in row["parts"]), claim, debtor, row["product"], row["currency"])
            product, currency = (words[n][found[n][i]] if found[n][i] >= 0 else "" for n in ("product", "currency"))
            got = (found["claim_id"][i].decode(), found["period_start"][i], found["balance_start"][i],
                   names["treatment"][found["treatment"][i]], names["exit"][found["exit"][i]], found["title_on"][i],
                   found["last_paid_on"][i], found["principal"][i], found["cash"][i], found["cash_principal"][i],
                   found["cash_interest"][i], found["cash_costs"][i], found["claim_index"][i], found["debtor_index"][i],
                   product, currency)
            self.assertEqual(wanted, tuple(g if isinstance(g, str) else int(g) for g in got), f"row {i}")
            self.assertAlmostEqual(row["months"], found["period_months"][i], places=9)
        self.assertEqual(summary["rows"], len(rows))
        self.assertEqual(summary["claims"], len(claims))
        self.assertEqual(summary["debtors"], len(debtors))
        self.assertEqual(summary["used"]["count"], used)
        strangers = sum(not any(p[0] in tape for tape in case.tapes) for p in case.payments)
        self.assertEqual(summary["unknown"]["count"], strangers)
        self.assertEqual(summary["outside"]["count"], len(case.payments) - strangers - used)
        self.assertGreater(summary["exits"]["paid"], 0)
        self.assertGreater(summary["returned"], 0)

    def test_monthly(self):
        self.compare(1, 1, "closed", "amicable")
        self.compare(2, 1, "sold", "surveil")

    def test_longer_periods(self):
        self.compare(3, 3, "censored", "legal")
        self.compare(4, 12, "closed", "amicable")


if __name__ == "__main__":
    unittest.main()
