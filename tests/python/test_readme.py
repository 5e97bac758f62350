# SPDX-License-Identifier: Apache-2.0
"""The sessions in README.md, docs/tutorial.md and docs/agency-year.md are real: their commands are run in order, in one folder for each page, and every
line that they show must come in the output, in that order; a line of dots stands for lines left out. Every number that the text of
the tutorial names must be one that its commands printed or were given, or stand in a file that they were given. Links to files of
the project must lead somewhere."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
PROGRAM = os.environ["JALKI_PROGRAM"]
DOTS = "…"
NUMBER = re.compile(r"\d(?:[\d,.:-]*\d)?")
SESSION = re.compile(r"^```\n(\$ .*?)^```\n", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```\n", re.MULTILINE | re.DOTALL)


def steps(page):
    """(command, shown lines) of the fenced sessions, in order. A command goes on after a backslash."""
    for session in SESSION.findall(page):
        for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
            lines = part.rstrip("\n").split("\n")
            length = 1 + next(i for i, line in enumerate(lines) if not line.endswith("\\"))
            yield "\n".join(lines[:length]), lines[length:]


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


def run(path):
    """Runs a page's commands and checks what it shows; returns how many there were, and all that they printed or were given."""
    page, known = path.read_text(), []
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("data", "models"):
            os.symlink(SOURCE / name, pathlib.Path(folder) / name)
        for command, shown in steps(page):
            done = subprocess.run(["bash", "-c", command.replace("$J", PROGRAM)], cwd=folder, capture_output=True, text=True)
            assert done.returncode == 0, (command, done.stderr)
            check(command, shown, done.stdout)
            known += [command, done.stdout, done.stderr]
            known += [file.read_text() for word in command.split() if word.endswith(".yaml") and (file := pathlib.Path(folder) / word).exists()]
            count += 1
    return count, "\n".join(known)


def plain(number):
    """1,500 and 1500.00 are the same; a date is itself."""
    try:
        return float(number.replace(",", ""))
    except ValueError:
        return number


def check_numbers(path, known):
    """Numbers of the text must be known."""
    text = re.sub(r"\]\([^)]*\)", "]", FENCED.sub("", path.read_text()))
    numbers = {plain(number) for number in NUMBER.findall(known)}
    named = NUMBER.findall(text)
    strange = [number for number in named if plain(number) not in numbers]
    assert not strange, f"{path.name} names numbers that none of its commands printed: {strange}"
    return len(named)


count, _ = run(SOURCE / "README.md")
assert count >= 5, count
print(f"{count} commands of README.md give what it shows")
count, printed = run(SOURCE / "docs/tutorial.md")
assert count >= 10, count
numbers = check_numbers(SOURCE / "docs/tutorial.md", printed)
print(f"{count} commands of docs/tutorial.md give what it shows, and the {numbers} numbers of its text")
count, printed = run(SOURCE / "docs/agency-year.md")
assert count >= 7, count
numbers = check_numbers(SOURCE / "docs/agency-year.md", printed)
print(f"{count} commands of docs/agency-year.md give what it shows, and the {numbers} numbers of its text")
for page in [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]:
    for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / link).exists(), f"{page.name}: {link} leads nowhere"
sys.exit(0)
