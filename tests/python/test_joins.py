#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Joins that add up: payments that become sums, counts and dates of a claim; the right one of several debtors; guarantors counted.

The figures are right by hand, or by sums of Python's own integers; the example of docs/mapping-file.md is run as it stands there.
"""
import datetime
import io
import os
import random
import re
import tempfile
import zipfile

import workbook
from test_arrivals import MISSING_INTEGER, MISSING_MONEY, days, read, run_cases

LOANS = "Loan,Written off,Principal\n1,2023-01-31,100\n2,2023-01-31,100\n3,2023-01-31,100\n"
COLUMNS = """columns:
  claim_id: Loan
  country: {constant: FI}
  written_off_on: Written off
  principal: Principal
"""
PAYMENTS = """sources:
  loan: {recognised_by: [Loan, Principal]}
  payments:
    recognised_by: [Loan id, Paid on]
    key: Loan id
    joined_by: Loan
    date: Paid on
    aggregates:
      paid_12m: {sum: Amount, within_months: 12}
      paid_24m: {sum: Amount, within_months: 24}
      by_month: {monthly: Amount, within_months: 6}
      last: {latest: Paid on}
      first: {earliest: Paid on}
      times: {count: rows}
      large: {count: rows, where: {Amount: {above: 9.99}}}
""" + COLUMNS + """  payments_12m: {source: payments, column: paid_12m}
  payments_24m: {source: payments, column: paid_24m}
  instalment_monthly: {source: payments, column: by_month}
  last_paid_on: {source: payments, column: last}
  limitation_on: {source: payments, column: first}
  promises_kept: {source: payments, column: times}
  placements: {source: payments, column: large}
