# SPDX-License-Identifier: Apache-2.0
"""A tape made by the program, read with plain h5py: names, types, units, missing values and dictionaries explain
themselves. Needs `jalki import`; skips aloud without h5py."""
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

program = os.environ["JALKI_PROGRAM"]
help_text = subprocess.run([program, "help"], capture_output=True, text=True).stdout
if "\n  import " not in help_text:
    print("SKIPPED: this build has no import command")
    sys.exit(77)

TAPE = """claim_id,debtor_id,country,debtor_type,product,currency,written_off_on,principal,fees,interest_rate,legal_status
A1,D1,FI,consumer,credit_card,EUR,2020-02-29,1234.56,,0.095,title
B22,D2,SE,business,invoice,SEK,2021-12-31,99.99,5.00,,
A3,D1,FI,,,EUR,2019-01-01,10,,0,enforcement_insolvent
"""

with tempfile.TemporaryDirectory() as folder:
    source, store = os.path.join(folder, "t.csv"), os.path.join(folder, "t.h5")
    with open(source, "w") as file:
        file.write(TAPE)
    subprocess.run([program, "import", source, "-o", store, "--cutoff", "2025-12-31", "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    with h5py.File(store, "r") as file:
        assert file.attrs["jalki_format"] == b"tape 1" or file.attrs["jalki_format"] == "tape 1"
        assert file.attrs["rows"] == 3 and file.attrs["debtors"] == 2
        tape = file["tape"]
        for name, column in tape.items():
            assert column.shape == (3,), name
            for attribute in ("meaning", "unit", "missing_value"):
                assert attribute in column.attrs, (name, attribute)
        assert list(tape["claim_id"][:]) == [b"A1", b"B22", b"A3"]
        assert list(tape["debtor_index"][:]) == [0, 1, 0]
        assert list(tape["principal"][:]) == [123456, 9999, 1000]
        assert tape["principal"].dtype == np.int64
        fees = tape["fees"]
        assert list(fees[:] == fees.attrs["missing_value"]) == [True, False, True] and fees[1] == 500
        countries = file[tape["country"].attrs["dictionary"]][:]
        assert [countries[i] for i in tape["country"][:]] == [b"FI", b"SE", b"FI"]
        levels = h5py.check_enum_dtype(tape["legal_status"].dtype)
        assert levels["missing"] == -1 and tape["legal_status"][1] == -1
        assert tape["legal_status"][0] == levels["title"]
        assert np.datetime64("1970-01-01") + np.timedelta64(int(tape["written_off_on"][0]), "D") == np.datetime64(
            "2020-02-29")
        assert np.isnan(tape["interest_rate"][1]) and tape["interest_rate"][0] == 0.095
        assert "birth_year" not in tape
print("read by h5py: all columns explain themselves")
