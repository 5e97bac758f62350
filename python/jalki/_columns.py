# SPDX-License-Identifier: Apache-2.0
"""Columns of tapes and results: memory of the library, looked at by NumPy without a copy."""
import datetime
from collections.abc import Mapping

EPOCH = datetime.date(1970, 1, 1)
MISSING = {"enum": -1, "dictionary": -1, "date": -(2**31), "integer": -(2**31), "money": -(2**63)}


class Column:
    """One column: `name`, `type` (text, enum, dictionary, date, money, real, integer), `unit`, `meaning`, and of coded
    columns `words`, what the codes stand for. `numpy.asarray(column)` and `memoryview(column.buffer)` see the library's
    own memory, read only: money in hundredths, dates in days since 1970-01-01, codes; what stands for missing is
    `missing` (None: NaN, or the empty text)."""

    def __init__(self, name, type, unit, meaning, buffer, words):
        self.name, self.type, self.unit, self.meaning, self.buffer, self.words = name, type, unit, meaning, buffer, words
        coded = type == "enum" and memoryview(buffer).format in ("B", "H")  # of results: nothing is missing
        self.missing = None if coded else MISSING.get(type)

    def __len__(self):
        return len(self.buffer)

    def __repr__(self):
        return f"<jalki column {self.name}: {len(self)} x {self.type}, {self.unit}>"

    def __array__(self, dtype=None, copy=None):
        import numpy

        array = numpy.asarray(self.buffer)
        wanted = array if dtype is None else array.astype(dtype, copy=False)
        return wanted.copy() if copy else wanted

    def to_numpy(self):
        """The column as NumPy sees it: no copy, read only, in the stored unit."""
        return self.__array__()

    def to_list(self):
        """The column as Python has values: words, dates, amounts in currency units, None where it is missing."""
        view = memoryview(self.buffer)
        if self.type == "text":
            width = view.itemsize
            data = bytes(view.cast("B")) if len(self) else b""
            return [data[i : i + width].rstrip(b"\0").decode("utf-8", "replace") or None for i in range(0, len(data), width)]
        values = view.tolist()
        if self.type in ("enum", "dictionary"):
            return [None if value == self.missing else self.words[value] for value in values]
        if self.type == "date":
            return [None if value == self.missing else EPOCH + datetime.timedelta(days=value) for value in values]
        if self.type == "money":
            return [None if value == self.missing else value / 100 for value in values]
        return [None if value == self.missing or value != value else value for value in values]

    def to_pandas(self):
        """A pandas.Series: categories, datetime64, amounts in currency units, NaN or NaT where it is missing."""
        import numpy
        import pandas

        array = self.to_numpy()
        if self.type == "text":
            values = pandas.array(self.to_list(), dtype="string")
        elif self.words is not None:
            values = pandas.Categorical.from_codes(array.astype("int32"), categories=list(self.words))
        elif self.type == "date":
            days = array.astype("datetime64[D]")
            days[array == self.missing] = numpy.datetime64("NaT")
            values = days.astype("datetime64[s]")
        elif self.type == "money":
            values = numpy.where(array == self.missing, numpy.nan, array / 100)
        elif self.missing is not None and (array == self.missing).any():
            values = numpy.where(array == self.missing, numpy.nan, array)
        else:
            values = array
        return pandas.Series(values, name=self.name, copy=False)


class Columns(Mapping):
    """Columns by name, in the order of the file: `columns["value"]`, `len(columns)`, `for name in columns`. Libraries that
    know Arrow's PyCapsule interface take them as a stream (`pyarrow.table(columns)`, `polars.DataFrame(columns)`)."""

    def __init__(self, names, make, arrow):
        self._names, self._make, self._made, self._arrow = names, make, {}, arrow

    def __arrow_c_stream__(self, requested_schema=None):
        return self._arrow()

    def __getitem__(self, name):
        if name not in self._made:
            if name not in self._names:
                raise KeyError(f"no column {name}; there are {', '.join(self._names)}")
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)

    def to_pandas(self, *names):
        """A pandas.DataFrame of the named columns, or of all."""
        import pandas

        return pandas.DataFrame({name: self[name].to_pandas() for name in names or self._names}, copy=False)
