#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the rules of the house that a compiler does not: who may include whom, file heads, lengths of files and folders.

Stages stand in the order of the data; a stage may include src/base, public headers, its own folder and the stages before
it. src/cli may include public headers, src/base and its own folder, and so may src/bindings, the modules of other languages, which
run commands by src/cli/host.h. Public headers include public headers and the C
library's stddef.h, stdint.h and stdbool.h only.
"""
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
STAGES = ["base", "duckdb", "database", "h5", "csv", "tape", "import", "draft", "generate", "inspect", "model", "law", "score", "terms", "plan",
          "price", "value", "deal", "explain", "decide", "scenario", "reprice", "checks", "simulate", "history", "fit", "backtest", "ladder",
          "programme", "xlsx", "sql", "exchange", "report", "audit", "batch"]
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
MAKES = re.compile(r"\b(mkdir|mkdirat|mkdtemp|mkostemp|mkstemp|creat|mkfifo|symlink|linkat|rename|renameat)\(|\bO_CREAT\b|"
                   r"\bfopen\([^;]*, \"[wa]")
MAKE_THEMSELVES = {"src/exchange/export_sqlite.c": "after jk_output_may_add", "src/cli/batch/cmd_replay.c": "in the folder of the replay"}
LONGEST_FILE = 500
LONGEST_TEST = 600
MOST_FILES = 24  # of a folder of sources
SYSTEM_IN_PUBLIC = {"stddef.h", "stdint.h", "stdbool.h"}


def tracked(*patterns):
    """Files that git tracks under the patterns and that exist."""
    out = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in out.split("\0") if name and (ROOT / name).exists()]


def include_errors(path):
    relative = path.relative_to(ROOT)
    public = relative.parts[0] == "include"
    for quote, name in INCLUDE.findall(path.read_text()):
        folder = name.split("/")[0]
        if public:
            if quote == "<" and name not in SYSTEM_IN_PUBLIC:
                yield f"{relative}: a public header includes <{name}>"
            if quote == '"' and folder != "jalki":
                yield f'{relative}: a public header includes "{name}"'
            continue
        if quote == "<" or folder == "jalki":
            continue
        own = relative.parts[1]
        if own in ("cli", "bindings"):
            if folder not in ("cli", "base"):
                yield f'{relative}: src/{own} includes "{name}"; it may use public headers and src/base only'
        elif own not in STAGES or folder not in STAGES:
            yield f'{relative}: "{name}" is not in a known stage (scripts/check_rules.py lists them)'
        elif STAGES.index(folder) > STAGES.index(own):
            yield f'{relative}: stage {own} includes "{name}" of a later stage'


def file_errors(path):
    relative = path.relative_to(ROOT)
    lines = path.read_text().splitlines()
    if "SPDX-License-Identifier: Apache-2.0" not in "\n".join(lines[:3]):
        yield f"{relative}: no SPDX line at its head"
    longest = LONGEST_TEST if relative.parts[0] == "tests" else LONGEST_FILE
    if len(lines) > longest:
        yield f"{relative}: {len(lines)} lines; split it by subject (at most {longest})"
    for number, line in enumerate(lines, 1):
        if relative.parts[0] == "src" and re.search(r"\bopen_memstream\(", line):
            yield f"{relative}:{number}: jk_text_open (base/text/text.h) says when memory has run out"
        if relative.parts[0] == "src" and relative.parts[1] != "base" and str(relative) not in MAKE_THEMSELVES and MAKES.search(line):
            yield f"{relative}:{number}: what stays is made by base/file/output.h, which knows where it may be (or belongs into MAKE_THEMSELVES)"
        if relative.parts[0] == "src" and relative.name != "sort.c" and re.search(r"\bqsort(_r)?\(", line):
            yield f"{relative}:{number}: jk_sort (base/number/sort.h) gives the same order with any C library and whatever memory there is"
        if re.search(r"\b(TO" r"DO|FIX" r"ME)\b", line):
            yield f"{relative}:{number}: unfinished work is not committed"


def marks_of_merges():
    """Lines that a merge left where nobody chose between them."""
    out = subprocess.run(["git", "grep", "-nIE", "^(<{7}|>{7}) "], cwd=ROOT, capture_output=True).stdout.decode()
    return [f"{line}: left by a merge" for line in out.splitlines()]


def room_errors():
    counts = collections.Counter(path.parent for path in tracked("src/*.[ch]"))
    for folder, count in sorted(counts.items()):
        if count > MOST_FILES:
            yield f"{folder.relative_to(ROOT)}: {count} files; a room of one subject has at most {MOST_FILES}"


def umbrella_errors():
    umbrella = ROOT / "include/jalki/jalki.h"
    included = {name for _, name in INCLUDE.findall(umbrella.read_text())}
    for path in tracked("include/jalki/*.h"):
        if path != umbrella and f"jalki/{path.name}" not in included:
            yield f"include/jalki/jalki.h: does not include jalki/{path.name}; it has everything public"


def main():
    errors = [*umbrella_errors(), *room_errors(), *marks_of_merges()]
    for path in tracked("src/*.[ch]", "include/*.h"):
        errors += include_errors(path)
        errors += file_errors(path)
    for path in tracked("tests/*.[ch]", "bench/*.[ch]", "bench/*.cc", "python/*.c"):
        errors += file_errors(path)
    print("\n".join(errors) if errors else "rules hold")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
