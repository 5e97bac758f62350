#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Python package: figures are the program's to the bit, columns those of the file as h5py reads it, errors have their
place, Ctrl-C stops a run, docs/python.md does what it says, and the package installs as a wheel and as editable."""
import ast
import csv
import ctypes
import datetime
import doctest
import importlib.util
import json
import os
import pathlib
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings

BUILD = pathlib.Path(os.environ["JALKI_BUILD"])
SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
PROGRAM = os.environ["JALKI_PROGRAM"]
if not (BUILD / "python/jalki/_jalki.abi3.so").exists():
    print("skipped: the package is not built (python3-dev is not there, or the build has sanitizers)")
    sys.exit(77)
sys.path.insert(0, str(BUILD / "python"))
import jalki  # noqa: E402
from jalki import _commands, _stubs  # noqa: E402

MODEL = SOURCE / "models/nordic.yaml"
try:
    import numpy
except ImportError:
    numpy = None
try:
    import pandas
except ImportError:
    pandas = None


def program(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def raises(kind, call):
    try:
        call()
    except kind as problem:
        return problem
    raise AssertionError(f"{kind.__name__} was expected")


def without_paths(data):
    """A document without what says how it was asked for."""
    return {key: value for key, value in data.items() if key != "manifest"}


def check_figures(tape):
    """Every kind of option, and the same document as the program prints, digit for digit."""
    runs = [
        ("value", dict(irr=0.12, sell=True, cutoff=tape.cutoff), ["--irr", "0.12", "--sell", "--cutoff", tape.cutoff]),
        ("price", dict(irr=[0.1, 0.15], floor={"payback": 48}, asked=90000.5),
         ["--irr", "0.1,0.15", "--floor", "payback=48", "--asked", "90000.5"]),
        ("decide", dict(court_budget=500, max=["legal@FI=3"]), ["--court-budget", "500", "--max", "legal@FI=3"]),
        ("scenario", dict(scenarios=SOURCE / "data/scenarios/nordic.yaml", set={"irr": 0.2}),
         ["--scenarios", SOURCE / "data/scenarios/nordic.yaml", "--set", "irr=0.2"]),
        ("simulate", dict(paths=100, seed=7), ["--paths", "100", "--seed", "7"]),
        ("worklist", dict(top=3, treatment="amicable"), ["--top", "3", "--treatment", "amicable"]),
    ]
    for command, named, options in runs:
        result = getattr(jalki, command)(tape, model=MODEL, **named)
        text = program(command, tape.path, "--model", MODEL, *options, "--format", "json")
        assert without_paths(result.data) == without_paths(json.loads(text)), command
    assert tape.value(model=jalki.Model(MODEL)).data == jalki.value(tape.path, model=str(MODEL)).data
    claim = tape["claim_id"].to_list()[5]
    assert tape.explain(model=MODEL, claim=claim)["claim_id"] == claim
    assert jalki.inspect(tape)["claims"] == tape.rows
    # What is needed of a tape is not needed without one.
    alone = json.loads(program("bid", "--value", "1e6", "--rivals", "3", "--spread", "0.2", "--format=json"))
    assert jalki.bid(value=1e6, rivals=3, spread=0.2)["steps"] == alone["steps"]
    try:
        jalki.bid(tape, rivals=3, spread=0.2)
        raise AssertionError("a tape is bid for without a model")
    except jalki.UsageError as error:
        assert "--model" in str(error), error


def check_model(tape):
    model = jalki.Model(MODEL)
    changed = model.with_(irr=0.12).with_({"segments[rest-finance].cost.hour": 31.5})
    assert model.changes == () and "irr=0.12" in repr(changed)
    text = program("value", tape.path, "-m", MODEL, "--set", "irr=0.12", "--set", "segments[rest-finance].cost.hour=31.5",
                   "--format=json")
    result = tape.value(model=changed)
    assert result.bid == json.loads(text)["bid"] and result.irr == 0.12
    assert tape.value(model=model, irr=0.12).value == tape.value(model=model.with_(irr=0.12)).value
    assert result.manifest["model_sha256"] != tape.value(model=model).manifest["model_sha256"]


def check_columns(tape, folder):
    import h5py

    file = h5py.File(tape.path)["tape"]
    assert len(tape) >= 30 and tape.kind == "tape" and tape.cutoff == datetime.date(2026, 6, 30)
    for name, column in tape.items():
        stored = file[name][:]
        view = memoryview(column.buffer)
        assert view.readonly and len(view) == tape.rows == len(column) and column.meaning, name
        assert bytes(view) == stored.tobytes(), name
        array = column.to_numpy()
        assert array.tobytes() == stored.tobytes() and not array.flags.writeable and not array.flags.owndata, name
        assert numpy.shares_memory(array, column.to_numpy()), name
    raises(TypeError, lambda: memoryview(tape["principal"].buffer).__setitem__(0, 1))
    assert "principal" in str(raises(KeyError, lambda: tape["princpal"]))
    result = tape.value(model=MODEL, per_claim=True, output=folder / "r.h5", claims=folder / "c.csv", full=True)
    stored = h5py.File(folder / "r.h5")["result"]
    face = {"debtor_id", "country", "currency", "balance", "value_pct_of_face"}
    assert set(result.per_claim) == set(stored) | face
    for name in set(result.per_claim) - face:
        column = result.per_claim[name]
        assert column.to_numpy().tobytes() == stored[name][:].tobytes(), name
    rows = list(csv.DictReader(open(folder / "c.csv")))
    for name in ("debtor_id", "country", "currency"):
        assert result.per_claim[name].to_list() == [row[name] for row in rows], name
    numpy.testing.assert_allclose(result.per_claim["balance"].to_numpy(), [float(row["balance"]) for row in rows], rtol=1e-8)
    assert [row["decision"] for row in rows] == result.per_claim["decision"].to_list()
    assert [row["segment"] for row in rows] == result.per_claim["segment"].to_list()
    assert [row["claim_id"] for row in rows] == result.per_claim["claim_id"].to_list() == tape["claim_id"].to_list()
    buffer = result.per_claim["value"].to_numpy()
    total = float(buffer.astype("float64").sum())
    del result
    assert float(buffer.astype("float64").sum()) == total  # the memory lasts as long as who looks at it
    raises(AttributeError, lambda: tape.value(model=MODEL).per_claim)


class Schema(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


Schema._fields_ = [("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_char_p), ("flags", ctypes.c_int64),
                   ("n_children", ctypes.c_int64), ("children", ctypes.POINTER(ctypes.POINTER(Schema))),
                   ("dictionary", ctypes.POINTER(Schema)), ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(Schema))),
                   ("private", ctypes.c_void_p)]
Array._fields_ = [("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64), ("n_buffers", ctypes.c_int64),
                  ("n_children", ctypes.c_int64), ("buffers", ctypes.POINTER(ctypes.c_void_p)),
                  ("children", ctypes.POINTER(ctypes.POINTER(Array))), ("dictionary", ctypes.POINTER(Array)),
                  ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(Array))), ("private", ctypes.c_void_p)]


class Stream(ctypes.Structure):
    _fields_ = [("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Schema))),
                ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Array)))]


def check_arrow(columns):
    """The stream of Arrow, read by the letter of its specification: names, formats, and the bytes of its buffers."""
    pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
    pointer_of.restype, pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    capsule = columns.__arrow_c_stream__()
    at = pointer_of(capsule, b"arrow_array_stream")
    stream, schema, batch = Stream.from_address(at), Schema(), Array()
    assert stream.get_schema(at, schema) == 0 and schema.format == b"+s" and schema.n_children == len(columns)
    assert stream.get_next(at, batch) == 0 and batch.length == len(next(iter(columns.values()))) and batch.n_children == len(columns)
    for c, (name, column) in enumerate(columns.items()):
        child, array, expected = schema.children[c].contents, batch.children[c].contents, column.to_list()
        assert child.name.decode() == name and array.null_count == expected.count(None), (name, array.null_count)
        if array.null_count > 0:
            bits = numpy.unpackbits(numpy.frombuffer(ctypes.string_at(array.buffers[0], (array.length + 7) // 8), numpy.uint8), bitorder="little")
            assert [bool(bit) for bit in bits[:array.length]] == [value is not None for value in expected], name
        if child.format == b"u":
            offsets = numpy.frombuffer(ctypes.string_at(array.buffers[1], 4 * (array.length + 1)), numpy.int32)
            texts = ctypes.string_at(array.buffers[2], int(offsets[-1]))
            assert [texts[a:b].decode() or None for a, b in zip(offsets, offsets[1:])] == expected, name
        elif child.format == b"d:18,2":
            wide = numpy.frombuffer(ctypes.string_at(array.buffers[1], 16 * array.length), numpy.int64)
            assert wide[::2].tobytes() == column.to_numpy().tobytes(), name
        else:
            stored = column.to_numpy()
            assert ctypes.string_at(array.buffers[1], stored.nbytes) == stored.tobytes(), name
            assert (child.format in (b"c", b"S", b"i") and bool(child.dictionary)) == (column.words is not None), name
    batch.release(batch)
    schema.release(schema)
    assert stream.get_next(at, batch) == 0 and not batch.release  # the end


def check_pandas(tape):
    frame = tape.to_pandas("claim_id", "principal", "title_on", "legal_status", "birth_year", "country")
    assert len(frame) == tape.rows
    for name in frame:
        for one, other in zip(frame[name].tolist(), tape[name].to_list()):
            missing = other is None and pandas.isna(one)
            assert missing or (one.date() if name == "title_on" else one) == other, (name, one, other)
    result = tape.value(model=MODEL, per_claim=True)
    assert result.tables() == ["years", "reasons", "decisions", "segments", "countries", "payers_by_epoch", "rows"]
    assert result.to_pandas("decisions")["name"].tolist() == list(result.decisions)
    assert result.to_pandas("segments")["value"].tolist() == [row["value"] for row in result["segments"]]
    claims = result.per_claim.to_pandas()
    assert claims.groupby("decision", observed=True).size().sum() == tape.rows
    assert "no table" in str(raises(KeyError, lambda: result.to_pandas("none")))


def check_errors(tape, folder):
    bad = folder / "bad.yaml"
    bad.write_text((SOURCE / "tests/model/example.yaml").read_text().replace("irr: 0.15", "irr: nothing"))
    problem = raises(jalki.Error, lambda: tape.value(model=bad))
    line = bad.read_text().splitlines().index("irr: nothing") + 1
    assert (problem.file, problem.line, problem.key) == (str(bad), line, "irr") and problem.status, vars(problem)
    assert str(problem) == f"{bad}:{line}: irr: {problem.message}" and pickle.loads(pickle.dumps(problem)).line == line
    assert raises(jalki.Error, lambda: jalki.open(folder / "none.h5")).file == str(folder / "none.h5")
    assert "irr" in str(raises(jalki.UsageError, lambda: tape.value(model=MODEL, irr=-3)))
    raises(jalki.UsageError, lambda: tape.worklist(model=MODEL, treatment="nothing"))
    raises(TypeError, lambda: tape.value(model=MODEL, retrun=0.1))
    raises(TypeError, lambda: tape.value())
    raises(jalki.Error, lambda: tape.value(model=MODEL, output=tape.path))  # an input is not replaced
    raises(TypeError, lambda: jalki._jalki.run([3], None, False))
    assert "KEY" in str(raises(jalki.Error, lambda: tape.value(model=jalki.Model(MODEL, ["irr"]))))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        tape.worklist(model=MODEL, irr=15)
    assert any(issubclass(note.category, jalki.Note) and "1500" in str(note.message) for note in told), told


def check_running(tape):
    """Ctrl-C, progress, other threads meanwhile, and signals as Python had them."""
    before = signal.getsignal(signal.SIGINT)
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    started = time.monotonic()
    raises(KeyboardInterrupt, lambda: tape.simulate(model=MODEL, paths=1_000_000))
    assert signal.getsignal(signal.SIGINT) is before and time.monotonic() - started < 60
    seen = []

    class Enough(Exception):
        pass

    def progress(stage, done, total):
        seen.append((stage, done, total))
        raise Enough

    raises(Enough, lambda: tape.simulate(model=MODEL, paths=1_000_000, progress=progress))
    stage, done, total = seen[-1]
    assert len(seen) == 1 and stage and 0 <= done <= total
    results = []
    workers = [threading.Thread(target=lambda: results.append(tape.value(model=MODEL).bid)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(results) == 3 and len(set(results)) == 1


def check_description():
    """Types, words and signatures are those of the program's tables."""
    text = _stubs.stubs()
    if os.environ.get("JALKI_WRITE_DOCS"):
        (SOURCE / "python/jalki/__init__.pyi").write_text(text)
    assert (SOURCE / "python/jalki/__init__.pyi").read_text() == text, "__init__.pyi is not what the tables say: run with JALKI_WRITE_DOCS=1"
    names = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    assert names == set(_commands.FUNCTIONS) | {"run"}
    for name, function in _commands.FUNCTIONS.items():
        assert function.__doc__ and function.__name__ == name and getattr(jalki, name) is function
    assert "Required yearly return, 0.15 is 15 %" in jalki.value.__doc__ and "import_" in jalki.__all__


