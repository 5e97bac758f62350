#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tapes as they really arrive: small files of our own making, each with what is right by hand.

Each case is read by the program with one and with three threads, which must not differ. What is checked: the exit code, claims
and their columns in the store, and which findings were told (their codes), on stderr, in the JSON summary and in the manifest.
"""
import datetime
import gzip
import json
import os
import subprocess
import tempfile

import h5py

PROGRAM = os.environ["JALKI_PROGRAM"]
EPOCH = datetime.date(1970, 1, 1)
MISSING_INTEGER, MISSING_MONEY = -2**31, -2**63

SEMICOLON = """separator: ";"
decimal: ","
date_format: "%d.%m.%Y"
columns:
  claim_id: Saatava
  debtor_id: Velallinen
  country: {constant: FI}
  currency: {constant: EUR}
  written_off_on: Luottotappio
  principal: Pääoma
  fees: Kulut
"""
HEAD = "Saatava;Velallinen;Luottotappio;Pääoma;Kulut\n"
CANONICAL = "claim_id,debtor_id,country,currency,written_off_on,principal"


def days(text):
    return (datetime.date.fromisoformat(text) - EPOCH).days


def write(folder, name, content):
    with open(os.path.join(folder, name), "wb") as out:
        out.write(content if isinstance(content, bytes) else content.encode())


def store_of(folder):
    with h5py.File(os.path.join(folder, "T.h5"), "r") as store:
        values = {name: [None if value != value else value for value in data[...].tolist()] for name, data in store["tape"].items()}
        for name in ("claim_id", "debtor_id"):
            values[name] = [text.decode() for text in values.get(name, [])]
        for name in ("country", "currency", "product"):
            if name in values and "dict/" + name in store:
                words = [w.decode() for w in store["dict/" + name][...]]
                values[name] = [None if i < 0 else words[i] for i in values[name]]
        return values, json.loads(store.attrs["manifest"])


def read(files, mapping=None, options=(), status=0, cutoff="2026-06-30"):
    """(values of the store or None, summary, codes of findings, stderr)."""
    results = []
    for threads in ("1", "3"):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                write(folder, name, content)
            command = [PROGRAM, "import", *files, "-o", "T.h5", "--format", "json", "--threads", threads, *options]
            command += ["--cutoff", cutoff] if cutoff else []
            if mapping is not None:
                write(folder, "m.yaml", mapping)
                command += ["--mapping", "m.yaml"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            assert done.returncode == status, (done.returncode, done.stderr)
            summary = json.loads(done.stdout) if done.stdout.strip() else None
            values, manifest = store_of(folder) if status == 0 else (None, None)
            if status != 0:
                assert not os.path.exists(os.path.join(folder, "T.h5")), "a store in spite of the error"
            else:
                assert manifest["findings"] == summary["findings"], "manifest and summary tell different things"
                assert summary["lines"] == (summary["header_lines"] + summary["rows_read"] + summary["blank_lines"] +
                                            summary["cell_lines"]), summary
            results.append((values, summary, done.stderr))
    assert results[0] == results[1], "threads show"
    values, summary, stderr = results[0]
    codes = [finding["code"] for finding in summary["findings"]] if summary else []
    for finding in summary["findings"] if summary else []:
        if not finding["accepted"]:
            assert finding["code"] in stderr, (finding, stderr)
    return values, summary, codes, stderr


# ---- rows ------------------------------------------------------------------------------------------------------------


def lone_quotes():
    rows = ["S%d;D%d;31.01.2024;%d,00;0,00\n" % (i, i, i + 1) for i in range(4000)]
    rows[100] = rows[100].replace("S100", '"S100')
    rows[3500] = rows[3500].replace("S3500", 'S3500"')
    values, summary, codes, _ = read({"t.csv": HEAD + "".join(rows)}, SEMICOLON)
    assert summary["rows_read"] == 4000 and len(values["claim_id"]) == 4000, summary
    assert sum(values["principal"]) == 100 * sum(range(1, 4001))
    assert codes == ["lone_quotes"] and values["claim_id"][100] == '"S100'
    assert "line 102" in summary["findings"][0]["text"], summary["findings"]


def cells_of_several_lines():
    text = ("claim_id,name,country,written_off_on,principal\n"
            'A,"Street 1\nTown",FI,2024-01-31,10\nB,"a\nb\nc\nd\ne",FI,2024-01-31,20\n')
    values, summary, codes, _ = read({"t.csv": text})
    assert values["claim_id"] == ["A", "B"] and summary["cell_lines"] == 5 and codes == ["long_cells"], (summary, codes)


def rows_that_are_none():
    text = ("Portfolio 7;;;;\n;;;;\n" + HEAD + "A;1;31.01.2024;100,00;5,00\n;;;;\n ; ; ; ; \n" + HEAD +
            "B;2;31.01.2024;50,00;\nYhteensä;;;150,00;5,00\n\x1a")
    values, summary, codes, _ = read({"t.csv": text}, SEMICOLON)
    assert values["principal"] == [10000, 5000], values["principal"]
    assert summary["left_out"]["empty"]["rows"] == 3 and summary["left_out"]["header"]["rows"] == 1, summary["left_out"]
    assert summary["rows_rejected"] == 0
    assert set(codes) == {"title_rows", "empty_rows", "repeated_header", "total_row"}, codes


def totals_without_a_word():
    rows = "".join("%d,FI,2024-01-31,%d.50\n" % (i, i) for i in range(1, 31))
    text = "claim_id,country,written_off_on,principal\n" + rows
    values, _, codes, _ = read({"t.csv": text + "480,FI,2024-01-31,480.00\n"})
    assert len(values["claim_id"]) == 30 and codes == ["total_row"]
    values, _, codes, _ = read({"t.csv": text + "481,FI,2024-01-31,480.01\n"})
    assert len(values["claim_id"]) == 31 and codes == []
    # two claims and one as large as both together are three claims
    few = "claim_id,country,written_off_on,principal\nA,FI,2024-01-31,100\nB,FI,2024-01-31,200\nC,FI,2024-01-31,300\n"
    values, _, codes, _ = read({"t.csv": few})
    assert len(values["claim_id"]) == 3 and codes == []
    # a total that is not the sum above it: rows are missing
    _, summary, codes, _ = read({"t.csv": few + "TOTAL,FI,2024-01-31,700\n"})
    assert summary["rows_accepted"] == 3 and codes == ["total_differs"]
    assert "700.00" in summary["findings"][0]["text"] and "600.00" in summary["findings"][0]["text"]


def widths_that_differ():
    head = "claim_id,country,written_off_on,principal,birth_year,dependants\n"
    full = "A,FI,2024-01-31,10,1980,1\n"
    values, summary, codes, _ = read({"t.csv": head + full + "B,FI,2024-01-31,20\nC,FI,2024-01-31,30,1990,2,,\n"})
    assert values["principal"] == [1000, 2000, 3000] and values["birth_year"] == [1980, MISSING_INTEGER, 1990]
    assert codes == ["short_rows", "long_rows"], codes
    # a row that lacks what matters, and a file that is cut off, are no claims
    _, summary, _, _ = read({"t.csv": head + full + "B,FI,2024-01-31\n"}, options=["--max-rejects", "1"])
    assert summary["rejected"]["field_count"]["rows"] == 1
    _, summary, _, _ = read({"t.csv": head + full + "B,FI,2024-01-31,20"}, options=["--max-rejects", "1"])
    assert summary["rejected"]["field_count"]["rows"] == 1


def filters():
    mapping = """where:
  Tila: [Avoin, Perintä]
  Saldo: {above: 0}
  Maa: {not: [RU]}
