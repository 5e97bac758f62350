# SPDX-License-Identifier: Apache-2.0
"""What goes wrong, with the place where it did."""


class Error(Exception):
    """A tape, a model or another file was not as it should be, or the run could not be done.

    Attributes:
        status: what kind of failure it was ("model error", "data error", ...), as the library names it.
        file: the file concerned, or None.
        line: the line in it, counted from 1, or 0.
        key: the column, or the dotted key of a model file, or None.
        message: what is wrong and what was expected, without the place.
    """

    def __init__(self, status, file, line, key, message):
        self.status, self.file, self.line, self.key, self.message = status, file, line, key, message
        place = "" if file is None else f"{file}:{line}: " if line > 0 else f"{file}: "
        super().__init__(place + (f"{key}: " if key else "") + message)

    def __reduce__(self):
        return type(self), (self.status, self.file, self.line, self.key, self.message)


class UsageError(ValueError):
    """Keyword arguments that the command does not take so."""


class Note(UserWarning):
    """What the program would have noted beside its output."""


def make(status, file, line, key, message):
    """The exception for an error of the library."""
    return Error(status, file, line, key, message)