"""


def payments_add_up():
    rows = ["1,2026-01-10,10.00", "1,2026-02-10,10.00", "1,2024-07-01,50.00", "1,2024-06-30,7.00", "2,2025-06-30,4.00",
            "2,2025-07-01,5.00", "2,2026-06-30,-1.50", "2,2026-07-01,1000.00", "9,2026-01-01,3.00"]
    values, _, codes, _ = read({"loan.csv": LOANS, "pay.csv": "Loan id,Paid on,Amount\n" + "\n".join(rows) + "\n"}, PAYMENTS)
    assert values["payments_12m"] == [2000, 350, MISSING_MONEY], values["payments_12m"]  # 30 June 2025 is twelve months ago
    assert values["payments_24m"] == [7000, 750, MISSING_MONEY], values["payments_24m"]  # and 30 June 2024 twenty-four
    assert values["instalment_monthly"] == [333, MISSING_MONEY, MISSING_MONEY]  # 20.00 in six months; below 0 is dropped
    assert values["last_paid_on"] == [days("2026-02-10"), days("2026-06-30"), MISSING_INTEGER]
    assert values["limitation_on"] == [days("2024-06-30"), days("2025-06-30"), MISSING_INTEGER]
    assert values["promises_kept"] == [4, 3, MISSING_INTEGER] and values["placements"] == [3, 0, MISSING_INTEGER]
    # a payment after the cut-off, a key of no claim, a claim without payments: all told, nothing stops
    assert sorted(codes) == ["dropped_cells", "join_later", "join_unused", "unmatched"], codes


def order_does_not_show():
    dice = random.Random(5)
    cutoff = datetime.date(2026, 6, 30)
    rows, sums, last = [], {}, {}
    for _ in range(3000):
        loan, cents = dice.randrange(1, 4), dice.randrange(1, 10**6)
        paid = cutoff - datetime.timedelta(days=dice.randrange(0, 364))
        rows.append("%d,%s,%d.%02d" % (loan, paid, cents // 100, cents % 100))
        sums[loan] = sums.get(loan, 0) + cents
        last[loan] = max(last.get(loan, paid), paid)
    seen = []
    for _ in range(2):
        dice.shuffle(rows)
        files = {"loan.csv": LOANS, "pay.csv": "Loan id,Paid on,Amount\n" + "\n".join(rows) + "\n"}
        values, _, codes, _ = read(files, PAYMENTS)
        assert values["payments_12m"] == [sums[i] for i in (1, 2, 3)]
        assert values["last_paid_on"] == [days(last[i].isoformat()) for i in (1, 2, 3)]
        assert codes == [], codes
        seen.append(values)
    assert seen[0] == seen[1]


def other_units_and_formats():
    mapping = PAYMENTS.replace("    date: Paid on\n", '    date: Paid on\n    decimal: ","\n    date_format: "%d.%m.%Y"\n')
    mapping = mapping.replace("column: paid_12m}", "column: paid_12m, unit: cents}").replace("above: 9.99", "above: 1")
    text = 'Loan id,Paid on,Amount\n1,10.01.2026,"1 000,00"\n1,11.01.2026,"5,00"\n'
    values, _, _, _ = read({"loan.csv": LOANS, "pay.csv": text}, mapping)
    assert values["payments_12m"][0] == 1005 and values["payments_24m"][0] == 100500, values


def what_cannot_be_read_is_told():
    text = "Loan id,Paid on,Amount\n1,2026-01-10,10.00\n1,soon,5.00\n1,2026-01-11,ten\n1,,2.00\n2,2026-01-01,1\n3,2026-01-01,1\n"
    values, summary, codes, _ = read({"loan.csv": LOANS, "pay.csv": text}, PAYMENTS)
    assert codes == ["join_unread"] and values["payments_12m"] == [1000, 100, 100], (codes, values)
    told = summary["findings"][0]
    assert told["count"] == 3 and "'soon'" in told["text"], told
    # a column that is summed must be there; a window must have a date
    _, _, _, stderr = read({"loan.csv": LOANS, "pay.csv": "Loan id,Paid on,Sum\n1,2026-01-10,1\n"}, PAYMENTS, status=1)
    assert "Amount" in stderr and "payments" in stderr, stderr
    _, _, _, stderr = read({"loan.csv": LOANS, "pay.csv": text}, PAYMENTS.replace("    date: Paid on\n", ""), status=1)
    assert "within_months" in stderr and "date" in stderr, stderr
    _, _, _, stderr = read({"loan.csv": LOANS, "pay.csv": text}, PAYMENTS, cutoff=None, status=1)
    assert "--cutoff" in stderr and "within_months" in stderr, stderr
    _, _, _, stderr = read({"loan.csv": LOANS, "pay.csv": text}, PAYMENTS.replace("{sum: Amount, within_months: 12}", "{}"), status=1)
    assert "expected one of sum" in stderr, stderr


def keys_that_lost_their_zeros():
    loans = LOANS.replace("\n1,", "\n001,").replace("\n2,", "\n002,")
    text = "Loan id,Paid on,Amount\n1,2026-01-10,10.00\n3,2026-01-10,10.00\n"
    _, _, _, stderr = read({"loan.csv": loans, "pay.csv": text}, PAYMENTS, status=1)
    assert "leading zeros" in stderr and "unmatched_many" in stderr, stderr
    _, _, _, stderr = read({"loan.csv": LOANS, "pay.csv": "Loan id,Paid on,Amount\n77,2026-01-10,10.00\n"}, PAYMENTS, status=1)
    assert "3 of 3 claims" in stderr, stderr


RELATION = """sources:
  loan: {recognised_by: [Loan, Principal]}
  relation:
    recognised_by: [Loan id, Person]
    key: Loan id
    joined_by: Loan
    prefer: {Role: [main, joint]}
    aggregates:
      guarantors: {count: rows, where: {Role: guarantor}}
""" + COLUMNS + """  debtor_id: {source: relation, column: Person}
  placements: {source: relation, column: guarantors}