columns: {claim_id: Nro, country: Maa, written_off_on: Pvm, principal: Saldo}
"""
    text = ("Nro,Tila,Saldo,Maa,Pvm\n1,Avoin,10,FI,2024-01-31\n2,Maksettu,20,FI,2024-01-31\n3,Perintä,0,FI,2024-01-31\n"
            "4,Perintä,40,RU,2024-01-31\n5,Perintä,50,SE,2024-01-31\n6,Myyty,x,FI,never\n")
    values, summary, codes, _ = read({"t.csv": text}, mapping)
    assert values["claim_id"] == ["1", "5"] and summary["rows_rejected"] == 0, summary
    assert summary["left_out"]["filtered"]["rows"] == 4 and codes == ["filtered"]


def footers():
    rows = "".join("%d,FI,2024-01-31,10\n" % i for i in range(20000))
    mapping = ("skip_footer: 2\ncolumns: {claim_id: claim_id, country: country, written_off_on: written_off_on, "
               "principal: principal}\n")
    text = "claim_id,country,written_off_on,principal\n" + rows + "end,FI,2024-01-31,7\nwritten by X\n"
    values, summary, codes, _ = read({"t.csv": text}, mapping)
    assert len(values["claim_id"]) == 20000 and codes == ["footer_rows"], (codes, summary["rejected"])
    # a last row that speaks of a total and names no amount is a footer, not the total of the rows above
    text = "claim_id,country,written_off_on,principal\nA,FI,2024-01-31,10\nB,FI,2024-01-31,20\nTotal amount funded: 30,,,\n"
    values, _, codes, _ = read({"t.csv": text})
    assert values["claim_id"] == ["A", "B"] and codes == ["footer_rows"], codes


def text_files_of_all_kinds():
    body = "A;1;31.01.2024;100,00;5,00\nB;2;31.01.2024;50,00;0,00\n"
    plain = HEAD + body
    kinds = {
        "cr": plain.replace("\n", "\r").encode(),
        "crcrlf": plain.replace("\n", "\r\r\n").encode(),
        "sep": ("sep=;\n" + plain).encode(),
        "utf16": plain.encode("utf-16"),
        "trailing": (HEAD[:-1] + ";\n" + body).encode(),
        "trailing rows": (HEAD + body.replace("\n", ";\n")).encode(),
        "bom in the middle": (HEAD + body.replace("B;2", "\ufeffB;2")).encode(),
        "members": gzip.compress((HEAD + body[:26]).encode()) + gzip.compress(body[26:].encode()) + b"\0" * 700,
    }
    for kind, content in kinds.items():
        values, summary, codes, _ = read({"t.csv": content}, SEMICOLON)
        assert values["claim_id"] == ["A", "B"] and values["principal"] == [10000, 5000], (kind, values)
        assert codes == [] and summary["rows_rejected"] == 0, (kind, codes)
    head = "claim_id|country|written_off_on|principal\n"
    _, _, _, stderr = read({"t.csv": head + "A|FI|2024-01-31|10\n"})
    assert "the separator is '|'" in stderr, stderr


def dialects():
    mapping = ('separator: "|"\nheader: [Nro, Nimi, Pvm, Saldo]\nquote: none\ncolumns: {claim_id: Nro, country: {constant: FI}, '
               'written_off_on: Pvm, principal: Saldo}\n')
    values, _, codes, _ = read({"t.csv": '1|"Oy|2024-01-31|10\n2|5" nail|2024-01-31|20\n'}, mapping)
    assert values["claim_id"] == ["1", "2"] and codes == []
    mapping = ('header: none\nescape: backslash\ncolumns: {claim_id: "1", country: {constant: FI}, written_off_on: "3", '
               'principal: "4"}\n')
    values, _, codes, _ = read({"t.csv": '1,"a \\"b\\", c",2024-01-31,10\n2,d\\,e,2024-01-31,20\n'}, mapping)
    assert values["claim_id"] == ["1", "2"] and values["principal"] == [1000, 2000] and codes == []
    values, _, _, _ = read({"t.csv": "Tape of May|x\nclaim_id|country|written_off_on|principal\n1|FI|2024-01-31|10\n"})
    assert values["principal"] == [1000]


# ---- names -----------------------------------------------------------------------------------------------------------


def names():
    text = "LOAN identifier,Pa\u0308a\u0308oma,Date_Of_Write-off,Saldo,Saldo\n1,10,2024-01-31,7,8\n"
    mapping = ("columns: {claim_id: Loan Identifier, country: {constant: FI}, written_off_on: date of write-off, "
               "principal: pääoma, fees: 'Saldo#2'}\n")
    values, _, codes, _ = read({"t.csv": text}, mapping)
    assert values["claim_id"] == ["1"] and values["principal"] == [1000] and values["fees"] == [800] and codes == []
    _, summary, codes, _ = read({"t.csv": "claim_id,country,written_off_on,principal,brith_year\n1,FI,2024-01-31,10,1980\n"})
    assert codes == ["near_column"] and "brith_year" in summary["findings"][0]["text"]
    _, _, _, stderr = read({"t.csv": text}, mapping.replace("'Saldo#2'", "Saldo"), status=1)
    assert "Saldo#1" in stderr


# ---- joins, values, encodings ----------------------------------------------------------------------------------------

JOIN = """sources:
  loan: {recognised_by: [Loan, Principal]}
  customer: {recognised_by: [Customer, Dead], key: Customer, joined_by: Owner}
