#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SQL over a tape and its valuation says what h5py and the CSV say; Parquet holds the results, read back by the library;
without the library commands say how to get it."""
import csv
import io
import json
import os
import pathlib
import subprocess
import tempfile

import h5py
import numpy

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
MODEL = SOURCE / "models/nordic.yaml"
LEVELS = ["none", "filed", "title", "enforcement"]


def run(*arguments, code=0, **environment):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    return done.stdout if code == 0 else done.stderr


def rows(*arguments):
    return json.loads(run("sql", *arguments, "--format", "json"))["rows"]


def check_absent(folder):
    for command in (["sql", folder / "t.h5", "from tape"], ["value", folder / "t.h5", "-m", MODEL, "--claims", folder / "x.parquet"]):
        error = run(*command, code=1, JALKI_DUCKDB="/none/libduckdb.so")
        assert "scripts/duckdb.sh" in error, error
    assert not (folder / "x.parquet").exists()
    assert "duckdb,0" in run("version", "--features", "--format", "csv", JALKI_DUCKDB="/none/libduckdb.so")


def check_tape(tape):
    with h5py.File(tape) as file:
        store = {name: file[f"tape/{name}"][:] for name in file["tape"] if isinstance(file[f"tape/{name}"], h5py.Dataset)}
    n = len(store["principal"])
    found = rows(tape, "select count(*) as n, sum(principal) as p, min(written_off_on)::varchar as first, count(title_on) as titles, "
                       "count(income_monthly) as incomes, count(birth_year) as born, count(distinct debtor_id) as debtors from tape")[0]
    first = numpy.datetime64("1970-01-01") + int(store["written_off_on"].min())
    assert found == {"n": n, "p": store["principal"].sum() / 100, "first": str(first), "titles": int((store["title_on"] != -2**31).sum()),
                     "incomes": int((store["income_monthly"] != -2**63).sum()), "born": int((store["birth_year"] != -2**31).sum()),
                     "debtors": len(set(store["debtor_id"]))}, found
    statuses = {row["legal_status"]: row["n"] for row in rows(tape, "select legal_status, count(*) as n from tape group by 1")}
    for code, name in enumerate(LEVELS):
        assert statuses[name] == int((store["legal_status"] == code).sum())
    ids = [row["claim_id"] for row in rows(tape, "select claim_id from tape")]  # more rows than a vector has, in order
    assert ids == [name.rstrip(b"\0").decode() for name in store["claim_id"]] and n > 2048
    pairs = rows(tape, "select count(*) as n from tape a join tape b using (claim_id)")  # two scans at once
    assert pairs == [{"n": n}]


def check_results(tape, folder):
    run("value", tape, "-m", MODEL, "--years", folder / "y.parquet", "--quiet")
    years = json.loads(run("value", tape, "-m", MODEL, "--format", "json"))["years"]
    found = rows(tape, f"select year, gross, liquidation from '{folder}/y.parquet' order by year")
    assert [row["year"] for row in found] == [row["year"] for row in years]
    assert all(abs(row["gross"] - year["gross"]) < 0.0051 for row, year in zip(found, years))
    plain = json.loads(run("value", tape, "-m", MODEL, "--irr", "0.12", "--claims", folder / "c.csv", "--full", "--cashflow", folder / "f.csv",
                           "-o", folder / "r.h5", "--format", "json"))
    run("value", tape, "-m", MODEL, "--irr", "0.12", "--claims", folder / "c.parquet", "--cashflow", folder / "f.parquet", "--quiet")
    assert (folder / "c.parquet").stat().st_mode & 0o777 == 0o600
    claims = list(csv.DictReader(open(folder / "c.csv")))
    options = [tape, "-m", MODEL, "--irr", "0.12"]
    with h5py.File(folder / "r.h5") as file:
        values = file["result/value"][:].tolist()
        sells = file["result/q_sell"][:]
    for query in ("select * from results", f"select * from '{folder}/c.parquet'"):
        found = rows(*options, query)
        assert [row["claim_id"] for row in found] == [row["claim_id"] for row in claims]
        assert [row["decision"] for row in found] == [row["decision"] for row in claims]
        assert [row["segment"] for row in found] == [row["segment"] for row in claims]
        assert [numpy.float32(row["value"]) for row in found] == values
        assert all((row["q_sell"] is None) == bool(numpy.isnan(sell)) for row, sell in zip(found, sells))
    run("export", folder / "r.h5", folder / "e.parquet", "--quiet")
    run("export", folder / "r.h5", folder / "ef.parquet", "--table", "cashflow", "--quiet")
    assert (folder / "e.parquet").stat().st_mode & 0o777 == 0o600
    described = [{row["column_name"]: row["column_type"] for row in rows(tape, f"describe from '{folder}/{name}.parquet'")} for name in "ce"]
    both = sorted(set(described[0]) & set(described[1]))
    assert len(both) >= 15 and all(described[0][name] == described[1][name] for name in both), described
    differ = f"select {', '.join(both)} from '{folder}/%s.parquet' except all select {', '.join(both)} from '{folder}/%s.parquet'"
    assert rows(tape, differ % ("c", "e")) == rows(tape, differ % ("e", "c")) == []
    for query in ("from cashflow", f"from '{folder}/f.parquet'", f"from '{folder}/ef.parquet'"):
        found = rows(*options, f"select sum(gross) as gross, sum(net) as net, max(month) as months from ({query})")[0]
        assert abs(found["net"] - plain["net"]) < 1e-4 and found["months"] == plain["horizon_months"]
    flows = [row for row in csv.DictReader(open(folder / "f.csv")) if row["segment"] != "all"]
    found = rows(*options, "from cashflow")
    assert [(row["month"], row["segment"]) for row in found] == [(int(row["month"]), row["segment"]) for row in flows]
    assert all(abs(one["gross"] - float(two["gross"])) <= 1e-6 * (1 + one["gross"]) for one, two in zip(found, flows))
    run("sql", *options, "select claim_id, value from results order by value desc limit 5", "-o", folder / "top.parquet")
    best = rows(tape, f"from '{folder}/top.parquet'")
    assert len(best) == 5 and numpy.float32(best[0]["value"]) == max(values)


def check_forms(tape):
    query = "select 1 as n, 'a, \"b\"' as t, null as nothing, true as yes, 1.50::decimal(9,2) as d union all select 2, '=1+1', 'x', false, 2"
    table = run("sql", tape, query)
    assert "2 rows" in table and "=1+1" in table
    text = run("sql", tape, query, "--format", "csv")
    assert list(csv.reader(io.StringIO(text))) == [["n", "t", "nothing", "yes", "d"], ["1", 'a, "b"', "", "true", "1.50"],
                                                   ["2", "'=1+1", "x", "false", "2.00"]]
    assert "1;" in run("sql", tape, query, "--format", "csv", "--csv-dialect", "fi") and "1,50" in run(
        "sql", tape, query, "--format", "csv", "--csv-dialect", "fi")
    assert rows(tape, query)[0] == {"n": 1, "t": 'a, "b"', "nothing": None, "yes": True, "d": 1.5}
    assert rows(tape, "select count(*) as n from tape ; \n") == rows(tape, "select count(*) as n from tape -- all of them")


def check_mistakes(tape, folder):
    assert "nothing" in run("sql", tape, "select nothing from tape", code=1)
    for statement in ("create table x as from tape", "copy tape to 'x.csv'", "attach 'x.db'", "install httpfs", ""):
        run("sql", tape, statement, code=1)
    for end in (f"copy (select 2) to '{folder}/x.csv'", f"attach '{folder}/x.db' as x"):  # out of the parentheses around it
        for beginning in ("select 1)", f"select 1) to '{folder}/x.parquet' (format parquet)"):
            run("sql", tape, f"{beginning}; {end}; copy (select 1", "-o", folder / "x.parquet", code=1)
            run("sql", tape, f"{beginning}; {end}; from (select 1", code=1)
    assert "extension" in run("sql", tape, "from 'https://example.invalid/x.parquet'", code=1).lower()
    run("sql", tape, code=2)
    run("sql", tape, "from tape", "--irr", "0.1", code=2)
    assert "results" in run("sql", tape, "from results", code=1)
    run("sql", tape, "from tape", "-o", tape, code=1)
    run("sql", tape, "from tape", "-o", folder / "x.csv", code=1)
    run("sql", folder / "none.h5", "from tape", code=1)
    damaged = bytearray(tape.read_bytes())
    with h5py.File(tape) as file:
        at = file["tape/country"].id.get_offset()
        if at is not None:
            damaged[at:at + 4] = b"\xff\xff\x00\x00"
            (folder / "damaged.h5").write_bytes(damaged)
    if at is not None:
        assert "damaged.h5" in run("sql", folder / "damaged.h5", "select country, count(*) from tape group by 1", code=1)
    assert not list(folder.glob("x*"))


def check_import(tape, folder):
    """A tape as Parquet gives the store that the same tape as CSV gives, with the types that pandas and DuckDB write."""
    source = folder / "tape.csv"
    run("generate", "-n", "3000", "--seed", "8", "-o", source, "--quiet")
    typed = ("select * replace (claim_id::varchar as claim_id, written_off_on::timestamp as written_off_on, principal::double as principal, "
             "vulnerable = 1 as vulnerable, instalment_monthly::decimal(18,2) as instalment_monthly) "
             f"from read_csv('{source}', nullstr='')")
    run("sql", tape, f"from read_csv('{source}', all_varchar=true)", "-o", folder / "texts.parquet")
    run("sql", tape, typed, "-o", folder / "it's typed.parquet")
    stores = {}
    for name, path in (("csv", source), ("texts", folder / "texts.parquet"), ("typed", folder / "it's typed.parquet")):
        said = json.loads(run("import", path, "-o", folder / f"{name}.h5", "--cutoff", "2026-06-30", "--format", "json"))
        assert any(entry["path"] == str(path) and entry["digest"].startswith("sha256:") for entry in said["manifest"]["run"]["inputs"]), name
        with h5py.File(folder / f"{name}.h5") as file:
            stores[name] = {column: file[f"tape/{column}"][:].tobytes() for column in file["tape"]
                            if isinstance(file[f"tape/{column}"], h5py.Dataset)}
    assert stores["csv"] == stores["texts"] == stores["typed"] and len(stores["csv"]) > 30
    mapping = folder / "map.yaml"
    mapping.write_text("decimal: ','\ncolumns: {claim_id: claim_id, country: country, written_off_on: written_off_on, "
                       "principal: principal}\n")
    run("import", folder / "it's typed.parquet", "-o", folder / "m.h5", "--mapping", mapping, "--cutoff", "2026-06-30", "--quiet")
    with h5py.File(folder / "m.h5") as file:
        assert file["tape/principal"][:].tobytes() == stores["csv"]["principal"]
    cut = (folder / "texts.parquet").read_bytes()
    (folder / "cut.parquet").write_bytes(cut[:-30])
    assert "cut off" in run("import", folder / "cut.parquet", "-o", folder / "x.h5", "--cutoff", "2026-06-30", code=1)
    (folder / "bad.parquet").write_bytes(cut[:4] + bytes(len(cut) - 8) + b"PAR1")
    assert "Parquet" in run("import", folder / "bad.parquet", "-o", folder / "x.h5", "--cutoff", "2026-06-30", code=1)
    error = run("import", folder / "texts.parquet", "-o", folder / "x.h5", "--cutoff", "2026-06-30", code=1, JALKI_DUCKDB="/none")
    assert "scripts/duckdb.sh" in error, error


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        run("generate", "-n", "5000", "-o", folder / "t.h5", "--quiet")
        check_absent(folder)
        if os.environ.get("JALKI_SANITIZED"):
            print("skipped: DuckDB's library has no sanitizers and is not tried beside those of ours; only its absence was")
            raise SystemExit(77)
        if "duckdb,1" not in run("version", "--features", "--format", "csv"):
            print("skipped: DuckDB's library is not there (scripts/duckdb.sh brings it); only its absence was tried")
            raise SystemExit(77)
        check_tape(folder / "t.h5")
        check_results(folder / "t.h5", folder)
        check_import(folder / "t.h5", folder)
        check_forms(folder / "t.h5")
        check_mistakes(folder / "t.h5", folder)


if __name__ == "__main__":
    main()