"""


def debtors_by_role():
    text = "Loan id,Person,Role\n1,P9,guarantor\n1,P1,main\n1,P8,guarantor\n2,P3,joint\n2,P2,main\n3,P4,joint\n3,P5,joint\n"
    values, summary, codes, _ = read({"loan.csv": LOANS, "rel.csv": text}, RELATION)
    assert values["debtor_id"] == ["P1", "P2", "P4"] and values["placements"] == [2, 0, 0], values
    assert sorted(codes) == ["join_chosen", "join_repeated"], summary["findings"]
    told = {finding["code"]: finding["count"] for finding in summary["findings"]}
    assert told == {"join_chosen": 3, "join_repeated": 1}, told
    # only rows of one role are taken
    values, _, codes, _ = read({"loan.csv": LOANS, "rel.csv": text},
                               RELATION.replace("    prefer:", "    where: {Role: [main, joint]}\n    prefer:"))
    assert values["debtor_id"] == ["P1", "P2", "P4"] and values["placements"] == [0, 0, 0] and "filtered" in codes


def the_latest_of_several():
    mapping = RELATION.replace("    prefer: {Role: [main, joint]}\n", "    latest_by: Since\n")
    text = ("Loan id,Person,Role,Since\n1,P1,main,2020-01-01\n1,P-long-name,main,2024-01-01\n1,P3,main,2022-01-01\n"
            "2,P4,main,2024-01-01\n3,P5,main,\n3,P6,main,2001-01-01\n")
    values, _, codes, _ = read({"loan.csv": LOANS, "rel.csv": text}, mapping)
    assert values["debtor_id"] == ["P-long-name", "P4", "P6"] and codes == ["join_chosen"], (values, codes)


def a_great_many_payments_take_little_memory():
    """Rows of a key cost nothing: what is held is one figure for each key."""
    rows = "".join("%d,2026-0%d-01,1.00\n" % (i % 3 + 1, i % 6 + 1) for i in range(200000))
    values, _, codes, _ = read({"loan.csv": LOANS, "pay.csv": "Loan id,Paid on,Amount\n" + rows}, PAYMENTS)
    assert values["promises_kept"] == [66667, 66667, 66666] and codes == []


def payments_in_a_workbook_and_an_archive():
    """Parts of one file are sources like files; they are read once the cut-off is known, which here the tape itself says."""
    mapping = PAYMENTS.replace("columns:", 'cutoff: {column: As at}\ncolumns:', 1).replace("[Loan, Principal]", "[Loan, Principal, As at]")
    loans = "Loan,Written off,Principal,As at\n1,2023-01-31,100,2026-06-30\n2,2023-01-31,100,2026-06-30\n"
    pay = "Loan id,Paid on,Amount\n1,2026-01-10,10.00\n1,2025-06-30,5.00\n2,2026-07-01,9.00\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("pay.csv", pay)
        archive.writestr("loan.csv", loans)
    sheets = {}
    for name, content in (("Loans", loans), ("Payments", pay)):
        rows = [line.split(",") for line in content.splitlines()]
        sheets[name] = "".join([workbook.row(i, *[workbook.text("ABCD"[c] + str(i), cell) for c, cell in enumerate(cells)])
                        for i, cells in enumerate(rows, 1)])
    with tempfile.TemporaryDirectory() as folder:
        workbook.write(os.path.join(folder, "book.xlsx"), sheets)
        with open(os.path.join(folder, "book.xlsx"), "rb") as file:
            book = file.read()
    for files in ({"tapes.zip": packed.getvalue()}, {"book.xlsx": book}):
        values, _, codes, _ = read(files, mapping, cutoff=None)
        assert values["payments_12m"] == [1000, 0] and values["payments_24m"] == [1500, 0], (list(files), values)
        assert "join_later" in codes, codes


def the_example_of_the_docs():
    with open(os.path.join(os.environ["JALKI_SOURCE"], "docs", "mapping-file.md"), encoding="utf-8") as page:
        text = page.read()
    example = text[text.index("## Payments and debtors added up"):]
    blocks = re.findall(r"```(\w+)\n(.*?)```", example, re.S)[:4]
    assert [kind for kind, _ in blocks] == ["yaml", "csv", "csv", "csv"], blocks
    files = {name: body for name, (_, body) in zip(("loan.csv", "pay.csv", "rel.csv"), blocks[1:])}
    values, _, _, _ = read(files, blocks[0][1])
    assert values["debtor_id"] == ["P1", "P2"] and values["payments_12m"] == [2000, 500], values
    assert values["payments_24m"] == [7000, 500] and values["last_paid_on"] == [days("2026-02-10"), days("2025-12-01")]
    assert values["instalment_monthly"] == [333, 0]


CASES = [payments_add_up, order_does_not_show, other_units_and_formats, what_cannot_be_read_is_told, keys_that_lost_their_zeros,
         debtors_by_role, the_latest_of_several, a_great_many_payments_take_little_memory, payments_in_a_workbook_and_an_archive, the_example_of_the_docs]

if __name__ == "__main__":
    run_cases(CASES)