columns:
  claim_id: Loan
  country: {constant: FI}
  written_off_on: {constant: "2024-01-31"}
  principal: Principal
  legal_status: {source: customer, column: Dead, values: {"Yes": deceased, "Kyllä": deceased}, otherwise: none}
"""


def joins():
    loans = "Loan,Owner,Principal\n" + "".join("%d,%05d,%d\n" % (i, i, i) for i in range(1, 201))
    good = "Customer,Dead\n" + "".join("%05d,%s\n" % (i, "Yes" if i == 7 else "No") for i in range(1, 201))
    values, _, codes, _ = read({"loan.csv": loans, "c.csv": good}, JOIN)
    assert values["legal_status"][6] == 7 and codes == ["values_other"], codes
    # keys without their leading zeros: nobody is found, and that is said
    _, summary, codes, stderr = read({"loan.csv": loans, "c.csv": good.replace("\n00", "\n")}, JOIN, status=1)
    assert "unmatched_many" in codes and "'00001' is there as '001'" in stderr and "20100.00" in stderr, stderr
    # within the limit it is a warning, which stays until it is accepted
    lost = good.replace("00009,No\n", "")
    _, summary, codes, _ = read({"loan.csv": loans, "c.csv": lost}, JOIN)
    assert "unmatched" in codes and "balance 9.00" in json.dumps(summary["findings"])
    _, _, codes, stderr = read({"loan.csv": loans, "c.csv": lost}, JOIN, options=["--max-unmatched", "0"], status=1)
    _, _, codes, _ = read({"loan.csv": loans, "c.csv": lost}, JOIN, options=["--max-unmatched", "0", "--accept", "unmatched_many"])
    # a source that only some claims are in
    some = JOIN.replace("joined_by: Owner}", "joined_by: Owner, max_unmatched: 100%}")
    _, _, codes, _ = read({"loan.csv": loans, "c.csv": "Customer,Dead\n00007,Yes\n"}, some)
    assert codes == [], codes


def encodings():
    loans = "Loan,Owner,Principal\n1,a,10\n2,b,20\n"
    dead = "Customer,Dead\na,Kyllä\nb,Ei\n"
    values, _, _, _ = read({"loan.csv": loans, "c.csv": dead}, JOIN)
    assert values["legal_status"] == [7, 0]
    _, _, codes, stderr = read({"loan.csv": loans, "c.csv": dead.encode("cp1252")}, JOIN, status=1)
    assert "wrong_encoding" in codes and "CP1252" in stderr
    # UTF-8 read as Latin-1: the words are garbled and match nothing
    _, _, codes, _ = read({"loan.csv": loans + "3,ä,30\n", "c.csv": dead + "ä,Ei\n"}, "encoding: Latin-1\n" + JOIN)
    assert "garbled_text" in codes, codes
    # a column that nothing reads is told of, no more
    text = "claim_id,name,country,written_off_on,principal\nA,Väinö,FI,2024-01-31,10\n".encode("cp1252")
    values, _, codes, _ = read({"t.csv": text})
    assert values["claim_id"] == ["A"] and codes == ["invalid_text"]


def lists_of_values():
    mapping = SEMICOLON + '  legal_status: {column: Kulut, values: {"1": enforcement, "2": title}, otherwise: none}\n'
    mapping = mapping.replace("  fees: Kulut\n", "")
    body = "A;1;31.01.2024;100,00;1\nB;2;31.01.2024;50,00;9\nC;3;31.01.2024;50,00;9\n"
    values, summary, codes, _ = read({"t.csv": HEAD + body}, mapping)
    assert values["legal_status"] == [3, 0, 0] and codes == ["values_other"]
    assert "'9' (2)" in summary["findings"][0]["text"]
    _, _, codes, _ = read({"t.csv": HEAD + body.replace(";1\n", ";8\n")}, mapping)
    assert codes == ["values_unmatched"]


# ---- identifiers -----------------------------------------------------------------------------------------------------


def identifiers():
    rows = [('="00123"', '="=""00077"""'), ("'00124", "'00077"), ("A\u00a0", " 00077\u202f"), ("MA\u0308KI", "x"),
            ("B", "Ma\u0308ki"), ("C", "Mäki")]
    text = CANONICAL + "\n" + "".join('%s,%s,FI,EUR,2024-01-31,10\n' % row for row in rows)
    text = text.replace('="=""00077"""', '"=""00077"""')
    values, summary, codes, _ = read({"t.csv": text})
    assert values["claim_id"] == ["00123", "00124", "A", "MÄKI", "B", "C"], values["claim_id"]
    assert values["debtor_id"] == ["00077", "00077", "00077", "x", "Mäki", "Mäki"], values["debtor_id"]
    assert summary["debtors"] == 3 and codes == []


