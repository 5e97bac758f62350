# SPDX-License-Identifier: Apache-2.0
"""Tapes and models."""
import datetime
import json
import os

from . import _jalki
from ._columns import EPOCH, Column, Columns
from ._commands import FUNCTIONS


class Tape(Columns):
    """A tape, or a panel of history, that is open: its columns by name, and its commands (`tape.value(model=...)`).

    Attributes:
        path, kind ("tape" or "panel"), rows, claims, debtors, cutoff (a date, or None), sha256 of the source, source_name,
        manifest (how it was made: a dictionary, or None)."""

    def __init__(self, path):
        self._tape = _jalki.open(os.fspath(path))
        facts = self._tape.facts()
        self.path, self.kind, self.rows = facts["path"], facts["kind"], facts["rows"]
        self.claims, self.debtors, self.sha256 = facts["claims"], facts["debtors"], facts["sha256"]
        self.cutoff = None if facts["cutoff"] is None else EPOCH + datetime.timedelta(days=facts["cutoff"])
        self.source_name = facts["source_name"]
        self.manifest = json.loads(facts["manifest"]) if facts["manifest"] else None
        self._places = {entry[1]: entry for entry in self._tape.columns()}
        super().__init__(list(self._places), self._read, self._tape.arrow)

    def _read(self, name):
        place, _, type, unit, meaning = self._places[name]
        return Column(name, type, unit, meaning, *self._tape.read(place))

    def sql(self, query, **options):
        """Answers a query of SQL about the tape, see jalki.sql: `tape.sql("select country, count(*) from tape group by 1")`."""
        return FUNCTIONS["sql"](self, query, **options)

    def __repr__(self):
        return f"<jalki {self.kind} {self.path}: {self.rows:,} rows, {len(self)} columns>"


def _method(function):
    def method(self, **options):
        return function(self, **options)

    method.__name__, method.__doc__ = function.__name__, function.__doc__
    return method


METHODS = ("inspect", "value", "price", "decide", "worklist", "calendar", "scenario", "simulate", "explain")
for _name in METHODS:
    setattr(Tape, _name, _method(FUNCTIONS[_name]))


class Model:
    """A model file, and values that stand in the place of those in it. Nothing is read before a command runs with it."""

    def __init__(self, path, changes=()):
        self.path, self.changes = os.fspath(path), tuple(changes)

    def with_(self, changes=None, **named):
        """A model with other values: `model.with_(irr=0.12)`, or with keys as messages write them,
        `model.with_({"segments[fi-bills].cost.hour": 30})`; * stands for all items of a list. The file stays as it is."""
        lines = [f"{key}={json.dumps(value)}" for key, value in {**(changes or {}), **named}.items()]
        return Model(self.path, (*self.changes, *lines))

    def __repr__(self):
        return f"<jalki model {self.path}{''.join(', ' + change for change in self.changes)}>"
