# SPDX-License-Identifier: Apache-2.0
"""The peak memory of a run is what --explain-memory says before it, within 10 %: value_memory.py COMMAND..."""
import os
import re
import subprocess
import sys

with open(sys.argv[1], "rb") as file:
    if b"__asan_init" in file.read():
        print("skipped: memory is not the program's own under a sanitizer")
        sys.exit(0)
process = subprocess.Popen(sys.argv[1:] + ["--explain-memory"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
said_text = process.stderr.read()
_, status, usage = os.wait4(process.pid, 0)
assert status == 0, said_text
said = float(re.search(r"memory: ([0-9.]+) MB", said_text).group(1))
peak = usage.ru_maxrss / 1024
print(f"said {said:.1f} MB, peak {peak:.1f} MB")
assert abs(peak / said - 1) < 0.1, said_text
