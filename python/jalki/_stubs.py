# SPDX-License-Identifier: Apache-2.0
"""Prints __init__.pyi, the types of the package: `python3 -m jalki._stubs > python/jalki/__init__.pyi`. Types of the
commands' functions come from the program's tables, so that an editor knows every option."""
from ._commands import KINDS, OWN, python_name, tables

HEAD = '''# SPDX-License-Identifier: Apache-2.0
# Made from the program's tables of options by `python3 -m jalki._stubs`; tests/python/test_package.py compares.
import datetime
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

Path = str | os.PathLike[str]
Text = str | float | Sequence[str | float] | Mapping[str, str | float]
Progress = bool | Callable[[str, int, int], object]

class Column:
    name: str
    type: str
    unit: str
    meaning: str
    words: tuple[str, ...] | None
    missing: int | None
    buffer: Any
    def __len__(self) -> int: ...
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any: ...
    def to_numpy(self) -> Any: ...
    def to_list(self) -> list[Any]: ...
    def to_pandas(self) -> Any: ...

class Columns(Mapping[str, Column]):
    def __getitem__(self, name: str) -> Column: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...
    def to_pandas(self, *names: str) -> Any: ...

class Error(Exception):
    status: str
    file: str | None
    line: int
    key: str | None
    message: str

class UsageError(ValueError): ...
class Note(UserWarning): ...

class Model:
    path: str
    changes: tuple[str, ...]
    def __init__(self, path: Path, changes: Sequence[str] = ()) -> None: ...
    def with_(self, changes: Mapping[str, Any] | None = None, **named: Any) -> Model: ...

class Result:
    command: str
    text: str
    notes: list[str]
    data: Any
    per_claim: Columns
    def __getitem__(self, key: str) -> Any: ...
    def __getattr__(self, name: str) -> Any: ...
    def keys(self) -> list[str]: ...
    def tables(self) -> list[str]: ...
    def to_pandas(self, table: str | None = None) -> Any: ...

class Tape(Columns):
    path: str
    kind: Literal["tape", "panel"]
    rows: int
    claims: int
    debtors: int
    cutoff: datetime.date | None
    sha256: str
    source_name: str
    manifest: dict[str, Any] | None
    def __init__(self, path: Path) -> None: ...
    def sql(self, query: str, **options: Any) -> Result: ...
'''


def type_of(option):
    """The type of an option's value, in words of Python."""
    if option["kind"] == "choice":
        return f"Literal[{', '.join(repr(word).replace(chr(39), chr(34)) for word in option['choices'])}]"
    kind = KINDS[option["kind"]]
    return f"{kind} | Sequence[{kind}]" if option["several"] else kind


def arguments(command, of_tape):
    """The parameters of a command's function, or of the method of a tape."""
    operand, parts = command["operand"], ["self"] if of_tape else []
    if operand is not None and not of_tape:
        name, kind = python_name(operand["name"]), KINDS[operand["kind"]]
        needed = operand["needed"] or operand["several"]
        parts.append(f"*{name}: {kind}" if operand["several"] else f"{name}: {kind}" if needed else f"{name}: {kind} | None = None")
    if not any(part.startswith("*") for part in parts):
        parts.append("*")
    for option in command["options"]:
        if option["name"] not in OWN:
            kind = type_of(option)
            default = "" if option["needed"] else " = False" if option["kind"] == "flag" else " | None = None"
            parts.append(f"{python_name(option['name'])}: {kind}{default}")
    parts.append("progress: Progress | None = None")
    if command["name"] == "value":
        parts.append("per_claim: bool = False")
    return parts


def function(command, of_tape=False):
    """A function's line of types."""
    before = "    " if of_tape else ""
    inner = f",\n{before}    ".join(arguments(command, of_tape))
    return f"{before}def {python_name(command['name'])}(\n{before}    {inner},\n{before}) -> Result: ...\n"


def stubs():
    """The text of __init__.pyi."""
    from ._tape import METHODS

    commands = {python_name(command["name"]): command for command in tables()}
    methods = "".join(function(commands[name], of_tape=True) for name in METHODS)
    functions = "".join("\n" + function(command) for command in commands.values())
    tail = "\ndef run(command: str, arguments: Sequence[str], progress: Progress | None = None, per_claim: bool = False) -> Result: ...\n"
    return HEAD + methods + functions + tail + "\nopen = Tape\n"


if __name__ == "__main__":
    print(stubs(), end="")
