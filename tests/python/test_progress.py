# SPDX-License-Identifier: Apache-2.0
"""The progress line: on a terminal only, with a rate that can be, and gone when the work is done."""

import os
import pty
import re
import subprocess
import sys
import tempfile

PROGRAM = os.environ["JALKI_PROGRAM"]


def on_terminal(folder, *arguments):
    """stderr of a run as a terminal gets it."""
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        print(f"SKIPPED: no terminal can be made here ({error})")
        sys.exit(77)
    done = subprocess.Popen([PROGRAM, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    text = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        text += piece
    os.close(ours)
    assert done.wait() == 0, text
    return text.decode()


def check(text):
    """A quick machine may show nothing at all; what is shown must be right."""
    for rate in re.findall(r"(\S+) a second", text):
        assert float(rate) < 1e9, text
    assert re.sub(r"^.*\r\x1b\[K", "", text, flags=re.S).strip() == "", f"a line stays on the screen: {text!r}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([PROGRAM, "generate", "-n", "120000", "-o", "t.csv.gz", "--quiet"], cwd=folder, check=True)
        check(on_terminal(folder, "import", "t.csv.gz", "-o", "t.h5", "--threads", "1", "--compress", "9"))
        piped = subprocess.run([PROGRAM, "import", "t.csv.gz", "-o", "t.h5"], cwd=folder, check=True, capture_output=True)
        assert piped.stderr == b"", piped.stderr
    print("passed")


main()
