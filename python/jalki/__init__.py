# SPDX-License-Identifier: Apache-2.0
"""Jälki: what a written-off debt is worth, and what to do with it.

    import jalki
    tape = jalki.open("tape.h5")                 # columns as NumPy sees them: tape["principal"].to_numpy()
    model = jalki.Model("models/nordic.yaml")
    result = tape.value(model=model, irr=0.12, per_claim=True)
    result.bid, result.to_pandas("segments"), result.per_claim.to_pandas("claim_id", "value", "decision")

The commands of the program are functions with its options as keyword arguments (`help(jalki.price)`); figures are those
of the program, to the bit. docs/python.md has a session.
"""
from ._columns import Column, Columns
from ._commands import FUNCTIONS as _functions
from ._commands import run
from ._errors import Error, Note, UsageError
from ._results import Result
from ._tape import Model, Tape

globals().update(_functions)
for _public in (Column, Columns, Error, Model, Note, Result, Tape, UsageError, run):
    _public.__module__ = "jalki"  # as it is called, not where it is kept
open = Tape  # noqa: A001 - jalki.open(path)
__all__ = ["Column", "Columns", "Error", "Model", "Note", "Result", "Tape", "UsageError", "open", "run", *_functions]