def debtors_that_are_none():
    words = ["NULL", "n/a", "-", "0", "000000-0000", "9999999999", "Tuntematon", "xxx", "#N/A", "1.98E+11", "1,98e+11", "1.98E+11"]
    text = (CANONICAL.replace(",", ";") + "\n" +
            "".join("%d;%s;FI;EUR;2024-01-31;10\n" % (i, word) for i, word in enumerate(words + ["D1", "D1", "007", "NA7", "E12"])))
    values, summary, codes, _ = read({"t.csv": text})
    assert values["debtor_id"] == [""] * 12 + ["D1", "D1", "007", "NA7", "E12"], values["debtor_id"]
    assert summary["debtors"] == 12 + 4 and set(codes) == {"placeholder_debtors", "exponent_ids"}
    text = CANONICAL + "\n" + "".join("%d,%s,FI,EUR,2024-01-31,10\n" % (i, "K9" if i % 4 == 0 else "D%d" % i) for i in range(200))
    _, summary, codes, _ = read({"t.csv": text})
    assert codes == ["large_debtor"] and "'K9' has 50 of 200" in summary["findings"][0]["text"]
    _, summary, codes, _ = read({"t.csv": CANONICAL + "\n" + "1.5E+12,,FI,EUR,2024-01-31,10\n" * 2}, options=["--max-rejects", "1"])
    assert summary["rejected"]["cut_id"]["rows"] == 1 and "exponent_ids" in codes


