#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Nobody sells unless --sell, in all commands alike: options that were used, decisions, cash of sales.
. "$JALKI_SOURCE/tests/support/shell.sh"
jalki generate -n 600 -o t.h5 --seed 5 --quiet
run() { # command, options; without --sell and with it
    local name=$1
    shift
    jalki "$name" t.h5 --model "$JALKI_SOURCE/models/nordic.yaml" "$@" --quiet --json "$name.json" >/dev/null
    jalki "$name" t.h5 --model "$JALKI_SOURCE/models/nordic.yaml" "$@" --sell --quiet --json "$name-sell.json" >/dev/null
}
run value
run price
run scenario --scenarios "$JALKI_SOURCE/data/scenarios/nordic.yaml"
run decide
run worklist
run simulate --paths 100
run account
run forward --fresh all --term 1
jalki explain t.h5 --model "$JALKI_SOURCE/models/nordic.yaml" --claim C0000000001 --quiet --format json >explain.json
jalki explain t.h5 --model "$JALKI_SOURCE/models/nordic.yaml" --claim C0000000001 --sell --quiet --format json >explain-sell.json
python3 - <<'END'
import json
names = ["value", "price", "scenario", "decide", "worklist", "simulate", "account", "forward", "explain"]
def sales(node, found):
    """Every figure of sales in a document."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key in ("sale", "sell") and isinstance(value, (int, float)) and not isinstance(value, bool):
            found.append(value)
        elif key == "sell" and isinstance(value, dict):
            found.append(value.get("claims", 0))
        else:
            sales(value, found)
    return found
sold = 0
for name in names:
    kept, asked = json.load(open(f"{name}.json")), json.load(open(f"{name}-sell.json"))
    assert not any(sales(kept, [])), (name, sales(kept, []))
    if "manifest" in kept and "sell" in kept["manifest"].get("options", {}):
        assert kept["manifest"]["options"]["sell"] is False and asked["manifest"]["options"]["sell"] is True, name
    sold += any(sales(asked, []))
assert sold >= 4, sold  # with --sell somebody does
END
echo passed
