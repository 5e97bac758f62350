# SPDX-License-Identifier: Apache-2.0
"""Long differential runs: JALKI_PROGRAM=build/release/jalki /usr/bin/python3 tests/reference/run.py --seeds 0:500

Prints the worst cell of each column and the first failures; a failing case is left in --keep for a look at it.
"""

import argparse
import os
import shutil
import sys
import tempfile
import traceback

import compare
import differential


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0:50", help="A:B, from A to before B")
    parser.add_argument("--claims", type=int, default=30, help="claims per case")
    parser.add_argument("--keep", help="folder for failing cases")
    options = parser.parse_args()
    first, last = map(int, options.seeds.split(":"))
    total, failed = compare.Comparison(), []
    for seed in range(first, last):
        folder = tempfile.mkdtemp(prefix="jalki-reference-")
        try:
            case = differential.run_case(seed, folder, options.claims)
        except Exception:  # a crash of the case is a failure of the case
            case = compare.Comparison()
            case.failures.append(f"seed {seed}: {traceback.format_exc(limit=-1)}")
        total.add(case)
        if case.failures:
            failed.append(seed)
            print(f"seed {seed}: {len(case.failures)} failures")
            print("\n".join("  " + line for line in case.failures[:6]), flush=True)
            if options.keep:
                shutil.copytree(folder, os.path.join(options.keep, str(seed)), dirs_exist_ok=True)
        shutil.rmtree(folder)
    print(total.table())
    print(f"{last - first} cases, {len(failed)} failed: {failed}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