def codes_in_words():
    text = CANONICAL + "\nA,1,Finland,eur,2024-01-31,1\nB,2,swe,€,2024-01-31,2\nC,3,no,NOK,2024-01-31,3\n"
    values, _, _, _ = read({"t.csv": text})
    assert values["country"] == ["FI", "SE", "NO"] and values["currency"] == ["EUR", "EUR", "NOK"], values
    _, summary, _, _ = read({"t.csv": CANONICAL + "\nA,1,Mordor,EUR,2024-01-31,1\n"}, options=["--max-rejects", "1"])
    assert summary["rejected"]["bad_code"]["value"] == "Mordor" and summary["rejected"]["bad_code"]["line"] == 2


# ---- numbers and dates -----------------------------------------------------------------------------------------------


def numbers():
    cells = {"1.100,50 €": 110050, "€ 50,00": 5000, "2 000,00 kr": 200000, "2\u00a0000,00": 200000, "2\u202f000": 200000,
             "2'000,25": 200025, "10,00 EUR": 1000, "SEK 7": 700, "1,5E+03": 150000, "100,-": 10000, "50:-": 5000}
    mapping = SEMICOLON.replace('decimal: ","', 'decimal: ","\nthousands: "."').replace("  fees: Kulut\n", "")
    text = HEAD + "".join("%d;D%d;31.01.2024;%s;\n" % (i, i, cell) for i, cell in enumerate(cells))
    values, summary, _, _ = read({"t.csv": text}, mapping)
    assert values["principal"] == list(cells.values()), list(zip(cells, values["principal"]))
    signed = {"5,00-": -500, "-5,00": -500, "−5,00": -500, "(5,00)": -500, "- 5,00 €": -500, "5,00 kr-": -500}
    text = HEAD + "".join("%d;D%d;31.01.2024;100,00;%s\n" % (i, i, cell) for i, cell in enumerate(signed))
    values, _, _, _ = read({"t.csv": text}, SEMICOLON)
    assert values["fees"] == list(signed.values()), values["fees"]
    for bad in ("1.00,50", "12.34", "--5", "(5", "5 5", "1.2345", "5 %", "5 € $", "5e", "0x10", "", "€"):
        text = HEAD + "A;1;31.01.2024;100,00;\nB;2;31.01.2024;%s;\n" % bad
        _, summary, _, _ = read({"t.csv": text}, mapping, options=["--max-rejects", "1"])
        assert summary["rows_rejected"] == 1, bad


def rates():
    mapping = SEMICOLON.replace('decimal: ","', 'decimal: ","\nthousands: "."').replace("  fees: Kulut", "  interest_rate: {column: Kulut@}")
    for unit, cells in ((", unit: percent", {"8,50 %": 0.085, " 13,56%": 0.1356, "7": 0.07}),
                        ("", {"8,50 %": 0.085, "0,07": 0.07})):
        text = HEAD + "".join("%d;D%d;31.01.2024;100,00;%s\n" % (i, i, cell) for i, cell in enumerate(cells))
        values, _, codes, _ = read({"t.csv": text}, mapping.replace("@", unit))
        assert values["interest_rate"] == list(cells.values()) and codes == [], (values, codes)
    # a point before one digit is no thousands mark
    _, summary, _, _ = read({"t.csv": HEAD + "A;1;31.01.2024;100,00;7.5\n"}, mapping.replace("@", ", unit: percent"), options=["--max-rejects", "1"])
    assert summary["rejected"]["bad_number"]["rows"] == 1
    head = "claim_id,country,written_off_on,principal,interest_rate,income_monthly\n"
    text = head + "".join("%d,FI,2024-01-31,100,%s,%d\n" % (i, 8.5 if i < 3 else 0.08, 1000 * (i > 7)) for i in range(12))
    _, _, codes, _ = read({"t.csv": text})
    assert codes == ["rates_above_half", "zero_income"], codes


