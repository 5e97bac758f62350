#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does a fit rank claims as well as gradient-boosted trees that see the same columns? Both learn from four fifths of the debtors and are
asked about the other fifth, five times over, so that each claim is ranked by what has not seen it. Not part of the tests: it says how good
the engine is, not whether it works.

The trees are XGBoost's, used through its library alone (libxgboost): Poisson likelihood of a row's cash over balance and months, 5 debtors
in 100 of those learned from held out to say when to stop. Columns are those of the panel, texts
as their level's share of the balance that came in among the rows learned from. Months at risk are a column, too: the trees may know time.

    scripts/boosted_baseline.py --program build/release/jalki --panel lc.h5 --model lc-base.yaml \\
        --columns interest_rate,balance_start,sub_grade,late_fees,months_on_book,area,period_months
"""
import argparse
import ctypes
import hashlib
import json
import pathlib
import subprocess
import tempfile

import h5py
import numpy

FOLDS = 5
PARAMETERS = {"objective": "count:poisson", "eta": "0.05", "max_depth": "4", "subsample": "0.7", "colsample_bytree": "0.8",
              "min_child_weight": "5", "nthread": "2", "seed": "1"}
ROUNDS, PATIENCE = 1500, 50


class Boosted:
    """One ensemble grown by XGBoost's library."""

    def __init__(self):
        self.library = ctypes.CDLL("libxgboost.so.0")
        self.library.XGBGetLastError.restype = ctypes.c_char_p
        self.booster = ctypes.c_void_p()

    def call(self, name, *arguments):
        if getattr(self.library, name)(*arguments) != 0:
            raise SystemExit(f"{name}: {self.library.XGBGetLastError().decode()}")

    def matrix(self, x, margin, y):
        handle = ctypes.c_void_p()
        data = numpy.ascontiguousarray(x, dtype=numpy.float32)
        self.call("XGDMatrixCreateFromMat", data.ctypes.data_as(ctypes.c_void_p), ctypes.c_uint64(data.shape[0]),
                  ctypes.c_uint64(data.shape[1]), ctypes.c_float(numpy.nan), ctypes.byref(handle))
        for field, values in (("label", y), ("base_margin", margin)):
            values = numpy.ascontiguousarray(values, dtype=numpy.float32)
            self.call("XGDMatrixSetFloatInfo", handle, field.encode(), values.ctypes.data_as(ctypes.c_void_p),
                      ctypes.c_uint64(len(values)))
        return handle

    def grow(self, learn, stop):
        handles = (ctypes.c_void_p * 2)(learn, stop)
        self.call("XGBoosterCreate", handles, ctypes.c_uint64(2), ctypes.byref(self.booster))
        for name, value in {**PARAMETERS, "eval_metric": "poisson-nloglik"}.items():
            self.call("XGBoosterSetParam", self.booster, name.encode(), value.encode())
        names = (ctypes.c_char_p * 2)(b"learn", b"stop")
        best, at = numpy.inf, 0
        for i in range(ROUNDS):
            self.call("XGBoosterUpdateOneIter", self.booster, i, learn)
            text = ctypes.c_char_p()
            self.call("XGBoosterEvalOneIter", self.booster, i, handles, names, ctypes.c_uint64(2), ctypes.byref(text))
            loss = float(text.value.decode().rsplit(":", 1)[1])
            if loss < best:
                best, at = loss, i
            elif i - at >= PATIENCE:
                break
        return at + 1

    def predict(self, matrix, rounds):
        length, result = ctypes.c_uint64(), ctypes.POINTER(ctypes.c_float)()
        self.call("XGBoosterPredict", self.booster, matrix, 0, ctypes.c_uint(rounds), 0, ctypes.byref(length), ctypes.byref(result))
        return numpy.ctypeslib.as_array(result, (length.value,)).astype(float)


def hundredth(key):
    return int(hashlib.sha256(key).hexdigest()[-8:], 16) % 100


def read(path, names):
    """The named columns of a panel (NaN for missing), claims, hundredths of the keys, balance, months, cash."""
    with h5py.File(path) as file:
        tape, columns, texts = file["tape"], [], []
        for name in names:
            at = tape[name] if name in tape else tape["extra/" + name]
            values = at[:]
            kind = values.dtype.kind
            text = f"dict/{name}" in file or f"dict/extra/{name}" in file
            out = values.astype(float)
            if kind == "i":
                out[values == numpy.iinfo(values.dtype).min] = numpy.nan
            texts.append(text)
            columns.append(out)
        claims = tape["claim_index"][:] if "claim_index" in tape else numpy.arange(len(columns[0]))
        keys = tape["debtor_id"][:] if "debtor_id" in tape else tape["claim_id"][:]
        keys = [k.rstrip(b"\0") if isinstance(k, bytes) else k for k in keys]
        return (numpy.column_stack(columns), texts, claims, numpy.array([hundredth(k) for k in keys]), tape["balance_start"][:] / 100.0,
                tape["period_months"][:].astype(float), tape["cash"][:] / 100.0)


