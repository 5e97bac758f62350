#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`--by COLUMNS` of price, scenario, decide, compare and inspect: every combination is what comes of adding up the claims' own
files by hand, the sums over combinations are the totals, and CSV, JSON and workbook have the same rows."""
import collections
import csv
import datetime
import io
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import zipfile

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
MODEL = SOURCE / "models/nordic.yaml"
CUTOFF = datetime.date(2026, 6, 30)
BANDS = [0, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000]
PAID = [0, 3, 6, 12, 24, 36, 60]
COLUMNS = ("country", "balance_band", "product", "vintage", "last_payment")
BY = ",".join(COLUMNS)
ACTIONS = ("close", "sell", "surveil", "amicable", "legal")
ONBOARDING = 0.5  # models/nordic.yaml
CLAIMS = 1200


def run(*arguments, code=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.stderr)
    return done.stdout if code == 0 else done.stderr


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def band(value, ends, form):
    at = max(i for i, low in enumerate(ends) if value >= low)
    return form.format(f"{ends[at]}-{ends[at + 1] if at + 1 < len(ends) else ''}")


def months(start, end):
    """Whole months up to the last day of a month."""
    return (end.year - start.year) * 12 + end.month - start.month


def key_of(tape, balance, columns=COLUMNS, cutoff=CUTOFF):
    paid = tape["last_paid_on"]
    made = {"balance_band": band(balance, BANDS, "{}"), "vintage": tape["written_off_on"][:4],
            "last_payment": band(months(datetime.date.fromisoformat(paid), cutoff), PAID, "{} months") if paid else "never"}
    return tuple(made[c] if c in made else tape[c] or "missing" for c in columns)


class Strata(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.kept.name)
        run("generate", "-n", CLAIMS, "--seed", 11, "-o", cls.folder / "t.csv", "--quiet")
        run("import", cls.folder / "t.csv", "--cutoff", CUTOFF, "-o", cls.folder / "t.h5", "--quiet")
        cls.rows = rows_of(cls.folder / "t.csv")
        cls.claims = {}
        for irr in ("0.12", "0.15"):
            path = cls.folder / f"c{irr}.csv"
            run("value", cls.folder / "t.h5", "-m", MODEL, "--irr", irr, "--claims", path, "--full", "--quiet")
            cls.claims[irr] = {row["claim_id"]: row for row in rows_of(path)}
        cls.key = {row["claim_id"]: key_of(row, float(cls.claims["0.15"][row["claim_id"]]["balance"])) for row in cls.rows}

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def near(self, found, wanted, scale=1.0):
        self.assertLessEqual(abs(float(found) - wanted), 0.0051 + 1e-7 * scale, (found, wanted))

    def sums(self, values):
        """Values by claim, added up by combination."""
        total = collections.defaultdict(float)
        for name, value in values.items():
            total[self.key[name]] += value
        return total

    def formats(self, command, name):
        """CSV, JSON and workbook say the same; returns the rows of CSV and the document."""
        rows = table(run(*command, "--format", "csv"))
        document = json.loads(run(*command, "--format", "json", "--xlsx", self.folder / "book.xlsx"))
        self.assertEqual(len(document[name]), len(rows))
        for one, other in zip(document[name], rows):
            self.assertEqual([str(one[c]) for c in COLUMNS if c in one], [other[c] for c in COLUMNS if c in other])
            self.assertEqual(one["claims"], int(other["claims"]))
        with zipfile.ZipFile(self.folder / "book.xlsx") as book:
            sheets = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
            content = book.read(f"xl/worksheets/sheet{sheets.index('By columns') + 1}.xml").decode()
        self.assertGreaterEqual(content.count("<row "), len(rows) + 1)
        return rows, document

    def test_price(self):
        command = ["price", self.folder / "t.h5", "-m", MODEL, "--irr", "0.12,0.15", "--by", BY, "--quiet"]
        rows, document = self.formats(command, "strata")
        count = collections.Counter(self.key.values())
        for irr in ("0.12", "0.15"):
            mine = [row for row in rows if float(row["required_return"]) == float(irr)]
            value = self.sums({name: float(claim["value"]) for name, claim in self.claims[irr].items()})
            face = self.sums({name: float(claim["balance"]) for name, claim in self.claims[irr].items()})
            self.assertEqual({tuple(row[c] for c in COLUMNS) for row in mine}, set(count))
            for row in mine:
                key = tuple(row[c] for c in COLUMNS)
                self.assertEqual((int(row["claims"]), row["scenario"], row["change_pct"]), (count[key], "base", ""))
                self.near(row["value"], value[key], value[key])
                self.near(row["face"], face[key], face[key])
                bid = max(0.0, value[key] - ONBOARDING * count[key])
                self.near(row["bid"], bid, value[key])
                self.assertAlmostEqual(float(row["bid_pct_of_face"]), 100 * bid / face[key], delta=0.0002 + 1.1 / face[key])
            whole = next(entry for entry in document["returns"] if entry["required_return"] == float(irr))
            self.assertAlmostEqual(sum(row["value"] for row in document["strata"] if row["required_return"] == float(irr)), whole["value"], 4)
        self.assertIn("By the columns asked for (bids at the return alone", run(*command))
        # segments are the model's own, although a run by country has parts of them
        by_segment = table(run(*command[:-2], "segment", "--format", "csv"))
        names = [row["segment"] for row in by_segment if float(row["required_return"]) == 0.15]
        self.assertEqual(len(names), len(set(names)))
        own = collections.Counter(claim["segment"] for claim in self.claims["0.15"].values())
        self.assertEqual({row["segment"]: int(row["claims"]) for row in by_segment}, dict(own))

    def test_scenario(self):
        scenarios, path = SOURCE / "data/scenarios/nordic.yaml", self.folder / "s.csv"
        command = ["scenario", self.folder / "t.h5", "-m", MODEL, "--scenarios", scenarios, "--irr", "0.15", "--by", BY, "--quiet"]
        rows, document = self.formats(command, "strata")
        run(*command, "--claims", path)
        claims = rows_of(path)
        base = self.sums({claim["claim_id"]: float(claim["base value"]) for claim in claims})
        kinds = {(row["scenario"], row["mode"]) for row in rows}
        self.assertEqual(len(kinds), 1 + 2 * len(document["scenarios"]))
        for scenario, mode in sorted(kinds):
            name = scenario + (" (committed)" if mode == "committed" else "")
            value = self.sums({claim["claim_id"]: float(claim[f"{name} value"]) for claim in claims})
            changed = self.sums({claim["claim_id"]: claim[f"{name} decision"] != claim["base decision"] for claim in claims})
            for row in rows:
                key = tuple(row[c] for c in COLUMNS)
                if (row["scenario"], row["mode"]) != (scenario, mode):
                    continue
                self.assertAlmostEqual(float(row["value"]), value[key], delta=0.0051 * (1 + int(row["claims"])))  # the file has cents
                if mode != "base":
                    self.assertEqual(int(row["changed_claims"]), changed[key])
                    if base[key] > 1000:
                        self.assertAlmostEqual(float(row["change_pct"]), 100 * (value[key] / base[key] - 1), delta=0.05)
            whole = document["base"] if mode == "base" else next(
                entry for entry in document["scenarios"] if entry["name"] == scenario)[mode]
            self.assertAlmostEqual(sum(row["value"] for row in document["strata"] if (row["scenario"], row["mode"]) == (scenario, mode)),
                                   whole["value"], 3)
        text = run(*command[:-2], "country")
        self.assertIn("Value by the columns asked for", text)
        last = [line for line in text.splitlines() if line.startswith("  all")][-1]
        self.assertEqual(last.split()[1], f"{CLAIMS:,}")
        self.assertIn("--by stands beside --scenarios", run(*command[:3], MODEL, "--break-even", "recovery", "--by", "country", code=2))

    def test_decide(self):
        path = self.folder / "d.csv"
        command = ["decide", self.folder / "t.h5", "-m", MODEL, "--court-budget", "3000", "--by", BY, "--quiet"]
        rows, document = self.formats(command, "strata")
        run(*command, "--claims", path)
        claims = {row["claim_id"]: row for row in rows_of(path)}
        worth = lambda claim, action: 0.0 if action == "close" else float(claim[f"q_{action}"])
        value = self.sums({name: worth(claim, claim["decision"]) for name, claim in claims.items()})
        free = self.sums({name: worth(claim, claim["decision_free"]) for name, claim in claims.items()})
        decided = {action: self.sums({name: claim["decision"] == action for name, claim in claims.items()}) for action in ACTIONS}
        for row in rows:
            key = tuple(row[c] for c in COLUMNS)
            self.near(row["value"], value[key], value[key])
            self.near(row["value_free"], free[key], free[key])
            self.assertEqual([int(row[action]) for action in ACTIONS], [decided[action][key] for action in ACTIONS])
        for action in ACTIONS:
            self.assertEqual(sum(row[action] for row in document["strata"]), document["decisions"][action]["claims"])
        self.assertAlmostEqual(sum(row["value"] for row in document["strata"]),
                               sum(group["value"] for group in document["decisions"].values()), 4)
        # the decision is that under the limits
        for row in table(run(*command[:-2], "decision", "--format", "csv")):
            self.assertEqual(int(row[row["decision"]]), int(row["claims"]))

    def test_compare(self):
        later, cutoff = self.folder / "later.csv", datetime.date(2026, 9, 30)
        gone = {row["claim_id"] for row in self.rows[::17]}
        kept = [dict(row) for row in self.rows if row["claim_id"] not in gone]
        fresh = [dict(row, claim_id=f"N{i}", debtor_id=f"ND{i}") for i, row in enumerate(self.rows[5::40])]
        with open(later, "w", newline="") as file:
            writer = csv.DictWriter(file, self.rows[0])
            writer.writeheader()
            writer.writerows(kept + fresh)
        run("import", later, "--cutoff", cutoff, "-o", self.folder / "later.h5", "--quiet")
        path = self.folder / "steps.csv"
        command = ["compare", self.folder / "t.h5", self.folder / "later.h5", "-m", MODEL, "--by", BY, "--quiet"]
        rows = table(run(*command, "--claims", path, "--format", "csv"))
        run("value", self.folder / "later.h5", "-m", MODEL, "--claims", self.folder / "l.csv", "--full", "--quiet")
        balance = {row["claim_id"]: float(row["balance"]) for row in rows_of(self.folder / "l.csv")}
        key = dict(self.key)
        key.update({row["claim_id"]: key_of(row, balance[row["claim_id"]], cutoff=cutoff) for row in fresh})
        steps = ("opening", "collected", "left", "new", "time", "data", "model", "rate", "closing")
        total, count = collections.defaultdict(lambda: dict.fromkeys(steps, 0.0)), collections.Counter()
        for claim in rows_of(path):
            for step in steps:
                total[key[claim["claim_id"]]][step] += float(claim[step] or 0)
            count[key[claim["claim_id"]]] += claim["claim_id"] in balance
        found = {row["name"]: row for row in rows if row["group"] == BY}
        self.assertEqual(set(found), {", ".join(name) for name in total})
        for name, wanted in total.items():
            row = found[", ".join(name)]
            self.assertEqual(int(row["closing_claims"]), count[name])
            for step in steps:
                self.near(row[step], wanted[step], 1e5)
        whole = next(row for row in rows if row["group"] == "all")
        for step in steps:
            self.assertAlmostEqual(sum(float(row[step]) for row in found.values()), float(whole[step]), delta=0.005 * len(found))
        bands = [row["name"] for row in table(run(*command[:-2], "balance_band", "--format", "csv")) if row["group"] == "balance_band"]
        self.assertEqual(bands, sorted(bands, key=lambda text: float(text.split("-")[0])))

    def test_inspect(self):
        amount = lambda row: sum(float(row[c] or 0) for c in ("principal", "interest_accrued", "fees"))
        command = ["inspect", self.folder / "t.h5", "--by", BY, "--quiet"]
        rows, document = self.formats(command, "combinations")
        wanted, count = collections.defaultdict(float), collections.Counter()
        for row in self.rows:
            key = (*key_of(row, amount(row)), row["currency"] or "(none)")
            wanted[key] += amount(row)
            count[key] += 1
        self.assertEqual({(*(row[c] for c in COLUMNS), row["currency"]) for row in rows}, set(wanted))
        for row in rows:
            key = (*(row[c] for c in COLUMNS), row["currency"])
            self.assertEqual(int(row["claims"]), count[key])
            self.assertAlmostEqual(float(row["balance"]), wanted[key], 2)
        for currency, whole in document["currencies"].items():
            mine = [row for row in document["combinations"] if row["currency"] == currency]
            self.assertEqual(sum(row["claims"] for row in mine), whole["claims"])
            self.assertAlmostEqual(sum(row["balance"] for row in mine), whole["balance"], 3)
        self.assertEqual(run(*command, "--format", "csv", "--threads", 3), run(*command, "--format", "csv", "--threads", 1))
        self.assertIn("cannot be grouped by", run("inspect", self.folder / "t.h5", "--by", "country,segment", code=1))


if __name__ == "__main__":
    unittest.main()