def amounts():
    head = "claim_id,country,written_off_on,principal,fees\n"
    _, _, codes, _ = read({"t.csv": head + "A,FI,2024-01-31,12.500,1.5\nB,FI,2024-01-31,3.080,0\n"})
    assert codes == ["three_decimals"]
    _, _, codes, _ = read({"t.csv": head + "A,FI,2024-01-31,12.500,1.5\nB,FI,2024-01-31,3.08,0\n"})
    assert codes == []
    _, _, codes, _ = read({"t.csv": head + "A,FI,2024-01-31,12.00,5.00-\nB,FI,2024-01-31,3.08,1.00-\n"})
    assert codes == [], "a minus behind the amount is no third decimal"
    _, summary, codes, _ = read({"t.csv": head.replace(",", ";") + "A;FI;2024-01-31;100,50;0\n"}, options=["--max-rejects", "1"])
    assert codes == ["decimal_comma"] and summary["rejected"]["bad_number"]["column"] == "principal"


def dates_that_stand_for_none():
    head = "claim_id,country,written_off_on,principal,last_paid_on,title_on,limitation_on\n"
    text = head + "A,FI,2024-01-31,10,1900-01-01,1753-01-01,9999-12-31\nB,FI,2024-01-31,20,2024-02-01,,2099-12-31\n"
    values, _, codes, _ = read({"t.csv": text})
    assert values["last_paid_on"] == [MISSING_INTEGER, days("2024-02-01")] and "limitation_on" not in values, values
    assert codes == ["sentinel_dates"] * 3
    columns = "columns: {claim_id: claim_id, country: country, written_off_on: written_off_on, principal: principal, limitation_on: limitation_on}\n"
    values, _, codes, _ = read({"t.csv": text}, "sentinels: []\n" + columns)
    assert values["limitation_on"] == [days("9999-12-31"), days("2099-12-31")] and codes == []
    values, _, codes, _ = read({"t.csv": text}, "sentinels: [2099-12-31]\n" + columns)
    assert values["limitation_on"] == [days("9999-12-31"), MISSING_INTEGER] and codes == ["sentinel_dates"]
    _, summary, _, _ = read({"t.csv": head + "A,FI,1970-01-01,10,,,\n"}, options=["--max-rejects", "1"])
    assert summary["rejected"]["missing"]["column"] == "written_off_on"


def dates():
    mapping = SEMICOLON.replace("  fees: Kulut\n", "")
    for formats, cells in (
            ('["%d.%m.%Y", "%Y/%m/%d"]', {"31.01.2023": "2023-01-31", "2023/02/28": "2023-02-28", "2023-03-31": "2023-03-31"}),
            ("excel", {"44957": "2023-01-31", "45322": "2024-01-31", "44957,75": "2023-01-31"}),
            ('"%d-%b-%Y"', {"15-okt-2020": "2020-10-15", "15-maj-2020": "2020-05-15", "15-des-2020": "2020-12-15",
                            "5-heinäkuuta-2020": "2020-07-05", "5-March-2020": "2020-03-05", "5-märts-2020": "2020-03-05",
                            "5-marraskuu-2020": "2020-11-05", "5-Sept.-2020": "2020-09-05"}),
            ('"%Y"', {"2019": "2019-01-01"}),
            ('"%d.%m.%Y"', {"00.05.2019": "2019-05-01", "00.00.2018": "2018-01-01"}),
            ('"%d.%m.%y"', {"31.01.23": "2023-01-31", "31.01.99": "1999-01-31"})):
        text = HEAD + "".join("%d;D%d;%s;100,00;\n" % (i, i, cell) for i, cell in enumerate(cells))
        values, _, codes, _ = read({"t.csv": text}, mapping.replace('"%d.%m.%Y"', formats))
        assert values["written_off_on"] == [days(date) for date in cells.values()], (formats, values)
        assert codes == (["partial_dates"] if any("00." in cell for cell in cells) else []), (formats, codes)
    for bad in ("31.02.2023", "1.13.2023", "x", "31.01.23"):
        _, summary, _, _ = read({"t.csv": HEAD + "A;1;%s;100,00;\n" % bad}, mapping, options=["--max-rejects", "1"])
        assert summary["rejected"]["bad_date"]["rows"] == 1, bad