def encode(x, texts, learn, share, weight):
    """Levels of texts as the mean share that came in among the rows learned from, drawn to that of all by twenty loans' worth."""
    out = x.copy()
    mean = (share * weight)[learn].sum() / weight[learn].sum()
    lean = 20.0 * weight[learn].mean()
    for c in numpy.flatnonzero(texts):
        for level in numpy.unique(x[:, c]):
            own = learn & (x[:, c] == level)
            out[x[:, c] == level, c] = ((share * weight)[own].sum() + lean * mean) / (weight[own].sum() + lean)
    return out


def gini(key, weight, cash):
    """2 x area under the curve of cash over weight, the largest key first, less 1; equal keys together."""
    order = numpy.argsort(-key, kind="stable")
    _, first = numpy.unique(-key[order], return_index=True)
    w = numpy.concatenate([[0.0], numpy.add.reduceat(weight[order], first).cumsum()]) / weight.sum()
    c = numpy.concatenate([[0.0], numpy.add.reduceat(cash[order], first).cumsum()]) / cash.sum()
    return float((numpy.diff(w) * (c[1:] + c[:-1])).sum() - 1.0)


def by_claim(claims, *columns):
    _, at = numpy.unique(claims, return_inverse=True)
    return [numpy.bincount(at, column) for column in columns]


def boosted(x, texts, hundredths, balance, months, cash, low, high):
    """Expected cash of the rows of a fold by trees that have seen the others."""
    test = (hundredths >= low) & (hundredths < high)
    stop = ~test & (hundredths % 20 == 7)
    learn = ~test & ~stop
    exposure = balance * months
    features = encode(x, texts, learn, cash / balance, balance)
    level = numpy.log(cash[learn].sum() / exposure[learn].sum())
    scale = (cash[learn] ** 2).sum() / cash[learn].sum()  # the size of a payment: a leaf's weight is payments, not euros
    model = Boosted()
    margin = numpy.log(exposure / scale) + level
    parts = {name: model.matrix(features[rows], margin[rows], cash[rows] / scale) for name, rows in
             (("learn", learn), ("stop", stop), ("test", test))}
    rounds = model.grow(parts["learn"], parts["stop"])
    return test, model.predict(parts["test"], rounds) * scale, rounds


def engine(options, folder, low, high):
    def run(*arguments):
        done = subprocess.run([options.program, *map(str, arguments), "--quiet"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(map(str, arguments))}: {done.stderr}")
    fitted = options.model.parent / f"baseline-{low}.yaml"
    run("fit", options.panel, "--model", options.model, "-o", fitted, "--split", f"{high % 100}-{low if low > 0 else 100}", *options.fit)
    run("backtest", options.panel, "--model", fitted, "--split", f"{low}-{high}", "--json", folder / "b.json")
    fitted.unlink()
    (fitted.parent / f"baseline-{low}.covariance.json").unlink()
    return json.loads((folder / "b.json").read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default="build/release/jalki")
    parser.add_argument("--panel", type=pathlib.Path, required=True)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--columns", type=lambda text: text.split(","), required=True)
    parser.add_argument("--fit", nargs="*", default=[], help="options of fit, without their dashes: auto-bins smooth")
    options = parser.parse_args()
    options.fit = ["--" + name for name in options.fit]
    x, texts, claims, hundredths, balance, months, cash = read(options.panel, options.columns)
    print(f"{'debtors':>8} {'Gini of claims by share':>24} {'trees':>8} {'months alone':>13} {'best':>6} {'A/E':>7} {'interval':>15}")
    sums = numpy.zeros(4)
    with tempfile.TemporaryDirectory() as name:
        for fold in range(FOLDS):
            low, high = 100 * fold // FOLDS, 100 * (fold + 1) // FOLDS
            test, expected, rounds = boosted(x, texts, hundredths, balance, months, cash, low, high)
            got = engine(options, pathlib.Path(name), low, high)
            c, e = by_claim(claims[test], cash[test], expected)
            first = numpy.unique(claims[test], return_index=True)[1]
            b = balance[test][first]
            found = got["by_claim"]
            trees = gini(e / b, b, c)
            sums += [found["gini_share"], trees, found["gini_time"], found["gini_best"]]
            print(f"{low:>4}-{high:<3} {found['gini_share']:>24.3f} {trees:>8.3f} {found['gini_time']:>13.3f} {found['gini_best']:>6.3f} "
                  f"{got['ratio']:>7.3f} {got['ratio_interval'][0]:>7.3f}-{got['ratio_interval'][1]:<7.3f} ({rounds} trees)")
    print(f"{'mean':>8} {sums[0] / FOLDS:>24.3f} {sums[1] / FOLDS:>8.3f} {sums[2] / FOLDS:>13.3f} {sums[3] / FOLDS:>6.3f}")


if __name__ == "__main__":
    main()
