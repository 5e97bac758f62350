# SPDX-License-Identifier: Apache-2.0
"""The session in README.md is real: its commands are run, and every line that it shows must come in the output, in that order;
a line of dots stands for lines left out. Links to files of the project must lead somewhere."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
PROGRAM = os.environ["JALKI_PROGRAM"]
DOTS = "…"


def steps(readme):
    """(command, shown lines) of the fenced session."""
    session = re.search(r"^```\n(\$ .*?)^```", readme, re.MULTILINE | re.DOTALL).group(1)
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, *shown = part.rstrip("\n").split("\n")
        yield command, shown


def check(command, shown, output):
    """Shown lines between dots must follow each other in the output."""
    lines = [line.rstrip() for line in output.split("\n")]
    place, loose = 0, False
    for text in (line.rstrip() for line in shown):
        if text == DOTS:
            loose = True
            continue
        if loose:
            try:
                place = lines.index(text, place)
            except ValueError:
                raise AssertionError(f"$ {command}\nnot in the output any more: {text!r}\n{output}") from None
        assert place < len(lines) and lines[place] == text, f"$ {command}\nshown: {text!r}\nis:    {lines[place:place + 1]}"
        place, loose = place + 1, False


readme = (SOURCE / "README.md").read_text()
with tempfile.TemporaryDirectory() as folder:
    for name in ("data", "models"):
        os.symlink(SOURCE / name, pathlib.Path(folder) / name)
    count = 0
    for command, shown in steps(readme):
        done = subprocess.run(["bash", "-c", command.replace("$J", PROGRAM)], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, (command, done.stderr)
        check(command, shown, done.stdout)
        count += 1
assert count >= 5, count
for page in [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]:
    for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / link).exists(), f"{page.name}: {link} leads nowhere"
print(f"{count} commands of README.md give what it shows")
sys.exit(0)