def births():
    mapping = SEMICOLON.replace("  fees: Kulut", '  birth_year: {year_of: Kulut, date_format: "%s"}')
    cells = {"15.02.55": 1955, "15.02.85": 1985, "15.02.05": 2005, "15.02.26": 1926}
    text = HEAD + "".join("%d;D%d;31.01.2023;100,00;%s\n" % (i, i, cell) for i, cell in enumerate(cells))
    for cutoff in ("2026-06-30", None):
        values, _, _, _ = read({"t.csv": text}, mapping.replace("%s", "%d.%m.%y"), cutoff=cutoff)
        assert values["birth_year"] == list(cells.values()), values["birth_year"]
    values, summary, _, _ = read({"t.csv": text}, mapping.replace('"%s"', '"%d.%m.%y", pivot: 60'), options=["--max-rejects", "1"])
    assert values["birth_year"] == [1985, 2005, 2026] and summary["rejected"]["birth_after_cutoff"]["rows"] == 1
    text = HEAD + "A;D1;31.01.2023;100,00;1955-00-00\nB;D2;31.01.2023;100,00;1985-05-01\n"
    values, _, _, _ = read({"t.csv": text}, mapping.replace("%s", "%Y-%m-%d"))
    assert values["birth_year"] == [1955, 1985]


def counts_from_the_cut_off():
    mapping = """columns:
  claim_id: id
  country: {constant: FI}
  written_off_on: {constant: "2024-01-31"}
  defaulted_on: {days_past_due: dpd}
  principal: bal
  birth_year: {age: age}
"""
    text = "id,dpd,age,bal\n1,1000,44,100\n2,,,50\n"
    values, _, codes, _ = read({"t.csv": text}, mapping)
    assert values["defaulted_on"] == [days("2023-10-04"), MISSING_INTEGER] and values["birth_year"] == [1982, MISSING_INTEGER]
    read({"t.csv": text}, mapping, cutoff=None, status=1)


def keys():
    mapping = """separator: ";"
columns:
  claim_id: {text: [Sopimus, Lasku], between: "-", prefix: file}
  debtor_id: {column: Asiakas, clean: [spaces, upper], pad: 6, prefix: "FI:"}
  country: {constant: FI}
  written_off_on: {constant: "2024-01-31"}
  principal: Saldo
"""
    head = "Sopimus;Lasku;Asiakas;Saldo\n"
    values, summary, codes, _ = read({"fi.csv": head + "S1;1;ab 1;100\nS1;2;AB1;200\n", "se.csv": head + "S1;1;;300\n"}, mapping)
    assert values["claim_id"] == ["fi:S1-1", "fi:S1-2", "se:S1-1"], values["claim_id"]
    assert values["debtor_id"] == ["FI:000AB1", "FI:000AB1", ""] and codes == [] and summary["debtors"] == 2
    long = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"
    text = CANONICAL + "\n" + "".join("%d,%s,FI,EUR,2024-01-31,10\n" % (i, long if i % 2 else 2 * long) for i in range(1, 5))
    values, summary, _, _ = read({"t.csv": text})
    assert summary["debtors"] == 2 and values["debtor_id"][0] == long and values["debtor_id"][1] == 2 * long
    loans = "Loan,Owner,Principal\n1,00123,10\n2,00124,20\n"
    customers = "Customer,Dead\n123,Yes\n124,No\n"
    for key, joined in (("{column: Customer, pad: 5}", "Owner"), ("Customer", "{column: Owner, clean: zeros}")):
        values, _, codes, _ = read({"loan.csv": loans, "c.csv": customers},
                                   JOIN.replace("key: Customer", "key: " + key).replace("joined_by: Owner", "joined_by: " + joined))
        assert values["legal_status"] == [7, 0], values
    _, summary, _, _ = read({"fi.csv": head + "S1;1;ab 1;x\n"}, mapping, options=["--max-rejects", "1"])
    assert summary["rejected"]["bad_number"]["column"] == "principal"


def cells_that_decide_nothing():
    head = "claim_id,country,written_off_on,principal,dependants,birth_year,legal_status,interest_rate\n"
    text = head + "A,FI,2024-01-31,10,25,1980,none,0.1\nB,FI,2024-01-31,20,,1849,,\nC,FI,2024-01-31,30,,,dead,\n"
    values, summary, codes, _ = read({"t.csv": text}, options=["--max-rejects", "1"])
    assert values["claim_id"] == ["A", "B"] and codes == ["dropped_cells"] * 2
    assert values["birth_year"] == [1980, MISSING_INTEGER]
    assert summary["rejected"]["unknown_level"]["value"] == "dead"  # what the law makes of it decides: no guess


# ---- control totals, files, acceptance -------------------------------------------------------------------------------


