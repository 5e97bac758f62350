#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Small faults to put into C files, one at a time.

    mutants.py list FOLDER COUNT SEED     COUNT faults drawn from the folder's .c files: FILE LINE COLUMN OLD NEW, tabs between
    mutants.py apply FILE LINE COLUMN OLD NEW

A fault changes one comparison, sign, connective, number or result, in code (not in comments, strings, preprocessor lines or
asserts).
"""
import pathlib
import random
import re
import sys

SWAPS = {
    "<": ["<=", ">="], "<=": ["<"], ">": [">=", "<="], ">=": [">"], "==": ["!="], "!=": ["=="],
    "&&": ["||"], "||": ["&&"], " + ": [" - "], " - ": [" + "], " * ": [" / "], " / ": [" * "], "+=": ["-="], "-=": ["+="],
    "true": ["false"], "false": ["true"], "0.0": ["1.0"], "1.0": ["0.0", "2.0"], "continue;": ["break;"], "++": ["--"],
}
TOKEN = re.compile(r"&&|\|\||<=|>=|==|!=|\+=|-=|\+\+| \+ | - | \* | / |->|<<|>>|[<>]|\btrue\b|\bfalse\b|\b0\.0\b|\b1\.0\b|\bcontinue;")


def blank(text):
    """The text with comments, strings and characters made of spaces, and lines kept."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def faults_of(path):
    for number, line in enumerate(blank(path.read_text()).split("\n"), 1):
        if line.lstrip().startswith("#") or "assert" in line:
            continue
        for match in TOKEN.finditer(line):
            for new in SWAPS.get(match.group(), []):
                yield str(path), number, match.start(), match.group(), new


def main():
    if sys.argv[1] == "list":
        folder, count, seed = pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
        faults = [fault for path in sorted(folder.rglob("*.c")) for fault in faults_of(path)]
        for fault in sorted(random.Random(seed).sample(faults, min(count, len(faults)))):
            print("\t".join(map(str, fault)))
        return
    path, line, column, old, new = pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5], sys.argv[6]
    lines = path.read_text().split("\n")
    text = lines[line - 1]
    if text[column:column + len(old)] != old:
        sys.exit(f"{path}:{line}: expected '{old}' at column {column}")
    lines[line - 1] = text[:column] + new + text[column + len(old):]
    path.write_text("\n".join(lines))


if __name__ == "__main__":
    main()
