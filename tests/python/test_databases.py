#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Data bases, with a PostgreSQL server of this test's own and with SQLite: a tape that is read from one is the tape that its CSV
gives; results written to one are those of the file, again and at a second cut-off beside them; what fails leaves nothing; a
password is nowhere but in the URL, the environment or a service file."""
import csv
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import h5py
import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import postgres  # noqa: E402

PROGRAM = os.environ["JALKI_PROGRAM"]
MODEL = pathlib.Path(os.environ["JALKI_SOURCE"]) / "models/nordic.yaml"
CUTOFF = "2026-06-30"
CLAIMS = 700


def run(*arguments, code=0, **environment):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    return done.stdout if code == 0 else done.stderr


def same_tape(one, other):
    with h5py.File(one) as a, h5py.File(other) as b:
        assert set(a["tape"]) == set(b["tape"])
        for name, data in a["tape"].items():
            if isinstance(data, h5py.Dataset):
                assert data[:].tobytes() == b["tape"][name][:].tobytes(), name


def results(path):
    """The results of a file by claim, enumerations as words."""
    with h5py.File(path) as file:
        columns, words = {}, {}
        for name, data in file["result"].items():
            members = h5py.check_enum_dtype(data.dtype)
            words = {code: word for word, code in members.items()} if members else None
            if name in file["dict"]:
                words = {i: word.decode() for i, word in enumerate(file[f"dict/{name}"][:])}
            columns[name] = [words[v] if words else v.decode() if isinstance(v, bytes) else v for v in data[:].tolist()]
        return columns


def check_rows(path, names, rows):
    """Rows of a data base are the file's; `rows` in any order, with the cut-off as the last column."""
    wanted = results(path)
    found = {row[names.index("claim_id")]: row for row in rows}
    assert len(found) == len(rows) == len(wanted["claim_id"])
    assert set(names) == set(wanted) | {"cutoff"}
    for i, claim in enumerate(wanted["claim_id"]):
        for name, value in zip(names, found[claim]):
            expected = wanted[name][i] if name != "cutoff" else None
            if name != "cutoff" and value is None:
                assert expected != expected, (claim, name)
            elif isinstance(expected, float):
                assert float(value) == expected, (claim, name, value, expected)
            elif name != "cutoff":
                assert str(value) == str(expected), (claim, name, value, expected)


def make(folder):
    run("generate", "-n", CLAIMS, "--seed", 4, "-o", folder / "t.csv", "--quiet")
    run("import", folder / "t.csv", "--cutoff", CUTOFF, "-o", folder / "t.h5", "--quiet")
    for name, day in (("r", CUTOFF), ("later", "2026-09-30")):
        run("value", folder / "t.h5", "-m", MODEL, "--cutoff", day, "-o", folder / f"{name}.h5", "--quiet")


def check_sqlite(folder):
    base = folder / "tape.sqlite"
    with open(folder / "t.csv", newline="") as file:
        head, *rows = csv.reader(file)
    connection = sqlite3.connect(base)
    types = ["real" if name in ("principal", "interest_rate") else "text" for name in head]
    connection.execute("create table notes (word text)")
    connection.execute(f"create table debts ({', '.join(f'{n} {t}' for n, t in zip(head, types))})")
    connection.executemany(f"insert into debts values ({', '.join('?' * len(head))})", [[cell or None for cell in row] for row in rows])
    connection.commit()
    for source in (base, f"{base}:debts"):
        run("import", source, "--cutoff", CUTOFF, "-o", folder / "lite.h5", "--quiet")
        same_tape(folder / "t.h5", folder / "lite.h5")
    assert "holds no 'none'" in run("import", f"{base}:none", "-o", folder / "x.h5", code=1)
    connection.close()

    target = folder / "results.sqlite"
    for name in ("r", "later", "r"):
        assert f"{CLAIMS} rows of results" in run("export", folder / f"{name}.h5", target)
    assert os.stat(target).st_mode & 0o777 == 0o600
    connection = sqlite3.connect(target)
    assert connection.execute("select count(*), count(distinct cutoff) from results").fetchone() == (2 * CLAIMS, 2)
    for name, day in (("r", CUTOFF), ("later", "2026-09-30")):
        cursor = connection.execute("select * from results where cutoff = ?", (day,))
        check_rows(folder / f"{name}.h5", [column[0] for column in cursor.description], cursor.fetchall())
    run("export", folder / "r.h5", target, "--table", "cashflow", "--into", "flow", "--quiet")
    with h5py.File(folder / "r.h5") as file:
        total = file["portfolio/cashflow"][:].sum(axis=(0, 1))
    found = connection.execute("select sum(gross), sum(instalments), sum(cost), sum(sale), sum(net) from flow").fetchone()
    numpy.testing.assert_allclose(found, total, rtol=1e-12)
    connection.execute("create table other (claim_id text, cutoff text)")
    connection.commit()
    connection.close()
    assert "SQLite says" in run("export", folder / "r.h5", target, "--into", "other", code=1)
    assert not (folder / "nowhere.sqlite").exists()
    assert "is not there" in run("export", folder / "r.h5", folder / "nowhere.sqlite", code=1, JALKI_SQLITE="/none.so")
    assert not (folder / "nowhere.sqlite").exists()
    for name in ("r.csv", "r.json", "r.xlsx"):
        run("export", folder / "r.h5", folder / name, "--quiet")
        assert (folder / name).stat().st_size > 10000
    rows = json.load(open(folder / "r.json"))["rows"]
    assert [row["claim_id"] for row in rows] == results(folder / "r.h5")["claim_id"]
    assert "called like nothing" in run("export", folder / "r.h5", folder / "r.ods", code=1)
    assert "R.h5" in run("export", folder / "t.h5", folder / "x.csv", code=1)
    print("SQLite: a tape read, results written")


