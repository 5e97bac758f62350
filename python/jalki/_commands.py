# SPDX-License-Identifier: Apache-2.0
"""The program's commands as functions. Names of options, their words and their help come from the program's own tables
(`jalki help --as json`): an option that the program gets is a keyword argument here at once."""
import datetime
import inspect
import json
import keyword
import os
import re
import warnings

from . import _jalki
from ._columns import Column, Columns
from ._errors import Error, Note, UsageError
from ._results import Result

LEFT_OUT = {"batch", "completion", "help", "merge", "replay", "version"}  # of use to a shell alone
OWN = {"format", "json", "part", "partial", "quiet"}  # set here, or of use to a shell alone
KINDS = {"flag": "bool", "model": "Model | Path", "input": "Tape | Path", "output": "Path", "integer": "int", "number": "float",
         "date": "datetime.date | str", "choice": "str", "text": "Text"}


def python_name(name):
    """The name of a command or an option in Python: max-rejects is max_rejects, from is from_."""
    name = re.sub(r"\W", "_", name).lower()
    return name + "_" if keyword.iskeyword(name) else name


def _text(value):
    """A value as the command line has it; floats with all their digits."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()[:10]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):  # a number of NumPy
        return _text(value.item())
    if hasattr(value, "path") and not isinstance(value, os.PathLike):  # a tape, a model
        value = value.path
    return os.fspath(value) if isinstance(value, (str, os.PathLike)) else str(value)


def _arguments(option, value):
    """--name VALUE: numbers of a list have commas between, texts are given again; a dict gives KEY=VALUE."""
    name = f"--{option['name']}"
    if option["kind"] == "flag":
        return [name] if value else []
    if isinstance(value, dict):
        value = [f"{key}={_text(item)}" for key, item in value.items()]
    if not isinstance(value, (list, tuple)):
        changes = [part for change in getattr(value, "changes", ()) for part in ("--set", change)]
        return [f"{name}={_text(value)}", *changes]
    if all(isinstance(item, (int, float)) for item in value):
        return [f"{name}={','.join(map(_text, value))}"]
    return [part for item in value for part in _arguments(option, item)]


def _show(stage, done, total):
    print(f"\r{stage}: {100 * done // max(total, 1)} %", end="" if done < total else "\n", flush=True)


def run(command, arguments, progress=None, per_claim=False):
    """Runs a command with arguments as a shell would give them. `progress`: True prints how far it is; a function is called
    with (stage, done, total). Ctrl-C stops it. Returns a Result; raises Error, or UsageError for wrong arguments."""
    if progress is True:
        progress = _show
    code, out, notes, error, claims = _jalki.run([command, *arguments], progress or None, per_claim)
    if error is not None:
        raise Error(*error)
    if code == 2:
        raise UsageError(notes.split("\nTry 'jalki")[0].strip().removeprefix("jalki ").removeprefix(f"{command}: "))
    if code != 0:
        raise Error("failure", None, 0, None, notes.strip().removeprefix("jalki: "))
    lines = [line.removeprefix("jalki: ") for line in notes.splitlines()]
    for line in lines:
        if line.startswith("warning: "):
            warnings.warn(line.removeprefix("warning: "), Note, stacklevel=3)
    columns = None
    if claims is not None:
        entries, owner = claims
        made = {entry[0]: Column(*entry) for entry in entries}
        columns = Columns(list(made), made.__getitem__, lambda: _jalki.arrow(owner))
    return Result(command, out, lines, columns)


def _doc(command):
    lines = [command["purpose"], ""]
    operand = command["operand"]
    lines += ["Args:"]
    if operand is not None:
        lines.append(f"    {python_name(operand['name'])}: {operand['value']}"
                     + (", one or more" if operand["several"] else "") + ("" if operand["needed"] else ", or None"))
    for option in command["options"]:
        if option["name"] not in OWN:
            value = f" ({option['value']})" if option["value"] else ""
            lines.append(f"    {python_name(option['name'])}: {option['help']}{value}")
    lines.append("    progress: True prints how far it is; a function is called with (stage, done, total)")
    if command["name"] == "value":
        lines.append("    per_claim: keep the results by claim, as result.per_claim")
    lines += ["", "Returns a Result: what `jalki " + command["name"] + " --format json` prints. Raises Error, UsageError.", "",
              "On the command line:", *("    " + example for example in command["examples"])]
    return "\n".join(lines)


def signature(command):
    """The function's parameters: the operand by place, everything else by name."""
    parameters = []
    operand = command["operand"]
    if operand is not None:
        kind = inspect.Parameter.VAR_POSITIONAL if operand["several"] else inspect.Parameter.POSITIONAL_OR_KEYWORD
        default = inspect.Parameter.empty if operand["several"] or operand["needed"] else None
        parameters.append(inspect.Parameter(python_name(operand["name"]), kind, default=default))
    for option in command["options"]:
        if option["name"] not in OWN:
            default = inspect.Parameter.empty if option["needed"] else False if option["kind"] == "flag" else None
            parameters.append(inspect.Parameter(python_name(option["name"]), inspect.Parameter.KEYWORD_ONLY, default=default))
    parameters.append(inspect.Parameter("progress", inspect.Parameter.KEYWORD_ONLY, default=None))
    if command["name"] == "value":
        parameters.append(inspect.Parameter("per_claim", inspect.Parameter.KEYWORD_ONLY, default=False))
    return inspect.Signature(parameters)


def _make(command):
    """A function of a command."""
    options = {python_name(option["name"]): option for option in command["options"] if option["name"] not in OWN}
    operand = command["operand"]
    parameters = signature(command)

    def function(*given, **named):
        try:
            bound = parameters.bind(*given, **named).arguments
        except TypeError as problem:
            raise TypeError(f"{function.__name__}(): {problem}") from None
        progress, per_claim = bound.pop("progress", None), bound.pop("per_claim", False)
        operands = bound.pop(python_name(operand["name"]), None) if operand is not None else None
        several = operand is not None and operand["several"]
        operands = list(operands or ()) if several else [] if operands is None else [operands]
        line = ["--format=json"]
        for name, value in bound.items():
            if value is not None:
                line += _arguments(options[name], value)
        return run(command["name"], [*line, "--", *map(_text, operands)], progress, per_claim)

    function.__name__ = function.__qualname__ = python_name(command["name"])
    function.__doc__, function.__signature__, function.__module__ = _doc(command), parameters, "jalki"
    return function


def tables():
    """The program's tables of options: a dictionary per command that is a function here."""
    code, out, notes, error, _ = _jalki.run(["help", "--as", "json"], None, False)
    if code != 0:
        raise RuntimeError(notes)
    return [command for command in json.loads(out) if command["name"] not in LEFT_OUT]


FUNCTIONS = {python_name(command["name"]): _make(command) for command in tables()}
