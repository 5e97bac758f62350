#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A result file read with plain h5py: every column says its unit and meaning, and agrees with the claims CSV; the cash
flow names its axes; the manifest says where it all comes from. Skips aloud without h5py."""
import csv
import json
import os
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as reason:
    print(f"SKIPPED: {reason} (package python3-h5py)")
    sys.exit(77)

program, source = os.environ["JALKI_PROGRAM"], os.environ["JALKI_SOURCE"]
MONEY = ("value q_close q_sell q_surveil q_amicable q_legal erc_gross erc_net gross_12m gross_60m attachable").split()


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def run(*arguments):
    subprocess.run([program, *arguments, "--quiet"], check=True, stdout=subprocess.DEVNULL)


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    run("generate", "-n", "2000", "-o", "t.csv", "--seed", "3")
    run("import", "t.csv", "-o", "t.h5", "--cutoff", "2026-06-30")
    run("value", "t.h5", "--model", f"{source}/models/nordic.yaml", "-o", "r.h5", "--claims", "c.csv", "--full",
        "--cashflow", "f.csv", "--json", "j.json", "--sell")
    with open("c.csv", newline="") as file:
        claims = list(csv.DictReader(file))
    with open("f.csv", newline="") as file:
        flow = list(csv.DictReader(file))
    totals = json.load(open("j.json"))
    with h5py.File("r.h5", "r") as file:
        result = file["result"]
        face = {"debtor_id", "country", "currency", "balance", "value_pct_of_face"}  # of the CSV alone: the tape has them
        assert set(result) | face == set(claims[0]), set(result) ^ set(claims[0])
        for name, column in result.items():
            assert column.shape == (2000,) and text(column.attrs["unit"]) and text(column.attrs["meaning"]), name
        for name in MONEY:
            assert text(result[name].attrs["unit"]) == "EUR", name
            expected = np.array([float(row[name]) if row[name] else np.nan for row in claims])
            np.testing.assert_allclose(result[name][:], expected, rtol=2e-8, atol=1e-12, err_msg=name)
        assert text(result["months_to_bar"].attrs["unit"]) == "months"
        expected = np.array([float(row["months_to_bar"]) if row["months_to_bar"] else np.nan for row in claims])
        np.testing.assert_allclose(result["months_to_bar"][:], expected, rtol=2e-8)
        assert [text(i) for i in result["claim_id"][:]] == [row["claim_id"] for row in claims]
        assert list(result["score"][:]) == [int(row["score"]) for row in claims]
        np.testing.assert_allclose(result["theta"][:], [float(row["theta"]) for row in claims], rtol=2e-8)
        for name in ("capacity_class", "paying", "decision", "reason"):
            names = {code: level for level, code in h5py.check_enum_dtype(result[name].dtype).items()}
            assert [names[code] for code in result[name][:]] == [row[name] for row in claims], name
        segments = [text(s) for s in file["dict/segment"][:]]
        assert [segments[i] for i in result["segment"][:]] == [row["segment"] for row in claims]
        assert segments == [segment["id"] for segment in totals["segments"]]

        cashflow = file["portfolio/cashflow"]
        assert cashflow.shape == (totals["horizon_months"], len(segments), 5)
        assert text(cashflow.attrs["unit"]) == "EUR" and text(cashflow.attrs["meaning"])
        assert [text(n) for n in cashflow.attrs["segment_names"]] == segments
        assert [text(n) for n in cashflow.attrs["flow_names"]] == ["gross", "instalments", "cost", "sale", "net"]
        rows = [row for row in flow if row["segment"] != "all"]
        expected = np.array([[float(row[k]) for k in ("gross", "instalments", "cost", "sale", "net")] for row in rows])
        np.testing.assert_allclose(cashflow[:].reshape(-1, 5), expected, rtol=1e-8, atol=1e-8)
        assert abs(cashflow[:, :, 4].sum() - totals["net"]) < 1e-6 * abs(totals["net"])

        manifest = json.loads(text(file.attrs["manifest"]))
        assert manifest == totals["manifest"] and manifest["options"] == {"sell": True}
        assert text(file.attrs["base_currency"]) == "EUR"
print("read by h5py: columns, cash flow and manifest explain themselves")