def check_page(folder):
    """docs/python.md, run from top to bottom."""
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    where = os.getcwd()
    os.chdir(folder)
    for name in ("data", "models"):
        os.symlink(SOURCE / name, folder / name)
    page = (SOURCE / "docs/python.md").read_text().replace("```python", "").replace("```", "")  # no part of what is expected
    examples = doctest.DocTestParser().get_doctest(page, {}, "python.md", str(SOURCE / "docs/python.md"), 0)
    failed, tried = doctest.DocTestRunner(optionflags=options).run(examples)
    os.chdir(where)
    assert failed == 0 and tried > 20, (failed, tried)


def check_installed(folder):
    """As a wheel and as editable, with Debian's setuptools and without a network."""


    copy = folder / "source"
    shutil.copytree(SOURCE / "python", copy / "python", ignore=shutil.ignore_patterns("*.so", "build", "*.egg-info"))
    shutil.copy(SOURCE / "CMakeLists.txt", copy)
    for name, options in (("wheel", []), ("editable", ["-e"])):
        target = folder / name
        done = subprocess.run([sys.executable, "-m", "pip", "install", "--no-index", "--no-build-isolation", "--no-deps", "--quiet",
                               "--disable-pip-version-check", "--no-warn-script-location", "--prefix", str(target), *options,
                               str(copy / "python")], capture_output=True, text=True, env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"})
        assert done.returncode == 0, done.stderr[-2000:]
        sites = sorted(target.rglob("site-packages")) + sorted(target.rglob("dist-packages"))
        code = f"import site; site.addsitedir({str(sites[0])!r}); import jalki; print(jalki.__file__, jalki.open)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder)
        assert done.returncode == 0, done.stderr
        place = pathlib.Path(done.stdout.split()[0])
        assert (copy if name == "editable" else target) in place.parents, done.stdout
        installed = [path.name for path in place.parent.iterdir()]
        assert "_jalki.abi3.so" in installed and "__init__.pyi" in installed and "py.typed" in installed, installed


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program("generate", "-n", "1500", "--seed", "3", "-o", folder / "t.h5", "--quiet")
        tape = jalki.open(folder / "t.h5")
        check_figures(tape)
        check_model(tape)
        check_errors(tape, folder)
        check_running(tape)
        check_description()
        if numpy is not None:
            check_columns(tape, folder)
            check_arrow(tape)
            check_arrow(tape.value(model=MODEL, per_claim=True).per_claim)
        if pandas is not None:
            check_pandas(tape)
            (folder / "page").mkdir()
            check_page(folder / "page")
        else:
            print("without pandas: tables of pandas and docs/python.md are not tried")
        if all(importlib.util.find_spec(name) for name in ("pip", "setuptools", "wheel")):
            check_installed(folder)
        else:
            print("without python3-pip, python3-setuptools, python3-wheel: installing is not tried")


if __name__ == "__main__":
    main()