def check_odbc(folder):
    """By unixODBC and the driver of SQLite: the tape of the same rows; nothing is changed, no password is shown."""
    drivers = subprocess.run(["odbcinst", "-q", "-d"], capture_output=True, text=True).stdout if shutil.which("odbcinst") else ""
    if "[SQLite3]" not in drivers:
        print("ODBC: not tried, neither unixODBC nor its driver for SQLite is here (scripts/install.sh database)")
        return False
    base = folder / "odbc.sqlite"
    with open(folder / "t.csv", newline="") as file:
        head, *rows = csv.reader(file)
    connection = sqlite3.connect(base)
    types = ["double" if name in ("principal", "interest_rate", "fees") else "timestamp" if name == "written_off_on" else "text" for name in head]
    connection.execute(f"create table debts ({', '.join(f'{n} {t}' for n, t in zip(head, types))})")
    place = head.index("written_off_on")
    connection.executemany(f"insert into debts values ({', '.join('?' * len(head))})",
                           [[(cell + " 00:00:00" if i == place else cell) or None for i, cell in enumerate(row)] for row in rows])
    connection.commit()
    secret = "s3cret-{}".format(os.getpid())
    source = f"odbc:Driver=SQLite3;Database={base};UID=me;PWD={{{secret};?query=}}"
    told = run("import", f"{source}?query=select * from debts%20order by rowid", "--cutoff", CUTOFF, "-o", folder / "odbc.h5", "--manifest", folder / "odbc.json")
    same_tape(folder / "t.h5", folder / "odbc.h5")
    with h5py.File(folder / "odbc.h5") as file:
        assert f"odbc:Driver=SQLite3;Database={base}?query=select" in str(dict(file.attrs)) + (folder / "odbc.json").read_text()
    for query, words in (("select * from nowhere", "the statement failed"), ("delete from debts", "gives no rows"), ("drop table debts", "gives no rows")):
        told += run("import", f"{source}?query={query}", "-o", folder / "x.h5", code=1)
        assert words in told.splitlines()[-1], told
        assert not (folder / "x.h5").exists()
    assert connection.execute("select count(*) from debts").fetchone() == (CLAIMS,)
    told += run("import", source, "-o", folder / "x.h5", code=1)
    assert "names no rows" in told.splitlines()[-1]
    told += run("import", "odbc:DSN=nowhere;PWD=" + secret + "?query=select 1", "-o", folder / "x.h5", code=1)
    assert "cannot connect" in told.splitlines()[-1] and "odbc:DSN=nowhere?query=select 1" in told
    told += run("export", folder / "r.h5", source, code=1)
    assert "read from, not written to" in told.splitlines()[-1]
    assert "is not there" in run("import", f"{source}?query=select 1", "-o", folder / "x.h5", code=1, JALKI_ODBC="/none.so")
    assert secret not in told
    for path in folder.iterdir():
        assert secret.encode() not in path.read_bytes(), path
    connection.close()
    print("ODBC: a tape read, nothing changed, the password nowhere")
    return True