def control_totals():
    text = HEAD + "A;1;31.01.2024;100,50;5,00\nB;2;31.01.2024;50,00;0,00\nB;2;31.01.2024;50,00;0,00\n"
    options = ["--max-rejects", "1"]
    read({"t.csv": text}, SEMICOLON, options=[*options, "--expect-claims", "2", "--expect-balance", "155.50"])
    _, _, codes, stderr = read({"t.csv": text}, SEMICOLON, options=[*options, "--expect-claims", "3"], status=1)
    assert codes == ["control_total"] and "1 of them duplicates" in stderr, stderr
    _, _, _, stderr = read({"t.csv": text}, SEMICOLON + "expect: {claims: 2, balance: 155.51}\n", options=options, status=1)
    assert "expected 2 claims, found 2, and a balance of 155.51, found 155.50" in stderr, stderr
    read({"t.csv": text}, SEMICOLON + "expect: {claims: 3}\n", options=[*options, "--accept", "control_total"])
    read({"t.csv": text}, SEMICOLON + "expect: {claims: 3}\n", options=[*options, "--expect-claims", "2"])


def files_with_the_same_numbers():
    one = HEAD + "1;D1;31.01.2024;100,00;0,00\n"
    two = HEAD + "1;D1;31.01.2024;1000,00;0,00\n"
    _, summary, codes, _ = read({"fi.csv": one, "se.csv": two}, SEMICOLON, options=["--max-rejects", "1"])
    assert codes == ["duplicates_of_files"] and summary["rejected"]["duplicate"]["rows"] == 1


def warnings_stay_until_accepted():
    text = CANONICAL + "\n" + "".join("%d,%s,FI,EUR,2026-01-31,10\n" % (i, "K9" if i % 4 == 0 else "D%d" % i) for i in range(200))
    model = os.path.join(os.environ["JALKI_SOURCE"], "models", "nordic.yaml")
    for options, told in (([], True), (["--accept", "large_debtor"], False)):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, "t.csv", text)
            subprocess.run([PROGRAM, "import", "t.csv", "-o", "T.h5", "--cutoff", "2026-06-30", "--quiet", *options], cwd=folder,
                           check=True, capture_output=True)
            for command in ("value", "price"):
                for more, again in (([], told), (["--accept", "large_debtor"], False)):
                    done = subprocess.run([PROGRAM, command, "T.h5", "--model", model, *more], cwd=folder, check=True,
                                          capture_output=True, text=True)
                    assert ("[large_debtor]" in done.stderr) == again, (command, more, done.stderr)
    done = subprocess.run([PROGRAM, "import", "t.csv", "-o", "T.h5", "--accept", "lagre_debtor"], capture_output=True, text=True)
    assert done.returncode == 2 and "large_debtor" in done.stderr


def hints_where_a_word_is_missing():
    """What could not be read, and the word of the mapping by which it can."""
    text = "claim_id,country,written_off_on,principal\nA,FI,44957,10\nB,FI,45322,10\n"
    _, summary, codes, _ = read({"t.csv": text}, options=("--max-rejects", "100%"))
    assert codes == ["date_form"] and '"excel"' in summary["findings"][0]["text"], summary["findings"]
    _, summary, codes, _ = read({"t.csv": text.replace("44957", "Dec-2015").replace("45322", "Jan-2016")}, options=("--max-rejects", "100%"))
    assert codes == ["date_form"] and '"%b-%Y"' in summary["findings"][0]["text"], summary["findings"]
    _, summary, codes, _ = read({"t.csv": text.replace("44957", "1850-01-01").replace("45322", "99.99.2020")},
                                options=("--max-rejects", "100%"))
    assert codes == [], codes
    _, _, _, stderr = read({"t.csv": "A1;D1;31.01.2023;100,50;5,00\nA2;D2;31.01.2023;50,00;1,00\n"}, SEMICOLON, status=1)
    assert "header: none" in stderr, stderr
    # a figure that a rule made is shown where it cannot be
    mapping = "columns:\n  claim_id: id\n  country: {constant: FI}\n  written_off_on: wo\n  principal: bal\n  dependants: {sum: [a, b]}\n"
    _, summary, codes, _ = read({"t.csv": "id,wo,bal,a,b\n1,2023-01-31,100,20,5\n"}, mapping)
    assert codes == ["dropped_cells"] and "'25'" in summary["findings"][0]["text"], summary["findings"]


def run_cases(cases):
    """One after the other; one that fails is named."""
    for case in cases:
        try:
            case()
        except AssertionError as failure:
            raise AssertionError(case.__name__, *failure.args) from failure
    print("passed", len(cases))


CASES = [lone_quotes, cells_of_several_lines, rows_that_are_none, totals_without_a_word, widths_that_differ, filters, footers,
         text_files_of_all_kinds, dialects, names, joins, encodings, lists_of_values, identifiers, debtors_that_are_none,
         codes_in_words, numbers, rates, amounts, dates_that_stand_for_none, dates, births, counts_from_the_cut_off, keys, cells_that_decide_nothing, control_totals,
         files_with_the_same_numbers, warnings_stay_until_accepted, hints_where_a_word_is_missing]

if __name__ == "__main__":
    run_cases(CASES)
