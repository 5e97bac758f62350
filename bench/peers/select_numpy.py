#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The first 100,000 of N by a key with NumPy: argpartition, then a sort of what it found with the ties rule (what ties with the
last one is left to chance, as argpartition does).     select_numpy.py [N]"""
import json
import sys
import time

import numpy as np

rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
random = np.random.default_rng(1)
u = random.random(rows)
key = np.where(u < 0.2, 0, 10 / (1.001 - u)).astype(np.float32)
balance = random.random(rows) * 4000
best = 1e9
for _ in range(3):
    started = time.perf_counter()
    first = np.argpartition(-key, 100_000)[:100_000]
    first = first[np.lexsort((first, -balance[first], -key[first]))]
    best = min(best, time.perf_counter() - started)
print(json.dumps({"program": "NumPy argpartition", "threads": 1, "claims": rows, "seconds": round(best, 6)}))
