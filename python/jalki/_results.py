# SPDX-License-Identifier: Apache-2.0
"""What commands give back."""
import json


class Result:
    """What a command gave back: the figures of its JSON, to the bit.

    `result["value"]` and `result.value` are its keys, `result.data` all of them as Python has them; lists of rows become
    tables by `result.to_pandas("segments")`. Of `value(..., per_claim=True)`, `result.per_claim` has the columns by claim.
    `result.notes` is what the program noted, `result.text` what it printed where that is no JSON."""

    def __init__(self, command, text, notes, claims):
        self.command, self.text, self.notes = command, text, notes
        if claims is not None:
            self.per_claim = claims
        try:
            self.data = json.loads(text)
        except ValueError:
            self.data = None

    def __getitem__(self, key):
        return self.data[key]

    def __getattr__(self, name):
        data = self.__dict__.get("data")
        if isinstance(data, dict) and name in data:
            return data[name]
        if name == "per_claim":
            raise AttributeError("no results by claim were kept; expected value(..., per_claim=True)")
        raise AttributeError(f"the result of {self.command} has no {name}; it has {', '.join(self.keys())}")

    def __dir__(self):
        return [*super().__dir__(), *(key for key in self.keys() if key.isidentifier())]

    def __repr__(self):
        return f"<jalki {self.command}: {', '.join(self.keys()) or 'text'}>"

    def keys(self):
        """Names of its figures and lists."""
        return list(self.data) if isinstance(self.data, dict) else []

    def tables(self):
        """Names of its lists of rows, those within others with dots between."""
        return list(_tables(self.data))

    def to_pandas(self, table=None):
        """A pandas.DataFrame of one list of rows: the named one, or `rows`, or the first that there is."""
        import pandas

        found = _tables(self.data)
        if table is None:
            table = "rows" if "rows" in found else next(iter(found), None)
        if table not in found:
            raise KeyError(f"the result of {self.command} has no table {table}; it has {', '.join(found) or 'none'}")
        return pandas.json_normalize(found[table])


def _is_rows(values):
    """Objects of figures alone, with the same keys."""
    alike = len(values) > 0 and all(isinstance(row, dict) and row.keys() == values[0].keys() for row in values)
    return alike and not any(isinstance(cell, (dict, list)) for row in values for cell in row.values())


def _tables(data, path=""):
    """Lists of rows in a JSON document, by their dotted name; without those of the manifest. Rows that are kept by name
    (`decisions`, `countries`) get the name as their first column."""
    found = {}
    for key, value in data.items() if isinstance(data, dict) else []:
        if key == "manifest":
            continue
        name = f"{path}.{key}" if path else key
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            found[name] = value
        elif isinstance(value, dict) and _is_rows(list(value.values())):
            found[name] = [{"name": row_name, **row} for row_name, row in value.items()]
        elif isinstance(value, dict):
            found.update(_tables(value, name))
    return found