def check_postgres(folder, binaries):
    with postgres.server(binaries) as (port, user, password):
        where = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": user, "PGPASSWORD": password, "PGDATABASE": "postgres"}

        def psql(statement):
            done = subprocess.run([binaries / "psql", "-v", "ON_ERROR_STOP=1", "-X", "-A", "-t", "-F", "\t", "-P", "null=NULL", "-c", statement],
                                  env={**os.environ, **where}, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            return [line.split("\t") for line in done.stdout.splitlines()]

        with open(folder / "t.csv", newline="") as file:
            head = next(csv.reader(file))
        psql(f"create table debts ({', '.join(f'{n} text' for n in head)})")
        psql(f"\\copy debts from '{folder}/t.csv' with (format csv, header true, force_null ({', '.join(head)}))")
        base = f"postgresql://{user}:{password}@127.0.0.1:{port}/postgres"
        query = "query=select%20*%20from debts order by claim_id"
        seen = []  # everything that anybody can read of these runs

        def note(text):
            seen.append(text)
            return text

        note(run("import", f"{base}?{query}&connect_timeout=9", "--cutoff", CUTOFF, "-o", folder / "pg.h5", "--manifest", folder / "pg.json"))
        same_tape(folder / "t.h5", folder / "pg.h5")
        run("import", f"postgresql:///?{query}", "--cutoff", CUTOFF, "-o", folder / "env.h5", "--quiet", **where)
        same_tape(folder / "t.h5", folder / "env.h5")
        (folder / "services").write_text(f"[warehouse]\nhost=127.0.0.1\nport={port}\nuser={user}\npassword={password}\ndbname=postgres\n")
        service = {"PGSERVICEFILE": str(folder / "services")}
        run("import", f"postgresql://?service=warehouse&{query}", "--cutoff", CUTOFF, "-o", folder / "service.h5", "--quiet", **service)
        same_tape(folder / "t.h5", folder / "service.h5")
        for url, words in ((f"{base}?query=select 1 from none", "does not exist"), (f"{base}", "query=select"),
                           (f"{base}?query=drop table debts", "syntax error"),
                           (f"{base}?query=select *, 1/(ctid <> '(3,1)')::int from debts", "division by zero"),
                           (base.replace(password, password + "x") + f"?{query}", "cannot connect"),
                           (f"{base}?{query}&nonsense=1", "no URL"), (f"postgresql://{user}:{password}@127.0.0.1:1/none?{query}", "cannot connect")):
            assert words in note(run("import", url, "--cutoff", CUTOFF, "-o", folder / "x.h5", code=1)), (url, seen[-1])
            assert not (folder / "x.h5").exists()
        assert len(psql("select claim_id from debts")) == CLAIMS

        for name in ("r", "later", "r"):
            assert f"{CLAIMS} rows of results" in note(run("export", folder / f"{name}.h5", base))
        assert psql("select count(*), count(distinct cutoff) from results") == [[str(2 * CLAIMS), "2"]]
        names = [row[0] for row in psql("select column_name from information_schema.columns where table_name = 'results' order by ordinal_position")]
        for name, day in (("r", CUTOFF), ("later", "2026-09-30")):
            rows = psql(f"select * from results where cutoff = '{day}'")
            check_rows(folder / f"{name}.h5", names, [[None if cell == "NULL" else cell for cell in row] for row in rows])
        psql("alter table results add column note text default 'kept'; alter table results drop column score")
        note(run("export", folder / "r.h5", base, "--quiet"))
        assert psql("select count(*), count(score) from results where note = 'kept'") == [[str(2 * CLAIMS), str(CLAIMS)]]
        note(run("export", folder / "r.h5", base, "--table", "cashflow", "--into", "Flow \"1\"", "--manifest", folder / "export.json"))
        with h5py.File(folder / "r.h5") as file:
            total = file["portfolio/cashflow"][:].sum(axis=(0, 1))
        found = psql('select sum(gross), sum(cost), sum(net) from "Flow ""1"""')[0]
        numpy.testing.assert_allclose([float(cell) for cell in found], total[[0, 2, 4]], rtol=1e-12)
        # What fails leaves the table as it was.
        psql("alter table results add constraint dear check (value < 500 or note <> 'kept')  not valid")
        assert "violates check" in note(run("export", folder / "r.h5", base, code=1))
        assert psql("select count(*) from results") == [[str(2 * CLAIMS)]]
        assert "is not there" in run("import", f"{base}?{query}", "-o", folder / "x.h5", code=1, JALKI_LIBPQ="/none.so")

        # An option's value is hidden behind its equals sign, too: of a model that is none, nobody learns who asked.
        assert "cannot open" in note(run("value", folder / "t.h5", f"--model={base}", "--manifest", folder / "m.json", code=1))
        for path in folder.iterdir():
            if path.name != "services":
                assert password.encode() not in path.read_bytes(), path
        assert not any(password in text or f"{user}:" in text for text in seen)
        print("PostgreSQL: a tape read, results written, the password nowhere")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    make(folder)
    check_sqlite(folder)
    check_odbc(folder)
    check_postgres(folder, postgres.skip_without_server())
